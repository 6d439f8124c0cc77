package ledger_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// restored is a log that was put back to before everything that its former life holds: both have the same keys.
type restored struct {
	*bundle
	former *bundle
	ann    id.Actor // gives back
	bob    id.Actor // does not come back
}

func setupRestored(t *testing.T) *restored {
	t.Helper()
	r := &restored{former: setup(t), bundle: setup(t), bob: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}}
	r.ann = r.bundle.ann
	r.former.add(t, r.ann.Person, "Ann")
	r.former.add(t, r.bob.Person, "Bob")
	if _, err := ledger.BeginEpoch(r.ctx, r.db); err != nil {
		t.Fatal(err)
	}
	r.skipped = ledger.Skipped
	r.restart(t)
	return r
}

// sent returns a stream's events as the former life sent them.
func (r *restored) sent(t *testing.T, s id.Stream) []stream.Stored {
	t.Helper()
	events, err := r.former.Backfill(r.ctx, r.ann.Person, s, 1<<40, 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	return events
}

// give gives events back in Ann's name.
func (r *restored) give(events []stream.Stored) (int, error) {
	return r.GiveBack(r.ctx, ledger.Gift{Actor: r.ann, Epoch: r.Epoch(), Events: events})
}

// gives fails unless so many of the events are taken.
func (r *restored) gives(t *testing.T, events []stream.Stored, want int) {
	t.Helper()
	if taken, err := r.give(events); err != nil || taken != want {
		t.Fatalf("%d of %d events are taken, %v; want %d", taken, len(events), err, want)
	}
}

// stored returns what a log holds of a stream.
func (b *bundle) stored(t *testing.T, s id.Stream) []stream.Stored {
	t.Helper()
	events, err := timeline.Since(b.ctx, b.db.Reader(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func decoded(t *testing.T, e stream.Stored) stream.Event {
	t.Helper()
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// spoken is a room of the former life in which Bob spoke, and what he pushed.
func (r *restored) spoken(t *testing.T) (id.Stream, ledger.Push) {
	t.Helper()
	room := r.former.declared(t)
	push := newOutbox(r.bob).of(say(room, "the disk is full"), say(room, "deleted logs"))
	wantOutcomes(t, r.former.push(t, push), stream.Accepted, stream.Accepted)
	return room, push
}

func TestWhatARestoredLogLacksComesBackWithItsAuthor(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room, push := r.spoken(t)
	sent := r.sent(t, room)
	r.clock.set(noon.Add(time.Hour))
	r.gives(t, sent, len(sent))
	got := r.stored(t, room)
	if len(got) != len(sent)+1 {
		t.Fatalf("%d events are there, want %d and who gave them back", len(got), len(sent))
	}
	for i, e := range sent {
		if g := got[i]; g.Actor != e.Actor || g.Command != e.Command || !g.Occurred.Equal(e.Occurred) || g.StreamSeq != uint64(i+1) {
			t.Errorf("event %d was %+v, and is %+v", i, e.Envelope, g.Envelope)
		}
		if i > 0 && !bytes.Equal(got[i].Payload, e.Payload) {
			t.Errorf("event %d says %+v", i, decoded(t, got[i]))
		}
	}
	if d, ok := decoded(t, got[0]).(incident.Declared); !ok || d.Number != ledger.Skipped+1 {
		t.Errorf("it begins with %+v", decoded(t, got[0]))
	}
	last := got[len(got)-1]
	want := incident.GivenBack{First: 1, Authors: []id.Person{r.bob.Person}}
	if fmt.Sprint(decoded(t, last)) != fmt.Sprint(want) || last.Actor != r.ann || !last.Occurred.Equal(r.clock.Now()) {
		t.Errorf("at the end %+v says %+v", last.Envelope, decoded(t, last))
	}
	// Bob comes back after all.
	r.add(t, r.bob.Person, "Bob")
	push.Client = id.New[id.Client]()
	wantOutcomes(t, r.push(t, push), stream.Accepted, stream.Accepted)
	if now := r.stored(t, room); len(now) != len(got) {
		t.Errorf("what Bob gives back himself is there again: %d events, had %d", len(now), len(got))
	}
}

func TestNothingComesBackTwice(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room, _ := r.spoken(t)
	sent := r.sent(t, room)
	r.gives(t, append(slices.Clone(sent), sent...), len(sent))
	n := len(r.stored(t, room))
	for _, happens := range []func(*testing.T){func(*testing.T) {}, r.restart, r.crash} {
		happens(t)
		r.gives(t, sent, 0)
		r.gives(t, sent[2:], 0)
		if now := len(r.stored(t, room)); now != n {
			t.Fatalf("%d events, there were %d", now, n)
		}
	}
	// The same words in two lives: the log was restored once more.
	again := setupRestored(t)
	second, err := r.Backfill(r.ctx, r.ann.Person, room, 1<<40, 1000)
	if err != nil {
		t.Fatal(err)
	}
	later := slices.Clone(second)
	slices.Reverse(later)
	again.gives(t, sent, len(sent))
	if taken, err := again.give(append(later, sent...)); err != nil || taken != 1 { // who gave back in the life between
		t.Errorf("%d were taken, %v", taken, err)
	}
}

func TestForgedWordsAreRefusedWhole(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room, _ := r.spoken(t)
	words, err := wire.EncodeEvent(incident.Written{Entry: id.New[id.Entry](), Text: "it was Ann"})
	if err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(*stream.Stored){
		"the words":     func(e *stream.Stored) { e.Payload = words },
		"the author":    func(e *stream.Stored) { e.Actor.Person = r.ann.Person },
		"the device":    func(e *stream.Stored) { e.Actor.Device = r.ann.Device },
		"the time":      func(e *stream.Stored) { e.Occurred = e.Occurred.Add(-time.Hour) },
		"the doubt":     func(e *stream.Stored) { e.Uncertain = !e.Uncertain },
		"the command":   func(e *stream.Stored) { e.Command = id.New[id.Command]() },
		"the place":     func(e *stream.Stored) { e.StreamSeq += 100 },
		"the seal":      func(e *stream.Stored) { e.Seal = append([]byte{e.Seal[0] ^ 1}, e.Seal[1:]...) },
		"no seal":       func(e *stream.Stored) { e.Seal = nil },
		"a short seal":  func(e *stream.Stored) { e.Seal = e.Seal[:4] },
		"withheld":      func(e *stream.Stored) { blank(t, e) },
		"other entries": func(e *stream.Stored) { blank(t, e); e.Payload[4] ^= 1 },
	} {
		sent := r.sent(t, room)
		forge(&sent[len(sent)-1])
		_, err := r.give(sent)
		if !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(r.stored(t, room)); n != 0 {
			t.Fatalf("%s: %d events were taken", name, n)
		}
	}
}

// blank takes the words out of an event, as erasing would.
func blank(t *testing.T, e *stream.Stored) {
	t.Helper()
	payload, holds, err := wire.Blanked(e.Payload, decoded(t, *e).(incident.Written).Entry)
	if err != nil || !holds {
		t.Fatal("it has no words", err)
	}
	e.Payload = payload
}

func TestALogTakesBackForFourteenDaysAfterItWasRestored(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room, _ := r.spoken(t)
	sent := r.sent(t, room)
	r.clock.set(noon.Add(stream.GiveBack))
	_, err := r.give(sent)
	wantKind(t, err, fault.Gone)
	r.clock.set(noon.Add(stream.GiveBack - time.Second))
	r.gives(t, sent, len(sent))
	never := setup(t)
	_, err = never.GiveBack(never.ctx, ledger.Gift{Actor: never.ann, Epoch: never.Epoch(), Events: sent})
	wantKind(t, err, fault.Gone)
	_, err = r.GiveBack(r.ctx, ledger.Gift{Actor: r.ann, Epoch: id.New[id.Epoch](), Events: sent})
	wantKind(t, err, fault.Reset)
}

// Whether the words come before or after the news that they were erased: they do not come back.
func TestErasedWordsDoNotComeBack(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(words, erased []stream.Stored) [][]stream.Stored{
		"words first": func(words, erased []stream.Stored) [][]stream.Stored { return [][]stream.Stored{words, erased} },
		"erased first": func(words, erased []stream.Stored) [][]stream.Stored {
			return [][]stream.Stored{words[:1], erased, words}
		},
		"together": func(words, erased []stream.Stored) [][]stream.Stored {
			return [][]stream.Stored{append(slices.Clone(words), erased...)}
		},
	} {
		r := setupRestored(t)
		room := r.former.declared(t)
		secret := incident.Write{Entry: id.New[id.Entry](), Text: "hunter2-canary"}
		r.former.push(t, newOutbox(r.bob).of(wish{room, secret}, wish{room, incident.Edit{Entry: secret.Entry, Text: "hunter2-canary again"}}))
		words := r.sent(t, room)
		r.former.push(t, newOutbox(r.bob).of(wish{room, incident.Erase{Entry: secret.Entry, Reason: "a password"}}))
		erased := r.sent(t, room)
		for _, gift := range order(words, erased[len(words):]) {
			if _, err := r.give(gift); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		got := r.stored(t, room)
		kinds := map[string]int{}
		for _, e := range got {
			kinds[fmt.Sprintf("%T", decoded(t, e))]++
			if bytes.Contains(e.Payload, []byte("hunter2")) {
				t.Errorf("%s: event %d says %+v", name, e.StreamSeq, decoded(t, e))
			}
		}
		if kinds["incident.Written"] != 1 || kinds["incident.Edited"] != 1 || kinds["incident.Erased"] != 1 {
			t.Errorf("%s: there are %v", name, kinds)
		}
		// Whoever saw it erased has no words to give, and what is left of them is taken.
		blanked := setupRestored(t)
		blanked.gives(t, erased, len(erased))
	}
}

func TestAChangeThatWasOvertakenMovesNothing(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room := r.former.declared(t)
	r.former.push(t, newOutbox(r.bob).of(wish{room, incident.ChangeSeverity{Base: incident.Base{Seq: 1}, To: 2, Reason: "all shops"}}))
	sent := r.sent(t, room)
	r.gives(t, sent[:1], 1) // the declaration
	r.clock.set(noon.Add(time.Minute))
	late := newOutbox(r.ann)
	late.push.Now.Wall = r.clock.Now()
	wantOutcomes(t, r.push(t, late.of(wish{room, incident.ChangeSeverity{Base: incident.Base{Seq: 2}, To: 1}})), stream.Accepted)
	r.gives(t, sent, len(sent)-1)
	var last stream.Event
	for _, e := range r.stored(t, room) {
		if event := decoded(t, e); e.Actor == r.bob {
			last = event
		}
	}
	want := incident.Contested{Field: "severity", Wanted: "SEV2", Standing: "SEV1", Reason: "all shops"}
	if fmt.Sprint(last) != fmt.Sprint(want) {
		t.Errorf("Bob's change is %+v, want %+v", last, want)
	}
}

// What somebody did in a room that the restored log did not have yet was refused, and is there all the same once the room is.
func TestWhatWasRefusedForWantOfItsRoomComesBack(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	room, push := r.spoken(t)
	sent := r.sent(t, room)
	_, err := r.give(sent[1:])
	wantKind(t, err, fault.OutOfOrder) // nobody would know what room it is
	r.add(t, r.bob.Person, "Bob")
	wantOutcomes(t, r.push(t, push), stream.Rejected, stream.Rejected)
	r.gives(t, sent, len(sent))
	sameOutcomes(t, r.push(t, push)[:1], r.push(t, push)[:1]) // the same answer for ever
}

func TestPeopleComeBackUnlessTheyAreOnTheirWay(t *testing.T) {
	t.Parallel()
	r := setupRestored(t)
	record := r.sent(t, id.Stream(r.bob.Person))
	r.gives(t, record, len(record))
	if p := r.Setup().People[r.bob.Person]; p.Name != "Bob" {
		t.Errorf("Bob is %+v", p)
	}
	other := setupRestored(t)
	other.add(t, id.New[id.Person](), "bob") // invited again
	record = other.sent(t, id.Stream(other.bob.Person))
	other.gives(t, record, 0)
	mine := other.sent(t, id.Stream(other.ann.Person))
	other.gives(t, mine, 0)
	o := newOutbox(other.bob)
	other.former.push(t, o.of(wish{id.Reader(other.bob.Person), workspace.MarkRead{Incident: id.New[id.Incident](), Upto: 1}}))
	marks := other.former.all(t, id.Own(other.bob.Person))
	if _, err := other.give(marks); !fault.Is(err, fault.Denied) {
		t.Errorf("somebody's reading marks: %v", err)
	}
}

// Only what a restored log may be given back is sealed: a history is not made heavier by it.
func TestOnlyYoungEventsAreSealed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.clock.set(noon.Add(stream.GiveBack))
	b.push(t, newOutbox(b.ann).of(say(in, "much later")))
	events, err := b.Backfill(b.ctx, b.ann.Person, in, 1<<40, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		old := e.StreamSeq == 1
		if with, without := len(wire.EncodeGift(e)), len(wire.EncodeGift(stream.Stored{Envelope: e.Envelope, Payload: e.Payload})); old != (with == without) ||
			with > without+15 {
			t.Errorf("event %d has %d bytes with its seal, and %d without", e.StreamSeq, with, without)
		}
	}
}
