package app_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// presses gives a shortcut to the window itself.
func (e eyes) presses(name fyne.KeyName) {
	e.c.(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierControl})
}

// tall returns how high a button of the header, a tab and a button of the composer are.
func (e eyes) tall() (all []float32) {
	e.c.Capture()
	for _, name := range []string{"severity", "Everything", "attach"} {
		all = append(all, e.find(name).Size().Height)
	}
	return all
}

func TestTheSizeOfTextIsOneForAllWindowsAndIsKept(t *testing.T) {
	f, in := full()
	kept := store(t, settings.Default())
	first := keeping(t, f, kept)
	first.OpenRoom(in)
	aside := first.OpenAside(in)
	other := eyes{t, aside, aside.Window().Canvas()}
	usual, there := first.tall(), other.tall()
	for _, at := range []struct {
		name string
		eyes
		key  fyne.KeyName
		want int
	}{
		{"the first", first, fyne.KeyEqual, 110},
		{"the other", other, fyne.KeyEqual, 120},
		{"the first", first, fyne.Key0, 100},
		{"the first", first, fyne.KeyEqual, 110},
		{"the other", other, fyne.Key0, 100},
	} {
		at.presses(at.key)
		if got := kept.Get().Text; got != at.want || theme.Scaled(100) != float32(at.want) {
			t.Errorf("after %s in %s window %d %% is kept, and 100 is shown as %v, want %d", at.key, at.name, got, theme.Scaled(100), at.want)
		}
		if is := at.want == 100; slices.Equal(first.tall(), usual) != is || slices.Equal(other.tall(), there) != is {
			t.Errorf("after %s in %s window heights are %v and %v, were %v and %v", at.key, at.name, first.tall(), other.tall(), usual, there)
		}
	}
	other.presses(fyne.KeyK)
	other.types("light")
	other.key(fyne.KeyReturn)
	if got := kept.Get().Theme; got != "light" {
		t.Errorf("the look that is kept is %q", got)
	}
}

// reads is a long room whose questions are not answered any more, read in the middle of what is unfolded there.
func reads(t *testing.T) (eyes, id.Incident, *patient) {
	t.Helper()
	e, f, in, work := waits(t)
	e.resize(1440, 900)
	for i := range 40 {
		text := fmt.Sprint("straw ", i)
		if i == 20 {
			text = longText(50)
		}
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	e.Changed()
	work.all()
	e.types("half a sent")
	e.toTimeline()
	for range 19 {
		e.key(fyne.KeyUp)
	}
	e.key(fyne.KeySpace)
	e.c.Capture()
	return e, in, work
}

func TestAnotherSizeOfTextKeepsWhatIsShownBeforeAnythingIsReadAgain(t *testing.T) {
	e, _, work := reads(t)
	e.sees("Show less", "half a sent")
	title, row := e.Window().Title(), e.list().Marked()
	top := func() float64 { return float64(e.placeOf("line 1 of what").Y) }
	before := top()
	for range 3 {
		e.ctrl(fyne.KeyEqual)
		e.sees("Show less", "half a sent", "Checkout fails for everyone")
		e.seesNot("straw 39")
		if got := e.Window().Title(); got != title || !strings.Contains(title, "Checkout") {
			t.Errorf("the window is called %q, was %q", got, title)
		}
		if got := e.list().Marked(); got != row || row == "" {
			t.Errorf("the row that is marked is %q, was %q", got, row)
		}
	}
	if got := theme.Scaled(100); got != 130 {
		t.Errorf("after three steps 100 is shown as %v", got)
	}
	work.all()
	e.c.Capture()
	e.sees("Show less", "half a sent")
	for range 3 {
		e.ctrl(fyne.KeyMinus)
	}
	if after := top(); math.Abs(after-before) > 40 {
		t.Errorf("what is read moved from %v to %v", before, after)
	}
}

func TestOtherPagesAreShownInAnotherSizeBeforeTheyAreReadAgain(t *testing.T) {
	e, f, _, work := waits(t)
	f.unsent = someUnsent(f)
	shows := map[string]string{
		"board": "Checkout fails for everyone", "people": "Cleo Sample", "terms": "SEV1", "search": "Payroll file arrived late", "unsent": "waits for the server",
		"declare": "Many customers or a whole department", "reach": "after 3 min: call", "oncall": "Nobody takes turns yet",
		"policy": "No policy yet",
	}
	for _, name := range e.Pages() {
		words, ok := shows[name]
		switch {
		case name == "room" || name == "enrol":
			continue // they have tests of their own
		case !ok:
			t.Errorf("nobody says what %s shows", name)
			continue
		}
		e.Open(name)
		if name == "declare" {
			work.all()
			e.tap("level SEV2")
		}
		work.all()
		e.sees(words)
		shown := e.said()
		e.ctrl(fyne.KeyEqual)
		if now := e.said(); now != shown {
			t.Errorf("shown of %s in larger text is\n%s\nwas\n%s", name, now, shown)
		}
		work.all()
		e.ctrl(fyne.Key0) // or the text would grow until the bar folds
		work.all()
	}
}

func TestLargerTextTakesNothingAwayThatItIsEnlargedFor(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	larger := func() {
		t.Helper()
		shown := e.said()
		e.ctrl(fyne.KeyEqual)
		if now := e.said(); now != shown {
			t.Errorf("shown in larger text is\n%s\nwas\n%s", now, shown)
		}
	}
	e.ctrl(fyne.Key3)
	f.failure = errors.New("a disk that is full")
	e.Changed()
	e.sees("a disk that is full")
	f.failure = nil
	larger()
	e.key(fyne.KeyEscape)
	e.seesNot("a disk that is full")
	e.tap("own name")
	e.types(strings.Repeat("Ada ", 40))
	e.key(fyne.KeyReturn)
	e.types("Accounts")
	e.key(fyne.KeyReturn)
	e.sees("What are you called?", "120 are allowed")
	larger()
	e.c.Focused().(*widget.Input).SetText("Ada Example")
	larger()
	e.key(fyne.KeyReturn)
	if got := e.c.Focused().(*widget.Input).Text; !strings.HasPrefix(got, "Support") {
		t.Errorf("behind the name %q is asked", got)
	}
	e.key(fyne.KeyReturn)
	e.seesNot("What are you called?")
	e.sees("Ada Example")
	if p := f.setup.People[f.self.Person]; p.Name != "Ada Example" || p.Department != "SupportAccounts" {
		t.Errorf("the person is now %+v", p)
	}
	e.tap("invite")
	e.types("Jo Lund")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("KM4T-9QXZ")
	larger()
	e.key(fyne.KeyEscape)
	e.seesNot("KM4T-9QXZ")
}

// strict is an app whose driver knows the window of an object only after that was laid out there, as that of the running
// client does.
type strict struct {
	fyne.App
	laid map[fyne.CanvasObject]fyne.Canvas
}

type strictDriver struct {
	fyne.Driver
	of *strict
}

type strictWindow struct {
	fyne.Window
	c *strictCanvas
}

type strictCanvas struct {
	fyne.Canvas
	of *strict
}

func (s *strict) Driver() fyne.Driver { return strictDriver{s.App.Driver(), s} }

func (s *strict) NewWindow(title string) fyne.Window {
	w := s.App.NewWindow(title)
	return strictWindow{w, &strictCanvas{w.Canvas(), s}}
}

func (d strictDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas { return d.of.laid[o] }

func (w strictWindow) Canvas() fyne.Canvas { return w.c }

func (c *strictCanvas) TypedShortcut(s fyne.Shortcut) { c.Canvas.(fyne.Shortcutable).TypedShortcut(s) }

func (c *strictCanvas) EnsureMinSize() bool {
	widget.Walk(c.Content(), func(o fyne.CanvasObject) bool {
		c.of.laid[o] = c
		return true
	})
	return false
}

func TestEveryPressForLargerTextCountsBeforeAPictureIsDrawn(t *testing.T) {
	f, in := full()
	s := &strict{App: test.NewTempApp(t), laid: map[fyne.CanvasObject]fyne.Canvas{}}
	fyne.SetCurrentApp(s)
	s.Settings().SetTheme(theme.New(theme.Dark))
	work := &patient{}
	d := app.New(app.Params{App: s, Session: f, Work: work, View: f.view(), Now: noon})
	e := eyes{t, d, d.Window().Canvas()}
	d.Start()
	work.all()
	e.OpenRoom(in)
	work.all()
	for range 3 {
		e.ctrl(fyne.KeyEqual)
	}
	if got := theme.Scaled(100); got != 130 {
		t.Errorf("after three steps 100 is shown as %v", got)
	}
}
