package disk_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/tsugi-app/tsugi/sync/proof/disk"
)

// told is a row that SQLite said was stored, and how many changes the disk had seen by then.
type told struct{ at, row int }

const rows = 10

// fill inserts rows into a database on a mounted folder and returns what happened.
func fill(t *testing.T, pragmas string) (disk.Trace, []told) {
	t.Helper()
	dir := t.TempDir()
	d := mount(t, dir)
	db := open(t, dir, pragmas)
	exec(t, db, "CREATE TABLE IF NOT EXISTS word (row INTEGER PRIMARY KEY, text TEXT)")
	var all []told
	for i := range rows {
		exec(t, db, "INSERT INTO word VALUES (?, ?)", i, strings.Repeat(string(rune('a'+i)), 1500))
		all = append(all, told{d.Len(), i})
		if i%4 == 3 {
			exec(t, db, "PRAGMA wal_checkpoint(PASSIVE)") // what follows begins the journal again from its start
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return d.Trace(), all
}

func mount(t *testing.T, dir string) *disk.Disk {
	t.Helper()
	d, err := disk.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Unmount)
	return d
}

func open(t *testing.T, dir, pragmas string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "x.db")+"?"+pragmas)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// damage is what crashes at every moment of a trace did.
type damage struct {
	points, lost, corrupt int
	tally                 disk.Tally
}

// crashes crashes before every change of a trace, some times each, and looks at what is left.
func crashes(t *testing.T, trace disk.Trace, acknowledged []told) damage {
	t.Helper()
	var out damage
	m := disk.NewModel(trace)
	dir := t.TempDir()
	for at, op := range trace.Ops {
		for n, fate := range []disk.Fate{[]disk.Fate{disk.Nothing, disk.Everything}[at%2], disk.Some} {
			left, tally := m.Crash(fate, rand.New(rand.NewPCG(uint64(at), uint64(n)))) //nolint:gosec // a test is to be repeatable
			out.points++
			out.tally.Add(tally)
			have, intact := look(t, filepath.Join(dir, fmt.Sprint(at, "-", n)), left)
			if !intact {
				out.corrupt++
			}
			for _, a := range acknowledged {
				if a.at <= at && !have[a.row] {
					out.lost++
				}
			}
		}
		m.Apply(op)
	}
	return out
}

// look opens what a crash left.
func look(t *testing.T, dir string, left map[string][]byte) (have map[int]bool, intact bool) {
	t.Helper()
	lay(t, dir, left)
	d, err := disk.Mount(dir) // so that nothing waits for a real disk
	if err != nil {
		t.Fatal(err)
	}
	defer d.Unmount()
	db := open(t, dir, "")
	defer db.Close() //nolint:errcheck // it was only read
	have = map[int]bool{}
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		return have, false
	}
	found, err := db.QueryContext(t.Context(), "SELECT row FROM word")
	if err != nil {
		return have, true // the table is not there yet
	}
	defer found.Close() //nolint:errcheck // the error is in found.Err
	for found.Next() {
		var row int
		if err := found.Scan(&row); err != nil {
			return have, false
		}
		have[row] = true
	}
	return have, found.Err() == nil
}

func lay(t *testing.T, dir string, left map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, raw := range left {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The disk is as forgetful as SQLite's documentation says that disks are: what is documented as safe loses nothing on it, and
// what is documented as unsafe does.
func TestTheDiskBites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pragmas       string
		lost, corrupt bool
	}{
		{"_journal_mode=WAL&_synchronous=FULL", false, false},
		{"_journal_mode=WAL&_synchronous=NORMAL", true, false},
		{"_journal_mode=WAL&_synchronous=OFF", true, true},
		{"_journal_mode=DELETE&_synchronous=EXTRA", false, false},
		{"_journal_mode=DELETE&_synchronous=FULL", true, false}, // the journal that was deleted is there again
		{"_journal_mode=DELETE&_synchronous=OFF", true, true},
	} {
		t.Run(c.pragmas, func(t *testing.T) {
			t.Parallel()
			trace, acknowledged := fill(t, c.pragmas)
			got := crashes(t, trace, acknowledged)
			if (got.lost > 0) != c.lost || (got.corrupt > 0) != c.corrupt {
				t.Errorf("%d acknowledged rows lost and %d files corrupt in %d crashes", got.lost, got.corrupt, got.points)
			}
			if y := got.tally; y.Kept == 0 || y.Dropped == 0 || y.Torn == 0 || y.Reordered == 0 || y.Names == 0 {
				t.Errorf("something never happened: %+v", y)
			}
		})
	}
}

// What is recorded is what is on the real disk, when nothing is lost.
func TestTheModelIsTheDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := mount(t, dir)
	db := open(t, dir, "_journal_mode=WAL&_synchronous=FULL")
	exec(t, db, "CREATE TABLE word (row INTEGER PRIMARY KEY, text TEXT)")
	exec(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
	exec(t, db, "INSERT INTO word VALUES (1, 'a')")
	trace := d.Trace()
	m := disk.NewModel(trace)
	for _, op := range trace.Ops {
		m.Apply(op)
	}
	left, _ := m.Crash(disk.Everything, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a test is to be repeatable
	if len(left) != 2 {
		t.Errorf("there are %d files", len(left))
	}
	for name, raw := range left {
		if real, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(real) != string(raw) {
			t.Errorf("%s has %d bytes on the disk and %d in the model, or others, %v", name, len(real), len(raw), err)
		}
	}
}

// A trace may begin on what another one left.
func TestADiskIsMountedWithWhatIsThere(t *testing.T) {
	t.Parallel()
	trace, _ := fill(t, "_journal_mode=WAL&_synchronous=FULL")
	dir := t.TempDir()
	m := disk.NewModel(trace)
	for _, op := range trace.Ops {
		m.Apply(op)
	}
	left, _ := m.Crash(disk.Everything, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a test is to be repeatable
	lay(t, dir, left)
	d := mount(t, dir)
	db := open(t, dir, "_journal_mode=WAL&_synchronous=FULL")
	exec(t, db, "DELETE FROM word WHERE row = 0")
	if again := d.Trace(); !maps.EqualFunc(again.Files, left, func(a, b []byte) bool { return string(a) == string(b) }) {
		t.Error("it does not begin with what is there")
	}
	if again := d.Trace(); len(again.Ops) == 0 {
		t.Error("nothing was recorded")
	}
}
