package engine_test

import (
	"context"
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

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/delivery"
	"github.com/tsugi-app/tsugi/server/engine"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// night is a server's ledger, tasks and engine in a bubble, whose providers do what a test says.
type night struct {
	t      *testing.T
	ctx    context.Context
	path   string
	db     databasetest.DB
	ledger *ledger.Ledger
	runner *task.Runner
	engine engine.Engine
	stop   func()
	people map[string]id.Person
	begun  time.Time

	mu   sync.Mutex
	sent []string // in which order, with the time
	// provider says what becomes of an attempt by a channel: the news that it tells, none for silence; or that it does not answer.
	provider map[escalation.Channel]escalation.News
	hangs    bool
}

// at three runs a test at three in the morning, in a bubble.
func atThree(t *testing.T, test func(n *night)) {
	t.Helper()
	if databasetest.OnPostgres() {
		t.Skip("a bubble's time is not the database's")
	}
	path := filepath.Join(t.TempDir(), "tsugi.db")
	synctest.Test(t, func(t *testing.T) {
		n := &night{
			t: t, ctx: context.Background(), path: path, people: map[string]id.Person{}, begun: time.Now(), //nolint:forbidigo // of the test's bubble
			provider: map[escalation.Channel]escalation.News{},
		}
		n.open()
		defer func() { n.close() }()
		test(n)
	})
}

// Store has the engine follow.
func (n *night) Store(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded, after ledger.States) error {
	return n.engine.Follow(ctx, tx, events, after)
}

// Committed wakes the runner.
func (n *night) Committed(events []stream.Recorded) {
	n.runner.Wake()
	for _, over := range engine.Interrupted(events) {
		n.runner.Interrupt(over)
	}
}

func (n *night) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *night) open() {
	n.t.Helper()
	n.db = databasetest.Open(n.t, n.path, timeline.Schema, ledger.Schema, task.Schema, delivery.Schema)
	tasks, err := task.Open(n.ctx, n.db, clock.NewSystem())
	n.must(err)
	quiet := slog.New(slog.DiscardHandler)
	n.engine = engine.Engine{Tasks: tasks, Ringing: delivery.New(n.db), Send: func(a engine.Attempt) task.Task {
		return task.Task{
			ID: id.Derive[task.ID](a.Page.Page, fmt.Sprint(a.Channel)), Queue: task.Queue(fmt.Sprint("channel ", a.Channel)),
			Body: append(append(a.Incident.Bytes(), a.Page.Page.Bytes()...), byte(a.Channel)),
		}
	}}
	n.runner = task.NewRunner(task.Options{Store: tasks, Clock: clock.NewSystem(), Logger: quiet, Chance: func() float64 { return 1 }})
	n.ledger, err = ledger.Open(n.ctx, ledger.Options{DB: n.db, Clock: clock.NewSystem(), Effects: n, Logger: quiet, SealKey: make([]byte, 32)})
	n.must(err)
	n.must(n.runner.Register(engine.Queue, engine.Handler(n.ledger, clock.NewSystem())))
	for c := escalation.Push; c <= escalation.Mail; c++ {
		n.must(n.runner.Register(task.Queue(fmt.Sprint("channel ", c)), task.Handler{
			Policy:      task.Policy{Lease: time.Minute, MaxTries: 5, Backoff: task.Backoff{First: time.Second, Most: time.Second}},
			Concurrency: 4, Do: n.send,
		}))
	}
	ctx, cancel := context.WithCancel(n.ctx)
	var all sync.WaitGroup
	all.Go(func() { n.ledger.Run(ctx) })
	all.Go(func() { n.runner.Run(ctx) })
	n.stop = func() { cancel(); all.Wait() }
}

func (n *night) close() {
	n.t.Helper()
	n.stop()
	n.must(errors.Join(n.ledger.Close(), n.runner.Store.Close(), n.db.Close()))
}

// send is what a provider does.
func (n *night) send(ctx context.Context, t task.Taken) error {
	var a engine.Attempt
	a.Incident, a.Page.Page, a.Channel = id.Incident(t.Body[:16]), id.Page(t.Body[16:32]), escalation.Channel(t.Body[32])
	n.mu.Lock()
	n.sent = append(n.sent, fmt.Sprintf("%s %s", time.Since(n.begun).Round(time.Second), names[a.Channel])) //nolint:forbidigo // of the test's bubble
	news, hangs := n.provider[a.Channel], n.hangs
	n.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if news == 0 {
		return nil
	}
	return n.ledger.Carry(n.ctx, id.Actor{}, id.Stream(a.Incident), incident.Tell{Page: a.Page.Page, Channel: a.Channel, News: news}) //nolint:contextcheck // what was sent is told also when the task was cancelled
}

var names = map[escalation.Channel]string{escalation.Push: "push", escalation.SMS: "SMS", escalation.Call: "call", escalation.Mail: "mail"}

// give carries a command out.
func (n *night) give(by string, target id.Stream, c stream.Command) {
	n.t.Helper()
	n.must(n.ledger.Carry(n.ctx, id.Actor{Person: n.people[by]}, target, c))
	synctest.Wait()
}

// hire adds somebody with a device.
func (n *night) hire(name string, admin bool) id.Person {
	n.t.Helper()
	p := id.New[id.Person]()
	n.people[name] = p
	n.give("", id.Stream(p), workspace.AddPerson{Person: p, Name: name, Admin: admin})
	n.give("", id.Stream(p), workspace.EnrolDevice{Person: p, Device: id.New[id.Device](), Name: "phone"})
	return p
}

// rota lets some people take turns of a day.
func (n *night) rota(name string, people ...id.Person) id.Rotation {
	n.t.Helper()
	r := id.New[id.Rotation]()
	layer := oncall.Layer{ID: id.New[id.Layer](), Unit: oncall.Day, Every: 1}
	for _, p := range people {
		layer.Places = append(layer.Places, oncall.Place{p})
	}
	n.give("", id.Stream(r), oncall.CreateRotation{Name: name, Version: oncall.Version{Zone: "UTC", Layers: []oncall.Layer{layer}}})
	return r
}

// declare declares an incident, and begins to count.
func (n *night) declare(c incident.Declare) id.Stream {
	n.t.Helper()
	n.begun = time.Now() //nolint:forbidigo // of the test's bubble
	s := id.New[id.Stream]()
	c.Title = "Checkout fails"
	n.give("dee", s, c)
	return s
}

// tell waits, and returns what happened to an incident, with the time.
func (n *night) tell(s id.Stream, wait time.Duration) string {
	n.t.Helper()
	time.Sleep(wait) //nolint:forbidigo // of the test's bubble
	synctest.Wait()
	_, stored, err := timeline.Load(n.ctx, n.db.Reader(), s, id.KindIncident, 0)
	n.must(err)
	var out []string
	for _, e := range stored {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		n.must(err)
		if line := n.line(event); line != "" {
			out = append(out, fmt.Sprintf("%s %s", e.Received.Sub(n.begun).Round(time.Second), line))
		}
	}
	return strings.Join(out, "; ")
}

func (n *night) who(people ...id.Person) string {
	var out []string
	for _, p := range people {
		for name, have := range n.people {
			if have == p {
				out = append(out, name)
			}
		}
	}
	return strings.Join(out, "+")
}

func (n *night) line(e stream.Event) string {
	if role, ok := e.(incident.RoleAssigned); ok {
		return fmt.Sprintf("%s is %s", n.who(role.Person), role.Role)
	}
	paged, ok := e.(incident.Paged)
	if !ok {
		return ""
	}
	switch e := paged.Event.(type) {
	case escalation.StepFell:
		return fmt.Sprintf("step %d: %s", e.Step, n.who(e.People...))
	case escalation.StepSkipped:
		return fmt.Sprintf("step %d skipped", e.Step)
	case escalation.AdminsPaged:
		return "admins: " + n.who(e.People...)
	case escalation.Ended:
		return []string{"", "answered", "exhausted", "stopped"}[e.Outcome]
	case escalation.Acknowledged:
		return n.who(e.Person) + " answers"
	case escalation.OfPage:
		return n.pageLine(e.Event)
	default:
		return ""
	}
}

func (n *night) pageLine(e escalation.PageEvent) string {
	switch e := e.(type) {
	case escalation.Attempted:
		return names[e.Channel] + []string{"", "", " for want of a receipt", " after a failure"}[e.Why.Cause]
	case escalation.Reported:
		return names[e.Channel] + []string{"", " accepted", " shown", " failed"}[e.News]
	case escalation.PageEnded:
		return []string{"", "page acknowledged", "page expired", "page cancelled", "page declined", "unreachable"}[e.End]
	default:
		return ""
	}
}

func (n *night) want(have, want string) {
	n.t.Helper()
	if have != want {
		n.t.Errorf("\nhave %s\nwant %s", have, want)
	}
}

// Whoever is on call gets the role and is paged with the declaration; who does not answer is followed by the next, and then by the admins.
func TestWhoeverIsOnCallIsReachedAndThenTheNext(t *testing.T) {
	t.Parallel()
	atThree(t, func(n *night) {
		n.provider[escalation.Push] = escalation.ByProvider
		n.hire("root", true)
		n.hire("dee", false)
		ann, bob := n.hire("ann", false), n.hire("bob", false)
		first, second := n.rota("first", ann), n.rota("second", bob)
		policy := id.New[id.Policy]()
		n.give("dee", id.Stream(policy), escalation.DescribePolicy{Policy: escalation.Policy{Name: "On fire", Steps: []escalation.Step{
			{Targets: []escalation.Target{{Rotation: first}}, Wait: 5 * time.Minute}, {Targets: []escalation.Target{{Rotation: second}}, Wait: 5 * time.Minute},
		}}})
		n.give("dee", id.Workspace(), workspace.RouteSeverity{Level: 1, Policy: policy})
		n.give("dee", id.Workspace(), workspace.DescribeRole{Key: workspace.IMOC, Name: "IMOC", Rotation: first})
		s := n.declare(incident.Declare{Severity: 1})
		n.want(n.tell(s, time.Second), "0s ann is imoc; 0s step 0: ann; 0s push; 0s push accepted")
		n.want(n.tell(s, 6*time.Minute), "0s ann is imoc; 0s step 0: ann; 0s push; 0s push accepted; 5m0s page expired; 5m0s step 1: bob; 5m0s push; 5m0s push accepted")
		n.give("bob", s, incident.Acknowledge{})
		n.want(n.tell(s, 10*time.Minute)[len("0s ann is imoc; 0s step 0: ann; 0s push; 0s push accepted; 5m0s page expired; 5m0s step 1: bob; 5m0s push; 5m0s push accepted; "):],
			"6m1s bob answers; 6m1s page acknowledged; 6m1s answered")
	})
}

// With nothing configured the admins are reached, and somebody says at once that they cannot: nobody is left.
func TestWithNothingConfiguredTheAdminsAreReached(t *testing.T) {
	t.Parallel()
	atThree(t, func(n *night) {
		n.hire("root", true)
		n.hire("dee", false)
		s := n.declare(incident.Declare{Severity: 1})
		n.want(n.tell(s, time.Second), "0s admins: root; 0s push")
		n.give("root", s, incident.Decline{})
		n.want(n.tell(s, time.Minute), "0s admins: root; 0s push; 1s page declined; 1s exhausted")
		n.give("dee", s, incident.ChangeStatus{To: incident.Closed, Base: incident.Base{Seq: 1000}})
		n.want(n.tell(s, 10*time.Minute), "0s admins: root; 0s push; 1s page declined; 1s exhausted")
	})
}

// A server that is down while a step falls due goes on within five seconds of its start.
func TestAStepThatFellDueWhileTheServerWasDownFalls(t *testing.T) {
	t.Parallel()
	atThree(t, func(n *night) {
		ann := n.hire("ann", true)
		n.hire("dee", false)
		n.give("dee", id.Workspace(), workspace.DescribeRole{Key: workspace.IMOC, Name: "IMOC", Rotation: n.rota("line", ann)})
		s := n.declare(incident.Declare{Severity: 1})
		n.want(n.tell(s, time.Minute), "0s ann is imoc; 0s step 0: ann; 0s push")
		n.close()
		time.Sleep(20 * time.Minute) //nolint:forbidigo // of the test's bubble
		n.open()
		n.want(n.tell(s, 5*time.Second), "0s ann is imoc; 0s step 0: ann; 0s push; 21m0s page expired; 21m0s exhausted")
	})
}

// What is answered stops what is being sent, and what would have been.
func TestAnAnswerStopsWhatIsBeingSent(t *testing.T) {
	t.Parallel()
	atThree(t, func(n *night) {
		n.hangs = true
		n.hire("ann", true)
		n.hire("dee", false)
		s := n.declare(incident.Declare{Severity: 1})
		time.Sleep(time.Second) //nolint:forbidigo // of the test's bubble
		n.give("ann", s, incident.Acknowledge{Through: escalation.SMS})
		n.want(n.tell(s, 10*time.Minute), "0s admins: ann; 0s push; 1s ann answers; 1s page acknowledged; 1s answered")
		if !slices.Equal(n.sent, []string{"0s push"}) {
			t.Errorf("sent %v", n.sent)
		}
	})
}

// Of a private incident only those hear who see it.
func TestOfAPrivateIncidentOnlyThoseHearWhoSeeIt(t *testing.T) {
	t.Parallel()
	atThree(t, func(n *night) {
		ann := n.hire("ann", true)
		n.hire("dee", false)
		eve := n.hire("eve", false)
		n.give("dee", id.Workspace(), workspace.DescribeRole{Key: workspace.IMOC, Name: "IMOC", Rotation: n.rota("line", ann)})
		s := n.declare(incident.Declare{Severity: 1, Private: true})
		n.want(n.tell(s, 10*time.Minute), "")
		s = n.declare(incident.Declare{Severity: 1, Private: true, Admit: []id.Person{eve}})
		n.want(n.tell(s, time.Second), "0s step 0: eve; 0s push")
		n.give("dee", s, incident.AskFor{Page: id.New[id.Page](), Person: ann})
		n.want(n.tell(s, time.Second), "0s step 0: eve; 0s push; 1s push")
		n.give("dee", s, incident.Exclude{Person: ann})
		n.want(n.tell(s, time.Second), "0s step 0: eve; 0s push; 1s push; 2s page cancelled")
	})
}
