package app_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// notes adds a checklist to the company's.
func (f *fake) notes(t *testing.T, c workspace.Checklist, lines ...string) workspace.Checklist {
	t.Helper()
	c.ID, c.Items = id.New[id.Checklist](), present.ItemsOf(strings.Join(lines, "\n"), nil, id.New[id.Item])
	if err := f.ChangeTerms(t.Context(), workspace.DescribeChecklist{Checklist: c}); err != nil {
		t.Fatal(err)
	}
	return c
}

// company is a workspace with checklists, and a room in which they are gone through.
func company(t *testing.T) (*fake, id.Incident, []workspace.Checklist) {
	t.Helper()
	f, in := full()
	lists := []workspace.Checklist{
		f.notes(t, workspace.Checklist{Name: "The first minutes", Role: workspace.IMOC, From: 2},
			"Open a call and put its link here", "Say in one sentence what is broken, and for whom", "Promise the next update, and keep it", "Decide whether customers have to hear of it"),
		f.notes(t, workspace.Checklist{Name: "What we tell the press", Role: workspace.Communications, From: 1}, "Ask legal", "One voice: nobody else answers"),
		f.notes(t, workspace.Checklist{Name: "Database is full"}, "Stop the nightly jobs", "Free what is oldest", "Say what was freed"),
		f.notes(t, workspace.Checklist{Name: "Phishing", Role: workspace.Legal}, "Warn everybody", "Keep the mail"),
	}
	for _, c := range lists[:3] {
		_ = f.Submit(t.Context(), in, incident.BeginChecklist{Checklist: c.ID})
	}
	ticks := []struct {
		list, item int
	}{{0, 0}, {0, 1}, {2, 0}, {2, 1}, {2, 2}}
	for _, k := range ticks {
		_ = f.submit(in, f.self, noon(), noon(), incident.TickItem{Checklist: lists[k.list].ID, Item: lists[k.list].Items[k.item].ID})
	}
	return f, in, lists
}

// checklistScenes are checklists where they are gone through and where they are written.
func checklistScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(do func(e eyes, in id.Incident)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			f, in, _ := company(t)
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			do(eyes{t, d, d.Window().Canvas()}, in)
			return d
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"list-room":  scene(func(e eyes, in id.Incident) { e.OpenRoom(in); e.to("begin checklist") }),
		"list-begin": scene(func(e eyes, in id.Incident) { e.OpenRoom(in); e.to("begin checklist"); e.tap("begin checklist") }),
		"list-terms": scene(func(e eyes, _ id.Incident) { e.Open("terms"); e.to("add checklist") }),
		"list-edit":  scene(func(e eyes, _ id.Incident) { e.Open("terms"); e.tap("checklist ") }),
		"list-none": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.Open("terms")
			e.to("add checklist")
			return d
		},
		"list-example": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.Open("terms")
			e.tap("example checklist")
			return d
		},
	}
}

// gone returns a checklist as it is gone through in a room.
func (f *fake) gone(in id.Incident, c id.Checklist) incident.Checklist {
	list, _ := f.find(in).Checklist(c)
	return list
}

func TestAChecklistIsGoneThroughWithKeysAlone(t *testing.T) {
	f, in, lists := company(t)
	e := look(t, f)
	e.resize(1440, 2000)
	e.OpenRoom(in)
	lead := lists[0]
	e.sees("The first minutes", "IMOC: Ada Sample", "2 of 4", "Ada Sample, 10:44", "Communications: Dora Sample", "0 of 2", "all 3 done")
	e.seesNot("Ask legal", "Free what is oldest\n") // somebody else's, and done
	item := "item " + lead.ID.String() + " " + lead.Items[2].ID.String()
	e.tabTo(item)
	for _, want := range []bool{true, false, true} {
		e.key(fyne.KeyReturn)
		if _, done := f.gone(in, lead.ID).Tick(lead.Items[2].ID); done != want {
			t.Fatalf("it is done: %t", done)
		}
	}
	e.sees("3 of 4", "Ada Sample ticked “Promise the next update, and keep it”", "“Promise the next update, and keep it” is not done after all")
	e.tabTo("checklist " + lists[1].ID.String())
	e.key(fyne.KeyReturn)
	e.sees("Ask legal")
	e.key(fyne.KeyReturn)
	e.seesNot("Ask legal")
	e.tabTo("put away " + lists[1].ID.String())
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.seesNot("0 of 2")
	e.sees("Ada Sample put the checklist “What we tell the press” away")
}

func TestAChecklistIsBegunByHand(t *testing.T) {
	f, in, lists := company(t)
	e := look(t, f)
	e.resize(1440, 2000)
	e.OpenRoom(in)
	e.types("/checklist phi")
	e.key(fyne.KeyReturn)
	e.sees("Which checklist?", "for Legal")
	e.key(fyne.KeyReturn)
	e.sees("Checklist “Phishing” begins, for Legal", "Legal: nobody yet")
	if f.gone(in, lists[3].ID).Name == "" {
		t.Error("it has not begun")
	}
	e.types("/checklist")
	e.key(fyne.KeyReturn)
	e.sees("All that there are have begun here.")
	e.key(fyne.KeyEscape)
	e.takesBack()
	e.seesNot("Legal: nobody yet")
}

// Whoever is given a role finds what to do, and taking the role back takes back the role.
func TestARoleBringsItsChecklist(t *testing.T) {
	f, _ := full()
	f.notes(t, workspace.Checklist{Name: "What the owner does", Role: workspace.Owner, From: 3}, "Repair it")
	in := f.declared(t, "Mail is slow")
	e := look(t, f)
	e.resize(1440, 2000)
	e.OpenRoom(in)
	e.seesNot("Repair it")
	e.tap("role owner")
	e.types("ada")
	e.key(fyne.KeyReturn)
	e.sees("Repair it", "Checklist “What the owner does” begins, for Owner")
	e.takesBack()
	if _, held := f.find(in).Holder(workspace.Owner); held {
		t.Error("the role was not taken back, but what came with it")
	}
}

func TestAChecklistIsWrittenAndWordedAnew(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 2400)
	e.Open("terms")
	e.sees("None is written yet.")
	e.tap("example checklist")
	e.sees("For", "Begins by itself in")
	e.tap("yes")
	e.sees("The first minutes", "for IMOC  ·  by itself in SEV2 and worse  ·  6 items", "wrote the checklist “The first minutes” with 6 items")
	before := f.setup.Checklists[0]
	e.tap("checklist ")
	e.key(fyne.KeyReturn) // from the name to the items
	in, is := e.c.Focused().(interface{ SetText(string) })
	if !is {
		t.Fatalf("the keyboard is at %T", e.c.Focused())
	}
	in.SetText("Say in one sentence what is broken, and for whom\nA new one\n\n" + before.Items[3].Text)
	e.tap("by hand")
	e.tap("for anybody")
	e.tap("yes")
	e.sees("by hand  ·  3 items")
	after := f.setup.Checklists[0]
	if after.ID != before.ID || after.Items[0].ID != before.Items[1].ID || after.Items[2].ID != before.Items[3].ID || after.Role != "" || after.From != 0 {
		t.Errorf("%+v became %+v", before, after)
	}
	e.tap("checklist ")
	in, _ = e.c.Focused().(interface{ SetText(string) })
	in.SetText("")
	e.tap("yes")
	if e.c.Overlays().Top() == nil {
		t.Error("what was refused is gone")
	}
	e.sees("is empty")
	e.tap("no")
	e.tap("remove checklist ")
	e.sees("None is written yet.", "removed the checklist “The first minutes”")
}
