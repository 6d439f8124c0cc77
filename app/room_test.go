package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// room opens the burning incident of a bad day in a window that shows all of it.
func room(t *testing.T) (eyes, *fake, id.Incident) {
	t.Helper()
	f, in := full()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	return e, f, in
}

// entryOf returns the entry that says so.
func (f *fake) entryOf(in id.Incident, words string) id.Entry {
	for _, r := range f.records[in] {
		if w, ok := r.Event.(incident.Written); ok && strings.Contains(w.Text, words) {
			return w.Entry
		}
	}
	return id.Entry{}
}

// last returns the newest event of an incident.
func (f *fake) last(in id.Incident) incident.Event {
	return f.records[in][len(f.records[in])-1].Event
}

// menu opens what can be done with the newest entry of whoever looks, by keys alone: the words are written first.
func (e eyes) menu(words string) {
	e.t.Helper()
	e.types(words)
	e.key(fyne.KeyReturn)
	for range 50 { // Tab goes round until the timeline has the keyboard
		if _, ok := e.c.Focused().(*widget.List); ok {
			e.key(fyne.KeyEnd)
			e.key(fyne.KeyReturn)
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatal("Tab does not reach the timeline")
}

func TestAnEntryIsStarredPinnedAndMarkedFromItsMenu(t *testing.T) {
	e, f, in := room(t)
	e.menu("the pump is back")
	own := f.entryOf(in, "the pump is back")
	e.sees("Edit", "Star for the postmortem", "Pin", "Mark a milestone …", "Correct the time …", "Copy the words", "Erase everywhere …")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	if s := f.find(in); !slices.Contains(s.Starred, own) {
		t.Errorf("starred are %v, not %v", s.Starred, own)
	}
	e.sees("Starred 3")
	e.tap("tab Starred 3")
	e.sees("the pump is back")
	e.seesNot("Customers are informed.")
	e.tap("tab Everything")
	e.menu("and the valve too")
	e.tap("menu milestone")
	e.sees("Which milestone is this?", "recovered")
	e.tap("menu recovered")
	e.sees("MILESTONES", "milestone: recovered (Ada Sample)")
	e.menu("pin me")
	e.tap("menu pin")
	e.sees("PINNED")
}

func TestOnesOwnWordsAreEditedAndOthersAreNot(t *testing.T) {
	e, f, in := room(t)
	e.types("db-8 is full")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyUp) // as one notices a slip
	if got := e.c.Focused().(*widget.Input).Text; got != "db-8 is full" {
		t.Fatalf("the composer holds %q", got)
	}
	e.key(fyne.KeyBackspace)
	e.types("L, said the alert")
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Edited); !ok || got.Text != "db-8 is fulL, said the alert" {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	e.sees("db-8 is fulL, said the alert", "edited")
	e.seesNot("db-8 is full\n")
	e.key(fyne.KeyUp)
	e.key(fyne.KeyEscape)
	if got := e.c.Focused().(*widget.Input).Text; got != "" {
		t.Errorf("Escape left %q", got)
	}
}

func TestASecretIsErasedAfterAQuestion(t *testing.T) {
	e, f, in := room(t)
	e.menu("password: hunter2")
	e.tap("menu erase")
	e.sees("Erase this for everybody?")
	e.types("a password")
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Erased); !ok || got.Reason != "a password" {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	e.sees("Ada Sample erased an entry everywhere: “a password”", "erased")
	e.seesNot("hunter2")
}

func TestTheTimeOfAnEntryIsCorrected(t *testing.T) {
	e, f, in := room(t)
	e.menu("it began")
	e.tap("menu clock")
	field := e.c.Focused().(*widget.Input)
	field.SetText("soon")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("Write a time as 15:04")
	if e.c.Focused() != fyne.Focusable(field) || field.Text != "soon" {
		t.Errorf("the time is %q, and the keyboard at %T", field.Text, e.c.Focused())
	}
	field.SetText("09:58")
	e.key(fyne.KeyReturn)
	e.types("the log says so")
	e.key(fyne.KeyReturn)
	want := time.Date(2026, 11, 20, 9, 58, 0, 0, time.UTC)
	if got, ok := f.last(in).(incident.TimeCorrected); !ok || !got.At.Equal(want) || got.Reason != "the log says so" {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	e.sees("written 10:44", "09:58")
}

func TestTasksLinksAndThePromisedUpdate(t *testing.T) {
	e, f, in := room(t)
	e.types("/task")
	e.key(fyne.KeyReturn)
	e.types("Call the bank")
	e.key(fyne.KeyReturn)
	s := f.find(in)
	task := s.Tasks[len(s.Tasks)-1]
	if task.Text != "Call the bank" {
		t.Fatalf("tasks: %+v", s.Tasks)
	}
	e.tap("task " + task.ID.String())
	if got, _ := f.find(in).Task(task.ID); !got.Done {
		t.Error("the task is not done")
	}
	e.tap("give " + task.ID.String())
	e.types("Cleo")
	e.key(fyne.KeyReturn)
	if got, _ := f.find(in).Task(task.ID); f.setup.People[got.Person].Name != "Cleo Sample" || !got.Done {
		t.Errorf("the task is %+v", got)
	}
	e.tap("add link")
	e.types("https://status.example.com")
	e.key(fyne.KeyReturn)
	e.types("status page")
	e.key(fyne.KeyReturn)
	e.sees("status page")
	e.tap("next update")
	e.tap("menu 15m0s")
	e.sees("NEXT UPDATE IN", "15:00")
	e.Tick(noon().Add(16 * time.Minute))
	e.sees("UPDATE OVERDUE BY", "01:00")
}

func TestAnUpdateForEverybodyKeepsThePromise(t *testing.T) {
	e, f, in := room(t)
	e.types("/upd")
	e.sees("/update", "Write an update for everybody")
	e.key(fyne.KeyReturn)
	e.types("All shops are back.")
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Written); !ok || !got.Update || got.Text != "All shops are back." {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	if due := f.find(in).UpdateDue; !due.Equal(noon().Add(30 * time.Minute)) {
		t.Errorf("the next one is due at %v", due)
	}
}

func TestPeopleAndTagsAreCompletedWhileOneTypes(t *testing.T) {
	e, f, in := room(t)
	e.types("@cle")
	e.sees("Cleo Sample", "Engineering")
	e.key(fyne.KeyReturn)
	e.types("look at #pay")
	e.sees("#payroll")
	e.key(fyne.KeyTab)
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Written); !ok || got.Text != "@Cleo Sample look at #payroll" {
		t.Errorf("the last event is %+v", f.last(in))
	}
}

// drop drops a file on the window, as a desktop does.
func (e eyes) drop(name, content string) {
	e.t.Helper()
	path := filepath.Join(e.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		e.t.Fatal(err)
	}
	e.Dropped([]fyne.URI{storage.NewFileURI(path)})
}

func TestAPastedPictureIsSentWithTheWords(t *testing.T) {
	e, f, in := room(t)
	f.clipboard = ordersGraph()
	e.c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	e.sees("picture-104410.png")
	pasted := len(f.pictures)
	e.tap("detach picture-104410.png") // the wrong one
	e.seesNot("picture-104410.png")
	if len(f.pictures) != pasted-1 {
		t.Error("what was taken off is still on the device")
	}
	e.c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	e.types("orders per minute")
	e.key(fyne.KeyReturn)
	got, ok := f.last(in).(incident.Written)
	if !ok || len(got.Attachments) != 1 || !got.Attachments[0].Image() || got.Text != "orders per minute" {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	e.sees("Files 2")
	e.seesNot("picture-104410.png")
	f.failure = fault.New(fault.Storage, "The disk is full.")
	f.clipboard = nil
	e.drop("notes.txt", "some notes")
	e.types("see there")
	e.key(fyne.KeyReturn)
	e.sees("notes.txt", "The disk is full.") // what could not be stored stays where it was written
}

func TestWhatIsTooLargeIsRefusedWithAReason(t *testing.T) {
	e, _, _ := room(t)
	e.drop("film.bin", strings.Repeat("x", incident.MaxAttachmentSize+1))
	e.sees("The file is too large.", "Attach a smaller one.")
	e.seesNot("film.bin")
}

func TestWhatCameSinceIsMarked(t *testing.T) {
	f, in := full()
	f.read[in] = 15
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.seesBefore("Cleo Sample added #disk", "you were here")
	e.seesBefore("you were here", "Customers are informed.")
	e.types("hello")
	e.key(fyne.KeyReturn)
	e.seesBefore("you were here", "Customers are informed.") // it stays where it was while one is here
}

func TestDraftsBelongToTheirRooms(t *testing.T) {
	e, f, in := room(t)
	other := f.incidents[0].ID
	e.types("half a thought")
	e.OpenRoom(other)
	if got := e.c.Focused().(*widget.Input).Text; got != "" {
		t.Errorf("another room holds %q", got)
	}
	e.OpenRoom(in)
	if got := e.c.Focused().(*widget.Input).Text; got != "half a thought" {
		t.Errorf("the room holds %q", got)
	}
}

func TestTheRoomIsCopiedAsText(t *testing.T) {
	e, _, _ := room(t)
	e.tap("more")
	e.tap("menu copy")
	text := fyne.CurrentApp().Clipboard().Content()
	if !strings.HasPrefix(text, "INC-216 Checkout fails for everyone\n") || !strings.Contains(text, "10:41  Dora Sample: Customers are informed.\n") {
		t.Errorf("copied is\n%s", text)
	}
}

func TestWhatIsOnItsWaySaysSo(t *testing.T) {
	f, in := full()
	clear(f.pictures)
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.c.Capture() // pictures are asked for when they are drawn
	e.sees("arriving, 40 %")
	_, _ = f.Attach(t.Context(), "orders per minute.png", strings.NewReader(string(ordersGraph())))
	e.Changed()
	e.c.Capture()
	e.seesNot("arriving, 40 %")
}

func TestSymbolsAndTimesAreExplained(t *testing.T) {
	e, _, _ := room(t)
	var told []string
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if h, ok := o.(interface{ Explanation() string }); ok {
			told = append(told, h.Explanation())
		}
		return true
	})
	if !slices.Contains(told, "Fri 20 Nov 2026, 10:04:00 UTC") {
		t.Errorf("times are explained as %q", told)
	}
	for range 80 { // the keyboard reaches the bell, and is told at once what that is
		if k, ok := e.c.Focused().(widget.Keyed); ok && k.FocusKey() == "bell" {
			break
		}
		test.FocusNext(e.c)
	}
	e.sees("Tell me of this incident")
	test.FocusNext(e.c)
	e.seesNot("Tell me of this incident")
}

func TestASlipIsTakenBackWithOneKey(t *testing.T) {
	e, f, in := room(t)
	e.tap("onward")
	e.key(fyne.KeyReturn)
	if s := f.find(in).Status; s != incident.Mitigated {
		t.Fatalf("it is %v", s)
	}
	e.c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{})
	if s := f.find(in).Status; s != incident.Open {
		t.Errorf("it is %v", s)
	}
	e.tap("severity")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	e.types("/undo")
	e.sees("Take back: Ada Sample lowered severity from SEV1 to SEV2")
	e.key(fyne.KeyEscape)
	for range len("/undo") {
		e.key(fyne.KeyBackspace)
	}
	e.types("/sev") // what can be taken back has the word too, but this is what is meant
	e.key(fyne.KeyReturn)
	e.sees("How bad is it now?")
}

func TestArrowsChooseWhileOneSaysWhy(t *testing.T) {
	e, f, in := room(t)
	e.types("/sev")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyDown)
	e.types("only the north")
	e.key(fyne.KeyReturn)
	if s := f.find(in); s.Severity != 2 {
		t.Errorf("it is SEV%d", s.Severity)
	}
	e.sees("Ada Sample lowered severity from SEV1 to SEV2: “only the north”")
}

func TestAQuestionThatWasLeftBeforeItsAnswerDoesNotComeBackFilledIn(t *testing.T) {
	e, f, in, work := waits(t)
	e.tap("severity")
	e.key(fyne.KeyDown)
	e.types("only the north")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEscape)
	work.all()
	if s := f.find(in); s.Severity != 2 {
		t.Fatalf("it is SEV%d", s.Severity)
	}
	e.tap("severity")
	if got := e.c.Focused().(*widget.Input).Text; got != "" {
		t.Errorf("the next question holds %q", got)
	}
}

func TestAColleagueIsInvitedFromTheBox(t *testing.T) {
	e, f, _ := room(t)
	e.ctrl(fyne.KeyK)
	e.types("invite")
	e.key(fyne.KeyReturn)
	e.types("Fay Sample")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if len(f.guests) != 1 || f.guests[0].Name != "Fay Sample" {
		t.Errorf("invited were %+v", f.guests)
	}
	e.sees("KM4T-9QXZ")
}

func TestNoModeCostsWords(t *testing.T) {
	e, f, in := room(t)
	e.types("first")
	e.key(fyne.KeyReturn)
	e.types("/update")
	e.key(fyne.KeyReturn)
	e.types("all is well")
	e.key(fyne.KeyEscape) // no update after all
	if got := e.c.Focused().(*widget.Input).Text; got != "all is well" {
		t.Fatalf("Escape left %q", got)
	}
	e.menuKept()
	e.tap("menu edit")
	if got := e.c.Focused().(*widget.Input).Text; got != "first" {
		t.Fatalf("to be edited is %q", got)
	}
	e.key(fyne.KeyEscape)
	if got := e.c.Focused().(*widget.Input).Text; got != "all is well" {
		t.Errorf("after editing there is %q", got)
	}
	e.key(fyne.KeyReturn)
	if w, ok := f.last(in).(incident.Written); !ok || w.Update || w.Text != "all is well" {
		t.Errorf("written was %+v", f.last(in))
	}
}

// menuKept opens the menu of the newest entry, and leaves what is in the composer.
func (e eyes) menuKept() {
	e.t.Helper()
	for range 50 {
		if _, ok := e.c.Focused().(*widget.List); ok {
			e.key(fyne.KeyEnd)
			e.key(fyne.KeyReturn)
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatal("Tab does not reach the timeline")
}

func TestACommandWithWordsBehindItIsNoWordsForEverybody(t *testing.T) {
	e, f, in := room(t)
	e.types("/task Call the bank")
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.TaskAdded); !ok || got.Text != "Call the bank" {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	before := len(f.records[in])
	e.types("/sev 1")
	e.key(fyne.KeyReturn)
	e.sees("How bad is it now?")
	if len(f.records[in]) != before {
		t.Errorf("written was %+v", f.last(in))
	}
}

func TestWhoClicksOnWordsAndWritesOnEditsNothing(t *testing.T) {
	e, f, in := room(t)
	e.types("mine")
	e.key(fyne.KeyReturn)
	e.c.Capture()
	var words fyne.CanvasObject
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if flow, is := o.(*widget.Flow); is && flow.Words() == "mine" {
			words = flow
		}
		return words == nil
	})
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(words)
	test.TapCanvas(e.c, at.AddXY(8, 8))
	e.types("and go on")
	e.key(fyne.KeySpace)
	e.key(fyne.KeyReturn)
	if w, ok := f.last(in).(incident.Written); !ok || w.Text != "and go on" {
		t.Errorf("the last event is %+v", f.last(in))
	}
	e.menuKept()
	before := len(f.records[in])
	e.key(fyne.KeySpace)
	e.types("no")
	if len(f.records[in]) != before || e.c.Overlays().Top() == nil {
		t.Error("a space chose something")
	}
}
