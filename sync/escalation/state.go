package escalation

import (
	"fmt"
	"reflect"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// PolicyState is a policy as it stands: the state that its events fold to.
type PolicyState struct {
	ID      id.Policy
	Seq     uint64 // stream_seq of the last event folded in
	Policy  Policy
	Retired bool // nothing is escalated by it any more
	Changed id.Mark
}

// PolicyCommand is a wish about one policy. Anybody may have one: the audit takes the place of a lock.
type PolicyCommand interface {
	Stream() id.Kind
	policyCommand()
}

// PolicyEvent is something that happened to one policy.
type PolicyEvent interface {
	Stream() id.Kind
	policyEvent()
}

type (
	policyWish struct{}
	policyFact struct{}
)

// Stream says that the command is about a policy.
func (policyWish) Stream() id.Kind { return id.KindPolicy }
func (policyWish) policyCommand()  {}

// Stream says that the event belongs to a policy.
func (policyFact) Stream() id.Kind { return id.KindPolicy }
func (policyFact) policyEvent()    {}

// DescribePolicy wishes for a new policy, or that one page otherwise. Escalations that have begun go on as they began.
type DescribePolicy struct {
	policyWish
	Base   id.Base
	Policy Policy
}

// RetirePolicy wishes that nothing be escalated by a policy any more.
type RetirePolicy struct{ policyWish }

// PolicyDescribed says whom a policy pages.
type PolicyDescribed struct {
	policyFact
	Policy Policy
}

// PolicyRetired says that nothing is escalated by a policy any more.
type PolicyRetired struct{ policyFact }

// DecidePolicy says what would happen if c were carried out on s, where known tells whom it may name. It changes nothing.
func DecidePolicy(s PolicyState, known func(id.Person) bool, c PolicyCommand) ([]PolicyEvent, error) {
	switch c := c.(type) {
	case DescribePolicy:
		if s.Changed.Moved(c.Base) {
			return nil, &fault.Fault{
				Kind: fault.Conflict, Message: "Somebody else changed the policy meanwhile.", Safe: "Their order stands.",
				Do: "Look at theirs, and edit that.", Standing: &fault.Standing{Field: "policy", Base: s.Seq, At: s.Changed.At},
			}
		}
		p, err := c.Policy.Normalize(known)
		if err != nil || s.Seq > 0 && !s.Retired && reflect.DeepEqual(p, s.Policy) {
			return nil, err
		}
		return []PolicyEvent{PolicyDescribed{Policy: p}}, nil
	case RetirePolicy:
		if s.Seq == 0 {
			return nil, fault.New(fault.NotFound, "There is no such policy.")
		}
		if s.Retired {
			return nil, nil
		}
		return []PolicyEvent{PolicyRetired{}}, nil
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
}

// ApplyPolicy returns s after e. It is total.
func ApplyPolicy(s PolicyState, at id.Envelope, e PolicyEvent) PolicyState {
	s.ID, s.Seq, s.Changed = id.Policy(at.Stream), at.StreamSeq, id.MarkOf(at)
	switch e := e.(type) {
	case PolicyDescribed:
		s.Policy, s.Retired = e.Policy, false
	case PolicyRetired:
		s.Retired = true
	}
	return s
}

// RebasePolicy returns c with the base that its decision rests on: s is what is shown, and canonical the last event that is not one's
// own pending one.
func RebasePolicy(c PolicyCommand, s PolicyState, canonical uint64) PolicyCommand {
	if describe, ok := c.(DescribePolicy); ok {
		describe.Base = describe.Base.Rest(s.Changed, canonical)
		return describe
	}
	return c
}
