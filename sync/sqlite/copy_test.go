package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// filled returns a database with a table of that many pages.
func filled(t *testing.T, pages int) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "source.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	exec(t, db, "CREATE TABLE word (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
	err = db.InTx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		  INSERT INTO word SELECT i, 'hunter2-' || i || '-' || hex(zeroblob(1900)) FROM n`, pages)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func asked(t *testing.T, path, query string) (n int) {
	t.Helper()
	db, err := sqlite.ViewFrozen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	if err := db.Read.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// While a copy is made the database is written to: the copy is one state of it, the journal is emptied as always,
// and what is erased meanwhile is not in the copy, wherever the copying stood.
func TestACopyIsOneStateAndWritersGoOn(t *testing.T) {
	t.Parallel()
	db := filled(t, 4000)
	path := filepath.Join(t.TempDir(), "copy.db")
	slices, largest := 0, int64(0)
	err := db.Copy(t.Context(), path, func(done, total int) {
		slices++
		if done > total || total < 4000 {
			t.Errorf("%d of %d pages are done", done, total)
		}
		// One transaction moves the first and the last: a copy in part would have one of them.
		for _, q := range []string{
			"UPDATE word SET text = 'gone' WHERE n = 7", "UPDATE word SET text = 'gone' WHERE n = 3990",
			"INSERT INTO word (text) SELECT text FROM word WHERE n BETWEEN 100 AND 110",
		} {
			exec(t, db, q)
		}
		if err := db.Purge(t.Context()); err != nil {
			t.Errorf("the journal cannot be emptied: %v", err)
		}
		if wal, err := os.Stat(db.Path + "-wal"); err == nil {
			largest = max(largest, wal.Size())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices < 10 || largest > 1<<20 {
		t.Errorf("%d slices; the journal had %d bytes", slices, largest)
	}
	if n := asked(t, path, "SELECT count(*) FROM word"); n != 4000+11*slices && n != 4000+11*(slices-1) {
		t.Errorf("the copy has %d words after %d slices", n, slices)
	}
	if n := asked(t, path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); n != 0 {
		t.Error("the copy is damaged")
	}
	raw, err := os.ReadFile(path)
	if err != nil || bytes.Contains(raw, []byte("hunter2-7-")) || bytes.Contains(raw, []byte("hunter2-3990-")) {
		t.Errorf("erased words are in the copy, %v", err)
	}
	if !bytes.Contains(raw, []byte("hunter2-8-")) {
		t.Error("what was not erased is missing")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

func TestACopyThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	db := filled(t, 2000)
	dir := t.TempDir()
	path := filepath.Join(dir, "copy.db")
	ctx, cancel := context.WithCancel(t.Context())
	if err := db.Copy(ctx, path, func(int, int) { cancel() }); err == nil {
		t.Error("it went on after it was called off")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("there are %v, %v", left, err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Copy(t.Context(), path, nil); !fault.Is(err, fault.Storage) {
		t.Errorf("over a file: %v", err)
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != "mine" {
		t.Errorf("the file is now %q, %v", raw, err)
	}
	exec(t, db, "INSERT INTO word (text) VALUES ('the writer goes on')")
}

func TestAViewChangesNothing(t *testing.T) {
	t.Parallel()
	db := filled(t, 10)
	view, err := sqlite.View(t.Context(), db.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close() //nolint:errcheck // it was only read
	if _, err := view.Read.ExecContext(t.Context(), "DELETE FROM word"); err == nil {
		t.Error("it was written through a view")
	}
	exec(t, db, "INSERT INTO word (text) VALUES ('x')")
	var n int
	if err := view.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM word").Scan(&n); err != nil || n != 11 {
		t.Errorf("it sees %d words, %v", n, err)
	}
	if _, err := sqlite.View(t.Context(), filepath.Join(t.TempDir(), "none")); !fault.Is(err, fault.NotFound) {
		t.Errorf("of a missing file: %v", err)
	}
}
