package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

var (
	ann, bob, cay = id.Person{'A'}, id.Person{'B'}, id.Person{'C'}
	root          = id.Person{'R'}
	line          = id.Rotation{1}
	mute          = id.Person{'M'} // who has no channel
)

func person(p id.Person) escalation.Target    { return escalation.Target{Person: p} }
func whoever(r id.Rotation) escalation.Target { return escalation.Target{Rotation: r} }

func step(minutes int, targets ...escalation.Target) escalation.Step {
	return escalation.Step{Targets: targets, Wait: time.Duration(minutes) * time.Minute}
}

// world has on call whoever is named, by every rotation.
func world(oncall ...id.Person) escalation.World {
	return escalation.World{
		OnCall:  func(id.Rotation) []id.Person { return oncall },
		Reached: func(p id.Person) bool { return p != mute },
		Admins:  []id.Person{root},
	}
}

func names(people []id.Person) string {
	var out strings.Builder
	for _, p := range people {
		out.WriteByte(p[0])
	}
	return out.String()
}

func account(after time.Duration, events []escalation.Event) string {
	var out strings.Builder
	for _, e := range events {
		fmt.Fprintf(&out, "%s ", after)
		switch e := e.(type) {
		case escalation.StepFell:
			fmt.Fprintf(&out, "%d/%d %s", e.Round, e.Step, names(e.People))
		case escalation.StepSkipped:
			fmt.Fprintf(&out, "%d/%d skipped", e.Round, e.Step)
		case escalation.AdminsPaged:
			out.WriteString("admins " + names(e.People))
		case escalation.Ended:
			out.WriteString([]string{"", "answered", "exhausted", "stopped"}[e.Outcome])
		case escalation.Escalated:
			out.WriteString("escalated")
		}
		out.WriteString("; ")
	}
	return out.String()
}

// climb runs an escalation by itself in a world that changes, with one command at some time, and tells what happened.
func climb(p escalation.Policy, in func(after time.Duration) escalation.World, at time.Duration, c escalation.Command) string {
	var s escalation.Escalation
	var out strings.Builder
	give := func(now time.Time, c escalation.Command) {
		events := escalation.Decide(s, in(now.Sub(start)), c, now)
		for _, e := range events {
			s = escalation.Apply(s, now, e)
		}
		out.WriteString(account(now.Sub(start), events))
	}
	give(start, escalation.Escalate{Escalation: id.Escalation{1}, Policy: p})
	for {
		due, falls := s.Falls()
		switch {
		case c != nil && (!falls || !start.Add(at).After(due)):
			give(start.Add(at), c)
			c = nil
		case falls:
			give(due, escalation.Proceed{})
		default:
			return strings.TrimSuffix(out.String(), "; ")
		}
	}
}

func TestAPolicyIsGoneThrough(t *testing.T) {
	t.Parallel()
	always := func(w escalation.World) func(time.Duration) escalation.World {
		return func(time.Duration) escalation.World { return w }
	}
	nobody := world()
	orphaned := world()
	orphaned.Admins = []id.Person{mute}
	policy := escalation.Policy{Steps: []escalation.Step{step(5, whoever(line)), step(10, person(bob), person(cay))}}
	twice := policy
	twice.Repeats = 1
	rotations := escalation.Policy{Steps: []escalation.Step{step(5, whoever(line)), step(5, person(mute))}, Repeats: 1}
	until := func(end time.Duration) func(time.Duration) escalation.World {
		return func(after time.Duration) escalation.World {
			if after < end {
				return world(ann)
			}
			return nobody
		}
	}
	for _, test := range []struct {
		name   string
		policy escalation.Policy
		in     func(time.Duration) escalation.World
		at     time.Duration
		given  escalation.Command
		want   string
	}{
		{"nobody answers", policy, always(world(ann)), 0, nil, "0s escalated; 0s 0/0 A; 5m0s 0/1 BC; 15m0s exhausted"},
		{"and again", twice, always(world(ann)), 0, nil, "0s escalated; 0s 0/0 A; 5m0s 0/1 BC; 15m0s 1/0 A; 20m0s 1/1 BC; 30m0s exhausted"},
		{"somebody does", policy, always(world(ann)), time.Minute, escalation.Acknowledge{Person: ann}, "0s escalated; 0s 0/0 A; 1m0s answered"},
		{"in the second step", policy, always(world(ann)), 6 * time.Minute, escalation.Acknowledge{Person: ann}, "0s escalated; 0s 0/0 A; 5m0s 0/1 BC; 6m0s answered"},
		{"after all", policy, always(world(ann)), time.Hour, escalation.Acknowledge{Person: bob}, "0s escalated; 0s 0/0 A; 5m0s 0/1 BC; 15m0s exhausted; 1h0m0s answered"},
		{"it is over", policy, always(world(ann)), time.Minute, escalation.Stop{}, "0s escalated; 0s 0/0 A; 1m0s stopped"},
		{"it was begun", policy, always(world(ann)), time.Minute, escalation.Escalate{Policy: twice}, "0s escalated; 0s 0/0 A; 5m0s 0/1 BC; 15m0s exhausted"},
		{"an empty step", policy, always(nobody), 0, nil, "0s escalated; 0s 0/0 skipped; 0s 0/1 BC; 10m0s exhausted"},
		{"everybody once", escalation.Policy{Steps: []escalation.Step{step(5, whoever(line), person(ann), person(mute))}}, always(world(ann, bob)), 0, nil, "0s escalated; 0s 0/0 AB; 5m0s exhausted"},
		{"all empty", rotations, always(nobody), 0, nil, "0s escalated; 0s 0/0 skipped; 0s 0/1 skipped; 0s admins R; 5m0s 1/0 skipped; 5m0s 1/1 skipped; 5m0s exhausted"},
		{"no steps", escalation.Policy{}, always(world(ann)), 0, nil, "0s escalated; 0s admins R; 5m0s exhausted"},
		{"all empty from some time on", rotations, until(4 * time.Minute), 0, nil, "0s escalated; 0s 0/0 A; 5m0s 0/1 skipped; 5m0s 1/0 skipped; 5m0s admins R; 10m0s 1/1 skipped; 10m0s exhausted"},
		{"what is left is empty", escalation.Policy{Steps: rotations.Steps}, always(world(ann)), 0, nil, "0s escalated; 0s 0/0 A; 5m0s 0/1 skipped; 5m0s exhausted"},
		{"not even admins", rotations, always(orphaned), 0, nil, "0s escalated; 0s 0/0 skipped; 0s 0/1 skipped; 0s exhausted"},
	} {
		have := climb(test.policy, test.in, test.at, test.given)
		if have != test.want {
			t.Errorf("%s:\nhave %s\nwant %s", test.name, have, test.want)
		}
	}
	if empty := rotations.Empty(nobody); !slices.Equal(empty, []int{0, 1}) {
		t.Errorf("empty steps %v", empty)
	}
}

func TestPoliciesThatNobodyCouldMean(t *testing.T) {
	t.Parallel()
	w := func(p id.Person) bool { return p == ann }
	good := escalation.Policy{Name: " On\nfire ", Steps: []escalation.Step{step(5, person(ann), whoever(line))}, Repeats: 2}
	if have, err := good.Normalize(w); err != nil || have.Name != "On fire" {
		t.Errorf("%+v, %v", have, err)
	}
	for want, p := range map[string]escalation.Policy{
		"name is empty":                        {Steps: good.Steps},
		"name has 121":                         {Name: strings.Repeat("x", 121), Steps: good.Steps},
		"steps are none":                       {Name: "x"},
		"steps has 21":                         {Name: "x", Steps: slices.Repeat(good.Steps, 21)},
		"repeats must lie":                     {Name: "x", Steps: good.Steps, Repeats: 10},
		"step 1 must wait":                     {Name: "x", Steps: []escalation.Step{step(0, person(ann))}},
		"step 1 has nobody":                    {Name: "x", Steps: []escalation.Step{step(5)}},
		"step 2 has nobody":                    {Name: "x", Steps: []escalation.Step{step(5, person(ann)), step(5, escalation.Target{})}},
		"step 1 has 21":                        {Name: "x", Steps: []escalation.Step{step(5, slices.Repeat([]escalation.Target{person(ann)}, 21)...)}},
		"step 1 names somebody who is unknown": {Name: "x", Steps: []escalation.Step{step(5, person(bob))}},
	} {
		if _, err := p.Normalize(w); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

// engine drives an escalation and its pages as a server would, with providers, devices and people that do what they like.
type engine struct {
	t     *rapid.T
	now   time.Time
	state escalation.Escalation
	pages []escalation.Page
	over  time.Time // when somebody acknowledged, or it was stopped
	has   map[id.Person]escalation.Channels
	duty  []id.Person
	rings int
	down  []time.Time // when the server fell down and came back, in turn
}

func (e *engine) world() escalation.World {
	return escalation.World{
		OnCall:  func(id.Rotation) []id.Person { return e.duty },
		Reached: func(p id.Person) bool { return e.has[p] != 0 },
		Admins:  []id.Person{root},
	}
}

func (e *engine) give(c escalation.Command) {
	for _, event := range escalation.Decide(e.state, e.world(), c, e.now) {
		e.state = escalation.Apply(e.state, e.now, event)
		started := e.state.Paging(event, 30*time.Second, func(p id.Person, u escalation.Urgency) []escalation.Rule {
			return escalation.DefaultRules().For(u, e.has[p])
		})
		for _, start := range started {
			if slices.ContainsFunc(e.pages, func(p escalation.Page) bool { return p.Page == start.Page }) {
				e.t.Fatalf("page %s is started twice", start.Page)
			}
			if slices.ContainsFunc(e.pages, func(p escalation.Page) bool {
				due, running := p.Due()
				return p.Person == start.Person && running && due.After(e.now) && p.Expires.After(e.now)
			}) {
				e.t.Fatalf("%v is paged while they are", start.Person)
			}
			e.pages = append(e.pages, escalation.Page{})
			e.tell(len(e.pages)-1, start)
			if len(e.pages[len(e.pages)-1].Attempts) == 0 {
				e.t.Fatalf("%v is paged and nothing is tried", start.Person)
			}
		}
		if ended, ok := event.(escalation.Ended); ok && ended.Outcome != escalation.Exhausted {
			e.over = e.now
			for i := range e.pages {
				e.tell(i, escalation.CancelPage{})
			}
		}
	}
}

func (e *engine) tell(i int, c escalation.PageCommand) {
	p := e.pages[i]
	for _, event := range escalation.DecidePage(p, c, e.now) {
		if tried, ok := event.(escalation.Attempted); ok {
			e.rings++
			switch {
			case !e.over.IsZero():
				e.t.Fatalf("%s is tried although it was over at %s", channel(tried.Channel), e.over)
			case !e.now.Before(p.Expires) && !p.Begun.IsZero() || !e.now.Before(tried.Expires):
				e.t.Fatalf("%s rings although the page is too old", channel(tried.Channel))
			case slices.ContainsFunc(p.Attempts, func(a escalation.Attempt) bool { return a.Channel == tried.Channel }):
				e.t.Fatalf("%s is tried twice", channel(tried.Channel))
			}
		}
		p = escalation.ApplyPage(p, e.now, event)
	}
	e.pages[i] = p
	if p.Ended == escalation.EndAcknowledged {
		e.give(escalation.Acknowledge{Person: p.Person})
	}
}

// due returns what falls due first: -1 for the escalation, or a page.
func (e *engine) due() (which int, at time.Time, any bool) {
	if at, any = e.state.Falls(); any {
		which = -1
	}
	for i, p := range e.pages {
		if due, running := p.Due(); running && (!any || due.Before(at)) {
			which, at, any = i, due, true
		}
	}
	return which, at, any
}

// happen is anything that happens from outside.
func (e *engine) happen() {
	if len(e.pages) == 0 {
		return
	}
	i := rapid.IntRange(0, len(e.pages)-1).Draw(e.t, "page")
	switch rapid.IntRange(0, 9).Draw(e.t, "happens") {
	case 0:
		e.tell(i, escalation.AcknowledgePage{})
	case 1:
		e.duty = rapid.SliceOfN(rapid.SampledFrom([]id.Person{ann, bob, cay, mute}), 0, 2).Draw(e.t, "on duty")
	case 2:
		e.give(escalation.Proceed{}) // a clock that went off twice
	case 3:
		e.tell(i, escalation.ProceedPage{})
	default:
		e.tell(i, escalation.Report{
			Channel: escalation.Channel(rapid.IntRange(1, 4).Draw(e.t, "channel")), News: escalation.News(rapid.IntRange(1, 3).Draw(e.t, "news")),
		})
	}
}

func anyPolicy(t *rapid.T) escalation.Policy {
	p := escalation.Policy{Repeats: rapid.IntRange(0, 2).Draw(t, "repeats")}
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		s := step(rapid.IntRange(1, 12).Draw(t, "wait"))
		for range rapid.IntRange(1, 2).Draw(t, "targets") {
			s.Targets = append(s.Targets, rapid.SampledFrom([]escalation.Target{person(ann), person(bob), person(mute), whoever(line)}).Draw(t, "target"))
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

// Whatever providers, devices and people do, and however late the server is: nobody is paged twice for nothing or after it is
// over, nobody is forgotten, and it ends.
func TestNobodyIsPagedForNothingNorForgotten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := &engine{t: t, now: start, has: map[id.Person]escalation.Channels{root: all}, duty: []id.Person{ann}}
		for _, p := range []id.Person{ann, bob, cay} {
			e.has[p] = escalation.Channels(rapid.IntRange(0, 15).Draw(t, "channels") << 1)
		}
		policy := anyPolicy(t)
		e.give(escalation.Escalate{Escalation: id.Escalation{1}, Policy: policy, Urgency: escalation.High})
		for range 2000 {
			which, at, any := e.due()
			if !any {
				break
			}
			if rapid.IntRange(0, 5).Draw(t, "news") == 0 && e.now.Before(at) {
				e.now = e.now.Add(time.Duration(rapid.Int64Range(0, int64(at.Sub(e.now))).Draw(t, "meanwhile")))
				e.happen()
				continue
			}
			if e.now.Before(at) {
				e.now = at
			}
			if rapid.IntRange(0, 20).Draw(t, "down") == 0 {
				if n := len(e.down); n > 0 && e.down[n-1].Equal(e.now) { // it fell down again before it had done all that was due
					e.down = e.down[:n-1]
				} else {
					e.down = append(e.down, e.now)
				}
				e.now = e.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "for")) * time.Second)
				e.down = append(e.down, e.now)
			}
			if which < 0 {
				e.give(escalation.Proceed{})
			} else {
				e.tell(which, escalation.ProceedPage{})
			}
		}
		e.judge(policy)
	})
}

// judge looks at what became of it.
func (e *engine) judge(policy escalation.Policy) {
	if _, _, any := e.due(); any {
		e.t.Fatalf("it does not end: %+v", e.state)
	}
	if e.state.Ended == escalation.Climbing {
		e.t.Fatalf("it ended nowhere: %+v", e.state)
	}
	if e.rings == 0 {
		e.t.Fatal("nobody was paged at all, not even the admins")
	}
	if most := len(policy.Steps)*(policy.Repeats+1)*3*4 + 4; e.rings > most {
		e.t.Fatalf("it rang %d times, and can %d times", e.rings, most)
	}
	for _, p := range e.pages {
		if p.Ended == escalation.EndRunning {
			e.t.Fatalf("%v is still paged", p.Person)
		}
		if p.Ended != escalation.EndExpired {
			continue
		}
		for i, rule := range p.Rules {
			if i >= len(p.Attempts) && p.Begun.Add(rule.After).Before(p.Expires) && !e.late(p, rule) {
				e.t.Fatalf("%v was not tried by %s: %+v", p.Person, channel(rule.Channel), p)
			}
		}
	}
}

// late reports whether the server was down when a channel was due, until the page was too old.
func (e *engine) late(p escalation.Page, rule escalation.Rule) bool {
	due := p.Begun.Add(rule.After)
	for i := 0; i < len(e.down); i += 2 {
		if !e.down[i].After(due) && !e.down[i+1].Before(p.Expires) {
			return true
		}
	}
	return false
}
