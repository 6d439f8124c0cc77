package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

const (
	switchKey = "check Private: only the people you add can see that it exists"
	goneWords = "You can no longer see this incident."
)

// secret is a bad day on which the worst incident is private: whoever holds a role in it sees it, and Eli does not.
func secret() (*fake, id.Incident) {
	f, in := full()
	_ = f.submit(in, f.self, noon(), noon(), incident.Conceal{})
	return f, in
}

// named returns somebody by the first name.
func (f *fake) named(first string) id.Person {
	for p, known := range f.setup.People {
		if strings.HasPrefix(known.Name, first+" ") {
			return p
		}
	}
	return id.Person{}
}

// purge takes an incident away, as the replica does with one that may not be seen any more.
func (f *fake) purge(in id.Incident) {
	f.left = append(f.left, in)
	f.lack(in)
}

// lack takes an incident out without a word on why, as a bootstrap from a server that lost it would.
func (f *fake) lack(in id.Incident) {
	f.incidents = slices.DeleteFunc(f.incidents, func(s incident.Incident) bool { return s.ID == in })
	delete(f.records, in)
	delete(f.drafts, in)
}

// has reports whether there is something with the key, in the panel on top where there is one.
func (e eyes) has(key string) bool {
	root := e.c.Content()
	if top := e.c.Overlays().Top(); top != nil {
		root = top
	}
	found := false
	widget.Walk(root, func(o fyne.CanvasObject) bool {
		k, ok := o.(widget.Keyed)
		found = found || ok && k.FocusKey() == key
		return !found
	})
	return found
}

// toField moves the keyboard with Tab alone to the field that says so while it is empty.
func (e eyes) toField(placeholder string) {
	e.t.Helper()
	for range 60 {
		if in, ok := e.c.Focused().(*widget.Input); ok && strings.HasPrefix(in.PlaceHolder, placeholder) {
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatalf("Tab does not reach the field %q", placeholder)
}

func TestAPrivateIncidentIsDeclaredWithKeysAlone(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.resize(1440, 1600)
	e.ctrl(fyne.KeyD)
	e.types("The payroll was copied")
	e.sees("Everybody sees it at once")
	e.until(switchKey)
	e.key(fyne.KeySpace)
	e.sees("Only the people added see it")
	if k, ok := e.c.Focused().(widget.Keyed); !ok || k.FocusKey() != switchKey {
		t.Errorf("the keyboard went from the switch to %T", e.c.Focused())
	}
	e.toField("Add a person by name")
	e.types("cle")
	e.sees("Cleo Sample", "Engineering")
	e.key(fyne.KeyReturn)
	e.types("dora")
	e.key(fyne.KeyReturn)
	e.sees("Cleo Sample", "Dora Sample")
	e.until("take out " + f.named("Dora").String())
	e.key(fyne.KeyReturn)
	e.seesNot("Dora Sample")
	e.until("send")
	e.key(fyne.KeyReturn)
	got := f.incidents[len(f.incidents)-1]
	if want := []id.Person{f.self.Person, f.named("Cleo")}; !got.Private || !cmp.Equal(got.Admitted, want) || got.Number != 0 {
		t.Fatalf("declared was %+v", got)
	}
	number := fmt.Sprintf("P-%d", got.PrivateNumber())
	e.sees(number, "WHO SEES IT", "Private: only these people see that it exists.", "declared this privately as SEV3; only Ada Sample and Cleo Sample see it")
	e.seesNot("not sent")
	if got := e.Window().Title(); got != number+" – Tsugi" {
		t.Errorf("the window is called %q", got)
	}
	e.ctrl(fyne.Key1)
	e.sees(number, "The payroll was copied")
	e.ctrl(fyne.KeyD)
	e.sees("Everybody sees it at once")
	if e.has("take out " + f.named("Cleo").String()) {
		t.Error("the next declaration begins with those who were added to the last")
	}
}

// A declaration that was begun as a private one and comes back as one for everybody would be a leak.
func TestWhatWasBegunPrivatelyStaysPrivate(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	e.ctrl(fyne.KeyD)
	e.types("The payroll was copied")
	e.tap(switchKey)
	e.toField("Add a person by name")
	e.types("cleo")
	e.key(fyne.KeyReturn)
	e = look(t, f)
	e.ctrl(fyne.KeyD)
	e.sees("Cleo Sample", "Only the people added see it")
	e.tap("send")
	if got := f.incidents[len(f.incidents)-1]; !got.Private || len(got.Admitted) != 2 {
		t.Errorf("declared was %+v", got)
	}
}

func TestAPrivateIncidentIsToldUnsentWithoutTheServer(t *testing.T) {
	f := empty()
	f.conn = present.Connection{Reach: present.Offline, Since: noon(), Pending: 1}
	e := look(t, f)
	in, err := f.Declare(t.Context(), present.Declaration{Title: "The payroll was copied", Level: 3, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.sees("P-", "not sent, as far as this device knows; nobody is being paged")
	e.OpenRoom(in)
	e.sees("P-", "Not sent, as far as this device knows; nobody is being paged.")
}

func TestARoomIsMadePrivateAfterAQuestion(t *testing.T) {
	e, f, in := room(t)
	e.types("/private")
	e.key(fyne.KeyReturn)
	e.sees("Who may still see this?", "From everybody else's devices it vanishes", "IMOC", "Eli Sample")
	e.key(fyne.KeyReturn)
	if f.find(in).Private || !e.has("yes") {
		t.Fatal("Enter in the field made it private")
	}
	e.until("take out " + f.named("Eli").String())
	e.key(fyne.KeyReturn)
	e.until("yes")
	e.key(fyne.KeyReturn)
	s := f.find(in)
	if want := []id.Person{f.self.Person, f.named("Dora"), f.named("Cleo")}; !s.Private || !cmp.Equal(s.Admitted, want) && len(s.Admitted) != 3 || s.Sees(f.named("Eli")) {
		t.Fatalf("it is seen by %v", s.Admitted)
	}
	e.sees("made this private; only Ada Sample", "WHO SEES IT", "does not see this", "INC-216")
}

func TestWithoutTheServerItIsSaidThatEverybodySeesItStill(t *testing.T) {
	e, f, _ := room(t)
	f.conn = present.Connection{Reach: present.Offline, Since: noon()}
	e.Changed()
	e.types("/private")
	e.key(fyne.KeyReturn)
	e.sees("The server is not reached: until this is sent, everybody sees it.")
}

func TestTheBoxMakesARoomPrivateAndVisible(t *testing.T) {
	e, f, in := room(t)
	e.ctrl(fyne.KeyK)
	e.types("confidential")
	e.key(fyne.KeyReturn)
	e.sees("Who may still see this?")
	e.tap("yes")
	e.ctrl(fyne.KeyK)
	e.types("visible")
	e.key(fyne.KeyReturn)
	e.sees("Let everybody see this?", "also what was written and attached while it was private")
	e.seesNot("It is given an INC number")
	e.key(fyne.KeyReturn)
	if !f.find(in).Private {
		t.Fatal("Enter alone let everybody see it")
	}
	e.types("/public")
	e.key(fyne.KeyReturn)
	e.until("yes")
	e.key(fyne.KeyReturn)
	if s := f.find(in); s.Private || s.Number != 216 {
		t.Errorf("it is private: %v, and called INC-%d", s.Private, s.Number)
	}
	e.sees("Ada Sample made this visible to everybody")
	e.seesNot("WHO SEES IT")
}

func TestPeopleAreAddedAndTakenOutByName(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	eli := f.named("Eli")
	sees := func(want bool, after string) {
		t.Helper()
		if f.find(in).Sees(eli) != want {
			t.Errorf("after %s Eli sees it: %v", after, !want)
		}
	}
	e.types("/admit eli")
	e.key(fyne.KeyReturn)
	sees(true, "/admit")
	e.sees("Ada Sample let Eli Sample see this")
	e.types("/undo")
	e.key(fyne.KeyReturn)
	sees(false, "/undo")
	e.types("/admit el")
	e.key(fyne.KeyReturn)
	sees(false, "the beginning of a name")
	e.key(fyne.KeyEscape)
	e.types("/admit walrus")
	e.key(fyne.KeyReturn)
	e.sees("Who is to see this too?", "Nobody here is called “walrus”.")
	e.c.Focused().(*widget.Input).SetText("e")
	e.key(fyne.KeyReturn)
	sees(true, "the list")
	e.types("/exclude Eli Sample")
	e.key(fyne.KeyReturn)
	e.sees("Let Eli Sample see this no longer?", "It vanishes from the devices of Eli Sample")
	e.key(fyne.KeyReturn)
	sees(true, "a no")
	e.tap("exclude " + eli.String())
	e.tap("yes")
	sees(false, "a yes")
	e.sees("Ada Sample took Eli Sample out, who sees this no longer")
	e.types("/exclude cleo")
	e.key(fyne.KeyReturn)
	e.sees("Whoever holds a role in a private incident sees it.", "Give the role to somebody else first.")
	e.tap("close notice")
	e.until("admit")
	e.key(fyne.KeyReturn)
	if e.sees("Who is to see this too?"); !e.has("option "+eli.String()) || e.has("option "+f.named("Cleo").String()) {
		t.Error("offered are others than those who do not see it")
	}
}

func TestOneLeavesAPrivateIncidentAfterAQuestion(t *testing.T) {
	f, in := secret()
	_ = f.submit(in, f.self, noon(), noon(), incident.AssignRole{Base: f.base(in), Role: workspace.IMOC})
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.types("/exclude ada sample")
	e.key(fyne.KeyReturn)
	e.sees("See this no longer yourself?", "Only somebody who still sees it can add you again.")
	e.tap("yes")
	if f.find(in).Sees(f.self.Person) {
		t.Error("it is still seen")
	}
}

func TestOnlyThoseWhoSeeARoomAreMentionedThere(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.types("@eli")
	if e.has("suggestion Eli Sample") {
		t.Error("somebody is offered who would never read it")
	}
	e.c.Focused().(*widget.Input).SetText("")
	e.types("@cleo")
	if !e.has("suggestion Cleo Sample") {
		t.Error("somebody who sees it is not offered")
	}
}

func TestWhoIsGivenARoleOrATaskSeesThePrivateRoomAndThatIsSaidBefore(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.tap("role legal")
	e.sees("Private: whoever you choose sees all of it from then on.", "Shop north  ·  will see this")
	e.types("eli")
	e.key(fyne.KeyReturn)
	if !f.find(in).Sees(f.named("Eli")) {
		t.Error("whoever holds a role does not see it")
	}
	e.sees("Ada Sample let Eli Sample see this", "Ada Sample made Eli Sample Legal")
	e.tap("role legal")
	e.seesNot("will see this")
	e.key(fyne.KeyEscape)
	e.tap("give " + f.find(in).Tasks[0].ID.String())
	e.sees("Private: whoever you choose sees all of it from then on.")
}

func TestAMergeIsNotOfferedWhereOthersWouldHearOfIt(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.OpenRoom(f.incidents[0].ID)
	e.types("/repeats")
	if !e.has("suggestion /repeats") {
		t.Fatal("a public incident is not offered to be merged")
	}
	e.OpenRoom(in)
	e.types("/repeats")
	if e.has("suggestion /repeats") {
		t.Error("a private incident is offered to be merged")
	}
}

func TestARoomThatVanishesIsLeftCalmlyAndNothingOfItIsKept(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.types("a canary")
	e.Tick(noon())
	if f.drafts[in].Words != "a canary" {
		t.Fatalf("kept is %+v", f.drafts[in])
	}
	e.tap("severity")
	gone, records := f.find(in), f.records[in]
	f.purge(in)
	e.Changed()
	e.sees(goneWords, "It was taken off this device", "1 mitigated")
	e.seesNot("Checkout fails for everyone", "How bad is it now?", "canary")
	if !e.has("close notice") || e.Window().Title() != "Tsugi" {
		t.Errorf("the window is called %q", e.Window().Title())
	}
	e.Tick(noon())
	e.Tick(noon().Add(1e10))
	if err := e.Rest(context.Background()); err != nil || len(f.drafts) > 0 {
		t.Errorf("kept is %+v, %v", f.drafts, err)
	}
	e.key(fyne.KeyEscape)
	e.seesNot(goneWords)
	f.incidents, f.records[in] = append(f.incidents, gone), records
	e.OpenRoom(in)
	e.seesNot("canary")
	e.types("once more")
	e.Tick(noon().Add(2e10))
	if f.drafts[in].Words != "once more" {
		t.Errorf("after it came back kept is %+v", f.drafts)
	}
}

func TestTheWindowOfARoomThatVanishesCloses(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	before := len(fyne.CurrentApp().Driver().AllWindows())
	e.OpenAside(in)
	other := e.OpenAside(f.incidents[0].ID)
	f.purge(in)
	e.Changed()
	if n := len(fyne.CurrentApp().Driver().AllWindows()); n != before+1 {
		t.Errorf("%d windows are open, want %d", n, before+1)
	}
	e.sees(goneWords)
	eyes{t, other, other.Window().Canvas()}.seesNot(goneWords)
}

func TestARoomThatIsStillBeingFetchedIsWaitedFor(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	f.purge(in)
	f.fetching = true
	e.OpenRoom(in)
	e.seesNot(goneWords)
	f.fetching = false
	e.Changed()
	e.sees(goneWords)
}

func TestAChangeToWhatCanNoLongerBeSeenIsOnlyTakenOffTheList(t *testing.T) {
	f, in := full()
	f.unsent.Items = []present.Change{present.ChangeFrom(present.Change{Command: id.New[id.Command](), Incident: in, Title: "The canary", At: noon()},
		incident.Write{Text: "the canary"}, fault.New(fault.Gone, "It is gone."), f.view())}
	e := look(t, f)
	e.ctrl(fyne.Key2)
	e.sees("out of your sight", "a change to an incident that you can no longer see", "There is nothing to decide.")
	e.sees("their words were removed from this device.")
	e.seesNot("canary", "Try again", "Copy", "Open the room", "Everything here is safe")
	e.tabTo("discard")
	e.key(fyne.KeyReturn)
	e.sees("Everything is sent")
}

func TestTheTrayNamesAPrivateFireByItsNumberAlone(t *testing.T) {
	f := empty()
	if _, err := f.Declare(t.Context(), present.Declaration{Title: "The canary", Level: 1, Private: true}); err != nil {
		t.Fatal(err)
	}
	b := outside(t, f)
	b.wait()
	b.n.item(t, fmt.Sprintf("P-%d", f.incidents[0].PrivateNumber()))
	for _, item := range b.n.menu.Items {
		if strings.Contains(item.Label, "canary") || strings.Contains(item.Label, "SEV") {
			t.Errorf("the tray says %q", item.Label)
		}
	}
}

func TestTheKeyboardReachesEverythingInAPrivateRoom(t *testing.T) {
	f, in := secret()
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	for _, key := range []string{"sight", "admit"} {
		e.until(key)
	}
	_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: f.named("Eli")})
	e.Changed()
	e.until("exclude " + f.named("Eli").String())
	e.until("sight")
	e.key(fyne.KeyReturn)
	e.sees("Let one more person see this …", "Let somebody see this no longer …", "Make this visible to everybody …")
	e.key(fyne.KeyReturn)
	e.sees("Who is to see this too?", "Everybody sees it already.")
}

func TestManyWhoSeeARoomAreFoldedAway(t *testing.T) {
	f, in := secret()
	for i := range 20 {
		by := f.person(fmt.Sprintf("Person %02d", i), "Shop", false, "desk")
		_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: by.Person})
	}
	e := look(t, f)
	e.resize(1440, 2000)
	e.OpenRoom(in)
	e.sees("Show all 23", "Person 04")
	key := "exclude " + f.setup.People[f.find(in).Admitted[22]].ID.String()
	if e.has(key) {
		t.Error("all are shown")
	}
	e.tap("all who see")
	if !e.has(key) {
		t.Error("the last is not shown")
	}
	e.seesNot("Show all 23")
}
