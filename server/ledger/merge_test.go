package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// merge is the wish of somebody who has seen that an incident was declared.
func merge(from, into id.Stream) wish {
	return wish{from, incident.Merge{Base: incident.Base{Seq: 1}, Into: id.Incident(into)}}
}

func reopen(in id.Stream, seq uint64) wish {
	return wish{in, incident.ChangeStatus{Base: incident.Base{Seq: seq}, To: incident.Open}}
}

// told returns what happened to an incident after it was declared.
func (b *bundle) told(t *testing.T, in id.Stream) (kinds []string, events []stream.Stored) {
	t.Helper()
	events, err := timeline.Since(b.ctx, b.db.Reader(), in, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", event), "incident."))
	}
	return kinds, events
}

func (b *bundle) wantTold(t *testing.T, in id.Stream, want ...string) {
	t.Helper()
	if have, _ := b.told(t, in); !slices.Equal(have, want) {
		t.Errorf("it is told %v, want %v", have, want)
	}
}

func TestTheOtherIncidentIsToldOfAMergeOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.declared(t), b.declared(t)
	o := newOutbox(b.ann)
	p := o.of(merge(one, other))
	again := p
	again.Client, again.Generation = id.New[id.Client](), []byte("copy") // under another number, as after a renewal
	for range 2 {
		wantOutcomes(t, b.push(t, p), stream.Accepted)
	}
	b.restart(t)
	wantOutcomes(t, b.push(t, p), stream.Accepted)
	wantOutcomes(t, b.push(t, again), stream.Accepted)
	b.wantTold(t, one, "Merged")
	b.wantTold(t, other, "Absorbed")
	_, merged := b.told(t, one)
	_, absorbed := b.told(t, other)
	cause, effect := merged[0].Envelope, absorbed[0].Envelope
	want := stream.Follow(cause.Command, incident.Incident{}, incident.Incident{ID: id.Incident(one), MergedInto: id.Incident(other)})
	if effect.Command == cause.Command || effect.Command != want[0].ID {
		t.Errorf("what follows from %s is called %s", cause.Command, effect.Command)
	}
	if effect.Actor != b.ann || effect.ScopePos != cause.ScopePos+1 || !effect.Occurred.Equal(cause.Occurred) {
		t.Errorf("of %+v follows %+v", cause, effect)
	}

	back := o.of(reopen(one, 2))
	for range 2 {
		wantOutcomes(t, b.push(t, back), stream.Accepted)
	}
	b.crash(t)
	wantOutcomes(t, b.push(t, back), stream.Accepted)
	b.wantTold(t, one, "Merged", "StatusChanged")
	b.wantTold(t, other, "Absorbed", "Released")
	b.dense(t)
}

// Of two incidents that are merged into each other at once, the first is; nothing is left of the second.
func TestOfTwoMergesInARingTheFirstStands(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []bool{true, false} {
		b := setup(t)
		one, other := b.declared(t), b.declared(t)
		p, q := newOutbox(b.ann).of(merge(one, other)), newOutbox(id.Actor{Person: id.New[id.Person]()}).of(merge(other, one))
		var got []stream.Outcome
		if atOnce {
			for _, r := range b.together(t, p, q) {
				got = append(got, r.Outcomes...)
			}
		} else {
			got = append(b.push(t, p), b.push(t, q)...)
		}
		wantOutcomes(t, got, stream.Accepted, stream.Rejected)
		if f := got[1].Fault; f == nil || f.Message != "INC-1 was merged into this incident." || f.Do == "" {
			t.Errorf("the second is told %v", f)
		}
		b.wantTold(t, one, "Merged")
		b.wantTold(t, other, "Absorbed")
	}
}

func TestAMergeThatIsContestedOrRefusedLeavesNothingInTheOtherIncident(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other, third := b.declared(t), b.declared(t), b.declared(t)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(merge(one, other))), stream.Accepted)
	got := b.push(t, newOutbox(b.ann).of(merge(one, third), merge(third, one), merge(third, id.New[id.Stream]())))
	wantOutcomes(t, got, stream.Conflict, stream.Rejected, stream.Rejected)
	if f := got[1].Fault; f == nil || f.Message != "INC-1 was merged into INC-2." || f.Do != "Merge this one into INC-2 too." {
		t.Errorf("where it went is told by %v", f)
	}
	b.wantTold(t, one, "Merged", "Contested")
	b.wantTold(t, other, "Absorbed")
	b.wantTold(t, third)
}

// A former client asks for both sides itself, and goes on doing so where the first was refused.
func TestAFormerClientMayStillTellTheOtherIncident(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other, third := b.declared(t), b.declared(t), b.declared(t)
	absorb := incident.Absorb{From: id.Incident(one), Title: "Checkout fails"}
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(merge(one, other), wish{other, absorb})), stream.Accepted, stream.Accepted)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(merge(one, third), wish{third, absorb})), stream.Conflict, stream.Accepted)
	b.wantTold(t, other, "Absorbed")
	b.wantTold(t, third)
}

// What a command changes is stored in all streams or in none.
func TestAMergeIsStoredOnBothSidesOrOnNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.declared(t), b.declared(t)
	p := newOutbox(b.ann).of(merge(one, other))
	b.effects.failWith(errors.New("the disk is full"))
	if _, err := b.Push(b.ctx, p); err == nil {
		t.Fatal("it was stored")
	}
	b.effects.failWith(nil)
	b.wantTold(t, one)
	b.wantTold(t, other)
	wantOutcomes(t, b.push(t, p), stream.Accepted)
	b.wantTold(t, one, "Merged")
	b.wantTold(t, other, "Absorbed")
	b.dense(t)
}

// Former servers took a merge into whatever there was, or was not.
func TestNothingFollowsWhereThereIsNoOtherIncident(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, nowhere := b.declared(t), id.New[id.Stream]()
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(wish{one, incident.AddTag{Tag: "db"}})), stream.Accepted)
	former, err := wire.EncodeEvent(incident.Merged{Into: id.Incident(nowhere)})
	if err != nil {
		t.Fatal(err)
	}
	_, events := b.told(t, one)
	b.crashAnd(t, func(db databasetest.DB) {
		for statement, args := range map[string][]any{
			"UPDATE event SET payload = ? WHERE payload = ?":  {former, events[0].Payload},
			"UPDATE stream SET head_version = 1 WHERE id = ?": {one[:]},
		} {
			if _, err := db.Writer().ExecContext(b.ctx, statement, args...); err != nil {
				t.Fatal(err)
			}
		}
	})
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(reopen(one, 2))), stream.Accepted)
	b.wantTold(t, one, "Merged", "StatusChanged")
	b.wantTold(t, nowhere)
}

// Merging into what one may not see is answered as merging into nothing, to the last word.
func TestAMergeTellsNothingOfWhatMayNotBeSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := id.Actor{Person: id.New[id.Person]()}
	b.add(t, bob.Person, "Bob")
	one := b.declared(t)
	hidden := id.Reader(b.ann.Person)
	b.push(t, newOutbox(b.ann).of(wish{hidden, workspace.MarkRead{Incident: id.Incident(one), Upto: 1}}))
	secret, gone := b.declared(t), b.declared(t)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(merge(gone, secret))), stream.Accepted)
	own := id.Own(b.ann.Person)
	if _, err := b.db.Writer().ExecContext(b.ctx, "UPDATE stream SET scope = (SELECT key FROM scope WHERE id = ?) WHERE id = ?", own[:], secret[:]); err != nil {
		t.Fatal(err)
	}
	b.crash(t)
	got := b.push(t, newOutbox(bob).of(
		merge(one, id.New[id.Stream]()), merge(one, secret), merge(one, hidden), merge(one, id.Reader(bob.Person)), merge(one, id.Stream(b.ann.Person)),
		merge(one, gone),
	))
	wantOutcomes(t, got, slices.Repeat([]stream.OutcomeKind{stream.Rejected}, 6)...)
	for _, o := range got[1:5] {
		if diff := cmp.Diff(got[0].Fault.Error(), o.Fault.Error()); diff != "" {
			t.Error(diff)
		}
	}
	if f := got[5].Fault; f.Message != "INC-3 was merged into another incident." {
		t.Errorf("where it went is told by %v", f)
	}
	b.wantTold(t, one)
}

// Whoever may see both tells the readers of the other incident that something repeats it, but not what.
func TestAMergeCarriesNoTitleOutOfItsScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.push(t, newOutbox(b.ann).of(wish{id.Reader(b.ann.Person), workspace.MarkRead{Incident: id.New[id.Incident](), Upto: 1}}))
	secret, open := b.declared(t), b.declared(t)
	own := id.Own(b.ann.Person)
	if _, err := b.db.Writer().ExecContext(b.ctx, "UPDATE stream SET scope = (SELECT key FROM scope WHERE id = ?) WHERE id = ?", own[:], secret[:]); err != nil {
		t.Fatal(err)
	}
	b.crash(t)
	o := newOutbox(b.ann)
	wantOutcomes(t, b.push(t, o.of(merge(secret, open))), stream.Accepted)
	wantOutcomes(t, b.push(t, o.of(reopen(secret, 2))), stream.Accepted)
	b.wantTold(t, open, "Absorbed", "Released")
	_, events := b.told(t, open)
	want := []stream.Event{incident.Absorbed{From: id.Incident(secret)}, incident.Released{From: id.Incident(secret)}}
	for i, e := range events {
		if have, err := wire.DecodeEvent(e.Kind, e.Payload); err != nil || have != want[i] {
			t.Errorf("the other is told %+v, %v; want %+v", have, err, want[i])
		}
	}

	third := b.declared(t) // and from what everybody sees into what one alone does, all of it
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(merge(third, secret))), stream.Accepted)
	_, events = b.told(t, secret)
	if have, err := wire.DecodeEvent(events[len(events)-1].Kind, events[len(events)-1].Payload); err != nil || have.(incident.Absorbed).Title == "" {
		t.Errorf("the narrower is told %+v, %v", have, err)
	}
}
