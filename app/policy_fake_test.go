package app_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// chains is the part of the fake session that knows whom incidents reach; it decides with the real rules.
type chains struct {
	policies []present.PolicyRecord
}

func (f *fake) staff() present.Staff {
	s := present.Staff{Policies: f.policies, Rotations: f.rotations, Reader: f.reader, Now: f.now()}
	for _, c := range f.changed {
		if c.Pending {
			s.Waiting = append(s.Waiting, c.Event)
		}
	}
	return s
}

func (f *fake) Policies(context.Context) (present.Policies, error) {
	return present.PoliciesFrom(f.staff(), f.view()), f.failure
}

func (f *fake) ForeseePolicy(_ context.Context, p escalation.Policy, at time.Time) (present.Night, error) {
	return present.NightFrom(p, at, f.staff(), f.view()), nil
}

// calls is what a session offers while it reaches no server.
func (f *fake) calls(r present.Room, s incident.Incident) present.Calls {
	if !r.Pending || f.conn.Reached() {
		return present.Calls{}
	}
	return f.staff().CallsFrom(s, f.conn.Since, f.view())
}

func (f *fake) policy(p id.Policy) present.PolicyRecord {
	for _, have := range f.policies {
		if have.State.ID == p {
			return have
		}
	}
	return present.PolicyRecord{}
}

func (f *fake) ChangePolicy(_ context.Context, p id.Policy, c escalation.PolicyCommand) error {
	if f.failure != nil {
		return f.failure
	}
	return f.chain(p, f.self, c)
}

// chain decides and applies, as somebody.
func (f *fake) chain(p id.Policy, by id.Actor, c escalation.PolicyCommand) error {
	state := f.policy(p).State
	known := func(who id.Person) bool { _, here := f.setup.People[who]; return here }
	events, err := escalation.DecidePolicy(state, known, escalation.RebasePolicy(c, state, state.Seq))
	if err != nil {
		return err
	}
	for _, e := range events {
		at := id.Envelope{Stream: id.Stream(p), StreamSeq: state.Seq + 1, Command: id.New[id.Command](), Actor: by, Occurred: f.now()}
		state = escalation.ApplyPolicy(state, at, e)
		record := present.PolicyRecord{State: state, Base: state.Changed.Base(state.Seq), Pending: !f.conn.Reached() && by == f.self}
		f.policies = append(slices.DeleteFunc(f.policies, func(have present.PolicyRecord) bool { return have.State.ID == p }), record)
	}
	slices.SortFunc(f.policies, func(a, b present.PolicyRecord) int { return cmp.Compare(a.State.Policy.Name, b.State.Policy.Name) })
	return nil
}

// paging is a company that has said whom its incidents reach.
type paging struct {
	*staffed
	shops, nights id.Policy
}

// chained is a company in which everybody can be called, without a policy.
func chained(t *testing.T) *paging {
	t.Helper()
	s := staff(t)
	for _, who := range []id.Actor{s.self, s.cleo, s.dora, s.eli} {
		s.reachable(who.Person, reach.Push, reach.Call)
	}
	return &paging{staffed: s}
}

func (f *fake) reachable(p id.Person, by ...reach.Channel) {
	who := f.setup.People[p]
	who.Channels = reach.ChannelsOf(by...)
	f.setup = f.setup.With(who)
}

// keeps has the company go by a policy, for some severities.
func (p *paging) keeps(t *testing.T, policy escalation.Policy, levels ...workspace.Level) id.Policy {
	t.Helper()
	which := id.New[id.Policy]()
	if err := p.chain(which, p.cleo, escalation.DescribePolicy{Policy: policy}); err != nil {
		t.Fatal(err)
	}
	for _, l := range levels {
		if err := p.ChangeTerms(t.Context(), workspace.RouteSeverity{Level: l, Policy: which, Quiet: l > 2}); err != nil {
			t.Fatal(err)
		}
	}
	return which
}

func pages(minutes int, targets ...escalation.Target) escalation.Step {
	return escalation.Step{Targets: targets, Wait: time.Duration(minutes) * time.Minute}
}

func byRotation(r id.Rotation) escalation.Target { return escalation.Target{Rotation: r} }
func byName(a id.Actor) escalation.Target        { return escalation.Target{Person: a.Person} }

// routed is a company with two policies: all is well with both.
func routed(t *testing.T) *paging {
	t.Helper()
	p := chained(t)
	p.shops = p.keeps(t, escalation.Policy{
		Name: "Shops are down", Repeats: 3, Steps: []escalation.Step{pages(5, byRotation(p.eng)), pages(5, byRotation(p.imoc)), pages(10, byName(p.self), byName(p.dora))},
	}, 1, 2)
	p.nights = p.keeps(t, escalation.Policy{Name: "Whatever can wait", Steps: []escalation.Step{pages(60, byRotation(p.eng))}}, 3)
	return p
}
