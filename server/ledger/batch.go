package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// batch is a ruling on its way into the database. The ledger's own memory is touched only after the commit.
type batch struct {
	*Ruling
	l      *Ledger
	tx     *sql.Tx
	turn   uint64 // the counters', where others write too
	erased bool   // words were taken out of what is stored
}

// commit stores a group in one transaction and answers it. A group that cannot be stored is halved
// until the one thing that cannot be stored stands alone.
func (l *Ledger) commit(ctx context.Context, group []*work) {
	if len(group) == 0 {
		return
	}
	b, err := l.try(ctx, group, false)
	if database.IsDuplicate(err) {
		b, err = l.try(ctx, group, true) // some command came before under another number
	}
	switch {
	case err == nil:
		l.remember(b)
		for _, w := range group {
			w.answer <- nil
		}
	case len(group) > 1 && !fault.Is(err, fault.Storage) && !fault.Is(err, fault.Unavailable): // else the halves fail alike
		half := len(group) / 2
		l.commit(ctx, group[:half])
		l.commit(ctx, group[half:])
	default:
		if ours(err) {
			l.Logger.Error("commit", "commands", len(group), "error", err)
		}
		for _, w := range group {
			w.result = Result{}
			w.answer <- err
		}
	}
}

// ours reports whether an error is the server's own trouble and not what a job refuses: a wrong code
// is nothing to wake an admin for.
func ours(err error) bool {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Storage, fault.Corrupt, fault.Unavailable, fault.Poison:
		return true
	default:
		return false
	}
}

// try decides and writes a group. What it came to is not remembered before the commit.
func (l *Ledger) try(ctx context.Context, group []*work, careful bool) (*batch, error) {
	b := &batch{l: l}
	var writer *timeline.Writer
	err := l.inTurn(ctx, func(tx *sql.Tx) error {
		received := l.Clock.Now().UTC().Truncate(time.Microsecond)
		b.tx, b.turn, b.Ruling = tx, l.turn+1, l.Begin(book{l: l, tx: tx}, received, careful)
		b.setup.Lacking = received.Before(l.lacking)
		writer = l.log.In(tx)
		if err := l.loadClients(ctx, tx, group); err != nil {
			return err
		}
		for _, w := range group {
			if err := b.take(ctx, w); err != nil {
				return err
			}
		}
		return b.write(ctx, writer)
	})
	if err != nil {
		return nil, err
	}
	writer.Committed()
	return b, nil
}

// write puts everything that was decided into the transaction.
func (b *batch) write(ctx context.Context, w *timeline.Writer) error {
	if err := b.storeMoves(ctx, w); err != nil {
		return err
	}
	later := database.Later(ctx)
	if err := w.Append(later, b.rows); err != nil {
		return err
	}
	if err := b.storeTombstones(later, w); err != nil {
		return err
	}
	if err := b.erase(ctx, w); err != nil {
		return err
	}
	if err := b.storeAnswers(later); err != nil {
		return err
	}
	if len(b.rows) == 0 && !b.l.shared { // the others are to know of answers too
		return nil
	}
	for scope, end := range b.scopes {
		if err := w.PutCursor(later, stream.Cursor{Scope: scope, Pos: end.pos, Hash: end.hash}); err != nil {
			return err
		}
	}
	if _, err := b.tx.StmtContext(ctx, b.l.stmts.putCount).ExecContext(later, int64(b.seq), int64(b.number)); err != nil {
		return fmt.Errorf("store counters: %w", err)
	}
	return b.l.Effects.Store(ctx, b.tx, b.events, func(s id.Stream) stream.State {
		if e, ok := b.states[s]; ok {
			return e.state
		}
		return nil
	})
}

// remember takes a committed batch into memory and only then wakes whoever follows.
func (l *Ledger) remember(b *batch) {
	if len(l.states) > cached {
		maps.DeleteFunc(l.states, func(s id.Stream, _ *Folded) bool { _, dirty := l.dirty[s]; return !dirty })
	}
	back := l.Remember(b.Ruling)
	l.turn = b.seq
	if l.shared {
		l.turn = b.turn
		l.last.take(b.rows)
	}
	maps.Copy(l.clients, b.clients)
	for _, e := range b.events {
		l.dirty[e.Stream] = struct{}{}
	}
	if len(b.events) == 0 {
		return
	}
	l.unclean = l.unclean || b.erased
	l.Effects.Committed(b.events)
	l.tell(told{rows: b.rows, ends: b.scopes, back: back})
}

// take decides all that one piece of work wants.
func (b *batch) take(ctx context.Context, w *work) (err error) {
	if w.job != nil {
		return b.takeJob(ctx, w)
	}
	if w.gift != nil {
		return b.takeGift(ctx, w)
	}
	if w.own != nil {
		w.own.refused = b.Own(ctx, w.own.by, w.own.target, w.own.command)
		return nil
	}
	p := *w.push
	if waited := b.received.Sub(p.Came); waited > 0 { // for its turn: the client's clocks went on too
		p.Now = p.Now.Later(waited)
	}
	w.result, err = b.Push(ctx, &p)
	return err
}

// takeJob carries out a job of the server's own. Its commands are numbered under the zero client.
func (b *batch) takeJob(ctx context.Context, w *work) error {
	actor, submissions, err := w.job(ctx, b.tx)
	if err != nil {
		return err
	}
	b.careful = true
	own := &Push{Actor: actor, Now: clock.Moment{Wall: b.received}}
	c, err := b.client(ctx, &Push{})
	if err != nil {
		return err
	}
	for _, s := range submissions {
		s.Mid = c.lastMid + 1
		o, err := b.submission(ctx, own, c, s, nil)
		if err != nil {
			return err
		}
		if o.Kind != stream.Accepted {
			return o.Fault // the whole job is undone
		}
	}
	w.events = b.events
	return nil
}
