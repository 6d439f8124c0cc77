package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// batch is everything that one commit will change. The ledger's own memory is touched only after
// the commit.
type batch struct {
	l        *Ledger
	tx       *sql.Tx
	careful  bool // look for every command's former answer before deciding it
	received time.Time
	setup    workspace.Setup

	seq     uint64
	number  uint32
	turn    uint64 // the counters', where others write too
	scopes  map[id.Scope]scopeEnd
	states  map[id.Stream]*entry
	clients map[id.Client]*client

	rows     []timeline.Row
	events   []stream.Recorded
	outcomes []answered
	erased   bool // words were taken out of what is stored
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

// try decides and writes a group. Nothing of the ledger's memory changes.
func (l *Ledger) try(ctx context.Context, group []*work, careful bool) (*batch, error) {
	b := &batch{
		l: l, careful: careful, received: l.Clock.Now().UTC().Truncate(time.Microsecond),
		states: map[id.Stream]*entry{}, clients: map[id.Client]*client{}, scopes: map[id.Scope]scopeEnd{},
	}
	var writer *timeline.Writer
	err := l.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := l.catchUp(ctx, tx); err != nil {
			return err
		}
		b.tx, b.seq, b.number, b.turn, b.setup = tx, l.seq, l.number, l.turn+1, l.Setup()
		b.setup.Lacking = b.received.Before(l.lacking)
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
	if err := w.Append(ctx, b.rows); err != nil {
		return err
	}
	if err := b.erase(ctx, w); err != nil {
		return err
	}
	if err := b.storeAnswers(ctx); err != nil {
		return err
	}
	if len(b.rows) == 0 && !b.l.shared { // the others are to know of answers too
		return nil
	}
	for scope, end := range b.scopes {
		if err := w.PutCursor(ctx, stream.Cursor{Scope: scope, Pos: end.pos, Hash: end.hash}); err != nil {
			return err
		}
	}
	if _, err := b.tx.StmtContext(ctx, b.l.stmts.putCount).ExecContext(ctx, int64(b.seq), int64(b.number)); err != nil {
		return fmt.Errorf("store counters: %w", err)
	}
	return b.l.Effects.Store(ctx, b.tx, b.events)
}

// remember takes a committed batch into memory and only then wakes whoever follows.
func (l *Ledger) remember(b *batch) {
	l.seq, l.number, l.turn = b.seq, b.number, b.seq
	if l.shared {
		l.turn = b.turn
	}
	maps.Copy(l.scopes, b.scopes)
	maps.Copy(l.clients, b.clients)
	if len(l.states) > cached {
		maps.DeleteFunc(l.states, func(s id.Stream, _ *entry) bool { _, dirty := l.dirty[s]; return !dirty })
	}
	maps.Copy(l.states, b.states)
	for _, e := range b.events {
		l.dirty[e.Stream] = struct{}{}
		delete(l.failed, e.Command)
	}
	if len(b.events) == 0 {
		return
	}
	setup := b.setup
	l.unclean = l.unclean || b.erased
	l.setup.Store(&setup)
	l.Effects.Committed(b.events)
	l.publish(b.rows, b.scopes)
}

// take decides all that one piece of work wants.
func (b *batch) take(ctx context.Context, w *work) error {
	if w.job != nil {
		return b.takeJob(ctx, w)
	}
	w.result = Result{}
	c, err := b.client(ctx, w.push)
	if err != nil {
		if fault.Find(err) != nil && !fault.Is(err, fault.Storage) {
			return b.refuseAll(w, err)
		}
		return err
	}
	for i, s := range w.push.Submissions {
		o, err := b.submission(ctx, w.push, c, s, w.push.Faults[i])
		if err != nil {
			return err
		}
		w.result.Outcomes = append(w.result.Outcomes, o)
		if !o.Kind.Final() {
			break // what follows would only be out of order
		}
	}
	w.result.LastMid = c.lastMid
	return nil
}

// refuseAll answers every command of a push that is wrong as a whole.
func (b *batch) refuseAll(w *work, err error) error {
	for _, s := range w.push.Submissions {
		w.result.Outcomes = append(w.result.Outcomes, stream.Outcome{Mid: s.Mid, Kind: stream.Retry, Fault: fault.Find(err)})
	}
	return nil
}

// client returns the outbox that a push comes from. A copied outbox gets a Copied fault: two
// devices must never number alike.
func (b *batch) client(ctx context.Context, p *Push) (*client, error) {
	if c, ok := b.clients[p.Client]; ok && slices.Equal(c.generation, p.Generation) {
		return c, b.owned(c, p)
	}
	known, err := b.l.loadClient(ctx, b.tx, p.Client)
	if err != nil {
		return nil, err
	}
	if known == nil {
		if known, err = insertClient(ctx, b.tx, p.Client, p.Actor.Person, p.Generation); err != nil {
			return nil, err
		}
	}
	c := *known
	if err := b.owned(&c, p); err != nil {
		return nil, err
	}
	if !slices.Equal(c.generation, p.Generation) {
		if !slices.ContainsFunc(p.Former, func(g []byte) bool { return slices.Equal(g, c.generation) }) {
			return nil, copied()
		}
		if err := storeGeneration(ctx, b.tx, c.key, p.Generation); err != nil {
			return nil, err
		}
		c.generation = p.Generation
	}
	b.clients[p.Client] = &c
	return &c, nil
}

func (b *batch) owned(c *client, p *Push) error {
	if c.person != p.Actor.Person {
		return fault.New(fault.Copied, "This outbox belongs to somebody else.")
	}
	return nil
}

// submission decides one command and notes what is to be stored.
func (b *batch) submission(ctx context.Context, p *Push, c *client, s stream.Submission, unread error) (stream.Outcome, error) {
	if s.Mid <= c.lastMid {
		return b.former(ctx, s)
	}
	if s.Mid > c.lastMid+1 {
		err := fault.New(fault.OutOfOrder, fmt.Sprintf("Command %d came, but %d is missing.", s.Mid, c.lastMid+1))
		return stream.Outcome{Mid: s.Mid, Kind: stream.OutOfOrder, Fault: err}, nil
	}
	if b.careful {
		former, found, err := b.answeredBefore(ctx, s.ID)
		if err != nil {
			return stream.Outcome{}, err
		}
		if found {
			former.Mid, c.lastMid = s.Mid, s.Mid
			return former, nil
		}
	}
	out := stream.Outcome{}
	if unread != nil {
		out = stream.Refusal(s.Mid, unread)
	} else {
		out = b.decide(ctx, s, p.Actor, p.Now)
	}
	if out.Kind.Final() {
		b.outcomes = append(b.outcomes, answered{command: s.ID, outcome: out})
		c.lastMid = s.Mid
	}
	return out, nil
}

// former returns the answer that a command got before. A number that was consumed by another command
// comes from a copy of the outbox, whose own commands must not be taken for answered.
func (b *batch) former(ctx context.Context, s stream.Submission) (stream.Outcome, error) {
	out, found, err := b.answeredBefore(ctx, s.ID)
	if err != nil {
		return stream.Outcome{}, err
	}
	if !found {
		return stream.Outcome{Mid: s.Mid, Kind: stream.Retry, Fault: copied()}, nil
	}
	out.Mid = s.Mid
	return out, nil
}

func copied() *fault.Fault {
	return fault.New(fault.Copied, "This outbox was copied from another device.").
		WithAdvice("Nothing is lost: its commands are known by their ids.", "The client takes a new number by itself.")
}

// answeredBefore looks for a command's answer under any number, in this batch and before it.
func (b *batch) answeredBefore(ctx context.Context, c id.Command) (stream.Outcome, bool, error) {
	for _, o := range b.outcomes {
		if o.command == c {
			return o.outcome, true, nil
		}
	}
	return repeated(ctx, b.tx, c)
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
