package incident_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// field is one of the three whose changes carry a base: how to wish for its first, second and third
// value, and what a conflict calls them.
type field struct {
	name   string
	wish   func(b incident.Base, n int) incident.Command
	values [3]string
	stands func(incident.Incident) string
}

func fields() []field {
	levels := [3]workspace.Level{1, 2, 3}
	people := [3]id.Person{ada, bob, eve}
	return []field{
		{
			"severity", func(b incident.Base, n int) incident.Command {
				return incident.ChangeSeverity{Base: b, To: levels[n], Reason: "r"}
			},
			[3]string{"SEV1", "SEV2", "SEV3"},
			func(s incident.Incident) string { return incident.SeverityValue(s.Severity) },
		},
		{
			"status", func(b incident.Base, n int) incident.Command {
				return incident.ChangeStatus{Base: b, To: incident.Status(n + 1), Reason: "r"}
			},
			[3]string{"mitigated", "resolved", "closed"},
			func(s incident.Incident) string { return s.Status.String() },
		},
		{
			"role imoc", func(b incident.Base, n int) incident.Command {
				return incident.AssignRole{Base: b, Role: workspace.IMOC, Person: people[n]}
			},
			[3]string{ada.String(), bob.String(), eve.String()},
			func(s incident.Incident) string {
				a, _ := s.Holder(workspace.IMOC)
				return a.Person.String()
			},
		},
	}
}

func TestTheSecondOfTwoPeopleMeetsAConflict(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		r := declared(t)
		base := seen(r.state.Seq)
		r.accept(t, ada, f.wish(base, 0))
		moved := r.state.Updated
		before := clone(r.state)
		_, err := r.submit(bob, f.wish(base, 1))
		met := fault.Find(err)
		if met == nil || met.Kind != fault.Conflict || met.Standing == nil {
			t.Fatalf("%s: Bob met %v", f.name, err)
		}
		want := fault.Standing{Field: f.name, Value: f.values[0], Base: before.Seq, At: moved}
		if diff := differ(want, *met.Standing); diff != "" {
			t.Errorf("%s: Bob is told otherwise:\n%s", f.name, diff)
		}
		kept := incident.Contested{Field: f.name, Wanted: f.values[1], Standing: f.values[0], Reason: "r"}
		if f.name == "role imoc" {
			kept.Reason = ""
		}
		if diff := differ(kept, r.last()); diff != "" {
			t.Errorf("%s: the audit keeps otherwise:\n%s", f.name, diff)
		}
		before.Seq++
		if diff := differ(before, r.state); diff != "" {
			t.Errorf("%s: a refused wish moved something:\n%s", f.name, diff)
		}
		r.accept(t, bob, f.wish(seen(met.Standing.Base), 1)) // asked, Bob insists
		if have := f.stands(r.state); have != f.values[1] {
			t.Errorf("%s: %s stands; want %s", f.name, have, f.values[1])
		}
	}
}

func TestOnesOwnEarlierCommandIsNoConflict(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		r := declared(t)
		base := seen(r.state.Seq)
		first := r.accept(t, ada, f.wish(base, 0))
		r.accept(t, eve, incident.Write{Text: "what moves no field is no conflict"})
		second := r.accept(t, ada, f.wish(incident.Base{Seq: base.Seq, After: first}, 1))
		r.accept(t, ada, f.wish(incident.Base{Seq: base.Seq, After: second}, 2))
		if have := f.stands(r.state); have != f.values[2] {
			t.Errorf("%s: %s stands; want %s", f.name, have, f.values[2])
		}
	}
}

func TestAThirdPartyInBetweenIsAConflict(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		r := declared(t)
		base := seen(r.state.Seq)
		first := r.accept(t, ada, f.wish(base, 0))
		r.accept(t, eve, f.wish(seen(r.state.Seq), 1))
		if _, err := r.submit(ada, f.wish(incident.Base{Seq: base.Seq, After: first}, 2)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: Ada met %v", f.name, err)
		}
		if have := f.stands(r.state); have != f.values[1] {
			t.Errorf("%s: %s stands; want Eve's %s", f.name, have, f.values[1])
		}
	}
}

func TestTheSameValueFromTwoPeopleIsNoConflict(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		r := declared(t)
		base := seen(r.state.Seq)
		r.accept(t, ada, f.wish(base, 0))
		r.requireNothing(t, bob, f.wish(base, 0))
	}
}

func TestWhatMovesAnotherFieldIsNoConflict(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		for _, other := range fields() {
			if f.name == other.name {
				continue
			}
			r := declared(t)
			base := seen(r.state.Seq)
			r.accept(t, ada, other.wish(base, 0))
			r.accept(t, bob, f.wish(base, 1))
		}
	}
	r := declared(t)
	base := seen(r.state.Seq)
	r.accept(t, ada, incident.AssignRole{Base: base, Role: workspace.IMOC, Person: ada})
	r.accept(t, bob, incident.AssignRole{Base: base, Role: workspace.Owner, Person: bob})
}

func TestAReleasedRoleRemembersWhoMovedIt(t *testing.T) {
	t.Parallel()
	r := declared(t)
	base := seen(r.state.Seq)
	r.accept(t, ada, incident.AssignRole{Base: base, Role: workspace.IMOC, Person: ada})
	r.accept(t, ada, incident.AssignRole{Base: seen(r.state.Seq), Role: workspace.IMOC})
	if holder, held := r.state.Holder(workspace.IMOC); held {
		t.Errorf("the role is released and %s holds it", holder.Person)
	}
	if _, err := r.submit(bob, incident.AssignRole{Base: base, Role: workspace.IMOC, Person: bob}); !fault.Is(err, fault.Conflict) {
		t.Errorf("Bob met %v", err)
	}
}

// TestWhoDecidesOnWhatIsShownNeverMeetsHimself plays a client that changes fields offline, rebased
// on what it shows, and a server that carries the commands out later: alone, the client is never
// asked.
func TestWhoDecidesOnWhatIsShownNeverMeetsHimself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		server := newRoom()
		client := newRoom()
		wishes := []incident.Command{incident.Declare{Severity: 3}}
		client.accept(t, ada, wishes[0])
		canonical := uint64(0) // everything is still on its way
		for range rapid.IntRange(1, 8).Draw(t, "length") {
			f := rapid.SampledFrom([]int{0, 1, 2}).Draw(t, "field")
			wish := incident.Rebase(fields()[f].wish(incident.Base{}, rapid.IntRange(0, 2).Draw(t, "value")), client.state, canonical)
			if _, err := client.submit(ada, wish); err != nil {
				t.Fatalf("shown: %+v: %v", wish, err)
			}
			wishes = append(wishes, wish)
		}
		for _, wish := range wishes {
			if _, err := server.submit(ada, wish); err != nil {
				t.Fatalf("carried out: %+v: %v", wish, err)
			}
		}
		if diff := differ(client.state, server.state); diff != "" {
			t.Fatalf("what was shown is not what came to be:\n%s", diff)
		}
	})
}

// TestWhatARivalChangedIsNeverOverwrittenUnseen plays the same with a rival: where the rival moved a
// field first, the rival's value stands, and elsewhere the client's.
func TestWhatARivalChangedIsNeverOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		server, client := declared(t), declared(t)
		synced := server.state.Seq
		wishes := make([]incident.Command, 0, 5)
		change := func(on *room, by id.Person) incident.Command {
			f := fields()[rapid.IntRange(0, 2).Draw(t, "field")]
			wish := incident.Rebase(f.wish(incident.Base{}, rapid.IntRange(0, 2).Draw(t, "value")), on.state, synced)
			on.accept(t, by, wish)
			return wish
		}
		client.count = 100 // its commands are others than the rival's
		for range rapid.IntRange(0, 5).Draw(t, "own changes") {
			wishes = append(wishes, change(client, ada))
		}
		for range rapid.IntRange(0, 3).Draw(t, "the rival's changes") {
			change(server, bob)
		}
		rivals := server.state
		server.count = 100
		for _, wish := range wishes {
			if _, err := server.submit(ada, wish); err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatalf("%+v: %v", wish, err)
			}
		}
		for _, f := range fields() {
			want := f.stands(client.state)
			if movedAfter(rivals, f.name, synced) {
				want = f.stands(rivals)
			}
			if have := f.stands(server.state); have != want {
				t.Fatalf("%s: %s stands; want %s", f.name, have, want)
			}
		}
	})
}

func movedAfter(s incident.Incident, field string, seq uint64) bool {
	switch field {
	case "severity":
		return s.SeverityMark.Seq > seq
	case "status":
		return s.StatusMark.Seq > seq
	default:
		return len(s.Roles) > 0 && s.Roles[0].Mark.Seq > seq
	}
}

func TestRebaseKeepsABaseThatNamesAnEvent(t *testing.T) {
	t.Parallel()
	r := declared(t)
	own := r.state.SeverityMark.Command
	for name, test := range map[string]struct {
		given     incident.Base
		canonical uint64
		want      incident.Base
	}{
		"nothing pending":                {incident.Base{}, 1, incident.Base{Seq: 1}},
		"far behind":                     {incident.Base{}, 40, incident.Base{Seq: 40}},
		"an own command pending":         {incident.Base{}, 0, incident.Base{After: own}},
		"a base that is set":             {incident.Base{Seq: 9}, 40, incident.Base{Seq: 9}},
		"a base that is set, pending":    {incident.Base{Seq: 9}, 0, incident.Base{Seq: 9, After: own}},
		"a command that is set, pending": {incident.Base{Seq: 9, After: id.Command{9}}, 0, incident.Base{Seq: 9, After: id.Command{9}}},
	} {
		for _, f := range fields()[:2] {
			if diff := differ(f.wish(test.want, 0), incident.Rebase(f.wish(test.given, 0), r.state, test.canonical)); diff != "" {
				t.Errorf("%s, %s:\n%s", name, f.name, diff)
			}
		}
	}
	if have := incident.Rebase(incident.Retitle{Title: "x"}, r.state, 40); differ(incident.Retitle{Title: "x"}, have) != "" {
		t.Errorf("a title has no base: %+v", have)
	}
}
