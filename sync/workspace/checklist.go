package workspace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of the company's checklists.
const (
	MaxChecklists    = 100
	MaxChecklistName = 60
	MaxItems         = 40
	MaxItem          = 200
)

// Checklist is what people are to do in an incident, as the company has written it down: whoever is given a role at night
// need not know it by heart.
type Checklist struct {
	ID   id.Checklist
	Name string
	Role RoleKey // whose it is; empty for whoever is there
	// From is the mildest severity in which the checklist begins by itself, as soon as somebody holds the role that it is
	// for; 0 for one that is only begun by hand.
	From  Level
	Items []ChecklistItem // in the order in which they are to be done
}

// ChecklistItem is one thing to do. It keeps its ID when it is worded anew, so that it is known again.
type ChecklistItem struct {
	ID   id.Item
	Text string
}

// Begins reports whether the checklist begins by itself in an incident of a severity.
func (c Checklist) Begins(in Level) bool { return c.From > 0 && in > 0 && in <= c.From }

// equal reports whether two checklists say the same.
func (c Checklist) equal(o Checklist) bool {
	return c.ID == o.ID && c.Name == o.Name && c.Role == o.Role && c.From == o.From && slices.Equal(c.Items, o.Items)
}

// DescribeChecklist wishes to add a checklist, or to write it anew. Incidents in which it was begun keep what it said then.
type DescribeChecklist struct {
	termsWish
	Checklist Checklist
}

// RemoveChecklist wishes for one checklist less. Incidents in which it was begun keep it.
type RemoveChecklist struct {
	termsWish
	Checklist id.Checklist
}

// ChecklistDescribed says that a checklist was added or written anew.
type ChecklistDescribed struct {
	termsFact
	Checklist Checklist
}

// ChecklistRemoved says that a checklist is begun no longer. Name is what it was called.
type ChecklistRemoved struct {
	termsFact
	Checklist id.Checklist
	Name      string
}

// checklist returns a checklist of t.
func (t Terms) checklist(c id.Checklist) (Checklist, bool) {
	for _, have := range t.Checklists {
		if have.ID == c {
			return have, true
		}
	}
	return Checklist{}, false
}

// Checklist returns a checklist of the set-up. It is false for one that there is not, or no longer.
func (s Setup) Checklist(c id.Checklist) (Checklist, bool) {
	return Terms{Checklists: s.Checklists}.checklist(c)
}

func decideChecklist(t Terms, c DescribeChecklist) ([]TermsEvent, error) {
	var check fault.Check
	list := c.Checklist
	list.Name, list.Items = oneLine(list.Name), normalItems(&check, list.Items)
	if list.ID.IsZero() {
		check.Add("checklist", "has no name of its own")
	}
	size(&check, "name", list.Name, 1, MaxChecklistName)
	if _, known := Default().WithTerms(t).Role(list.Role); !known && list.Role != "" {
		check.Add("role", fmt.Sprintf("%q is unknown here", list.Role))
	}
	if list.From > MaxLevel {
		check.Add("severity", fmt.Sprintf("must lie between 1, the worst, and %d", MaxLevel))
	}
	for _, have := range t.Checklists {
		if have.ID != list.ID && strings.EqualFold(have.Name, list.Name) {
			check.Add("name", "is that of another checklist already")
		}
	}
	have, known := t.checklist(list.ID)
	if !known && len(t.Checklists) >= MaxChecklists {
		check.Add("checklists", fmt.Sprintf("are %d already, and no more are allowed", MaxChecklists))
	}
	if err := check.Err("The checklist was not changed."); err != nil {
		return nil, err
	}
	if known && have.equal(list) {
		return nil, nil
	}
	return []TermsEvent{ChecklistDescribed{Checklist: list}}, nil
}

// normalItems returns items as they are stored, and notes what is wrong with them. Those without words are left out.
func normalItems(check *fault.Check, items []ChecklistItem) []ChecklistItem {
	out := make([]ChecklistItem, 0, len(items))
	known := map[id.Item]bool{}
	for _, item := range items {
		if item.Text = oneLine(item.Text); item.Text == "" {
			continue
		}
		out = append(out, item)
		place := fmt.Sprintf("item %d", len(out))
		size(check, place, item.Text, 1, MaxItem)
		if item.ID.IsZero() || known[item.ID] {
			check.Add(place, "has no name of its own")
		}
		known[item.ID] = true
	}
	switch n := len(out); {
	case n == 0:
		check.Add("items", "are missing")
	case n > MaxItems:
		check.Add("items", fmt.Sprintf("are %d; %d are allowed", n, MaxItems))
	}
	return out
}

func decideRemoveChecklist(t Terms, c RemoveChecklist) ([]TermsEvent, error) {
	have, known := t.checklist(c.Checklist)
	if !known {
		return nil, nil
	}
	return []TermsEvent{ChecklistRemoved{Checklist: have.ID, Name: have.Name}}, nil
}

// withChecklist returns lists with one of them as it is now, or behind them where it is new.
func withChecklist(lists []Checklist, c Checklist) []Checklist {
	lists = slices.Clone(lists)
	for i, have := range lists {
		if have.ID == c.ID {
			lists[i] = c
			return lists
		}
	}
	return append(lists, c)
}

func withoutChecklist(lists []Checklist, c id.Checklist) []Checklist {
	return slices.DeleteFunc(slices.Clone(lists), func(have Checklist) bool { return have.ID == c })
}
