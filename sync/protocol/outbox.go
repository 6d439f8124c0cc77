package protocol

import (
	"context"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// OutboxStore is the precious file. Every method is one transaction, durable when it returns.
type OutboxStore interface {
	// Identity returns how the outbox names itself.
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
	// Renew takes a new client id and numbers again what the server may lack: every unanswered command, and with all set
	// every accepted one that is still kept. The commands' own ids keep them from happening twice.
	Renew(ctx context.Context, all bool) error
}

// Copy is what an outbox asks of the client's copy of the log.
type Copy interface {
	// Confirmed returns the last event of a command's stream that is folded here.
	Confirmed(ctx context.Context, p Pending) (uint64, error)
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

// Waiting returns the commands that are shown over what is confirmed: neither refused nor here.
func (o *Outbox) Waiting() []Pending {
	return slices.DeleteFunc(slices.Clone(o.Pending), func(p Pending) bool { return p.Refused() || o.Arrived[p.ID] })
}

// Outgoing returns the next commands to push, at most limit, in order.
func (o *Outbox) Outgoing(ctx context.Context, limit int) (Identity, []stream.Submission, error) {
	who, err := o.store.Identity(ctx)
	if err != nil {
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

// Settle stores the server's answers to what who sent, and closes what they confirm.
func (o *Outbox) Settle(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	if err := o.Answer(ctx, who, outcomes); err != nil {
		return err
	}
	return o.Drop(ctx, nil)
}

// Answer stores the server's answers to what who sent. Answers that are not final change nothing,
// nor do those for a numbering that was given up meanwhile.
func (o *Outbox) Answer(ctx context.Context, who Identity, outcomes []stream.Outcome) error {
	final := slices.DeleteFunc(slices.Clone(outcomes), func(o stream.Outcome) bool { return !o.Kind.Final() })
	present, err := o.store.Settle(ctx, who, final)
	if err != nil {
		return fmt.Errorf("store answers: %w", err)
	}
	if !present {
		return nil
	}
	if len(who.Former) > 0 && len(final) > 0 {
		if err := o.store.Confirm(ctx); err != nil {
			return fmt.Errorf("confirm the outbox: %w", err)
		}
	}
	for i := range o.Pending {
		for _, out := range final {
			if out.Mid == o.Pending[i].Mid {
				o.Pending[i].Outcome = &out
			}
		}
	}
	return nil
}

// Renew takes a new client id: the outbox was copied, or, with all set, the server began a new
// epoch and may lack what it once accepted.
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

// covered reports whether an accepted command's events are in what is canonical here.
func (o *Outbox) covered(ctx context.Context, p Pending) (bool, error) {
	if !p.Accepted() {
		return false, nil
	}
	if o.Arrived[p.ID] {
		return true, nil
	}
	confirmed, err := o.copy.Confirmed(ctx, p)
	return confirmed >= p.Outcome.Seq, err
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
