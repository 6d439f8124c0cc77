package attachment_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Where mounting is not permitted the test is skipped.
func TestOnAFullDiskNothingIsKeptAndItIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.dir = t.TempDir()
	err := unix.Mount("tmpfs", b.dir, "tmpfs", 0, "size=1m")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("mounting a small disk is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(b.dir, unix.MNT_DETACH) })
	b.open(t)
	small := b.add(t, "small", bytesOf(1, 300_000))
	_, err = b.Add(b.ctx, "large", bytes.NewReader(bytesOf(2, 2<<20)))
	wantAdvice(t, "attach", err, fault.Storage)
	coming := id.Content{1}
	if err = b.Append(coming, 0, bytesOf(3, 300_000)); err != nil {
		t.Fatal(err)
	}
	wantAdvice(t, "fetch", b.Append(coming, 300_000, bytesOf(3, 2<<20)), fault.Storage)
	if n := b.names(t); len(n) != 1 || b.Have(coming) != 0 {
		t.Errorf("left are %v", n)
	}
	if path, here := b.Path(small.Content); !here {
		t.Error("what was there before is lost")
	} else if got, err := os.ReadFile(path); err != nil || len(got) != 300_000 {
		t.Errorf("of what was there before %d bytes are left, %v", len(got), err)
	}
	b.add(t, "small too", bytesOf(4, 300_000))
}
