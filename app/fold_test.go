package app_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// longText is what somebody pastes.
func longText(lines int) string {
	var all strings.Builder
	for i := range lines {
		fmt.Fprintf(&all, "line %d of what was pasted\n", i+1)
	}
	return strings.TrimSpace(all.String())
}

// list returns the timeline.
func (e eyes) list() *widget.List {
	var found *widget.List
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if l, is := o.(*widget.List); is {
			found = l
		}
		return found == nil
	})
	return found
}

// pasted is a room into which something long was pasted, and more was written afterwards.
func pasted(t *testing.T) (eyes, *fake, id.Incident) {
	t.Helper()
	e, f, in := room(t)
	e.resize(1440, 900)
	for _, text := range []string{longText(103), "and that is the log"} {
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	e.Changed()
	e.c.Capture()
	return e, f, in
}

// placeOf returns where words stand in the window.
func (e eyes) placeOf(words string) fyne.Position {
	e.t.Helper()
	var at fyne.CanvasObject
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if s, ok := o.(interface{ Words() string }); ok && strings.HasPrefix(s.Words(), words) {
			at = o
		}
		return at == nil
	})
	if at == nil {
		e.t.Fatalf("%q is not shown", words)
	}
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
}

func TestALongEntryIsFoldedAndStaysWhereItIsRead(t *testing.T) {
	e, _, _ := pasted(t)
	e.sees("Show all (83 more lines)", "and that is the log")
	before := e.placeOf("line 1 of")
	e.tapWords("Show all")
	e.c.Capture()
	if after := e.placeOf("line 1 of"); after != before {
		t.Errorf("what is read moved from %v to %v", before, after)
	}
	e.seesNot("and that is the log") // far below now
	e.Changed()
	e.key(fyne.KeyEnd)
	e.list().ScrollToEnd()
	e.c.Capture()
	e.sees("Show less", "and that is the log")
	e.tapWords("Show less")
	e.c.Capture()
	e.sees("Show all (83 more lines)")
	if at := e.placeOf("line 1 of"); at.Y < 0 || at.Y > 900 {
		t.Errorf("the beginning is at %v", at)
	}
}

// tapWords clicks what says so, as a Tap around it.
func (e eyes) tapWords(words string) {
	e.t.Helper()
	var found *widget.Tap
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if tap, is := o.(*widget.Tap); is {
			widget.Walk(tap, func(o fyne.CanvasObject) bool {
				if s, ok := o.(interface{ Words() string }); ok && strings.HasPrefix(s.Words(), words) {
					found = tap
				}
				return true
			})
		}
		return true
	})
	if found == nil {
		e.t.Fatalf("nothing to click says %q", words)
	}
	found.Tapped(nil)
}

func TestALongEntryIsOpenedWithKeysAndRemembered(t *testing.T) {
	e, f, in := pasted(t)
	e.toTimeline()
	e.key(fyne.KeyEnd)
	e.key(fyne.KeyUp)
	e.key(fyne.KeySpace)
	e.c.Capture()
	e.sees("Show less")
	e.Back()
	e.OpenRoom(in)
	e.list().ScrollToEnd()
	e.c.Capture()
	e.sees("Show less")
	e.toTimeline()
	e.key(fyne.KeyEnd)
	e.key(fyne.KeyUp)
	e.key(fyne.KeyReturn)
	e.tap("menu copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != longText(103) {
		t.Errorf("%d characters were copied", len(got))
	}
	e.toTimeline()
	e.key(fyne.KeyReturn)
	e.sees("Show less")
	e.tap("menu down")
	e.c.Capture()
	e.sees("Show all (83 more lines)")
	e.OpenRoom(f.incidents[0].ID)
	e.OpenRoom(in)
	e.list().ScrollToEnd()
	e.c.Capture()
	e.sees("Show all (83 more lines)")
}

// toTimeline gives the keyboard to the timeline.
func (e eyes) toTimeline() { e.c.Focus(e.list()) }

func TestWhatIsNotLongIsNotFolded(t *testing.T) {
	e, f, in := room(t)
	_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: longText(22)})
	e.Changed()
	e.c.Capture()
	e.sees("line 22 of")
	e.seesNot("Show all")
	e.toTimeline()
	e.key(fyne.KeyEnd)
	e.key(fyne.KeySpace)
	e.seesNot("Show less")
}

func TestAHitOpensTheRoomAtItsEntry(t *testing.T) {
	f, in := full()
	f.pages = true
	for i := range 700 {
		text := fmt.Sprintf("chatter %d", i)
		if i == 40 {
			text = "the walrus was here"
		}
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	e := look(t, f)
	e.resize(1440, 900)
	e.ctrl(fyne.KeyK)
	e.types("walrus")
	e.key(fyne.KeyReturn)
	e.c.Capture()
	e.sees("the walrus was here")
	if l, has := e.c.Focused().(*widget.List); !has || l.Row(l.Marked()) == nil {
		t.Fatalf("the keyboard is at %T", e.c.Focused())
	}
	e.key(fyne.KeyReturn)
	e.tap("menu copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "the walrus was here" {
		t.Errorf("marked is %q", got)
	}
	e.ctrl(fyne.KeyF)
	e.types("chatter 3")
	e.tapWords("chatter 39")
	e.c.Capture()
	e.key(fyne.KeyReturn)
	e.tap("menu copy")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.HasPrefix(got, "chatter 39") {
		t.Errorf("marked is %q", got)
	}
}

func TestAHitInAFoldedEntryIsUnfoldedAndEscapeGoesBackToTheResults(t *testing.T) {
	e, _, _ := pasted(t)
	e.ctrl(fyne.KeyF)
	e.types("line 97 of")
	e.key(fyne.KeyReturn)
	e.c.Capture()
	e.sees("Show less")
	e.seesNot("Show all (83 more lines)")
	e.key(fyne.KeyEscape)
	e.sees("line 97 of", "Titles first, then newest")
	e.key(fyne.KeyEscape)
	e.sees("burning")
}

func TestAHitOpensAWindowOfItsOwnAtItsEntry(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 900)
	e.ctrl(fyne.KeyF)
	e.types("140 calls")
	e.ctrl(fyne.KeyReturn)
	windows := fyne.CurrentApp().Driver().AllWindows()
	c := windows[len(windows)-1].Canvas()
	l, has := c.Focused().(*widget.List)
	if !has || l.Marked() == "" {
		t.Fatalf("the keyboard is at %T", c.Focused())
	}
	other := eyes{t, nil, c}
	other.key(fyne.KeyReturn)
	other.tap("menu copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "Support has 140 calls. What may we say?" {
		t.Errorf("marked is %q", got)
	}
}

func TestAWindowOfItsOwnIsFoundAndNamesItsIncident(t *testing.T) {
	e, _, in := room(t)
	const title = "INC-216 Checkout fails for everyone – Tsugi"
	if got := e.Window().Title(); got != title {
		t.Errorf("the window is called %q", got)
	}
	for _, typed := range []string{"window", "new window", "separate"} {
		e.ctrl(fyne.KeyK)
		e.types(typed)
		e.sees("Open in a window of its own")
		e.key(fyne.KeyEscape)
	}
	e.tap("more")
	e.tap("menu window")
	if got := e.OpenAside(in).Window().Title(); got != title {
		t.Errorf("its own window is called %q", got)
	}
	if n := len(fyne.CurrentApp().Driver().AllWindows()); n < 2 {
		t.Errorf("there are %d windows", n)
	}
	e.Open("board")
	if got := e.Window().Title(); got != "Tsugi" {
		t.Errorf("on the board the window is called %q", got)
	}
}

func foldedScene(open bool) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		f, in := full()
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: longText(60)})
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: "That is the log of db-7."})
		d := desk(t, f, look)
		d.Window().Resize(fyne.NewSize(1440, 900))
		d.OpenRoom(in)
		if open {
			e := eyes{t, d, d.Window().Canvas()}
			e.c.Capture()
			e.tapWords("Show all")
			e.list().ScrollToEnd()
		}
		return d
	}
}
