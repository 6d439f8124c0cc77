package ledger_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// outsider returns somebody whom both lives of the log know.
func (r *restored) outsider(t *testing.T, name string) id.Actor {
	t.Helper()
	who := r.person(t, name)
	r.former.add(t, who.Person, name)
	return who
}

// refuses fails unless the gift is refused so, and nothing of it is taken.
func (r *restored) refuses(t *testing.T, who id.Actor, events []stream.Stored, kind fault.Kind) {
	t.Helper()
	before := r.events(t)
	taken, err := r.GiveBack(r.ctx, ledger.Gift{Actor: who, Epoch: r.Epoch(), Events: events})
	if after := r.events(t); !fault.Is(err, kind) || taken != 0 || after != before {
		t.Errorf("taken are %d, %d events have become %d, %v", taken, before, after, err)
	}
}

// without returns the events that are not of a type.
func without[E stream.Event](t *testing.T, events []stream.Stored) []stream.Stored {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(events), func(e stream.Stored) bool {
		_, is := decoded(t, e).(E)
		return is
	})
}

// What was private comes back with whoever sees it by then, and lies where it did; nobody else can bring it, or is told of it.
func TestWhatWasPrivateIsGivenBackByThoseWhoSeeIt(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	cem := r.outsider(t, "Cem")
	in := id.New[id.Stream]()
	r.former.gives(t, r.bob, in, incident.Declare{Title: canary, Private: true}, words(canary), incident.Admit{Person: r.ann.Person}, words(canary))
	events := r.sent(t, in)
	r.refuses(t, cem, events, fault.NotFound)
	r.refuses(t, r.ann, without[incident.Admitted](t, events), fault.NotFound) // she came later, and withholds it
	r.gives(t, events, len(events))
	have := r.lies(t, in, id.Scope(in), id.Everyone())
	if len(have) != len(events)+1 || r.number(t, in) != 0 {
		t.Errorf("it has %d events of %d, and is INC-%d", len(have), len(events), r.number(t, in))
	}
	r.wantNoCanary(t, cem.Person)
	r.wantSeen(t, r.ann.Person, in, len(have))
	r.refuses(t, cem, events, fault.NotFound)
	r.gives(t, events, 0)
	r.restart(t)
	r.wantSeen(t, r.ann.Person, in, len(have))
}

// concealed returns an incident that everybody saw in the former life and that was concealed then, as it was sent before and after.
func (r *restored) concealed(t *testing.T) (in id.Stream, was, now []stream.Stored) {
	t.Helper()
	in = id.New[id.Stream]()
	r.former.gives(t, r.bob, in, incident.Declare{Title: "Doors do not open"}, words("who is in there?"))
	was = r.sent(t, in)
	r.former.clock.set(noon.Add(time.Hour))
	r.former.gives(t, r.bob, in, incident.Conceal{Admit: []id.Person{r.ann.Person}}, words(canary))
	return in, was, r.sent(t, in)
}

// An event that was moved is sealed where it is: what was sent before is genuine for where it was, and for nowhere else.
func TestWhatIsMovedIsSealedAnew(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	in, was, now := r.concealed(t)
	for i, e := range was {
		if now[i].Scope != id.Scope(in) || len(now[i].Seal) == 0 || bytes.Equal(now[i].Seal, e.Seal) {
			t.Errorf("event %d lies in %s, its seal was %x and is %x", i+1, now[i].Scope, e.Seal, now[i].Seal)
		}
		elsewhere := slices.Clone(now)
		elsewhere[i].Seal = e.Seal
		r.refuses(t, r.ann, elsewhere, fault.Denied)
	}
	for from, events := range map[id.Scope][]stream.Stored{id.Scope(in): was, id.Everyone(): now} { // the same but for whose it is said to be
		claimed := slices.Clone(events)
		for i := range claimed {
			claimed[i].Scope = from
		}
		r.refuses(t, r.ann, claimed, fault.Denied)
	}
	r.gives(t, now, len(now))
	again, err := r.Backfill(r.ctx, r.ann.Person, in, 1<<40, 1000)
	if err != nil || len(again) != len(now)+1 || slices.ContainsFunc(again, func(e stream.Stored) bool { return len(e.Seal) == 0 }) {
		t.Errorf("%d events are sent, %v", len(again), err)
	}
}

// A restored log has an incident in everybody's scope that was concealed later: it goes where it was with what is given back, everybody
// is told that it is gone, and nothing private is seen meanwhile.
func TestWhatWasConcealedIsConcealedAgain(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	cem := r.outsider(t, "Cem")
	in, was, now := r.concealed(t)
	r.gives(t, was, len(was))
	number := r.number(t, in)
	r.refuses(t, r.ann, without[incident.Concealed](t, now), fault.OutOfOrder)
	follower := r.follows(t, cem.Person)
	r.gives(t, now, len(now)-len(was))
	have := r.lies(t, in, id.Scope(in), id.Everyone())
	if len(have) != len(now)+2 || r.number(t, in) != number || number == 0 { // it was given back twice
		t.Errorf("it has %d events of %d, was INC-%d and is INC-%d", len(have), len(now), number, r.number(t, in))
	}
	if told := r.withdrawn(t, in); len(told) != 1 || !told[0].Actor.Person.IsZero() {
		t.Errorf("that it was withdrawn is told by %+v", told)
	}
	if raw, err := follower.Take(nil); !fault.Is(err, fault.Resume) || bytes.Contains(raw, []byte(canary)) {
		t.Errorf("who follows is not sent back, but told %d bytes, %v", len(raw), err)
	}
	r.wantNoCanary(t, cem.Person)
	r.refuses(t, cem, was, fault.NotFound)
	r.wantSeen(t, r.ann.Person, in, len(have))
	r.crash(t)
	r.lies(t, in, id.Scope(in), id.Everyone())
}

// Where nothing is here yet of an incident that was concealed, it has never been anywhere else: nobody is told.
func TestWhatWasConcealedComesBackConcealed(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	in, was, now := r.concealed(t)
	r.refuses(t, r.ann, without[incident.Concealed](t, now), fault.OutOfOrder)
	r.gives(t, now, len(now))
	r.lies(t, in, id.Scope(in), id.Everyone())
	if told := r.withdrawn(t, in); len(told) != 0 || r.number(t, in) == 0 {
		t.Errorf("it is told %d times that it was withdrawn, and is INC-%d", len(told), r.number(t, in))
	}
	r.gives(t, was, 0) // by whoever sees it: they are here
}

// A number that an incident had may have been given to another meanwhile: it is not taken back with the event that names it.
func TestNoNumberComesBackWithWhatWasRevealed(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	in, _, _ := r.concealed(t)
	r.former.gives(t, r.bob, in, incident.Reveal{}, words("it was nothing"))
	taken := map[uint32]bool{}
	for range 3 {
		taken[r.number(t, r.declared(t))] = true
	}
	events := r.sent(t, in)
	r.gives(t, events, len(events))
	r.lies(t, in, id.Everyone(), id.Scope(in))
	if n := r.number(t, in); n == 0 || taken[n] {
		t.Errorf("it is INC-%d; given are %v", n, taken)
	}
	r.declared(t)
	r.dense(t)
}

// Nobody is let in by what was said before they were taken out, nor shown what everybody saw before it was concealed.
func TestWhoWasTakenOutIsNotLetInByWhatComesBack(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	cem, dan := r.outsider(t, "Cem"), r.outsider(t, "Dan")
	in := id.New[id.Stream]()
	r.former.gives(t, r.bob, in, incident.Declare{Title: canary, Private: true, Admit: []id.Person{r.ann.Person}})
	private := r.sent(t, in)
	r.former.gives(t, r.bob, in, incident.Admit{Person: cem.Person}, incident.Admit{Person: dan.Person}, incident.Reveal{}, words("visible"))
	events := r.sent(t, in)
	r.gives(t, private, len(private))
	r.clock.set(noon.Add(2 * time.Hour))
	late := newOutbox(r.ann)
	late.push.Now.Wall = noon.Add(2 * time.Hour)
	push := late.of(wish{in, incident.Admit{Person: cem.Person}}, wish{in, incident.Exclude{Person: cem.Person}}, wish{in, incident.Reveal{}},
		wish{in, incident.Conceal{}})
	for i := range push.Submissions {
		push.Submissions[i].Written = late.push.Now
	}
	wantOutcomes(t, r.push(t, push), stream.Accepted, stream.Accepted, stream.Accepted, stream.Accepted)
	taken, err := r.give(events)
	if err != nil || taken != 1 { // what was said
		t.Errorf("taken are %d, %v", taken, err)
	}
	r.lies(t, in, id.Scope(in), id.Everyone())
	for _, who := range []id.Actor{cem, dan} {
		r.wantNoCanary(t, who.Person)
		if n := len(r.Scopes(who.Person)); n != 2 {
			t.Errorf("%s sees %d scopes", who.Person, n)
		}
	}
}

// What is given back at one server is seen by the same people at the others.
func TestWhatIsGivenBackAtOneServerIsPrivateAtTheOthers(t *testing.T) {
	t.Parallel()
	b := nodes(t, 2)
	r := &restored{former: setup(t), bundle: b[0], ann: b[0].ann, bob: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}}
	r.former.add(t, r.ann.Person, "Ann")
	r.former.add(t, r.bob.Person, "Bob")
	cem := r.outsider(t, "Cem")
	if _, err := ledger.BeginEpoch(r.ctx, r.db); err != nil {
		t.Fatal(err)
	}
	b[0].skipped, b[1].skipped = ledger.Skipped, ledger.Skipped
	r.restart(t)
	in, was, now := r.concealed(t)
	r.gives(t, was, len(was))
	if err := b[1].Look(b[1].ctx); err != nil {
		t.Fatal(err)
	}
	f := b[1].follows(t, cem.Person)
	r.gives(t, now, len(now)-len(was))
	for back := false; !back; {
		<-f.Wake()
		raw, err := f.Take(nil)
		if bytes.Contains(raw, []byte(canary)) {
			t.Fatal("the other server tells an outsider")
		}
		back = fault.Is(err, fault.Resume)
	}
	b[1].wantNoCanary(t, cem.Person)
	b[1].wantSeen(t, r.ann.Person, in, len(now)+2)
	b[1].lies(t, in, id.Scope(in), id.Everyone())
	if taken, err := b[1].GiveBack(b[1].ctx, ledger.Gift{Actor: cem, Epoch: b[1].Epoch(), Events: was}); !fault.Is(err, fault.NotFound) || taken != 0 {
		t.Errorf("an outsider gives back %d, %v", taken, err)
	}
	if taken, err := b[1].GiveBack(b[1].ctx, ledger.Gift{Actor: r.ann, Epoch: b[1].Epoch(), Events: now}); err != nil || taken != 0 {
		t.Errorf("%d are taken again, %v", taken, err)
	}
}
