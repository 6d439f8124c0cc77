package incident_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestTwoPeopleChangeTwoFieldsOfATask(t *testing.T) {
	t.Parallel()
	r := declared(t)
	task := id.Task{1}
	r.accept(t, ada, incident.AddTask{Task: task, Text: "freeze deploys", Person: ada})
	r.accept(t, ada, incident.ChangeTask{Task: task, Fields: incident.TaskDone, Text: "freeze deploys", Person: ada, Done: true})
	r.accept(t, bob, incident.ChangeTask{Task: task, Fields: incident.TaskPerson, Text: "freeze deploys", Person: bob})
	r.accept(t, eve, incident.ChangeTask{Task: task, Fields: incident.TaskText, Text: "freeze all deploys"})
	want := incident.TaskChanged{Task: task, Fields: incident.TaskText, Text: "freeze all deploys", Person: bob, Done: true}
	if diff := cmp.Diff(incident.Event(want), r.last(), unexported); diff != "" {
		t.Error(diff)
	}
	have, _ := r.state.Task(task)
	if have.Text != "freeze all deploys" || have.Person != bob || !have.Done {
		t.Errorf("%+v", have)
	}
	r.requireNothing(t, ada, incident.ChangeTask{Task: task, Fields: incident.TaskDone, Done: true})
	// Former versions tell all three, and so wish for all three.
	r.accept(t, ada, incident.ChangeTask{Task: task, Text: "freeze deploys"})
	have, _ = r.state.Task(task)
	if have.Text != "freeze deploys" || !have.Person.IsZero() || have.Done {
		t.Errorf("%+v", have)
	}
	if changed, ok := r.last().(incident.TaskChanged); !ok || changed.Fields != incident.TaskText|incident.TaskPerson|incident.TaskDone {
		t.Errorf("%+v", r.last())
	}
}
