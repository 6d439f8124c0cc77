package session_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Without any server rules are chosen, kept and shown, and said to wait; what the server alone knows is said to need it.
func TestRulesAreChosenWithoutAServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	phone := id.New[id.Device]()
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann"}, workspace.DeviceEnrolled{Device: phone, Name: "Phone"},
		workspace.ReachableThrough{Channels: reach.ChannelsOf(reach.Push, reach.SMS), Devices: []id.Device{phone}})
	rules := reach.Rules{High: []reach.Rule{{Channel: reach.Call}}}
	if err := b.ChooseRules(b.ctx, rules); err != nil {
		t.Fatal(err)
	}
	if err := b.ChooseRules(b.ctx, reach.Rules{Low: []reach.Rule{{Channel: 9}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a channel that there is not: %v", err)
	}
	dir := b.Dir
	for range 2 {
		have, err := b.Reach(b.ctx)
		if err != nil || !have.Rules.Equal(rules) || !have.Waits || !have.Channels.Has(reach.SMS) || len(have.Devices) != 1 || !have.Devices[0].Pushed {
			t.Errorf("shown is %+v, %v", have, err)
		}
		if items := b.unsent(t); len(items) != 0 {
			t.Errorf("what is one's own alone is among what everybody will hear of: %+v", items)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		b.open(t, dir)
	}
	if _, err := b.Contacts(b.ctx); fault.Find(err) == nil {
		t.Errorf("the numbers: %v", err)
	}
	if err := b.AddContact(b.ctx, "+491701234567", reach.SMS); fault.Find(err) == nil {
		t.Errorf("a new number: %v", err)
	}
}

func TestANumberIsPublishedWithoutAServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann"})
	if err := b.PublishNumber(b.ctx, "+49 170 1234567"); err != nil {
		t.Fatal(err)
	}
	if items := b.unsent(t); len(items) != 1 || items[0].What != "publish the number +49 170 1234567" {
		t.Errorf("waiting is %+v", items)
	}
	if have, err := b.Reach(b.ctx); err != nil || have.Number != "+491701234567" {
		t.Errorf("shown is %+v, %v", have, err)
	}
	if err := b.PublishNumber(b.ctx, ""); err != nil {
		t.Fatal(err)
	}
	if have, err := b.Reach(b.ctx); err != nil || have.Number != "" {
		t.Errorf("taken back, and shown is %+v, %v", have, err)
	}
}

// A test page is shown where it was asked for, and nowhere else.
func TestATestPageIsOnNoBoard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.known(t)
	if err := b.SendTestPage(b.ctx); err != nil {
		t.Fatal(err)
	}
	ways, err := b.Reach(b.ctx)
	if err != nil || ways.Test.Incident.IsZero() || !ways.Test.Running || ways.Test.Says != "On its way to the server." {
		t.Errorf("it is shown as %+v, %v", ways.Test, err)
	}
	board, err := b.Board(b.ctx)
	if err != nil || len(board.Fires)+len(board.Lately) != 0 {
		t.Errorf("the board has %+v, %v", board, err)
	}
	found, err := b.Search(b.ctx, "test page", false)
	if err != nil || len(found.Items) != 0 {
		t.Errorf("found is %+v, %v", found.Items, err)
	}
}
