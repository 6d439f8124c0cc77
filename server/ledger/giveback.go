package ledger

import (
	"cmp"
	"context"
	"crypto/hmac"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Gift is what one client gives back of one stream of a former life of the log, whoever did it.
type Gift struct {
	Actor  id.Actor
	Epoch  id.Epoch // the life of the log that the client knows
	Events []stream.Stored
}

// GiveBack takes what a restored log lacks of a gift, and returns how many events that were. They keep their authors, their
// times and their commands' ids, are numbered anew behind what is there, and an event of the giver's says so. Nothing happens
// a second time: not what is here, and not what its own author was answered. It is a Denied fault, and nothing is taken, when
// any of it is not as this server sent it; Gone when the log was not restored within stream.GiveBack, NotFound for what the
// giver may not see, OutOfOrder for a stream of which nothing is here and not given back either what it begins with, and for what not
// everybody saw of one that everybody sees here, and Reset in another life of the log.
func (l *Ledger) GiveBack(ctx context.Context, g Gift) (taken int, err error) {
	if err := l.genuine(g); err != nil {
		l.Logger.WarnContext(ctx, "what was given back was refused", "person", g.Actor.Person, "device", g.Actor.Device, "error", err)
		return 0, err
	}
	w := &work{gift: &g, answer: make(chan error, 1)}
	if err := l.submit(ctx, w); err != nil {
		return 0, err // the writer may still be at it
	}
	return w.taken, nil
}

// genuine checks that a gift is of one stream, and each event as this server sealed it.
func (l *Ledger) genuine(g Gift) error {
	if len(g.Events) == 0 {
		return fault.New(fault.Invalid, "Nothing was given back.")
	}
	first := g.Events[0]
	for _, e := range g.Events {
		if e.Stream != first.Stream || e.Kind != first.Kind || e.Scope != first.Scope {
			return fault.New(fault.Invalid, "What is given back together belongs to one stream.")
		}
		if !hmac.Equal(e.Seal, l.sealEvent(e)) {
			return forged(fmt.Errorf("event %d of %s", e.StreamSeq, e.Stream))
		}
	}
	if first.Kind != id.KindIncident && first.Kind != id.KindPerson {
		return fault.New(fault.Invalid, "Only incidents and the records of people are given back.")
	}
	return nil
}

func forged(cause error) error {
	return fault.Wrap(fault.Denied, "What was given back is not as this server wrote it.", cause).
		WithAdvice("Nothing of it was taken.", "Tell your admin, and keep this device's data folder as it is.")
}

func tooLate() error {
	return fault.New(fault.Gone, "This server does not take back any more what it may lack.").
		WithAdvice("What was taken within 14 days of the restore is there.", "Write what is missing anew.")
}

// takeGift decides what of a gift is taken.
func (b *batch) takeGift(ctx context.Context, w *work) error {
	switch {
	case w.gift.Epoch != b.d.Epoch():
		return reset()
	case !b.setup.Lacking:
		return tooLate()
	}
	r, err := b.receive(ctx, w.gift)
	if err != nil {
		return err
	}
	for _, e := range r.events {
		if err := r.take(ctx, e); err != nil {
			return err
		}
	}
	w.taken = len(r.next)
	return r.close(ctx)
}

// receipt is a gift that is being taken.
type receipt struct {
	b       *batch
	t       *trial
	giver   id.Person
	into    *Folded
	before  stream.State // of the stream, without what is given back
	from    id.Scope     // where what is given back was
	next    []fresh      // what is taken
	events  []stream.Stored
	known   map[id.Command]bool // whether a command's events are left aside, as far as that was looked at
	erased  []id.Entry
	sight   incident.Sight // as the log has it without what is given back
	authors []id.Person
}

// receive looks at what the stream of a gift has already.
func (b *batch) receive(ctx context.Context, g *Gift) (*receipt, error) {
	r := &receipt{
		b: b, t: b.trial(g.Actor, clock.Moment{Wall: b.received}), giver: g.Actor.Person, known: map[id.Command]bool{}, events: slices.Clone(g.Events),
	}
	slices.SortFunc(r.events, func(a, b stream.Stored) int { return cmp.Compare(a.StreamSeq, b.StreamSeq) })
	r.events = once(r.events)
	of := r.events[0]
	var err error
	if r.into, err = r.t.entry(ctx, of.Stream, of.Kind); err != nil {
		return nil, err
	}
	if r.into.seq == 0 {
		r.into.kind, r.into.scope = of.Kind, of.Scope
	}
	if r.into.kind != of.Kind || r.into.seq > 0 && !r.into.sees(r.giver) {
		return nil, noSuchStream()
	}
	r.before, r.from = r.into.state, of.Scope
	have, err := timeline.Since(ctx, b.tx, of.Stream, 0)
	if err != nil {
		return nil, err
	}
	for _, e := range have {
		r.known[e.Command] = true
		r.sight = r.sight.With(e.Envelope, sightIn(e))
	}
	for _, e := range append(have, r.events...) {
		if fact, _ := wire.RevisionIn(e.Payload); e.Kind == id.KindIncident && fact != nil {
			if erased, ok := fact.(incident.Erased); ok {
				r.erased = append(r.erased, erased.Entry)
			}
		}
	}
	return r, r.check()
}

// once returns sorted events without those that are there twice: in the same place, or as what the same command caused in
// another life of the log, which is of another time.
func once(events []stream.Stored) []stream.Stored {
	committed, last := map[id.Command]time.Time{}, uint64(0)
	return slices.DeleteFunc(events, func(e stream.Stored) bool {
		at, known := committed[e.Command]
		if e.StreamSeq == last || known && !at.Equal(e.Received) {
			return true
		}
		committed[e.Command], last = e.Received, e.StreamSeq
		return false
	})
}

// check refuses a gift from which words were taken that nobody erased. Somebody who has just been invited again, and is on
// the way back under the former id, brings their record themselves.
func (r *receipt) check() error {
	for _, e := range r.events {
		if entry, _, blank := wire.Blank(e.Kind, e.Payload); blank && !slices.Contains(r.erased, entry) {
			return forged(fmt.Errorf("event %d of %s was not erased", e.StreamSeq, e.Stream))
		}
	}
	switch {
	case r.into.seq > 0:
	case r.events[0].StreamSeq > 1:
		return fault.New(fault.OutOfOrder, "What comes before this is missing.")
	case r.into.kind == id.KindPerson && r.expected():
		r.events = nil
	}
	return nil
}

// expected reports whether somebody of the name that a record begins with was invited and has no device yet.
func (r *receipt) expected() bool {
	event, err := wire.DecodeEvent(id.KindPerson, r.events[0].Payload)
	added, ok := event.(workspace.PersonAdded)
	if err != nil || !ok {
		return false
	}
	for _, p := range r.b.setup.People {
		if len(p.Devices) == 0 && p.Is.IsZero() && workspace.SameName(p.Name, added.Name) {
			return true
		}
	}
	return false
}

// take records an event unless it is here, or its command was answered. A command that was refused because the log
// lacked what it rests on had been carried out before: what came of it is taken.
func (r *receipt) take(ctx context.Context, e stream.Stored) error {
	aside, looked := r.known[e.Command]
	if !looked {
		former, answered, err := r.b.answeredBefore(ctx, e.Command)
		if err != nil {
			return err
		}
		aside = answered && former.Kind != stream.Rejected
		r.known[e.Command] = aside
		if !answered {
			r.b.outcomes = append(r.b.outcomes, answeredAs(e.Command, r.into.seq))
		}
	}
	if aside {
		return nil
	}
	for _, entry := range r.erased {
		blank, holds, err := wire.Blanked(e.Payload, entry)
		if err != nil {
			return err
		}
		if holds {
			e.Payload = blank
		}
	}
	return r.record(e)
}

// sightIn returns what an event says of who sees its incident; nil for any other event.
func sightIn(e stream.Stored) incident.Event {
	if e.Kind != id.KindIncident {
		return nil
	}
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if yes, _ := turns(event); err != nil || !yes {
		return nil
	}
	fact, _ := event.(incident.Event)
	return fact
}

// record folds an event into the stream, as what it is by now.
func (r *receipt) record(e stream.Stored) error {
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if err != nil {
		return err
	}
	if fact, ok := event.(incident.Event); ok && r.sight.Overtook(e.Envelope, fact) {
		return nil
	}
	recorded, left := stream.Belated(r.into.state, e.Envelope, event)
	if !left {
		return nil
	}
	if numbered, ok := stream.Numbered(recorded, r.t.number+1); ok { // the number may have been given to another incident meanwhile
		recorded, r.t.number = numbered, r.t.number+1
	}
	if !reflect.DeepEqual(recorded, event) {
		if e.Payload, err = wire.EncodeEvent(recorded); err != nil {
			return err
		}
	}
	e.Received = r.b.received
	r.next = append(r.next, fold(r.into, e, recorded))
	if last := len(r.b.outcomes) - 1; last >= 0 && r.b.outcomes[last].command == e.Command {
		r.b.outcomes[last].outcome.Seq = r.into.seq
	}
	if p := e.Actor.Person; !p.IsZero() && !slices.Contains(r.authors, p) {
		r.authors = append(r.authors, p)
	}
	return nil
}

// close gives what is taken its places where the stream lies by now, and says who gave it back.
func (r *receipt) close(ctx context.Context) error {
	if len(r.next) == 0 {
		r.b.keep(r.t)
		return nil
	}
	if err := r.seen(); err != nil {
		return err
	}
	first := r.next[0]
	var event stream.Event = incident.GivenBack{First: first.StreamSeq, Authors: r.authors}
	if r.into.kind == id.KindPerson {
		event = workspace.RecordGivenBack{First: first.StreamSeq}
	}
	payload, err := wire.EncodeEvent(event)
	if err != nil {
		return err
	}
	at := id.Envelope{
		Stream: first.Stream, Command: id.New[id.Command](), Actor: r.t.by, Received: r.b.received, Occurred: r.b.received,
	}
	r.next = append(r.next, fold(r.into, stream.Stored{Envelope: at, Payload: payload}, event))
	if err := r.t.land(ctx, r.into, r.next); err != nil {
		return err
	}
	if c, ok := stream.Withdrawal(at.Command, r.before, r.into.state); ok {
		if err := r.t.follow(ctx, stream.Submission{ID: at.Command, Target: at.Stream}, r.into.scope, c); err != nil {
			return fmt.Errorf("what follows in %s: %w", c.Target, err)
		}
	}
	r.b.keep(r.t)
	return nil
}

// seen refuses what would be seen by others than before. What was said in an incident while not everybody saw it is not taken into one
// that everybody sees, without what says why not everybody did; and one of which nothing was here is given back by somebody who
// sees it as it is by then.
func (r *receipt) seen() error {
	if r.from != id.Everyone() && stream.ScopeOf(r.into.state, r.from) == id.Everyone() {
		return fault.New(fault.OutOfOrder, "What comes before this is missing.")
	}
	if begun := r.next[0].StreamSeq == 1; begun && !r.into.sees(r.giver) {
		return noSuchStream()
	}
	return nil
}

// answeredAs is the answer that an author gets who gives a command again whose events came back before.
func answeredAs(c id.Command, seq uint64) answered {
	return answered{command: c, outcome: stream.Outcome{Kind: stream.Accepted, Seq: seq}}
}
