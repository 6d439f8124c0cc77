package replica_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// onDisk moves a client that is closed to a small disk of its own. Where mounting is not permitted
// the test is skipped.
func (b *bundle) onDisk(t *testing.T, size string) {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("mounting a small disk is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	if err := os.CopyFS(dir, os.DirFS(b.dir)); err != nil {
		t.Fatal(err)
	}
	b.dir = dir
}

func TestOnAFullDiskNothingIsLostAndItGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("before"))
	b.close(t)
	b.onDisk(t, "4m")
	b.open(t)
	ballast := filepath.Join(b.dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 5<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	var refused error
	for range 50 { // what is left of the last page of the journal may still take some
		if _, refused = b.Submit(b.ctx, id.Stream(in), incident.Write{Text: strings.Repeat("x", 10_000)}); refused != nil {
			break
		}
	}
	wantAdvice(t, refused, fault.Storage)
	unsent := b.Unsent()
	if lines := b.shown(t, in); len(lines) != 1+unsent || lines[1] != "before…" {
		t.Errorf("%d lines are shown for %d unsent changes", len(lines), unsent)
	}
	low := b.position(t, id.Everyone())
	for err := error(nil); err == nil; {
		b.server.do(t, id.Stream(in), b.other(), words(strings.Repeat("y", 15_000)))
		high := uint64(len(b.server.log[id.Everyone()]))
		if high > low+200 {
			t.Fatal("the disk takes everything")
		}
		err = b.Apply(b.ctx, []stream.Batch{b.server.batch(id.Everyone(), low, high)})
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.submit(t, in, words("after"))
	b.tail(t)
	b.restart(t)
	if n := b.Unsent(); n != unsent+1 {
		t.Errorf("%d changes are unsent, want %d", n, unsent+1)
	}
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	if n := b.Unsent(); n != 0 {
		t.Errorf("%d changes are left", n)
	}
}

func TestAReadOnlyFolderIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	b.close(t)
	b.onDisk(t, "8m")
	if err := unix.Mount("", b.dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := replica.Open(b.ctx, b.dir, b.clock)
	wantAdvice(t, err, fault.Storage)
	if err := unix.Mount("", b.dir, "", unix.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	b.open(t)
	wantShown(t, b, in, "incident.Declared", "a…")
}
