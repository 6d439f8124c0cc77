package proof_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// Two people without a server merge two incidents into each other. One of them is first; the other is told, and neither
// room says anything that did not happen. Then the merge is taken back, and both rooms say so.
func TestTwoPeopleMergeTwoIncidentsIntoEachOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.shared(t), b.shared(t)
	address := b.stop(t)
	b.change(t, b.ann, one, incident.Merge{Into: other})
	b.change(t, b.bob, other, incident.Merge{Into: one})
	b.open(t, address)
	for _, in := range []id.Incident{one, other} {
		b.settled(t, b.ann, in, 2, b.bob)
	}
	first, second, ended, stands := b.ann, b.bob, one, other
	if must(b.ann.Replica().Incident(b.ctx, one)).MergedInto.IsZero() {
		first, second, ended, stands = b.bob, b.ann, other, one
	}
	for _, d := range []*proof.Desk{b.ann, b.bob} {
		have := must(d.Replica().Incident(b.ctx, stands))
		if !have.MergedInto.IsZero() || !slices.Equal(have.Absorbed, []id.Incident{ended}) {
			t.Errorf("what stands is merged into %v and absorbed %v", have.MergedInto, have.Absorbed)
		}
	}
	refused := must(second.Unsent(b.ctx)).Items
	if len(refused) != 1 || !strings.Contains(refused[0].Trouble.What, "was merged into this incident.") {
		t.Errorf("whoever was second is told %+v", refused)
	}
	b.change(t, second, ended, incident.ChangeStatus{To: incident.Open})
	for _, in := range []id.Incident{one, other} {
		b.settled(t, first, in, 3, second)
	}
	if have := must(first.Replica().Incident(b.ctx, stands)); len(have.Absorbed) != 0 {
		t.Errorf("what stands has still absorbed %v", have.Absorbed)
	}
	if texts := b.texts(t, first, stands); !strings.Contains(texts[len(texts)-1], "“Payroll late” is another incident after all") {
		t.Errorf("the room says %q", texts)
	}
}

// Two people without a server change two fields of one task: both get what they want. Of one field the last counts.
func TestTwoPeopleChangeOneTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, task := b.shared(t), id.New[id.Task]()
	b.change(t, b.ann, in, incident.AddTask{Task: task, Text: "Freeze deploys"})
	b.settled(t, b.ann, in, 2, b.bob)
	address := b.stop(t)
	whose := must(b.bob.Replica().Incident(b.ctx, in)).DeclaredBy
	b.change(t, b.ann, in, incident.ChangeTask{Task: task, Fields: incident.TaskDone, Text: "Freeze deploys", Done: true})
	b.change(t, b.bob, in, incident.ChangeTask{Task: task, Fields: incident.TaskPerson, Text: "Freeze deploys", Person: whose})
	b.open(t, address)
	b.settled(t, b.ann, in, 4, b.bob)
	for _, d := range []*proof.Desk{b.ann, b.bob} {
		have, _ := must(d.Replica().Incident(b.ctx, in)).Task(task)
		if !have.Done || have.Person != whose || have.Text != "Freeze deploys" {
			t.Errorf("the task is %+v", have)
		}
	}
}
