package proof_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// overheard seats somebody whose line is listened to.
func (c *cluster) overheard(t *testing.T, name string) (*proof.Desk, string) {
	t.Helper()
	dir := filepath.Join(c.home, name)
	line, err := proof.OpenLine(dir, clock.NewSystem(), 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(c.ctx, session.Options{
		Dir: dir, Clock: clock.NewSystem(), Logger: proof.Quiet(), Zone: time.UTC, Words: words.English(), Transport: line,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := proof.StartDesk(c.ctx, s)
	t.Cleanup(func() { _ = errors.Join(d.Close(), line.Close()) })
	invitation, err := proof.InviteFrom(c.ctx, c.nodes[0].Dir, name, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Enrol(c.ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: name}); err != nil {
		t.Fatal(err)
	}
	return d, dir
}

// People contend for the fields of two rooms through three servers, of which one is stopped and started again and then another
// is stopped, and somebody reads through whichever server comes. What all of them saw is one history of each room: also what
// one server acknowledged and another is asked about at once.
func TestWhatClientsSeeOfSeveralServersIsOneHistory(t *testing.T) {
	t.Parallel()
	c := openCluster(t)
	const people, each = 4, 30
	seen, home := history.New(), []string(nil)
	var desks []*proof.Desk
	for i := range people {
		d, dir := c.overheard(t, fmt.Sprint("Person ", i))
		desks, home = append(desks, d), append(home, dir)
	}
	witness, err := proof.InviteFrom(c.ctx, c.nodes[0].Dir, "Witness", false)
	if err != nil {
		t.Fatal(err)
	}
	caller, err := proof.Call(c.ctx, witness, clock.NewSystem())
	if err != nil {
		t.Fatal(err)
	}
	watching, end := context.WithCancel(c.ctx)
	var beside sync.WaitGroup
	beside.Go(func() { caller.Watches(watching, seen, 5*time.Millisecond) })
	var rooms []id.Incident
	for i := range 2 {
		in, err := desks[i].Declare(c.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2})
		if err != nil {
			t.Fatal(err)
		}
		rooms = append(rooms, in)
		c.holds(t, in, 1, desks)
	}
	for third := range 3 {
		var all sync.WaitGroup
		for i, d := range desks {
			r := rand.New(rand.NewPCG(uint64(third), uint64(i))) //nolint:gosec // a test is to be repeatable
			all.Go(func() { contend(t, r, d, rooms, each/3) })
		}
		if third > 0 {
			c.stop(t, third)
		}
		all.Wait()
		if third == 1 {
			c.start(t, third)
		}
	}
	c.settled(t, desks)
	end()
	beside.Wait()
	got, err := proof.HistoryOf(c.ctx, seen, desks, home)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	for _, why := range got.Refused {
		t.Error(why)
	}
	if got.Commands < people*each || got.Reads < 200 {
		t.Error("the run shows nothing")
	}
}

// contend gives commands of which many meet those of others.
func contend(t *testing.T, r *rand.Rand, d *proof.Desk, rooms []id.Incident, commands int) {
	t.Helper()
	ctx := t.Context()
	for n := range commands {
		var wish incident.Command = incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprint("words ", n, r.Uint32())}
		switch r.IntN(3) {
		case 0:
			wish = incident.ChangeSeverity{To: workspace.Level(1 + r.IntN(3))}
		case 1:
			wish = incident.ChangeStatus{To: incident.Status(r.IntN(2))}
		}
		if err := d.Submit(ctx, rooms[r.IntN(len(rooms))], wish); err != nil {
			t.Error(err)
		}
		if err := d.Await(ctx, func() (bool, error) { return d.Replica().Unsent() < 3, nil }); err != nil {
			t.Error(err)
		}
	}
}

// settled waits until everybody has sent everything, and then until they have everything.
func (c *cluster) settled(t *testing.T, desks []*proof.Desk) {
	t.Helper()
	for i, d := range desks {
		if err := d.Await(c.ctx, func() (bool, error) { return d.Replica().Unsent() == 0, nil }); err != nil {
			t.Fatalf("desk %d has %d commands left: %v", i, d.Replica().Unsent(), err)
		}
	}
	api := rpc.DialControl(c.nodes[0].Dir)
	defer api.Close()
	census, err := api.Describe(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range desks {
		err := d.Await(c.ctx, func() (bool, error) {
			_, events, complete, err := d.Replica().Census(c.ctx)
			return complete && events == census.Shared, err
		})
		if err != nil {
			t.Fatalf("desk %d has not all of %d events: %v", i, census.Shared, err)
		}
	}
}
