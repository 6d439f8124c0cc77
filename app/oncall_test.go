package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// duties looks at the page of who is on call.
func duties(t *testing.T) (eyes, *staffed) {
	t.Helper()
	s := staff(t)
	e := look(t, s.fake)
	e.resize(1440, 2000)
	e.ctrl(fyne.Key5)
	return e, s
}

// shifted presses a key while Shift is held.
func (e eyes) shifted(name fyne.KeyName) {
	e.t.Helper()
	at, ok := e.c.Focused().(desktop.Keyable)
	if !ok {
		e.t.Fatalf("%T does not hear of Shift", e.c.Focused())
	}
	at.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	e.key(name)
	at.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
}

// retype replaces what stands in the field that has the keyboard.
func (e eyes) retype(words string) {
	e.t.Helper()
	in, ok := e.c.Focused().(*widget.Input)
	if !ok {
		e.t.Fatalf("%T is no field", e.c.Focused())
	}
	in.SetText("")
	e.types(words)
}

func (s *staffed) overrides(r id.Rotation) []oncall.Override { return s.rotation(r).Overrides }

func TestThePageSaysFirstWhoIsOnCall(t *testing.T) {
	e, _ := duties(t)
	e.sees("On call now", "Legal", "nobody", "since Tue 17:00, until 13:00", "then Dora Sample", "Cleo Sample", "since 09:00, until 18:00", "then Eli Sample")
	e.sees("MY NEXT SHIFTS", "Mon 09:00 – Mon 26 Oct 09:00", "COVER WANTED", "Cleo Sample looks for somebody: Fri 09:00 – 18:00, Engineering", "My daughter starts school.")
	e.seesBefore("Legal", "Engineering")
	e.seesNot("as of", "The server is not reached")
}

func TestWhatIsKnownIsSaidToBeOldWhileTheServerIsNotReached(t *testing.T) {
	e, s := duties(t)
	s.conn = present.Connection{Reach: present.Offline, Since: s.now().Add(-42 * time.Minute)}
	e.Changed()
	e.sees("as of 10:02", "The server is not reached since 10:02. This is who is on call as far as this device knew then")
	s.conn = present.Connection{Reach: present.Live}
	e.Changed()
	e.seesNot("as of 10:02")
}

func TestTheFirstRotationIsMadeWithTheKeyboardAlone(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 2000)
	e.ctrl(fyne.Key5)
	e.sees("Nobody takes turns yet", "Ana, Ben and Chen take turns every week")
	e.to("first rotation")
	e.key(fyne.KeyReturn)
	e.types("Shops")
	e.to("layer 1")
	for _, who := range []string{"eli", "dora"} {
		e.types(who)
		e.key(fyne.KeyReturn)
	}
	e.sees("Eli Sample and Dora Sample take turns every week, handing over on Monday at 09:00 (UTC).", "It holds at once.", "10:44 – Mon 09:00")
	if len(f.rotations) != 0 {
		t.Fatal("a preview was stored")
	}
	e.to("save")
	e.key(fyne.KeyReturn)
	e.sees("On call now", "Shops", "Eli Sample", "since 10:44, until Mon 09:00", "set up Shops.")
	e.seesNot("A new rotation")
}

func TestWhatIsWrongIsToldAtItsFieldOnceSomebodyTriesToSave(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 2000)
	e.ctrl(fyne.Key5)
	e.tap("first rotation")
	e.to("zone")
	e.retype("Moon/Base")
	e.to("layer 1 every")
	e.retype("often")
	e.seesNot("Write a whole number")
	e.tap("save")
	e.sees("Write a whole number")
	e.retype("2")
	e.seesNot("Write a whole number")
	e.sees("The name is empty.", "\"Moon/Base\" is no time zone", "has a turn in which nobody serves")
	e.tap("save")
	if at, _ := e.c.Focused().(widget.Keyed); at == nil || at.FocusKey() != "name" {
		t.Errorf("the keyboard is at %v", at)
	}
}

func TestAnEditIsForeseenBeforeItIsStored(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.eng.String())
	before := s.rotation(s.eng)
	e.edit(s)
	e.sees("Cleo Sample and Dora Sample take turns every week", "Mon 09:00 – Fri 30 Oct 18:00, 5 times", "Eli Sample → Dora Sample", "Eli Sample: 7 days 12 h less", "Nothing that has already happened changes.")
	if s.rotation(s.eng).Seq != before.Seq {
		t.Fatal("a preview was stored")
	}
	e.tap("save")
	if now := s.rotation(s.eng); now.Seq != before.Seq+1 || len(now.Versions) != 2 {
		t.Errorf("stored is %+v", now.Versions)
	}
	e.sees("ordered it anew")
}

func TestAnEditSaysWhichGapsArise(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.tap("edit rotation")
	e.tap("check Only at certain hours")
	e.sees("Nobody would be on call:", "Only Mon–Fri 09:00–17:00.")
}

func TestARotationEnds(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.tap("edit rotation")
	e.tap("end")
	e.sees("End IMOC?", "It holds from Mon 09:00 on.", "→ nobody")
	e.tap("yes")
	if r := s.rotation(s.imoc); !r.Ended(s.now().AddDate(0, 0, 7)) || r.Ended(s.now()) {
		t.Error("it has not ended at the handoff")
	}
	e.sees("It ends Mon 09:00.")
}

func TestAShiftIsGivenAwayWithTheKeyboardAlone(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.to("calendar")
	e.key(fyne.KeyReturn)
	e.sees("Ask for cover …", "Somebody else serves for me …")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	e.types("dora")
	e.key(fyne.KeyReturn)
	e.retype("2026-10-23 09:00")
	e.sees("Fri 09:00 – Mon 09:00", "you → Dora Sample")
	e.key(fyne.KeyReturn)
	e.retype("2026-10-24 09:00")
	e.key(fyne.KeyReturn)
	got := s.overrides(s.imoc)
	if len(got) != 1 || got[0].In != s.dora.Person || got[0].Out != s.self.Person || got[0].Until.Sub(got[0].From) != 24*time.Hour {
		t.Fatalf("the exceptions are %+v", got)
	}
	e.sees("Dora for Ada", "exceptions")
	e.to("calendar")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	for range 5 { // the last
		e.key(fyne.KeyDown)
	}
	e.key(fyne.KeyReturn)
	e.sees("Take this exception back: Dora Sample for Ada Sample", "Dora Sample → you")
	e.key(fyne.KeyReturn)
	if got := s.overrides(s.imoc); len(got) != 0 {
		t.Errorf("taken back, the exceptions are %+v", got)
	}
}

func TestShiftAndArrowsStretchWhatIsSelected(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.to("calendar")
	for range 9 {
		e.shifted(fyne.KeyDown) // from Monday at nine to the evening
	}
	for range 5 {
		e.shifted(fyne.KeyLeft)
	}
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("10:44 – Sun 19:00")
	e.key(fyne.KeyEscape)
	e.key(fyne.KeyEscape)
	e.sees("On call now")
	if c, ok := e.c.Focused().(*widget.Calendar); !ok {
		t.Errorf("the keyboard is at %T", e.c.Focused())
	} else if _, any := c.Pick(); any {
		t.Error("Escape gave up nothing")
	}
	e.key(fyne.KeyEscape)
	e.sees("1 burning")
}

func TestASpanIsDraggedOver(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.to("calendar")
	c, _ := e.c.Focused().(*widget.Calendar)
	c.Unselect()
	day := (c.Size().Width - 116) / 7
	at := func(days float32) fyne.Position { return fyne.NewPos(116+day*days, 80) }
	c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(5.5)}, Dragged: fyne.NewDelta(day*1, 0)})
	c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(5.51)}, Dragged: fyne.NewDelta(day*0.01, 0)})
	c.DragEnd()
	e.sees("Ask for cover …")
	e.key(fyne.KeyReturn)
	e.sees("Fri 12:00 – Sat 13:00")
	e.tap("yes")
	if got := s.rotation(s.imoc).Covers; len(got) != 1 || got[0].Person != s.self.Person || got[0].Until.Sub(got[0].From) != 25*time.Hour {
		t.Errorf("asked is %+v", got)
	}
	e.sees("You look for somebody: Fri 12:00 – Sat 13:00, IMOC", "cover wanted")
}

func TestCoverIsOfferedAndAShiftTaken(t *testing.T) {
	e, s := duties(t)
	e.tap("ask ")
	e.sees("Cleo Sample → you")
	e.key(fyne.KeyReturn)
	if r := s.rotation(s.eng); len(r.Covers) != 0 || r.Overrides[1].In != s.self.Person {
		t.Errorf("%+v, %+v", r.Covers, r.Overrides)
	}
	e.seesNot("COVER WANTED")
	e.tap("take a shift")
	e.tap("menu deed 1")
	e.sees("Take over from Cleo Sample now")
	e.key(fyne.KeyReturn)
	if on := on(s.rotation(s.eng), s.now()); on != s.self.Person {
		t.Error("the shift was not taken")
	}
}

func TestAGapIsFilledFromItsCard(t *testing.T) {
	e, s := duties(t)
	e.tap("fill ")
	e.sees("Fill the gap", "Ada Sample", "nobody → you")
	e.tap("yes")
	if on := on(s.rotation(s.legal), s.now()); on != s.self.Person {
		t.Error("the gap is not filled")
	}
}

func TestARefusalStaysInItsFormAndAFailureIsTold(t *testing.T) {
	e, s := duties(t)
	e.tap("fill ")
	s.failure = errors.New("a disk that is full")
	e.tap("yes")
	e.sees("a disk that is full", "WHAT THIS CHANGES")
	s.failure = nil
	e.tap("yes")
	e.seesNot("WHAT THIS CHANGES")
}

func TestTheCalendarTurns(t *testing.T) {
	e, _ := duties(t)
	e.sees("19 – 25 Oct", "Sun 25", "25 h: clocks change")
	e.to("calendar")
	e.key(fyne.KeyPageDown)
	e.sees("26 Oct – 1 Nov")
	e.tap("month")
	e.sees("October 2026")
	e.tap("later")
	e.sees("November 2026")
	e.tap("today")
	e.sees("October 2026")
	e.tap("mine")
	e.sees("My shifts", "Engineering", "IMOC")
	e.seesNot("HOW IT IS ORDERED")
	e.tap("week")
	e.sees("HOW IT IS ORDERED")
}

func TestTheCalendarGoesByTheClocksOfTheRotation(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.press.String())
	e.sees("your time", "09:00 – 09:00")
	e.tap("zone")
	e.sees("Europe/London", "08:00 – 08:00", "Show in your time")
}

func TestTheBoardSaysWhoIsOnCall(t *testing.T) {
	s := staff(t)
	e := look(t, s.fake)
	e.resize(1440, 2000)
	e.sees("ON CALL NOW", "Legal", "nobody!", "Engineering", "Cleo Sample", "IMOC", "you")
	e.seesBefore("ON CALL NOW", "LATELY")
	e.tap("duties")
	e.sees("On call now")

	f, _ := full()
	e = look(t, f)
	e.sees("Nobody takes turns yet.", "Say who is on call")
	e.seesNot("ON CALL NOW")
	e.tap("duties")
	e.sees("Set up the first rotation")
}

func TestHandoffsAreShownWhenTheyHappen(t *testing.T) {
	for _, page := range []fyne.KeyName{fyne.Key1, fyne.Key5} {
		e, s := duties(t)
		e.ctrl(page)
		e.sees("Cleo Sample")
		s.instant = time.Date(2026, 10, 22, 11, 0, 0, 0, time.UTC) // Legal begins at one
		e.Tick(s.now())
		e.seesNot("nobody!", "Fill the gap")
		s.instant = s.instant.Add(5 * time.Hour)
		e.Tick(s.now().Add(time.Second))
		e.sees("Eli Sample")
	}
}

func TestEverythingOnThePageIsInTheBoxOfCommands(t *testing.T) {
	e, s := duties(t)
	for typed, opens := range map[string]string{
		"take cleo":      "Take over from Cleo Sample now",
		"ask for cover":  "WHAT THIS CHANGES",
		"cover for cleo": "Cleo Sample → you",
		"change the":     "FROM WHEN",
		"calendar month": "October 2026",
		"set up a":       "A new rotation",
	} {
		e.ctrl(fyne.KeyK)
		e.types(typed)
		e.key(fyne.KeyReturn)
		e.sees(opens)
		e.key(fyne.KeyEscape)
		if e.c.Overlays().Top() != nil {
			t.Fatalf("after %q something lies over the page", typed)
		}
	}
	e.ctrl(fyne.Key1)
	e.ctrl(fyne.KeyK)
	e.types("roster")
	e.key(fyne.KeyReturn)
	e.sees("On call now")
	_ = s
}

func TestWhatIsBeingFilledInStays(t *testing.T) {
	e, s := duties(t)
	e.tap("new rotation")
	e.types("Shops")
	if err := s.rotate(s.imoc, s.cleo, s.now(), oncall.RenameRotation{Name: "Commanders"}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.ctrl(fyne.Key1)
	e.ctrl(fyne.Key5)
	e.ctrl(fyne.KeyEqual) // larger text makes everything anew
	e.sees("A new rotation")
	e.to("name")
	if at, _ := e.c.Focused().(*widget.Input); at == nil || at.Text != "Shops" {
		t.Errorf("the name is gone: %v", at)
	}
	e.key(fyne.KeyEscape)
	e.sees("Leave without saving?")
	e.tap("no")
	e.sees("A new rotation")
	e.key(fyne.KeyEscape)
	e.tap("yes")
	e.sees("On call now", "Commanders")
}

func TestAnEditOfWhatSomebodyElseChangedMeanwhileIsToldBeforeItIsStored(t *testing.T) {
	e, s := duties(t)
	e.tap("duty " + s.imoc.String())
	e.tap("edit rotation")
	e.tap("take out 0 " + s.dora.Person.String())
	order := s.rotation(s.imoc).Versions[0]
	order.Layers = []oncall.Layer{order.Layers[0]}
	order.Layers[0].Places = []oncall.Place{{s.eli.Person}}
	if err := s.rotate(s.imoc, s.cleo, s.now(), oncall.EditRotation{Version: oncall.Version{Zone: berlin, Layers: order.Layers}}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.tap("save")
	e.sees("Somebody else changed the rotation meanwhile.")
	if got := s.rotation(s.imoc).Versions; len(got) != 2 || got[1].Layers[0].Places[0][0] != s.eli.Person {
		t.Errorf("stored is %+v", got)
	}
}

func TestLayersPeopleAndHoursComeAndGo(t *testing.T) {
	e, s := duties(t)
	e.tap("new rotation")
	e.types("Shops")
	e.to("layer 1")
	for _, who := range []string{"eli", "dora", "cleo"} {
		e.types(who)
		e.key(fyne.KeyReturn)
	}
	e.tap("together 0 1")
	e.sees("Eli Sample + Dora Sample and Cleo Sample take turns")
	e.tap("up 0 1")
	e.sees("Cleo Sample and Eli Sample + Dora Sample take turns")
	e.tap("unit 0 2")
	e.sees("every day")
	e.tap("add layer")
	e.types("backup")
	e.to("layer 2")
	e.types("ada")
	e.key(fyne.KeyReturn)
	e.sees("backup: where nobody above serves, Ada Sample is always on call.")
	e.tap("beside 1")
	e.sees("backup: at the same time, Ada Sample is always on call.")
	e.tap("steps 1")
	e.tap("check Only at certain hours")
	e.tap("day 0 0 5")
	e.sees("Only Mon–Thu 09:00–17:00.")
	e.tap("add hours 0")
	e.sees("Only Mon–Thu 09:00–17:00, Sat, Sun 09:00–17:00.")
	e.tap("drop hours 0 1")
	e.seesNot("Sat, Sun 09:00")
	e.tap("save")
	i := len(s.rotations) - 1
	for s.rotations[i].Name != "Shops" {
		i--
	}
	layers := s.rotations[i].Versions[0].Layers
	if len(layers) != 2 || len(layers[0].Places) != 2 || len(layers[0].Places[1]) != 2 || layers[0].Priority <= layers[1].Priority || layers[0].Unit != oncall.Day || len(layers[0].Hours) != 1 {
		t.Errorf("stored is %+v", layers)
	}
	if !strings.Contains(e.said(), "Shops") {
		t.Error("it is not shown")
	}
}
