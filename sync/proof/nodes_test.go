package proof_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// cluster is three servers on one database, behind a proxy.
type cluster struct {
	ctx   context.Context
	home  string
	url   string
	front *proof.Front
	off   [3]time.Duration // of each server's clock
	nodes [3]*proof.Office
}

// shifted is a clock that is off.
type shifted struct {
	clock.Clock
	by time.Duration
}

func (s shifted) Now() time.Time { return s.Clock.Now().Add(s.by) }

func (s shifted) Moment() clock.Moment {
	m := s.Clock.Moment()
	m.Wall = m.Wall.Add(s.by)
	return m
}

func openCluster(t *testing.T, off ...time.Duration) *cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	front, err := proof.OpenFront(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = front.Close() })
	c := &cluster{ctx: ctx, home: t.TempDir(), url: databasetest.Start(t)("nodes"), front: front}
	copy(c.off[:], off)
	for i := range c.nodes {
		c.start(t, i)
	}
	t.Cleanup(func() {
		for _, n := range c.nodes {
			if n != nil {
				_ = n.Close()
			}
		}
	})
	return c
}

func (c *cluster) start(t *testing.T, i int) {
	t.Helper()
	n, err := proof.OpenNode(context.WithoutCancel(c.ctx), server.Options{
		Dir: filepath.Join(c.home, fmt.Sprint("n", i)), Database: c.url, Listen: "127.0.0.1:0", Address: c.front.Address(),
		Clock: shifted{Clock: clock.NewSystem(), by: c.off[i]}, Logger: proof.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.nodes[i] = n
	c.front.Add(n.Server.Bound())
}

// stop cuts a server off in the middle of whatever it does.
func (c *cluster) stop(t *testing.T, i int) {
	t.Helper()
	c.front.Cut(c.nodes[i].Server.Bound())
	if err := c.nodes[i].Close(); err != nil {
		t.Error(err)
	}
	c.nodes[i] = nil
}

// People write through three servers, of which one is stopped, and then another, in the middle of it. Nobody notices: everything that was
// written is everywhere once, in the same order, and the log is whole.
func TestServersComeAndGoUnnoticed(t *testing.T) {
	t.Parallel()
	c := openCluster(t)
	const people, each = 4, 60
	var desks []*proof.Desk
	for i := range people {
		d, err := c.nodes[i%3].Seat(c.ctx, c.home, fmt.Sprint("Person ", i))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		desks = append(desks, d)
	}
	in, err := desks[0].Declare(c.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	c.holds(t, in, 1, desks)
	for third := range 3 {
		var all sync.WaitGroup
		for i, d := range desks {
			all.Go(func() {
				for n := range each / 3 {
					words := incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprintf("word %d of %d in %d", n, i, third)}
					if err := d.Submit(c.ctx, in, words); err != nil {
						t.Error(err)
					}
				}
			})
		}
		if third > 0 {
			c.stop(t, third)
		}
		all.Wait()
		if third == 1 {
			c.start(t, third)
		}
	}
	c.holds(t, in, 1+people*each, desks)
	c.whole(t)
}

// Two servers' clocks are hours off. Nobody is refused for it, wherever they go, and nothing that is written down is from another time.
func TestServersWhoseClocksAreOffShareTheDatabasesTime(t *testing.T) {
	t.Parallel()
	c := openCluster(t, 0, time.Hour, -30*time.Hour)
	began := clock.NewSystem().Now().Add(-time.Second)
	var desks []*proof.Desk
	for i := range 3 {
		invitation, err := proof.InviteFrom(c.ctx, c.nodes[i].Dir, fmt.Sprint("Person ", i), false)
		if err != nil {
			t.Fatal(err)
		}
		d, err := proof.OpenDesk(c.ctx, filepath.Join(c.home, fmt.Sprint("desk", i)), clock.NewSystem(), proof.Quiet())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if err := d.Enrol(c.ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: "desk"}); err != nil {
			t.Fatal(err)
		}
		desks = append(desks, d)
	}
	in, err := desks[0].Declare(c.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	c.holds(t, in, 1, desks)
	for round := range 6 {
		for i, d := range desks {
			words := incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprintf("word %d of %d", round, i)}
			if err := d.Submit(c.ctx, in, words); err != nil {
				t.Fatal(err)
			}
		}
		c.holds(t, in, 1+3*(round+1), desks)
		c.front.Cut("") // to the next server
	}
	line, err := desks[0].Replica().Timeline(c.ctx, in, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	ended := clock.NewSystem().Now().Add(time.Second)
	for _, l := range line.Lines {
		if l.Received.Before(began) || l.Received.After(ended) || l.Occurred.Before(began) || l.Occurred.After(ended) {
			t.Errorf("between %s and %s something happened at %s and was received at %s", began, ended, l.Occurred, l.Received)
		}
	}
}

// The servers lose their database: whoever has a window open is told that nobody is reached, and when it is back all goes on.
func TestClientsAreToldThatTheServersHaveNoDatabase(t *testing.T) {
	t.Parallel()
	c := openCluster(t)
	for i := range c.nodes { // as patient as servers are
		c.stop(t, i)
	}
	c.url = databasetest.Impatient(c.url)
	for i := range c.nodes {
		c.start(t, i)
	}
	d, err := c.nodes[0].Seat(c.ctx, c.home, "Ann")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	in, err := d.Declare(c.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	reach := func(want present.Reach) {
		t.Helper()
		err := d.Await(c.ctx, func() (bool, error) {
			now, err := d.Connection(c.ctx)
			return now.Reach == want, err
		})
		if err != nil {
			t.Fatalf("waiting for %d: %v", want, err)
		}
	}
	reach(present.Live)
	open := databasetest.Shut(t, c.url)
	reach(present.Offline)
	if err := d.Submit(c.ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: "meanwhile"}); err != nil {
		t.Fatal(err)
	}
	open()
	reach(present.Live)
	c.holds(t, in, 2, []*proof.Desk{d})
}

// holds waits until everybody has that many different entries of a room, the declaration among them, in one order, and nothing on the way.
func (c *cluster) holds(t *testing.T, in id.Incident, entries int, desks []*proof.Desk) {
	t.Helper()
	var first []string
	for i, d := range desks {
		var said []string
		err := d.Await(c.ctx, func() (bool, error) {
			line, err := d.Replica().Timeline(c.ctx, in, 1<<20)
			if err != nil {
				return false, err
			}
			said = said[:0]
			for _, l := range line.Lines {
				switch e := l.Event.(type) {
				case incident.Declared:
					said = append(said, "declared")
				case incident.Written:
					said = append(said, e.Text)
				}
			}
			return len(said) >= entries && d.Replica().Unsent() == 0, nil
		})
		if err != nil {
			t.Fatalf("desk %d has %d of %d entries, and %d on their way: %v", i, len(said), entries, d.Replica().Unsent(), err)
		}
		once := slices.Compact(slices.Sorted(slices.Values(said)))
		if len(said) != entries || len(once) != entries {
			t.Errorf("desk %d has %d entries, %d of them different; want %d", i, len(said), len(once), entries)
		}
		if first == nil {
			first = slices.Clone(said)
		}
		if !slices.Equal(first, said) {
			t.Errorf("desk %d has another order than the first", i)
		}
	}
}

// whole proves the chain of the log that the servers share, and that no number was left out or given twice.
func (c *cluster) whole(t *testing.T) {
	t.Helper()
	db, err := postgres.Open(c.ctx, c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	r, err := audit.Verify(c.ctx, db, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Good() || r.Events != r.Mark.Seq || r.Events < 240 {
		t.Errorf("of %d events %d were verified: %+v", r.Mark.Seq, r.Events, r.Flaws)
	}
	t.Logf("%d events, %d checkpoints", r.Events, r.Checkpoints)
}
