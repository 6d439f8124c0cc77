package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestADeviceThatIsShutOutIsToldAndEnrolsAgain(t *testing.T) {
	f, in := full()
	f.former = present.Former{Address: "https://tsugi.example.com", Name: "Ada Sample"}
	f.conn = present.Connection{Reach: present.ShutOut, Since: noon(), Pending: 3}
	e := look(t, f)
	e.sees("not admitted since 10:44",
		"This device is no longer admitted. Nothing is lost: 3 changes are kept on this device. Ask for a new code and enrol it again.")
	e.OpenRoom(in)
	e.sees("Not sent: kept on this device")
	e.seesNot("Offline")
	e.ctrl(fyne.KeyD)
	e.sees("until it is sent, nobody else knows of it")
	e.tap("enrol again")
	e.sees("Enrol this device again", "made for Ada Sample")
	e.types("BOBS-CODE") // the address is known: the keyboard is where the code goes
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("This folder holds 3 changes of Ada Sample that were not sent.", "They are kept.", "Enrol as the same person")
	e.c.Focused().(*widget.Input).SetText("GOOD-CODE")
	e.key(fyne.KeyReturn)
	e.sees("1 burning", "live · 14 people")
	e.seesNot("no longer admitted", "Enrol again")
}

func TestAnUpdateLeavesTheAddressThatIsTypedAlone(t *testing.T) {
	f, _ := full()
	f.former = present.Former{Address: "https://tsugi.example.com", Name: "Ada Sample"}
	f.conn = present.Connection{Reach: present.ShutOut, Since: noon()}
	e := look(t, f)
	e.tap("enrol again")
	test.FocusPrevious(e.c)
	in := e.c.Focused().(*widget.Input)
	in.SetText("")
	e.Changed()
	if e.c.Focused() != fyne.Focusable(in) || in.Text != "" {
		t.Errorf("the address became %q, and the keyboard is at %T", in.Text, e.c.Focused())
	}
}

func TestADeviceThatIsSentBackIsTold(t *testing.T) {
	f, _ := full()
	f.conn = present.Connection{Reach: present.Stuck, Since: noon(), Pending: 1}
	e := look(t, f)
	e.sees("sent back since 10:44", "Nothing is lost: 1 change is kept on this device.", "Tell whoever looks after the server.")
	e.seesNot("Enrol again")
}

func TestADamagedCopyIsToldOnce(t *testing.T) {
	f, _ := full()
	f.conn.Rebuilt = true
	e := look(t, f)
	e.sees("The local copy was damaged and is being fetched again.", "Your unsent changes are safe.")
	e.tap("close notice")
	e.Changed()
	e.seesNot("damaged")
}

func TestErasedWordsThatAreStillInAFileAreToldEachTime(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.seesNot("could not be taken out")
	for range 2 {
		f.conn.Smeared = true
		e.Changed()
		e.sees("Words that were erased could not be taken out of the files of this device yet.", "shown nowhere", "Free some space")
		e.tap("close notice")
		e.Changed()
		e.seesNot("could not be taken out")
		f.conn.Smeared = false
		e.Changed()
	}
}

func TestADiskThatFailedIsToldOnce(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.seesNot("failed once")
	f.conn.Unfolded = true
	e.Changed()
	e.sees("The disk of this device failed once.", "nothing was lost", "start it again")
	e.tap("close notice")
	e.Changed()
	e.seesNot("failed once")
}

func TestTheBoardSaysWhatIsNotHereYet(t *testing.T) {
	f, _ := full()
	f.missing = 312
	e := look(t, f)
	e.sees("Older entries are not here yet: 312 to come.")
	f.missing = 0
	e.Changed()
	e.seesNot("not here yet")
}

func TestUnreadIsCountedAndBecomesReadWhereItIsSeen(t *testing.T) {
	f, in := full()
	e := look(t, f)
	seq, others := f.find(in).Seq, f.unread()[in]
	e.sees(fmt.Sprintf("\n%d new\n", others), "\n3 new\n")
	says := func(text string) {
		t.Helper()
		if err := f.submit(in, somebodyElse(f), noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: text}); err != nil {
			t.Fatal(err)
		}
		e.Changed()
	}
	marked := func(marks int, upto uint64) {
		t.Helper()
		if f.marks != marks || f.read[in] != upto {
			t.Errorf("%d marks were written, the last at %d; want %d, at %d", f.marks, f.read[in], marks, upto)
		}
	}
	e.OpenRoom(in)
	marked(0, 0)
	e.sees("\n3\n") // the other fire, in the list at the left
	e.Tick(noon())
	marked(1, seq)
	e.Tick(noon().Add(9 * time.Second))
	marked(1, seq) // nothing is new
	says("one more")
	e.Tick(noon().Add(10 * time.Second))
	marked(1, seq) // too early
	e.Tick(noon().Add(12 * time.Second))
	marked(2, seq+1)
	says("and another")
	e.Open("board")
	marked(3, seq+2) // seen, because the room was shown until now
	e.seesNot(fmt.Sprintf("\n%d new\n", others), "\n1 new\n")
	e.sees("\n3 new\n")
	says("while nobody looks")
	e.Tick(noon().Add(time.Minute))
	marked(3, seq+2)
	e.sees("\n1 new\n")
}

func TestWhoReadsFurtherUpHasNotSeenTheEnd(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1440, 480)
	e.OpenRoom(in)
	test.Scroll(e.c, fyne.NewPos(600, 250), 0, 1000)
	e.Tick(noon())
	e.Open("board")
	if f.marks != 0 {
		t.Errorf("%d marks were written", f.marks)
	}
}

func TestACodeForAFurtherDevice(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.Key3)
	var lars present.Person
	for _, p := range f.view().Everybody() {
		if p.Name == "Cleo Sample" {
			lars = p
		}
	}
	e.tap("further " + lars.ID.String())
	e.sees("A further device of Cleo Sample", "KM4T-9QXZ")
	if len(f.guests) != 1 || f.guests[0].Person != lars.ID {
		t.Errorf("asked for was %+v", f.guests)
	}
	e.key(fyne.KeyEscape)
	f.self = f.person("Nora Plain", "HR", false, "nora-desk")
	e.Changed()
	e.tap("further " + f.self.Person.String())
	if n := strings.Count(e.said(), "Add a device"); n > 2 { // the button's words, and the text in it
		t.Errorf("somebody who is no admin is offered %d times to make a code", n)
	}
}

// The first person of an installation is called Admin: the way to one's own name is in the box and on the page of people.
func TestOnesOwnNameIsChangedFromTheBox(t *testing.T) {
	e, f, _ := room(t)
	e.ctrl(fyne.KeyK)
	e.types("your name")
	e.key(fyne.KeyReturn)
	e.sees("What are you called?")
	if got := e.c.Focused().(*widget.Input).SelectedText(); got != "Ada Sample" {
		t.Errorf("marked is %q", got)
	}
	e.types("Ada Example")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if p := f.setup.People[f.self.Person]; p.Name != "Ada Example" || p.Department != "Support" {
		t.Errorf("the person is now %+v", p)
	}
	e.seesNot("What are you called?")
	e.sees("Ada Example")
	e.tap("own name")
	e.c.Focused().(*widget.Input).SetText("  ")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("What are you called?", "name is empty") // nobody is called nothing
}

func TestOnesOwnNameWaitsLikeEveryOtherChange(t *testing.T) {
	f, _ := full()
	f.unsent.Items = []present.Change{present.ChangeFrom(present.Change{Command: id.New[id.Command](), At: noon()},
		workspace.DescribePerson{Person: f.self.Person, Name: "Ada Example"}, nil, f.view())}
	e := look(t, f)
	e.ctrl(fyne.Key2)
	e.sees("People and devices", "be called “Ada Example”")
}

// On the board, "update" is what somebody wrote for everybody, and what was promised; the last change is neither.
func TestTheBoardCallsNoChangeAnUpdate(t *testing.T) {
	f := empty()
	in := f.declared(t, "Printers print nothing")
	e := look(t, f)
	e.sees("changed just now")
	e.seesNot("update")
	if err := f.Submit(t.Context(), in, incident.PromiseUpdate{Within: 30 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.sees("changed just now · update in 30:00")
	e.Tick(noon().Add(50 * time.Minute))
	e.sees(" · update overdue by 20:00")
}

func TestShuttingOutWaitsLikeEveryOtherChange(t *testing.T) {
	f, _ := full()
	device := f.setup.People[f.self.Person].Devices[0]
	f.unsent.Items = []present.Change{present.ChangeFrom(present.Change{Command: id.New[id.Command](), At: noon()},
		workspace.RevokeDevice{Person: f.self.Person, Device: device.ID, Reason: "sold"}, nil, f.view())}
	e := look(t, f)
	e.ctrl(fyne.Key2)
	e.sees("People and devices", "shut out Ada's laptop of Ada Sample: “sold”")
	e.seesNot("Open the room")
}

func TestAFailureToStartSaysWhatIsSafeAndEnds(t *testing.T) {
	for name, quit := range map[string]func(fyne.Canvas){
		"Enter":  func(c fyne.Canvas) { c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) },
		"Escape": func(c fyne.Canvas) { c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
	} {
		a := test.NewTempApp(t)
		a.Settings().SetTheme(theme.New(theme.Dark))
		window := app.NewFailure(a, app.Failure{
			Trouble: present.Trouble{What: "Another Tsugi uses this folder.", Safe: "Nothing was changed.", Do: "Close the other window."},
			Cause:   "flock: held by process 4711",
		}, words.English())
		closed := false
		window.SetOnClosed(func() { closed = true })
		window.Show()
		e := eyes{t: t, c: window.Canvas()}
		e.sees("Another Tsugi uses this folder.", "Nothing was changed.", "Close the other window.", "Cause: flock: held by process 4711", "Quit")
		if quit(window.Canvas()); !closed {
			t.Errorf("%s leaves the window open", name)
		}
	}
}

func TestAPanelTallerThanTheWindowIsScrolled(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(700, 320)
	e.OpenRoom(in)
	e.tap("status")
	panel := e.c.Overlays().Top().(*widget.Overlay).Children()[0]
	if end := panel.Position().Y + panel.Size().Height; end > 320 {
		t.Fatalf("the panel ends at %v of 320", end)
	}
	change := e.find("Change")
	test.Scroll(e.c, panel.Position().AddXY(100, 100), 0, 1000) // what has the keyboard lies further down
	before := e.place(change)
	if before.Y < 320 {
		t.Fatalf("the button is in sight at %v: the panel is not taller than the window", before.Y)
	}
	test.Scroll(e.c, panel.Position().AddXY(100, 100), 0, -1000)
	if after := e.place(change); after.Y+change.Size().Height > 320 {
		t.Errorf("scrolled to its end the panel's button is at %v of 320", after.Y)
	}
}

func TestNothingPushesTheButtonOrTheStripOut(t *testing.T) {
	f, in := full()
	f.conn = present.Connection{Reach: present.Stuck, Since: noon(), Pending: 12345}
	long := strings.Repeat("Checkout fails for everybody who pays ", 7)
	if err := f.submit(in, f.self, noon(), noon(), incident.Retitle{Title: long}); err != nil {
		t.Fatal(err)
	}
	e := look(t, f)
	for _, size := range []fyne.Size{fyne.NewSize(1440, 900), fyne.NewSize(1024, 740), fyne.NewSize(900, 600), fyne.NewSize(720, 600)} {
		e.resize(size.Width, size.Height)
		e.OpenRoom(in)
		e.resize(size.Width, size.Height)
		for _, name := range []string{"declare", "severity", "status"} {
			o := e.find(name)
			if p := e.place(o); p.X < 0 || p.X+o.Size().Width > size.Width || o.Size().Width < o.(interface{ Natural() float32 }).Natural() {
				t.Errorf("%v: %s lies at %v, %v", size, name, p, o.Size())
			}
		}
		strip := e.find("The server sends this device back")
		if p := e.place(strip); p.Y+strip.Size().Height > size.Height || p.X+strip.Size().Width > size.Width {
			t.Errorf("%v: the strip lies at %v, %v", size, p, strip.Size())
		}
	}
}

func somebodyElse(f *fake) id.Actor {
	for p, known := range f.setup.People {
		if p != f.self.Person {
			return id.Actor{Person: p, Device: known.Devices[0].ID}
		}
	}
	return id.Actor{}
}

// find returns the widget in the foreground that has the key, or says words that begin so.
func (e eyes) find(name string) fyne.CanvasObject {
	e.t.Helper()
	var found fyne.CanvasObject
	match := func(o fyne.CanvasObject) bool {
		k, keyed := o.(widget.Keyed)
		s, speaks := o.(interface{ Words() string })
		if keyed && k.FocusKey() == name || speaks && strings.HasPrefix(s.Words(), name) {
			found = o
		}
		return found == nil
	}
	if top := e.c.Overlays().Top(); top != nil {
		widget.Walk(top, match)
	} else {
		widget.Walk(e.c.Content(), match)
	}
	if found == nil {
		e.t.Fatalf("%q is not there:\n%s", name, e.said())
	}
	return found
}

func (e eyes) place(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}
