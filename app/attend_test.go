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
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// attend lets people of the fake look at an incident; the first of them write there.
func (f *fake) attend(in id.Incident, writing int, names ...string) {
	f.others = map[id.Incident][]presence.Attendee{}
	for i, name := range names {
		for _, p := range f.setup.People {
			if p.Name == name {
				f.others[in] = append(f.others[in], presence.Attendee{Person: p.ID, Typing: i < writing})
			}
		}
	}
}

// othersRoom is a room in which others are, of whom some write.
func othersRoom(t *testing.T, look theme.Choice) *app.Desk {
	f, in := full()
	f.read[in] = 15
	f.person("Fay Sample", "Partners", false, "fay-desk")
	d := desk(t, f, look)
	d.OpenRoom(in)
	f.attend(in, 2, "Cleo Sample", "Dora Sample", "Eli Sample", "Fay Sample")
	d.Attended()
	return d
}

func TestWhoElseIsInTheRoomIsShownAndNothingMoves(t *testing.T) {
	e, f, in := room(t)
	e.seesNot("typing", "looking", "+1")
	composer := e.place(e.find("attach"))
	e.tap("tab Everything")
	f.person("Fay Sample", "Partners", false, "fay-desk")
	f.attend(in, 1, "Cleo Sample", "Dora Sample", "Eli Sample", "Fay Sample", "Ada Sample")
	e.Attended()
	e.sees("Cleo is typing …", "FS", "+1")
	e.seesNot("looking") // the faces say it
	if names := e.hints(); !strings.Contains(names, "Looking now: Cleo Sample, Dora Sample, Eli Sample, Fay Sample, Ada Sample") {
		t.Errorf("explained is %s", names)
	}
	if now := e.place(e.find("attach")); now != composer {
		t.Errorf("the composer was at %v and is at %v", composer, now)
	}
	f.attend(in, 2, "Cleo Sample", "Dora Sample")
	e.Attended()
	e.sees("Cleo and Dora are typing …")
	e.seesNot("+1", "FS")
	e.resize(1024, 700)
	e.sees("2 looking")
	f.attend(in, 0)
	e.Attended()
	e.seesNot("typing", "looking")
	e.resize(1440, 1600)
	for _, who := range []string{"Cleo Sample", "Fay Sample", "Nobody"} {
		f.attend(in, 0, who)
		e.Attended()
		if strings.Contains(e.said(), "FS") != (who == "Fay Sample") || e.dots() != strings.Count(who, "Cleo") {
			t.Errorf("with %s, who is there is shown by %d dots and as\n%s", who, e.dots(), e.said())
		}
	}
}

// dots counts the marks of those who are there.
func (e eyes) dots() int {
	n := 0
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if b, ok := o.(*widget.Box); ok && b.Fill == theme.Good {
			n++
		}
		return true
	})
	return n
}

// The room of another incident shows its own people, and none while it is told of nobody.
func TestEachRoomShowsItsOwnPeople(t *testing.T) {
	e, f, in := room(t)
	f.attend(in, 1, "Cleo Sample")
	e.Attended()
	e.sees("Cleo is typing …")
	e.OpenRoom(f.incidents[0].ID)
	e.seesNot("typing")
	e.OpenRoom(in)
	e.sees("Cleo is typing …")
	e.Open("board")
	e.Attended()
	e.seesNot("typing")
}

// A room is attended for as long as a window shows it, and by each window once.
func TestARoomIsAttendedWhileItIsShown(t *testing.T) {
	e, f, in := room(t)
	other := f.incidents[0].ID
	want := func(when string, here, there int) {
		t.Helper()
		if f.windows[in] != here || f.windows[other] != there {
			t.Errorf("%s it is attended by %d windows, and the other one by %d, want %d and %d", when, f.windows[in], f.windows[other], here, there)
		}
	}
	want("when it was opened,", 1, 0)
	e.Changed()
	e.Tick(noon().Add(time.Second))
	e.types("the pump is back")
	e.key(fyne.KeyReturn)
	want("when something has changed,", 1, 0)
	e.OpenRoom(other)
	want("in another one,", 0, 1)
	aside := e.OpenAside(in)
	want("in a window of its own,", 1, 1)
	f.attend(in, 1, "Cleo Sample")
	e.Attended()
	eyes{t, aside, aside.Window().Canvas()}.sees("Cleo is typing …")
	e.seesNot("typing")
	e.OpenRoom(in)
	want("in two windows,", 2, 0)
	e.ctrl(fyne.KeyEqual) // larger text makes all pages anew
	want("in larger text,", 2, 0)
	aside.Window().Close()
	want("after one was closed,", 1, 0)
	e.Open("board")
	e.Changed()
	want("on the board,", 0, 0)
	e.OpenRoom(in)
	want("back in the room,", 1, 0)
}

// Nobody is told that somebody looks at what the server has never heard of.
func TestWhatIsNotSentIsNotAttended(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	f.unheard = true
	in, err := f.Declare(context.Background(), present.Declaration{Title: "The office has no network", Level: 3})
	if err != nil {
		t.Fatal(err)
	}
	e.OpenRoom(in)
	if f.windows[in] != 0 {
		t.Error("it is attended before it was sent")
	}
	f.unheard = false
	e.Changed()
	if f.windows[in] != 1 {
		t.Errorf("then it is attended by %d windows", f.windows[in])
	}
}

// What one types is told, but no command, and not what comes back by itself.
func TestOnlyWhatSomebodyTypesIsTyping(t *testing.T) {
	e, f, in := room(t)
	said := func(when string, want ...bool) {
		t.Helper()
		got := slices.Compact(slices.Clone(f.writes))
		if f.writes = nil; !slices.Equal(got, want) {
			t.Errorf("%s it is said %v, want %v", when, got, want)
		}
	}
	said("at first")
	e.types("/task")
	said("for a command", false)
	e.key(fyne.KeyEscape)
	for range 5 {
		e.key(fyne.KeyBackspace)
	}
	f.writes = nil
	e.types("The pump is back")
	said("for words", true)
	e.key(fyne.KeyReturn)
	said("when they are sent", false)
	e.types("and one more")
	said("for more words", true)
	e.OpenRoom(f.incidents[0].ID)
	e.OpenRoom(in)
	said("for a draft that comes back")
	e.types("!")
	said("for what is written to it", true)
	f.failure = errors.New("the disk is full")
	e.key(fyne.KeyReturn)
	e.sees("and one more!")
	said("when it comes back because it could not be stored", false)
}

// later is a Work that is done when the test says so.
type later struct {
	all []func(context.Context) func()
}

func (l *later) Go(ask func(context.Context) func()) { l.all = append(l.all, ask) }

func (l *later) do() {
	for len(l.all) > 0 {
		ask := l.all[0]
		l.all = l.all[1:]
		widget.Direct{}.Go(ask)
	}
}

// What was asked for a room comes when one has left it.
func TestWhoHasLeftDoesNotComeBackByItself(t *testing.T) {
	f, in := full()
	a, work := test.NewTempApp(t), &later{}
	d := app.New(app.Params{App: a, Session: f, Work: work, View: f.view(), Now: noon})
	d.Start()
	work.do()
	d.OpenRoom(in)
	work.do()
	_ = f.Submit(context.Background(), in, incident.AddTag{Tag: "pump"})
	d.Changed()
	d.Open("board")
	work.do()
	if f.windows[in] != 0 {
		t.Errorf("it is attended by %d windows", f.windows[in])
	}
}

// hints returns all explanations that are shown to a pointer.
func (e eyes) hints() string {
	var out []string
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if h, ok := o.(*widget.Hint); ok {
			out = append(out, h.Explanation())
		}
		return true
	})
	return strings.Join(out, "\n")
}

func TestWhoIsCountedHasRoomForItInANarrowWindow(t *testing.T) {
	d := othersRoom(t, theme.Dark)
	d.Window().Resize(fyne.NewSize(1024, 700))
	d.Attended()
	found := false
	widget.Walk(d.Window().Canvas().Content(), func(o fyne.CanvasObject) bool {
		if text, is := o.(*widget.Text); is && strings.Contains(text.Words(), "looking") {
			found = true
			if text.Size().Width < text.Natural() {
				t.Errorf("%q is %v wide and has %v", text.Words(), text.Natural(), text.Size().Width)
			}
		}
		return true
	})
	if !found {
		t.Error("nobody is counted")
	}
}
