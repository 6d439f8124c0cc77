package workspace_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// then returns p after what c led to, which must be allowed.
func then(t *testing.T, p workspace.Person, c workspace.PersonCommand, by id.Actor) workspace.Person {
	t.Helper()
	w, _ := company()
	events, err := workspace.DecidePerson(p, w.With(p), c, by)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		p = workspace.ApplyPerson(p, id.Envelope{Stream: id.Stream(p.ID), StreamSeq: p.Seq + 1, Occurred: noon}, e)
	}
	return p
}

func TestEverybodyKnowsHowSomebodyIsReached(t *testing.T) {
	t.Parallel()
	_, him := company()
	him = then(t, him, workspace.EnrolDevice{Person: bob, Device: laptop, Name: "Laptop"}, server())
	tell := workspace.TellReach{Person: bob, Channels: reach.ChannelsOf(reach.Push, reach.Mail), Devices: []id.Device{phone, {77}}}
	him = then(t, him, tell, by(bob))
	if him.Channels != tell.Channels || !him.Devices[0].Pushed || him.Devices[1].Pushed {
		t.Errorf("%+v", him)
	}
	if again := then(t, him, tell, by(bob)); again.Seq != him.Seq {
		t.Error("what everybody knows is told again")
	}
	elsewhere := then(t, him, workspace.TellReach{Person: bob, Channels: tell.Channels, Devices: []id.Device{laptop}}, by(bob))
	if elsewhere.Seq == him.Seq || elsewhere.Devices[0].Pushed || !elsewhere.Devices[1].Pushed {
		t.Errorf("another device: %+v", elsewhere)
	}
	w, _ := company()
	if _, err := workspace.DecidePerson(workspace.Person{}, w, tell, server()); !fault.Is(err, fault.NotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

// Whoever loses their only phone is not said to be reached by it: in the same event, and whatever their number is.
func TestADeviceThatIsShutOutReachesNobody(t *testing.T) {
	t.Parallel()
	_, him := company()
	him = then(t, him, workspace.EnrolDevice{Person: bob, Device: laptop, Name: "Laptop"}, server())
	both := workspace.TellReach{Person: bob, Channels: reach.ChannelsOf(reach.Push, reach.SMS), Devices: []id.Device{phone, laptop}}
	him = then(t, him, both, by(bob))
	him = then(t, him, workspace.RevokeDevice{Person: bob, Device: phone}, by(ada))
	if him.Channels != both.Channels || him.Devices[0].Pushed {
		t.Errorf("there is another device: %+v", him)
	}
	him = then(t, him, workspace.RevokeDevice{Person: bob, Device: laptop}, by(ada))
	if him.Channels != reach.ChannelsOf(reach.SMS) {
		t.Errorf("no device is left: %b", him.Channels)
	}
	if late := then(t, him, both, by(bob)); late.Devices[0].Pushed || late.Devices[1].Pushed {
		t.Errorf("one that was shut out is pushed to: %+v", late.Devices)
	}
}

func TestANumberIsPublishedByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	w, him := company()
	him = then(t, him, workspace.PublishNumber{Person: bob, Number: "0049 170 1234567"}, by(bob))
	if him.Number != "+491701234567" {
		t.Errorf("%q", him.Number)
	}
	if again := then(t, him, workspace.PublishNumber{Person: bob, Number: "+49 170 1234567"}, by(bob)); again.Seq != him.Seq {
		t.Error("published twice")
	}
	if gone := then(t, him, workspace.PublishNumber{Person: bob}, by(bob)); gone.Number != "" || gone.Seq == him.Seq {
		t.Errorf("taken back: %+v", gone)
	}
	for name, test := range map[string]struct {
		wish workspace.PublishNumber
		on   workspace.Person
		by   id.Actor
		kind fault.Kind
	}{
		"by an admin":   {workspace.PublishNumber{Person: bob, Number: "+14155552671"}, him, by(ada), fault.Denied},
		"by the server": {workspace.PublishNumber{Person: bob}, him, server(), fault.Denied},
		"of nobody":     {workspace.PublishNumber{Person: bob}, workspace.Person{}, by(bob), fault.NotFound},
		"without code":  {workspace.PublishNumber{Person: bob, Number: "0170 1234567"}, him, by(bob), fault.Invalid},
	} {
		events, err := workspace.DecidePerson(test.on, w, test.wish, test.by)
		if !fault.Is(err, test.kind) || len(events) > 0 {
			t.Errorf("%s: %v, %v", name, events, err)
		}
		if n := test.wish.Number; n != "" && strings.Contains(err.Error(), n) {
			t.Errorf("%s: the number is repeated", name)
		}
	}
}

// A server that was restored believes its own rows about how people are reached, and everything else that comes back.
func TestWhatComesBackOfHowSomebodyIsReached(t *testing.T) {
	t.Parallel()
	_, him := company()
	if workspace.Belated(him, workspace.ReachableThrough{Channels: reach.ChannelsOf(reach.SMS)}) {
		t.Error("a way that the server may not have any more came back")
	}
	if !workspace.Belated(him, workspace.NumberPublished{Number: "+14155552671"}) {
		t.Error("a number did not come back")
	}
}

func TestRulesAreChosenAsTheyAreKept(t *testing.T) {
	t.Parallel()
	var r workspace.Reader
	choose := func(rules reach.Rules) int {
		t.Helper()
		events, err := workspace.DecideReader(r, workspace.ChooseRules{Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			r = workspace.ApplyReader(r, id.Envelope{StreamSeq: r.Seq + 1}, e)
		}
		return len(events)
	}
	late, early := reach.Rule{Channel: reach.Call, After: time.Minute}, reach.Rule{Channel: reach.Push}
	if n := choose(reach.Rules{High: []reach.Rule{late, early}}); n != 1 || !slices.Equal(r.Rules.High, []reach.Rule{early, late}) {
		t.Errorf("%d, %+v", n, r.Rules)
	}
	if n := choose(reach.Rules{High: []reach.Rule{early, late}}); n != 0 {
		t.Error("the same rules are chosen twice")
	}
	former := r
	if n := choose(reach.Rules{}); n != 1 || !r.Rules.Equal(reach.Rules{}) || len(former.Rules.High) != 2 {
		t.Errorf("the usual ones again: %d, %+v", n, r.Rules)
	}
	if _, err := workspace.DecideReader(r, workspace.ChooseRules{Rules: reach.Rules{Low: []reach.Rule{{Channel: 9}}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a channel that there is not: %v", err)
	}
}

func TestRulesThatNobodyCouldMean(t *testing.T) {
	t.Parallel()
	for want, rules := range map[string][]reach.Rule{
		"channel is unknown": {{Channel: 9}}, "time must lie": {{Channel: reach.SMS, After: 2 * time.Hour}},
		"channel is tried twice": {{Channel: reach.SMS}, {Channel: reach.SMS, After: time.Minute}}, "rules has 11": make([]reach.Rule, 11),
	} {
		for _, chosen := range []reach.Rules{{Low: rules}, {High: rules}} {
			events, err := workspace.DecideReader(workspace.Reader{}, workspace.ChooseRules{Rules: chosen})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) || len(events) > 0 {
				t.Errorf("%v, %v; want %q", events, err, want)
			}
		}
	}
}
