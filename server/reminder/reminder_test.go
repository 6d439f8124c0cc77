package reminder_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/reminder"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// house is a server's ledger, tasks and reminders in a bubble, which begins at midnight.
type house struct {
	t         *testing.T
	ctx       context.Context
	path      string
	db        databasetest.DB
	ledger    *ledger.Ledger
	store     *people.Store
	runner    *task.Runner
	reminders *reminder.Reminders
	stop      func()
	people    map[string]id.Person
	midnight  time.Time
	post      *post
}

// post keeps what is sent, and fails a few times first.
type post struct {
	mu    sync.Mutex
	fails int
	sends reach.Channels
	sent  []string
	last  notify.Message
}

func (p *post) Sends() escalation.Channels { return p.sends }

func (p *post) SendNotice(_ context.Context, c escalation.Channel, m notify.Message, to []notify.Address) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails > 0 {
		p.fails--
		return errors.New("the provider is away")
	}
	for _, a := range to {
		p.sent = append(p.sent, fmt.Sprintf("%d to %s: %s", c, a.To, m.Title))
	}
	p.last = m
	return nil
}

func inHouse(t *testing.T, test func(h *house)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tsugi.db")
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, ctx: context.Background(), path: path, people: map[string]id.Person{}, midnight: clock.NewSystem().Now().UTC(), post: &post{}}
		h.open()
		defer func() { h.close() }()
		test(h)
	})
}

// now returns the time in the bubble.
func (h *house) now() time.Time { return clock.NewSystem().Now() }

// Store has rotations watched, as the server does.
func (h *house) Store(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded, _ ledger.States) error {
	return reminder.Watch{Tasks: h.runner.Store}.Follow(ctx, tx, events)
}

// Committed wakes the runner.
func (h *house) Committed([]stream.Recorded) { h.runner.Wake() }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) open() {
	h.t.Helper()
	h.db = databasetest.Open(h.t, h.path, timeline.Schema, ledger.Schema, people.Schema, task.Schema)
	tasks, err := task.Open(h.ctx, h.db, clock.NewSystem())
	h.must(err)
	quiet := slog.New(slog.DiscardHandler)
	h.runner = task.NewRunner(task.Options{Store: tasks, Clock: clock.NewSystem(), Logger: quiet, Chance: func() float64 { return 1 }})
	h.ledger, err = ledger.Open(h.ctx, ledger.Options{DB: h.db, Clock: clock.NewSystem(), Effects: h, Logger: quiet, SealKey: make([]byte, 32)})
	h.must(err)
	h.store, err = people.Open(h.ctx, h.db, h.now())
	h.must(err)
	h.reminders = &reminder.Reminders{Ledger: h.ledger, People: h.store, Tasks: tasks, Post: h.post, Clock: clock.NewSystem()}
	h.must(h.reminders.Register(h.runner))
	ctx, cancel := context.WithCancel(h.ctx)
	var all sync.WaitGroup
	all.Go(func() { h.ledger.Run(ctx) })
	all.Go(func() { h.runner.Run(ctx) })
	h.stop = func() { cancel(); all.Wait() }
}

func (h *house) close() {
	h.t.Helper()
	h.stop()
	h.must(errors.Join(h.ledger.Close(), h.runner.Store.Close(), h.db.Close()))
}

// at lets time pass until so long after the first midnight. Until a minute before, the server is down: whoever is not running costs nothing.
func (h *house) at(since time.Duration) {
	h.t.Helper()
	if left := h.midnight.Add(since - time.Minute).Sub(h.now()); left > 0 {
		h.close()
		<-time.After(left)
		h.open()
	}
	h.until(since)
}

// until lets time pass, with the server at work, until so long after the first midnight.
func (h *house) until(since time.Duration) {
	<-time.After(h.midnight.Add(since).Sub(h.now()))
	synctest.Wait()
}

func (h *house) give(by string, target id.Stream, c stream.Command) {
	h.t.Helper()
	h.must(h.ledger.Carry(h.ctx, id.Actor{Person: h.people[by]}, target, c))
	synctest.Wait()
}

// hire adds somebody, and keeps by what they are reached.
func (h *house) hire(name string, admin bool, channels ...reach.Channel) id.Person {
	h.t.Helper()
	p := id.New[id.Person]()
	h.people[name] = p
	h.give("", id.Stream(p), workspace.AddPerson{Person: p, Name: name, Admin: admin})
	h.reach(name, channels...)
	return p
}

// reach has somebody reached by some channels and no others.
func (h *house) reach(name string, channels ...reach.Channel) {
	h.t.Helper()
	p := h.people[name]
	have, err := h.store.Contacts(h.ctx, p)
	h.must(err)
	h.must(h.db.InTx(h.ctx, func(tx *sqlite.Tx) error {
		for _, c := range have {
			if err := h.store.RemoveContact(h.ctx, tx, p, c.ID, h.now()); err != nil {
				return err
			}
		}
		for _, c := range channels {
			if err := h.way(tx, name, c); err != nil {
				return err
			}
		}
		return nil
	}))
	h.give("", id.Stream(p), workspace.TellReach{Person: p, Channels: reach.ChannelsOf(channels...)})
}

// way makes a way to reach somebody.
func (h *house) way(tx *sqlite.Tx, name string, c reach.Channel) error {
	p := h.people[name]
	if c == reach.Push {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		d := people.Device{ID: id.New[id.Device](), Person: p, PublicKey: public, Created: h.now()}
		if err := h.store.AddDevice(h.ctx, tx, d); err != nil {
			return err
		}
		_, err = h.store.RegisterPush(h.ctx, tx, people.PushToken{Device: d.ID, Token: people.Secret(name + "'s phone"), At: h.now()})
		return err
	}
	address := people.Secret("+49170123456" + fmt.Sprint(len(h.people)))
	if c == reach.Mail {
		address = people.Secret(name + "@example.org")
	}
	added, err := h.store.AddContact(h.ctx, tx, people.Contact{ID: id.New[id.Contact](), Person: p, Kind: c, Address: address}, h.now())
	if err != nil || !added.Verified.IsZero() {
		return err
	}
	code, err := h.store.BeginVerify(h.ctx, tx, p, added.ID, h.now())
	if err != nil {
		return err
	}
	return h.store.Confirm(h.ctx, tx, people.Answer{Contact: added.ID, Person: p, Code: string(code.Code)}, h.now())
}

// daily is an order in which some hand over every day at nine.
func daily(persons ...id.Person) oncall.Version {
	l := oncall.Layer{ID: id.Layer{1}, Anchor: oncall.On(2000, time.January, 1, 9, 0), Unit: oncall.Day, Every: 1}
	for _, p := range persons {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return oncall.Version{Zone: "UTC", Layers: []oncall.Layer{l}}
}

func (h *house) rota(by string, persons ...id.Person) id.Rotation {
	h.t.Helper()
	r := id.New[id.Rotation]()
	h.give(by, id.Stream(r), oncall.CreateRotation{Name: "Payments", Version: daily(persons...)})
	return r
}

// told returns what somebody was told, each with when.
func (h *house) told(name string) string {
	h.t.Helper()
	_, stored, err := timeline.Load(h.ctx, h.db.Reader(), id.Reader(h.people[name]), id.KindReader, 0)
	h.must(err)
	var out []string
	for _, e := range stored {
		if e.Scope != id.Own(h.people[name]) || !e.Actor.Person.IsZero() {
			h.t.Errorf("it lies in %s, by %s", e.Scope, e.Actor.Person)
		}
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		h.must(err)
		if say, ok := event.(workspace.Reminded); ok {
			out = append(out, e.Received.Sub(h.midnight).Round(time.Minute).String()+" "+h.line(say))
		}
	}
	return strings.ReplaceAll(strings.Join(out, "; "), "m0s", "m")
}

func (h *house) line(say workspace.Reminded) string {
	day := func(t time.Time) string { return t.Format("02.15:04") }
	switch say.About {
	case workspace.ShiftComes:
		return "comes " + day(say.From) + "-" + day(say.Until)
	case workspace.ShiftsChanged:
		var out []string
		for _, c := range say.Changes {
			out = append(out, fmt.Sprintf("%s-%s%s", day(c.From), day(c.Until), map[bool]string{true: " off"}[c.Off]))
		}
		return fmt.Sprintf("changed %s and %d", strings.Join(out, ", "), say.More)
	default:
		var out []string
		for _, d := range say.Doubts {
			out = append(out, fmt.Sprintf("%d/%d", d.Doubt, d.Channel))
		}
		who := "not ready"
		for name, p := range h.people {
			if p == say.Person {
				who = name + " is not ready"
			}
		}
		return fmt.Sprintf("%s %s %s", who, day(say.From), strings.Join(out, ","))
	}
}

func (h *house) want(name, want string) {
	h.t.Helper()
	if have := h.told(name); have != want {
		h.t.Errorf("%s was told\n%s\nwant\n%s", name, have, want)
	}
}

func (h *house) sent(want ...string) {
	h.t.Helper()
	h.post.mu.Lock()
	defer h.post.mu.Unlock()
	slices.Sort(h.post.sent)
	if diff := cmp.Diff(want, h.post.sent); diff != "" {
		h.t.Error(diff)
	}
}

const day = 24 * time.Hour

// A shift that comes is told a day and a quarter of an hour before, each once, however often the server was down meanwhile or looks again.
func TestAShiftThatComesIsToldADayAndAQuarterOfAnHourBefore(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		ann, bob := h.hire("ann", true), h.hire("bob", false)
		h.rota("ann", ann, bob) // at midnight: bob serves until nine, as the day before
		h.until(5 * time.Minute)
		changed := "2m changed 01.00:02-01.09:00, 02.09:00-03.09:00, 04.09:00-05.09:00, 06.09:00-07.09:00, 08.09:00-09.09:00 and 179"
		h.want("bob", changed)
		h.at(8*time.Hour + 44*time.Minute)
		h.want("ann", "")
		h.until(8*time.Hour + 46*time.Minute)
		h.want("ann", "8h45m comes 01.09:00-02.09:00")
		h.must(h.reminders.Begin(h.ctx))
		h.until(8*time.Hour + 50*time.Minute)
		h.want("ann", "8h45m comes 01.09:00-02.09:00")
		h.at(9*time.Hour + time.Minute)
		h.want("bob", changed+"; 9h0m comes 02.09:00-03.09:00")
		h.at(day + 8*time.Hour + 44*time.Minute)
		h.until(day + 9*time.Hour + time.Minute)
		h.want("bob", changed+"; 9h0m comes 02.09:00-03.09:00; 32h45m comes 02.09:00-03.09:00")
		h.want("ann", "8h45m comes 01.09:00-02.09:00; 33h0m comes 03.09:00-04.09:00")
	})
}

// Who is told late because the server was down is told what is still to come, and nothing of what has begun.
func TestWhatComesTooLateIsNotTold(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		ann, bob := h.hire("ann", true), h.hire("bob", false)
		h.rota("ann", bob, ann) // at midnight ann serves until nine, then bob, and from 02.09:00 on ann again
		h.until(5 * time.Minute)
		h.at(day + 20*time.Hour)
		h.want("ann", "")
		told := h.told("bob")
		if !strings.HasSuffix(told, "; 43h59m comes 03.09:00-04.09:00") || strings.Count(told, "comes") != 1 { // it was due at 33h
			t.Error(told)
		}
		h.at(2*day + 10*time.Hour)
		h.want("ann", "57h59m comes 04.09:00-05.09:00")
		h.at(3*day + 9*time.Hour + 5*time.Minute) // just begun
		h.want("ann", "57h59m comes 04.09:00-05.09:00")
	})
}

// People are told once what came of changes that follow each other at once, and not of what they did themselves.
func TestThoseWhoseShiftsMoveAreToldOnceItIsSettled(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		ann, bob := h.hire("ann", true), h.hire("bob", false)
		h.hire("dee", false)
		h.rota("ann", ann)
		h.until(10 * time.Minute)
		h.want("ann", "") // she made it
		r := h.rota("dee", bob)
		h.until(20 * time.Minute)
		h.want("bob", "12m changed 01.00:12-01.00:12 and 0")
		for i := range 3 {
			h.give("dee", id.Stream(r), oncall.AddOverride{Override: oncall.Override{
				ID: id.New[id.Override](), Deed: oncall.Replace, Out: bob, In: ann,
				From: h.midnight.Add(time.Duration(i+2) * day), Until: h.midnight.Add(time.Duration(i+2)*day + time.Hour),
			}})
			h.until(21*time.Minute + time.Duration(i)*time.Minute)
		}
		h.want("ann", "")
		h.until(30 * time.Minute)
		h.want("ann", "24m changed 03.00:00-03.01:00, 04.00:00-04.01:00, 05.00:00-05.01:00 and 0")
		h.give("bob", id.Stream(r), oncall.RenameRotation{Name: "Checkout"})
		h.until(40 * time.Minute)
		h.want("ann", "24m changed 03.00:00-03.01:00, 04.00:00-04.01:00, 05.00:00-05.01:00 and 0")
	})
}

// A day before a shift it is looked whether somebody is reached. They are told what is missing, and so is who made the rotation; once it is
// set, nobody is.
func TestWhoIsNotReachedIsToldADayBeforeAndSoIsWhoMadeTheRotation(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		h.post.sends = reach.ChannelsOf(reach.Push, reach.SMS, reach.Mail)
		ann, bob, cay := h.hire("ann", true, reach.Push, reach.SMS), h.hire("bob", false), h.hire("cay", false, reach.Mail)
		h.hire("dee", false)
		h.rota("dee", ann, bob, cay) // cay serves until nine, ann until 02.09:00, then bob and cay
		h.until(10 * time.Minute)
		if told := h.told("ann"); strings.Contains(told, "ready") {
			t.Errorf("ann has two ways that ring: %s", told)
		}
		if told := h.told("cay"); !strings.Contains(told, "not ready") { // the shift that she is in began just now
			t.Error(told)
		}
		h.at(9*time.Hour + time.Minute)
		if told := h.told("bob"); !strings.HasSuffix(told, "; 9h0m comes 02.09:00-03.09:00; 9h0m not ready 02.09:00 1/0") {
			t.Error(told)
		}
		h.want("dee", "2m cay is not ready 01.00:00 2/0; 9h0m bob is not ready 02.09:00 1/0")
		h.reach("bob", reach.Push, reach.SMS)
		h.reach("cay", reach.Push)
		h.at(day + 8*time.Hour + 50*time.Minute)
		h.at(day + 9*time.Hour + time.Minute)
		h.want("dee", "2m cay is not ready 01.00:00 2/0; 9h0m bob is not ready 02.09:00 1/0; 33h0m cay is not ready 03.09:00 3/1")
		if told := h.told("bob"); strings.Count(told, "not ready") != 1 {
			t.Error(told)
		}
	})
}

// A server that sends nothing has nothing that anybody could set: it accuses nobody.
func TestWhereNothingCanBeSentNobodyIsNotReady(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		ann, bob := h.hire("ann", true), h.hire("bob", false)
		h.rota("ann", bob, ann)
		h.at(33*time.Hour + time.Minute)
		if told := h.told("bob"); strings.Contains(told, "ready") || !strings.Contains(told, "comes") {
			t.Error(told)
		}
	})
}

// Where the server has but one way that rings, that there is no second is no fault of a person's; where its last try failed, it is.
func TestWhatOnlyTheServerCouldChangeIsNotTold(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		h.post.sends = reach.ChannelsOf(reach.SMS, reach.Mail)
		ann := h.hire("ann", true)
		bob := h.hire("bob", false, reach.SMS)
		h.rota("ann", ann, bob)
		h.until(10 * time.Minute)
		if told := h.told("bob"); strings.Contains(told, "ready") {
			t.Error(told)
		}
		contacts, err := h.store.Contacts(h.ctx, bob)
		h.must(err)
		h.must(h.db.InTx(h.ctx, func(tx *sqlite.Tx) error { return h.store.Tried(h.ctx, tx, contacts[0].ID, h.now(), true) }))
		h.at(9*time.Hour + time.Minute)
		if told := h.told("bob"); !strings.HasSuffix(told, "not ready 02.09:00 6/2") {
			t.Error(told)
		}
	})
}

// Reminders go by push and mail, as their person's rules for what can wait say, and by nothing that rings. What fails is tried again, and
// what was sent is not sent again.
func TestRemindersAreSentByWhatDoesNotRing(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		h.post.sends, h.post.fails = reach.ChannelsOf(reach.Push, reach.SMS, reach.Call, reach.Mail), 3
		ann := h.hire("ann", true, reach.Push, reach.SMS, reach.Call, reach.Mail)
		bob := h.hire("bob", false, reach.Push, reach.SMS, reach.Mail)
		h.give("bob", id.Reader(bob), workspace.ChooseRules{Rules: reach.Rules{Low: []reach.Rule{{Channel: reach.Push}, {Channel: reach.SMS}}}})
		h.give("ann", id.Stream(ann), workspace.DescribePerson{Person: ann, Name: "ann", Zone: "Asia/Tokyo"})
		h.rota("ann", ann, bob)
		h.until(10 * time.Minute)
		h.sent("1 to bob's phone: Your shifts have changed: Payments")
		h.post.sent = nil
		h.at(8*time.Hour + 44*time.Minute)
		h.until(8*time.Hour + 50*time.Minute)
		comes := "You are on call from Sat 1 Jan, 18:00 JST"
		h.sent("1 to ann's phone: "+comes, "4 to ann@example.org: "+comes)
		m := h.post.last
		if m.Text != "Payments, until Sun 2 Jan, 18:00 JST." || m.Urgency != reach.Low || !m.Page.IsZero() || !m.Expires.Equal(h.midnight.Add(9*time.Hour)) || m.ID == "" {
			t.Errorf("%+v", m)
		}
	})
}

// An override of which nobody is told a thing by paging is told to both, also where it begins at once.
func TestWhoTakesOverIsKnownToWhoGivesUp(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		ann := h.hire("ann", true)
		h.hire("bob", false)
		r := h.rota("ann", ann)
		h.until(10 * time.Minute)
		h.give("bob", id.Stream(r), oncall.TakeShift{Override: id.New[id.Override](), From: ann})
		h.until(20 * time.Minute)
		h.want("ann", "12m changed 01.00:12-01.09:00 off and 0")
		h.want("bob", "") // he did it himself
	})
}
