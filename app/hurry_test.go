package app_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// privateRoom shows a private incident that Ada, Cleo and Dora see.
func privateRoom(t *testing.T) (eyes, *fake, id.Incident) {
	t.Helper()
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	return e, f, in
}

// Who types a word of a title in a hurry and presses Enter must not let anybody see anything by a guess.
func TestATitleThatWasNamedStandsBeforeCommandsThatAreGuessed(t *testing.T) {
	f, in := secret()
	f.declared(t, "Merger papers are out")
	e := look(t, f)
	e.OpenRoom(in)
	for _, typed := range []string{"m", "me", "mer", "merge", "merger"} {
		e.ctrl(fyne.KeyK)
		e.types(typed)
		e.sees("Merger papers are out")
		if typed == "merger" {
			e.seesNot("Let one more person see this")
			e.key(fyne.KeyReturn)
			e.sees("Ada Sample declared this as SEV3")
			return
		}
		e.key(fyne.KeyEscape)
	}
}

func TestAGuessedCommandStandsBehindATitleAndAGraveOneNowhere(t *testing.T) {
	f, in := secret()
	f.declared(t, "Gtb is broken")
	e := look(t, f)
	e.OpenRoom(in)
	e.ctrl(fyne.KeyK)
	e.types("gtb")
	e.seesBefore("Gtb is broken", "Go to the board")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyK)
	e.types("lomp") // let one more person
	e.seesNot("Let one more person see this")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyK)
	e.types("one more")
	e.sees("Let one more person see this")
}

// All that changes who sees an incident answers to what it is called, and to no guess.
func TestNoGuessChangesWhoSeesAnIncident(t *testing.T) {
	for _, c := range []struct {
		in                    func() (*fake, id.Incident)
		guess, named, command string
	}{
		{secret, "ne more", "one more", "Let one more person see this"},
		{secret, "omebody", "somebody", "Let somebody see this no longer"},
		{secret, "isible", "visible", "Make this visible to everybody"},
		{full, "rivate", "private", "Make this private …"},
	} {
		s, in := c.in()
		e := look(t, s)
		e.OpenRoom(in)
		e.ctrl(fyne.KeyK)
		e.types(c.guess)
		e.seesNot(c.command)
		e.key(fyne.KeyEscape)
		e.ctrl(fyne.KeyK)
		e.types(c.named)
		e.sees(c.command)
	}
}

func TestAPrivateIncidentIsDeclaredFromTheBox(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyK)
	e.types("private")
	e.key(fyne.KeyReturn)
	e.sees("What is wrong?", "Declare privately")
}

func TestTakingBackARoleThatLetSomebodyInTakesThemOutAgain(t *testing.T) {
	e, f, in := privateRoom(t)
	eli := f.named("Eli")
	e.tap("role legal")
	e.types("eli")
	e.key(fyne.KeyReturn)
	if !f.find(in).Sees(eli) {
		t.Fatal("whoever holds a role does not see it")
	}
	e.OpenRoom(in)
	e.takesBack()
	if s := f.find(in); s.Sees(eli) {
		t.Error("Eli still sees it")
	}
	e.sees("Taken back: Ada Sample made Eli Sample Legal. Eli Sample does not see this.")
	e.takesBack()
	if f.find(in).Sees(eli) {
		t.Error("taking back twice let Eli in again")
	}
	e.sees("Nothing is taken back here.")
}

// What a slip let in is taken out wherever whoever takes it back has gone meanwhile.
func TestWhoLeavesTheRoomTakesOutAllTheSame(t *testing.T) {
	f, in := secret()
	eli, other, work := f.named("Eli"), f.declared(t, "Printer jams"), &patient{}
	d := deskWith(t, f, theme.Dark, work)
	work.all()
	e := eyes{t, d, d.Window().Canvas()}
	e.resize(1440, 1600)
	e.OpenRoom(in)
	work.all()
	e.tap("role legal")
	e.types("eli")
	e.key(fyne.KeyReturn)
	work.all()
	if !f.find(in).Sees(eli) {
		t.Fatal("whoever holds a role does not see it")
	}
	e.OpenRoom(in)
	work.all()
	e.takesBack()
	e.OpenRoom(other)
	work.all()
	if f.find(in).Sees(eli) {
		t.Error("Eli still sees it")
	}
	e.seesNot("Taken back")
}

// What cannot be stored is no refusal, and is not said to be somebody's decision.
func TestATakingOutThatFailsIsTold(t *testing.T) {
	f, in := secret()
	work := &patient{}
	d := deskWith(t, f, theme.Dark, work)
	work.all()
	e := eyes{t, d, d.Window().Canvas()}
	e.resize(1440, 1600)
	_ = f.submit(in, f.self, noon(), noon(), incident.AssignRole{Base: f.base(in), Role: workspace.Communications, Person: f.named("Eli")})
	e.OpenRoom(in)
	work.all()
	e.takesBack()
	work.next(0)
	f.unstored = fault.New(fault.Storage, "The disk is full.")
	work.all()
	e.sees("The disk is full.")
	e.seesNot("still sees this incident")
}

func TestWhoIsTakenOutOfflineSeesItUntilThatIsSent(t *testing.T) {
	f, in := secret()
	f.conn = present.Connection{Reach: present.Offline, Since: noon()}
	e := look(t, f)
	e.resize(1440, 1600)
	_ = f.submit(in, f.self, noon(), noon(), incident.AssignRole{Base: f.base(in), Role: workspace.Communications, Person: f.named("Eli")})
	e.OpenRoom(in)
	e.takesBack()
	e.sees("Taken back: ", "Not yet: still visible to Eli Sample until this is sent.")
	e.seesNot("Eli Sample does not see this.")
}

// Somebody gave another role to the one whose first role is taken back: they stay, and that is said.
func TestWhoHoldsAnotherRoleSinceStaysAndThatIsSaid(t *testing.T) {
	e, f, in := privateRoom(t)
	e.tap("role legal")
	e.types("eli")
	e.key(fyne.KeyReturn)
	if err := f.submit(in, id.Actor{Person: f.named("Dora"), Device: f.setup.People[f.named("Dora")].Devices[0].ID}, noon(), noon(), incident.AssignRole{Base: f.base(in), Role: workspace.Communications, Person: f.named("Eli")}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.OpenRoom(in)
	e.takesBack()
	e.sees("Eli Sample still sees this incident; /exclude Eli Sample takes them out.")
	if !f.find(in).Sees(f.named("Eli")) {
		t.Error("who holds a role was taken out")
	}
}

func TestASlashListsAllThatCanBeDone(t *testing.T) {
	e, _, _ := privateRoom(t)
	e.types("/")
	for _, key := range []string{"/update", "/title", "/kind", "/bell", "/admit", "/exclude", "/public", "/role legal"} {
		if !e.has("suggestion " + key) {
			t.Errorf("%s is not listed", key)
		}
	}
	e.key(fyne.KeyUp)
	last := e.find("suggestion /role legal")
	if at := e.place(last); at.Y < 0 || at.Y+last.Size().Height > e.place(e.c.Focused().(*widget.Input)).Y {
		t.Errorf("the last one that Up leads to lies out of sight, at %v", at)
	}
}

func TestANameIsCompletedBehindACommand(t *testing.T) {
	e, f, in := privateRoom(t)
	for _, c := range []struct{ typed, offered, not string }{
		{"/admit e", "Eli Sample", "Cleo Sample"}, {"/exclude c", "Cleo Sample", "Eli Sample"}, {"/role legal c", "Cleo Sample", "Dora Sample"},
	} {
		e.c.Focused().(*widget.Input).SetText("")
		e.types(c.typed)
		if !e.has("suggestion "+c.offered) || e.has("suggestion "+c.not) {
			t.Errorf("%q offers others: %s", c.typed, e.said())
		}
	}
	e.c.Focused().(*widget.Input).SetText("")
	e.types("/admit e")
	e.key(fyne.KeyTab)
	e.fieldHolds("/admit Eli Sample")
	e.key(fyne.KeyReturn)
	if !f.find(in).Sees(f.named("Eli")) {
		t.Error("the line was not carried out")
	}
}

func TestAPrivateRoomSaysWhoReadsIt(t *testing.T) {
	e, f, in := privateRoom(t)
	holds := func() string { return e.c.Focused().(*widget.Input).PlaceHolder }
	if want := fmt.Sprintf("Write to the %d people who see this room", len(f.find(in).Admitted)); holds() != want {
		t.Errorf("it says %q, want %q", holds(), want)
	}
	e.types("@el")
	e.sees("Eli Sample does not see this.")
	e.types("x")
	e.seesNot("Eli Sample does not see this.")
	e.OpenRoom(f.incidents[0].ID)
	if !strings.HasPrefix(holds(), "Write to everybody") {
		t.Errorf("a public room says %q", holds())
	}
}
