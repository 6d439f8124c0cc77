package app_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
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
	first, _, f, in := besides(t)
	first.types("from before")
	first.pauses()
	e := again(t, f, in)
	aside := e.OpenAside(in)
	other := eyes{t, aside, aside.Window().Canvas()}
	if e.composed() != "from before" || other.composed() != "from before" {
		t.Errorf("the windows hold %q and %q", e.composed(), other.composed())
	}
}

// ending is a Work of windows that are gone once it has ended: what is asked is answered, and nobody is told.
type ending struct{ ended bool }

// Go asks.
func (w *ending) Go(ask func(context.Context) func()) {
	if show := ask(context.Background()); show != nil && !w.ended {
		show()
	}
}

func TestWhatWasSentAtTheEndIsNotKeptAsADraft(t *testing.T) {
	f, in := full()
	work := &ending{}
	d := deskWith(t, f, theme.Dark, work)
	e := eyes{t, d, d.Window().Canvas()}
	e.OpenRoom(in)
	e.types("sent once")
	e.pauses()
	work.ended = true
	e.key(fyne.KeyReturn)
	if err := d.Rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := written(t, f, in); w.Text != "sent once" || len(f.drafts) != 0 {
		t.Errorf("written was %+v, and kept is %+v", w, f.drafts[in])
	}
}

func TestWordsForAnErasedEntryAreForgotten(t *testing.T) {
	first, other, f, in := besides(t)
	there := other.c.Focused().(*widget.Input)
	first.types("the password is walrus")
	first.key(fyne.KeyReturn)
	secret := written(t, f, in).Entry
	first.types("the next thought")
	first.menuKept()
	first.tap("menu edit")
	first.types("!")
	first.pauses()
	if f.drafts[in].Entry != secret || there.Text != "the password is walrus!" {
		t.Fatalf("kept is %+v, and the other window holds %q", f.drafts[in], there.Text)
	}
	if err := f.Submit(t.Context(), in, incident.Erase{Entry: secret, Reason: "a password"}); err != nil {
		t.Fatal(err)
	}
	first.Changed()
	if first.composed() != "the next thought" || there.Text != "the next thought" {
		t.Errorf("the windows hold %q and %q", first.composed(), there.Text)
	}
	if d := f.drafts[in]; d.Words != "the next thought" || d.Aside != nil || !d.Entry.IsZero() {
		t.Errorf("kept is %+v", d)
	}
}

func TestADraftThatCouldNotBeReadOrKeptIsTriedAgain(t *testing.T) {
	f, in := full()
	e := look(t, f)
	f.drafts, f.illegible = map[id.Incident]present.Draft{in: {Words: "from before"}}, fault.New(fault.Storage, "The disk is full.")
	e.OpenRoom(in)
	e.types("and now")
	e.pauses()
	if f.drafts[in].Words != "from before" {
		t.Fatalf("what could not be read was replaced by %+v", f.drafts[in])
	}
	f.illegible = nil
	e.pauses()
	e.pauses()
	if got := f.drafts[in].Words; got != "from before\nand now" {
		t.Errorf("kept is %q", got)
	}
	f.illegible = fault.New(fault.Storage, "The disk is full.")
	e.types("!")
	e.pauses()
	f.illegible = nil
	e.pauses()
	if got := f.drafts[in].Words; got != "from before\nand now!" {
		t.Errorf("then kept is %q", got)
	}
}

func TestTwoWindowsKeepADraftOnceASecondTogether(t *testing.T) {
	first, _, f, _ := besides(t)
	before := f.keeps
	for i := range 4 {
		first.types("x")
		first.Tick(noon().Add(time.Duration(i) * time.Second))
	}
	if f.keeps != before+4 {
		t.Errorf("kept %d times in four seconds in which somebody typed", f.keeps-before)
	}
}
