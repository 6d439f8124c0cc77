package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// besides opens the room in a window of its own as well.
func besides(t *testing.T) (first, other eyes, f *fake, in id.Incident) {
	t.Helper()
	first, f, in = room(t)
	aside := first.OpenAside(in)
	return first, eyes{t, aside, aside.Window().Canvas()}, f, in
}

func (e eyes) composed() string { return e.c.Focused().(*widget.Input).Text }

func TestWhatIsWrittenInOneWindowStandsInTheOtherAndIsSentOnce(t *testing.T) {
	first, other, f, in := besides(t)
	first.types("a long thought")
	first.drop("notes.txt", "some notes")
	other.sees("notes.txt")
	if got := other.composed(); got != "a long thought" {
		t.Fatalf("the other window holds %q", got)
	}
	other.types(", and more")
	if got := first.composed(); got != "a long thought, and more" {
		t.Errorf("the first window holds %q", got)
	}
	other.key(fyne.KeyReturn)
	if got := first.composed(); got != "" {
		t.Errorf("sent, and still in the first window: %q", got)
	}
	first.seesNot("notes.txt")
	if w := written(t, f, in); w.Text != "a long thought, and more" || len(w.Attachments) != 1 {
		t.Errorf("written was %+v", w)
	}
}

func TestTheCursorStaysWhileWordsAreWrittenElsewhere(t *testing.T) {
	first, other, _, _ := besides(t)
	first.types("one three")
	in := other.c.Focused().(*widget.Input)
	in.CursorColumn = len("one ")
	first.types(" four")
	other.types("two ")
	if got := first.composed(); got != "one two three four" {
		t.Errorf("the first window holds %q", got)
	}
}

func TestWhatAnEarlierRunKeptComesOnceToTwoWindows(t *testing.T) {
	first, other, f, in := besides(t)
	first.types("from before")
	first.pauses()
	e := again(t, f, in)
	aside := e.OpenAside(in)
	other = eyes{t, aside, aside.Window().Canvas()}
	if e.composed() != "from before" || other.composed() != "from before" {
		t.Errorf("the windows hold %q and %q", e.composed(), other.composed())
	}
}
