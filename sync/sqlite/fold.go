package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
)

// foldedAfter is how many pages the journal has before a commit folds it into the file: as many as SQLite takes by itself.
const foldedAfter = 1000

// folding is what is known of the journal's way into the file.
//
// While somebody reads an older state, SQLite folds only a part of the journal into the file, does not synchronize the file, and
// keeps in the shared memory how far it came (walCheckpoint, nBackfill). When the file's next synchronization fails, that part
// may be lost with the rest, as the system does not write it again. SQLite would fold the rest alone once more, find that all is
// done, and begin the journal, which has the part, anew. So from then on nothing is folded: all stays in the journal until the
// next start, which has no shared memory and folds it from its beginning.
type folding struct {
	part atomic.Bool // a part is folded, and not synchronized
	lost atomic.Bool // a synchronization failed then

	failed atomic.Bool // a long journal could not be folded when that was last tried
}

// writer makes the connections that write. They do not fold by themselves: SQLite tells nobody when that fails.
type writer struct {
	sqlite3.SQLiteDriver
	dsn string
}

func newWriter(dsn string) *writer {
	return &writer{dsn: dsn, SQLiteDriver: sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec("PRAGMA wal_autocheckpoint = 0", nil)
		return err
	}}}
}

// Connect makes a connection.
func (w *writer) Connect(context.Context) (driver.Conn, error) { return w.Open(w.dsn) }

// Driver returns SQLite's.
func (w *writer) Driver() driver.Driver { return &w.SQLiteDriver }

// Unfolded reports whether the journal, which had become long, could not be folded when that was last tried. All that was committed is
// in it, but it grows with each commit. Mostly only a new start helps.
func (db *DB) Unfolded() bool { return db.folding.failed.Load() }

// foldLong folds a journal that has become long. What cannot be folded stays in it: the commit is stored all the same.
func (db *DB) foldLong(ctx context.Context, conn *sql.Conn) {
	var busy, frames, folded int
	err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &folded)
	if err == nil && (frames < foldedAfter || folded == frames) {
		return
	}
	if err == nil {
		_, err = db.fold(ctx, conn, "PASSIVE")
	}
	if !db.folding.failed.Swap(err != nil) && err != nil && db.logger != nil {
		db.logger.ErrorContext(ctx, "the disk failed: all is stored, but the journal grows until the program is started again. Start it again.",
			"file", db.Path, "error", err)
	}
}

// fold folds the journal into the file, and reports whether somebody was in its way. It fails with a Storage fault once a part may
// be lost.
func (db *DB) fold(ctx context.Context, conn *sql.Conn, mode string) (busy bool, err error) {
	if db.folding.lost.Load() {
		return false, diskFault(nil)
	}
	var frames, folded int
	err = conn.QueryRowContext(ctx, fmt.Sprintf("PRAGMA wal_checkpoint(%s)", mode)).Scan(&busy, &frames, &folded)
	var told sqlite3.Error
	switch {
	case err == nil:
		db.folding.part.Store(0 < folded && folded < frames)
	case errors.As(err, &told) && told.ExtendedCode == sqlite3.ErrIoErrFsync:
		db.folding.lost.Store(db.folding.part.Load())
	}
	return busy, Fault(err)
}
