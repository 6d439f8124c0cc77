package app_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// leftOver begins a private declaration and leaves it.
func leftOver(t *testing.T) (eyes, *fake) {
	t.Helper()
	f, _ := full()
	e := look(t, f)
	e.resize(1024, 700)
	e.ctrl(fyne.KeyD)
	e.types("The payroll was copied")
	e.tap(switchKey)
	e.key(fyne.KeyEscape)
	return e, f
}

// leftOverWithCleo is leftOver with somebody added, in the form that goes on from it.
func leftOverWithCleo(t *testing.T) (eyes, *fake) {
	t.Helper()
	e, f := leftOver(t)
	e.ctrl(fyne.KeyD)
	e.tap("seen by")
	e.types("cleo")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyD)
	return e, f
}

// A public fire that is declared in the place of a private one that was begun must not vanish from everybody's sight.
func TestALeftOverPrivateDraftSaysSoAndIsReplacedByTyping(t *testing.T) {
	e, f := leftOver(t)
	n := len(f.incidents)
	e.ctrl(fyne.KeyD)
	e.sees("Going on from what you began at 10:44", "Start over", "Declare privately", "Private: you alone see it")
	e.types("Checkout down everywhere")
	if got := e.c.Focused().(*widget.Input).Text; got != "Checkout down everywhere" {
		t.Fatalf("in the title is %q", got)
	}
	e.key(fyne.KeyReturn)
	e.sees("Only you will see it", "Declare all the same?")
	e.key(fyne.KeyReturn)
	if len(f.incidents) != n {
		t.Fatal("Enter twice declared what nobody else would see")
	}
	if in, ok := e.c.Focused().(*widget.Input); !ok || !strings.HasPrefix(in.PlaceHolder, "Add a person") {
		t.Errorf("the keyboard is in %T, and not where people are added", e.c.Focused())
	}
	e.until("send")
	e.key(fyne.KeyReturn)
	e.tap("yes")
	if got := f.incidents[len(f.incidents)-1]; len(f.incidents) != n+1 || !got.Private || got.Title != "Checkout down everywhere" {
		t.Errorf("declared was %+v", got)
	}
	e.ctrl(fyne.KeyD)
	e.seesNot("Going on from", "Declare privately")
}

// A fire that is declared in the place of a private matter must not go to those who were added to that, and to nobody else.
func TestAnotherTitleInAPrivateDraftAsksWhetherTheSamePeopleAreMeant(t *testing.T) {
	e, f := leftOverWithCleo(t)
	n := len(f.incidents)
	e.types("Checkout down everywhere")
	e.key(fyne.KeyReturn)
	e.sees("Private, and for the same people?", "You went on from “The payroll was copied”", "Only you and Cleo Sample will see this")
	e.key(fyne.KeyReturn)
	if len(f.incidents) != n {
		t.Fatal("Enter twice declared it to those who were added to another matter")
	}
	e.until("send")
	e.key(fyne.KeyReturn) // it is asked once
	if got := f.incidents[len(f.incidents)-1]; len(f.incidents) != n+1 || !got.Private || got.Title != "Checkout down everywhere" {
		t.Errorf("declared was %+v", got)
	}
}

func TestATitleThatIsGoneOnWithIsNotAskedAbout(t *testing.T) {
	e, f := leftOverWithCleo(t)
	n := len(f.incidents)
	e.types("The payroll was copied and sold")
	e.key(fyne.KeyReturn)
	e.seesNot("for the same people?")
	if len(f.incidents) != n+1 {
		t.Error("it was not declared")
	}
}

func TestASeverityThatIsLeftFromBeforeIsSaid(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1024, 700)
	e.ctrl(fyne.KeyD)
	e.tap("level SEV1")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyD)
	e.sees("Going on from what you began at 10:44")
	e.tap("start over")
	e.seesNot("Going on from")
}

func TestStartingOverForgetsWhatWasBegun(t *testing.T) {
	e, f := leftOver(t)
	e.ctrl(fyne.KeyD)
	test.FocusNext(e.c)
	if k, ok := e.c.Focused().(widget.Keyed); !ok || k.FocusKey() != "start over" {
		t.Fatalf("Tab leads from the title to %T", e.c.Focused())
	}
	e.key(fyne.KeyReturn)
	e.seesNot("The payroll was copied", "Going on from", "Declare privately", "Private: you alone see it")
	e.types("Checkout down everywhere")
	e.key(fyne.KeyReturn)
	if got := f.incidents[len(f.incidents)-1]; got.Private || got.Title != "Checkout down everywhere" {
		t.Errorf("declared was %+v", got)
	}
}

func TestADraftOfAnotherDayIsSelectedWhenItComes(t *testing.T) {
	f, work := empty(), &patient{}
	f.draft = present.Declaration{Title: "The payroll was copied", Level: 1, Private: true}
	d := deskWith(t, f, theme.Dark, work)
	e := eyes{t, d, d.Window().Canvas()}
	work.all()
	e.ctrl(fyne.KeyD)
	work.all()
	e.sees("Going on from what you began before", "Declare privately")
	e.resize(1024, 700)
	e.types("Checkout down")
	work.all()
	if f.draft.Title != "Checkout down" || !f.draft.Private {
		t.Errorf("kept is %+v", f.draft)
	}
}

func TestThatItIsPrivateIsInSightInALowWindow(t *testing.T) {
	e, _ := leftOver(t)
	e.ctrl(fyne.KeyD)
	seen := e.find("seen by")
	if at := e.place(seen); at.Y < 0 || at.Y+seen.Size().Height > 700 {
		t.Errorf("it lies at %v", at)
	}
	e.tap("seen by")
	e.types("cleo")
	e.key(fyne.KeyReturn)
	e.sees("Private: 2 people see it")
}

func TestNothingOfAVanishedIncidentStaysInTheFormOrTheBox(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Checkout")
	e.sees("IS IT ONE OF THESE?", "Checkout fails for everyone")
	gone := f.find(in)
	f.purge(in)
	e.Changed()
	e.seesNot("IS IT ONE OF THESE?", "Checkout fails for everyone")
	f.incidents = append(f.incidents, gone)
	e.ctrl(fyne.Key3)
	e.ctrl(fyne.KeyK)
	e.types("checkout fails")
	e.sees("Checkout fails for everyone")
	f.purge(in)
	e.Changed()
	e.seesNot("Checkout fails for everyone")
}
