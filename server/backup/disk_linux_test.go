package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/sync/fault"
)

func TestOnAFullDiskTheFormerBackupStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=128k")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("mounting a small disk is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	path := filepath.Join(dir, "backup")
	if err := os.WriteFile(path, []byte("the last backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = (backup.Target{Path: path, Overwrite: true}).Write(header(200_001), bytes.NewReader(content()))
	if f := fault.Find(err); f == nil || f.Kind != fault.Storage || f.Safe == "" || f.Do == "" || !errors.Is(err, unix.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if left := must(os.ReadDir(dir)); len(left) != 1 || string(must(os.ReadFile(path))) != "the last backup" {
		t.Errorf("%v is left", left)
	}
}
