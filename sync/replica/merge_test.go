package replica_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

func (b *bundle) wantShown(t tester, in id.Incident, want ...string) {
	t.Helper()
	if have := b.shown(t, in); !slices.Equal(have, want) {
		t.Errorf("shown is %v, want %v", have, want)
	}
}

// sync sends everything, takes the answers over and what the server tells.
func (b *bundle) sync(t tester) {
	t.Helper()
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
}

// Both rooms show a merge at once, without network, and what comes from the server is the same.
func TestAMergeIsShownInBothRoomsBeforeItIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.declared(t), b.declared(t)
	b.submit(t, one, incident.Merge{Into: other})
	b.wantShown(t, one, "incident.Declared", "incident.Merged…")
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed…")
	_, err := b.Submit(b.ctx, id.Stream(other), incident.Merge{Into: one})
	wantAdvice(t, err, fault.Invalid)
	b.sync(t)
	b.wantShown(t, one, "incident.Declared", "incident.Merged")
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed")

	b.submit(t, one, incident.ChangeStatus{To: incident.Open})
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed", "incident.Released…")
	b.restart(t)
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed", "incident.Released…")
	b.sync(t)
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed", "incident.Released")
	if n := len(b.Pending()); n != 0 {
		t.Errorf("%d changes are pending", n)
	}
}

// Somebody else was first: nothing is shown of the own merge once that is known, and its author is told why.
func TestAMergeThatCameTooLateIsShownNoMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.declared(t), b.declared(t)
	b.submit(t, one, incident.Merge{Into: other})
	b.server.do(t, id.Stream(other), b.other(), incident.Merge{Into: one, Base: incident.Base{Seq: 1}})
	b.tail(t)
	b.wantShown(t, one, "incident.Declared", "incident.Absorbed")
	b.wantShown(t, other, "incident.Declared", "incident.Merged")
	b.sync(t)
	b.wantShown(t, other, "incident.Declared", "incident.Merged")
	if p := b.Pending(); len(p) != 1 || !p[0].Refused() || p[0].Outcome.Fault == nil || p[0].Outcome.Fault.Do == "" {
		t.Errorf("its author is told %+v", p)
	}
}

// An incident that was declared here is merged before anything of it was sent.
func TestAnIncidentIsMergedBeforeTheServerKnowsIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := id.New[id.Incident](), id.New[id.Incident]()
	for _, in := range []id.Incident{one, other} {
		b.submit(t, in, incident.Declare{Title: "Checkout fails"})
	}
	b.submit(t, one, incident.Merge{Into: other})
	b.wantShown(t, other, "incident.Declared…", "incident.Absorbed…")
	b.sync(t)
	b.wantShown(t, one, "incident.Declared", "incident.Merged")
	b.wantShown(t, other, "incident.Declared", "incident.Absorbed")
}

// What is shown without network is what the server makes of it, however incidents are merged and opened again.
func TestMergesAreShownAsTheServerWillHaveThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	rapid.Check(t, func(t *rapid.T) {
		ins := []id.Incident{b.declared(t), b.declared(t), b.declared(t)}
		for range rapid.IntRange(1, 30).Draw(t, "wishes") {
			in, other := rapid.SampledFrom(ins).Draw(t, "in"), rapid.SampledFrom(ins).Draw(t, "other")
			var c stream.Command = incident.ChangeStatus{To: incident.Open}
			if rapid.Bool().Draw(t, "merge") {
				c = incident.Merge{Into: other}
			}
			_, _ = b.Submit(b.ctx, id.Stream(in), c) // some are refused
			if rapid.IntRange(0, 9).Draw(t, "sync") == 0 {
				b.sync(t)
			}
		}
		var before []incident.Incident
		for _, in := range ins {
			before = append(before, b.state(t, in))
		}
		b.sync(t)
		for i, in := range ins {
			after := b.state(t, in)
			if before[i].MergedInto != after.MergedInto || !slices.Equal(before[i].Absorbed, after.Absorbed) {
				t.Errorf("shown was %v and %v, the server has %v and %v", before[i].MergedInto, before[i].Absorbed, after.MergedInto, after.Absorbed)
			}
		}
		if n := len(b.Pending()); n != 0 {
			t.Errorf("%d changes are left", n)
		}
	})
}

func (b *bundle) state(t tester, in id.Incident) incident.Incident {
	t.Helper()
	s, err := b.Incident(b.ctx, in)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return s
}

// Two people who change two fields of a task at once both get what they want.
func TestTwoFieldsOfATaskAreChangedAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, task := b.declared(t), id.New[id.Task]()
	b.server.do(t, id.Stream(in), b.other(), incident.AddTask{Task: task, Text: "Freeze deploys"})
	b.tail(t)
	other := setup(t)
	other.close(t)
	other.server = b.server
	other.open(t)
	if err := other.Bootstrap(other.ctx, b.server.snapshot(id.Everyone(), id.Own(other.me.Person))); err != nil {
		t.Fatal(err)
	}
	b.submit(t, in, incident.ChangeTask{Task: task, Fields: incident.TaskDone, Text: "Freeze deploys", Done: true})
	other.submit(t, in, incident.ChangeTask{Task: task, Fields: incident.TaskText, Text: "Freeze all deploys"})
	b.sync(t)
	other.sync(t)
	b.tail(t)
	for _, replica := range []*bundle{b, other} {
		have, _ := replica.state(t, in).Task(task)
		if !have.Done || have.Text != "Freeze all deploys" {
			t.Errorf("the task is %+v", have)
		}
	}
}
