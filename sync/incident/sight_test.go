package incident_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// hidden returns a room that only Ada and Bob see.
func hidden(t rapid.TB) *room {
	t.Helper()
	r := declared(t)
	r.accept(t, ada, incident.Conceal{Admit: []id.Person{bob}})
	return r
}

// names reports whether a command says that a person is to do or see something.
func names(c incident.Command, p id.Person) bool {
	switch c := c.(type) {
	case incident.Conceal:
		return slices.Contains(c.Admit, p)
	case incident.Admit:
		return c.Person == p
	case incident.AssignRole:
		return c.Person == p
	case incident.AddTask:
		return c.Person == p
	case incident.ChangeTask:
		return c.Fields.Has(incident.TaskPerson) && c.Person == p
	default:
		return false
	}
}

// Whoever does not see a private incident is let in only by a command that names them, and by one that shows it to everybody; somebody
// always sees it, and whoever holds a role does.
func TestNobodyIsLetInUnnamed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := hidden(t)
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			before, c := r.state, anyCommand(t)
			if rapid.Bool().Draw(t, "about sight") {
				c = anySight(t)
			}
			_, _ = r.submit(ada, c) // whatever is refused changes nothing
			if !r.state.Private {
				if _, reveals := c.(incident.Reveal); before.Private && !reveals {
					t.Fatalf("%+v shows it to everybody", c)
				}
				continue
			}
			for _, p := range []id.Person{ada, bob, eve} {
				if before.Private && !before.Sees(p) && r.state.Sees(p) && !names(c, p) {
					t.Fatalf("%+v lets %s in", c, p.Short())
				}
			}
			if len(r.state.Admitted) == 0 || len(r.state.Admitted) > incident.MaxAdmitted {
				t.Fatalf("%d people see it", len(r.state.Admitted))
			}
			for _, a := range r.state.Roles {
				if !r.state.Sees(a.Person) {
					t.Fatalf("%s holds %s and does not see it", a.Person.Short(), a.Role)
				}
			}
		}
	})
}

// Somebody who has a task and was taken out is not let in when it is done, or worded anew.
func TestATickLetsNobodyIn(t *testing.T) {
	t.Parallel()
	r := hidden(t)
	task := id.Task{1}
	r.accept(t, ada, incident.AddTask{Task: task, Text: "Call the bank", Person: bob})
	r.accept(t, ada, incident.Exclude{Person: bob})
	r.accept(t, ada, incident.ChangeTask{Task: task, Fields: incident.TaskDone, Done: true})
	r.accept(t, ada, incident.ChangeTask{Task: task, Fields: incident.TaskText, Text: "Call the other bank"})
	if r.state.Sees(bob) {
		t.Error("Bob sees it again")
	}
	r.accept(t, ada, incident.ChangeTask{Task: task, Fields: incident.TaskPerson, Person: eve})
	if !r.state.Sees(eve) {
		t.Error("Eve, who is to do it now, does not see it")
	}
}

// That a role was handed on is not taken back by letting in somebody who was taken out since.
func TestUndoingARoleLetsNobodyIn(t *testing.T) {
	t.Parallel()
	r := hidden(t)
	r.accept(t, ada, incident.AssignRole{Role: "imoc", Person: bob})
	r.accept(t, ada, incident.AssignRole{Role: "imoc", Person: ada, Base: incident.Base{Seq: r.state.Seq}})
	handed := r.last()
	if _, can := incident.Undo(r.state, handed); !can {
		t.Error("it cannot be taken back while Bob sees the incident")
	}
	r.accept(t, ada, incident.Exclude{Person: bob})
	if c, can := incident.Undo(r.state, handed); can {
		t.Errorf("it is taken back by %+v", c)
	}
}

// Words that were written where not everybody sees them are not said to everybody, whatever became of the incident meanwhile.
func TestWordsWrittenPrivatelyAreNotSaidToEverybody(t *testing.T) {
	t.Parallel()
	r := hidden(t)
	wish := incident.Rebase(incident.Write{Entry: id.Entry{1}, Text: "it was Eve"}, r.state, r.state.Seq)
	r.accept(t, bob, incident.Reveal{})
	before := len(r.past)
	if _, err := r.submit(ada, wish); !fault.Is(err, fault.Conflict) || len(r.past) != before {
		t.Errorf("they are said: %v", err)
	}
	r.accept(t, ada, incident.Rebase(wish, r.state, r.state.Seq)) // whoever sends them again knows
	if said, ok := r.last().(incident.Written); !ok || said.Text != "it was Eve" {
		t.Errorf("the last event is %+v", r.last())
	}
}

// Whoever was given a role while an incident was seen by all goes on seeing it when that it was concealed before comes back.
func TestWhoHoldsARoleSeesWhatIsConcealedBelatedly(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.accept(t, ada, incident.AssignRole{Role: "imoc", Person: bob})
	e, taken := incident.Belated(r.state, id.Envelope{Occurred: noon}, incident.Concealed{Admitted: []id.Person{ada}})
	if c, ok := e.(incident.Concealed); !taken || !ok || !slices.Contains(c.Admitted, bob) || !slices.Contains(c.Admitted, ada) {
		t.Errorf("it comes back as %+v, %v", e, taken)
	}
}
