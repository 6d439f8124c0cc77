package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/sync/incident"
)

// takesBack presses Ctrl Z.
func (e eyes) takesBack() {
	e.t.Helper()
	e.c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{})
}

// Who takes words back that were sent means the words, and not what was decided before.
func TestWordsThatWereSentCoverWhatWasDecidedBefore(t *testing.T) {
	e, f, in := room(t)
	e.tap("onward")
	e.key(fyne.KeyReturn)
	e.types("something silly")
	e.key(fyne.KeyReturn)
	before := len(f.records[in])
	e.takesBack()
	if s := f.find(in).Status; s != incident.Mitigated || len(f.records[in]) != before {
		t.Fatalf("it is %v, and the last event is %+v", s, f.last(in))
	}
	e.sees("Nothing is taken back here.")
	e.key(fyne.KeyUp)
	e.fieldHolds("something silly")
}

func TestWhatWasTakenBackIsToldAndIsNotTakenBackItself(t *testing.T) {
	e, f, in := room(t)
	e.tap("onward")
	e.key(fyne.KeyReturn)
	e.takesBack()
	if s := f.find(in).Status; s != incident.Open {
		t.Fatalf("it is %v", s)
	}
	const told = "Taken back: Ada Sample set the status to mitigated"
	e.sees(told)
	e.Changed() // nothing wipes it but what is done next
	e.sees(told)
	before := len(f.records[in])
	e.takesBack()
	if s := f.find(in).Status; s != incident.Open || len(f.records[in]) != before {
		t.Fatalf("it is %v, and the last event is %+v", s, f.last(in))
	}
	e.seesNot(told)
	e.types("h")
	e.seesNot("Nothing is taken back here.")
}
