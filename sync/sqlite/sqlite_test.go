package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// open opens a file in a fresh folder, with one table.
func open(t *testing.T) *sqlite.DB {
	t.Helper()
	db := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	exec(t, db, "CREATE TABLE word (text TEXT UNIQUE) STRICT")
	return db
}

func openAt(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sqlite.DB, query string) {
	t.Helper()
	if _, err := db.Write.ExecContext(t.Context(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t *testing.T, db *sqlite.DB) int {
	t.Helper()
	var n int
	if err := db.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM word").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func say(ctx context.Context, tx *sql.Tx, word string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO word VALUES (?)", word)
	return err
}

// wantAdvice fails unless err is a fault of kind that says what happened, what is safe and what to do.
func wantAdvice(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	f := fault.Find(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
	if f.Message == "" || f.Safe == "" || f.Do == "" {
		t.Errorf("the fault does not say everything: %+v", f)
	}
}

func TestEveryConnectionHasItsPragmas(t *testing.T) {
	t.Parallel()
	db := open(t)
	var mode string
	var synchronous int
	if err := db.Write.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("the journal's mode is %q, %v", mode, err)
	}
	if err := db.Write.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&synchronous); err != nil || synchronous != 2 {
		t.Errorf("synchronous is %d, %v; 2 is FULL", synchronous, err)
	}
	// All readers at once, so that each is another connection of the pool.
	for i := range 4 {
		conn, err := db.Read.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // it is only read
		var only, patience int
		if err := conn.QueryRowContext(t.Context(), "PRAGMA query_only").Scan(&only); err != nil || only != 1 {
			t.Errorf("reader %d: query_only is %d, %v", i, only, err)
		}
		if err := conn.QueryRowContext(t.Context(), "PRAGMA busy_timeout").Scan(&patience); err != nil || patience != 5000 {
			t.Errorf("reader %d waits %d ms, %v", i, patience, err)
		}
		if _, err := conn.ExecContext(t.Context(), "DELETE FROM word"); err == nil {
			t.Errorf("reader %d can write", i)
		}
	}
}

func TestAnyFolderNameWillDo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with space", "100%", "a?b", "a#b", "ä ß 事", "file:x", "semi;colon", "a&mode=ro", `quote"'`} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "x.db")
		db := openAt(t, path)
		exec(t, db, "CREATE TABLE word (text TEXT) STRICT")
		exec(t, db, "INSERT INTO word VALUES ('here')")
		if n := count(t, db); n != 1 {
			t.Errorf("in %q: %d words", name, n)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the file is elsewhere: %v", err)
		}
	}
}

func TestWhatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	broken := errors.New("broken")
	err := db.InTx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(say(t.Context(), tx, "a"), broken)
	})
	if !errors.Is(err, broken) || count(t, db) != 0 {
		t.Errorf("got %v with %d words", err, count(t, db))
	}
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return say(t.Context(), tx, "b") }); err != nil || count(t, db) != 1 {
		t.Errorf("afterwards: %v, %d words", err, count(t, db))
	}
}

// Work that panics is rolled back, and the writer goes on.
func TestWorkThatPanicsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	func() {
		defer func() {
			if cause := recover(); cause != "wrong" {
				t.Errorf("it unwinds with %v", cause)
			}
		}()
		_ = db.InTx(t.Context(), func(tx *sql.Tx) error {
			if err := say(t.Context(), tx, "lost"); err != nil {
				return err
			}
			panic("wrong") //nolint:forbidigo // a mistake of ours, which the ledger recovers from
		})
	}()
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return say(t.Context(), tx, "kept") }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 1 {
		t.Errorf("%d words are there", n)
	}
}

func TestARepeatedRowIsTold(t *testing.T) {
	t.Parallel()
	db := open(t)
	twice := func(tx *sql.Tx) error { return errors.Join(say(t.Context(), tx, "a"), say(t.Context(), tx, "a")) }
	if err := db.InTx(t.Context(), twice); !sqlite.IsDuplicate(err) {
		t.Errorf("got %v, which is no duplicate", err)
	}
	if sqlite.IsDuplicate(errors.New("UNIQUE")) || sqlite.IsDuplicate(nil) {
		t.Error("another error is taken for a duplicate")
	}
}

func TestWhatWasCommittedSurvivesACrash(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, word := range []string{"a", "b", "c"} {
		if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return say(t.Context(), tx, word) }); err != nil {
			t.Fatal(err)
		}
	}
	// What lies on the disk while the file is open is what a power cut leaves. The index in shared
	// memory is not part of it.
	left := filepath.Join(t.TempDir(), "x.db")
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(db.Path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left+suffix, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, openAt(t, left)); n != 3 {
		t.Errorf("%d of 3 words are left", n)
	}
}

func TestAFullDiskIsTold(t *testing.T) {
	t.Parallel()
	db := open(t)
	exec(t, db, "PRAGMA max_page_count = 1") // SQLite takes the present size, and grows no more
	fill := func(tx *sql.Tx) error { return say(t.Context(), tx, strings.Repeat("x", 1<<20)) }
	wantAdvice(t, db.InTx(t.Context(), fill), fault.Storage)
	if n := count(t, db); n != 0 {
		t.Errorf("%d words are there", n)
	}
	exec(t, db, "PRAGMA max_page_count = 100000")
	if err := db.InTx(t.Context(), fill); err != nil || count(t, db) != 1 {
		t.Errorf("with space again: %v, %d words", err, count(t, db))
	}
}

func TestAFileThatIsNoDatabaseIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	letter := strings.Repeat("Dear Sir or Madam, ", 100)
	if err := os.WriteFile(path, []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), path)
	wantAdvice(t, err, fault.Corrupt)
	if raw, _ := os.ReadFile(path); string(raw) != letter {
		t.Error("the file was changed")
	}
}

func TestAFolderThatCannotBeUsedIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := sqlite.Open(t.Context(), filepath.Join(dir, "missing", "x.db"))
	wantAdvice(t, err, fault.Storage)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Own(filepath.Join(file, "below"))
	wantAdvice(t, err, fault.Storage)
}

func TestAFolderHasOneOwner(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "here")
	first, err := sqlite.Own(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Own(dir)
	wantAdvice(t, err, fault.Locked)
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := sqlite.Own(dir)
	if err != nil {
		t.Fatalf("a folder that was given back is still locked: %v", err)
	}
	if err := second.Release(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may look into the folder: %v, %v", info.Mode(), err)
	}
}

// What was deleted is in the journal until that is emptied. Should the program be killed before, the next one does it.
func TestADeletedWordIsInNoFileAfterAKill(t *testing.T) {
	t.Parallel()
	db := open(t)
	exec(t, db, "INSERT INTO word VALUES ('hunter2-hunter2'), ('kept-kept')")
	reader, err := db.Read.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.ExecContext(t.Context(), "SELECT count(*) FROM word"); err != nil {
		t.Fatal(err)
	}
	exec(t, db, "DELETE FROM word WHERE text = 'hunter2-hunter2'")
	if err := db.Purge(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("emptying a journal that is being read: %v", err)
	}
	killed := filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(killed, os.DirFS(filepath.Dir(db.Path))); err != nil {
		t.Fatal(err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if holding(t, killed, "hunter2-hunter2") == 0 {
		t.Fatal("the word was in no file: there is nothing to see here")
	}
	again := openAt(t, filepath.Join(killed, filepath.Base(db.Path)))
	if n := holding(t, killed, "hunter2-hunter2"); n > 0 {
		t.Errorf("the word is in %d files", n)
	}
	if holding(t, killed, "kept-kept") == 0 || count(t, again) != 1 {
		t.Error("what was kept is gone, too")
	}
}

// holding counts the files of a folder in which a word is.
func holding(t *testing.T, dir, word string) (n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), word) {
			n++
		}
	}
	return n
}
