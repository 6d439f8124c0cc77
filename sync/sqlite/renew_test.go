package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

var errDisk = errors.New("input/output error")

// watched is a journal that notes what is written to it, and may fail.
type watched struct {
	*os.File
	fails   string // the step that does
	written map[int64][]byte
	synced  int // bytes that were written by the last synchronization
}

func (w *watched) fail(step string) error {
	if w.fails == step {
		return errDisk
	}
	return nil
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	if err := w.fail("read"); err != nil {
		return 0, err
	}
	return w.File.ReadAt(p, off)
}

func (w *watched) WriteAt(p []byte, off int64) (int, error) {
	if err := w.fail("write"); err != nil {
		return 0, err
	}
	w.written[off] = bytes.Clone(p)
	return w.File.WriteAt(p, off)
}

func (w *watched) Sync() error {
	w.synced = 0
	for _, p := range w.written {
		w.synced += len(p)
	}
	return w.fail("sync")
}

func (w *watched) Close() error { return errors.Join(w.File.Close(), w.fail("close")) }

func (w *watched) open(path string) (sqlite.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = w.fail("open")
	}
	w.File, w.written = file, map[int64][]byte{}
	return w, err
}

// killed returns a file with what a process that was killed leaves beside it: a journal of two megabytes with one word.
func killed(t *testing.T) string {
	t.Helper()
	db := open(t)
	err := db.InTx(t.Context(), func(tx *sql.Tx) error { return say(t.Context(), tx, strings.Repeat("x", 2_000_000)) })
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"x.db", "x.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(db.Path), name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "x.db")
}

func TestAJournalThatWasLeftIsWrittenAnew(t *testing.T) {
	t.Parallel()
	path := killed(t)
	before, err := os.ReadFile(path + "-wal")
	if err != nil || len(before) < 2_000_000 {
		t.Fatalf("the journal has %d bytes, %v", len(before), err)
	}
	w := &watched{}
	db, err := sqlite.Opener{File: w.open}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var all int
	for off, piece := range w.written {
		if !bytes.Equal(piece, before[off:off+int64(len(piece))]) {
			t.Errorf("at %d it has other bytes", off)
		}
		all += len(piece)
	}
	if all != len(before) || w.synced != all {
		t.Errorf("of %d bytes %d were written and %d synchronized", len(before), all, w.synced)
	}
	if n := count(t, db); n != 1 {
		t.Errorf("%d words are left of one", n)
	}
}

func TestAStartThatCannotWriteTheJournalAnewIsNone(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"open", "read", "write", "sync", "close"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			path := killed(t)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = sqlite.Opener{File: (&watched{fails: step}).open}.Open(t.Context(), path)
			wantAdvice(t, err, fault.Storage)
			if step != "open" && strings.Contains(err.Error(), "space") {
				t.Errorf("no space is needed: %v", err)
			}
			if !errors.Is(err, errDisk) {
				t.Errorf("it does not say why: %v", err)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(before, now) {
				t.Errorf("the file was changed, %v", err)
			}
			if n := count(t, openAt(t, path)); n != 1 {
				t.Errorf("later %d words are left of one", n)
			}
		})
	}
}
