package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Book is what a ruling reads of the log, and what it notes at once, all within the one transaction that will hold it.
// The ledger's is a database; the simulator's is memory, and everything above this line is the same.
type Book interface {
	Reader
	// Account returns what is known of an outbox; nil for one that is new.
	Account(ctx context.Context, c id.Client) (*Account, error)
	// OpenAccount notes a new outbox.
	OpenAccount(ctx context.Context, c id.Client, person id.Person, generation []byte) (*Account, error)
	// Regenerate notes an outbox's new generation.
	Regenerate(ctx context.Context, c id.Client, a *Account, generation []byte) error
	// Answered returns the answer that a command got before this transaction. It is false for a new one.
	Answered(ctx context.Context, c id.Command) (stream.Outcome, bool, error)
	// Placed returns all events of a stream, oldest first, as they are stored.
	Placed(ctx context.Context, s id.Stream) ([]timeline.Row, error)
}

// Reader reads streams out of the log.
type Reader interface {
	// Folded returns a stream as it stands; one of kind without events where there is none.
	Folded(ctx context.Context, s id.Stream, kind id.Kind) (*Folded, error)
}

// Decider is what the one writer of a log remembers of it, and the rules by which it decides. It writes nothing.
type Decider struct {
	logger *slog.Logger
	setup  atomic.Pointer[workspace.Setup]
	epoch  atomic.Pointer[id.Epoch] // readers seal with it while it changes
	sight  atomic.Pointer[sight]
	seq    uint64
	number uint32
	scopes map[id.Scope]scopeEnd
	states map[id.Stream]*Folded
	failed map[id.Command]int
}

// Standing is where a log stands.
type Standing struct {
	Epoch  id.Epoch
	Seq    uint64 // of the last event
	Number uint32 // the last INC number that was given
	Ends   []stream.Cursor
	Setup  workspace.Setup
	// Private holds the incidents that not everybody may see.
	Private []incident.Incident
}

// NewDecider returns a decider that goes on from where a log stands.
func NewDecider(logger *slog.Logger, from Standing) *Decider {
	d := &Decider{
		logger: logger, seq: from.Seq, number: from.Number,
		scopes: map[id.Scope]scopeEnd{}, states: map[id.Stream]*Folded{}, failed: map[id.Command]int{},
	}
	for _, c := range from.Ends {
		d.scopes[c.Scope] = scopeEnd{pos: c.Pos, hash: c.Hash}
	}
	d.setup.Store(&from.Setup)
	d.epoch.Store(&from.Epoch)
	d.sight.Store(&sight{})
	d.look(func(yield func(id.Stream, stream.State) bool) {
		for _, i := range from.Private {
			if !yield(id.Stream(i.ID), i) {
				return
			}
		}
	})
	return d
}

// Epoch returns the name of the log's present life.
func (d *Decider) Epoch() id.Epoch { return *d.epoch.Load() }

// BeginEpoch goes on in another life of the log, when that is stored. As many INC numbers are left out as may have been
// given in what is lost.
func (d *Decider) BeginEpoch(fresh id.Epoch) { d.Counted(fresh, d.number+Skipped) }

// Counted takes over what is stored of the log's life, and of the last INC number that was given.
func (d *Decider) Counted(life id.Epoch, number uint32) {
	if life != d.Epoch() {
		d.epoch.Store(&life)
	}
	d.number = number
}

// Setup returns the set-up as last committed. It must not be changed.
func (d *Decider) Setup() workspace.Setup { return *d.setup.Load() }

// Ruling is everything that one commit will change. What the decider remembers is touched only after the commit, by
// Remember.
type Ruling struct {
	d        *Decider
	book     Book
	careful  bool // look for every command's former answer before deciding it
	received time.Time
	setup    workspace.Setup

	seq     uint64
	number  uint32
	scopes  map[id.Scope]scopeEnd
	states  map[id.Stream]*Folded
	clients map[id.Client]*Account

	rows       []timeline.Row // in the order of their numbers, also those of the streams that are moved
	moved      map[id.Stream]struct{}
	tombstones []Tombstone
	events     []stream.Recorded
	outcomes   []answered
}

// Begin returns a ruling on what came at received, of which nothing is decided yet. A careful one looks for every
// command's former answer; one that is not may meet a command that came before under another number, and then what it
// wants to store is there already.
func (d *Decider) Begin(book Book, received time.Time, careful bool) *Ruling {
	return &Ruling{
		d: d, book: book, careful: careful, received: received, setup: d.Setup(), seq: d.seq, number: d.number,
		states: map[id.Stream]*Folded{}, clients: map[id.Client]*Account{}, scopes: map[id.Scope]scopeEnd{},
		moved: map[id.Stream]struct{}{},
	}
}

// Remember takes over a ruling that was committed, and returns whoever follows no longer what they should.
func (d *Decider) Remember(r *Ruling) SentBack {
	d.seq, d.number = r.seq, r.number
	maps.Copy(d.scopes, r.scopes)
	maps.Copy(d.states, r.states)
	for _, e := range r.events {
		delete(d.failed, e.Command)
	}
	if len(r.events) > 0 {
		setup := r.setup
		d.setup.Store(&setup)
	}
	turned := d.look(func(yield func(id.Stream, stream.State) bool) {
		for s, e := range r.states {
			if !yield(s, e.state) {
				return
			}
		}
	})
	return SentBack{All: len(r.moved) > 0, People: turned}
}

// Change is what a ruling wants to be stored, all or nothing.
type Change struct {
	Seq    uint64
	Number uint32
	// Moved are streams that go to another scope. All their events are in Rows, with new numbers and places, and take the place
	// of those that are stored; where they were before, Tombstones are left.
	Moved      []id.Stream
	Tombstones []Tombstone
	Rows       []timeline.Row
	Ends       map[id.Scope]stream.Cursor // of the scopes that moved; not sealed
	// Answers holds final answers. None of the commands may have one already, and none may be there twice: else nothing
	// of the ruling is good, and a careful one takes its place.
	Answers []Answer
	// Mids holds how far each outbox has come.
	Mids map[id.Client]uint64
}

// Answer is a command's final answer.
type Answer struct {
	Command id.Command
	Outcome stream.Outcome
}

// Change returns what is to be stored of all that was decided so far.
func (r *Ruling) Change() Change {
	c := Change{
		Seq: r.seq, Number: r.number, Moved: slices.Collect(maps.Keys(r.moved)), Tombstones: r.tombstones, Rows: r.rows,
		Ends: map[id.Scope]stream.Cursor{}, Mids: map[id.Client]uint64{},
	}
	for scope, end := range r.scopes {
		c.Ends[scope] = stream.Cursor{Scope: scope, Pos: end.pos, Hash: end.hash}
	}
	for _, o := range r.outcomes {
		c.Answers = append(c.Answers, Answer{Command: o.command, Outcome: o.outcome})
	}
	for client, a := range r.clients {
		c.Mids[client] = a.lastMid
	}
	return c
}

// Push decides all commands of a push, up to the first that gets no final answer. An error means that the book could not
// be read.
func (r *Ruling) Push(ctx context.Context, p *Push) (Result, error) {
	var out Result
	if !p.Epoch.IsZero() && p.Epoch != r.d.Epoch() {
		return refuseAll(p, reset()), nil
	}
	c, err := r.client(ctx, p)
	if err != nil {
		if fault.Find(err) != nil && !fault.Is(err, fault.Storage) {
			return refuseAll(p, err), nil
		}
		return out, err
	}
	for i, s := range p.Submissions {
		o, err := r.submission(ctx, p, c, s, p.Faults[i])
		if err != nil {
			return out, err
		}
		out.Outcomes = append(out.Outcomes, o)
		if !o.Kind.Final() {
			break // what follows would only be out of order
		}
	}
	out.LastMid = c.lastMid
	return out, nil
}

// Own decides a command that came from no client, and returns why nothing came of it. It has no number and no stored answer: the rules
// make nothing of a repetition.
func (r *Ruling) Own(ctx context.Context, by id.Actor, target id.Stream, c stream.Command) error {
	now := clock.Moment{Wall: r.received}
	s := stream.Submission{ID: id.New[id.Command](), Target: target, Written: now, Command: c}
	out := r.decide(ctx, s, by, now)
	if out.Fault == nil {
		return nil
	}
	return out.Fault
}

// refuseAll answers every command of a push that is wrong as a whole.
func refuseAll(p *Push, err error) (out Result) {
	for _, s := range p.Submissions {
		out.Outcomes = append(out.Outcomes, stream.Outcome{Mid: s.Mid, Kind: stream.Retry, Fault: fault.Find(err)})
	}
	return out
}

// client returns the outbox that a push comes from. A copied outbox gets a Copied fault: two
// devices must never number alike.
func (r *Ruling) client(ctx context.Context, p *Push) (*Account, error) {
	if c, ok := r.clients[p.Client]; ok && slices.Equal(c.generation, p.Generation) {
		return c, r.owned(c, p)
	}
	known, err := r.book.Account(ctx, p.Client)
	if err != nil {
		return nil, err
	}
	if known == nil {
		if known, err = r.book.OpenAccount(ctx, p.Client, p.Actor.Person, p.Generation); err != nil {
			return nil, err
		}
	}
	c := *known
	if err := r.owned(&c, p); err != nil {
		return nil, err
	}
	if !slices.Equal(c.generation, p.Generation) {
		if !slices.ContainsFunc(p.Former, func(g []byte) bool { return slices.Equal(g, c.generation) }) {
			return nil, copied()
		}
		if err := r.book.Regenerate(ctx, p.Client, &c, p.Generation); err != nil {
			return nil, err
		}
		c.generation = p.Generation
	}
	r.clients[p.Client] = &c
	return &c, nil
}

func (r *Ruling) owned(c *Account, p *Push) error {
	if c.person != p.Actor.Person {
		return fault.New(fault.Copied, "This outbox belongs to somebody else.")
	}
	return nil
}

// submission decides one command and notes what is to be stored.
func (r *Ruling) submission(ctx context.Context, p *Push, c *Account, s stream.Submission, unread error) (stream.Outcome, error) {
	if s.Mid <= c.lastMid {
		return r.former(ctx, s)
	}
	if s.Mid > c.lastMid+1 {
		err := fault.New(fault.OutOfOrder, fmt.Sprintf("Command %d came, but %d is missing.", s.Mid, c.lastMid+1))
		return stream.Outcome{Mid: s.Mid, Kind: stream.OutOfOrder, Fault: err}, nil
	}
	if r.careful {
		former, found, err := r.answeredBefore(ctx, s.ID)
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
		out = r.decide(ctx, s, p.Actor, p.Now)
	}
	if out.Kind.Final() {
		r.outcomes = append(r.outcomes, answered{command: s.ID, outcome: out})
		c.lastMid = s.Mid
	}
	return out, nil
}

// former returns the answer that a command got before. A number that was consumed by another command
// comes from a copy of the outbox, whose own commands must not be taken for answered.
func (r *Ruling) former(ctx context.Context, s stream.Submission) (stream.Outcome, error) {
	out, found, err := r.answeredBefore(ctx, s.ID)
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
func (r *Ruling) answeredBefore(ctx context.Context, c id.Command) (stream.Outcome, bool, error) {
	for _, o := range r.outcomes {
		if o.command == c {
			return o.outcome, true, nil
		}
	}
	return r.book.Answered(ctx, c)
}
