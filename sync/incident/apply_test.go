package incident_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestApplyIsTotalAndChangesNoStateItWasGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s incident.Incident
		var given, kept []incident.Incident
		for seq := range uint64(rapid.IntRange(1, 15).Draw(t, "length")) {
			at := func() id.Envelope {
				return id.Envelope{
					Stream: id.Stream{7}, StreamSeq: seq + 1, Actor: id.Actor{Person: anyPerson(t)}, Occurred: anyTime(t),
				}
			}
			rival := incident.Apply(s, at(), anyEvent(t)) // another future of the same state, as a screen shows it
			next := incident.Apply(s, at(), anyEvent(t))
			for _, state := range []incident.Incident{s, rival, next} {
				given, kept = append(given, state), append(kept, clone(state))
			}
			if s = next; s.ID != (id.Incident{7}) || s.Seq != seq+1 {
				t.Fatalf("%v stands at %d after event %d", s.ID, s.Seq, seq+1)
			}
		}
		if diff := differ(kept, given); diff != "" {
			t.Fatalf("a state changed after it was returned:\n%s", diff)
		}
	})
}

func TestTwoFuturesOfAStateShareNoMemory(t *testing.T) {
	t.Parallel()
	for name, grow := range map[string]func(n byte) (id.Person, incident.Event){
		"responders": func(n byte) (id.Person, incident.Event) { return id.Person{n}, incident.Joined{} },
		"holders": func(n byte) (id.Person, incident.Event) {
			return ada, incident.RoleAssigned{Role: workspace.RoleKey(string(rune('a' + n))), Person: id.Person{n}}
		},
		"tags": func(n byte) (id.Person, incident.Event) { return ada, incident.Tagged{Tag: string(rune('a' + n))} },
		"updates": func(n byte) (id.Person, incident.Event) {
			return server, incident.UpdateImported{Key: string(rune('a' + n))}
		},
	} {
		var s incident.Incident
		apply := func(n byte) incident.Incident {
			by, e := grow(n)
			return incident.Apply(s, id.Envelope{StreamSeq: s.Seq + 1, Actor: id.Actor{Person: by}}, e)
		}
		for n := byte(1); n < 20; n += 2 {
			rival := apply(n)
			kept := clone(rival)
			s = apply(n + 1)
			if diff := differ(kept, rival); diff != "" {
				t.Errorf("%s: one future changed the other:\n%s", name, diff)
			}
		}
	}
}

func TestAnIncidentIsWhatItsEventsSay(t *testing.T) {
	t.Parallel()
	r := newRoom()
	declare := r.accept(t, ada, incident.Declare{Title: "Disk full", Severity: 2, Kind: incident.GameDay, Tags: []string{"#DB", "api"}})
	r.accept(t, bob, incident.Write{Text: "looking"})                                                // 2 and 3, at minutes 1 and 2
	severity := r.accept(t, bob, incident.ChangeSeverity{Base: seen(3), To: 1})                      // 4
	status := r.accept(t, bob, incident.ChangeStatus{Base: seen(3), To: incident.Resolved})          // 5
	role := r.accept(t, bob, incident.AssignRole{Base: seen(3), Role: workspace.Owner, Person: eve}) // 6
	imoc := r.accept(t, bob, incident.AssignRole{Base: seen(3), Role: workspace.IMOC, Person: ada})  // 7
	r.accept(t, ada, incident.Retitle{Title: "Disk of db-3 full"})                                   // 8
	r.accept(t, ada, incident.AddTag{Tag: "cache"})                                                  // 9
	r.accept(t, ada, incident.RemoveTag{Tag: "api"})                                                 // 10
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	want := incident.Incident{
		ID: id.Incident{7}, Seq: 10, Title: "Disk of db-3 full", Kind: incident.GameDay, Severity: 1, Status: incident.Resolved,
		Tags: []string{"cache", "db"}, DeclaredBy: ada, DeclaredAt: noon, StatusSince: minute(4), Updated: minute(9), UpdatedBy: ada,
		Roles: []incident.Assignment{
			{Role: workspace.IMOC, Person: ada, Since: minute(6), Mark: incident.Mark{Seq: 7, Command: imoc, At: minute(6)}},
			{Role: workspace.Owner, Person: eve, Since: minute(5), Mark: incident.Mark{Seq: 6, Command: role, At: minute(5)}},
		},
		Responders: []incident.Responder{
			{Person: ada, Joined: noon}, {Person: bob, Joined: minute(1)}, {Person: eve, Joined: minute(5)},
		},
		Entries:      1,
		SeverityMark: incident.Mark{Seq: 4, Command: severity, At: minute(3)},
		StatusMark:   incident.Mark{Seq: 5, Command: status, At: minute(4)},
	}
	if diff := differ(want, r.state); diff != "" {
		t.Error(diff)
	}
	if a, held := r.state.Holder(workspace.IMOC); !held || a.Person != ada {
		t.Errorf("the IMOC is %+v, %v", a, held)
	}
	if declare == severity || !r.state.Exists() || !r.state.Engaged(eve) || r.state.Engaged(id.Person{99}) {
		t.Error("somebody else responds")
	}
}

func TestAnEntryThatArrivesLateDoesNotTurnBackTheClock(t *testing.T) {
	t.Parallel()
	r := declared(t)
	late := id.Envelope{Stream: id.Stream{7}, StreamSeq: 2, Actor: id.Actor{Person: bob}, Occurred: noon.Add(-time.Hour)}
	s := incident.Apply(r.state, late, incident.Written{Text: "seen an hour ago"})
	if !s.Updated.Equal(noon) || s.UpdatedBy != ada || s.Entries != 1 || s.Seq != 2 {
		t.Errorf("updated %v by %s, %d entries at %d", s.Updated, s.UpdatedBy.Short(), s.Entries, s.Seq)
	}
}
