package app_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// reachable is a full fake in which whoever looks has everything that can be set.
func reachable() *fake {
	f, _ := full()
	f.contacts = present.Contacts{Sends: reach.ChannelsOf(reach.SMS, reach.Call, reach.Mail)}
	day := 24 * time.Hour
	for _, c := range []present.Contact{
		{Kind: reach.SMS, Address: "+491701234567", Verified: noon().Add(-40 * day), Tried: noon().Add(-2 * day)},
		{Kind: reach.Call, Address: "+491701234567", Verified: noon().Add(-40 * day), Tried: noon().Add(-9 * day), Failed: true},
		{Kind: reach.Mail, Address: "ada.sample@example.com", Verified: noon().Add(-100 * day)},
		{Kind: reach.SMS, Address: "+14155552671"},
	} {
		c.ID = id.New[id.Contact]()
		f.contacts.Items = append(f.contacts.Items, c)
	}
	f.pushes()
	return f
}

// pushes lets the first device of whoever looks be pushed to.
func (f *fake) pushes() {
	p := f.setup.People[f.self.Person]
	for i := range p.Devices {
		p.Devices[i].Pushed = i == len(p.Devices)-1
	}
	f.setup = f.setup.With(p)
	_ = f.reach()
}

func reachScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(make func() *fake, do func(e eyes)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			d := desk(t, make(), look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.ctrl(fyne.Key6)
			do(e)
			return d
		}
	}
	bare := func() *fake { f, _ := full(); return f }
	one := func() *fake { f, _ := full(); f.pushes(); return f }
	away := func() *fake {
		f := reachable()
		f.conn = present.Connection{Reach: present.Offline, Since: noon().Add(-2 * time.Minute)}
		return f
	}
	larger := func(e eyes) {
		for range 5 {
			e.ctrl(fyne.KeyEqual)
		}
	}
	testing3 := func() *fake { // push was accepted and not confirmed, so that the SMS came early; its provider is not set up
		f := reachable()
		_ = f.SendTestPage(context.Background())
		f.tests(time.Second, id.Actor{}, incident.Proceed{})
		f.tests(2*time.Second, id.Actor{}, incident.Tell{Channel: reach.Push, News: escalation.ByProvider})
		f.tests(32*time.Second, id.Actor{}, incident.Proceed{})
		f.tests(33*time.Second, id.Actor{}, incident.Tell{Channel: reach.SMS, News: escalation.InVain, Reason: 23})
		f.tests(35*time.Second, id.Actor{}, incident.Tell{Channel: reach.Call, News: escalation.ByProvider})
		return f
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"reach":         scene(reachable, func(eyes) {}),
		"reach-empty":   scene(bare, func(eyes) {}),
		"reach-one":     scene(one, func(eyes) {}),
		"reach-offline": scene(away, func(eyes) {}),
		"reach-150":     scene(reachable, larger),
		"reach-when":    scene(reachable, func(e eyes) { e.tap("rule 1 3") }),
		"reach-number":  scene(bare, func(e eyes) { e.tap("add number"); e.types("0170 1234567"); e.key(fyne.KeyReturn) }),
		"reach-test":    scene(testing3, func(eyes) {}),
		"reach-ring":    scene(func() *fake { f := testing3(); f.rings(); return f }, func(eyes) {}),
		"reach-tested": scene(func() *fake {
			f := testing3()
			f.tests(70*time.Second, f.self, incident.Acknowledge{Through: reach.Call})
			return f
		}, func(eyes) {}),
		"reach-untested": scene(func() *fake {
			f := testing3()
			f.tests(escalation.AskWait+2*time.Second, id.Actor{}, incident.Proceed{})
			return f
		}, func(eyes) {}),
		"reach-code": scene(reachable, func(e eyes) { e.tap("verify +14155552671"); e.types("123") }),
	}
}

// chooses opens a menu where the keyboard is, and takes the nth of its rows.
func (e eyes) chooses(n int) {
	e.t.Helper()
	e.key(fyne.KeyReturn)
	for range n {
		e.key(fyne.KeyDown)
	}
	e.key(fyne.KeyReturn)
}

func TestANumberIsAddedAndVerifiedWithKeysAlone(t *testing.T) {
	f, _ := full()
	f.contacts.Sends = reach.ChannelsOf(reach.SMS, reach.Call)
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.sees("Nothing can wake you.", "Nothing happens.")
	e.tabTo("add number")
	e.key(fyne.KeyReturn)
	e.types("0170 1234567")
	e.key(fyne.KeyReturn)
	e.sees("The number begins with the code of its country")
	if len(f.contacts.Items) > 0 {
		t.Fatal("it was added")
	}
	for range 20 {
		e.key(fyne.KeyBackspace)
	}
	e.types("0049 170 1234567")
	e.key(fyne.KeyReturn)
	e.sees("+491701234567", "not verified: nothing is sent there", "A number or address is not verified (text message).")
	if len(f.contacts.Items) != 2 || f.contacts.Items[1].Kind != reach.Call {
		t.Fatalf("added is %+v", f.contacts.Items)
	}
	e.tabTo("verify +491701234567 text message")
	e.key(fyne.KeyReturn)
	e.sees("A code is on its way to +491701234567")
	e.types("999999")
	e.key(fyne.KeyReturn)
	e.sees("This code does not fit.")
	for range 6 {
		e.key(fyne.KeyBackspace)
	}
	e.types("123456")
	e.key(fyne.KeyReturn)
	e.seesNot("Nothing can wake you.", "A code is on its way")
	e.sees("verified just now", "No device of yours can be pushed to.", "03:00:00", "03:03:00")
	e.tabTo("remove +491701234567 text message")
	e.key(fyne.KeyReturn)
	e.sees("Remove +491701234567?")
	e.tabTo("yes")
	e.key(fyne.KeyReturn)
	e.sees("There is one single way to wake you: call.")
	if len(f.contacts.Items) != 1 {
		t.Errorf("left is %+v", f.contacts.Items)
	}
}

func TestRulesAreASentenceThatIsEditedWithKeysAlone(t *testing.T) {
	f := reachable()
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.sees("at once: push", "after 1 min: text message", "after 3 min: call", "after 5 min: e-mail", "the usual rules", "no receipt from a device for 30 s", "03:03:00")
	e.tabTo("rule 1 3") // the call
	e.chooses(1)        // after 30 s
	want := []reach.Rule{{Channel: reach.Push}, {Channel: reach.Call, After: 30 * time.Second}, {Channel: reach.SMS, After: time.Minute}, {Channel: reach.Mail, After: 5 * time.Minute}}
	if diff := cmp.Diff(want, f.reader.Rules.High); diff != "" {
		t.Error(diff)
	}
	e.sees("after 30 s: call", "Back to the usual ones")
	e.seesNot("03:03:00")
	e.tabTo("rule 1 1")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEnd) // not at all
	e.key(fyne.KeyReturn)
	e.sees("Your rules for what is urgent leave out: push.")
	e.tabTo("further 1")
	e.chooses(0)
	if last := f.reader.Rules.High[3]; last != (reach.Rule{Channel: reach.Push, After: 7 * time.Minute}) {
		t.Errorf("added is %+v", last)
	}
	e.tabTo("usual 1")
	e.key(fyne.KeyReturn)
	if len(f.reader.Rules.High) > 0 {
		t.Errorf("the usual rules are kept as %+v", f.reader.Rules.High)
	}
	e.tabTo("rule 2 4")
	e.chooses(0)
	if !f.reader.Rules.Equal(reach.Rules{Low: []reach.Rule{{Channel: reach.Push}, {Channel: reach.Mail}}}) {
		t.Errorf("what can wait is %+v", f.reader.Rules)
	}
}

func TestWhatWouldHappenIsThatOfAPhoneThatIsSilentOrNot(t *testing.T) {
	f := reachable()
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.sees("03:00:30")
	e.tap("check My phone has no reception")
	e.seesNot("03:00:30", "no receipt")
	e.sees("03:01:00")
	e.tabTo("rule 1 2")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEnd)
	e.key(fyne.KeyReturn)
	e.seesNot("03:01:00")
}

// Without the server rules are edited all the same; of numbers it is said plainly that they need it.
func TestWithoutAServerTheRulesAreThereAndTheNumbersAreNot(t *testing.T) {
	f := reachable()
	f.conn = present.Connection{Reach: present.Offline, Since: noon()}
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.sees("The server alone keeps them, and it is not reached.", "that there are: text message, call, e-mail.", "only the server knows")
	e.seesNot("+491701234567", "nothing is left to verify", "Something went wrong")
	e.tabTo("rule 1 2")
	e.chooses(2)
	e.tabTo("rule 1 2")
	e.chooses(3)
	e.sees("after 2 min: text message")
	f.conn = present.Connection{Reach: present.Live, People: 14}
	e.Changed()
	e.sees("+491701234567", "last tried")
	e.seesNot("The server alone keeps them")
}

// What the server knows is asked for when the page is opened and when there is a reason, not with every change in the company; a
// failure is told once.
func TestTheServerIsAskedWhenThereIsAReason(t *testing.T) {
	f := reachable()
	e := look(t, f)
	e.ctrl(fyne.Key6)
	for range 5 {
		e.Changed()
	}
	if f.asked != 1 {
		t.Errorf("asked %d times", f.asked)
	}
	f.contacts.Items[3].Verified = noon()
	if err := f.reach(); err != nil { // SMS was known to everybody already: nothing new to ask for
		t.Fatal(err)
	}
	f.contacts.Items = f.contacts.Items[:3:3]
	f.contacts.Items[1].Verified = time.Time{}
	if err := f.reach(); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.Changed()
	e.sees("A number or address is not verified (call).")
	if f.asked != 2 {
		t.Errorf("asked %d times after something was verified elsewhere", f.asked)
	}
	e.Open("board")
	f.refuses = fault.New(fault.Storage, "The disk of the server is full.")
	e.ctrl(fyne.Key6)
	e.sees("The disk of the server is full.")
	e.tap("close notice")
	e.Changed()
	e.seesNot("The disk of the server is full.")
}

func TestANumberForEverybodyIsPublishedAndTakenBack(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.tabTo("publish")
	e.key(fyne.KeyReturn)
	e.types("+49 170 CALL")
	e.key(fyne.KeyReturn)
	e.sees("has signs that no telephone has")
	for range 20 {
		e.key(fyne.KeyBackspace)
	}
	e.types("+49 170 1234567")
	e.key(fyne.KeyReturn)
	if n := f.setup.People[f.self.Person].Number; n != "+491701234567" {
		t.Errorf("published is %q", n)
	}
	e.tabTo("unpublish")
	e.key(fyne.KeyReturn)
	if n := f.setup.People[f.self.Person].Number; n != "" {
		t.Errorf("still published is %q", n)
	}
}

func TestEverybodySeesInWhichWaysSomebodyIsReached(t *testing.T) {
	f := reachable()
	e := look(t, f)
	e.ctrl(fyne.Key3)
	e.sees("reached by push, text message, call, e-mail", "cannot be woken yet")
	e.seesNot("+491701234567", "ada.sample@example.com")
	e.tabTo("own reach")
	e.key(fyne.KeyReturn)
	e.sees("How I am reached")
	e.tap("devices")
	e.sees("Invite")
	e.ctrl(fyne.KeyK)
	e.types("sms")
	e.key(fyne.KeyReturn)
	e.sees("AT THREE IN THE MORNING")
}

// A test page is sent and answered with keys alone, and each step is shown as it happens.
func TestATestPageIsFollowedStepByStep(t *testing.T) {
	f := reachable()
	e := look(t, f)
	e.resize(1440, 2000)
	e.ctrl(fyne.Key6)
	e.sees("Push reaches a device of yours.", "There is a second way if the first one fails.")
	e.tabTo("test page")
	e.key(fyne.KeyReturn)
	e.sees("The server has it, and begins.")
	e.seesNot("Send me a test page")
	step := func(after time.Duration, by id.Actor, c incident.Command, sees ...string) {
		t.Helper()
		f.tests(after, by, c)
		e.Changed()
		e.sees(sees...)
	}
	step(time.Second, id.Actor{}, incident.Proceed{}, "It rings.", "sent 10:44:11", "not accepted yet", "10:45:11", "unless you answer")
	step(2*time.Second, id.Actor{}, incident.Tell{Channel: reach.Push, News: escalation.ByProvider}, "accepted 10:44:12", "no receipt yet")
	step(31*time.Second, id.Actor{}, incident.Proceed{}, "because no device has confirmed push")
	step(33*time.Second, id.Actor{}, incident.Tell{Channel: reach.SMS, News: escalation.InVain, Reason: 23}, "failed: not set up on this server", "because text message failed")
	step(40*time.Second, id.Actor{}, incident.Tell{Channel: reach.Push, News: escalation.ByDevice}, "on your device 10:44:50")
	f.rings()
	e.Changed()
	e.sees("Test page, 10:44", "Only a test: nothing has happened.")
	e.seesNot("I cannot: page the next")
	e.ctrl(fyne.Key1)
	e.tap("open " + f.conn.Rings[0].Page.String())
	e.sees("How I am reached")
	e.tabTo("test reached")
	e.key(fyne.KeyReturn)
	e.sees("It reached you: answered after", "by the app", "Send another one")
	if s := f.lastTest(); s.Status != incident.Closed {
		t.Errorf("it is %s", s.Status)
	}
	f.conn.Rings = nil
	e.Changed()
	e.ctrl(fyne.Key1)
	e.seesNot("Test page")
}

func TestATestPageNeedsTheServer(t *testing.T) {
	f := reachable()
	f.conn = present.Connection{Reach: present.Offline, Since: noon()}
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.sees("The server is not reached: nothing can be tried out now.")
	if e.has("test page") {
		t.Error("it can be sent")
	}
}

// Where nothing reaches a person the test says so, and what to do.
func TestATestPageThatHasNoWaySaysSo(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.Key6)
	e.tap("test page")
	f.tests(0, id.Actor{}, incident.Proceed{})
	e.Changed()
	e.sees("Nothing reaches you. Add a number and verify it, or enrol your phone.")
}
