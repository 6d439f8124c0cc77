package app_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// keeping is a desk that remembers its window in a folder.
func keeping(t *testing.T, f *fake, kept *settings.Store) eyes {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(app.Theme(kept.Get()))
	d := app.New(app.Params{App: a, Session: f, Work: widget.Direct{}, View: f.view(), Now: noon, Around: app.Around{Settings: kept}})
	d.Start()
	return eyes{t, d, d.Window().Canvas()}
}

func store(t *testing.T, preset settings.Settings) *settings.Store {
	t.Helper()
	s, err := settings.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Change(func(s *settings.Settings) { *s = preset }); err != nil {
		t.Fatal(err)
	}
	return s
}

// tabTo moves the keyboard with Tab alone to what has the key.
func (e eyes) tabTo(key string) {
	e.t.Helper()
	for range 120 {
		test.FocusNext(e.c)
		if k, ok := e.c.Focused().(widget.Keyed); ok && strings.HasPrefix(k.FocusKey(), key) {
			return
		}
	}
	e.t.Fatalf("Tab does not reach %q", key)
}

func TestEveryPageIsReachedAndUsedWithKeysAlone(t *testing.T) {
	f, in := full()
	f.unsent = someUnsent(f)
	e := look(t, f)
	e.tabTo("fire " + in.String())
	e.key(fyne.KeyReturn)
	e.types("Written with keys.")
	e.key(fyne.KeyReturn)
	e.sees("Written with keys.")
	e.ctrl(fyne.Key2)
	e.tabTo("discard")
	e.key(fyne.KeyReturn)
	e.sees("Discard this for good?")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.Key3)
	e.tabTo("invite")
	e.key(fyne.KeyReturn)
	e.types("Jo Lund")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("KM4T-9QXZ")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyF)
	e.types("invoices")
	e.key(fyne.KeyReturn)
	e.sees("Two invoices sent twice", "closed")
	e.ctrl(fyne.KeyD)
	e.types("Found with keys")
	e.key(fyne.KeyReturn)
	e.sees("Found with keys", "Ada Sample declared this")
	e.key(fyne.KeyEscape)
	e.sees("2 burning")
}

func TestTheBoxRunsCommandsOfTheOpenRoom(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.ctrl(fyne.KeyK)
	e.types("mitig")
	e.seesBefore("COMMANDS", "FOUND")
	e.key(fyne.KeyReturn)
	e.types("space is back")
	e.key(fyne.KeyReturn)
	if got := f.find(in).Status; got != incident.Mitigated {
		t.Errorf("the status is %s, want mitigated", got)
	}
	e.Open("board")
	e.ctrl(fyne.KeyK)
	e.types("mitig")
	e.seesNot("COMMANDS")
}

func TestTheBoxOpensWhatWasFoundAndEscapeLeavesIt(t *testing.T) {
	f, _ := full()
	f.lacking = "Older entries are not here."
	e := look(t, f)
	e.ctrl(fyne.KeyK)
	e.types("140 calls")
	e.sees("Checkout fails for everyone", "Support has 140 calls", "Older entries are not here.", "Show everything found")
	e.key(fyne.KeyEscape)
	e.seesNot("140 calls")
	e.ctrl(fyne.KeyK)
	e.types("140 calls")
	e.key(fyne.KeyReturn)
	e.sees("00:42:10", "Customers are informed.")
	e.ctrl(fyne.KeyK)
	e.types("or")
	for range 20 {
		e.key(fyne.KeyPageDown)
	}
	e.key(fyne.KeyReturn)
	e.sees("Search slow for logged-out visitors", "Titles first, then newest")
	e.seesNot("COMMANDS")
}

func TestThePageForSearchingIsTheWayToAllIncidentsAndTeaches(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.tap("page search")
	e.sees("Find anything", "ALL INCIDENTS", "INC-214", "is:burning")
	e.types("walrus")
	e.sees("Nothing here says “walrus”.")
}

func TestAnOfferedFilterIsTakenWithTheRightArrow(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyF)
	e.types("s")
	e.key(fyne.KeyRight)
	if got := e.c.Focused().(*widget.Input).Text; got != "sev:" {
		t.Errorf("typed is %q, want %q", got, "sev:")
	}
}

func TestTheHelpListsEveryShortcut(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.key(fyne.KeyF1)
	e.sees("Keys and commands", "Ctrl K", "Ctrl D", "Ctrl Enter", "Ctrl +", "F1", "Esc", "Space", "↑", "Ctrl Z", "Shift Enter")
	e.key(fyne.KeyEscape)
	e.seesNot("Ctrl Enter")
	e.OpenRoom(in)
	e.types("Really?")
	e.seesNot("Ctrl Enter")
}

// The README says that F1 lists all keys; whoever adds one there adds it here too.
func TestTheHelpListsEveryKeyOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "| keys |")
	table, _, _ = strings.Cut(table, "\n\n")
	keys := regexp.MustCompile(`(?m)(Ctrl \S+|\bF1\b|\bSpace\b|\bUp\b|^\| (/) in|(@)|(#) \|)`).FindAllString(table, -1)
	if len(keys) < 12 {
		t.Fatalf("the README names only %q", keys)
	}
	f, _ := full()
	e := look(t, f)
	e.key(fyne.KeyF1)
	said := strings.Split(e.said(), "\n")
	for _, key := range keys {
		key = strings.TrimSpace(strings.NewReplacer("|", "", " in", "", "Up", "↑").Replace(key))
		if !slices.ContainsFunc(said, func(line string) bool { return slices.Contains(strings.Split(line, "  "), key) }) {
			t.Errorf("the help does not list %q of the README", key)
		}
	}
}

// What has a key has a hint, and so a line in the help.
func TestEveryActionWithAKeyShowsIt(t *testing.T) {
	f, _ := full()
	if bare := look(t, f).Unhinted(); len(bare) > 0 {
		t.Errorf("without a hint are %q", bare)
	}
}

func TestTextGrowsAndWhatWasBeingWrittenStays(t *testing.T) {
	f, in := full()
	kept := store(t, settings.Default())
	e := keeping(t, f, kept)
	e.OpenRoom(in)
	e.types("half a sent")
	for range 15 {
		e.ctrl(fyne.KeyEqual)
	}
	if got := theme.Scaled(theme.Body); got != 2*theme.Body || kept.Get().Text != theme.Largest {
		t.Errorf("text is %v high and %d %% is remembered", got, kept.Get().Text)
	}
	e.sees("half a sent")
	e.ctrl(fyne.Key0)
	if got := theme.Scaled(theme.Body); got != theme.Body {
		t.Errorf("text is %v high, want the usual", got)
	}
}

func TestTheWindowIsRemembered(t *testing.T) {
	f, in := full()
	kept := store(t, settings.Default())
	e := keeping(t, f, kept)
	e.resize(1111, 777)
	e.ctrl(fyne.KeyK)
	e.types("light")
	e.key(fyne.KeyReturn)
	e.OpenRoom(in)
	again := keeping(t, f, kept)
	again.sees("00:42:10", "Customers are informed.")
	if got := again.Window().Canvas().Size(); got != fyne.NewSize(1111, 777) || kept.Get().Theme != "light" {
		t.Errorf("the window is %v, the theme %q", got, kept.Get().Theme)
	}
	strange := store(t, settings.Settings{Page: "moon", Room: "x", Text: 9000, Theme: "pink", Wide: -3})
	keeping(t, f, strange).sees("1 burning")
}

func TestARoomOpensInAWindowOfItsOwn(t *testing.T) {
	f, in := full()
	e := look(t, f)
	before := len(fyne.CurrentApp().Driver().AllWindows())
	e.ctrl(fyne.KeyK)
	e.types("140 calls")
	e.key(fyne.KeyDown) // no command is called so; the first row is the incident, the next the page
	e.key(fyne.KeyUp)
	e.ctrl(fyne.KeyReturn)
	all := fyne.CurrentApp().Driver().AllWindows()[before:]
	if len(all) != 1 {
		t.Fatalf("%d more windows are open, want 1", len(all))
	}
	e.sees("1 burning")
	other := eyes{t, e.Desk, all[0].Canvas()}
	other.sees("Customers are informed.")
	_ = f.Submit(context.Background(), in, incident.Retitle{Title: "Nobody can pay"})
	e.Changed()
	other.sees("Nobody can pay")
	all[0].Close()
	e.Changed()
	e.sees("1 burning", "Nobody can pay")
}

func TestManyIncidentsAreShownPageByPage(t *testing.T) {
	f := empty()
	for i := range 120 {
		in := id.New[id.Incident]()
		_ = f.submit(in, f.self, noon().Add(-time.Duration(i)*time.Hour), noon(), incident.Declare{Title: fmt.Sprintf("Trouble %d of many", i), Severity: 3})
	}
	e := look(t, f)
	e.ctrl(fyne.KeyF)
	e.sees("Trouble 49 of many", "Show more (70 left)")
	e.seesNot("Trouble 50 of many")
	for range 20 {
		e.key(fyne.KeyPageDown)
	}
	e.key(fyne.KeyReturn)
	e.sees("Trouble 99 of many", "Show more (20 left)")
}

func TestArrowsMoveAmongWhatCanBePressed(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.tabTo("page board")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyDown)
	e.key(fyne.KeyUp)
	e.key(fyne.KeyReturn)
	e.sees("Nobody takes turns yet")
	e.ctrl(fyne.KeyD)
	e.tabTo("level SEV3")
	e.key(fyne.KeyLeft)
	e.key(fyne.KeySpace)
	e.sees("Many customers or a whole department")
}

func TestTextIsEnlargedOnTheFirstPageAndWhatWasFilledInStays(t *testing.T) {
	f := empty()
	f.enrolled = false
	d := desk(t, f, theme.Dark)
	d.Window().Resize(fyne.NewSize(1440, 900))
	e := eyes{t, d, d.Window().Canvas()}
	e.types("https://tsugi.example.com")
	e.ctrl(fyne.KeyEqual)
	if now, _ := d.Window().Canvas().Focused().(*widget.Input); now == nil || now.Text != "" {
		t.Fatal("the keyboard is not in the first field that is empty")
	}
	e.sees("https://tsugi.example.com", "anna-laptop")
	if theme.Scaled(100) == 100 {
		t.Fatal("the text is as large as before")
	}
	e.ctrl(fyne.KeyD)
	e.seesNot("What is wrong?")
}

// far opens a room at its oldest entry, which is not on this device yet, and returns the answers that are to come.
func far(t *testing.T) (e eyes, f *fake, in id.Incident, work *patient) {
	t.Helper()
	e, f, in, work = waits(t)
	needle := id.New[id.Entry]()
	for i := range 250 {
		c := incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprint("straw ", i)}
		if i == 0 {
			c = incident.Write{Entry: needle, Text: "the needle"}
		}
		if err := f.submit(in, f.self, noon(), noon(), c); err != nil {
			t.Fatal(err)
		}
	}
	f.pages, f.gap = true, true
	e.OpenRoom(f.incidents[0].ID)
	work.all()
	e.OpenAt(in, present.ResultLine{Entry: needle})
	return e, f, in, work
}

func TestWhatIsFoundFarAwayTakesTheKeyboardFromNobodyWhoWrites(t *testing.T) {
	e, _, _, work := far(t)
	work.all()
	e.sees("the needle")
	if e.c.Focused() != e.list() {
		t.Errorf("the keyboard is at %T", e.c.Focused())
	}

	e, f, in, work := far(t)
	e.types("half")
	work.all()
	e.sees("the needle")
	e.types(" a thought")
	e.key(fyne.KeyReturn)
	work.all()
	if w := written(t, f, in); w.Text != "half a thought" {
		t.Errorf("written was %q", w.Text)
	}

	e, _, _, work = far(t)
	e.types("x")
	e.key(fyne.KeyBackspace)
	work.all()
	if _, writes := e.c.Focused().(*widget.Input); !writes {
		t.Errorf("who thinks about how to begin has lost the keyboard to %T", e.c.Focused())
	}
}

func TestWhatIsFetchedForARoomThatWasLeftTellsTheNextNothing(t *testing.T) {
	e, f, _, work := far(t)
	asked := false
	f.far = func() error {
		asked = true
		e.OpenRoom(f.incidents[0].ID)
		return fault.New(fault.Unavailable, "The server cannot be reached.")
	}
	work.all()
	if !asked {
		t.Fatal("what is not here was not asked for")
	}
	e.seesNot("The server cannot be reached.")
}
