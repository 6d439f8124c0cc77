package replica

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Snapshot is everything that a bootstrap brought.
type Snapshot struct {
	Heads   []stream.Head
	Events  []stream.Stored
	Cursors []stream.Cursor
}

// update is one transaction on the replica. The replica's memory changes only after its commit.
type update struct {
	r      *Replica
	tx     *sql.Tx
	w      *timeline.Writer
	states map[id.Stream]stream.State
	mine   map[id.Command]bool // the pending commands
	own    map[id.Command]bool // those of them that were seen among the events
	afresh bool                // everything canonical was dropped before

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
		r: r, states: map[id.Stream]stream.State{}, mine: map[id.Command]bool{}, own: map[id.Command]bool{},
		subjects: map[int64]incident.Incident{}, statements: map[string]*sql.Stmt{}, failed: func() {},
	}
	for _, p := range r.pending {
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
	if u.erased {
		r.stained()
	}
	if u.afresh {
		clear(r.arrived)
	}
	if len(r.states) > keptStates {
		clear(r.states)
	}
	maps.Copy(r.states, u.states)
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
			if err := u.batch(ctx, b); err != nil {
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

func (u *update) batch(ctx context.Context, b stream.Batch) error {
	if err := u.heads(ctx, b.Heads); err != nil {
		return err
	}
	if err := u.events(ctx, b.Events); err != nil {
		return err
	}
	if b.Gap != nil {
		if err := u.addGap(ctx, *b.Gap); err != nil {
			return err
		}
	}
	return u.w.PutCursor(ctx, b.Cursor)
}

func (u *update) addGap(ctx context.Context, g stream.Gap) error {
	_, err := u.tx.ExecContext(ctx, `INSERT OR REPLACE INTO gap (scope, low, high) VALUES (?, ?, ?)`, g.Scope[:], int64(g.Low), int64(g.High))
	if err != nil {
		return fmt.Errorf("store gap: %w", err)
	}
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
		u.afresh = true
		if err := wipe(ctx, u.tx); err != nil {
			return err
		}
		former := r.index.rest
		r.index.rest, u.failed = unindexed{}, func() { r.index.rest = former }
		if err := u.heads(ctx, s.Heads); err != nil {
			return err
		}
		if err := u.events(ctx, s.Events); err != nil {
			return err
		}
		for _, c := range s.Cursors {
			if err := u.w.PutCursor(ctx, c); err != nil {
				return err
			}
			if c.Pos == 0 {
				continue
			}
			if err := u.addGap(ctx, stream.Gap{Scope: c.Scope, High: c.Pos}); err != nil {
				return err
			}
		}
		return nil
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
func (r *Replica) Epoch(ctx context.Context) (epoch id.Epoch, err error) {
	defer r.notice(&err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return epoch, damaged(nil)
	}
	cursors, err := timeline.Cursors(ctx, r.db.Read) // also those whose seal is of another version
	if err != nil {
		return epoch, sqlite.Fault(err)
	}
	if epoch = stream.EpochOf(cursors); epoch.IsZero() && r.device != nil {
		epoch = r.device.epoch
	}
	return epoch, nil
}

// heads takes over states; one that is older than what is here changes nothing.
func (u *update) heads(ctx context.Context, heads []stream.Head) error {
	for _, h := range heads {
		have, err := u.state(ctx, h.Stream, h.Kind)
		if err != nil {
			return err
		}
		if stream.Seq(have) >= h.Seq && h.Seq > 0 {
			continue
		}
		state, err := wire.DecodeState(h)
		if err != nil {
			return fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
		if err := u.put(ctx, h, have, state); err != nil {
			return err
		}
	}
	return nil
}

// put stores a stream's new state and what the projections make of it.
func (u *update) put(ctx context.Context, h stream.Head, before, after stream.State) error {
	if err := u.w.PutHead(ctx, h); err != nil {
		return err
	}
	u.states[h.Stream] = after
	if now, ok := after.(incident.Incident); ok {
		was, _ := before.(incident.Incident)
		if err := u.subjectMoved(ctx, h, now); err != nil {
			return err
		}
		return u.projectIncident(ctx, h, was, now)
	}
	return nil
}

// events stores events and folds those that follow on what is known. An event behind a hole is kept,
// and folded when the hole is filled.
func (u *update) events(ctx context.Context, events []stream.Stored) error {
	rows := make([]timeline.Row, len(events))
	touched := map[id.Stream][]stream.Stored{}
	for i, e := range events {
		rows[i] = timeline.Row{Stored: e}
		touched[e.Stream] = append(touched[e.Stream], e)
		if u.mine[e.Command] {
			u.own[e.Command] = true
		}
	}
	if err := u.w.Merge(ctx, rows); err != nil {
		return err
	}
	if err := u.revise(ctx, touched); err != nil {
		return err
	}
	if err := u.read(ctx, events); err != nil {
		return err
	}
	for s, fresh := range touched {
		if err := u.fold(ctx, s, fresh); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) fold(ctx context.Context, s id.Stream, fresh []stream.Stored) error {
	before, err := u.state(ctx, s, fresh[0].Kind)
	if err != nil {
		return err
	}
	seq := stream.Seq(before)
	slices.SortFunc(fresh, func(a, b stream.Stored) int { return cmp.Compare(a.StreamSeq, b.StreamSeq) })
	if newest := fresh[len(fresh)-1].StreamSeq; newest <= seq {
		return nil
	}
	after, err := follow(before, fresh)
	if err != nil {
		return err
	}
	behind, err := timeline.Since(ctx, u.tx, s, stream.Seq(after)) // a hole, and what lay behind it
	if err != nil {
		return err
	}
	if after, err = follow(after, behind); err != nil {
		return err
	}
	if stream.Seq(after) == seq {
		return nil
	}
	state, err := wire.EncodeState(after)
	if err != nil {
		return fmt.Errorf("encode head of %s: %w", s, err)
	}
	h := stream.Head{Stream: s, Kind: fresh[0].Kind, Scope: fresh[0].Scope, Seq: stream.Seq(after), Version: wire.FoldVersion, State: state}
	return u.put(ctx, h, before, after)
}

// follow folds the events that follow on s, up to the first hole. They are sorted.
func follow(s stream.State, events []stream.Stored) (stream.State, error) {
	for _, e := range events {
		if e.StreamSeq != stream.Seq(s)+1 {
			continue
		}
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return nil, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
		}
		s = stream.Apply(s, e.Envelope, event)
	}
	return s, nil
}

// state returns a stream's canonical state as this transaction has left it.
func (u *update) state(ctx context.Context, s id.Stream, kind id.Kind) (stream.State, error) {
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

// Filled stores events of a gap, of which everything above low is now here.
func (r *Replica) Filled(ctx context.Context, g stream.Gap, events []stream.Stored, low uint64) error {
	defer r.alone()()
	err := r.change(ctx, func(u *update) error {
		if err := u.events(ctx, events); err != nil {
			return err
		}
		if low <= g.Low {
			_, err := u.tx.ExecContext(ctx, `DELETE FROM gap WHERE scope = ? AND high = ?`, g.Scope[:], int64(g.High))
			return err
		}
		_, err := u.tx.ExecContext(ctx, `UPDATE gap SET high = ? WHERE scope = ? AND high = ?`, int64(low), g.Scope[:], int64(g.High))
		return err
	})
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	r.watch.notify()
	return nil
}

// Backfilled stores earlier events of one stream.
func (r *Replica) Backfilled(ctx context.Context, events []stream.Stored) error {
	if len(events) == 0 {
		return nil
	}
	defer r.alone()()
	if err := r.change(ctx, func(u *update) error { return u.events(ctx, events) }); err != nil {
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
