package ledger_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// of returns the events of one stream among some.
func of(events []stream.Stored, s id.Stream) []stream.Stored {
	return slices.DeleteFunc(slices.Clone(events), func(e stream.Stored) bool { return e.Stream != s })
}

// lies fails unless a stream lies whole in a scope and in no other of those given, from its first event to the last.
func (b *bundle) lies(t *testing.T, s id.Stream, in id.Scope, not ...id.Scope) (events []stream.Stored) {
	t.Helper()
	events = of(b.all(t, in), s)
	for i, e := range events {
		if e.StreamSeq != uint64(i+1) {
			t.Errorf("event %d in %s is number %d", i+1, in, e.StreamSeq)
		}
	}
	since, err := timeline.Since(b.ctx, b.db.Reader(), s, 0)
	if err != nil || len(since) != len(events) {
		t.Errorf("%d events of %d lie in %s, %v", len(events), len(since), in, err)
	}
	for _, scope := range not {
		if left := of(b.all(t, scope), s); len(left) > 0 {
			t.Errorf("%d events lie in %s still", len(left), scope)
		}
	}
	if h := mustHead(t, b, s); h.Scope != in || h.Seq != uint64(len(events)) {
		t.Errorf("its head is at %d in %s", h.Seq, h.Scope)
	}
	b.dense(t)
	b.folded(t)
	return events
}

// number returns what an incident is called.
func (b *bundle) number(t *testing.T, s id.Stream) uint32 {
	t.Helper()
	state, err := wire.DecodeState(mustHead(t, b, s))
	if err != nil {
		t.Fatal(err)
	}
	i, _ := state.(incident.Incident)
	return i.Number
}

// withdrawn returns the events that tell everybody to give an incident up.
func (b *bundle) withdrawn(t *testing.T, s id.Stream) (out []stream.Stored) {
	t.Helper()
	for _, e := range b.all(t, id.Everyone()) {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if w, ok := event.(workspace.IncidentWithdrawn); ok && id.Stream(w.Incident) == s {
			out = append(out, e)
		}
	}
	return out
}

// An incident goes from everybody's scope into its own and back, with all that was written, what was erased, and its number.
func TestAnIncidentGoesToAnotherScopeWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob, cem := b.person(t, "Bob"), b.person(t, "Cem")
	first, bad := b.declared(t), words("hunter2")
	in := id.New[id.Stream]()
	b.gives(t, bob, in, incident.Declare{Title: canary}, bad, words("it goes on"))
	b.gives(t, bob, in, incident.Erase{Entry: bad.Entry, Reason: "a password"})
	b.gives(t, bob, first, words("elsewhere"))
	was := b.lies(t, in, id.Everyone())
	cursors := []stream.Cursor{b.end(t, bob.Person, id.Everyone())}
	standing := b.sealed(t, was[1]) // on a place that will be left
	b.clock.set(noon.Add(time.Hour))
	late := newOutbox(b.ann)
	late.push.Now = clock.Moment{Wall: noon.Add(time.Hour)}
	concealing := late.of(wish{in, incident.Conceal{Admit: []id.Person{cem.Person}}})
	concealing.Submissions[0].Written = clock.Moment{Wall: noon.Add(30 * time.Minute)}
	wantOutcomes(t, b.push(t, concealing), stream.Accepted)
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.restart, b.crash} {
		happens(t)
		now := b.lies(t, in, id.Scope(in), id.Everyone())
		if len(now) != len(was)+1 {
			t.Errorf("it has %d events, and had %d", len(now), len(was))
		}
		for i, e := range was {
			e.Scope, e.ScopePos = now[i].Scope, now[i].ScopePos
			sameEvents(t, now[i:i+1], []stream.Stored{e})
		}
		b.wantSeen(t, cem.Person, in, len(was)+1)
		if got, err := b.Backfill(b.ctx, bob.Person, in, 9, 9); !fault.Is(err, fault.NotFound) {
			t.Errorf("an outsider is given %d events, %v", len(got), err)
		}
		for _, c := range append(cursors, standing) {
			if from, err := b.Resume(b.ctx, bob.Person, []stream.Cursor{c}); err != nil || from[id.Everyone()] != c.Pos {
				t.Errorf("a cursor at %d goes on from %v, %v", c.Pos, from, err)
			}
		}
	}
	told := b.withdrawn(t, in)
	if len(told) != 1 || !told[0].Actor.Person.IsZero() || !told[0].Actor.Device.IsZero() || told[0].Command == concealing.Submissions[0].ID ||
		!told[0].Occurred.Equal(told[0].Received) {
		t.Errorf("that it was withdrawn is told by %+v", told)
	}
	if raw := b.seen(t, bob.Person); bytes.Contains(raw, []byte(canary)) || bytes.Count(raw, in[:]) != 2 { // where it is told that it was withdrawn
		t.Errorf("an outsider is sent its title, or its id %d times", bytes.Count(raw, in[:]))
	}
	number := b.number(t, in)
	b.gives(t, cem, in, words("quietly"), incident.Reveal{})
	again := b.lies(t, in, id.Everyone(), id.Scope(in))
	if len(again) != len(was)+4 || b.number(t, in) != number || number != 2 { // Cem joined
		t.Errorf("it has %d events, and is INC-%d; it was INC-%d", len(again), b.number(t, in), number)
	}
	if slices.ContainsFunc(again, func(e stream.Stored) bool { return bytes.Contains(e.Payload, []byte("hunter2")) }) {
		t.Error("what was erased is back")
	}
	heads, _, _ := b.bootstrap(t, bob.Person)
	if heads[in].Seq != uint64(len(again)) || len(b.Scopes(cem.Person)) != 2 {
		t.Errorf("everybody is sent %d events; Cem sees %v", heads[in].Seq, b.Scopes(cem.Person))
	}
}

// sealed returns the cursor that stood on an event of everybody's scope.
func (b *bundle) sealed(t *testing.T, e stream.Stored) stream.Cursor {
	t.Helper()
	hash, found, err := timeline.HashAt(b.ctx, b.db.Reader(), e.Scope, e.ScopePos)
	if err != nil || !found {
		t.Fatal(err)
	}
	return b.Seal(e.Scope, e.ScopePos, hash)
}

// One that was private from the beginning gets the next number when everybody may see it.
func TestANumberIsGivenWhenItIsVisibleToEverybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.secret(t)
	b.declared(t)
	if n := b.number(t, in); n != 0 {
		t.Errorf("a private one is INC-%d", n)
	}
	b.gives(t, b.ann, in, incident.Reveal{})
	if n := b.number(t, in); n != 2 {
		t.Errorf("it is INC-%d", n)
	}
	b.lies(t, in, id.Everyone(), id.Scope(in))
	if told := b.withdrawn(t, in); len(told) != 0 {
		t.Errorf("it is told %d times that it was withdrawn", len(told))
	}
	b.restart(t)
	b.declared(t)
	b.dense(t)
}

// Everything in one commit: what is written before and behind, also elsewhere, and back and forth more than once.
func TestAnIncidentIsMovedAmongOtherCommandsOfOneCommit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	old, fresh, other := b.declared(t), id.New[id.Stream](), b.declared(t)
	bad := words("hunter2")
	b.gives(t, bob, old, words("before"))
	for round := range 3 {
		got := b.together(t,
			newOutbox(bob).of(wish{old, words("in time")}, wish{other, words("elsewhere")}, wish{fresh, incident.Declare{Title: "New"}}),
			newOutbox(b.ann).of(wish{old, bad}, wish{old, incident.Erase{Entry: bad.Entry, Reason: "a password"}},
				wish{old, incident.Conceal{}}, wish{old, words(canary)}, wish{fresh, words("a")}, wish{fresh, incident.Conceal{}}),
			newOutbox(bob).of(wish{old, words("too late")}, wish{other, words("elsewhere")}),
			newOutbox(b.ann).of(wish{old, incident.Reveal{}}, wish{old, words("and visible")}, wish{old, incident.Conceal{}}, wish{fresh, words("b")}),
			newOutbox(bob).of(wish{fresh, words("too late")}, declare("One more")),
		)
		kinds := map[stream.OutcomeKind]int{}
		for _, r := range got {
			for _, o := range r.Outcomes {
				kinds[o.Kind]++
			}
		}
		if kinds[stream.Rejected] != 2 || len(kinds) != 2 {
			t.Errorf("round %d: answered %v", round, kinds)
		}
		concealed := b.lies(t, old, id.Scope(old), id.Everyone())
		b.lies(t, fresh, id.Scope(fresh), id.Everyone())
		for _, e := range concealed {
			if bytes.Contains(e.Payload, []byte("hunter2")) || bytes.Contains(e.Payload, []byte("too late")) {
				t.Errorf("round %d: event %d has words that it should not", round, e.StreamSeq)
			}
		}
		if raw := b.seen(t, bob.Person); bytes.Contains(raw, []byte(canary)) {
			t.Errorf("round %d: an outsider is sent what was written behind", round)
		}
		if told := b.withdrawn(t, old); len(told) != 2*(round+1) {
			t.Errorf("round %d: it was withdrawn %d times", round, len(told))
		}
		b.gives(t, b.ann, old, incident.Reveal{})
		b.lies(t, old, id.Everyone(), id.Scope(old))
		fresh, bad = id.New[id.Stream](), words("hunter2")
		b.restart(t)
	}
}

// Whoever follows when an incident is moved is sent back, and then has no hole: what comes is what is there.
func TestEverybodyIsSentBackWhenAnIncidentIsMoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	in := b.declared(t)
	b.gives(t, bob, in, words("visible"))
	f, from := b.follows(t, bob.Person), b.end(t, bob.Person, id.Everyone())
	b.gives(t, b.ann, in, words(canary), incident.Conceal{})
	wantBack(t, "an outsider", f)
	goes := func(events int, what string) {
		t.Helper()
		at, err := b.Resume(b.ctx, bob.Person, []stream.Cursor{from})
		if err != nil {
			t.Fatal(err)
		}
		batches, reached := b.backlog(t, bob.Person, at)
		var got []stream.Stored
		for _, batch := range batches {
			got = append(got, batch.Events...)
			from = batch.Cursor
		}
		if len(got) != events || from.Pos != reached[id.Everyone()] || len(batches) != 1 {
			t.Errorf("%s: %d events in %d batches, to %d of %d", what, len(got), len(batches), from.Pos, reached[id.Everyone()])
		}
	}
	goes(1, "concealed")
	f = b.follows(t, bob.Person)
	b.gives(t, b.ann, in, incident.Reveal{})
	wantBack(t, "who sees it now", f)
	goes(len(of(b.all(t, id.Everyone()), in)), "revealed")
}

// Whoever is far behind, and whoever fills, passes over places that were left, also where there is nothing else.
func TestPlacesThatWereLeftArePassedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	in := id.New[id.Stream]()
	b.gives(t, b.ann, in, incident.Declare{Title: "Long"})
	for range 6 {
		long := make([]wish, 1000)
		for i := range long {
			long[i] = wish{in, words("word")}
		}
		b.push(t, newOutbox(b.ann).of(long...))
	}
	other := b.declared(t)
	b.gives(t, b.ann, in, incident.Conceal{})
	if n := len(b.lies(t, in, id.Scope(in), id.Everyone())); n != 6002 {
		t.Fatalf("%d events", n)
	}
	for _, from := range []uint64{0, 5, 1000, 5000, 6000} {
		batches, reached := b.backlog(t, bob.Person, map[id.Scope]uint64{id.Everyone(): from})
		last := batches[len(batches)-1]
		if last.Cursor.Pos != reached[id.Everyone()] || !slices.ContainsFunc(last.Events, func(e stream.Stored) bool { return e.Stream == other }) {
			t.Errorf("from %d: the end is %d of %d", from, last.Cursor.Pos, reached[id.Everyone()])
		}
		for _, batch := range batches {
			if len(of(batch.Events, in)) > 0 || slices.ContainsFunc(batch.Heads, func(h stream.Head) bool { return h.Stream == in }) {
				t.Errorf("from %d: it is sent", from)
			}
		}
	}
	var got []stream.Stored
	err := b.Fill(b.ctx, bob.Person, stream.Gap{Scope: id.Everyone(), High: 7000}, func(p ledger.Part) error {
		got = append(got, p.Events...)
		return nil
	})
	if err != nil || len(of(got, other)) != 1 || len(of(got, in)) != 0 {
		t.Errorf("filled are %d events, %v", len(got), err)
	}
	b.gives(t, b.ann, in, incident.Reveal{})
	batches, _ := b.backlog(t, b.ann.Person, map[id.Scope]uint64{})
	if n := len(batches); n == 0 || batches[n-1].Gap == nil {
		t.Error("who is far behind is sent everything")
	}
	b.gives(t, b.ann, in, incident.Conceal{}) // its own scope begins with places that were left
	batches, reached := b.backlog(t, b.ann.Person, map[id.Scope]uint64{id.Everyone(): uint64(len(b.all(t, id.Everyone())))})
	if end := batches[len(batches)-1].Cursor; end.Scope != id.Scope(in) || end.Pos != reached[end.Scope] {
		t.Errorf("it ends at %d in %s", end.Pos, end.Scope)
	}
}

// A commit that fails moves nothing, in the database or in memory.
func TestAMoveThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	in := b.declared(t)
	b.gives(t, bob, in, words("visible"))
	f := b.follows(t, bob.Person)
	was := b.lies(t, in, id.Everyone())
	b.effects.failWith(fault.New(fault.Storage, "The disk is full."))
	if _, err := b.Push(b.ctx, newOutbox(b.ann).of(wish{in, incident.Conceal{}})); err == nil {
		t.Fatal("it was stored")
	}
	b.effects.failWith(nil)
	sameEvents(t, b.lies(t, in, id.Everyone(), id.Scope(in)), was)
	if raw, err := f.Take(nil); len(raw) > 0 || err != nil {
		t.Errorf("a follower is told %d bytes, %v", len(raw), err)
	}
	b.gives(t, bob, in, words("still"))
	b.gives(t, b.ann, in, incident.Conceal{})
	b.lies(t, in, id.Scope(in), id.Everyone())
}

// What one server moves the others have moved too: who sees it, who is sent back, and on what they decide.
func TestWhatOneServerMovesIsMovedAtTheOthers(t *testing.T) {
	t.Parallel()
	b := nodes(t, 2)
	bob, cem := b[0].person(t, "Bob"), b[0].person(t, "Cem")
	in := b[0].declared(t)
	b[1].gives(t, bob, in, words("visible"))
	b[0].gives(t, bob, in, words("visible"))
	f := b[1].follows(t, bob.Person)
	b[0].gives(t, b[0].ann, in, words(canary), incident.Conceal{Admit: []id.Person{cem.Person}}, words(canary))
	for back := false; !back; {
		<-f.Wake()
		raw, err := f.Take(nil)
		if bytes.Contains(raw, []byte(canary)) {
			t.Fatal("the other server tells an outsider")
		}
		back = fault.Is(err, fault.Resume)
	}
	wantOutcomes(t, b[1].push(t, newOutbox(bob).of(wish{in, words("too late")})), stream.Rejected)
	b[1].gives(t, cem, in, words("on the other"))
	b[1].wantNoCanary(t, bob.Person)
	b[1].wantSeen(t, cem.Person, in, 10)
	for _, each := range b {
		each.lies(t, in, id.Scope(in), id.Everyone())
	}
	// Nobody has told the other server of it yet when it is asked: it looks for itself before it sends.
	b[0].gives(t, b[0].ann, in, incident.Exclude{Person: cem.Person}, words(canary+" behind"))
	if got, err := b[1].Backfill(b[1].ctx, cem.Person, in, 100, 100); !fault.Is(err, fault.NotFound) {
		t.Errorf("who was left out elsewhere is given %d events, %v", len(got), err)
	}
	b[0].gives(t, b[0].ann, in, incident.Admit{Person: cem.Person})
	c := stream.Cursor{}
	_, _, cursors := b[0].bootstrap(t, cem.Person)
	for _, each := range cursors {
		if each.Scope == id.Scope(in) {
			c = each
		}
	}
	if from, err := b[1].Resume(b[1].ctx, cem.Person, []stream.Cursor{c}); err != nil || from[id.Scope(in)] != c.Pos || c.Pos == 0 {
		t.Errorf("who was added elsewhere goes on from %v, %v", from, err)
	}
	b[1].gives(t, cem, in, incident.Reveal{})
	for _, each := range b {
		each.lies(t, in, id.Everyone(), id.Scope(in))
	}
	b[0].gives(t, bob, in, words("visible again"))
	other := b[0].another(t)
	if n := len(other.lies(t, in, id.Everyone(), id.Scope(in))); n < 13 {
		t.Errorf("%d events", n)
	}
}

// wantNoCanary fails where an outsider is sent the canary. That an incident was withdrawn names its id.
func (b *bundle) wantNoCanary(t *testing.T, p id.Person) {
	t.Helper()
	if raw := b.seen(t, p); strings.Contains(string(raw), canary) {
		t.Error("an outsider is sent the canary")
	}
}

// What was private is private again on a restored log that is given back what it lacks, and what was concealed is concealed.
func TestARestoredLogTakesBackWhatWasPrivate(t *testing.T) {
	t.Parallel()
	b, restored := setup(t), setup(t)
	bob, cem := b.person(t, "Bob"), b.person(t, "Cem")
	for p, name := range map[id.Person]string{b.ann.Person: "Ann", bob.Person: "Bob"} { // Cem came behind the backup
		restored.add(t, p, name)
	}
	if _, err := ledger.BeginEpoch(restored.ctx, restored.db); err != nil {
		t.Fatal(err)
	}
	restored.restart(t)
	private, public := id.New[id.Stream](), id.New[id.Stream]()
	for _, push := range []ledger.Push{
		newOutbox(bob).of(wish{public, incident.Declare{Title: "Doors do not open"}}, wish{public, words(canary)}),
		newOutbox(b.ann).of(wish{private, incident.Declare{Title: canary, Private: true}}, wish{private, incident.Admit{Person: cem.Person}},
			wish{private, words(canary)}, wish{public, incident.Conceal{Admit: []id.Person{cem.Person}}}),
		newOutbox(cem).of(wish{private, words(canary)}, wish{public, words(canary)}),
	} {
		first := b.push(t, push)
		again := push
		again.Client = id.New[id.Client]()
		sameOutcomes(t, restored.push(t, again), first)
		sameOutcomes(t, restored.push(t, again), first) // given back twice is given back once
	}
	for _, each := range []*bundle{b, restored} {
		for _, in := range []id.Stream{private, public} {
			want := len(of(b.all(t, id.Scope(in)), in))
			have, left := len(of(each.all(t, id.Scope(in)), in)), len(of(each.all(t, id.Everyone()), in))
			if have != want || want < 5 || left > 0 {
				t.Errorf("of %d events %d are private, and %d everybody's", want, have, left)
			}
		}
		each.wantNoCanary(t, bob.Person)
		if n := len(each.Scopes(cem.Person)); n != 4 {
			t.Errorf("Cem sees %d scopes", n)
		}
	}
}
