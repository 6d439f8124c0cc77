package attachment_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Where mounting is not permitted the test is skipped.
func TestOnAFullDiskAnUploadStopsAndGoesOnLater(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("mounting a small disk is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	b := setupIn(t, dir)
	databasetest.File(t, b.db)
	data := bytesOf(1, 8*wire.ChunkSize)
	b.named(t, refOf(data))
	missing := b.begin(t, data)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 9<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	for _, i := range missing {
		if _, err = b.Put(b.ctx, refOf(data), i, chunk(data, i)); err != nil {
			break
		}
	}
	wantKind(t, err, fault.Storage)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.upload(t, data)
	if !bytes.Equal(b.fetch(t, refOf(data)), data) {
		t.Error("with space again other bytes came back")
	}
}
