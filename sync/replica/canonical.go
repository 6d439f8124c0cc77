package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Snapshot is everything that a bootstrap brought.
type Snapshot = protocol.Snapshot

// update is one transaction on the replica. The replica's memory changes only after its commit.
type update struct {
	r      *Replica
	tx     *sql.Tx
	w      *timeline.Writer
	states map[id.Stream]stream.State
	mine   map[id.Command]bool    // the pending commands
	own    map[id.Command]bool    // those of them that were seen among the events
	afresh bool                   // everything canonical was dropped before
	life   id.Epoch               // which life of the log is copied
	moved  map[id.Stream]id.Scope // incidents that lie in another scope now; the zero scope where they were purged

	documents  []document                  // on their way into the index
	subjects   map[int64]incident.Incident // by their streams' keys, the same
	statements map[string]*sql.Stmt        // compiled for this transaction
	erased     bool                        // words were taken out of the index
	failed     func()                      // takes back what memory has of a transaction that was not committed
}

// change runs work in one transaction, then takes its result into memory and tells the watchers.
func (r *Replica) change(ctx context.Context, work func(*update) error) (err error) {
	if r.closed {
		return damaged(nil)
	}
	u := &update{
		r: r, life: r.life, states: map[id.Stream]stream.State{}, mine: map[id.Command]bool{}, own: map[id.Command]bool{},
		subjects: map[int64]incident.Incident{}, statements: map[string]*sql.Stmt{}, failed: func() {},
		moved: map[id.Stream]id.Scope{},
	}
	for _, p := range r.own.Pending {
		u.mine[p.ID] = true
	}
	err = r.db.InTx(ctx, func(tx *sql.Tx) error {
		u.tx, u.w = tx, r.log.In(tx)
		if err := work(u); err != nil {
			return err
		}
		if err := u.index(ctx); err != nil {
			return err
		}
		return u.deliver(ctx)
	})
	if err != nil {
		u.failed()
		r.notice(&err)
		return err
	}
	u.w.Committed()
	r.life = u.life
	if u.erased {
		r.stained()
	}
	if u.afresh {
		clear(r.own.Arrived)
	}
	if len(r.states) > keptStates {
		clear(r.states)
	}
	maps.Copy(r.states, u.states)
	r.relocate(u.moved)
	r.setUp(u.states)
	return r.drop(ctx, u.own)
}

// setUp takes what moved into the set-up. People come at once: one by one, each would copy all others.
func (r *Replica) setUp(states map[id.Stream]stream.State) {
	var people []workspace.Person
	for _, s := range states {
		if p, ok := s.(workspace.Person); ok {
			people = append(people, p)
			continue
		}
		if t, ok := s.(workspace.Terms); ok {
			r.terms = t
		}
		r.setup = stream.SetUp(r.setup, s)
	}
	if len(people) > 0 {
		r.setup = r.setup.With(people...)
	}
}

// Apply takes over what the tail brought: the events, the cursor behind them and the end of the
// overlay that they confirm, all in one transaction.
func (r *Replica) Apply(ctx context.Context, batches []stream.Batch) error {
	defer r.alone()()
	err := r.change(ctx, func(u *update) error {
		for _, b := range batches {
			if err := protocol.TakeBatch(ctx, u, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take over events: %w", err)
	}
	r.watch.notify()
	return nil
}

// Bootstrap replaces everything canonical by what the server sent, in one transaction: whoever reads
// meanwhile sees the former state or the new one.
func (r *Replica) Bootstrap(ctx context.Context, s Snapshot) error {
	defer r.alone()()
	r.log.Forget()
	r.states = map[id.Stream]stream.State{}
	r.rewritten++
	former := r.setup
	formerTerms := r.terms
	r.setup, r.terms = workspace.Default(), workspace.Terms{}
	err := r.change(ctx, func(u *update) error {
		former, err := seenByAll(ctx, u.tx)
		if err != nil {
			return err
		}
		life := u.life
		if err := protocol.TakeSnapshot(ctx, u, s); err != nil {
			return err
		}
		return u.missing(ctx, former, life)
	})
	if err != nil {
		r.setup, r.terms = former, formerTerms
		return fmt.Errorf("take over the bootstrap: %w", err)
	}
	r.begin(s.Cursors)
	defer r.watch.notify()
	return errors.Join(r.seen(ctx, stream.EpochOf(s.Cursors)), r.dropFetched(ctx))
}

// seen remembers the life of the server's log where it outlives this copy.
func (r *Replica) seen(ctx context.Context, epoch id.Epoch) error {
	if r.device == nil || epoch.IsZero() || r.device.epoch == epoch {
		return nil
	}
	d := *r.device
	d.epoch = epoch
	if err := r.outbox.putDevice(ctx, d); err != nil {
		return err
	}
	r.device = &d
	return nil
}

// Epoch returns the life of the server's log that this client has last seen, also when the copy of that log was damaged
// and thrown away. It is zero where none was seen yet.
func (r *Replica) Epoch(context.Context) (id.Epoch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return id.Epoch{}, damaged(nil)
	}
	return r.epoch(), nil
}

// epoch is Epoch for callers that hold the lock.
func (r *Replica) epoch() id.Epoch {
	if r.life.IsZero() && r.device != nil {
		return r.device.epoch
	}
	return r.life
}

// Put stores a stream's new state and what the projections make of it.
func (u *update) Put(ctx context.Context, h stream.Head, before, after stream.State) error {
	if h.State == nil {
		var err error
		if h.State, err = wire.EncodeState(after); err != nil {
			return fmt.Errorf("encode head of %s: %w", h.Stream, err)
		}
	}
	if err := u.w.PutHead(ctx, h); err != nil {
		return err
	}
	u.states[h.Stream] = after
	if now, ok := after.(incident.Incident); ok {
		if err := u.guard(ctx, h.Stream, h.Scope); err != nil {
			return err
		}
		was, _ := before.(incident.Incident)
		if err := u.subjectMoved(ctx, h, now); err != nil {
			return err
		}
		return u.projectIncident(ctx, h, was, now)
	}
	return nil
}

// Keep stores events, and brings what is said of words, and the index, up to them.
func (u *update) Keep(ctx context.Context, events []stream.Stored, touched map[id.Stream][]stream.Stored) error {
	for s, list := range touched {
		if list[0].Kind != id.KindIncident {
			continue
		}
		if err := u.guard(ctx, s, list[0].Scope); err != nil {
			return err
		}
	}
	rows := make([]timeline.Row, len(events))
	for i, e := range events {
		rows[i] = timeline.Row{Stored: e, Hash: e.Seal}
	}
	if err := u.w.Merge(ctx, rows); err != nil {
		return err
	}
	if err := u.revise(ctx, touched); err != nil {
		return err
	}
	return u.read(ctx, events)
}

// Mine reports whether a command is a pending one.
func (u *update) Mine(c id.Command) bool { return u.mine[c] }

// Deliver notes that the events of a pending command are here; deliver stores it.
func (u *update) Deliver(_ context.Context, c id.Command) error {
	u.own[c] = true
	return nil
}

// Since returns the events of one stream after seq.
func (u *update) Since(ctx context.Context, s id.Stream, seq uint64) ([]stream.Stored, error) {
	return timeline.Since(ctx, u.tx, s, seq)
}

// Decode reads an event.
func (u *update) Decode(e stream.Stored) (stream.Event, error) {
	return wire.DecodeEvent(e.Kind, e.Payload)
}

// PutCursor stores how far a scope is known.
func (u *update) PutCursor(ctx context.Context, c stream.Cursor) error {
	if !c.Epoch.IsZero() {
		u.life = c.Epoch
	}
	return u.w.PutCursor(ctx, c)
}

// Life returns which life of the log is copied.
func (u *update) Life(context.Context) (id.Epoch, error) { return u.life, nil }

// PutGap notes what has not been fetched.
func (u *update) PutGap(ctx context.Context, g stream.Gap) error {
	_, err := u.tx.ExecContext(ctx, `INSERT OR REPLACE INTO gap (scope, low, high) VALUES (?, ?, ?)`, g.Scope[:], int64(g.Low), int64(g.High))
	if err != nil {
		return fmt.Errorf("store gap: %w", err)
	}
	return nil
}

// CutGap notes that everything of a gap above low is here.
func (u *update) CutGap(ctx context.Context, g stream.Gap, low uint64) (err error) {
	if low <= g.Low {
		_, err = u.tx.ExecContext(ctx, `DELETE FROM gap WHERE scope = ? AND high = ?`, g.Scope[:], int64(g.High))
	} else {
		_, err = u.tx.ExecContext(ctx, `UPDATE gap SET high = ? WHERE scope = ? AND high = ?`, int64(low), g.Scope[:], int64(g.High))
	}
	if err != nil {
		return fmt.Errorf("cut gap: %w", err)
	}
	return nil
}

// Wipe drops everything that came from the server.
func (u *update) Wipe(ctx context.Context) error {
	u.afresh, u.life = true, id.Epoch{}
	if err := wipe(ctx, u.tx); err != nil {
		return err
	}
	former := u.r.index.rest
	u.r.index.rest, u.failed = unindexed{}, func() { u.r.index.rest = former }
	return nil
}

// State returns a stream's canonical state as this transaction has left it.
func (u *update) State(ctx context.Context, s id.Stream, kind id.Kind) (stream.State, error) {
	if have, ok := u.states[s]; ok {
		return have, nil
	}
	return u.r.canonical(ctx, u.tx, s, kind)
}

// canonical returns a stream's confirmed state, from memory where it is there.
func (r *Replica) canonical(ctx context.Context, q timeline.Querier, s id.Stream, kind id.Kind) (stream.State, error) {
	if have, ok := r.states[s]; ok {
		return have, nil
	}
	h, err := timeline.LoadHead(ctx, q, s, kind)
	if err != nil {
		return nil, err
	}
	return wire.DecodeState(h)
}

// deliver remembers, in the events' own transaction, which own commands they confirm.
func (u *update) deliver(ctx context.Context) error {
	for c := range u.own {
		if _, err := u.tx.ExecContext(ctx, `INSERT OR IGNORE INTO delivered (command) VALUES (?)`, c[:]); err != nil {
			return fmt.Errorf("note delivery: %w", err)
		}
	}
	return nil
}

// Gaps returns what has not been fetched yet, the newest first.
func (r *Replica) Gaps(ctx context.Context) (out []stream.Gap, err error) {
	defer r.notice(&err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, damaged(nil)
	}
	rows, err := r.db.Read.QueryContext(ctx, `SELECT scope, low, high FROM gap ORDER BY high DESC`)
	if err != nil {
		return nil, fmt.Errorf("read gaps: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var (
			g         stream.Gap
			scope     []byte
			low, high int64
		)
		if err := rows.Scan(&scope, &low, &high); err != nil {
			return nil, fmt.Errorf("read gaps: %w", err)
		}
		copy(g.Scope[:], scope)
		g.Low, g.High = uint64(low), uint64(high)
		out = append(out, g)
	}
	return out, sqlite.Fault(rows.Err())
}

// Filled stores events of a gap, of which everything above low is now here. It fails with a Reset fault where the gap's
// epoch says that they are of another life of the log.
func (r *Replica) Filled(ctx context.Context, g stream.Gap, events []stream.Stored, low uint64) error {
	defer r.alone()()
	err := r.change(ctx, func(u *update) error { return protocol.TakeFill(ctx, u, g, events, low) })
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	r.watch.notify()
	return nil
}

// Backfilled stores earlier events of one stream. It fails with a Reset fault where they are of another life of the log.
func (r *Replica) Backfilled(ctx context.Context, of id.Epoch, events []stream.Stored) error {
	if len(events) == 0 {
		return nil
	}
	defer r.alone()()
	if err := r.change(ctx, func(u *update) error { return protocol.TakeEarlier(ctx, u, of, events) }); err != nil {
		return fmt.Errorf("backfill: %w", err)
	}
	r.watch.notify()
	return nil
}

// Cursors returns from where the tail goes on. It is empty before the first bootstrap.
func (r *Replica) Cursors(ctx context.Context) (all []stream.Cursor, err error) {
	defer r.notice(&err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, damaged(nil)
	}
	all, err = timeline.Cursors(ctx, r.db.Read)
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	return slices.DeleteFunc(all, func(c stream.Cursor) bool { return len(c.Seal) == 0 }), nil
}
