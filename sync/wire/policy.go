package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// policyCommandTo returns nil for what is no command about an escalation policy.
func policyCommandTo(c escalation.PolicyCommand) *v1.Command {
	switch c := c.(type) {
	case escalation.DescribePolicy:
		return &v1.Command{Body: &v1.Command_DescribePolicy{DescribePolicy: &v1.DescribePolicy{
			Base: baseTo(c.Base), Policy: policyTo(c.Policy),
		}}}
	case escalation.RetirePolicy:
		return &v1.Command{Body: &v1.Command_RetirePolicy{RetirePolicy: &v1.RetirePolicy{}}}
	default:
		return nil
	}
}

// policyCommandFrom returns nil for what is no command about an escalation policy.
func policyCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_DescribePolicy:
		return escalation.DescribePolicy{
			Base: baseFrom(check, b.DescribePolicy.GetBase()), Policy: policyFrom(check, b.DescribePolicy.GetPolicy()),
		}
	case *v1.Command_RetirePolicy:
		return escalation.RetirePolicy{}
	default:
		return nil
	}
}

// policyEventTo returns nil for what is no event about an escalation policy.
func policyEventTo(e escalation.PolicyEvent) *v1.Event {
	switch e := e.(type) {
	case escalation.PolicyDescribed:
		return &v1.Event{Body: &v1.Event_PolicyDescribed{PolicyDescribed: &v1.PolicyDescribed{Policy: policyTo(e.Policy)}}}
	case escalation.PolicyRetired:
		return &v1.Event{Body: &v1.Event_PolicyRetired{PolicyRetired: &v1.PolicyRetired{}}}
	default:
		return nil
	}
}

// policyEventFrom returns nil for what is no event about an escalation policy.
func policyEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_PolicyDescribed:
		return escalation.PolicyDescribed{Policy: policyFrom(check, b.PolicyDescribed.GetPolicy())}
	case *v1.Event_PolicyRetired:
		return escalation.PolicyRetired{}
	default:
		return nil
	}
}

func standingTo(s escalation.PolicyState) *v1.PolicyState {
	return &v1.PolicyState{Policy: policyTo(s.Policy), Retired: s.Retired, Changed: markTo(s.Changed)}
}

func standingFrom(check *fault.Check, m *v1.PolicyState) escalation.PolicyState {
	return escalation.PolicyState{Policy: policyFrom(check, m.GetPolicy()), Retired: m.GetRetired(), Changed: markFrom(check, m.GetChanged())}
}

func policyTo(p escalation.Policy) *v1.EscalationPolicy {
	m := &v1.EscalationPolicy{Name: text(p.Name), Repeats: uint32(max(p.Repeats, 0))}
	for _, s := range p.Steps {
		step := &v1.EscalationStep{WaitUs: s.Wait.Microseconds()}
		for _, t := range s.Targets {
			step.Targets = append(step.Targets, &v1.EscalationTarget{PersonId: bytesOf(t.Person), RotationId: bytesOf(t.Rotation)})
		}
		m.Steps = append(m.Steps, step)
	}
	return m
}

func policyFrom(check *fault.Check, m *v1.EscalationPolicy) escalation.Policy {
	p := escalation.Policy{Name: m.GetName(), Repeats: counted(m.GetRepeats())}
	for _, s := range m.GetSteps() {
		step := escalation.Step{Wait: micros(s.GetWaitUs())}
		for _, t := range s.GetTargets() {
			step.Targets = append(step.Targets, escalation.Target{
				Person: ident[id.Person](check, "person_id", t.GetPersonId()), Rotation: ident[id.Rotation](check, "rotation_id", t.GetRotationId()),
			})
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}
