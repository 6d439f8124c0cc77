package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// crowd fills a table in whose pages rows move, and deletes every other row in one transaction, which ends with end. It returns what
// was deleted.
func crowd(t *testing.T, db *sqlite.DB, end func(context.Context, *sqlite.Tx) error) (gone []string) {
	t.Helper()
	chance := rand.New(rand.NewPCG(82, 0)) //nolint:gosec // a repeatable run
	for step := range 10 {
		err := db.InTx(t.Context(), func(tx *sql.Tx) error {
			for range 100 {
				word := fmt.Sprintf("mark-%016x", chance.Uint64())
				if err := say(t.Context(), tx, strings.Repeat(word+" ", 1+chance.IntN(50))); err != nil {
					return err
				}
				if chance.IntN(2) == 0 {
					gone = append(gone, word)
				}
			}
			for _, word := range gone {
				if step < 9 {
					break
				}
				if _, err := tx.ExecContext(t.Context(), "DELETE FROM word WHERE text LIKE ? || '%'", word); err != nil {
					return err
				}
			}
			return end(t.Context(), tx)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return gone
}

// left counts the words that are in any file of a folder.
func left(t *testing.T, dir string, words []string) (n int) {
	t.Helper()
	for _, word := range words {
		if holding(t, dir, word) > 0 {
			n++
		}
	}
	return n
}

func TestWhatMovedIsOverwrittenToo(t *testing.T) {
	t.Parallel()
	db := open(t)
	dir := filepath.Dir(db.Path)
	gone := crowd(t, db, func(context.Context, *sqlite.Tx) error { return nil })
	if err := db.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left(t, dir, gone) == 0 {
		t.Fatal("nothing moved: there is nothing to see here")
	}
	before := count(t, db)
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return sqlite.Erasing(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := db.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(t, dir, gone); n > 0 || count(t, db) != before {
		t.Errorf("%d of %d deleted words are still there, and %d of %d others", n, len(gone), count(t, db), before)
	}
	again := openAt(t, filepath.Join(killed, filepath.Base(db.Path)))
	if err := again.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(t, killed, gone); n > 0 || count(t, again) != before {
		t.Errorf("after a kill %d of %d deleted words are there, and %d of %d others", n, len(gone), count(t, again), before)
	}
}

// A file is written anew once for what was erased, not again and again, and not for what was rolled back.
func TestAFileIsWrittenAnewOnlyAfterAnErasing(t *testing.T) {
	t.Parallel()
	db := open(t)
	anew := func() bool {
		t.Helper()
		exec(t, db, "INSERT INTO word VALUES (zeroblob(0) || hex(randomblob(9000)))") // whose pages stay free until then
		exec(t, db, "DELETE FROM word")
		if err := db.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		var free int
		if err := db.Write.QueryRowContext(t.Context(), "PRAGMA freelist_count").Scan(&free); err != nil {
			t.Fatal(err)
		}
		return free == 0
	}
	if anew() {
		t.Error("nothing was erased, and the file was written anew")
	}
	wrong := errors.New("wrong")
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return errors.Join(sqlite.Erasing(t.Context(), tx), wrong) }); !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	if anew() {
		t.Error("an erasing was rolled back, and the file was written anew")
	}
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return sqlite.Erasing(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	if !anew() {
		t.Error("something was erased, and the file was not written anew")
	}
	if anew() {
		t.Error("it was written anew once more")
	}
}

func TestAClosedFileSaysWhetherWordsWereErased(t *testing.T) {
	t.Parallel()
	db := openAt(t, filepath.Join(t.TempDir(), "closed.db"))
	exec(t, db, "CREATE TABLE IF NOT EXISTS word (text TEXT)")
	if err := db.InTx(t.Context(), func(tx *sql.Tx) error { return sqlite.Erasing(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(db.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		change  func([]byte)
		stained bool
	}{
		{"as it is", func([]byte) {}, true},
		{"damaged behind its header", func(raw []byte) { copy(raw[100:], strings.Repeat("x", len(raw)-100)) }, true},
		{"its header is damaged", func(raw []byte) { copy(raw, "Dear Sir") }, false},
		{"nothing was erased", func(raw []byte) { copy(raw[60:64], "\x00\x00\x00\x00") }, false},
	} {
		path, changed := filepath.Join(t.TempDir(), "file"), append([]byte(nil), raw...)
		test.change(changed)
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := sqlite.StainedFile(path); err != nil || got != test.stained {
			t.Errorf("%s: stained is %v, %v", test.name, got, err)
		}
	}
	if _, err := sqlite.StainedFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there says something")
	}
}
