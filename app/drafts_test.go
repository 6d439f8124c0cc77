package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// patient is a Work that asks when the test says so, in the order that the test wants.
type patient struct {
	waiting []func(context.Context) func()
}

// Go waits.
func (p *patient) Go(ask func(context.Context) func()) { p.waiting = append(p.waiting, ask) }

// all asks until nothing waits any more.
func (p *patient) all() {
	for len(p.waiting) > 0 {
		p.next(0)
	}
}

// next asks the one that waits at place i.
func (p *patient) next(i int) {
	ask := p.waiting[i]
	p.waiting = slices.Delete(p.waiting, i, i+1)
	if show := ask(context.Background()); show != nil {
		show()
	}
}

// waits opens a room of whose questions none is answered unless the test says so.
func waits(t *testing.T) (eyes, *fake, id.Incident, *patient) {
	t.Helper()
	f, in := full()
	work := &patient{}
	d := deskWith(t, f, theme.Dark, work)
	work.all()
	e := eyes{t, d, d.Window().Canvas()}
	e.resize(1440, 1600)
	e.OpenRoom(in)
	work.all()
	return e, f, in, work
}

func written(t *testing.T, f *fake, in id.Incident) incident.Written {
	t.Helper()
	for _, r := range slices.Backward(f.records[in]) {
		if w, ok := r.Event.(incident.Written); ok {
			return w
		}
	}
	t.Fatal("nothing was written")
	return incident.Written{}
}

func namesOf(list []incident.Attachment) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.Name)
	}
	return out
}

func TestAnEntryWaitsForItsFilesAndTheNextForIt(t *testing.T) {
	e, f, in, work := waits(t)
	before := len(f.records[in])
	e.drop("first.txt", "one")
	e.drop("second.txt", "two")
	e.types("with two files")
	e.key(fyne.KeyReturn)
	e.types("and the next")
	e.key(fyne.KeyReturn)
	e.sees("goes out when its files are read: “with two files”")
	if len(f.records[in]) != before {
		t.Fatal("something was sent before its files were read")
	}
	work.next(1) // the second file is read before the first
	if len(f.records[in]) != before {
		t.Fatal("the entry went with one of its files")
	}
	work.all()
	var told []string
	for _, r := range f.records[in][before:] {
		if w, ok := r.Event.(incident.Written); ok {
			told = append(told, fmt.Sprint(w.Text, namesOf(w.Attachments)))
		}
	}
	if want := []string{"with two files[first.txt second.txt]", "and the next[]"}; !slices.Equal(told, want) {
		t.Errorf("written was %q, want %q", told, want)
	}
	e.seesNot("goes out when")
}

func TestAFileBelongsToTheDraftThatItWasDroppedOn(t *testing.T) {
	e, f, in, work := waits(t)
	e.types("half")
	e.drop("mine.txt", "mine")
	e.OpenRoom(f.incidents[0].ID)
	work.all()
	e.seesNot("mine.txt")
	e.OpenRoom(in)
	work.all()
	e.sees("mine.txt")
	e.key(fyne.KeyReturn)
	work.all()
	if w := written(t, f, in); w.Text != "half" || len(w.Attachments) != 1 {
		t.Errorf("written was %+v", w)
	}
}

func TestAFileThatCannotBeReadBringsItsEntryBack(t *testing.T) {
	e, f, in, work := waits(t)
	before := len(f.records[in])
	e.drop("film.bin", strings.Repeat("x", incident.MaxAttachmentSize+1))
	e.types("see the film")
	e.key(fyne.KeyReturn)
	work.all()
	e.sees("The file is too large.")
	if got := e.c.Focused().(*widget.Input).Text; got != "see the film" || len(f.records[in]) != before {
		t.Errorf("the composer holds %q, and %d events were stored", got, len(f.records[in])-before)
	}
}

func TestWhatWaitsIsTakenBack(t *testing.T) {
	e, f, in, work := waits(t)
	before := len(f.records[in])
	e.drop("slow.txt", "slow")
	e.types("not yet")
	e.key(fyne.KeyReturn)
	e.tap("take back")
	if got := e.c.Focused().(*widget.Input).Text; got != "not yet" {
		t.Errorf("the composer holds %q", got)
	}
	work.all()
	e.sees("slow.txt")
	if len(f.records[in]) != before {
		t.Error("it went out nevertheless")
	}
}

func TestWhatWaitsBehindWhatIsTakenBackGoesOut(t *testing.T) {
	e, f, in, work := waits(t)
	e.drop("slow.txt", "slow")
	e.types("first")
	e.key(fyne.KeyReturn)
	e.types("second")
	e.key(fyne.KeyReturn)
	e.sees("“first”", "goes out after that: “second”")
	e.tap("take back")
	e.seesNot("goes out")
	for len(work.waiting) > 1 { // the first is the slow file
		work.next(1)
	}
	if w := written(t, f, in); w.Text != "second" {
		t.Errorf("written was %q, want what had waited behind it", w.Text)
	}
	if got := e.c.Focused().(*widget.Input).Text; got != "first" {
		t.Errorf("the composer holds %q", got)
	}
}

func TestMoreThanAnEntryCarriesIsRefusedByName(t *testing.T) {
	e, f, in, work := waits(t)
	var many []fyne.URI
	for i := range incident.MaxAttachments + 2 {
		many = append(many, file(t, fmt.Sprintf("file-%02d.txt", i+1), fmt.Sprint(i)))
	}
	e.Dropped(many[:8])
	e.Dropped(many[8:11]) // while the first are still being read
	e.Dropped(many[11:])
	e.sees("One entry carries at most 10 files. Left out: file-11.txt, file-12.txt.")
	work.all()
	e.sees("file-10.txt", "Left out")
	e.key(fyne.KeyReturn)
	work.all()
	if w := written(t, f, in); len(w.Attachments) != incident.MaxAttachments || w.Attachments[9].Name != "file-10.txt" {
		t.Errorf("sent were %q", namesOf(w.Attachments))
	}
	e.seesNot("Left out")
}

func file(t *testing.T, name, words string) fyne.URI {
	t.Helper()
	path := t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	return storage.NewFileURI(path)
}

// again opens a second desk over the same session, as a client does that is started after a kill.
func again(t *testing.T, f *fake, in id.Incident) eyes {
	t.Helper()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	return e
}

func (e eyes) pauses() {
	for i := range 3 {
		e.Tick(noon().Add(time.Duration(i) * time.Second))
	}
}

func TestWhatWasBegunInARoomOutlivesAKill(t *testing.T) {
	e, f, in := room(t)
	e.drop("notes.txt", "some notes")
	e.types("half a thought")
	if len(f.drafts[in].Words) > 0 && f.drafts[in].Words == "half a thought" {
		t.Error("it is written at each key")
	}
	e.pauses()
	e = again(t, f, in)
	e.sees("notes.txt")
	if got := e.c.Focused().(*widget.Input).Text; got != "half a thought" {
		t.Fatalf("after the kill there is %q", got)
	}
	e.key(fyne.KeyReturn)
	if w := written(t, f, in); w.Text != "half a thought" || len(w.Attachments) != 1 {
		t.Errorf("written was %+v", w)
	}
	if len(f.drafts) != 0 {
		t.Errorf("what was sent is kept: %+v", f.drafts)
	}
}

func TestWhatWasBegunInAWindowOfItsOwnIsThereInTheOther(t *testing.T) {
	e, f, in := room(t)
	aside := e.OpenAside(in)
	other := eyes{t, aside, aside.Window().Canvas()}
	other.types("from the second screen")
	aside.Window().Close()
	if f.drafts[in].Words != "from the second screen" {
		t.Errorf("kept is %+v", f.drafts[in])
	}
	e.OpenRoom(f.incidents[0].ID)
	e.OpenRoom(in)
	if got := e.c.Focused().(*widget.Input).Text; got != "from the second screen" {
		t.Errorf("the first window holds %q", got)
	}
}

func TestEditingIsKeptWithWhatWasWrittenBefore(t *testing.T) {
	e, f, in := room(t)
	e.types("mine")
	e.key(fyne.KeyReturn)
	e.types("the next thought")
	e.menuKept()
	e.tap("menu edit")
	e.types("!")
	e.OpenRoom(f.incidents[0].ID)
	e = again(t, f, in)
	if got := e.c.Focused().(*widget.Input).Text; got != "mine!" {
		t.Fatalf("to be edited is %q", got)
	}
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Edited); !ok || got.Text != "mine!" {
		t.Errorf("the last event is %+v", f.last(in))
	}
	if got := e.c.Focused().(*widget.Input).Text; got != "the next thought" {
		t.Errorf("then there is %q", got)
	}
}

func TestWhatAnEarlierRunKeptIsJoinedWithWhatIsTypedMeanwhile(t *testing.T) {
	f, in := full()
	f.drafts = map[id.Incident]present.Draft{in: {Words: "from before"}}
	work := &patient{}
	d := deskWith(t, f, theme.Dark, work)
	work.all()
	e := eyes{t, d, d.Window().Canvas()}
	e.OpenRoom(in)
	e.types("and now")
	work.all()
	if got := e.c.Focused().(*widget.Input).Text; got != "from before\nand now" {
		t.Errorf("the composer holds %q", got)
	}
}

// pastes presses the keys for pasting, with words on the clipboard.
func (e eyes) pastes(words string) {
	e.t.Helper()
	fyne.CurrentApp().Clipboard().SetContent(words)
	e.c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
}

func TestFilesThatWereCopiedInAFileManagerAreOffered(t *testing.T) {
	e, f, in := room(t)
	graph, notes := file(t, "orders per minute.txt", "140"), file(t, "notes.txt", "some notes")
	uris := graph.String() + "\r\n" + notes.String() + "\r\n"
	for _, copied := range []string{
		uris, graph.Path() + "\n" + notes.Path(), "x-special/nautilus-clipboard\ncopy\n" + uris, "copy\n" + graph.String() + "\n" + notes.String(),
	} {
		e.pastes(copied)
		e.sees("Attach 2 files", "orders per minute.txt, notes.txt", "Paste as words")
		e.key(fyne.KeyReturn)
		e.key(fyne.KeyReturn)
		if got := namesOf(written(t, f, in).Attachments); !slices.Equal(got, []string{"orders per minute.txt", "notes.txt"}) {
			t.Errorf("of %q were sent %q", copied, got)
		}
	}
	e.pastes(notes.Path())
	e.sees("Attach the file")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if w := written(t, f, in); w.Text != notes.Path() || len(w.Attachments) != 0 {
		t.Errorf("written was %+v", w)
	}
	for _, words := range []string{"/nowhere/at/all.txt", "see " + notes.Path(), notes.Path() + "\nis full", filepath.Dir(notes.Path()), "/task Call the bank"} {
		e.pastes(words)
		e.seesNot("Attach the file", "Attach 2 files")
		if got := e.c.Focused().(*widget.Input).Text; got != words {
			t.Errorf("of %q was pasted %q", words, got)
		}
		e.c.Focused().(*widget.Input).SetText("")
	}
}

func TestWhatIsRefusedInASheetStaysInIt(t *testing.T) {
	e, f, in := room(t)
	before := len(f.records[in])
	e.tap("title")
	e.c.Focused().(*widget.Input).SetText(strings.Repeat("long ", 100))
	e.key(fyne.KeyReturn)
	e.sees("The title has 499 characters; 300 are allowed.")
	if e.c.Overlays().Top() == nil || len(f.records[in]) != before {
		t.Fatal("the sheet is gone, or the title was taken")
	}
	e.c.Focused().(*widget.Input).SetText("Nobody can pay")
	e.key(fyne.KeyReturn)
	if e.c.Overlays().Top() != nil || f.find(in).Title != "Nobody can pay" {
		t.Errorf("the title is %q", f.find(in).Title)
	}
}

func TestWhatWasBegunInASheetIsThereAgain(t *testing.T) {
	e, f, in := room(t)
	e.tap("add link")
	e.types("see the wiki")
	e.key(fyne.KeyReturn)
	e.types("the runbook")
	e.key(fyne.KeyReturn)
	e.sees("is no address that begins with http:// or https://")
	if got := e.c.Focused().(*widget.Input).Text; got != "see the wiki" {
		t.Errorf("the keyboard is in the field with %q", got)
	}
	e.key(fyne.KeyEscape)
	e.sees("Everything")
	e.tap("add link")
	if got := e.c.Focused().(*widget.Input).Text; got != "see the wiki" {
		t.Errorf("there is %q", got)
	}
	e.c.Focused().(*widget.Input).SetText("https://wiki.example.com")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.LinkAdded); !ok || got.Label != "the runbook" {
		t.Errorf("the last event is %+v", f.last(in))
	}
}

func TestASheetWaitsForItsAnswerAndIsAskedOnce(t *testing.T) {
	e, f, _, work := waits(t)
	e.tap("severity")
	e.key(fyne.KeyDown)
	e.types("only the north")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if len(work.waiting) != 1 || e.c.Overlays().Top() == nil {
		t.Fatalf("%d questions wait", len(work.waiting))
	}
	e.key(fyne.KeyEscape)
	f.failure = fault.New(fault.Storage, "The disk is full.")
	work.all()
	e.sees("The disk is full.") // above the page: the sheet is gone
	f.failure = nil
	e.tap("severity")
	if got := e.c.Focused().(*widget.Input).Text; got != "only the north" {
		t.Errorf("why is %q", got)
	}
}

func TestATaskThatIsRefusedStaysWhereItWasWritten(t *testing.T) {
	e, f, in := room(t)
	f.failure = fault.New(fault.Storage, "The disk is full.")
	e.types("/task Call the bank")
	e.key(fyne.KeyReturn)
	if got := e.c.Focused().(*widget.Input).Text; got != "/task Call the bank" {
		t.Errorf("the composer holds %q", got)
	}
	e.c.Focused().(*widget.Input).SetText("")
	e.types("/task")
	e.key(fyne.KeyReturn)
	e.types("Call the bank")
	e.key(fyne.KeyReturn)
	if got := e.c.Focused().(*widget.Input).Text; got != "Call the bank" {
		t.Errorf("the field holds %q", got)
	}
	f.failure = nil
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.TaskAdded); !ok || got.Text != "Call the bank" {
		t.Errorf("the last event is %+v", f.last(in))
	}
}
