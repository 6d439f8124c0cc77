package incident_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// house is several incidents, and the shortest server there can be: it decides, and carries out what follows.
type house struct {
	states map[id.Incident]incident.Incident
	setup  workspace.Setup
	said   map[id.Incident][]incident.Event
}

// declaredAll returns a house in which incidents 1 to n burn.
func declaredAll(t rapid.TB, n byte) *house {
	t.Helper()
	h := &house{states: map[id.Incident]incident.Incident{}, said: map[id.Incident][]incident.Event{}, setup: newRoom().setup}
	for i := range n {
		h.accept(t, id.Incident{i + 1}, incident.Declare{Title: string(rune('A' + i)), Severity: 3})
	}
	return h
}

func (h *house) submit(in id.Incident, c incident.Command) error {
	others, err := incident.Beside(c, func(i id.Incident) (incident.Incident, error) { return h.states[i], nil })
	if err != nil {
		return err
	}
	before := h.states[in]
	events, err := incident.Decide(before, incident.Given{Setup: h.setup, Others: others}, c, id.Actor{Person: ada})
	for _, e := range events {
		s := h.states[in]
		h.states[in] = incident.Apply(s, id.Envelope{Stream: id.Stream(in), StreamSeq: s.Seq + 1, Actor: id.Actor{Person: ada}, Occurred: noon}, e)
		h.said[in] = append(h.said[in], e)
	}
	for _, f := range incident.Follow(before, h.states[in]) {
		if !incident.Leads(c) {
			return fmt.Errorf("%+v led to %+v without being one that leads", c, f)
		}
		if err := h.submit(f.Target, f.Command); err != nil {
			return err
		}
	}
	return err
}

func (h *house) accept(t rapid.TB, in id.Incident, c incident.Command) {
	t.Helper()
	if err := h.submit(in, c); err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
}

func (h *house) refuse(t rapid.TB, in id.Incident, c incident.Command, kind fault.Kind, message string) {
	t.Helper()
	before := len(h.said[in])
	err := h.submit(in, c)
	if f := fault.Find(err); f == nil || f.Kind != kind || f.Message != message || f.Safe == "" || f.Do == "" {
		t.Errorf("%+v: %v; want %q", c, err, message)
	}
	if len(h.said[in]) != before && kind != fault.Conflict {
		t.Errorf("%+v was refused, and led to %v", c, h.said[in][before:])
	}
}

// into returns the wish to merge, by somebody who has seen everything.
func (h *house) into(from, target id.Incident) incident.Merge {
	return incident.Merge{Base: seen(h.states[from].Seq), Into: target}
}

func (h *house) reopen(from id.Incident) incident.ChangeStatus {
	return incident.ChangeStatus{Base: seen(h.states[from].Seq), To: incident.Open}
}

// check fails where what one incident notes is not what the other is.
func (h *house) check(t rapid.TB) {
	t.Helper()
	for in, s := range h.states {
		at := in
		for range len(h.states) {
			at = h.states[at].MergedInto
		}
		if !at.IsZero() {
			t.Errorf("incident %d is merged in a ring", in[0])
		}
		for other, o := range h.states {
			if noted := slices.Contains(o.Absorbed, in); noted != (s.MergedInto == other) {
				t.Errorf("incident %d is merged into %d; that %d absorbed it is %v", in[0], s.MergedInto[0], other[0], noted)
			}
		}
	}
}

var (
	a = id.Incident{1}
	b = id.Incident{2}
	c = id.Incident{3}
)

func TestTheOtherIncidentNotesWhatIsMergedIntoItAndWhatIsTakenBack(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 3)
	h.accept(t, a, h.into(a, b))
	h.accept(t, a, h.into(a, b)) // once more changes nothing
	h.accept(t, a, h.into(a, c)) // somebody found the right one
	h.accept(t, a, h.reopen(a))
	want := []incident.Event{incident.Absorbed{From: a, Title: "A"}, incident.Released{From: a, Title: "A"}}
	for _, other := range []id.Incident{b, c} {
		if diff := cmp.Diff(want, h.said[other][1:], unexported); diff != "" {
			t.Errorf("incident %d was told:\n%s", other[0], diff)
		}
	}
	h.check(t)
}

func TestOnlyAnIncidentThatStandsForItselfIsRepeated(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 5)
	h.states[c] = numbered(h.states[c], 7)
	d, e := id.Incident{4}, id.Incident{5}
	h.accept(t, a, h.into(a, b))
	h.refuse(t, b, h.into(b, a), fault.Invalid, "\"A\" was merged into this incident.")
	h.accept(t, b, h.into(b, c)) // what it absorbed goes with it
	h.refuse(t, d, h.into(d, a), fault.Invalid, "\"A\" was merged into INC-7.")
	h.refuse(t, c, h.into(c, a), fault.Invalid, "\"A\" was merged into INC-7.")
	h.refuse(t, d, h.into(d, id.Incident{9}), fault.NotFound, "There is no such incident.")
	h.refuse(t, d, h.into(d, d), fault.Invalid, "An incident cannot be merged into itself.")
	h.accept(t, e, incident.ChangeStatus{Base: seen(9), To: incident.Invalid})
	h.refuse(t, d, h.into(d, e), fault.Invalid, "\"E\" was declared by mistake.")
	h.accept(t, c, incident.ChangeStatus{Base: seen(h.states[c].Seq), To: incident.Closed})
	h.accept(t, d, h.into(d, c)) // a late alarm repeats what is over
	h.check(t)
}

// Where the incident that another one went to may not be seen, it has no name.
func TestWhereAMergedIncidentWentIsToldOnlyToThoseWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 3)
	h.accept(t, a, h.into(a, b))
	given := incident.Given{Setup: h.setup, Others: map[id.Incident]incident.Incident{a: h.states[a]}}
	_, err := incident.Decide(h.states[c], given, h.into(c, a), id.Actor{Person: ada})
	if f := fault.Find(err); f == nil || f.Message != "\"A\" was merged into another incident." {
		t.Error(err)
	}
}

func TestAContestedMergeLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 3)
	wish := h.into(a, b)
	h.accept(t, a, h.into(a, c))
	h.refuse(t, a, wish, fault.Conflict, "Somebody else changed the status meanwhile.")
	if len(h.said[b]) != 1 {
		t.Errorf("the other was told %v", h.said[b][1:])
	}
	h.check(t)
}

func TestAnIncidentThatAbsorbedTooManyTakesNoMore(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 2)
	s := h.states[b]
	for n := range incident.MaxTasks {
		s.Absorbed = append(s.Absorbed, id.Incident{9, byte(n), byte(n >> 8)})
	}
	h.states[b] = s
	if err := h.submit(a, h.into(a, b)); !fault.Is(err, fault.TooLarge) || !h.states[a].MergedInto.IsZero() {
		t.Errorf("%v; it is merged into %s", err, h.states[a].MergedInto)
	}
}

// Former versions send Absorb themselves, after Merge and also where that was refused.
func TestWhatFormerClientsSendSaysNothingThatDidNotHappen(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 3)
	h.accept(t, b, incident.Absorb{From: a, Title: "never merged"})
	h.accept(t, a, h.into(a, b))
	h.accept(t, b, incident.Absorb{From: a, Title: "A"})
	h.accept(t, c, incident.Absorb{From: a, Title: "A"})
	if len(h.said[b]) != 2 || len(h.said[c]) != 1 {
		t.Errorf("they were told %v and %v", h.said[b], h.said[c])
	}
	h.check(t)
}

// A ring that former versions could close is opened by reopening any of its incidents, and keeps nobody from anything.
func TestARingOfFormerTimesIsHarmless(t *testing.T) {
	t.Parallel()
	h := declaredAll(t, 3)
	for from, to := range map[id.Incident]id.Incident{a: b, b: a} {
		s := h.states[from]
		s.Status, s.MergedInto, s.Absorbed = incident.Invalid, to, []id.Incident{to}
		h.states[from] = s
	}
	if err := h.submit(c, h.into(c, a)); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	h.accept(t, a, h.reopen(a))
	h.accept(t, c, h.into(c, a))
	h.check(t)
}

func TestMergedAndAbsorbedAreTwoSidesOfOneThing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := declaredAll(t, 4)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			in := id.Incident{rapid.ByteRange(1, 4).Draw(t, "incident")}
			other := id.Incident{rapid.ByteRange(1, 5).Draw(t, "other")}
			base := seen(h.states[in].Seq - rapid.Uint64Range(0, 1).Draw(t, "late"))
			switch rapid.IntRange(0, 3).Draw(t, "wish") {
			case 0:
				_ = h.submit(in, incident.ChangeStatus{Base: base, To: anyStatus(t)}) // whatever comes of it
			case 1:
				_ = h.submit(in, incident.Absorb{From: other, Title: "x"}) // the same
			default:
				_ = h.submit(in, incident.Merge{Base: base, Into: other}) // the same
			}
			h.check(t)
		}
	})
}

func numbered(s incident.Incident, n uint32) incident.Incident {
	s.Number = n
	return s
}
