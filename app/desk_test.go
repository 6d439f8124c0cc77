package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestBoardShowsTheWorstFirstAndWhoResponds(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.sees("1 burning", "1 mitigated", "00:42", "IMOC", "Communications", "4 responding", "changed 1 min ago",
		"#checkout", "INC-216", "LATELY", "near miss", "yesterday", "SEV1  The company")
	e.seesBefore("Checkout fails for everyone", "Payroll file arrived late at the bank")
	e.seesNot("Nothing is burning")
	e.Tick(noon().Add(3 * time.Minute))
	e.sees("00:45", "changed 4 min ago")
}

func TestBoardIsCalmWhenNothingBurns(t *testing.T) {
	f, in := full()
	for _, s := range slices.Clone(f.incidents) {
		if s.Status.Burning() {
			_ = f.submit(s.ID, f.self, noon(), noon(), incident.ChangeStatus{Base: f.base(s.ID), To: incident.Resolved})
		}
	}
	e := look(t, f)
	e.sees("Nothing is burning", "a false alarm costs a minute", f.find(in).Title)
}

func TestAnEmptyBoardTeachesAndOffersTheButton(t *testing.T) {
	e := look(t, empty())
	e.sees("Nothing was ever declared here", "anybody presses Declare")
	e.tap("first declare")
	e.sees("What is wrong?")
}

func TestDeclaringWithTheKeyboardAlone(t *testing.T) {
	f := empty()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Checkout fails")
	e.key(fyne.KeyReturn)
	e.sees("Checkout fails", "SEV3", "INC-210", "Ada Sample declared this as SEV3")
	e.types("It began at ten.")
	e.key(fyne.KeyReturn)
	e.sees("It began at ten.")
	if len(f.incidents) != 1 {
		t.Errorf("%d incidents were declared, want 1", len(f.incidents))
	}
}

func TestDeclaringWithSeverityKindAndTags(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("Drill: lose the office")
	e.tap("level SEV2")
	e.tap("kind game day")
	e.sees("Many customers or a whole department")
	test.FocusNext(e.c)
	for e.c.Focused() != nil && !e.amongTags() {
		test.FocusNext(e.c)
	}
	e.types("pay")
	e.sees("Add #pay", "#payroll")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	e.tap("send")
	got := f.incidents[len(f.incidents)-1]
	if got.Title != "Drill: lose the office" || got.Severity != 2 || got.Kind != incident.GameDay || len(got.Tags) != 1 || got.Tags[0] != "payroll" {
		t.Errorf("declared was %q, severity %d, kind %d, tags %q", got.Title, got.Severity, got.Kind, got.Tags)
	}
}

// amongTags reports whether the keyboard is where tags are typed.
func (e eyes) amongTags() bool {
	const begin = "checkout, payroll"
	in, ok := e.c.Focused().(*widget.Input)
	return ok && len(in.PlaceHolder) >= len(begin) && in.PlaceHolder[:len(begin)] == begin
}

func TestOfflineItSaysWhatThisDeviceKnows(t *testing.T) {
	f := empty()
	f.conn = present.Connection{Reach: present.Offline, Since: noon().Add(-42 * time.Minute), Pending: 3}
	e := look(t, f)
	e.sees("offline since 10:02", "Offline since 10:02; 3 changes will be sent; nobody is being paged.", "Unsent 3")
	e.ctrl(fyne.KeyD)
	e.sees("until it is sent, nobody else knows of it")
	e.types("No network in the office")
	e.key(fyne.KeyReturn)
	e.sees("Not sent, as far as this device knows; nobody is being paged.", "not sent yet", "Offline: kept on this device")
	e.ctrl(fyne.Key1)
	e.sees("not sent, as far as this device knows; nobody is being paged")

	f.conn = present.Connection{Reach: present.Live, People: 2}
	e.Changed()
	e.sees("live · 2 people")
	e.seesNot("will be sent; nobody is being paged", "Unsent 3")
}

func TestRoomShowsLateEntriesAndTheAudit(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1440, 1200)
	e.OpenRoom(in)
	e.sees("written 10:09 without network (arrived 10:31)", "Eli Sample joined (arrived 10:31)",
		"Ada Sample raised severity from SEV2 to SEV1: “all shops affected”", "Cleo Sample took the role Owner",
		"Ada Sample made Dora Sample Communications", "00:42:10")
	e.seesNot("wanted the severity to be")
	e.tap("tab Decisions")
	e.sees("raised severity")
	e.seesNot("Customers are informed.")
	e.tap("tab Audit")
	e.sees("Customers are informed.", "Eli Sample wanted the severity to be SEV3; it stayed SEV1: “only our shop, I think”",
		"written Fri 20 Nov 2026, 10:09:00 UTC  ·  arrived Fri 20 Nov 2026, 10:31:00 UTC  ·  shop-north-2")
}

func TestRoomEnterSendsAndShiftEnterDoesNot(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.types("one")
	e.c.Focused().(desktop.Keyable).KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	e.key(fyne.KeyReturn)
	e.c.Focused().(desktop.Keyable).KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	e.types("two")
	before := len(f.records[in])
	e.key(fyne.KeyReturn)
	if n := len(f.records[in]); n != before+1 {
		t.Fatalf("%d events were stored by one Enter, want 1", n-before)
	}
	last := f.records[in][before]
	if w, ok := last.Event.(incident.Written); !ok || w.Text != "one\ntwo" {
		t.Fatalf("stored was %+v", last.Event)
	}
	e.sees("one\ntwo\n")
	e.key(fyne.KeyReturn)
	if n := len(f.records[in]); n != before+1 {
		t.Error("an empty line was sent")
	}
}

func TestWordsThatCouldNotBeStoredStayInTheComposer(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	f.failure = fault.New(fault.Storage, "The disk is full.").WithAdvice("Nothing was lost.", "Free some space.")
	e.types("do not lose me")
	e.key(fyne.KeyReturn)
	e.sees("The disk is full.", "Nothing was lost.", "Free some space.")
	if in, ok := e.c.Focused().(*widget.Input); !ok || in.Text != "do not lose me" {
		t.Errorf("the composer has the keyboard: %v; the words are gone", ok)
	}
}

func TestSeverityAndStatusAskForAReason(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1440, 1200)
	e.OpenRoom(in)
	e.tap("severity")
	e.sees("How bad is it now?", "Many customers")
	e.tap("choice SEV2")
	e.types("north works again")
	e.key(fyne.KeyReturn)
	e.sees("Ada Sample lowered severity from SEV1 to SEV2: “north works again”")
	e.tap("onward")
	e.types("orders flow")
	e.key(fyne.KeyReturn)
	e.sees("Ada Sample set the status to mitigated: “orders flow”")
	e.tap("status")
	e.tap("choice open")
	e.types("it is back")
	e.key(fyne.KeyReturn)
	e.sees("Ada Sample opened it again: “it is back”")
	if s := f.find(in); s.Severity != 2 || s.Status != incident.Open {
		t.Errorf("severity %d, status %s", s.Severity, s.Status)
	}
	e.types("the keyboard is in the composer again")
	e.key(fyne.KeyReturn)
	e.sees("the keyboard is in the composer again")
}

func TestRolesAreAssignedByTypingAName(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1440, 1200)
	e.OpenRoom(in)
	e.sees("Legal", "nobody")
	e.tap("role legal")
	e.sees("Who is Legal?")
	e.types("eli")
	e.key(fyne.KeyReturn)
	e.sees("Ada Sample made Eli Sample Legal")
	e.tap("role legal")
	e.tap("release")
	e.sees("Ada Sample released Eli Sample from the role Legal")
}

func TestTagsAreAddedAndTakenAway(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1440, 1200)
	e.OpenRoom(in)
	e.tap("add tag")
	e.types("Payment Provider")
	e.key(fyne.KeyReturn)
	e.sees("#payment-provider", "Ada Sample added #payment-provider")
	e.tap("untag #db")
	e.sees("Ada Sample removed #db")
}

func TestANarrowRoomFoldsFactsAndThenFires(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.resize(1440, 900)
	e.sees("FACTS", "Payroll file arrived late at the bank")
	e.resize(1024, 700)
	e.seesNot("FACTS")
	e.sees("Payroll file arrived late at the bank")
	e.tap("facts")
	e.sees("FACTS", "RESPONDING")
	e.key(fyne.KeyEscape)
	e.seesNot("FACTS")
	e.resize(800, 700)
	e.seesNot("Payroll file arrived late at the bank")
}

func TestEscapeGoesBackOneStepAtATime(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.OpenRoom(in)
	e.tap("severity")
	e.key(fyne.KeyEscape)
	e.seesNot("How bad is it now?")
	e.sees("Everything")
	e.ctrl(fyne.KeyD)
	e.key(fyne.KeyEscape)
	e.sees("Everything", "00:42:10")
	e.key(fyne.KeyEscape)
	e.sees("1 burning")
}

func TestUnsentChangesAreDecidedByThePerson(t *testing.T) {
	f, _ := full()
	f.unsent = someUnsent(f)
	e := look(t, f)
	e.ctrl(fyne.Key2)
	e.sees("somebody was faster", "It is SEV2 now", "Keep SEV2", "Make it SEV1 again", "waits for the server", "refused",
		"This is too long. Your words are still on this device. Shorten it and send it again.")
	e.tap("Keep SEV2")
	e.seesNot("Keep SEV2")
	e.tap("discard")
	e.sees("Discard this for good?")
	e.key(fyne.KeyEscape)
	if len(f.unsent.Items) != 2 {
		t.Fatalf("%d changes are left, want 2: nothing may be discarded without a yes", len(f.unsent.Items))
	}
	e.tap("discard")
	e.tap("yes")
	f.unsent.Items = nil
	e.Changed()
	e.sees("Everything is sent")
}

func TestPeopleAreInvitedAndDevicesShutOut(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.Key3)
	e.sees("4 people", "Ada Sample", "you", "admin", "this device", "shop-north-2")
	e.tap("invite")
	e.types("Jo Lund")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("Give this to Jo Lund", "KM4T-9QXZ", "https://tsugi.example.com", "valid until 10:54")
	e.key(fyne.KeyEscape)
	e.tap("revoke")
	if len(f.revoked) != 0 {
		t.Fatal("a device was shut out without a question")
	}
	e.types("lost on the train")
	e.tap("yes")
	if len(f.revoked) != 1 || f.revoked[0].Reason != "lost on the train" {
		t.Errorf("shut out was %+v", f.revoked)
	}
	f.conn = present.Connection{Reach: present.Offline, Since: noon()}
	e.Changed()
	e.sees("Codes are made by the server, which is not reached.")
}

func TestOnlyAdminsSeeWhatOnlyAdminsMay(t *testing.T) {
	f, _ := full()
	f.self = f.person("Nora Plain", "HR", false, "nora-desk")
	e := look(t, f)
	e.ctrl(fyne.Key3)
	e.seesNot("Invite")
	e.tap("revoke " + f.self.Device.String())
}

func TestEnrollingSaysWhatToDoAndThenOpensTheBoard(t *testing.T) {
	f, _ := full()
	f.enrolled = false
	e := look(t, f)
	e.sees("Join your company's Tsugi")
	e.seesNot("Board")
	e.ctrl(fyne.KeyD)
	e.sees("Join your company's Tsugi")
	e.types("https://tsugi.example.com")
	e.key(fyne.KeyReturn)
	e.types(" bad ")
	e.key(fyne.KeyReturn)
	e.sees("This code is not valid.", "Nothing was changed.", "Ask for a new one")
	for range 3 {
		e.key(fyne.KeyBackspace)
	}
	in := e.c.Focused().(*widget.Input)
	in.SetText("GOOD-CODE")
	e.key(fyne.KeyReturn)
	e.sees("1 burning")
}

// golden reports whether words are shown in the colour of what is one's own.
func (e eyes) golden(words string) bool {
	found := false
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if flow, ok := o.(*widget.Flow); ok {
			for _, part := range test.WidgetRenderer(flow).Objects() {
				text, ok := part.(*canvas.Text)
				found = found || ok && strings.HasPrefix(text.Text, words) && text.Color == theme.Of(theme.Gold)
			}
		}
		return !found
	})
	return found
}

func TestWhoEnrolledSeesAtOnceThatTheyAreMentioned(t *testing.T) {
	f, in := full()
	_ = f.submit(in, f.person("Nora Plain", "HR", false, "nora-desk"), noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: "@Ada Sample please call the bank"})
	f.enrolled = false
	e := look(t, f)
	e.resize(1440, 1200)
	e.types("https://tsugi.example.com")
	e.key(fyne.KeyReturn)
	e.types("GOOD-CODE")
	e.key(fyne.KeyReturn)
	e.OpenRoom(in)
	e.c.Capture()
	e.sees("please call the bank")
	if !e.golden("@Ada") {
		t.Error("one's own mention does not stand out")
	}
}

func TestTheKeyboardReachesEverythingThatCanBePressed(t *testing.T) {
	for _, page := range []string{"board", "room", "declare", "unsent", "people"} {
		f, in := full()
		f.unsent = someUnsent(f)
		e := look(t, f)
		e.resize(1440, 900)
		if page == "room" {
			e.OpenRoom(in)
		} else {
			e.Open(page)
		}
		want := map[string]bool{}
		widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
			if k, ok := o.(widget.Keyed); ok {
				want[k.FocusKey()] = true
			}
			return true
		})
		e.c.Unfocus()
		for range 3 * len(want) {
			test.FocusNext(e.c)
			if k, ok := e.c.Focused().(widget.Keyed); ok {
				delete(want, k.FocusKey())
			}
		}
		for key := range want {
			t.Errorf("%s: Tab does not reach %q", page, key)
		}
	}
}

func TestAnUpdateLeavesTheKeyboardWhereItIs(t *testing.T) {
	f, in := full()
	e := look(t, f)
	for range 40 {
		test.FocusNext(e.c)
		if k, ok := e.c.Focused().(widget.Keyed); ok && k.FocusKey() == "fire "+in.String() {
			break
		}
	}
	_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: "news"})
	e.Changed()
	k, ok := e.c.Focused().(widget.Keyed)
	if !ok || k.FocusKey() != "fire "+in.String() {
		t.Fatalf("the keyboard went to %T", e.c.Focused())
	}
	gone := widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool { return o != fyne.CanvasObject(k.(*widget.Press)) })
	if gone {
		t.Error("the keyboard is at a row that is no longer shown")
	}
}

func TestWatchFollowsTheSessionAndEnds(t *testing.T) {
	f, in := full()
	e := look(t, f)
	stop := e.Watch(context.Background())
	_ = f.submit(in, f.self, noon(), noon(), incident.Retitle{Title: "Nobody can pay"})
	f.observed <- struct{}{}
	f.observed <- struct{}{} // taken only after the first was dealt with
	f.observed <- struct{}{}
	stop()
	e.sees("Nobody can pay")
}

func TestATickAndAChangeAreDrawnAWhileApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := full()
		tick := make(chan time.Time)
		a := test.NewTempApp(t)
		a.Settings().SetTheme(theme.New(theme.Dark))
		d := app.New(app.Params{App: a, Session: f, Work: widget.Direct{}, View: f.view(), Now: noon, Tick: tick})
		d.Start()
		stop := d.Watch(t.Context())
		defer stop()
		begin := time.Now() //nolint:forbidigo // the bubble's own
		f.observed <- struct{}{}
		synctest.Wait() // it was taken: of two that wait, either may be the first
		tick <- noon()
		if took := time.Since(begin); took < 50*time.Millisecond { //nolint:forbidigo // as above
			t.Errorf("the tick was shown %v after the change", took)
		}
		begin = time.Now() //nolint:forbidigo // as above
		f.observed <- struct{}{}
		f.observed <- struct{}{}
		if took := time.Since(begin); took < 50*time.Millisecond { //nolint:forbidigo // as above
			t.Errorf("the change was shown %v after the tick", took)
		}
	})
}
