package app_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/widget"
)

// In a window that is too low for the form, Tab brings what it comes to into sight.
func TestTabBringsWhatItComesToIntoSight(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1024, 700)
	e.ctrl(fyne.KeyD)
	e.types("The payroll was copied")
	e.until(switchKey)
	e.key(fyne.KeySpace)
	e.Window().Canvas().Capture()
	e.toField("Add a person by name")
	shown := func() {
		t.Helper()
		o, ok := e.c.Focused().(fyne.CanvasObject)
		if !ok {
			t.Fatal("nothing has the keyboard")
		}
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		if low := top + o.Size().Height; top < 0 || low > e.Window().Canvas().Size().Height {
			t.Errorf("%T, which has the keyboard, lies from %v to %v", o, top, low)
		}
	}
	shown()
	e.types("cle")
	e.key(fyne.KeyReturn)
	e.types("e")
	shown()
	e.resize(1024, 600)
	shown()
	for range 20 {
		test.FocusNext(e.c)
		shown()
	}
}

// Enter takes a tag that is begun, and the button does not say that it declares meanwhile.
func TestTheButtonPromisesEnterOnlyWhereEnterDeclares(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	hint := func() bool {
		found := false
		widget.Walk(e.find("send"), func(o fyne.CanvasObject) bool {
			if words, ok := o.(*widget.Text); ok && words.Words() == f.view().Words.Declare.Hint {
				found = true
			}
			return true
		})
		return found
	}
	if !hint() {
		t.Error("the button does not say that Enter presses it")
	}
	e.until("tags")
	e.types("pay")
	if hint() {
		t.Error("the button says that Enter presses it, while Enter takes a tag")
	}
	e.key(fyne.KeyReturn)
	if !hint() {
		t.Error("the tag is taken, and the button does not say that Enter presses it")
	}
}

// A room that is not here for another reason than that one may not see it is left without saying so, and what was begun there is kept.
func TestARoomThatIsLackingIsNotCalledShut(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.types("half a word")
	kept, records := f.find(in), f.records[in]
	f.lack(in)
	e.Changed()
	e.sees("This incident is not on this device.", "What you wrote is kept.")
	e.seesNot(goneWords)
	f.incidents, f.records[in] = append(f.incidents, kept), records
	e.OpenRoom(in)
	e.sees("half a word")
}

// Who is looked for to be let in and sees it already is not said to be unknown.
func TestWhoSeesItAlreadyIsKnown(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.types("/private")
	e.key(fyne.KeyReturn)
	e.tap("yes")
	e.types("/admit Ada")
	e.key(fyne.KeyReturn)
	e.sees("Ada Sample sees this already.")
	e.seesNot("Nobody here is called")
}
