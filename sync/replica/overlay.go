package replica

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// maxPending bounds the outbox: beyond it a device that is offline for months says so.
const maxPending = 20_000

// Submit decides a command on what is shown, stores it durably in the outbox and returns its id.
// What the rules refuse already now is returned as a fault, and nothing is stored. A conflict is not
// refused here: it goes to the server, which keeps it for the audit and asks the person.
func (r *Replica) Submit(ctx context.Context, target id.Stream, c stream.Command) (id.Command, error) {
	given := r.clock.Moment() // now, and not when what is being taken in lets it pass
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.device == nil {
		return id.Command{}, fault.New(fault.Unauthenticated, "This device is not enrolled yet.").
			WithAdvice("Nothing was lost.", "Enrol it with the server's address and a code.")
	}
	if len(r.own.Pending) >= maxPending {
		return id.Command{}, fault.New(fault.Storage, "Too many changes wait to be sent.").
			WithAdvice("Those that wait are safe.", "Connect to the server before writing more.")
	}
	own := id.New[id.Command]()
	c, decided, err := r.decide(ctx, target, c, given.Wall)
	if err != nil {
		return own, err
	}
	s := stream.Submission{ID: own, Target: target, Written: given, Command: c}
	uploads, err := r.uploadsOf(s, decided)
	if err != nil {
		return own, err
	}
	p, err := r.outbox.add(ctx, s, uploads)
	if err != nil {
		return own, err
	}
	r.own.Pending = append(r.own.Pending, p)
	r.takeUploads(uploads)
	r.watch.notify()
	return own, nil
}

// decide decides a new command, given at an instant, on what is shown.
func (r *Replica) decide(ctx context.Context, target id.Stream, c stream.Command, at time.Time) (_ stream.Command, _ []stream.Event, err error) {
	defer r.notice(&err)
	v, err := r.snapshot(ctx)
	if err != nil {
		return c, nil, err
	}
	defer v.close()
	v.Now = at
	return v.Give(ctx, target, c)
}

// Pending returns the own commands that the server does not have or has refused, oldest first.
func (r *Replica) Pending() []Pending {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.own.Pending), func(p Pending) bool { return !p.Refused() && !r.own.Unsent(p) })
}

// Unsent counts the own commands that the server is not known to have.
func (r *Replica) Unsent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, p := range r.own.Pending {
		if r.own.Unsent(p) {
			n++
		}
	}
	return n
}

// Outgoing returns the next commands to push, at most limit, in order.
func (r *Replica) Outgoing(ctx context.Context, limit int) (Identity, []stream.Submission, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.own.Outgoing(ctx, limit)
}

// Settle stores the server's answers to what who sent. Answers that are not final change nothing,
// nor do those for a numbering that was given up meanwhile.
func (r *Replica) Settle(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.watch.notify()
	if err := r.own.Answer(ctx, who, outcomes); err != nil {
		return err
	}
	return r.drop(ctx, nil)
}

// Renew takes a new client id: the outbox was copied, or, with all set, the server began a new
// epoch and may lack what it once accepted.
func (r *Replica) Renew(ctx context.Context, all bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.own.Renew(ctx, all); err != nil {
		return err
	}
	if err := r.readUploads(ctx); err != nil {
		return err
	}
	r.watch.notify()
	return nil
}

// OfferAgain offers everything that is kept again where the server that a bootstrap comes from may lack it, see
// protocol.Outbox.
func (r *Replica) OfferAgain(ctx context.Context, now id.Epoch, refused bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if again, err := r.own.OfferAgain(ctx, now, refused); err != nil || !again {
		return err
	}
	if err := r.keep(ctx); err != nil {
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
	for _, p := range r.own.Pending {
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
	}
	if discarded, err := r.own.Discard(ctx, c); err != nil || !discarded {
		return err
	}
	r.watch.notify()
	return nil
}

// drop closes the own commands that are confirmed, see protocol.Outbox.
func (r *Replica) drop(ctx context.Context, seen map[id.Command]bool) error {
	if r.closed {
		return nil
	}
	return r.own.Drop(ctx, seen)
}

// precious is the outbox as the protocol knows it.
type precious struct{ r *Replica }

func (p precious) Identity(ctx context.Context) (Identity, error) { return p.r.outbox.identity(ctx) }

func (p precious) Open(ctx context.Context) ([]Pending, error) { return p.r.outbox.open(ctx) }

func (p precious) Settle(ctx context.Context, who Identity, final []stream.Outcome) (bool, error) {
	return p.r.outbox.settle(ctx, who, final)
}

func (p precious) Confirm(ctx context.Context) error { return p.r.outbox.confirm(ctx) }

func (p precious) Lives(ctx context.Context) ([]id.Epoch, error) { return p.r.outbox.lives(ctx) }

func (p precious) Forsake(ctx context.Context, target id.Stream, why *fault.Fault) error {
	return p.r.outbox.forsake(ctx, target, why)
}

func (p precious) Renew(ctx context.Context, all bool) error { return p.r.outbox.renew(ctx, all) }

// Close also takes erased words out of what is confirmed: before, nobody could tell whether it had yet to be sent.
func (p precious) Close(ctx context.Context, done []Pending) error {
	seqs := make([]int64, len(done))
	for i, d := range done {
		seqs[i] = d.Seq
		if d.Refused() {
			continue
		}
		if err := p.r.forgetWords(ctx, d); err != nil {
			return err
		}
	}
	return p.r.outbox.close(ctx, seqs)
}

// beside is the copy as the outbox knows it.
type beside struct{ r *Replica }

func (b beside) Confirmed(ctx context.Context, p Pending) (seq uint64, err error) {
	defer b.r.notice(&err)
	state, err := b.r.canonical(ctx, b.r.db.Read, p.Target, p.Command.Stream())
	return stream.Seq(state), err
}

func (b beside) Life(context.Context) (id.Epoch, error) { return b.r.life, nil }

func (b beside) Seen(context.Context) (id.Epoch, error) { return b.r.epoch(), nil }

func (b beside) ForgetDeliveries(ctx context.Context) error {
	_, err := b.r.db.Write.ExecContext(ctx, `DELETE FROM delivered`)
	return sqlite.Fault(err)
}

// readArrived finds which pending commands' events are here already, and forgets the others.
func (r *Replica) readArrived(ctx context.Context) error {
	return r.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, p := range r.own.Pending {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM delivered WHERE command = ?`, p.ID[:]).Scan(&n); err != nil {
				return fmt.Errorf("read deliveries: %w", err)
			}
			if n > 0 {
				r.own.Arrived[p.ID] = true
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM delivered`); err != nil {
			return fmt.Errorf("forget deliveries: %w", err)
		}
		for c := range r.own.Arrived {
			if _, err := tx.ExecContext(ctx, `INSERT INTO delivered (command) VALUES (?)`, c[:]); err != nil {
				return fmt.Errorf("note delivery: %w", err)
			}
		}
		return nil
	})
}

// view is one unchanging state of the replica, with the commands that were pending when it was made.
type view struct {
	*protocol.Overlay
	tx      *sql.Tx
	pending []Pending
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
	v := &view{pending: slices.Clone(r.own.Pending), rewritten: r.rewritten}
	v.Overlay = protocol.NewOverlay(r.actor(), r.shownSetup(), r.own.Waiting(r.life), v.canonical)
	var err error
	if v.tx, err = r.db.Read.BeginTx(ctx, nil); err != nil {
		return nil, fmt.Errorf("begin reading: %w", sqlite.Fault(err))
	}
	// SQLite fixes what a transaction sees with its first read. That has to be now, while nothing can be
	// committed: else a command could be here and pending in one view.
	var first int
	if err := v.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM projection)`).Scan(&first); err != nil {
		v.close()
		return nil, fmt.Errorf("begin reading: %w", sqlite.Fault(err))
	}
	return v, nil
}

func (v *view) close() { _ = v.tx.Rollback() } // nothing was written

// canonical returns a stream's confirmed state.
func (v *view) canonical(ctx context.Context, target id.Stream, kind id.Kind) (stream.State, error) {
	h, err := timeline.LoadHead(ctx, v.tx, target, kind)
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	state, err := wire.DecodeState(h)
	if err != nil {
		return nil, fmt.Errorf("read head of %s: %w", target, err)
	}
	return state, nil
}
