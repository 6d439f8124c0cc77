package sqlite_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// schema returns migrations that each make a table of their name.
func schema(name string, tables ...string) sqlite.Schema {
	files := fstest.MapFS{}
	for i, table := range tables {
		files["000"+string(rune('1'+i))+"_"+table+".sql"] = &fstest.MapFile{
			Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (x INTEGER) STRICT;\n"),
		}
	}
	return sqlite.Schema{Name: name, Files: files}
}

func tables(t *testing.T, db *sqlite.DB) map[string]bool {
	t.Helper()
	rows, err := db.Read.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out[name] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemasInOneFileAreCountedApart(t *testing.T) {
	t.Parallel()
	db := open(t)
	for range 2 { // the second time there is nothing to do
		if err := sqlite.Migrate(t.Context(), db, schema("one", "a", "b"), schema("two", "c")); err != nil {
			t.Fatal(err)
		}
	}
	if err := sqlite.Migrate(t.Context(), db, schema("two", "c", "d")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c", "d", "goose_one", "goose_two"} {
		if !tables(t, db)[name] {
			t.Errorf("there is no table %s", name)
		}
	}
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	t.Parallel()
	db := open(t)
	if err := sqlite.Migrate(t.Context(), db, schema("two", "c", "d")); err != nil {
		t.Fatal(err)
	}
	// "one" could be migrated, but "two" is newer than this program: neither may be touched.
	err := sqlite.Migrate(t.Context(), db, schema("one", "a"), schema("two", "c"))
	wantAdvice(t, err, fault.Newer)
	if tables(t, db)["a"] {
		t.Error("one schema was migrated although another is newer than the program")
	}
}

func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	faulty := schema("one", "a")
	faulty.Files.(fstest.MapFS)["0002_faulty.sql"] = &fstest.MapFile{
		Data: []byte("-- +goose Up\nCREATE TABLE b (x INTEGER) STRICT;\nCREATE TABLE a (x INTEGER) STRICT;\n"),
	}
	if err := sqlite.Migrate(t.Context(), db, faulty); err == nil {
		t.Fatal("a faulty migration passes")
	}
	if got := tables(t, db); !got["a"] || got["b"] {
		t.Errorf("there are %v", got)
	}
	if err := sqlite.Migrate(t.Context(), db, schema("one", "a", "b")); err != nil {
		t.Errorf("the mended migration: %v", err)
	}
}

func TestOtherErrorsPassAsTheyAre(t *testing.T) {
	t.Parallel()
	plain := errors.New("plain")
	if got := sqlite.Fault(plain); !errors.Is(got, plain) || fault.Find(got) != nil {
		t.Errorf("got %v", got)
	}
	known := fault.New(fault.Denied, "No.")
	if got := fault.Find(sqlite.Fault(known)); got != known {
		t.Errorf("got %v", got)
	}
	if sqlite.Fault(nil) != nil {
		t.Error("nothing became something")
	}
}
