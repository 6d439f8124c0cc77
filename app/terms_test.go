package app_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestTheTermsAreChangedWithTheKeyboardAlone(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 2000)
	e.ctrl(fyne.Key4)
	e.sees("Nobody has changed anything", "No tag is described", "declarations start here")
	e.until("severity 2")
	e.key(fyne.KeyReturn)
	e.c.Focused().(*widget.Input).SetText("")
	e.types("Sev two")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("Sev two", "described level 2 as Sev two")
	e.until("preset 2")
	e.key(fyne.KeySpace)
	e.sees("made Sev two the one that declarations start with")
	e.until("add tag")
	e.key(fyne.KeyReturn)
	e.types("#Payments")
	e.key(fyne.KeyReturn)
	e.types("Cards and invoices")
	e.key(fyne.KeyReturn)
	e.sees("#payments", "Cards and invoices")
	e.until("forget payments")
	e.key(fyne.KeyReturn)
	e.sees("forgot #payments", "No tag is described")
	if f.setup.Preset != 2 || len(f.setup.Tags) != 0 {
		t.Errorf("preset is %d, tags are %v", f.setup.Preset, f.setup.Tags)
	}
}

func TestLevelsAndQuestionsComeAndGo(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 2000)
	e.Open("terms")
	e.until("add level 4")
	e.key(fyne.KeyReturn)
	e.types("SEV4")
	e.key(fyne.KeyReturn)
	e.types("A scratch")
	e.key(fyne.KeyReturn)
	e.sees("A scratch")
	asked := len(f.setup.Questions)
	e.until("add question")
	e.key(fyne.KeyReturn)
	e.types("Is it a scratch?")
	e.tap("leads SEV4")
	e.tap("yes")
	e.sees("Is it a scratch?", "yes means SEV4")
	if len(f.setup.Questions) != asked+1 {
		t.Fatalf("there are %d questions, want %d", len(f.setup.Questions), asked+1)
	}
	e.tap("remove 4")
	e.seesNot("A scratch\n")
	e.sees("removed level 4")
}

func TestWhatTheRulesRefuseIsToldBesideTheWords(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.Open("terms")
	e.tap("add level 4")
	e.types("SEV1")
	e.tap("yes")
	e.sees("is that of level 1 already")
	if e.c.Overlays().Top() == nil {
		t.Error("the words are gone that were refused")
	}
	widget.DismissTop(e.c)
	e.seesNot("is that of level 1 already")
}

func TestOneSubscribesToSeveritiesAndTags(t *testing.T) {
	f, in := full()
	f.reader.Subscriptions = []workspace.Subscription{{Incident: in}}
	e := look(t, f)
	e.resize(1440, 2000)
	e.Open("terms")
	e.sees("INC-216  Checkout fails for everyone")
	e.until("hear SEV2")
	e.key(fyne.KeyReturn)
	e.until("hear tag")
	e.key(fyne.KeyReturn)
	e.types("payroll")
	e.key(fyne.KeyReturn)
	if !f.reader.Hears(incident.Incident{}.ID, 2, nil) || !f.reader.Hears(incident.Incident{}.ID, 0, []string{"payroll"}) {
		t.Errorf("the subscriptions are %+v", f.reader.Subscriptions)
	}
	e.tap("end #payroll")
	if len(f.reader.Subscriptions) != 2 {
		t.Errorf("the subscriptions are %+v after one was ended", f.reader.Subscriptions)
	}
}

func TestADuplicateIsMergedAndReopened(t *testing.T) {
	f, main := full()
	twice := f.declared(t, "Shop does not take cards")
	e := look(t, f)
	e.OpenRoom(twice)
	e.types("/repeats")
	e.key(fyne.KeyReturn)
	e.sees("Which incident does this repeat?")
	e.types("checkout")
	e.key(fyne.KeyReturn)
	if f.find(twice).MergedInto != main || len(f.find(main).Absorbed) != 1 {
		t.Fatalf("it repeats %s; the other absorbed %v", f.find(twice).MergedInto, f.find(main).Absorbed)
	}
	e.sees("Repeats INC-216 Checkout fails for everyone", "ended this as a repetition of INC-216 Checkout fails for everyone")
	for _, wide := range []float32{1440, 900, 560} {
		e.resize(wide, 800)
		e.sees("This goes on in INC-216, Checkout fails for everyone")
		e.find("goes on")
	}
	e.resize(1440, 900)
	e.tap("goes on")
	e.sees("found that INC-" + fmt.Sprint(f.find(twice).Number) + " “Shop does not take cards” is the same incident")
	e.OpenRoom(twice)
	e.tap("goes on")
	if !strings.Contains(e.said(), "Shop does not take cards") {
		t.Error("the other room does not say what it absorbed")
	}
	e.OpenRoom(twice)
	e.tap("no duplicate")
	if s := f.find(twice); !s.MergedInto.IsZero() || s.Status != incident.Open {
		t.Errorf("after reopening it repeats %s and is %s", s.MergedInto, s.Status)
	}
	e.OpenRoom(main)
	e.sees("Ada Sample found that INC-" + fmt.Sprint(f.find(twice).Number) + " “Shop does not take cards” is another incident after all")
}

func TestAThousandTagsAreShownAFewAtATime(t *testing.T) {
	f, _ := full()
	for i := range 1000 {
		if err := f.ChangeTerms(t.Context(), workspace.DescribeTag{Name: fmt.Sprintf("area-%04d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	e := look(t, f)
	e.ctrl(fyne.Key4)
	e.sees("#area-0000", "950 left")
	e.tap("more tags")
	e.sees("750 left")
}
