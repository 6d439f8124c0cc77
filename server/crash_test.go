package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// errKilled is what a server meets that was killed.
var errKilled = errors.New("the server was killed")

// plug is between a server and its database, and is pulled at one of its commits: before it, so that nothing of it is stored, or after it,
// so that it is stored and nobody hears of it. From then on nothing is stored any more, and nothing sent.
type plug struct {
	database.DB
	outside *outside

	mu      sync.Mutex
	commits int // so far
	at      int // where it is pulled; 0 for never
	after   bool
	armed   bool
	pulled  bool
}

// arm has commits counted from now on.
func (p *plug) arm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = true
}

func (p *plug) InTx(ctx context.Context, work func(*sqlite.Tx) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pulled {
		return errKilled
	}
	if !p.armed {
		return p.DB.InTx(ctx, work)
	}
	wrote := false
	err := p.DB.InTx(ctx, func(tx *sqlite.Tx) error {
		before := changes(ctx, tx)
		if err := work(tx); err != nil {
			return err
		}
		wrote = changes(ctx, tx) != before
		if wrote && p.commits+1 == p.at && !p.after {
			return errKilled
		}
		return nil
	})
	if wrote {
		p.commits++
	}
	if wrote && p.commits == p.at {
		p.pulled = true
		p.outside.cut(true)
		return errKilled
	}
	return err
}

// changes counts what a connection has written; what writes nothing has no moment at which it could be lost.
func changes(ctx context.Context, tx *sqlite.Tx) (n int) {
	_ = tx.QueryRowContext(ctx, "SELECT total_changes()").Scan(&n) // a transaction that has failed writes nothing
	return n
}

func (p *plug) isPulled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pulled
}

// arrangement is a night that is played again and again: the database as it is before the incident is declared, and what goes on from there.
type arrangement struct {
	dir    string
	people map[string]id.Person
}

// arrange makes the database.
func arrange(t *testing.T) arrangement {
	t.Helper()
	n := newNight(t, "")
	n.staffed()
	n.settle()
	n.must(n.stop())
	return arrangement{n.dir, n.people}
}

// copied returns a night that goes on from there. The server is not open yet.
func (a arrangement) copied(t *testing.T) *night {
	t.Helper()
	n := &night{T: t, ctx: context.Background(), dir: short(t), hand: &hand{at: three}, people: a.people}
	n.outside = newOutside(t, n.hand)
	raw, err := os.ReadFile(filepath.Join(a.dir, "tsugi.db"))
	n.must(err)
	n.must(os.WriteFile(filepath.Join(n.dir, "tsugi.db"), raw, 0o600))
	return n
}

// play plays the night until Bob has answered by SMS: a push to Ann, an SMS, a call, a push to Bob, an SMS. When the server was killed, it is
// started again by restart.
func (n *night) play(restart func()) {
	n.Helper()
	s := id.New[id.Stream]()
	step := func(do func()) {
		n.Helper()
		if do(); n.dead() {
			restart()
			n.killed = nil
			n.settle()
		}
	}
	step(func() {
		// As a client does that goes on until it is answered.
		_ = n.Ledger().Carry(n.ctx, id.Actor{Person: n.people["dee"]}, s, incident.Declare{Title: "Checkout fails", Severity: 1})
		n.settle()
	})
	if _, err := n.Ledger().Incident(n.ctx, id.Incident(s)); err != nil {
		n.give("dee", s, incident.Declare{Title: "Checkout fails", Severity: 1})
	}
	for range 6 * 4 {
		step(func() { n.pass(15 * time.Second) })
	}
	const ended = "ann expired, bob acknowledged by SMS"
	answer := func() {
		body := "ack " + n.outside.last(n.T, reach.SMS, "bob").id
		n.tell("/twilio/sms", url.Values{"From": {addressOf("bob", reach.SMS)}, "Body": {body}})
		n.settle()
	}
	if step(answer); n.ends(s) != ended { // as whoever hears that it could not be stored
		step(answer)
	}
	step(func() { n.pass(time.Hour) })
	n.want(n.ends(s), ended)
}

// plugged plays the night with a plug.
func (n *night) plugged(p *plug) {
	n.Helper()
	n.between = func(db database.DB) database.DB {
		p.DB, p.outside = db, n.outside
		return p
	}
	n.killed = p.isPulled
	n.open()
	defer func() { n.must(n.stop()) }()
	p.arm()
	n.play(func() {
		_ = n.stop() // what it could not store any more is what was lost
		n.outside.cut(false)
		n.between = nil
		n.open()
	})
}

// told counts how often each message was taken, by whom and how, with all ids that it had.
func told(all []message) map[string][]string {
	out := map[string][]string{}
	for _, m := range all {
		what := names(m.channel) + " " + m.to
		out[what] = append(out[what], m.id)
	}
	return out
}

// Wherever the server is killed, everything that would have been sent is sent, at most one message twice, and that under the same id.
func TestNoKillLosesAPage(t *testing.T) {
	t.Parallel()
	a := arrange(t)
	whole, p := a.copied(t), &plug{}
	whole.plugged(p)
	want := told(whole.outside.all())
	if len(want) != 5 || len(whole.outside.all()) != 5 {
		t.Fatalf("without a kill was sent: %s", whole.outside)
	}
	var kills, doubled atomic.Int64
	t.Run("kill", func(t *testing.T) {
		for at := 1; at <= p.commits; at++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("commit %d, after %v", at, after), func(t *testing.T) {
					t.Parallel()
					n, p := a.copied(t), &plug{at: at, after: after}
					n.plugged(p)
					doubled.Add(int64(judge(t, n.outside, want)))
					if p.isPulled() {
						kills.Add(1)
					}
				})
			}
		}
	})
	t.Logf("%d kills, %d messages sent twice", kills.Load(), doubled.Load())
	if kills.Load() < 40 || doubled.Load() == 0 {
		t.Error("hardly anything was tried")
	}
}

// judge compares what was sent with what is sent without a kill, and returns how many messages were sent twice.
func judge(t *testing.T, o *outside, want map[string][]string) (doubled int) {
	t.Helper()
	have := told(o.all())
	for what := range want {
		ids := have[what]
		if len(ids) == 0 {
			t.Errorf("lost: %s; sent: %s", what, o)
			continue
		}
		doubled += len(ids) - 1
		if slices.Sort(ids); len(slices.Compact(ids)) != 1 {
			t.Errorf("%s has the ids %q", what, ids)
		}
	}
	for what := range have {
		if _, there := want[what]; !there {
			t.Errorf("sent besides: %s", what)
		}
	}
	if doubled > 1 {
		t.Errorf("%d were sent twice: %s", doubled, o)
	}
	return doubled
}

// lease is how long a server on PostgreSQL that was killed may hold what it was at, at most.
const lease = 12 * time.Second

// While a provider has a message, all connections of a server on PostgreSQL are cut, and it is killed: another takes over when the lease is
// over.
func TestNoKillLosesAPageOnPostgreSQL(t *testing.T) {
	t.Parallel()
	named := databasetest.Start(t)
	for at := 1; at <= 5; at++ {
		t.Run(fmt.Sprintf("message %d", at), func(t *testing.T) {
			t.Parallel()
			n := newNight(t, named(fmt.Sprintf("kill%d", at)))
			n.staffed()
			asked, answered := make(chan struct{}), make(chan struct{})
			left := at
			n.outside.do(func(context.Context, message) int {
				if left--; left == 0 {
					close(asked)
					<-answered
				}
				return 0
			})
			n.killed = func() bool {
				select {
				case <-asked:
					return true
				default:
					return false
				}
			}
			n.play(func() {
				in := databasetest.Shut(t, n.url)
				n.outside.cut(true)
				close(answered)
				_ = n.stop()
				n.outside.cut(false)
				in()
				_ = n.aside.Close() // its connections were cut too
				var err error
				n.aside, err = postgres.Open(n.ctx, n.url)
				n.must(err)
				n.set(n.hand.Now().Add(lease))
				n.open()
			})
			judge(t, n.outside, map[string][]string{"push ann": nil, "SMS ann": nil, "call ann": nil, "push bob": nil, "SMS bob": nil})
			if n.killed != nil {
				t.Error("nobody was killed")
			}
		})
	}
}
