package server_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/notify/fcm"
	"github.com/tsugi-app/tsugi/server/notify/mail"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// three is when nights begin.
var three = time.Date(2025, 11, 20, 3, 0, 0, 0, time.UTC)

// hand is a clock that is set by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.Now()} }

// night is a whole server, with its port and its database, whose time is set by hand, and all providers as fakes that speak their
// protocols.
type night struct {
	*testing.T
	ctx     context.Context
	dir     string
	url     string       // of its database on PostgreSQL; empty for a file
	aside   *postgres.DB // where the time of that is set
	hand    *hand
	private bool // nobody outside reaches the server
	outside *outside
	people  map[string]id.Person
	between func(database.DB) database.DB
	killed  func() bool // whether the server was killed, so that nothing is waited for; nil where nobody kills it

	*server.Server
	stop func() error
}

// newNight opens a server, on PostgreSQL where an address is given.
func newNight(t *testing.T, url string) *night {
	t.Helper()
	n := &night{T: t, ctx: context.Background(), dir: short(t), hand: &hand{at: three}, people: map[string]id.Person{}}
	n.outside = newOutside(t, n.hand)
	if url != "" {
		n.shareTime(url)
	}
	n.open()
	t.Cleanup(func() {
		n.must(n.stop())
		if n.aside != nil {
			n.must(n.aside.Close())
		}
	})
	return n
}

// shareTime has a database on PostgreSQL tell the time of our hand: a function of ours is found before its own.
func (n *night) shareTime(url string) {
	n.Helper()
	n.url = url + "&search_path=public,pg_catalog"
	var err error
	n.aside, err = postgres.Open(n.ctx, n.url)
	n.must(err)
	n.must(n.aside.InTx(n.ctx, func(tx *sqlite.Tx) error {
		for _, statement := range []string{
			"CREATE TABLE IF NOT EXISTS hand (us BIGINT NOT NULL)",
			"CREATE OR REPLACE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT timestamptz ''epoch'' + us * interval ''1 microsecond'' FROM hand'",
			fmt.Sprintf("INSERT INTO hand VALUES (%d)", n.hand.Now().UnixMicro()),
		} {
			if _, err := tx.ExecContext(n.ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}))
}

// set sets the time.
func (n *night) set(at time.Time) {
	n.Helper()
	n.hand.set(at)
	if n.aside != nil {
		n.must(n.aside.InTx(n.ctx, func(tx *sqlite.Tx) error {
			_, err := tx.ExecContext(n.ctx, "UPDATE hand SET us = ?", at.UnixMicro())
			return err
		}))
	}
}

func (n *night) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// public is where providers reach the server.
const public = "https://tsugi.example.org"

func (n *night) options() server.Options {
	o := options(n.dir, "127.0.0.1:0")
	o.Clock, o.Database = n.hand, n.url
	o.Paging = server.Paging{
		Push: &fcm.Key{ProjectID: "tsugi"},
		Twilio: &twilio.Settings{
			Account: "AC0123456789abcdef0123456789abcdef", AuthToken: token, From: "+4915112345678", Public: public,
		},
		Mail: &mail.Settings{Host: "localhost", Port: 25, Security: "none", From: "Tsugi <tsugi@example.org>", Public: public},
		Web:  n.outside.web, Dial: n.outside.dial,
	}
	if n.private {
		o.Paging.Twilio.Public, o.Paging.Mail.Public = "", ""
	}
	return server.Between(o, n.between)
}

func (n *night) open() {
	n.Helper()
	var err error
	n.Server, err = server.New(n.ctx, n.options())
	n.must(err)
	ctx, cancel := context.WithCancel(n.ctx)
	s, ended := n.Server, make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	n.stop = sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-ended, s.Close())
	})
}

// look is how often is looked whether everything is done, and patience how long at most.
const (
	look     = 2 * time.Millisecond
	patience = 20 * time.Second
)

// dead reports whether the server was killed.
func (n *night) dead() bool { return n.killed != nil && n.killed() }

// settle waits until nothing is to be done at this time, or the server was killed.
func (n *night) settle() {
	n.Helper()
	n.await("nothing is left to be done", func() bool {
		n.Wake()
		return n.dead() || n.count("state = 1 OR state = 0 AND due_us <= ?", n.hand.Now().UnixMicro()) == 0
	})
}

// await waits until something is so.
func (n *night) await(what string, so func() bool) {
	n.Helper()
	tick, end := time.NewTicker(look), time.NewTimer(patience)
	defer tick.Stop()
	defer end.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-end.C:
			n.Fatalf("it did not come to it that %s; sent: %s", what, n.outside)
		}
	}
}

func (n *night) count(where string, args ...any) (out int) {
	n.Helper()
	n.must(n.Database().Reader().QueryRowContext(n.ctx, "SELECT count(*) FROM task WHERE "+where, args...).Scan(&out))
	return out
}

// pass lets time pass. It stands still wherever something falls due, until that is done, and ends when the server was killed.
func (n *night) pass(d time.Duration) {
	n.Helper()
	until := n.hand.Now().Add(d)
	for {
		n.settle()
		if n.dead() {
			return
		}
		var due *int64
		n.must(n.Database().Reader().QueryRowContext(n.ctx, "SELECT min(due_us) FROM task WHERE state <= 1").Scan(&due))
		if due == nil || time.UnixMicro(*due).After(until) {
			break
		}
		n.set(time.UnixMicro(*due).UTC())
	}
	n.set(until)
	n.settle()
}

// give carries a command out.
func (n *night) give(by string, target id.Stream, c stream.Command) {
	n.Helper()
	n.must(n.Ledger().Carry(n.ctx, id.Actor{Person: n.people[by]}, target, c))
}

// hire adds somebody with a phone, a number and a mailbox, all of which are theirs.
func (n *night) hire(name string, admin bool) id.Person {
	n.Helper()
	p, device := id.New[id.Person](), id.New[id.Device]()
	n.people[name] = p
	n.give("", id.Stream(p), workspace.AddPerson{Person: p, Name: name, Admin: admin})
	n.give("", id.Stream(p), workspace.EnrolDevice{Person: p, Device: device, Name: "phone"})
	_, err := n.Ledger().Do(n.ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		store, now := n.People(), n.hand.Now()
		err := store.AddDevice(ctx, tx, people.Device{ID: device, Person: p, PublicKey: key(), Created: now})
		if err == nil {
			_, err = store.RegisterPush(ctx, tx, people.PushToken{Device: device, Platform: "android", Token: people.Secret("token of " + name), At: now})
		}
		for _, kind := range []reach.Channel{reach.SMS, reach.Call, reach.Mail} {
			c := people.Contact{ID: id.New[id.Contact](), Person: p, Kind: kind, Address: people.Secret(addressOf(name, kind))}
			if err == nil {
				c, err = store.AddContact(ctx, tx, c, now)
			}
			if err == nil && c.Verified.IsZero() {
				var code people.Challenge
				if code, err = store.BeginVerify(ctx, tx, p, c.ID, now); err == nil {
					err = store.Confirm(ctx, tx, people.Answer{Contact: c.ID, Person: p, Code: string(code.Code)}, now)
				}
			}
		}
		if err != nil {
			return id.Actor{}, nil, err
		}
		has, err := store.Reach(ctx, tx, p)
		tell := workspace.TellReach{Person: p, Channels: has.Channels, Devices: has.Devices}
		return id.Actor{}, []stream.Submission{{ID: id.New[id.Command](), Target: id.Stream(p), Command: tell}}, err
	})
	n.must(err)
	return p
}

// addressOf returns where somebody is reached.
func addressOf(name string, c reach.Channel) string {
	switch c {
	case reach.Push:
		return "token of " + name
	case reach.Mail:
		return name + "@example.org"
	default:
		return fmt.Sprintf("+49170%07d", slices.Index([]string{"ann", "bob", "cem", "root", "dee"}, name)+1234567)
	}
}

// nameAt returns who is reached there.
func nameAt(address string) string {
	for _, name := range []string{"ann", "bob", "cem", "root", "dee"} {
		for _, c := range reach.AllChannels() {
			if addressOf(name, c) == address {
				return name
			}
		}
	}
	return address
}

// rota lets some people take turns of a day.
func (n *night) rota(name string, people ...id.Person) id.Rotation {
	n.Helper()
	r := id.New[id.Rotation]()
	layer := oncall.Layer{ID: id.New[id.Layer](), Unit: oncall.Day, Every: 1}
	for _, p := range people {
		layer.Places = append(layer.Places, oncall.Place{p})
	}
	n.give("", id.Stream(r), oncall.CreateRotation{Name: name, Version: oncall.Version{Zone: "UTC", Layers: []oncall.Layer{layer}}})
	return r
}

// route has incidents of the worst severity go through some steps of five minutes.
func (n *night) route(steps ...[]escalation.Target) {
	n.Helper()
	policy := escalation.Policy{Name: "On fire"}
	for _, targets := range steps {
		policy.Steps = append(policy.Steps, escalation.Step{Targets: targets, Wait: 5 * time.Minute})
	}
	named := id.New[id.Policy]()
	n.give("dee", id.Stream(named), escalation.DescribePolicy{Policy: policy})
	n.give("dee", id.Workspace(), workspace.RouteSeverity{Level: 1, Policy: named})
}

// declare declares an incident of the worst severity.
func (n *night) declare() id.Stream {
	n.Helper()
	s := id.New[id.Stream]()
	n.give("dee", s, incident.Declare{Title: "Checkout fails", Severity: 1})
	return s
}

// incident returns an incident as it stands.
func (n *night) incident(s id.Stream) incident.Incident {
	n.Helper()
	i, err := n.Ledger().Incident(n.ctx, id.Incident(s))
	n.must(err)
	return i
}

// ends returns how the pages of an incident ended, by person.
func (n *night) ends(s id.Stream) string {
	n.Helper()
	var out []string
	for _, p := range n.incident(s).Paging.Pages {
		for name, is := range n.people {
			if is == p.Person {
				end := []string{"rings", "acknowledged", "expired", "cancelled", "declined", "unreachable"}[p.Ended]
				out = append(out, strings.TrimSpace(name+" "+end+" "+[]string{"", "by push", "by SMS", "by call", "by mail"}[p.Through]))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (n *night) want(have, want string) {
	n.Helper()
	if have != want {
		n.Errorf("\nhave %s\nwant %s", have, want)
	}
}
