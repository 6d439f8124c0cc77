package proof_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
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

// proxy stands in front of several servers, as theirs would: each connection goes to the next one that takes it.
type proxy struct {
	listen net.Listener
	all    sync.WaitGroup

	mu    sync.Mutex
	next  int
	nodes []string
	conns map[net.Conn]string // both ends, and to which server
}

func openProxy(t *testing.T) *proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listen: l, conns: map[net.Conn]string{}}
	p.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.all.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.cut("")
		p.all.Wait()
	})
	return p
}

func (p *proxy) address() string { return "http://" + p.listen.Addr().String() }

// add lets connections go to one more server.
func (p *proxy) add(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := strings.TrimPrefix(address, "http://"); !slices.Contains(p.nodes, at) {
		p.nodes = append(p.nodes, at)
	}
}

// cut ends the connections to a server at once, as its death would; to all of them without a name.
func (p *proxy) cut(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn, to := range p.conns {
		if address == "" || "http://"+to == address {
			_ = conn.Close()
		}
	}
}

func (p *proxy) serve(in net.Conn) {
	defer in.Close() //nolint:errcheck // it is over
	out, at := p.dial()
	if out == nil {
		return
	}
	defer out.Close() //nolint:errcheck // it is over
	p.mu.Lock()
	p.conns[in], p.conns[out] = at, at
	p.mu.Unlock()
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{in: out, out: in} {
		both.Go(func() {
			_, _ = io.Copy(to, from) // either end may go
			_, _ = in.Close(), out.Close()
		})
	}
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, in)
	delete(p.conns, out)
}

func (p *proxy) dial() (net.Conn, string) {
	p.mu.Lock()
	p.next++
	order := append(slices.Clone(p.nodes[p.next%len(p.nodes):]), p.nodes[:p.next%len(p.nodes)]...)
	p.mu.Unlock()
	for _, at := range order {
		if conn, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", at); err == nil {
			return conn, at
		}
	}
	return nil, ""
}

// cluster is three servers on one database, behind a proxy.
type cluster struct {
	ctx   context.Context
	home  string
	url   string
	proxy *proxy
	nodes [3]*proof.Office
}

func openCluster(t *testing.T) *cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	c := &cluster{ctx: ctx, home: t.TempDir(), url: databasetest.Start(t)("nodes"), proxy: openProxy(t)}
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
		Dir: filepath.Join(c.home, fmt.Sprint("n", i)), Database: c.url, Listen: "127.0.0.1:0", Address: c.proxy.address(),
		Clock: clock.NewSystem(), Logger: proof.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.nodes[i] = n
	c.proxy.add(n.Server.Bound())
}

// stop cuts a server off in the middle of whatever it does.
func (c *cluster) stop(t *testing.T, i int) {
	t.Helper()
	c.proxy.cut(c.nodes[i].Server.Bound())
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
	in, err := desks[0].Declare(c.ctx, present.Declaration{Title: "Checkout fails", Level: 2})
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
