package protocol

import (
	"context"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// OutboxStore is the precious file. Every method is one transaction, durable when it returns.
type OutboxStore interface {
	// Identity returns how the outbox names itself; what is known of the log is not part of it.
	Identity(ctx context.Context) (Identity, error)
	// Open returns the commands of which something is still to be shown, oldest first.
	Open(ctx context.Context) ([]Pending, error)
	// Settle stores final outcomes by number. It is false, and nothing is stored, when the numbers are those of a client
	// id that this outbox no longer has.
	Settle(ctx context.Context, who Identity, final []stream.Outcome) (bool, error)
	// Confirm notes that the server has seen the present generation.
	Confirm(ctx context.Context) error
	// Close marks commands of which nothing is to be shown any more.
	Close(ctx context.Context, done []Pending) error
	// Lives returns the lives of the log in which commands that are still kept were accepted, the latest last.
	Lives(ctx context.Context) ([]id.Epoch, error)
	// Renew takes a new client id and numbers again what the server may lack: every command that is unanswered, or accepted
	// and still open, and with all set every accepted one that is still kept. The commands' own ids keep them from happening
	// twice.
	Renew(ctx context.Context, all bool) error
	// Forsake takes what was to happen to a stream out of all commands to it, and what belongs to them: each is as good as
	// refused with why, for ever, and those that were accepted are closed. Where one of them was unanswered, it takes a new client id and
	// numbers again, as Renew does: the others must not wait for it.
	Forsake(ctx context.Context, target id.Stream, why *fault.Fault) error
}

// Copy is what an outbox asks of the client's copy of the log.
type Copy interface {
	// Confirmed returns the last event of a command's stream that is folded here.
	Confirmed(ctx context.Context, p Pending) (uint64, error)
	// Life returns which life of the log is copied here; zero where that is not known.
	Life(ctx context.Context) (id.Epoch, error)
	// Seen returns which life of the log was copied here last, also when the copy is lost; zero where none was.
	Seen(ctx context.Context) (id.Epoch, error)
	// ForgetDeliveries forgets which own commands' events are here.
	ForgetDeliveries(ctx context.Context) error
}

// Outbox is what is kept in memory of the own commands.
type Outbox struct {
	Pending []Pending
	Arrived map[id.Command]bool // pending commands whose events are here

	store OutboxStore
	copy  Copy
}

// NewOutbox returns the outbox in a store. Read it.
func NewOutbox(store OutboxStore, beside Copy) Outbox {
	return Outbox{Arrived: map[id.Command]bool{}, store: store, copy: beside}
}

// Read reads the commands of which something is to be shown.
func (o *Outbox) Read(ctx context.Context) error {
	var err error
	o.Pending, err = o.store.Open(ctx)
	return err
}

// Unsent reports whether the server is not known to have p.
func (o *Outbox) Unsent(p Pending) bool { return p.Outcome == nil && !o.Arrived[p.ID] }

// Waiting returns the commands that are shown over what is confirmed in a life of the log: neither refused nor here. What
// was accepted in another life is not known to be part of anything here.
func (o *Outbox) Waiting(life id.Epoch) []Pending {
	out := slices.DeleteFunc(slices.Clone(o.Pending), func(p Pending) bool { return p.Refused() || o.Arrived[p.ID] })
	for i := range out {
		if out[i].foreign(life) {
			out[i].Outcome = nil
		}
	}
	return out
}

// Outgoing returns the next commands to push, at most limit, in order, and who sends them. That names the life of the log
// that is known here: to a server that went back to its past, what it lost has to be offered before anything that was given
// later.
func (o *Outbox) Outgoing(ctx context.Context, limit int) (Identity, []stream.Submission, error) {
	who, err := o.store.Identity(ctx)
	if err != nil {
		return who, nil, err
	}
	if who.Life, err = o.life(ctx); err != nil {
		return who, nil, err
	}
	var out []stream.Submission
	for _, p := range o.Pending {
		if p.Outcome == nil && len(out) < limit {
			out = append(out, p.Submission)
		}
	}
	return who, out, nil
}

// life returns the life of the log that is known here: the one that was copied last or, where no copy was ever made, the one
// in which something was accepted last.
func (o *Outbox) life(ctx context.Context) (id.Epoch, error) {
	life, err := o.copy.Seen(ctx)
	if err != nil || !life.IsZero() {
		return life, err
	}
	lives, err := o.store.Lives(ctx)
	if err != nil || len(lives) == 0 {
		return life, err
	}
	return lives[len(lives)-1], nil
}

// Settle stores the server's answers to what who sent, and closes what they confirm.
func (o *Outbox) Settle(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	if err := o.Answer(ctx, who, outcomes); err != nil {
		return err
	}
	return o.Drop(ctx, nil)
}

// Answer stores the server's answers to what who sent. Answers that are not final change nothing,
// nor do those for a numbering that was given up meanwhile, nor those to what has its answer: one that comes once more, and
// late, says nothing new, and the command may have been forsaken since.
func (o *Outbox) Answer(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	final := slices.DeleteFunc(slices.Clone(outcomes), func(o stream.Outcome) bool { return !o.Kind.Final() })
	fresh := slices.DeleteFunc(slices.Clone(final), func(out stream.Outcome) bool { return o.awaits(out.Mid) < 0 })
	present, err := o.store.Settle(ctx, who, fresh)
	if err != nil {
		return fmt.Errorf("store answers: %w", err)
	}
	if !present {
		return nil
	}
	for _, out := range fresh {
		if i := o.awaits(out.Mid); i >= 0 {
			o.Pending[i].Outcome = &out
		}
	}
	if len(who.Former) > 0 && len(final) > 0 {
		if err := o.store.Confirm(ctx); err != nil {
			return fmt.Errorf("confirm the outbox: %w", err)
		}
	}
	return nil
}

// awaits returns which pending command waits for the answer to a number; -1 where none does.
func (o *Outbox) awaits(mid uint64) int {
	return slices.IndexFunc(o.Pending, func(p Pending) bool { return p.Mid == mid && p.Outcome == nil })
}

// Renew takes a new client id: the outbox was copied, or, with all set, the server began a new
// epoch and may lack what it once accepted. What was accepted and is not confirmed is offered again in any case: a server
// that takes an outbox for a copy may be one whose past was put back by hand.
func (o *Outbox) Renew(ctx context.Context, all bool) error {
	if all {
		if err := o.copy.ForgetDeliveries(ctx); err != nil {
			return fmt.Errorf("forget deliveries: %w", err)
		}
		clear(o.Arrived)
	}
	if err := o.store.Renew(ctx, all); err != nil {
		return fmt.Errorf("renew the outbox: %w", err)
	}
	return o.Read(ctx)
}

// OfferAgain offers everything that is kept again, where the bootstrap that is to take the place of the copy is of a server
// that may lack it: it did not take the cursors, is in another life than the one that was copied last, or than one in which
// something was accepted. Call it before the copy is replaced, or a crash between the two would forget it. It reports
// whether there was reason to.
func (o *Outbox) OfferAgain(ctx context.Context, now id.Epoch, refused bool) (bool, error) {
	last, err := o.copy.Seen(ctx)
	if err != nil {
		return false, err
	}
	again := refused || !last.IsZero() && last != now
	if !again {
		lives, err := o.store.Lives(ctx)
		if err != nil {
			return false, fmt.Errorf("read what was accepted: %w", err)
		}
		again = slices.ContainsFunc(lives, func(e id.Epoch) bool { return e != now })
	}
	if !again {
		return false, nil
	}
	return true, o.Renew(ctx, true)
}

// Drop closes the own commands that are confirmed: accepted, and their events here. seen are those
// whose events have just arrived.
func (o *Outbox) Drop(ctx context.Context, seen map[id.Command]bool) error {
	for c := range seen {
		o.Arrived[c] = true
	}
	var done, rest []Pending
	for _, p := range o.Pending {
		here, err := o.covered(ctx, p)
		if err != nil {
			return err
		}
		if here {
			done = append(done, p)
			continue
		}
		rest = append(rest, p)
	}
	if len(done) == 0 {
		return nil
	}
	if err := o.store.Close(ctx, done); err != nil {
		return err
	}
	for _, p := range done {
		delete(o.Arrived, p.ID)
	}
	o.Pending = rest
	return nil
}

// covered reports whether a command's events are in what is canonical here. A server that went back to its past
// counts anew: what it says of places in its streams, and that it has carried a command out, is nothing about the copy of a
// former life.
func (o *Outbox) covered(ctx context.Context, p Pending) (bool, error) {
	if !p.Accepted() {
		// What was refused because a restored log lacked what it rests on may come back by another's hand.
		return p.Refused() && p.Outcome.Fault != nil && p.Outcome.Fault.Kind == fault.NotFound && o.Arrived[p.ID], nil
	}
	if life, err := o.copy.Life(ctx); err != nil || p.foreign(life) {
		return false, err
	}
	if o.Arrived[p.ID] {
		return true, nil
	}
	confirmed, err := o.copy.Confirmed(ctx, p)
	return confirmed >= p.Outcome.Seq, err
}

// Forsake ends the commands to a stream that may not be seen here any more. What is left of those that were not known to be
// accepted is that they came to nothing, until their author has seen it.
func (o *Outbox) Forsake(ctx context.Context, target id.Stream) error {
	why := fault.New(fault.Gone, "You can no longer see this incident.").
		WithAdvice("It was taken off this device, with what you had not sent there.", "Somebody who still sees it can add you again.")
	if err := o.store.Forsake(ctx, target, why); err != nil {
		return fmt.Errorf("forsake the commands to a stream: %w", err)
	}
	for _, p := range o.Pending {
		if p.Target == target {
			delete(o.Arrived, p.ID)
		}
	}
	return o.Read(ctx)
}

// Discard gives up a refused command and reports whether there was one: what is still on its way cannot be called back.
func (o *Outbox) Discard(ctx context.Context, c id.Command) (bool, error) {
	i := slices.IndexFunc(o.Pending, func(p Pending) bool { return p.ID == c && p.Refused() })
	if i < 0 {
		return false, nil
	}
	if err := o.store.Close(ctx, o.Pending[i:i+1]); err != nil {
		return false, err
	}
	o.Pending = slices.Delete(o.Pending, i, i+1)
	return true, nil
}
