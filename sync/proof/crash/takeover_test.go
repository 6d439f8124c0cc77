package crash_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Found by outbox, seed 2, with a disk that fails, before change 394. A commit whose synchronization failed is in the system's
// memory alone. The next start folds the journal into the file, and SQLite's synchronization of the journal before that
// succeeds and brings nothing to the disk. When the power fails while pages are written over, the file is half of one state and
// half of another, and the journal that would mend it is gone.
func TestAStartDoesNotFoldIntoTheFileWhatIsInMemoryAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		start disk.Fault // strikes the next start
		fails bool
	}{
		{name: "the disk works again"},
		{name: "the journal cannot be written", start: disk.Fault{Trouble: disk.Broken, Times: 1}, fails: true},
		{name: "half a piece of it is written", start: disk.Fault{Trouble: disk.Broken, Times: 1, Short: 3000}, fails: true},
		{name: "it cannot be synchronized", start: disk.Fault{Trouble: disk.Broken, After: 1, Times: 1}, fails: true},
		{name: "it cannot be folded in", start: disk.Fault{Trouble: disk.Broken, After: 4, Times: 1}, fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, path := haunted(t)
			from := d.Len()
			d.Fail(c.start)
			db, err := sqlite.Opener{File: d.File}.Open(t.Context(), path)
			if c.fails && !fault.Is(err, fault.Storage) {
				t.Fatalf("a start on a disk that fails: %v", err)
			}
			if c.fails {
				d.Fail(disk.Fault{})
				db, err = sqlite.Opener{File: d.File}.Open(t.Context(), path)
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			everywhere(t, d.Trace(), from)
		})
	}
}

// A cancelled transaction costs the connection that writes, and the next one takes its place. It must not take the journal over
// as a start does, when nobody has written it anew: what is committed behind a commit that is in memory alone is lost with it.
func TestAnotherConnectionDoesNotBuildUponWhatIsInMemoryAlone(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	d, err := disk.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Unmount()
	db, err := sqlite.Opener{File: d.File}.Open(ctx, filepath.Join(dir, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(ctx, "CREATE TABLE word (text TEXT UNIQUE) STRICT"); err != nil {
		t.Fatal(err)
	}
	d.Fail(disk.Fault{Trouble: disk.Behind, Times: 1 << 20})
	if err := say(ctx, db, "refused"); !fault.Is(err, fault.Storage) {
		t.Fatalf("a synchronization that fails: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	if _, err := db.Write.BeginTx(cancelled, nil); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := db.Write.ExecContext(ctx, "SELECT 1"); err != nil { // waits until the transaction has let go of it
		t.Fatal(err)
	}
	d.Fail(disk.Fault{})
	if err := say(ctx, db, "stored"); err != nil {
		t.Fatal(err)
	}
	trace := d.Trace()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := after(t, trace, "SELECT count(*) FROM word WHERE text = 'stored'"); got != 1 {
		t.Errorf("%d rows are left of one that was reported as stored", got)
	}
}

// haunted returns a file whose journal holds a commit of many pages that failed to be synchronized: it is in memory, and not on
// the disk.
func haunted(t *testing.T) (*disk.Disk, string) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "x.db")
	d, err := disk.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Unmount)
	db, err := sqlite.Opener{File: d.File}.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(ctx, "CREATE TABLE word (text TEXT UNIQUE) STRICT"); err != nil {
		t.Fatal(err)
	}
	if err := many(t, db, 200, 0); err != nil {
		t.Fatal(err)
	}
	if err := db.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	if err := say(ctx, db, "stored"); err != nil {
		t.Fatal(err)
	}
	d.Fail(disk.Fault{Trouble: disk.Behind, Times: 1 << 20})
	if err := many(t, db, 200, 1); !fault.Is(err, fault.Storage) {
		t.Fatalf("a synchronization that fails: %v", err)
	}
	_ = db.Close() // the journal stays
	d.Fail(disk.Fault{})
	return d, path
}

func many(t *testing.T, db *sqlite.DB, n, salt int) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx *sql.Tx) error {
		for i := range n {
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO word VALUES (?)", fmt.Sprintf("%032d %d", i*7919%n, salt)); err != nil {
				return err
			}
		}
		return nil
	})
}

// everywhere lets the power fail before every change of a trace but the first ones, and has SQLite check what is left.
func everywhere(t *testing.T, trace disk.Trace, from int) {
	t.Helper()
	m, dir := disk.NewModel(trace), t.TempDir()
	fates := []disk.Fate{disk.Nothing, disk.Everything, disk.Some, disk.Some, disk.Some}
	for at, op := range trace.Ops {
		for n, fate := range fates {
			if at < from {
				break
			}
			left, _ := m.Crash(fate, rand.New(rand.NewPCG(uint64(at), uint64(n)))) //nolint:gosec // a test is to be repeatable
			whole(t, filepath.Join(dir, fmt.Sprint(at, "-", n)), left, fmt.Sprintf("before change %d (%s)", at, op.Kind))
		}
		m.Apply(op)
	}
}

func whole(t *testing.T, dir string, left map[string][]byte, when string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, raw := range left {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := disk.Mount(dir) // so that nothing waits for a real disk
	if err != nil {
		t.Fatal(err)
	}
	defer d.Unmount()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "x.db"))
	if err != nil {
		t.Errorf("%s: %v", when, err)
		return
	}
	defer db.Close() //nolint:errcheck // it was only read
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("%s: %v", when, err)
	}
}
