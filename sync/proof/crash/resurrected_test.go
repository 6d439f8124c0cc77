package crash_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

func say(ctx context.Context, db *sqlite.DB, word string) error {
	return db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO word VALUES (?)", word)
		return err
	})
}

// Found by outbox, seed 2, with a disk that fails. A commit whose synchronization failed is in the system's memory, where the
// next start reads it as if it were stored. What is committed behind it is lost with it when the power fails, unless that start
// has written it anew; so a start that cannot write is none.
func TestWhatAFailedSynchronizationLeftIsWrittenAnewOrNotBuiltUpon(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "x.db")
	d, err := disk.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Unmount()
	open := sqlite.Opener{File: d.File}.Open
	db, err := open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(ctx, "CREATE TABLE word (text TEXT) STRICT"); err != nil {
		t.Fatal(err)
	}
	d.Fail(disk.Fault{Trouble: disk.Broken, After: 2, Times: 1 << 20}) // a frame is written, its synchronization fails
	if err := say(ctx, db, "refused"); !fault.Is(err, fault.Storage) {
		t.Fatalf("a synchronization that fails: %v", err)
	}
	_ = db.Close() // the journal stays
	if db, err := open(ctx, path); err == nil {
		_ = db.Close()
		t.Error("it starts on what it cannot write anew")
	} else if !fault.Is(err, fault.Storage) {
		t.Errorf("it says %v", err)
	}
	d.Fail(disk.Fault{Trouble: disk.Broken, After: 0, Times: 1})
	if db, err = open(ctx, path); err != nil {
		d.Fail(disk.Fault{})
		if db, err = open(ctx, path); err != nil {
			t.Fatal(err)
		}
	}
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

// after returns what a query finds when the power fails and nothing survives that was not synchronized.
func after(t *testing.T, trace disk.Trace, query string) int {
	t.Helper()
	m := disk.NewModel(trace)
	for _, op := range trace.Ops {
		m.Apply(op)
	}
	left, _ := m.Crash(disk.Nothing, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a test is to be repeatable
	dir := t.TempDir()
	for name, raw := range left {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var n int
	if err := db.Read.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
