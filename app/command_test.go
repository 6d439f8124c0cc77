package app_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestALinkIsAddedFromTheComposer(t *testing.T) {
	e, f, in := room(t)
	composer := e.c.Focused().(*widget.Input)
	e.types("/link https://status.example.com the status page")
	e.key(fyne.KeyReturn)
	want := incident.LinkAdded{URL: "https://status.example.com", Label: "the status page"}
	if got := f.last(in); got != want {
		t.Fatalf("the last event is %+v", got)
	}
	e.types("/link status.example.com of the bank")
	e.key(fyne.KeyReturn)
	e.sees("begins with http")
	if composer.Text != "" {
		t.Errorf("the composer holds %q, which Enter would send", composer.Text)
	}
	address := e.c.Focused().(*widget.Input)
	if address.Text != "status.example.com" {
		t.Errorf("the address is %q", address.Text)
	}
	address.SetText("https://bank.example.com")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	want = incident.LinkAdded{URL: "https://bank.example.com", Label: "of the bank"}
	if got := f.last(in); got != want {
		t.Errorf("the last event is %+v", got)
	}
}

func TestATagIsAddedFromTheComposer(t *testing.T) {
	e, f, in := room(t)
	e.types("/tag Card Payments")
	e.key(fyne.KeyReturn)
	if got, want := f.last(in), (incident.Tagged{Tag: incident.NormalTag("Card Payments")}); got != want {
		t.Errorf("the last event is %+v, not %+v", got, want)
	}
	if left := e.c.Focused().(*widget.Input).Text; left != "" {
		t.Errorf("the composer holds %q", left)
	}
}

func TestWhatStandsBehindACommandIsFilledIntoWhatItAsks(t *testing.T) {
	for _, command := range []string{"/title", "/severity", "/status", "/milestone"} {
		e, _, _ := room(t)
		composer := e.c.Focused().(*widget.Input)
		e.types(command + " All shops are down")
		e.key(fyne.KeyReturn)
		if got := e.c.Focused().(*widget.Input); got == composer || got.Text != "All shops are down" {
			t.Errorf("%s asks with %q", command, got.Text)
		}
		if composer.Text != "" {
			t.Errorf("behind %s the composer holds %q, which Enter would send", command, composer.Text)
		}
	}
}

func TestWhatIsTypedWhereNothingTakesItIsWrittenInTheRoom(t *testing.T) {
	e, _, _ := room(t)
	composer := e.c.Focused().(*widget.Input)
	e.toTimeline()
	e.types("do")
	if composer.Text != "do" || e.c.Focused() != fyne.Focusable(composer) {
		t.Errorf("from the timeline the composer got %q, and %T has the keyboard", composer.Text, e.c.Focused())
	}
	e.c.Unfocus()
	e.c.OnTypedRune()('n')
	e.toTimeline()
	e.types(" ")
	if composer.Text != "don" || e.c.Focused() == fyne.Focusable(composer) {
		t.Errorf("the composer holds %q", composer.Text)
	}
	e.c.Unfocus()
	e.key(fyne.KeyF1)
	e.c.OnTypedRune()('x')
	if composer.Text != "don" {
		t.Errorf("under a panel the composer got %q", composer.Text)
	}
}

// What stands behind /severity and /status first names the choice; the rest is the reason.
func TestACommandNamesTheChoice(t *testing.T) {
	for line, want := range map[string]incident.Event{
		"/sev 2 one region":            incident.SeverityChanged{From: 1, To: 2, Reason: "one region"},
		"/severity sev3 one shop":      incident.SeverityChanged{From: 1, To: 3, Reason: "one shop"},
		"/status Closed":               incident.StatusChanged{To: incident.Closed},
		"/status res it holds":         incident.StatusChanged{To: incident.Resolved, Reason: "it holds"},
		"/status the valve was closed": incident.StatusChanged{To: incident.Mitigated, Reason: "the valve was closed"},
	} {
		e, f, in := room(t)
		e.types(line)
		e.key(fyne.KeyReturn)
		e.key(fyne.KeyReturn)
		if got := f.last(in); got != want {
			t.Errorf("%s: the last event is %+v, not %+v", line, got, want)
		}
	}
}

func TestWhatIsNoCommandIsNotSentByMistake(t *testing.T) {
	e, f, in := room(t)
	before := len(f.records[in])
	e.types("/reboot db-7")
	e.key(fyne.KeyReturn)
	e.sees("no command /reboot")
	if len(f.records[in]) != before {
		t.Fatalf("sent was %+v", f.last(in))
	}
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Written); !ok || got.Text != "/reboot db-7" {
		t.Errorf("the last event is %+v", f.last(in))
	}
	e.types("/etc/hosts is wrong")
	e.key(fyne.KeyReturn)
	if got, ok := f.last(in).(incident.Written); !ok || got.Text != "/etc/hosts is wrong" {
		t.Errorf("the last event is %+v", f.last(in))
	}
}

// A slip is told with the command that may have been meant; it is not carried out.
func TestAMistypedCommandIsToldItsNearest(t *testing.T) {
	e, f, in := room(t)
	before := len(f.records[in])
	e.types("/sevrity 2")
	e.key(fyne.KeyReturn)
	e.sees("There is no command /sevrity. Did you mean /severity?")
	if len(f.records[in]) != before {
		t.Fatalf("sent was %+v", f.last(in))
	}
}

// Other words for a command do as well, and what stands behind it is looked for.
func TestAMergeIsFoundByOtherWords(t *testing.T) {
	e, _, _ := room(t)
	e.types("/merge INC-9")
	e.key(fyne.KeyReturn)
	e.sees("Which incident does this repeat?")
	if got := e.c.Focused().(*widget.Input).Text; got != "INC-9" {
		t.Errorf("looked for is %q", got)
	}
}

// The warning stays for as long as its licence to send does.
func TestADoubtIsShownForAsLongAsItLasts(t *testing.T) {
	e, f, in := room(t)
	other := f.incidents[0].ID
	e.OpenRoom(other)
	e.types("/reboot db-7")
	e.OpenRoom(in)
	e.types("/reboot db-7")
	e.key(fyne.KeyReturn)
	e.Changed()
	e.sees("no command /reboot")
	e.OpenRoom(other) // the same line, which nobody has warned of here
	e.seesNot("no command /reboot")
	before := len(f.records[other])
	e.key(fyne.KeyReturn)
	e.sees("no command /reboot")
	if len(f.records[other]) != before {
		t.Fatalf("sent was %+v", f.last(other))
	}
	e.Changed()
	e.key(fyne.KeyReturn)
	if got, ok := f.last(other).(incident.Written); !ok || got.Text != "/reboot db-7" {
		t.Errorf("the last event is %+v", f.last(other))
	}
	e.seesNot("no command /reboot")
}

func TestWhatIsTypedOnGoesBehindWhatWasFilledIn(t *testing.T) {
	e, _, _ := room(t)
	e.types("/repeats INC-21")
	e.key(fyne.KeyReturn)
	e.types("4")
	e.fieldHolds("INC-214")
}

func TestAChoiceWithoutAReasonKeepsTheReasonThatWasBegun(t *testing.T) {
	e, f, in := room(t)
	e.tap("severity")
	e.types("only the north")
	e.key(fyne.KeyEscape)
	e.types("/sev 2")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if got, want := f.last(in), (incident.SeverityChanged{From: 1, To: 2, Reason: "only the north"}); got != want {
		t.Errorf("the last event is %+v", got)
	}
}

func TestARoleIsGivenToWhomTheLineNames(t *testing.T) {
	for _, line := range []string{"/role legal Cleo", "/role Leg cleo"} {
		e, f, in := room(t)
		e.types(line)
		e.key(fyne.KeyReturn)
		e.sees("Who is Legal?")
		e.fieldHolds(line[len(line)-len("cleo"):])
		e.key(fyne.KeyReturn)
		if got, ok := f.last(in).(incident.RoleAssigned); !ok || got.Role != "legal" || f.setup.People[got.Person].Name != "Cleo Sample" {
			t.Errorf("%s: the last event is %+v", line, f.last(in))
		}
	}
}

func TestALineThatMayMeanSeveralCommandsAsksWhich(t *testing.T) {
	e, f, in := room(t)
	before := len(f.records[in])
	e.types("/ta slow disk")
	e.key(fyne.KeyReturn)
	e.sees("/task", "/tag")
	if len(f.records[in]) != before {
		t.Fatalf("the last event is %+v", f.last(in))
	}
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	if got, want := f.last(in), (incident.Tagged{Tag: "slow-disk"}); got != want {
		t.Errorf("the last event is %+v", got)
	}
	e.fieldHolds("")
	e.types("/role Eli")
	e.key(fyne.KeyReturn)
	e.sees("/role legal", "/role owner")
	e.key(fyne.KeyReturn)
	e.fieldHolds("Eli")
}

func TestNothingIsTakenBackButByItsWholeName(t *testing.T) {
	e, f, in := room(t)
	e.tap("onward")
	e.key(fyne.KeyReturn)
	e.types("/u all back")
	e.key(fyne.KeyReturn)
	e.fieldHolds("all back")
	e.sees("Update for everybody")
	for range len("all back") {
		e.key(fyne.KeyBackspace)
	}
	e.types("/u")
	e.key(fyne.KeyReturn)
	if s := f.find(in).Status; s != incident.Mitigated {
		t.Fatalf("it is %v", s)
	}
	e.types("/undo")
	e.key(fyne.KeyReturn)
	if s := f.find(in).Status; s != incident.Open {
		t.Errorf("it is %v", s)
	}
}

func TestANumberMayStandRightBehindACommand(t *testing.T) {
	e, f, in := room(t)
	e.types("/sev2 one region")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	if got, want := f.last(in), (incident.SeverityChanged{From: 1, To: 2, Reason: "one region"}); got != want {
		t.Errorf("the last event is %+v", got)
	}
}

func TestOnlyWhatCanBeNoCommandIsSentUnasked(t *testing.T) {
	for line, doubted := range map[string]bool{
		"/reboot7 now": true, "/x now": true, "/7 now": true, "/servus!": true,
		"/db-7 is full": false, "/etc/hosts is wrong": false, "/hosts.allow is wrong": false, "/ is full": false,
	} {
		e, f, in := room(t)
		before := len(f.records[in])
		e.types(line)
		e.key(fyne.KeyReturn)
		if sent := len(f.records[in]) != before; sent == doubted {
			t.Errorf("%s: sent is %t", line, sent)
		}
	}
}

// Companies call their severities what they like; their numbers stay.
func TestASeverityIsNamedByItsNumberWhateverItIsCalled(t *testing.T) {
	for _, line := range []string{"/sev 2 all 4 shops", "/sev sev2 all 4 shops", "/sev Major all 4 shops", "/sev maj all 4 shops"} {
		f, in := full()
		f.setup.Severities = slices.Clone(f.setup.Severities)
		for i, name := range []string{"Critical", "Major", "Minor 1"} {
			f.setup.Severities[i].Name = name
		}
		e := look(t, f)
		e.resize(1440, 1600)
		e.OpenRoom(in)
		e.types(line)
		e.key(fyne.KeyReturn)
		e.key(fyne.KeyReturn)
		if got, want := f.last(in), (incident.SeverityChanged{From: 1, To: 2, Reason: "all 4 shops"}); got != want {
			t.Errorf("%s: the last event is %+v", line, got)
		}
	}
}

func TestAnAnswerThatChangesNothingSaysSo(t *testing.T) {
	e, f, in := room(t)
	before := len(f.records[in])
	e.types("/sev all shops")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("It is SEV1 already.")
	e.fieldHolds("all shops")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	if got, want := f.last(in), (incident.SeverityChanged{From: 1, To: 2, Reason: "all shops"}); got != want || len(f.records[in]) != before+1 {
		t.Errorf("the last event is %+v", got)
	}
	e.tap("status")
	e.key(fyne.KeyReturn)
	e.sees("It is open already.")
}

func TestACommaEndsATagInTheRoomToo(t *testing.T) {
	e, f, in := room(t)
	e.types("/tag Slow Disk, rack 7")
	e.key(fyne.KeyReturn)
	e.fieldHolds("")
	e.tap("add tag")
	e.types("alpha, beta")
	e.key(fyne.KeyReturn)
	for _, tag := range []string{"slow-disk", "rack-7", "alpha", "beta"} {
		if all := f.find(in).Tags; !slices.Contains(all, tag) {
			t.Errorf("the tags are %q, without %q", all, tag)
		}
	}
	f.failure = fault.New(fault.Storage, "The disk is full.")
	e.types("/tag gamma, delta")
	e.key(fyne.KeyReturn)
	e.sees("The disk is full.")
	e.fieldHolds("/tag gamma, delta")
}
