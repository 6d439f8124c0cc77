package task_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
)

// noon is when tests begin.
var noon = time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)

// hand is a clock that is set by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.Now()} }

// bundle is the tasks of a database of their own, whose time is set by hand.
type bundle struct {
	*task.Store
	ctx   context.Context
	path  string
	db    databasetest.DB
	clock *hand
}

// tester is *testing.T or *rapid.T.
type tester interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{ctx: context.Background(), path: filepath.Join(t.TempDir(), "tsugi.db"), clock: &hand{at: noon}}
	b.open(t)
	t.Cleanup(func() { b.close(t) })
	return b
}

// open opens the database. On PostgreSQL its time stands too: a function of ours is found before the database's own.
func (b *bundle) open(t *testing.T) {
	t.Helper()
	if !databasetest.OnPostgres() {
		b.db = databasetest.Open(t, b.path, task.Schema)
	} else {
		db, err := postgres.Open(b.ctx, databasetest.URL(t, b.path)+"&search_path=public,pg_catalog")
		if err != nil {
			t.Fatal(err)
		}
		b.db = db
		for _, statement := range []string{
			"CREATE TABLE IF NOT EXISTS hand (us BIGINT NOT NULL)",
			"CREATE OR REPLACE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT timestamptz ''epoch'' + us * interval ''1 microsecond'' FROM hand'",
		} {
			b.exec(t, statement)
		}
	}
	b.set(t, b.clock.Now())
	var err error
	if b.Store, err = task.Open(b.ctx, b.db, b.clock); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) close(t *testing.T) {
	t.Helper()
	if err := errors.Join(b.Close(), b.db.Close()); err != nil {
		t.Error(err)
	}
}

func (b *bundle) inTx(t tester, work func(*sql.Tx) error) {
	t.Helper()
	if err := b.db.InTx(b.ctx, work); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) exec(t tester, statement string, args ...any) {
	t.Helper()
	b.inTx(t, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.ctx, statement, args...)
		return err
	})
}

// set sets the time that tasks go by.
func (b *bundle) set(t tester, at time.Time) {
	t.Helper()
	if databasetest.OnPostgres() {
		b.exec(t, "DELETE FROM hand")
		b.exec(t, "INSERT INTO hand VALUES (?)", at.UnixMicro())
	}
	b.clock.set(at)
}

func (b *bundle) pass(t tester, d time.Duration) {
	t.Helper()
	b.set(t, b.clock.Now().Add(d))
}

// policy is what tests go by: waits are as long as they can be where chance is 1.
var policy = task.Policy{Lease: 10 * time.Second, MaxTries: 3, Backoff: task.Backoff{First: time.Second, Most: time.Minute}}

const sms = task.Queue("sms")

// of returns a task that is due now.
func of(name string) task.Task {
	return task.Task{ID: named(name), Queue: sms, About: page, Due: noon, Body: []byte(name)}
}

var page = id.Stream{1}

func named(name string) task.ID { return id.Derive[task.ID](page, name) }

func (b *bundle) enqueue(t tester, tasks ...task.Task) {
	t.Helper()
	b.inTx(t, func(tx *sql.Tx) error { return b.Enqueue(b.ctx, tx, tasks...) })
}

func (b *bundle) cancel(t tester, about id.Stream) {
	t.Helper()
	b.inTx(t, func(tx *sql.Tx) error { return b.Cancel(b.ctx, tx, about, b.clock.Now()) })
}

func (b *bundle) take(t tester, n int) []task.Taken {
	t.Helper()
	got, err := b.Take(b.ctx, sms, n, policy)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// takes takes up to nine tasks and fails unless they are these, in this order.
func (b *bundle) takes(t tester, want ...string) []task.Taken {
	t.Helper()
	got := b.take(t, 9)
	var names []string
	for _, one := range got {
		names = append(names, string(one.Body))
	}
	if fmt.Sprint(names) != fmt.Sprint(want) {
		t.Fatal(fmt.Sprintf("taken were %v, want %v", names, want))
	}
	return got
}

func (b *bundle) record(t tester, taken task.Taken, why error) bool {
	t.Helper()
	ok, err := b.Record(b.ctx, taken, why, policy, 1)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func (b *bundle) stored(t tester, name string) task.Stored {
	t.Helper()
	all, err := b.All(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return all[named(name)]
}

func (b *bundle) wantState(t tester, name string, want task.State) {
	t.Helper()
	if got := b.stored(t, name); got.State != want {
		t.Errorf("%s is %+v, want state %d", name, got, want)
	}
}

var errBusy = errors.New("the provider is busy")
