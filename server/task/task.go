// Package task keeps what is to be done once, at its time: a push to be sent, a step that falls due. A task is a row that is stored
// in the transaction of the event that causes it, and it outlives every crash. It is carried out at least once, and how it ended is
// recorded exactly once: whoever carries it out holds it for the time of its lease, with a number that goes up whenever it is taken,
// and whoever was overtaken cannot record anything. Times are the database's where several servers share one.
package task

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema returns the tables that this package needs.
func Schema() (sqlite.Schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlite.Schema{}, fmt.Errorf("read migrations: %w", err)
	}
	return sqlite.Schema{Name: "task", Files: files}, nil
}

type taskNoun struct{}

// ID names one task for good. Whoever stores it derives it from its cause, so that the same wish is the same task however often
// it is stored; it is also what a provider knows a message by.
type ID = id.ID[taskNoun]

// Queue names whose pool carries a task out: one for each provider, so that a slow one holds nobody else up.
type Queue string

// Rank says what goes first when there is more to do than can be done at once.
type Rank uint8

// The ranks.
const (
	Urgent Rank = 0 // somebody is to be woken
	Normal Rank = 1
)

// Task is something to be done.
type Task struct {
	ID    ID
	Queue Queue
	About id.Stream // what it is for, and is cancelled with
	Rank  Rank
	Due   time.Time // not before
	// End is from when on it is not begun any more: what was to wake somebody hours ago does not. Zero is never.
	End time.Time
	// Body is for the handler alone. It holds ids and no words: what is erased or concealed in the log is not looked for here.
	Body []byte
}

// Kept is how long the record of a task that has ended is kept, and with it its ID from being stored again; KeptDead is how long one
// that an admin may run again is.
const (
	Kept     = 7 * 24 * time.Hour
	KeptDead = 90 * 24 * time.Hour
)

// Store is the tasks of one database. It is safe for concurrent use. Make it with Open, and Close it.
type Store struct {
	db     database.DB
	clock  clock.Clock
	shared bool
	insert *sqlite.Bulk
}

// columns are those that a new task fills.
const columns = 7

// Open returns the tasks in db, whose schema must be up to date. The clock is asked where the database is this server's own; what a
// former process of it held is free again then, because whoever opens it has the data folder to himself.
func Open(ctx context.Context, db database.DB, c clock.Clock) (*Store, error) {
	s := &Store{db: db, clock: c, shared: database.Shared(db)}
	if err := s.release(ctx); err != nil {
		return nil, fmt.Errorf("open tasks: %w", err)
	}
	var err error
	if s.insert, err = sqlite.NewLenientBulk(ctx, db, "INSERT INTO task (id, queue, about, rank, due_us, end_us, body)", columns); err != nil {
		return nil, fmt.Errorf("open tasks: %w", database.Fault(err))
	}
	return s, nil
}

// release ends the leases that a process which was killed has left.
func (s *Store) release(ctx context.Context) error {
	if s.shared {
		return nil
	}
	now := s.clock.Now().UnixMicro()
	var left bool
	err := s.db.Reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM task WHERE state <= 1 AND state = 1 AND due_us > ?)", now).Scan(&left)
	if err != nil || !left {
		return database.Fault(err)
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE task SET due_us = ?1 WHERE state <= 1 AND state = 1 AND due_us > ?1", now)
		return err
	})
}

// Close gives the prepared statements back. Runners must have returned.
func (s *Store) Close() error { return s.insert.Close() }

// Enqueue stores tasks in the transaction of what causes them. One whose ID is there already, open or ended, is left as it is. Wake
// the runner after the commit.
func (s *Store) Enqueue(ctx context.Context, tx *sql.Tx, tasks ...Task) error {
	err := s.insert.Insert(database.Later(ctx), tx, len(tasks), func(i int, args []any) ([]any, error) {
		t := tasks[i]
		if t.ID.IsZero() || t.Queue == "" || t.Rank > Normal {
			return nil, fmt.Errorf("task %s of the queue %q and rank %d has no name or no place", t.ID, t.Queue, t.Rank)
		}
		return append(args, t.ID.Bytes(), string(t.Queue), t.About.Bytes(), int64(t.Rank), t.Due.UnixMicro(), micros(t.End), present(t.Body)), nil
	})
	if err != nil {
		return fmt.Errorf("store tasks: %w", err)
	}
	return nil
}

// revoke is the statement that ends what waits.
const revoke = "UPDATE task SET state = 4, ended_us = ?, body = ? WHERE about = ? AND state <= 1 AND state = 0"

// Cancel ends, in the transaction of what makes them needless, all tasks about a stream that wait. One that is being carried out is
// not tried again, and how this try ends is recorded; tell the runner with Interrupt after the commit.
func (s *Store) Cancel(ctx context.Context, tx *sql.Tx, about id.Stream, at time.Time) error {
	later := database.Later(ctx)
	_, err := tx.ExecContext(later, revoke, at.UnixMicro(), []byte{}, about[:])
	if err == nil {
		_, err = tx.ExecContext(later, `UPDATE task SET end_us = ?1 WHERE about = ?2 AND state <= 1 AND end_us > ?1`, at.UnixMicro(), about[:])
	}
	if err != nil {
		return fmt.Errorf("cancel tasks about %s: %w", about, err)
	}
	return nil
}

// never is the end of what has none.
const never = math.MaxInt64

func micros(end time.Time) int64 {
	if end.IsZero() {
		return never
	}
	return end.UnixMicro()
}

func instant(us int64) time.Time {
	if us == never {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// present returns b, or something that is no NULL.
func present(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
