package crash_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// While somebody reads an older state SQLite folds only a part of the journal into the file, does not synchronize it, and remembers
// in the shared memory that it is done. Should the synchronization of the rest fail, that part is lost with it; the next folding
// writes only the rest again, and then the journal that has the part is emptied.
func TestWhatWasFoldedInPartIsFoldedAgainAfterAFailedSynchronization(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, db := whereSomebodyReads(t, func(db *sqlite.DB) error {
		if err := say(ctx, db, "behind"); err != nil {
			return err
		}
		if err := db.Purge(ctx); !fault.Is(err, fault.Unavailable) {
			return fmt.Errorf("the journal is read and emptied: %w", err)
		}
		return nil
	})
	d.Fail(disk.Fault{Trouble: disk.Behind, After: 1, Times: 1}) // the journal's is done, the file's fails
	if err := db.Purge(ctx); !fault.Is(err, fault.Storage) {
		t.Fatalf("the file's synchronization fails: %v", err)
	}
	if err := db.Purge(ctx); !fault.Is(err, fault.Storage) {
		t.Errorf("it is tried again, where only the rest would be: %v", err)
	}
	survives(t, d, db)
}

// So it is when SQLite would fold the journal behind a commit, and tell nobody.
func TestWhatACommitFoldedInPartIsFoldedAgainAfterAFailedSynchronization(t *testing.T) {
	t.Parallel()
	d, db := whereSomebodyReads(t, func(db *sqlite.DB) error {
		return db.InTx(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO long VALUES (zeroblob(4200000))")
			return err
		})
	})
	d.Fail(disk.Fault{Trouble: disk.Behind, After: 2, Times: 1}) // the commit's and the journal's are done, the file's fails
	if err := say(t.Context(), db, "behind"); err != nil {
		t.Fatalf("the commit is stored, and its folding fails: %v", err)
	}
	if d.Struck() != 1 {
		t.Errorf("%d synchronizations failed", d.Struck())
	}
	if !db.Unfolded() {
		t.Error("the journal grows, and nobody can know")
	}
	survives(t, d, db)
}

// whereSomebodyReads returns a file with 200 words of which those in the journal are folded in, while somebody reads them and
// something else is written.
func whereSomebodyReads(t *testing.T, write func(*sqlite.DB) error) (*disk.Disk, *sqlite.DB) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	d, err := disk.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Unmount)
	log := &bytes.Buffer{}
	db, err := sqlite.Opener{File: d.File, Logger: slog.New(slog.NewTextHandler(log, nil))}.Open(ctx, filepath.Join(dir, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := strings.Count(log.String(), "Start it again"); n > 1 || (n == 1) != db.Unfolded() {
			t.Errorf("unfolded is %v, and it is told %d times: %s", db.Unfolded(), n, log)
		}
	})
	if _, err := db.Write.ExecContext(ctx, "CREATE TABLE word (text TEXT UNIQUE) STRICT; CREATE TABLE long (b BLOB) STRICT"); err != nil {
		t.Fatal(err)
	}
	if err := db.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	if err := many(t, db, 200, 1); err != nil {
		t.Fatal(err)
	}
	reading, err := db.Read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Rollback() //nolint:errcheck // it only reads
	var n int
	if err := reading.QueryRowContext(ctx, "SELECT count(*) FROM word").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := write(db); err != nil {
		t.Fatal(err)
	}
	return d, db
}

// survives goes on after the failure and starts again, and lets the power fail after each of that.
func survives(t *testing.T, d *disk.Disk, db *sqlite.DB) {
	t.Helper()
	ctx := t.Context()
	for i := range 3 {
		if err := say(ctx, db, fmt.Sprint("later ", i)); err != nil {
			t.Fatal(err)
		}
	}
	wantWords(t, d, 204)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantWords(t, d, 204)
	db, err := sqlite.Opener{File: d.File}.Open(ctx, db.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := say(ctx, db, "at last"); err != nil {
		t.Fatal(err)
	}
	wantWords(t, d, 205)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantWords lets the power fail now, and wants so many words in a whole file.
func wantWords(t *testing.T, d *disk.Disk, n int) {
	t.Helper()
	trace := d.Trace()
	if got := after(t, trace, "SELECT count(*) FROM word"); got != n {
		t.Errorf("%d words are left of %d that were reported as stored", got, n)
	}
	everywhere(t, disk.Trace{Files: trace.Files, Ops: append(trace.Ops, disk.Op{Kind: disk.SyncDir})}, len(trace.Ops))
}
