package replica_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// model is a client, a server, and beside them what the client should show, kept in the simplest way.
type model struct {
	*bundle
	t        *testing.T
	chance   *rand.Rand
	in       id.Incident
	given    []stream.Submission // all own commands that were taken, in order
	discard  map[id.Command]bool
	answered map[id.Command]stream.Outcome // answers that the client has seen
	told     []string
}

// Whatever the order of giving, sending, answering, delivering, restarting and discarding, what is
// shown is the pending commands folded over what was delivered.
func TestWhatIsShownIsPendingOverCanonical(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			m := &model{
				bundle: setup(t), t: t, chance: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // a test is to be repeatable
				discard: map[id.Command]bool{}, answered: map[id.Command]stream.Outcome{},
			}
			m.in = m.declared(t)
			for range 60 {
				m.act()
				m.check()
				if t.Failed() {
					t.Fatalf("after:\n%s", strings.Join(m.told, "\n"))
				}
			}
			m.drain()
		})
	}
}

func (m *model) act() {
	acts := []struct {
		name string
		do   func()
	}{
		{"give", m.give},
		{"give", m.give},
		{"give", m.give},
		{"somebody else", m.somebody},
		{"push, answer lost", func() { m.push(m.t) }},
		{"push and answer", m.pushAndAnswer},
		{"deliver one", func() { m.deliver(1) }},
		{"deliver all", func() { m.deliver(1 << 20) }},
		{"restart", func() { m.restart(m.t) }},
		{"bootstrap", m.bootstrap},
		{"renew", func() { m.renew(false) }},
		{"discard", m.discardOne},
	}
	a := acts[m.chance.IntN(len(acts))]
	m.told = append(m.told, a.name)
	a.do()
}

func (m *model) wish() stream.Command {
	switch m.chance.IntN(4) {
	case 0:
		return incident.ChangeSeverity{To: workspace.Level(1 + m.chance.IntN(3))}
	case 1:
		return incident.ChangeStatus{To: incident.Status(m.chance.IntN(4))}
	case 2:
		return incident.AddTag{Tag: fmt.Sprint("tag", m.chance.IntN(5))}
	default:
		return words(fmt.Sprint("word ", len(m.given)))
	}
}

func (m *model) give() {
	m.submit(m.t, m.in, m.wish())
	_, out, err := m.Outgoing(m.ctx, 1000)
	if err != nil {
		m.t.Fatal(err)
	}
	m.given = append(m.given, out[len(out)-1])
}

func (m *model) somebody() {
	c := m.wish()
	if wish, ok := c.(incident.Command); ok {
		state, _ := m.server.states[id.Stream(m.in)].(incident.Incident)
		c = incident.Rebase(wish, state, state.Seq)
	}
	m.server.do(m.t, id.Stream(m.in), m.other(), c)
}

func (m *model) pushAndAnswer() {
	who, answers := m.push(m.t)
	_, out, err := m.Outgoing(m.ctx, 1000)
	if err != nil {
		m.t.Fatal(err)
	}
	for i, a := range answers {
		m.answered[out[i].ID] = a
	}
	m.settle(m.t, who, answers)
}

// deliver brings the events of at most n commands; those of one command travel together.
func (m *model) deliver(n int) {
	log, low := m.server.log[id.Everyone()], m.position(m.t, id.Everyone())
	high := low
	for ; n > 0 && high < uint64(len(log)); n-- {
		for c := log[high].Command; high < uint64(len(log)) && log[high].Command == c; high++ {
		}
	}
	if high > low {
		m.apply(m.t, m.server.batch(id.Everyone(), low, high))
	}
}

func (m *model) bootstrap() {
	s := m.server.snapshot(id.Everyone(), id.Own(m.me.Person))
	s.Events = m.server.log[id.Everyone()] // as the server does for what burns
	if err := m.Bootstrap(m.ctx, s); err != nil {
		m.t.Fatal(err)
	}
}

func (m *model) renew(all bool) {
	if err := m.Renew(m.ctx, all); err != nil {
		m.t.Fatal(err)
	}
}

func (m *model) discardOne() {
	for _, p := range m.Pending() {
		if p.Refused() {
			m.discard[p.ID] = true
			if err := m.Discard(m.ctx, p.ID); err != nil {
				m.t.Fatal(err)
			}
			return
		}
	}
}

// check compares what is shown with what should be.
func (m *model) check() {
	m.t.Helper()
	delivered := m.server.log[id.Everyone()][:m.position(m.t, id.Everyone())]
	want, lines := m.canonical(delivered)
	refused := 0
	for _, s := range m.given {
		answer, answered := m.answered[s.ID]
		here := slices.ContainsFunc(delivered, func(e stream.Stored) bool { return e.Command == s.ID })
		idle := answered && answer.Kind == stream.Accepted && want.Seq >= answer.Seq // it changed nothing
		switch {
		case answered && answer.Kind != stream.Accepted:
			if !m.discard[s.ID] {
				refused++
			}
			continue
		case here || idle:
			continue
		}
		decided, err := stream.Decide(want, incident.Given{Setup: m.Setup()}, s.Command, m.me)
		if err != nil {
			continue
		}
		for _, e := range decided {
			env := id.Envelope{Stream: id.Stream(m.in), StreamSeq: want.Seq + 1, Command: s.ID, Actor: m.me}
			want, _ = stream.Apply(want, env, e).(incident.Incident)
			lines = append(lines, fmt.Sprintf("%T…", e))
		}
	}
	got, err := m.Incident(m.ctx, m.in)
	if err != nil {
		m.t.Fatal(err)
	}
	if d := cmp.Diff(facts(want), facts(got)); d != "" {
		m.t.Errorf("the incident:\n%s", d)
	}
	if d := cmp.Diff(lines, m.lines()); d != "" {
		m.t.Errorf("the lines:\n%s", d)
	}
	if got := len(slices.DeleteFunc(m.Pending(), func(p replica.Pending) bool { return !p.Refused() })); got != refused {
		m.t.Errorf("%d refused changes are kept, want %d", got, refused)
	}
}

func (m *model) canonical(delivered []stream.Stored) (incident.Incident, []string) {
	var (
		state incident.Incident
		lines []string
	)
	for _, e := range delivered {
		if e.Stream != id.Stream(m.in) {
			continue
		}
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			m.t.Fatal(err)
		}
		state, _ = stream.Apply(state, e.Envelope, event).(incident.Incident)
		lines = append(lines, fmt.Sprintf("%T", event))
	}
	return state, lines
}

func facts(i incident.Incident) string {
	return fmt.Sprintf("event %d, SEV%d, %s, %v, %d entries, %d responders", i.Seq, i.Severity, i.Status, i.Tags, i.Entries, len(i.Responders))
}

func (m *model) lines() []string {
	line, err := m.Timeline(m.ctx, m.in, 1<<20)
	if err != nil {
		m.t.Fatal(err)
	}
	var out []string
	for _, l := range line.Lines {
		text := fmt.Sprintf("%T", l.Event)
		if l.Pending {
			text += "…"
		}
		out = append(out, text)
	}
	return out
}

// drain lets the faults stop: then nothing waits any more, every accepted wish is there once.
func (m *model) drain() {
	m.t.Helper()
	m.pushAndAnswer()
	m.deliver(1 << 20)
	if n := m.Unsent(); n != 0 {
		m.t.Errorf("%d changes are still unsent", n)
	}
	got, err := m.Incident(m.ctx, m.in)
	if want, _ := m.server.states[id.Stream(m.in)].(incident.Incident); err != nil || facts(got) != facts(want) {
		m.t.Errorf("client: %s\nserver: %s\n%v", facts(got), facts(want), err)
	}
}
