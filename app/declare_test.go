package app_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// until moves the keyboard with Tab until it is on what has the key.
func (e eyes) until(key string) {
	e.t.Helper()
	for range 60 {
		if k, ok := e.c.Focused().(widget.Keyed); ok && k.FocusKey() == key {
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatalf("Tab never reaches %q", key)
}

func TestTheArrowsChooseSeverityAndKind(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Drill: lose the office")
	e.until("level SEV3")
	e.key(fyne.KeyLeft)
	e.sees("Many customers or a whole department")
	e.until("kind incident")
	e.sees("It counts as an incident.")
	e.key(fyne.KeyRight)
	e.key(fyne.KeyRight)
	e.sees("A drill. Counted apart")
	e.until("send")
	e.key(fyne.KeyReturn)
	if got := f.incidents[len(f.incidents)-1]; got.Severity != 2 || got.Kind != incident.GameDay {
		t.Errorf("declared was severity %d, kind %d", got.Severity, got.Kind)
	}
}

func TestTheQuestionsChooseTheSeverityAndSayWhy(t *testing.T) {
	f := empty()
	f.setup.Questions = []workspace.Question{{Text: "Is data lost?", Level: 1}, {Text: "Does one shop stand still?", Level: 2}}
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Shop north")
	e.seesNot("Is data lost?")
	e.until("not sure")
	e.key(fyne.KeySpace)
	e.until("yes 2")
	e.key(fyne.KeySpace)
	e.sees("SEV2, because of: Does one shop stand still?")
	e.until("yes 1")
	e.key(fyne.KeySpace)
	e.sees("SEV1, because of: Is data lost?")
	e.key(fyne.KeyRight)
	e.sees("SEV2, because of: Does one shop stand still?")
	e.tap("level SEV3")
	e.seesNot("because of")
	e.tap("yes 1")
	e.tap("send")
	if got := f.incidents[0].Severity; got != 1 {
		t.Errorf("severity %d was declared, want 1", got)
	}
}

func TestSimilarIncidentsAreOfferedAndDoNotBlock(t *testing.T) {
	f, in := full()
	e := look(t, f)
	n := len(f.incidents)
	e.ctrl(fyne.KeyD)
	e.types("Checkout")
	e.sees("IS IT ONE OF THESE?", "Checkout fails for everyone", "INC-216")
	e.until("similar " + in.String())
	e.key(fyne.KeyReturn)
	e.sees("00:42:10")
	if len(f.incidents) != n {
		t.Error("opening a similar incident declared another one")
	}
	e.ctrl(fyne.KeyD)
	e.key(fyne.KeyReturn)
	if len(f.incidents) != n+1 {
		t.Error("a similar incident stood in the way of declaring")
	}
}

func TestADraftOutlivesTheWindow(t *testing.T) {
	f := empty()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Half a sen")
	e.tap("level SEV1")
	e = look(t, f)
	e.ctrl(fyne.KeyD)
	e.tap("send")
	if len(f.incidents) != 1 || f.incidents[0].Title != "Half a sen" || f.incidents[0].Severity != 1 {
		t.Errorf("declared was %+v", f.incidents)
	}
	if f.draft.Title != "" {
		t.Errorf("the draft %q is kept after it was declared", f.draft.Title)
	}
}

func TestDescribedTagsComeFirstWithTheirHints(t *testing.T) {
	f, _ := full()
	f.setup.Tags = []workspace.TagName{{Name: "payments", Hint: "Cards, invoices, refunds"}}
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	for !e.amongTags() {
		test.FocusNext(e.c)
	}
	e.types("pay")
	e.sees("Cards, invoices, refunds")
	e.seesBefore("#payments", "#payroll")
	e.key(fyne.KeyReturn)
	if strings.Contains(e.said(), "#payroll") || !strings.Contains(e.said(), "#payments") {
		t.Errorf("Enter did not take the described tag:\n%s", e.said())
	}
}

// Tags are mostly written with commas between them.
func TestACommaEndsATag(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	for !e.amongTags() {
		test.FocusNext(e.c)
	}
	e.types("checkout, card payments, , pay")
	e.sees("#checkout")
	e.sees("#card-payments")
	if got := strings.TrimSpace(e.c.Focused().(*widget.Input).Text); got != "pay" {
		t.Errorf("%q is left to write on", got)
	}
	e.until("send")
	e.key(fyne.KeyReturn)
	if got, want := f.incidents[len(f.incidents)-1].Tags, []string{"card-payments", "checkout", "pay"}; !cmp.Equal(got, want) {
		t.Errorf("the tags are %q, not %q", got, want)
	}
	e.ctrl(fyne.KeyD)
	e.toTags()
	if got := e.c.Focused().(*widget.Input).Text; got != "" {
		t.Errorf("%q is left for the next incident", got)
	}
}

// toTags puts the keyboard where tags are typed.
func (e eyes) toTags() {
	e.t.Helper()
	for range 60 {
		if e.amongTags() {
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatal("Tab never reaches the tags")
}

func TestTheFormSaysWhetherAnybodyIsPaged(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.sees("whoever is on call is paged")
	e.tap("kind near miss")
	e.sees("Nobody is paged for this kind.")
	e.seesNot("whoever is on call is paged")
	e.tap("kind game day")
	e.sees("whoever is on call is paged", "told that it is one")
}

func TestAnotherSizeOfTextChangesNothingInTheForm(t *testing.T) {
	f, _ := full()
	f.setup.Questions = []workspace.Question{{Text: "Is data lost?", Level: 1}, {Text: "Does one shop stand still?", Level: 2}}
	e := look(t, f)
	larger := func() {
		t.Helper()
		shown := e.said()
		e.ctrl(fyne.KeyEqual)
		if now := e.said(); now != shown {
			t.Errorf("shown in larger text is\n%s\nwas\n%s", now, shown)
		}
	}
	e.ctrl(fyne.KeyD)
	e.tap("kind game day")
	e.tap("not sure")
	e.tap("yes 2")
	e.sees("SEV2, because of: Does one shop stand still?")
	larger()
	e.toTags()
	e.types("payroll, check")
	larger()
	e.types("out,")
	e.sees("#checkout", "#payroll")
	e.key(fyne.KeyEscape)
	e.ctrl(fyne.KeyEqual)
	e.ctrl(fyne.KeyD)
	e.types("Lose the office")
	larger()
	e.types(" in the north")
	e.tap("send")
	got := f.incidents[len(f.incidents)-1]
	if got.Title != "Lose the office in the north" || got.Severity != 2 || got.Kind != incident.GameDay || !slices.Equal(got.Tags, []string{"checkout", "payroll"}) {
		t.Errorf("declared was %q, severity %d, kind %d, tags %q", got.Title, got.Severity, got.Kind, got.Tags)
	}
	if f.draft.Title != "" {
		t.Errorf("the draft %q is kept after it was declared", f.draft.Title)
	}
}

func TestWhatIsDeclaredWhileTheTextGrowsIsDeclaredOnce(t *testing.T) {
	f, work := empty(), &patient{}
	d := deskWith(t, f, theme.Dark, work)
	e := eyes{t, d, d.Window().Canvas()}
	work.all()
	e.ctrl(fyne.KeyD)
	work.all()
	e.types("Checkout fails")
	e.key(fyne.KeyReturn)
	e.ctrl(fyne.KeyEqual)
	e.key(fyne.KeyReturn)
	work.all()
	if len(f.incidents) != 1 {
		t.Fatalf("%d incidents were declared, want 1", len(f.incidents))
	}
	e.sees("Ada Sample declared this as SEV3")
	e.ctrl(fyne.KeyD)
	work.all()
	e.seesNot("Checkout fails")
	if f.draft.Title != "" {
		t.Errorf("the draft %q is kept after it was declared", f.draft.Title)
	}
	e.types("Another one")
	e.key(fyne.KeyReturn)
	work.all()
	if len(f.incidents) != 2 {
		t.Errorf("%d incidents were declared, want 2", len(f.incidents))
	}
}

// The draft is read from the disk; whoever declares in a hurry does not wait for it. The kept title is not glued before theirs.
func TestWhatIsTypedBeforeTheDraftComesTakesThePlaceOfItsTitle(t *testing.T) {
	f, work := empty(), &patient{}
	f.draft = present.Declaration{Title: "Another sentence", Level: 1, Kind: incident.NearMiss, Tags: []string{"payroll"}}
	d := deskWith(t, f, theme.Dark, work)
	e := eyes{t, d, d.Window().Canvas()}
	work.all()
	e.ctrl(fyne.KeyD)
	e.types("Half a sent")
	work.all()
	e.types("ence")
	work.all()
	if f.draft.Title != "Half a sentence" || f.draft.Level != 1 || f.draft.Kind != incident.NearMiss || !slices.Equal(f.draft.Tags, []string{"payroll"}) {
		t.Errorf("kept is %+v", f.draft)
	}

	f, work = empty(), &patient{}
	d = deskWith(t, f, theme.Dark, work)
	e = eyes{t, d, d.Window().Canvas()}
	work.all()
	e.ctrl(fyne.KeyD)
	e.types("Half")
	work.all()
	if f.draft.Title != "Half" {
		t.Errorf("kept of what was typed before the answer is %+v", f.draft)
	}
}
