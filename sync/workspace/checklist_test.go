package workspace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func items(texts ...string) []workspace.ChecklistItem {
	var out []workspace.ChecklistItem
	for i, text := range texts {
		out = append(out, workspace.ChecklistItem{ID: id.Item{byte(i + 1)}, Text: text})
	}
	return out
}

func TestACompanyWritesItsChecklists(t *testing.T) {
	t.Parallel()
	lead := workspace.Checklist{ID: id.Checklist{1}, Name: " First  minutes ", Role: workspace.IMOC, From: 2, Items: items("Open a call", "", "Say\nwho leads")}
	wish := workspace.DescribeChecklist{Checklist: lead}
	terms := agree(t, workspace.Terms{}, wish)
	if events, err := workspace.DecideTerms(terms, wish); err != nil || len(events) > 0 {
		t.Errorf("the same again: %v, %v", events, err)
	}
	terms = agree(t, terms, workspace.DescribeChecklist{Checklist: workspace.Checklist{ID: id.Checklist{2}, Name: "Phishing", Items: items("Warn all")}})
	want := workspace.Checklist{ID: id.Checklist{1}, Name: "First minutes", Role: workspace.IMOC, From: 2}
	want.Items = []workspace.ChecklistItem{{ID: id.Item{1}, Text: "Open a call"}, {ID: id.Item{3}, Text: "Say who leads"}}
	have, known := workspace.Default().WithTerms(terms).Checklist(id.Checklist{1})
	if diff := cmp.Diff(want, have); diff != "" || !known {
		t.Error(diff)
	}
	for level, begins := range map[workspace.Level]bool{0: false, 1: true, 2: true, 3: false} {
		if have.Begins(level) != begins {
			t.Errorf("in a SEV%d it begins: %t", level, !begins)
		}
	}
	before := terms
	want.Items[0].Text = "Open the call"
	terms = agree(t, terms, workspace.DescribeChecklist{Checklist: want})
	if before.Checklists[0].Items[0].Text != "Open a call" || terms.Checklists[0].Items[0].Text != "Open the call" || len(terms.Checklists) != 2 {
		t.Errorf("%+v, and before %+v", terms.Checklists, before.Checklists)
	}
	terms = agree(t, terms, workspace.RemoveChecklist{Checklist: id.Checklist{1}})
	if events, err := workspace.DecideTerms(terms, workspace.RemoveChecklist{Checklist: id.Checklist{1}}); err != nil || len(events) > 0 {
		t.Errorf("removed twice: %v, %v", events, err)
	}
	if len(terms.Checklists) != 1 || terms.Checklists[0].Name != "Phishing" {
		t.Errorf("%+v", terms.Checklists)
	}
}

func TestAChecklistOutlivesTheLastSeverityThatItBeganIn(t *testing.T) {
	t.Parallel()
	terms := agree(t, workspace.Terms{}, workspace.DescribeChecklist{Checklist: workspace.Checklist{ID: id.Checklist{1}, Name: "a", From: 3, Items: items("x")}})
	terms = agree(t, terms, workspace.RemoveSeverity{Level: 3})
	if list, known := workspace.Default().WithTerms(terms).Checklist(id.Checklist{1}); !known || !list.Begins(2) {
		t.Errorf("%+v", list)
	}
}

func TestChecklistsThatNobodyCouldUse(t *testing.T) {
	t.Parallel()
	full := workspace.Terms{}
	for n := range workspace.MaxChecklists {
		full = agree(t, full, workspace.DescribeChecklist{Checklist: workspace.Checklist{ID: id.Checklist{9, byte(n)}, Name: fmt.Sprint("list ", n), Items: items("x")}})
	}
	good := workspace.Checklist{ID: id.Checklist{1}, Name: "good", Items: items("x")}
	for name, spoil := range map[string]func(*workspace.Checklist){
		"without an id":      func(c *workspace.Checklist) { c.ID = id.Checklist{} },
		"without a name":     func(c *workspace.Checklist) { c.Name = " " },
		"with a long name":   func(c *workspace.Checklist) { c.Name = strings.Repeat("x", workspace.MaxChecklistName+1) },
		"of an unknown role": func(c *workspace.Checklist) { c.Role = "king" },
		"from an impossible": func(c *workspace.Checklist) { c.From = 6 },
		"without items":      func(c *workspace.Checklist) { c.Items = items("", " ") },
		"with a long item":   func(c *workspace.Checklist) { c.Items = items(strings.Repeat("x", workspace.MaxItem+1)) },
		"with too many items": func(c *workspace.Checklist) {
			c.Items = items(strings.Split(strings.Repeat("x", workspace.MaxItems+1), "")...)
		},
		"with one item twice":  func(c *workspace.Checklist) { c.Items = append(items("x"), items("y")...) },
		"with a nameless item": func(c *workspace.Checklist) { c.Items = []workspace.ChecklistItem{{Text: "x"}} },
		"with another's name":  func(c *workspace.Checklist) { c.Name = "LIST 7" },
		"one too many":         func(*workspace.Checklist) {},
	} {
		list := good
		spoil(&list)
		terms := full
		if name != "one too many" && name != "with another's name" {
			terms = workspace.Terms{}
		}
		if events, err := workspace.DecideTerms(terms, workspace.DescribeChecklist{Checklist: list}); !fault.Is(err, fault.Invalid) || events != nil {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
	list := workspace.Checklist{ID: id.Checklist{9, 7}, Name: "list 7", Items: items("anew")}
	if have, _ := workspace.Default().WithTerms(agree(t, full, workspace.DescribeChecklist{Checklist: list})).Checklist(list.ID); have.Items[0].Text != "anew" {
		t.Errorf("in a full set a list is not written anew: %+v", have)
	}
}
