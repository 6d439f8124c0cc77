package proof_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// ticked waits until clients have nothing unanswered and hold so many ticks of an incident's one checklist.
func (b *bundle) ticked(t *testing.T, in id.Incident, ticks int, all ...*proof.Desk) {
	t.Helper()
	for _, d := range all {
		err := d.Await(b.ctx, func() (bool, error) {
			got, err := d.Replica().Timeline(b.ctx, in, 1)
			lists := got.Confirmed.Checklists
			return err == nil && len(lists) == 1 && len(lists[0].Ticks) == ticks && d.Replica().Unsent() == 0, err
		})
		if err != nil {
			t.Fatalf("waiting for %d ticks: %v", ticks, err)
		}
	}
}

// A checklist that is written without the server begins with what is declared without it, is gone through without it, and in the
// end everybody has all of that, also a client that comes fresh. What is written anew later changes nothing of it.
func TestAChecklistIsWrittenBegunAndTickedOffline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := b.stop(t)
	list := workspace.Checklist{ID: id.New[id.Checklist](), Name: "First minutes", From: 2, Items: []workspace.ChecklistItem{
		{ID: id.New[id.Item](), Text: "Open a call"}, {ID: id.New[id.Item](), Text: "Say what is broken"},
	}}
	if err := b.ann.ChangeTerms(b.ctx, workspace.DescribeChecklist{Checklist: list}); err != nil {
		t.Fatal(err)
	}
	in := must(b.ann.Declare(b.ctx, present.Declaration{Title: "Checkout fails", Level: 1}))
	if err := b.ann.Submit(b.ctx, in, incident.TickItem{Checklist: list.ID, Item: list.Items[0].ID}); err != nil {
		t.Fatal(err)
	}
	gone := func(room present.Room) present.Checklist {
		t.Helper()
		if len(room.Checklists) != 1 {
			t.Fatalf("there are the checklists %+v", room.Checklists)
		}
		return room.Checklists[0]
	}
	if c := gone(must(b.ann.Room(b.ctx, in, 50))); c.Name != list.Name || c.Ticks != 1 || len(c.Items) != 2 {
		t.Errorf("offline it is shown as %+v", c)
	}
	b.open(t, address)
	b.ticked(t, in, 1, b.ann, b.bob)
	b.change(t, b.bob, in, incident.TickItem{Checklist: list.ID, Item: list.Items[1].ID})
	b.ticked(t, in, 2, b.ann, b.bob)
	list.Items = list.Items[:1]
	if err := b.bob.ChangeTerms(b.ctx, workspace.DescribeChecklist{Checklist: list}); err != nil {
		t.Fatal(err)
	}
	fresh := b.seat(t, "Cem")
	b.ticked(t, in, 2, fresh)
	rooms := map[string]present.Room{"Ann": must(b.ann.Room(b.ctx, in, 50)), "Bob": must(b.bob.Room(b.ctx, in, 50)), "Cem": must(fresh.Room(b.ctx, in, 50))}
	for name, room := range rooms {
		c := gone(room)
		if c.Ticks != 2 || !c.Done() || len(c.Items) != 2 || c.Items[0].By.Name != "Ann" || c.Items[1].By.Name != "Bob" {
			t.Errorf("%s has %+v", name, c)
		}
	}
}
