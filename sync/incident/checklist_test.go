package incident_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// checklists are the names of those that are gone through, in order.
func (r *room) checklists() []string {
	var out []string
	for _, c := range r.state.Checklists {
		if !c.Dropped {
			out = append(out, c.Name)
		}
	}
	return out
}

// listed returns a room with these checklists, in which nothing was declared yet.
func listed(lists ...workspace.Checklist) *room {
	r := newRoom()
	r.setup.Checklists = nil
	for i, c := range lists {
		c.ID, c.Items = id.Checklist{byte(i + 1)}, []workspace.ChecklistItem{{ID: id.Item{1}, Text: "one"}, {ID: id.Item{2}, Text: "two"}}
		r.setup.Checklists = append(r.setup.Checklists, c)
	}
	return r
}

func TestChecklistsBeginByThemselves(t *testing.T) {
	t.Parallel()
	r := listed(
		workspace.Checklist{Name: "everybody", From: 3}, workspace.Checklist{Name: "bad", From: 2}, workspace.Checklist{Name: "by hand"},
		workspace.Checklist{Name: "lead", From: 3, Role: workspace.IMOC}, workspace.Checklist{Name: "bad lead", From: 1, Role: workspace.IMOC},
		workspace.Checklist{Name: "owner", From: 2, Role: workspace.Owner}, workspace.Checklist{Name: "lead by hand", Role: workspace.IMOC},
	)
	begun := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, r.checklists()); diff != "" {
			t.Error(diff)
		}
	}
	r.accept(t, ada, incident.Declare{Title: "Disk full", Severity: 3})
	begun("everybody")
	if _, first := r.past[0].(incident.Declared); !first {
		t.Errorf("it begins with %+v", r.past[0])
	}
	r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Person: bob, Base: seen(9)})
	begun("everybody", "lead")
	if _, last := r.last().(incident.RoleAssigned); !last {
		t.Errorf("what was decided is not what was done last: %+v", r.last())
	}
	r.accept(t, ada, incident.ChangeSeverity{To: 1, Base: seen(9)})
	begun("everybody", "lead", "bad", "bad lead")
	r.accept(t, ada, incident.TickItem{Checklist: id.Checklist{4}, Item: id.Item{1}})
	r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Person: eve, Base: seen(99)}) // whoever takes over goes on with it
	begun("everybody", "lead", "bad", "bad lead")
	if lead, _ := r.state.Checklist(id.Checklist{4}); len(lead.Ticks) != 1 {
		t.Errorf("after the role passed on there are the ticks %+v", lead.Ticks)
	}
	r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Base: seen(99)})
	r.accept(t, ada, incident.DropChecklist{Checklist: id.Checklist{4}})
	r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Person: bob, Base: seen(99)})
	begun("everybody", "bad", "bad lead") // what was put away stays so
	r.setup.Checklists = append(r.setup.Checklists, workspace.Checklist{ID: id.Checklist{20}, Name: "written since", From: 3})
	r.accept(t, ada, incident.ChangeSeverity{To: 3, Base: seen(99)})
	r.accept(t, ada, incident.ChangeSeverity{To: 1, Base: seen(99)})
	begun("everybody", "bad", "bad lead")
}

// A drill goes through what a real incident does; where nobody is reached nothing begins by itself.
func TestChecklistsBeginWhereSomebodyIsReached(t *testing.T) {
	t.Parallel()
	for kind, want := range map[incident.Kind]int{incident.Real: 2, incident.GameDay: 2, incident.NearMiss: 0, incident.Informational: 0, incident.TestPage: 0} {
		r := listed(workspace.Checklist{Name: "everybody", From: 3}, workspace.Checklist{Name: "lead", From: 3, Role: workspace.IMOC})
		r.accept(t, ada, incident.Declare{Severity: 2, Kind: kind})
		if kind != incident.TestPage {
			r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Person: bob, Base: seen(9)})
		}
		if begun := r.checklists(); len(begun) != want {
			t.Errorf("in one of kind %d there are %v", kind, begun)
		}
	}
}

func TestARefusedDecisionBeginsNoChecklist(t *testing.T) {
	t.Parallel()
	r := listed(workspace.Checklist{Name: "bad", From: 2}, workspace.Checklist{Name: "lead", From: 3, Role: workspace.IMOC})
	r.accept(t, ada, incident.Declare{Title: "Disk full", Severity: 3})
	r.accept(t, ada, incident.AssignRole{Role: workspace.IMOC, Base: seen(1)})
	r.state.SeverityMark.Seq, r.state.Roles = 9, []incident.Assignment{{Role: workspace.IMOC, Mark: incident.Mark{Seq: 9}}}
	for _, c := range []incident.Command{
		incident.ChangeSeverity{To: 1, Base: seen(2)}, incident.AssignRole{Role: workspace.IMOC, Person: ada, Base: seen(2)},
	} {
		events, err := incident.Decide(r.state, r.given(), c, id.Actor{Person: ada})
		if !fault.Is(err, fault.Conflict) || len(events) != 1 {
			t.Errorf("%T led to %v, %v", c, events, err)
		}
	}
}

func TestAChecklistIsGoneThrough(t *testing.T) {
	t.Parallel()
	r := declared(t)
	list := id.Checklist{1}
	r.accept(t, ada, incident.BeginChecklist{Checklist: list})
	r.requireNothing(t, bob, incident.BeginChecklist{Checklist: list})
	r.setup.Checklists = slices.Clone(r.setup.Checklists)
	r.setup.Checklists[0].Items = nil // what it is written like later is nothing to this incident
	r.accept(t, bob, incident.TickItem{Checklist: list, Item: id.Item{2}})
	want := incident.ItemTicked{Checklist: list, Item: id.Item{2}, Text: "start"}
	if diff := cmp.Diff(incident.Event(want), r.last(), unexported); diff != "" {
		t.Error(diff)
	}
	r.requireNothing(t, eve, incident.TickItem{Checklist: list, Item: id.Item{2}})
	have, _ := r.state.Checklist(list)
	if tick, done := have.Tick(id.Item{2}); !done || tick.By != bob || tick.At.IsZero() || len(have.Items) != 2 {
		t.Errorf("%+v", have)
	}
	r.accept(t, eve, incident.TickItem{Checklist: list, Item: id.Item{2}, Off: true})
	r.requireNothing(t, eve, incident.TickItem{Checklist: list, Item: id.Item{2}, Off: true})
	if have, _ = r.state.Checklist(list); len(have.Ticks) != 0 {
		t.Errorf("%+v", have)
	}
	r.accept(t, eve, incident.TickItem{Checklist: list, Item: id.Item{1}})
	if _, ok := incident.Undo(r.state, incident.ChecklistBegun{Checklist: have.Checklist}); ok {
		t.Error("a list on which something is done is taken back as a slip")
	}
	r.accept(t, eve, incident.DropChecklist{Checklist: list})
	r.requireNothing(t, eve, incident.DropChecklist{Checklist: list})
	for name, c := range map[string]incident.Command{
		"one that was dropped": incident.TickItem{Checklist: list, Item: id.Item{1}}, "of no list": incident.TickItem{Item: id.Item{1}},
		"no list": incident.BeginChecklist{Checklist: id.Checklist{9}},
	} {
		if _, err := r.submit(eve, c); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.setup = newRoom().setup
	r.accept(t, eve, incident.BeginChecklist{Checklist: list})
	if have, _ = r.state.Checklist(list); have.Dropped || len(have.Ticks) != 0 || len(r.state.Checklists) != 1 {
		t.Errorf("begun anew it is %+v", have)
	}
}

func TestWhatIsGivenBackOfAChecklistIsNotSaidTwice(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.accept(t, ada, incident.BeginChecklist{Checklist: id.Checklist{1}})
	begun := r.last()
	r.accept(t, ada, incident.TickItem{Checklist: id.Checklist{1}, Item: id.Item{1}})
	ticked := r.last()
	for _, e := range []incident.Event{begun, ticked} {
		if _, says := incident.Belated(r.state, id.Envelope{}, e); says {
			t.Errorf("%T says something again", e)
		}
	}
	if _, says := incident.Belated(r.state, id.Envelope{}, incident.ItemTicked{Checklist: id.Checklist{1}, Item: id.Item{2}}); !says {
		t.Error("a tick that is not known says nothing")
	}
	r.accept(t, ada, incident.DropChecklist{Checklist: id.Checklist{1}})
	if _, says := incident.Belated(r.state, id.Envelope{}, begun); !says {
		t.Error("a list that was dropped and begun again says nothing")
	}
}
