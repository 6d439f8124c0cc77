package replica

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// maxPending bounds the outbox: beyond it a device that is offline for months says so.
const maxPending = 20_000

// Submit decides a command on what is shown, stores it durably in the outbox and returns its id.
// What the rules refuse already now is returned as a fault, and nothing is stored. A conflict is not
// refused here: it goes to the server, which keeps it for the audit and asks the person.
func (r *Replica) Submit(ctx context.Context, target id.Stream, c stream.Command) (id.Command, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.device == nil {
		return id.Command{}, fault.New(fault.Unauthenticated, "This device is not enrolled yet.").
			WithAdvice("Nothing was lost.", "Enrol it with the server's address and a code.")
	}
	if len(r.pending) >= maxPending {
		return id.Command{}, fault.New(fault.Storage, "Too many changes wait to be sent.").
			WithAdvice("Those that wait are safe.", "Connect to the server before writing more.")
	}
	own := id.New[id.Command]()
	at, err := r.present(ctx, target, c)
	if err != nil {
		return own, err
	}
	if wish, ok := c.(incident.Command); ok {
		state, _ := at.shown.(incident.Incident)
		c = incident.Rebase(wish, state, stream.Seq(at.canonical))
	}
	if err := stream.Check(target, c, r.device.Actor); err != nil {
		return own, err
	}
	decided, err := stream.Decide(at.shown, at.given, c, r.device.Actor)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return own, err
	}
	s := stream.Submission{ID: own, Target: target, Written: r.clock.Moment(), Command: c}
	uploads, err := r.uploadsOf(s, decided)
	if err != nil {
		return own, err
	}
	p, err := r.outbox.add(ctx, s, uploads)
	if err != nil {
		return own, err
	}
	r.pending = append(r.pending, p)
	r.takeUploads(uploads)
	r.watch.notify()
	return own, nil
}

// footing is what a new command is decided on.
type footing struct {
	canonical, shown stream.State
	given            incident.Given
}

// present returns what a new command to a stream is decided on.
func (r *Replica) present(ctx context.Context, target id.Stream, c stream.Command) (f footing, err error) {
	defer r.notice(&err)
	v, err := r.snapshot(ctx)
	if err != nil {
		return f, err
	}
	defer v.close()
	if f.canonical, f.shown, err = v.fold(ctx, target, c.Stream()); err != nil {
		return f, err
	}
	f.given, err = v.given(ctx, c, latest)
	return f, err
}

// Pending returns the own commands that the server does not have or has refused, oldest first.
func (r *Replica) Pending() []Pending {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.pending), func(p Pending) bool { return !p.Refused() && !r.unsent(p) })
}

// unsent reports whether the server is not known to have p.
func (r *Replica) unsent(p Pending) bool { return p.Outcome == nil && !r.arrived[p.ID] }

// Unsent counts the own commands that the server is not known to have.
func (r *Replica) Unsent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, p := range r.pending {
		if r.unsent(p) {
			n++
		}
	}
	return n
}

// Outgoing returns the next commands to push, at most limit, in order.
func (r *Replica) Outgoing(ctx context.Context, limit int) (Identity, []stream.Submission, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	who, err := r.outbox.identity(ctx)
	if err != nil {
		return who, nil, err
	}
	var out []stream.Submission
	for _, p := range r.pending {
		if p.Outcome == nil && len(out) < limit {
			out = append(out, p.Submission)
		}
	}
	return who, out, nil
}

// Settle stores the server's answers to what who sent. Answers that are not final change nothing,
// nor do those for a numbering that was given up meanwhile.
func (r *Replica) Settle(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	final := slices.DeleteFunc(slices.Clone(outcomes), func(o stream.Outcome) bool { return !o.Kind.Final() })
	present, err := r.outbox.settle(ctx, who, final)
	if err != nil {
		return fmt.Errorf("store answers: %w", err)
	}
	if !present {
		return nil
	}
	if len(who.Former) > 0 && len(final) > 0 {
		if err := r.outbox.confirm(ctx); err != nil {
			return fmt.Errorf("confirm the outbox: %w", err)
		}
	}
	for i := range r.pending {
		for _, o := range final {
			if o.Mid == r.pending[i].Mid {
				r.pending[i].Outcome = &o
			}
		}
	}
	err = r.drop(ctx, nil)
	r.watch.notify()
	return err
}

// Renew takes a new client id: the outbox was copied, or, with all set, the server began a new
// epoch and may lack what it once accepted.
func (r *Replica) Renew(ctx context.Context, all bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all {
		if _, err := r.db.Write.ExecContext(ctx, `DELETE FROM delivered`); err != nil {
			return fmt.Errorf("forget deliveries: %w", sqlite.Fault(err))
		}
		clear(r.arrived)
	}
	if err := r.outbox.renew(ctx, all); err != nil {
		return fmt.Errorf("renew the outbox: %w", err)
	}
	var err error
	if r.pending, err = r.outbox.open(ctx); err != nil {
		return err
	}
	if err := r.readUploads(ctx); err != nil {
		return err
	}
	r.watch.notify()
	return nil
}

// Discard gives up a refused command. A command that is still on its way cannot be called back.
func (r *Replica) Discard(ctx context.Context, c id.Command) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, p := range r.pending {
		if p.ID != c {
			continue
		}
		if !p.Refused() {
			return fault.New(fault.Invalid, "This change is on its way and cannot be called back.").
				WithAdvice("It is safe.", "Change it again once it has arrived.")
		}
		if err := r.giveUp(ctx, c); err != nil {
			return err
		}
		if err := r.outbox.close(ctx, []int64{p.Seq}); err != nil {
			return err
		}
		r.pending = slices.Delete(r.pending, i, i+1)
		r.watch.notify()
		return nil
	}
	return nil
}

// drop closes the own commands that are confirmed: accepted, and their events here. seen are those
// whose events have just arrived.
func (r *Replica) drop(ctx context.Context, seen map[id.Command]bool) error {
	if r.closed {
		return nil
	}
	for c := range seen {
		r.arrived[c] = true
	}
	var done []int64
	rest := r.pending[:0:0]
	for _, p := range r.pending {
		here, err := r.covered(ctx, p)
		if err != nil {
			return err
		}
		if here {
			if err := r.forgetWords(ctx, p); err != nil {
				return err
			}
			done = append(done, p.Seq)
			delete(r.arrived, p.ID)
			continue
		}
		rest = append(rest, p)
	}
	if len(done) == 0 {
		return nil
	}
	if err := r.outbox.close(ctx, done); err != nil {
		return err
	}
	r.pending = rest
	return nil
}

// covered reports whether an accepted command's events are in what is canonical here.
func (r *Replica) covered(ctx context.Context, p Pending) (here bool, err error) {
	defer r.notice(&err)
	if !accepted(p) {
		return false, nil
	}
	if r.arrived[p.ID] {
		return true, nil
	}
	state, err := r.canonical(ctx, r.db.Read, p.Target, p.Command.Stream())
	if err != nil {
		return false, err
	}
	return stream.Seq(state) >= p.Outcome.Seq, nil
}

func accepted(p Pending) bool { return p.Outcome != nil && p.Outcome.Kind == stream.Accepted }

// readArrived finds which pending commands' events are here already, and forgets the others.
func (r *Replica) readArrived(ctx context.Context) error {
	return r.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, p := range r.pending {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM delivered WHERE command = ?`, p.ID[:]).Scan(&n); err != nil {
				return fmt.Errorf("read deliveries: %w", err)
			}
			if n > 0 {
				r.arrived[p.ID] = true
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM delivered`); err != nil {
			return fmt.Errorf("forget deliveries: %w", err)
		}
		for c := range r.arrived {
			if _, err := tx.ExecContext(ctx, `INSERT INTO delivered (command) VALUES (?)`, c[:]); err != nil {
				return fmt.Errorf("note delivery: %w", err)
			}
		}
		return nil
	})
}

// view is one unchanging state of the replica, with the commands that were pending when it was made.
type view struct {
	tx      *sql.Tx
	actor   id.Actor
	setup   workspace.Setup
	pending []Pending
	targets map[id.Stream][]Pending   // those of pending that are neither refused nor here
	merging map[id.Stream][]id.Stream // what pending commands merge into a stream
	moments map[moment]stream.State   // of other streams, that pending commands rest on
	// rewritten is how often stored events had become others.
	rewritten uint64
}

// view returns what is shown now. Reading does not hold up writing.
func (r *Replica) view(ctx context.Context) (*view, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot(ctx)
}

// snapshot is view for callers that hold the lock.
func (r *Replica) snapshot(ctx context.Context) (*view, error) {
	if r.closed {
		return nil, damaged(nil)
	}
	v := &view{setup: r.shownSetup(), pending: slices.Clone(r.pending), targets: map[id.Stream][]Pending{}, rewritten: r.rewritten}
	if r.device != nil {
		v.actor = r.device.Actor
	}
	for _, p := range r.pending {
		if !p.Refused() && !r.arrived[p.ID] {
			v.targets[p.Target] = append(v.targets[p.Target], p)
			v.merges(p)
		}
	}
	var err error
	if v.tx, err = r.db.Read.BeginTx(ctx, nil); err != nil {
		return nil, fmt.Errorf("begin reading: %w", sqlite.Fault(err))
	}
	// SQLite fixes what a transaction sees with its first read. That has to be now, while nothing can be
	// committed: else a command could be here and pending in one view.
	var first int
	if err := v.tx.QueryRowContext(ctx, `SELECT count(*) FROM projection`).Scan(&first); err != nil {
		v.close()
		return nil, fmt.Errorf("begin reading: %w", sqlite.Fault(err))
	}
	return v, nil
}

// merges notes what a pending command would merge.
func (v *view) merges(p Pending) {
	c, ok := p.Command.(incident.Merge)
	into := id.Stream(c.Into)
	if !ok || slices.Contains(v.merging[into], p.Target) {
		return
	}
	if v.merging == nil {
		v.merging = map[id.Stream][]id.Stream{}
	}
	v.merging[into] = append(v.merging[into], p.Target)
}

func (v *view) close() { _ = v.tx.Rollback() } // nothing was written

// active returns the pending commands on a stream that are not part of its canonical state yet.
func (v *view) active(target id.Stream, canonical uint64) []Pending {
	var out []Pending
	for _, p := range v.targets[target] {
		if !accepted(p) || canonical < p.Outcome.Seq {
			out = append(out, p)
		}
	}
	return out
}

// fold returns a stream's canonical state, and what is shown of it: the pending commands decided and
// folded on top.
func (v *view) fold(ctx context.Context, target id.Stream, kind id.Kind) (canonical, shown stream.State, err error) {
	if canonical, err = v.canonical(ctx, target, kind); err != nil {
		return nil, nil, err
	}
	shown, _, err = v.overlay(ctx, target, canonical)
	return canonical, shown, err
}
