package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// mount puts a small disk of its own under a fresh folder. Where that is not permitted the test is
// skipped.
func mount(t *testing.T, size string) string {
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
	return dir
}

func TestARealDiskThatIsFullIsTold(t *testing.T) {
	t.Parallel()
	dir := mount(t, "2m")
	db := openAt(t, filepath.Join(dir, "x.db"))
	exec(t, db, "CREATE TABLE word (text TEXT UNIQUE) STRICT")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	word := func(tx *sql.Tx) error { return say(t.Context(), tx, strings.Repeat("x", 100_000)) }
	wantAdvice(t, db.InTx(t.Context(), word), fault.Storage)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(t.Context(), word); err != nil || count(t, db) != 1 {
		t.Errorf("with space again: %v, %d words", err, count(t, db))
	}
}

func TestAReadOnlyDiskIsTold(t *testing.T) {
	t.Parallel()
	dir := mount(t, "2m")
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), filepath.Join(dir, "x.db"))
	wantAdvice(t, err, fault.Storage)
	_, err = sqlite.Own(dir)
	wantAdvice(t, err, fault.Storage)
}
