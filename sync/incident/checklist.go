package incident

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// MaxChecklists bounds how many checklists are gone through in one incident.
const MaxChecklists = 50

// Checklist is one that is gone through in an incident, as it was written when it was begun.
type Checklist struct {
	workspace.Checklist
	Ticks   []Tick // of the items that are done, in the order in which they were
	Dropped bool   // it is gone through no longer, and does not begin by itself again
}

// Tick says who did an item, and when.
type Tick struct {
	Item id.Item
	By   id.Person
	At   time.Time
}

// Tick returns who did an item. It is false while nobody has.
func (c Checklist) Tick(item id.Item) (Tick, bool) {
	for _, t := range c.Ticks {
		if t.Item == item {
			return t, true
		}
	}
	return Tick{}, false
}

// item returns an item of the checklist.
func (c Checklist) item(item id.Item) (workspace.ChecklistItem, bool) {
	for _, have := range c.Items {
		if have.ID == item {
			return have, true
		}
	}
	return workspace.ChecklistItem{}, false
}

// Checklist returns a checklist that is gone through, or was until it was dropped.
func (s Incident) Checklist(c id.Checklist) (Checklist, bool) {
	for _, have := range s.Checklists {
		if have.ID == c {
			return have, true
		}
	}
	return Checklist{}, false
}

// BeginChecklist wishes that a checklist of the company be gone through. One that is gone through already goes on.
type BeginChecklist struct {
	factWish
	Checklist id.Checklist
}

// DropChecklist wishes that a checklist be gone through no longer.
type DropChecklist struct {
	factWish
	Checklist id.Checklist
}

// TickItem wishes that an item count as done, or with Off as not done after all. Of two people who do the same it is the
// first.
type TickItem struct {
	factWish
	Checklist id.Checklist
	Item      id.Item
	Off       bool
}

// ChecklistBegun says that a checklist is gone through, as it was written then.
type ChecklistBegun struct {
	fact
	Checklist workspace.Checklist
}

// ChecklistDropped says that a checklist is gone through no longer. Name is what it is called.
type ChecklistDropped struct {
	fact
	Checklist id.Checklist
	Name      string
}

// ItemTicked says that an item was done, or with Off that it is not done after all. Text is what it says.
type ItemTicked struct {
	fact
	Checklist id.Checklist
	Item      id.Item
	Text      string
	Off       bool
}

func decideBeginChecklist(s Incident, w workspace.Setup, c BeginChecklist) ([]Event, error) {
	have, known := s.Checklist(c.Checklist)
	if known && !have.Dropped {
		return nil, nil
	}
	list, there := w.Checklist(c.Checklist)
	if !there {
		return nil, fault.New(fault.NotFound, "There is no such checklist.").
			WithAdvice("Nothing was changed.", "Somebody may have removed it; choose another one.")
	}
	return one(ChecklistBegun{Checklist: list}, room(known, "checklists", len(s.Checklists), MaxChecklists))
}

func decideDropChecklist(s Incident, c DropChecklist) ([]Event, error) {
	have, known := s.Checklist(c.Checklist)
	if !known || have.Dropped {
		return nil, nil
	}
	return []Event{ChecklistDropped{Checklist: have.ID, Name: have.Name}}, nil
}

func decideTick(s Incident, c TickItem) ([]Event, error) {
	have, _ := s.Checklist(c.Checklist)
	item, there := have.item(c.Item)
	if !there || have.Dropped {
		return nil, fault.New(fault.NotFound, "There is no such item on a checklist here.").
			WithAdvice("Nothing was changed.", "Somebody may have put the checklist away; begin it again if it is still of use.")
	}
	if _, done := have.Tick(c.Item); done != c.Off {
		return nil, nil
	}
	return []Event{ItemTicked{Checklist: have.ID, Item: item.ID, Text: item.Text, Off: c.Off}}, nil
}

// beginning returns what begins by itself of the checklists for which now holds: those that were never begun here. None does where
// nobody is reached: whoever notes a near miss has nothing to do in a hurry.
func (s Incident) beginning(w workspace.Setup, now func(workspace.Checklist) bool) (out []Event) {
	if !s.Kind.Pages() {
		return nil
	}
	for _, list := range w.Checklists {
		if _, known := s.Checklist(list.ID); !known && now(list) && len(s.Checklists)+len(out) < MaxChecklists {
			out = append(out, ChecklistBegun{Checklist: list})
		}
	}
	return out
}

// atDeclaration returns the checklists that begin with an incident as it was declared: those that are for nobody in particular.
func atDeclaration(w workspace.Setup, d Declared) []Event {
	return Incident{Kind: d.Kind}.beginning(w, func(c workspace.Checklist) bool { return c.Role == "" && c.Begins(d.Severity) })
}

// atRole returns the checklists that begin because somebody holds a role: no others than those of that role.
func (s Incident) atRole(w workspace.Setup, role workspace.RoleKey, p id.Person) []Event {
	if p.IsZero() {
		return nil
	}
	return s.beginning(w, func(c workspace.Checklist) bool { return c.Role == role && c.Begins(s.Severity) })
}

// atSeverity returns the checklists that begin because the severity is to: none of those that would have begun before.
func (s Incident) atSeverity(w workspace.Setup, to workspace.Level) []Event {
	return s.beginning(w, func(c workspace.Checklist) bool {
		_, held := s.Holder(c.Role)
		return (c.Role == "" || held) && c.Begins(to) && !c.Begins(s.Severity)
	})
}

// listed folds what became of the checklists.
func (s Incident) listed(at id.Envelope, e Event) Incident {
	switch e := e.(type) {
	case ChecklistBegun:
		s = s.withChecklist(Checklist{Checklist: e.Checklist})
	case ChecklistDropped:
		if have, known := s.Checklist(e.Checklist); known {
			have.Dropped = true
			s = s.withChecklist(have)
		}
	case ItemTicked:
		if have, known := s.Checklist(e.Checklist); known {
			have.Ticks = slices.DeleteFunc(slices.Clone(have.Ticks), func(t Tick) bool { return t.Item == e.Item })
			if !e.Off {
				have.Ticks = append(have.Ticks, Tick{Item: e.Item, By: at.Actor.Person, At: at.Occurred})
			}
			s = s.withChecklist(have)
		}
	}
	return s
}

// withChecklist puts a checklist where it was, or at the end.
func (s Incident) withChecklist(c Checklist) Incident {
	s.Checklists = slices.Clone(s.Checklists)
	for i := range s.Checklists {
		if s.Checklists[i].ID == c.ID {
			s.Checklists[i] = c
			return s
		}
	}
	s.Checklists = append(s.Checklists, c)
	return s
}
