package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// orders looks at the page of whom incidents reach.
func orders(t *testing.T, p *paging) eyes {
	t.Helper()
	e := look(t, p.fake)
	e.resize(1440, 2400)
	e.ctrl(fyne.Key7)
	return e
}

// named returns a policy by its name.
func (p *paging) named(name string) escalation.PolicyState {
	for _, r := range p.policies {
		if r.State.Policy.Name == name {
			return r.State
		}
	}
	return escalation.PolicyState{}
}

// at is what has the keyboard.
func (e eyes) at() string {
	if k, ok := e.c.Focused().(widget.Keyed); ok {
		return k.FocusKey()
	}
	return ""
}

func TestThePageSaysWhomIncidentsReach(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.sees("Who is paged, and in which order", "SEV1", "Shops are down", "For SEV1 and SEV2",
		"First page whoever is on call in Engineering. If nobody answers within 5 minutes, page whoever is on call in IMOC. If nobody answers within 5 minutes, page Ada Sample and Dora Sample. "+
			"If nobody answers within 10 minutes, start over, up to 3 times.",
		"Where no step reaches anybody, the admins are paged.", "For SEV3 nothing rings at night", "WHO GETS WHICH ROLE")
	e.seesBefore("WHICH INCIDENTS REACH WHOM", "THE POLICIES")
	e.seesNot("not sent yet", "There is no way to reach", "The server is not reached")
}

func TestTheFirstPolicyIsWrittenWithTheKeyboardAlone(t *testing.T) {
	p := chained(t)
	e := orders(t, p)
	e.sees("No policy yet", "SEV1 has no policy, and IMOC has no rotation: only the admins are paged.")
	e.to("first policy")
	e.key(fyne.KeyReturn)
	e.types("Shops are down")
	e.sees("As soon as it is filled in, this says who is paged when.")
	e.to("step 1")
	e.types("engin")
	e.key(fyne.KeyReturn)
	e.sees("Sun 03:00", "Dora Sample", "Sun 03:05", "Nobody is left.", "First page whoever is on call in Engineering.")
	e.to("add step")
	e.key(fyne.KeyReturn)
	if e.at() != "step 2" {
		t.Errorf("the keyboard is at %q", e.at())
	}
	for _, who := range []string{"eli", "ada"} {
		e.types(who)
		e.key(fyne.KeyReturn)
	}
	e.sees("page Eli Sample and Ada Sample.", "Eli Sample and you")
	e.to("step 2 wait")
	e.retype("2,5")
	e.sees("Sun 03:07")
	e.to("repeats")
	e.retype("2")
	e.sees("start over, up to 2 times", "Eli Sample and you again")
	if len(p.policies) != 0 {
		t.Fatal("a preview was stored")
	}
	e.key(fyne.KeyReturn)
	got := p.named("Shops are down")
	if got.Policy.Repeats != 2 || len(got.Policy.Steps) != 2 || len(got.Policy.Steps[1].Targets) != 2 || got.Policy.Steps[1].Wait != 150*time.Second {
		t.Errorf("stored is %+v", got)
	}
	for _, s := range p.setup.Severities {
		if s.Policy != got.ID {
			t.Errorf("%s does not go by the first policy", s.Name)
		}
	}
	e.sees("For SEV1, SEV2 and SEV3")
	e.seesNot("A new policy", "No policy yet")
}

func TestAPolicyIsForeseenAtAnyMoment(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.tap("edit " + p.shops.String())
	e.sees("Sun 03:00", "Dora Sample", "You and Dora Sample again")
	e.tap("begin next")
	e.sees("Fri 03:00")
	e.seesNot("Sun 03:00 Dora")
	e.tap("begin now")
	e.sees("10:44", "Cleo Sample")
	e.to("moment")
	e.retype("2026-10-24 12:00")
	e.sees("Sat 12:00")
	e.retype("in a while")
	e.sees("Write a time")
	e.seesNot("Sat 12:00")
	e.key(fyne.KeyEscape)
	e.sees("THE POLICIES")
	if p.policy(p.shops).State.Seq != 1 {
		t.Error("looking has changed it")
	}
}

func TestWarningsComeBeforeItMatters(t *testing.T) {
	p := doubtful(t)
	e := orders(t, p)
	e.sees("No step reaches anybody now: only the admins would be paged.", "Step 2 reaches nobody now: it is skipped.", "It names somebody who is not here any more.",
		"Only an open client reaches Dora Sample: while it is closed, nothing rings.", "Only e-mail reaches Ada Sample: it does not ring.",
		"Step 3 reaches nobody new now: everybody in it has been paged before.", "SEV3 goes by a policy that is no longer in force: it is as if it had none.")
	e.seesBefore("For SEV1", "For SEV2")
	e.tap("edit " + p.nights.String())
	e.sees("Step 1 reaches nobody: at once the next", "You, as admin: no step reaches anybody", "No step reaches anybody now")
}

func TestWarningsGoWhenPeopleHandOver(t *testing.T) {
	p := doubtful(t)
	e := orders(t, p)
	p.instant = p.instant.Add(3 * time.Hour) // Legal begins at one
	e.Tick(p.now())
	e.seesNot("No step reaches anybody now")
}

func TestASeverityIsRoutedWithTheKeyboardAlone(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.to("route 2")
	e.key(fyne.KeyReturn)
	e.sees("No policy", "Ring nowhere at night")
	e.key(fyne.KeyDown)
	e.key(fyne.KeyReturn)
	if s, _ := p.setup.Severity(2); s.Policy != p.nights || s.Quiet {
		t.Errorf("SEV2 is %+v", s)
	}
	if e.at() != "route 2" {
		t.Errorf("the keyboard is at %q", e.at())
	}
	e.sees("For SEV2 and SEV3")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEnd)
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	for range 2 {
		e.key(fyne.KeyDown)
	}
	e.key(fyne.KeyReturn)
	if s, _ := p.setup.Severity(2); !s.Policy.IsZero() || !s.Quiet {
		t.Errorf("SEV2 is %+v", s)
	}
	e.ctrl(fyne.Key4)
	e.sees("had SEV2 go by the policy Whatever can wait; it rings also at night", "had SEV2 go by no policy; it rings nowhere at night")
}

func TestARoleIsGivenToARotation(t *testing.T) {
	p := chained(t)
	e := orders(t, p)
	e.tap("role imoc")
	e.tap("menu to " + p.imoc.String())
	if r, _ := p.setup.Role(workspace.IMOC); r.Rotation != p.imoc {
		t.Errorf("the role is %+v", r)
	}
	e.sees("SEV1 has no policy: if whoever is on call as IMOC does not answer, nobody comes next.", "whoever is on call as IMOC, else the admins")
	e.tap("role imoc")
	e.tap("menu to none")
	e.sees("SEV1 has no policy, and IMOC has no rotation")
}

func TestAChangeOfAPolicyIsKeptWithoutTheServer(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	p.conn = present.Connection{Reach: present.Offline, Since: p.now().Add(-42 * time.Minute)}
	e.Changed()
	e.sees("The server is not reached since 10:02. This is how this device knew it then.")
	e.tap("edit " + p.shops.String())
	e.tap("check SEV2")
	e.tap("later 0")
	e.sees("First page whoever is on call in IMOC. If nobody answers within 5 minutes, page whoever is on call in Engineering.")
	e.tap("drop 2")
	e.tap("take out 1 " + p.eng.String())
	e.types("press")
	e.key(fyne.KeyReturn)
	e.tap("save")
	steps := p.named("Shops are down").Policy.Steps
	if len(steps) != 2 || steps[0].Targets[0].Rotation != p.imoc || steps[1].Targets[0].Rotation != p.press {
		t.Errorf("stored is %+v", steps)
	}
	if s, _ := p.setup.Severity(2); !s.Policy.IsZero() {
		t.Errorf("SEV2 is %+v", s)
	}
	e.sees("not sent yet", "For SEV1", "SEV2 has no policy")
	if n := strings.Count(e.said(), "not sent yet"); n != 2 { // the policy, and the severity
		t.Errorf("%d things are not sent", n)
	}
}

func TestWhatIsWrongWithAPolicyIsToldAtItsField(t *testing.T) {
	p := chained(t)
	e := orders(t, p)
	e.tap("first policy")
	e.to("step 1 wait")
	e.retype("soon")
	e.seesNot("Write how many minutes")
	e.tap("save")
	e.sees("Write how many minutes, from 1 to 1440.")
	if e.at() != "step 1 wait" {
		t.Errorf("the keyboard is at %q", e.at())
	}
	e.retype("5")
	e.seesNot("Write how many minutes")
	e.tap("save")
	e.sees("The name is empty.", "has nobody to page")
	if e.at() != "name" {
		t.Errorf("the keyboard is at %q", e.at())
	}
	e.types("Shops")
	e.to("step 1")
	e.types("eli")
	e.key(fyne.KeyReturn)
	p.failure = errors.New("a disk that is full")
	e.tap("save")
	e.sees("a disk that is full", "A new policy")
	p.failure = nil
	e.tap("save")
	e.sees("THE POLICIES", "First page Eli Sample.")
}

func TestAPolicyIsRetiredAndTakenUpAgain(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.tap("edit " + p.shops.String())
	e.tap("retire")
	e.sees("Take Shops are down out of force?", "What is under way goes on as it began")
	e.tap("yes")
	if !p.policy(p.shops).State.Retired {
		t.Error("it is in force")
	}
	e.sees("NO LONGER IN FORCE", "SEV1 goes by a policy that is no longer in force")
	e.tap("take up " + p.shops.String())
	if p.policy(p.shops).State.Retired {
		t.Error("it is not in force")
	}
	e.seesNot("NO LONGER IN FORCE", "SEV1 goes by a policy")
	if err := p.chain(p.nights, p.cleo, escalation.RetirePolicy{}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	theirs := escalation.Policy{Name: "Theirs", Steps: []escalation.Step{pages(5, byName(p.eli))}}
	if err := p.chain(p.nights, p.cleo, escalation.DescribePolicy{Policy: theirs}); err != nil {
		t.Fatal(err)
	}
	e.tap("take up " + p.nights.String())
	e.sees("Somebody else changed the policy meanwhile.")
	if p.named("Theirs").Retired || p.named("Theirs").Seq != 3 {
		t.Error("what is not shown yet was overwritten")
	}
}

func TestWhatIsBeingWrittenStays(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.tap("new policy")
	e.types("Payments")
	e.to("step 1")
	e.types("eli")
	e.key(fyne.KeyReturn)
	if err := p.chain(p.nights, p.cleo, escalation.DescribePolicy{Policy: escalation.Policy{Name: "Theirs", Steps: []escalation.Step{pages(5, byName(p.eli))}}}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.ctrl(fyne.Key1)
	e.ctrl(fyne.Key7)
	e.ctrl(fyne.KeyEqual) // larger text makes everything anew
	e.sees("A new policy", "First page Eli Sample.")
	e.to("name")
	if at, _ := e.c.Focused().(*widget.Input); at == nil || at.Text != "Payments" {
		t.Errorf("the name is gone: %v", at)
	}
	e.key(fyne.KeyEscape)
	e.sees("Leave without saving?")
	e.tap("no")
	e.sees("A new policy")
	e.key(fyne.KeyEscape)
	e.tap("yes")
	e.sees("THE POLICIES", "Theirs")
	e.key(fyne.KeyEscape)
	e.sees("1 burning")
}

func TestAPolicyThatSomebodyElseChangedMeanwhileIsNotOverwritten(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.tap("edit " + p.shops.String())
	e.to("repeats")
	e.retype("1")
	theirs := p.policy(p.shops).State.Policy
	theirs.Steps = slices.Clone(theirs.Steps[:1])
	if err := p.chain(p.shops, p.cleo, escalation.DescribePolicy{Policy: theirs}); err != nil {
		t.Fatal(err)
	}
	e.Changed()
	e.tap("save")
	e.sees("Somebody else changed the policy meanwhile.")
	if got := p.policy(p.shops).State.Policy; len(got.Steps) != 1 || got.Repeats != 3 {
		t.Errorf("stored is %+v", got)
	}
}

func TestPoliciesAreInTheBoxOfCommands(t *testing.T) {
	p := routed(t)
	e := orders(t, p)
	e.ctrl(fyne.Key1)
	for typed, opens := range map[string]string{"escalation policy": "A new policy", "paging steps": "THE POLICIES"} {
		e.ctrl(fyne.KeyK)
		e.types(typed)
		e.key(fyne.KeyReturn)
		e.sees(opens)
		e.key(fyne.KeyEscape)
		e.ctrl(fyne.Key1)
	}
	e.ctrl(fyne.Key7)
	e.ctrl(fyne.KeyK)
	e.types("change the policy shops")
	e.key(fyne.KeyReturn)
	e.sees("Change Shops are down")
}

func TestThePageOfPoliciesSpeaksGerman(t *testing.T) {
	p := routed(t)
	p.language = "de"
	e := orders(t, p)
	e.sees("Alarme", "Wer alarmiert wird, und in welcher Reihenfolge", "Für SEV1 und SEV2", "Zuerst alarmieren: wer in Engineering Bereitschaft hat. Antwortet 5 Minuten lang niemand, dann: wer in IMOC Bereitschaft hat.",
		"wieder von vorn, bis zu 3-mal", "Für SEV3 klingelt nachts nichts")
	e.tap("edit " + p.shops.String())
	e.sees("Shops are down ändern", "STUFE 1: SOFORT", "So 03:00", "Niemand ist mehr übrig.")
}
