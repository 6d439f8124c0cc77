package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// counter is the one row that every commit moves.
type counter struct {
	epoch  id.Epoch
	seq    uint64
	number uint32
	// turn moves with every commit, also with one that has only answers. Where nobody else writes, it is seq.
	turn uint64
}

func scanCounter(row *sql.Row) (c counter, err error) {
	var (
		epoch             []byte
		seq, number, turn int64
	)
	if err := row.Scan(&epoch, &seq, &number, &turn); err != nil {
		return c, fmt.Errorf("read counters: %w", err)
	}
	copy(c.epoch[:], epoch)
	c.seq, c.number, c.turn = uint64(seq), uint32(number), uint64(turn)
	return c, nil
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
	c, err := scanCounter(tx.QueryRowContext(ctx, readShared))
	if err == nil {
		err = l.takeIn(ctx, tx, c)
	}
	return database.Fault(err)
}

// catchUp takes in what others have committed, as part of a transaction before which nobody else has written.
func (l *Ledger) catchUp(ctx context.Context, tx *sql.Tx) error {
	c, err := scanCounter(tx.StmtContext(ctx, l.stmts.readCount).QueryRowContext(ctx))
	if err != nil {
		return err
	}
	return l.takeIn(ctx, tx, c)
}

// takeIn brings what is remembered of the log to where the counters are.
func (l *Ledger) takeIn(ctx context.Context, q timeline.Querier, c counter) error {
	same, err := l.goesOn(ctx, q, c)
	if err != nil {
		return err
	}
	if !same {
		return fault.New(fault.Unavailable, "The database was put back to a former state under a server that runs.").
			WithAdvice("What was answered before is in the clients, which give it back.", "Start all servers on it anew.")
	}
	if c.epoch != l.Epoch() { // another server has found a fork
		if _, _, err := l.readRestored(ctx, q); err != nil {
			return err
		}
		l.epoch.Store(&c.epoch)
		l.number = c.number
		l.hub.sendBack()
	}
	if c.turn == l.turn {
		return nil
	}
	clear(l.clients) // another server may have heard of them since
	for l.seq < c.seq {
		if err := l.takePage(ctx, q); err != nil {
			return fmt.Errorf("take in what was committed behind event %d: %w", l.seq, err)
		}
	}
	l.number, l.turn = c.number, c.turn
	return nil
}

// goesOn reports whether the log that the counters tell of has what is remembered of it, or goes on from there.
func (l *Ledger) goesOn(ctx context.Context, q timeline.Querier, c counter) (bool, error) {
	end := l.scopes[id.Everyone()]
	if c.seq < l.seq || c.epoch == l.Epoch() || end.pos == 0 {
		return c.seq >= l.seq, nil
	}
	hash, found, err := hashAt(ctx, q, id.Everyone(), end.pos)
	return found && bytes.Equal(hash, end.hash), err
}

// othersPage is how many events of others are taken in at once.
const othersPage = 5000

// takePage takes in the next events of others, and tells them as if they were its own.
func (l *Ledger) takePage(ctx context.Context, q timeline.Querier) error {
	rows, err := timeline.Numbered(ctx, q, l.seq, othersPage)
	if err != nil {
		return err
	}
	if len(rows) == othersPage {
		rows = wholeRows(rows)
	}
	if len(rows) == 0 {
		return errors.New("they are not there")
	}
	last := rows[len(rows)-1].Seq
	left, err := tombstones(ctx, q, l.seq, last)
	if err != nil {
		return err
	}
	if uint64(len(rows)+len(left)) != last-l.seq {
		return errors.New("some of them are not there")
	}
	news := told{rows: rows, ends: endsOf(rows, left)}
	events, setUp, turned := make([]stream.Recorded, 0, len(rows)), map[id.Stream]id.Kind{}, map[id.Stream]struct{}{}
	for _, r := range rows {
		l.foreign[r.Stream] = struct{}{}
		if r.Kind == id.KindPerson || r.Kind == id.KindWorkspace {
			setUp[r.Stream] = r.Kind
		}
		event, err := wire.DecodeEvent(r.Kind, r.Payload)
		if err != nil { // of a later version: whoever decides on this stream folds it, and fails as on any other that cannot be read
			l.Logger.ErrorContext(ctx, "read another server's event", "seq", r.Seq, "error", err)
			delete(l.states, r.Stream)
			continue
		}
		e := stream.Recorded{Envelope: r.Envelope, Event: event}
		l.advance(e)
		events = append(events, e)
		if yes, moves := turns(event); yes {
			turned[r.Stream] = struct{}{}
			news.moved = news.moved || moves
		}
	}
	if err := l.refresh(ctx, q, setUp); err != nil {
		return err
	}
	if news.turned, err = l.lookAt(ctx, q, slices.Collect(maps.Keys(turned))); err != nil {
		return err
	}
	l.seq = last
	maps.Copy(l.scopes, news.ends)
	l.Effects.Committed(events)
	l.tell(news)
	return nil
}

// endsOf returns where scopes end behind some events, and behind the places that others have left.
func endsOf(rows []timeline.Row, left []Tombstone) map[id.Scope]scopeEnd {
	ends := map[id.Scope]scopeEnd{}
	for _, r := range rows {
		ends[r.Scope] = scopeEnd{pos: r.ScopePos, hash: r.Hash}
	}
	for _, t := range left {
		if ends[t.Scope].pos < t.ScopePos {
			ends[t.Scope] = scopeEnd{pos: t.ScopePos, hash: t.Hash}
		}
	}
	return ends
}

// advance applies another's event to the stream's state in memory, where there is one.
func (l *Ledger) advance(e stream.Recorded) {
	kept, ok := l.states[e.Stream]
	switch {
	case ok && e.Scope != kept.scope: // it was moved
		delete(l.states, e.Stream)
	case !ok || e.StreamSeq <= kept.seq:
	case e.StreamSeq == kept.seq+1:
		next := *kept
		next.state, next.seq = stream.Apply(kept.state, e.Envelope, e.Event), e.StreamSeq
		l.states[e.Stream] = &next
	default:
		delete(l.states, e.Stream)
	}
}

// refresh brings the set-up to what these streams of it are now.
func (l *Ledger) refresh(ctx context.Context, q timeline.Querier, streams map[id.Stream]id.Kind) error {
	if len(streams) == 0 {
		return nil
	}
	setup := l.Setup()
	for s, kind := range streams {
		e, ok := l.states[s]
		if !ok {
			var err error
			if e, err = l.fold(ctx, q, s, kind); err != nil {
				return err
			}
		}
		setup = stream.SetUp(setup, e.state)
	}
	l.setup.Store(&setup)
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
