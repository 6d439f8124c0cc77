package app_test

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// What is refused is refused where it was written, and the words are still there.
func TestWordsAboutPeopleAreNotLostWhenTheyAreRefused(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	long := strings.Repeat("Ada ", 40)
	e.ctrl(fyne.Key3)
	for _, ask := range []struct{ press, title string }{{"own name", "What are you called?"}, {"invite", "Whom do you invite?"}} {
		e.tap(ask.press)
		e.types(long)
		e.key(fyne.KeyReturn)
		e.types("Accounts")
		e.key(fyne.KeyReturn)
		e.sees(ask.title, "name has ", "120 are allowed")
		if got := e.c.Focused().(*widget.Input).Text; got != long {
			t.Errorf("%s: %q is left of the name", ask.press, got)
		}
		e.key(fyne.KeyEscape)
		e.seesNot(ask.title)
	}
	e.tap("revoke")
	e.types("lost on the train")
	f.failure = errors.New("a disk that is full")
	e.key(fyne.KeyReturn)
	e.sees("a disk that is full")
	if got := e.c.Focused().(*widget.Input).Text; got != "lost on the train" {
		t.Errorf("%q is left of the reason", got)
	}
}

func TestAQuestionThatNobodyWaitsForAnyMoreIsNotAsked(t *testing.T) {
	e, _, _, work := waits(t)
	asks := func() {
		t.Helper()
		e.ctrl(fyne.KeyK)
		e.types("your name")
		work.all()
		e.key(fyne.KeyReturn)
	}
	asks()
	e.Open("board")
	work.all()
	e.seesNot("What are you called?")
	e.Open("people")
	work.all()
	e.seesNot("What are you called?")

	var f *fake
	e, f, _, work = waits(t)
	asks()
	f.failure = errors.New("a disk that is full")
	work.all()
	e.sees("a disk that is full")
	f.failure = nil
	e.Changed()
	work.all()
	e.sees("Cleo Sample")
	e.seesNot("What are you called?")
}

func TestWhoMayNotInviteIsToldWhoMay(t *testing.T) {
	f, _ := full()
	f.self = f.person("Nora Plain", "HR", false, "nora-desk")
	e := look(t, f)
	e.ctrl(fyne.KeyK)
	e.types("invite")
	e.key(fyne.KeyReturn)
	e.sees("Nora Plain", "Only admins add people.", "Ask an admin to invite them.")
	e.seesNot("Whom do you invite?")
}
