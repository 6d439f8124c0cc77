package app_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func (f *fake) News(context.Context) ([]present.News, error) {
	news := f.news
	f.news = nil
	return news, nil
}

func (f *fake) Find(_ context.Context, r present.Reference) (id.Incident, bool, error) {
	for _, s := range f.incidents {
		if s.ID == r.Incident || s.Number == r.Number && r.Number > 0 {
			return s.ID, true, nil
		}
	}
	return id.Incident{}, false, nil
}

// neighbours is the desktop around a window, as the test wants it.
type neighbours struct {
	notes []desktop.Note
	menu  *fyne.Menu
	icon  fyne.Resource
	tray  bool
	login bool
	stuck error // what switching the login on says
	quits bool
}

func (n *neighbours) SetSystemTrayMenu(m *fyne.Menu)    { n.menu = m }
func (n *neighbours) SetSystemTrayIcon(i fyne.Resource) { n.icon = i }
func (n *neighbours) On() (bool, error)                 { return n.login, nil }

func (n *neighbours) Set(on bool) error {
	if n.stuck == nil {
		n.login = on
	}
	return n.stuck
}

// told returns what was told and forgets it.
func (n *neighbours) told() []string {
	var out []string
	for _, note := range n.notes {
		out = append(out, note.Title+": "+note.Text)
	}
	n.notes = nil
	return out
}

// item returns the entry of the tray's menu that begins so.
func (n *neighbours) item(t *testing.T, begin string) *fyne.MenuItem {
	t.Helper()
	i := slices.IndexFunc(n.menu.Items, func(m *fyne.MenuItem) bool { return strings.HasPrefix(m.Label, begin) })
	if i < 0 {
		t.Fatalf("the menu has nothing called %q: %+v", begin, n.menu.Items)
	}
	return n.menu.Items[i]
}

// quitting is the toolkit's application, of which the test wants to know whether it was ended.
type quitting struct {
	fyne.App
	n *neighbours
}

func (q quitting) Quit() { q.n.quits = true }

type outsideBundle struct {
	eyes
	f      *fake
	n      *neighbours
	chosen *settings.Store
	a      fyne.App
	now    time.Time
}

// outside opens a desk that has neighbours.
func outside(t *testing.T, f *fake) *outsideBundle {
	t.Helper()
	chosen, err := settings.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &outsideBundle{f: f, n: &neighbours{tray: true}, chosen: chosen, a: test.NewTempApp(t), now: noon()}
	b.a.Settings().SetTheme(theme.New(theme.Dark))
	d := app.New(app.Params{
		App: quitting{b.a, b.n}, Session: f, Work: widget.Direct{}, View: f.view(), Now: func() time.Time { return b.now },
		Around: app.Around{
			Tell:    func(_ context.Context, note desktop.Note) { b.n.notes = append(b.n.notes, note) },
			HasTray: func(context.Context) bool { return b.n.tray },
			Tray:    b.n, Login: b.n, Settings: chosen,
		},
	})
	d.Window().Show()
	d.Start()
	b.eyes = eyes{t, d, d.Window().Canvas()}
	b.wait()
	return b
}

// wait lets the time pass after which it is looked again.
func (b *outsideBundle) wait() {
	b.now = b.now.Add(2 * time.Second)
	b.Tick(b.now)
}

func (b *outsideBundle) arrives(news ...present.News) {
	b.f.news = news
	b.Changed()
	b.wait()
}

func fresh(in id.Incident, title string) present.News {
	return present.News{Incident: in, Title: title, Text: "x"}
}

func TestNewsIsToldAndItsClickOpensTheRoom(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	b.arrives(present.News{Incident: in, Title: "SEV1 · Checkout", Text: "Cleo declared this.", Urgent: true})
	if len(b.n.notes) != 1 || !b.n.notes[0].Urgent || b.n.notes[0].Title != "SEV1 · Checkout" || b.n.notes[0].Action == "" {
		t.Fatalf("told was %+v", b.n.notes)
	}
	link, err := desktop.ParseLink(b.n.notes[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	b.Follow(link)
	b.sees("Checkout fails for everyone", "Customers are informed.")
}

// What is told of shifts does not interrupt, also while a room is in front, and its click leads to the rotation.
func TestWhatIsToldOfShiftsLeadsToTheRotation(t *testing.T) {
	f, in := full()
	press := f.ordered(t, "Press", "UTC", row("", oncall.Day, oncall.On(2025, time.January, 6, 8, 0), f.actor("Dora Sample").Person, f.actor("Eli Sample").Person))
	b := outside(t, f)
	b.OpenRoom(in)
	one := present.News{Title: "Your shifts have changed: Press", Text: "And one more.", Personal: true, Rotation: press, Reminder: id.New[id.Command]()}
	other := one
	other.Title, other.Reminder = "You are on call", id.New[id.Command]()
	b.arrives(present.MergeNews([]present.News{one, other})...)
	if len(b.n.notes) != 2 || b.n.notes[0].Urgent || b.n.notes[0].Action != "Show" || b.n.notes[0].Title != one.Title {
		t.Fatalf("told was %+v", b.n.notes)
	}
	link, err := desktop.ParseLink(b.n.notes[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	b.Follow(link)
	b.sees("On call now", "Dora Sample and Eli Sample take turns every day")
}

func TestNothingIsToldOfTheRoomThatIsOpenUnderSomebodysEyes(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	front, ok := b.a.Lifecycle().(interface {
		OnEnteredForeground() func()
		OnExitedForeground() func()
	})
	if !ok {
		t.Fatal("the toolkit no longer says which window is in front")
	}
	b.OpenRoom(in)
	front.OnEnteredForeground()()
	other := f.incidents[0].ID
	b.arrives(fresh(in, "here"), fresh(other, "elsewhere"))
	if got := b.n.told(); len(got) != 1 || got[0] != "elsewhere: x" {
		t.Errorf("in front, told was %q", got)
	}
	front.OnExitedForeground()()
	b.arrives(fresh(in, "here"))
	if got := b.n.told(); len(got) != 1 {
		t.Errorf("behind another window, told was %q", got)
	}
	front.OnEnteredForeground()()
	b.Back()
	b.arrives(fresh(in, "here"))
	if got := b.n.told(); len(got) != 1 {
		t.Errorf("on the board, told was %q", got)
	}
}

func TestAStormIsCountedNotShouted(t *testing.T) {
	b := outside(t, empty())
	var storm []present.News
	for range 9 {
		storm = append(storm, fresh(id.New[id.Incident](), "storm"))
	}
	b.arrives(storm...)
	got := b.n.told()
	if len(got) != 6 || !strings.HasPrefix(got[5], "4 more incidents") {
		t.Errorf("told was %q; want five and a count", got)
	}
	b.arrives(fresh(id.New[id.Incident](), "mild"), present.News{Incident: id.New[id.Incident](), Title: "worst", Text: "x", Urgent: true})
	if got = b.n.told(); len(got) != 2 || got[0] != "worst: x" || !strings.HasPrefix(got[1], "One more") {
		t.Errorf("told was %q; want the urgent one and a count", got)
	}
	b.now = b.now.Add(time.Minute)
	b.arrives(fresh(id.New[id.Incident](), "later"))
	if got = b.n.told(); len(got) != 1 || got[0] != "later: x" {
		t.Errorf("a minute later, told was %q", got)
	}
}

func TestTheTrayNamesTheFiresAndOpensThem(t *testing.T) {
	f, _ := full()
	b := outside(t, f)
	if name := b.n.icon.Name(); name != "tsugi-2.png" {
		t.Errorf("the icon is %s", name)
	}
	b.n.item(t, "SEV1  Checkout fails for everyone").Action()
	b.sees("Customers are informed.")
	b.n.item(t, "Declare").Action()
	b.sees("What is wrong?")
	for _, s := range slices.Clone(f.incidents) {
		if s.Status.Burning() {
			_ = f.submit(s.ID, f.self, noon(), noon(), incident.ChangeStatus{Base: f.base(s.ID), To: incident.Resolved})
		}
	}
	before := b.n.icon
	b.arrives()
	if !b.n.item(t, "Nothing is burning").Disabled || b.n.icon == before {
		t.Error("the tray still burns")
	}
	same := b.n.menu
	b.arrives()
	if b.n.menu != same {
		t.Error("the same menu was made anew: one that is open would close")
	}
	b.n.item(t, "Quit").Action()
	if !b.n.quits {
		t.Error("Quit does not end the client")
	}
}

func TestClosingTheWindowKeepsTheClientInTheTray(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	b.OpenRoom(in)
	b.Close()
	if got := b.n.told(); b.n.quits || len(got) != 1 || !strings.Contains(got[0], "goes on in the tray") {
		t.Errorf("the first time: quits %v, told %q", b.n.quits, got)
	}
	marks := f.marks
	zoe := f.person("Zoe Sample", "Press", false, "Zoe's desk")
	_ = f.submit(in, zoe, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: "nobody sees this"})
	b.Changed()
	b.now = b.now.Add(time.Minute)
	b.Tick(b.now)
	if f.marks != marks {
		t.Error("a room that nobody sees was marked as read")
	}
	b.Raise()
	b.Close()
	if got := b.n.told(); b.n.quits || len(got) != 0 {
		t.Errorf("the second time: quits %v, told %q", b.n.quits, got)
	}
	b.n.tray = false
	b.Close()
	if !b.n.quits {
		t.Error("without a tray the window hid where nobody finds it again")
	}
}

func TestWhetherTheClientStaysAndStartsIsChosenInTheTray(t *testing.T) {
	b := outside(t, empty())
	stay := b.n.item(t, "Keep running")
	if !stay.Checked || b.n.item(t, "Start when").Checked {
		t.Error("the presets are not shown")
	}
	stay.Action()
	b.n.item(t, "Start when").Action()
	b.wait()
	if b.n.item(t, "Keep running").Checked || !b.n.item(t, "Start when").Checked || b.chosen.Get().CloseToTray || !b.n.login {
		t.Errorf("chosen is %+v, at login %v", b.chosen.Get(), b.n.login)
	}
	b.Close()
	if !b.n.quits {
		t.Error("the window did not end the client, as was chosen")
	}
	b.n.stuck = errors.New("the folder is not ours")
	b.n.item(t, "Start when").Action()
	b.sees("the folder is not ours")
}

func TestLinksOpenWhatTheyName(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	b.Follow(desktop.Link{Number: f.find(in).Number})
	b.sees("Customers are informed.")
	b.Follow(desktop.Link{Declare: true, Title: "Badges open no door"})
	if n := len(f.incidents); n != 7 || b.c.Focused() == nil {
		t.Errorf("a link declared something: there are %d incidents", n)
	}
	b.Follow(desktop.Link{Declare: true, Title: "Something else"})
	b.key(fyne.KeyReturn)
	b.sees("Badges open no door") // what stood there stayed
	b.Follow(desktop.Link{Number: 9999})
	b.sees("tsugi://inc/9999 is no incident that this device knows.", "Nothing was changed.")
	b.Follow(desktop.ReadLink("tsugi://page/214"))
	b.sees(`"tsugi://page/214" is no link that Tsugi understands.`, "Links look like")
	b.Follow(desktop.Link{Board: true})
	b.sees("burning")
}

func TestARoomInAWindowOfItsOwnIsRaisedThere(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	own := b.OpenAside(in)
	before := len(b.a.Driver().AllWindows())
	if b.OpenAside(in) != own || own.OpenAside(in) != own || len(b.a.Driver().AllWindows()) != before {
		t.Fatal("the room has more than one window of its own")
	}
	b.Follow(desktop.Link{Number: f.find(in).Number})
	b.seesNot("Customers are informed.") // the first window stays on the board
	b.Follow(desktop.Link{Incident: f.incidents[0].ID})
	b.sees(f.incidents[0].Title)
	own.Window().Close()
	b.Follow(desktop.Link{Incident: in})
	b.sees("Customers are informed.")
}

func TestNothingIsToldOfARoomThatIsOpenInAWindowOfItsOwn(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	own := b.OpenAside(in)
	b.a.Lifecycle().(interface{ OnEnteredForeground() func() }).OnEnteredForeground()()
	b.arrives(fresh(in, "here"))
	if got := b.n.told(); len(got) != 0 {
		t.Errorf("told was %q", got)
	}
	own.Window().Close()
	b.arrives(fresh(in, "here"))
	if got := b.n.told(); len(got) != 1 {
		t.Errorf("after its window was closed, told was %q", got)
	}
}

func TestTheClientEndsWithItsLastWindow(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	b.n.tray = false
	own, other := b.OpenAside(in), b.OpenAside(f.incidents[0].ID)
	b.Close()
	if b.n.quits || len(b.n.told()) != 0 {
		t.Fatal("closing the first window ended the others, or told of a tray that is not there")
	}
	own.Window().Close()
	if b.n.quits {
		t.Fatal("a window is left, and the client has ended")
	}
	other.Window().Close()
	if !b.n.quits {
		t.Error("the client runs on without any window")
	}
}

func TestTheLastWindowStaysInTheTray(t *testing.T) {
	f, in := full()
	b := outside(t, f)
	own := b.OpenAside(in)
	b.Close()
	own.Window().Close()
	if b.n.quits {
		t.Error("the client has ended, though there is a tray")
	}
	b.Raise()
	own = b.OpenAside(in)
	b.n.tray = false
	own.Window().Close()
	if b.n.quits {
		t.Error("closing a second window ended the client, while the first is open")
	}
}

func TestALinkWaitsForTheDeviceToBelongToSomebody(t *testing.T) {
	f, in := full()
	f.enrolled = false
	b := outside(t, f)
	b.Follow(desktop.Link{Incident: in})
	b.seesNot("Customers are informed.")
	f.enrolled = true
	b.Start()
	b.sees("Customers are informed.")
}
