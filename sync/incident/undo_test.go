package incident_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestASlipIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, wish := range map[string]incident.Command{
		"severity": incident.ChangeSeverity{To: 1, Base: seen(9)},
		"status":   incident.ChangeStatus{To: incident.Closed, Base: seen(9)},
		"role":     incident.AssignRole{Role: workspace.IMOC, Person: eve, Base: seen(9)},
		"title":    incident.Retitle{Title: "oops"},
		"tag":      incident.AddTag{Tag: "oops"},
		"kind":     incident.ChangeKind{To: incident.GameDay},
		"star":     incident.Star{Entry: first},
		"pin":      incident.Pin{Entry: first},
		"task":     incident.AddTask{Task: id.Task{1}, Text: "oops"},
		"list":     incident.BeginChecklist{Checklist: id.Checklist{1}},
	} {
		r := declared(t)
		before := clone(r.state)
		r.accept(t, ada, wish)
		undo, ok := incident.Undo(r.state, r.last())
		if !ok {
			t.Errorf("%s: %+v cannot be taken back", name, r.last())
			continue
		}
		slip := r.last()
		r.accept(t, ada, undo)
		if !incident.Undoes(r.last(), slip) || incident.Undoes(slip, slip) {
			t.Errorf("%s: %+v is not told from a decision of its own", name, r.last())
		}
		after := clone(r.state)
		after.Seq, after.Updated, after.UpdatedBy, after.StatusSince = before.Seq, before.Updated, before.UpdatedBy, before.StatusSince
		if name == "list" { // that it was dropped is kept: it does not begin by itself
			if !after.Checklists[0].Dropped {
				t.Errorf("%+v", after.Checklists)
			}
			after.Checklists = before.Checklists
		}
		after.SeverityMark, after.StatusMark, after.Roles, after.Responders = before.SeverityMark, before.StatusMark, before.Roles, before.Responders
		if diff := differ(before, after); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if again, ok := incident.Undo(r.state, slip); ok {
			t.Errorf("%s is taken back twice: %+v", name, again)
		}
	}
}

func TestWhatSomebodyDecidedSinceIsNotTakenBack(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.accept(t, ada, incident.ChangeSeverity{To: 1, Base: seen(9)})
	slip := r.last()
	r.accept(t, bob, incident.ChangeSeverity{To: 2, Base: seen(9)})
	if c, ok := incident.Undo(r.state, slip); ok {
		t.Errorf("%+v", c)
	}
	for _, e := range []incident.Event{incident.Declared{}, incident.Written{}, incident.Erased{}, incident.Joined{}, nil} {
		if c, ok := incident.Undo(r.state, e); ok {
			t.Errorf("%T is taken back by %+v", e, c)
		}
		if incident.Undoes(slip, e) || incident.Undoes(e, slip) {
			t.Errorf("%T has to do with %+v", e, slip)
		}
	}
}
