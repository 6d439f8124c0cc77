package server_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// mount puts a small disk of its own under a fresh folder. Where that is not permitted the test is
// skipped.
func mount(t *testing.T, size string) string {
	t.Helper()
	dir := short(t)
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("mounting a small disk is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestOnAFullDiskTheServerSaysSoAndGoesOn(t *testing.T) {
	t.Parallel()
	b := &bundle{ctx: context.Background(), dir: mount(t, "6m")}
	b.open(t, "127.0.0.1:0")
	defer b.stop() //nolint:errcheck // looked at at the end
	b.invite(t, "Ann")
	ballast := filepath.Join(b.dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 7<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	api := rpc.DialControl(b.dir)
	defer api.Close()
	long := incident.Import{Source: "x", Key: "long", Title: "t", Declared: time.Unix(1, 0)}
	for i := range 50 {
		long.Updates = append(long.Updates, incident.ImportedUpdate{Key: strings.Repeat("k", i+1), At: time.Unix(1, 0), Body: strings.Repeat("x", 19_000)})
	}
	for range 3 {
		_, _, err := api.Import(b.ctx, "x", []incident.Import{long})
		if f := fault.Find(err); f == nil || f.Kind != fault.Storage || f.Safe == "" || f.Do == "" {
			t.Fatalf("got %v", err)
		}
	}
	if census, err := api.Describe(b.ctx); err != nil || census.People != 1 {
		t.Errorf("reading on a full disk: %+v, %v", census, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if n, updates, err := api.Import(b.ctx, "x", []incident.Import{long}); err != nil || n != 1 || updates != 50 {
		t.Errorf("with space again: %d incidents, %d updates, %v", n, updates, err)
	}
	b.restart(t)
	if census, err := api.Describe(b.ctx); err != nil || census.Events != 52 {
		t.Errorf("after a restart: %+v, %v", census, err)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

func TestAReadOnlyFolderIsTold(t *testing.T) {
	t.Parallel()
	b := &bundle{ctx: context.Background(), dir: mount(t, "6m")}
	b.open(t, "")
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", b.dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, options(b.dir, ""), fault.Storage)
}
