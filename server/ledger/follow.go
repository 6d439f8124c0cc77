package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// counter is the one row that every commit moves.
type counter struct {
	epoch  id.Epoch
	seq    uint64
	number uint32
	// turn moves with every commit, also with one that has only answers. Where nobody else writes, it is seq.
	turn uint64
	// hash is the log's behind the event that is the last here; empty where there is none there, or none in that scope.
	hash []byte
}

// last is an event by which a ledger knows its log again.
type last struct {
	scope id.Scope
	hash  []byte
}

// take takes the last of rows, where there are any.
func (l *last) take(rows []timeline.Row) {
	if n := len(rows); n > 0 {
		l.scope, l.hash = rows[n-1].Scope, rows[n-1].Hash
	}
}

// timekeeper is a clock that goes by the database's time, which all servers have in common, when it is told of it.
type timekeeper interface {
	Asking() (told func(database time.Time))
}

// reading is the counters on their way from the database, and with them what the time is there.
type reading struct {
	args                   []any // of readShared
	epoch, hash            []byte
	seq, number, turn, now int64
	told                   func(time.Time)
}

// asking is called just before the counters are asked for.
func (l *Ledger) asking() *reading {
	r := &reading{args: []any{int64(l.seq), int64(l.seq), l.last.scope[:]}, told: func(time.Time) {}}
	if k, ok := l.Clock.(timekeeper); ok && l.shared {
		r.told = k.Asking()
	}
	return r
}

// into returns what an answer is scanned into.
func (r *reading) into() []any {
	return []any{&r.epoch, &r.seq, &r.number, &r.turn, &r.now, &r.hash}
}

// counter returns what was answered.
func (r *reading) counter() (c counter) {
	r.told(time.UnixMicro(r.now))
	copy(c.epoch[:], r.epoch)
	c.seq, c.number, c.turn, c.hash = uint64(r.seq), uint32(r.number), uint64(r.turn), r.hash
	return c
}

// readCounter reads the counters.
func (l *Ledger) readCounter(ctx context.Context, tx *sql.Tx) (counter, error) {
	r := l.asking()
	var row *sql.Row
	if l.shared {
		row = tx.QueryRowContext(ctx, readShared, r.args...)
	} else {
		row = tx.StmtContext(ctx, l.stmts.readCount).QueryRowContext(ctx)
	}
	if err := row.Scan(r.into()...); err != nil {
		return counter{}, fmt.Errorf("read counters: %w", err)
	}
	return r.counter(), nil
}

// Moved tells that another server may have committed events up to seq. It does not wait.
func (l *Ledger) Moved(seq uint64) {
	for told := l.told.Load(); seq > told && !l.told.CompareAndSwap(told, seq); told = l.told.Load() {
	}
	select {
	case l.moved <- struct{}{}:
	default:
	}
}

// Look takes in what other servers have committed until now: Setup tells of it then. Whoever is about to say that something is not
// there looks first.
func (l *Ledger) Look(ctx context.Context) error {
	if !l.shared {
		return nil
	}
	return l.submit(ctx, &work{look: true, answer: make(chan error, 1)})
}

// watch takes in what others have committed, and says it once when it cannot.
func (l *Ledger) watch(ctx context.Context) {
	err := l.follow(ctx)
	if err != nil && ctx.Err() == nil && !l.blind {
		l.Logger.WarnContext(ctx, "look for what other servers have committed", "error", err)
	}
	l.blind = err != nil
}

// follow takes in what others have committed, without holding them up.
func (l *Ledger) follow(ctx context.Context) error {
	if !l.shared {
		return nil
	}
	tx, err := l.DB.Reader().BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("follow: %w", database.Fault(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	return database.Fault(l.catchUp(ctx, tx))
}

// inTurn runs work in a transaction of the database's one writer at that moment, once everything is taken in that was committed before
// it. Nothing of the ledger's memory may be written down in any other: it could be of a log that is there no more.
func (l *Ledger) inTurn(ctx context.Context, work func(*sql.Tx) error) error {
	begin, first := ctx, l.asking()
	if l.shared {
		begin = database.First(ctx, readShared, first.args, first.into()...)
	}
	err := l.DB.InTx(begin, func(tx *sql.Tx) error {
		if l.shared {
			if err := l.takeIn(ctx, tx, first.counter()); err != nil {
				return err
			}
			l.reach.heard()
		} else if err := l.catchUp(ctx, tx); err != nil {
			return err
		}
		return work(tx)
	})
	if err == nil {
		l.reach.heard()
	} else if l.shared {
		clear(l.clients) // it may be stored all the same: then it is as if another had done it
	}
	return err
}

// catchUp takes in what others have committed, as far as a transaction sees it.
func (l *Ledger) catchUp(ctx context.Context, tx *sql.Tx) error {
	c, err := l.readCounter(ctx, tx)
	if err == nil {
		err = l.takeIn(ctx, tx, c)
	}
	if err == nil {
		l.reach.heard()
	}
	return err
}

// takeIn brings what is remembered of the log to where the counters are.
func (l *Ledger) takeIn(ctx context.Context, tx *sql.Tx, c counter) error {
	if !l.goesOn(c) {
		return fault.New(fault.Unavailable, "The database was put back to a former state under a server that runs.").
			WithAdvice("What was answered before is in the clients, which give it back.", "Start all servers on it anew.")
	}
	if c.epoch != l.Epoch() { // another server has found a fork
		if _, _, err := l.readRestored(ctx, tx); err != nil {
			return err
		}
		l.Counted(c.epoch, c.number)
		l.hub.sendBack()
	}
	if c.turn == l.turn {
		return nil
	}
	clear(l.clients) // another server may have heard of them since
	for l.seq < c.seq {
		if err := l.takePage(ctx, tx); err != nil {
			return fmt.Errorf("take in what was committed behind event %d: %w", l.seq, err)
		}
	}
	l.Counted(c.epoch, c.number)
	l.turn = c.turn
	return nil
}

// goesOn reports whether the log that the counters tell of has what is remembered of it, or goes on from there. One that was put back to
// a former state, and written to since, has another event under the number of the last one here.
func (l *Ledger) goesOn(c counter) bool {
	return c.seq >= l.seq && (len(c.hash) == 0 || bytes.Equal(c.hash, l.last.hash))
}

// othersPage is how many events of others are taken in at once.
const othersPage = 5000

// takePage takes in the next events of others, and tells them as if they were its own.
func (l *Ledger) takePage(ctx context.Context, tx *sql.Tx) error {
	rows, err := timeline.Numbered(ctx, tx, l.seq, othersPage)
	if err != nil {
		return err
	}
	if len(rows) == othersPage {
		rows = wholeRows(rows)
	}
	if len(rows) == 0 {
		return errors.New("they are not there")
	}
	left, err := tombstones(ctx, tx, l.seq, rows[len(rows)-1].Seq)
	if err != nil {
		return err
	}
	events, back, err := l.TakeIn(ctx, book{l: l, tx: tx}, rows, left)
	if err != nil {
		return err
	}
	for _, r := range rows {
		l.foreign[r.Stream] = struct{}{}
	}
	l.last.take(rows)
	l.Effects.Committed(events)
	l.tell(told{rows: rows, ends: endsOf(rows, left), back: back})
	return nil
}

// wholeRows is whole for rows.
func wholeRows(page []timeline.Row) []timeline.Row {
	last := page[len(page)-1].Command
	for i, r := range slices.Backward(page) {
		if r.Command != last {
			return page[:i+1]
		}
	}
	return page
}

// flush stores the heads of all streams that moved, also by the hand of another, who may not have come to it.
func (l *Ledger) flush(ctx context.Context) error {
	if err := l.follow(ctx); err != nil {
		return err
	}
	maps.Copy(l.dirty, l.foreign)
	clear(l.foreign)
	return l.storeHeads(ctx)
}
