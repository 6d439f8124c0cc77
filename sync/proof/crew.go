package proof

import (
	"context"
	"fmt"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// member is somebody with a phone, who can be paged.
type member struct {
	*Caller
	name string
	*Writer
}

// token returns by what somebody's phone is pushed to.
func tokenOf(n int) string { return fmt.Sprintf("token of member %d", n) }

// number returns where somebody is sent SMS and called.
func numberOf(n int) string { return fmt.Sprintf("+49170%07d", 1234567+n) }

// addressOf returns where somebody is reached by a channel.
func addressOf(n int, c reach.Channel) string {
	if c == reach.Push {
		return tokenOf(n)
	}
	return numberOf(n)
}

// joined returns a new member, to whose phone is pushed.
func joined(ctx context.Context, dir string, n int, admin bool, o *Outside) (member, error) {
	m := member{name: fmt.Sprintf("Member %d", n)}
	i, err := InviteFrom(ctx, dir, m.name, admin)
	if err != nil {
		return m, err
	}
	if m.Caller, err = Call(ctx, i, o.clock); err != nil {
		return m, err
	}
	m.Writer = m.NewWriter()
	_, err = m.reaching().RegisterPush(ctx, &tsugiv1.RegisterPushRequest{Token: tokenOf(n), Platform: "android"})
	return m, wire.FromError(err)
}

func (m member) reaching() tsugiv1connect.ReachServiceClient {
	return tsugiv1connect.NewReachServiceClient(m.web, m.server, connect.WithInterceptors(bearing{token: m.token}))
}

// dialled has somebody show that a number is theirs, for SMS and calls.
func (m member) dialled(ctx context.Context, number string, o *Outside) error {
	api := m.reaching()
	for _, kind := range []reach.Channel{reach.SMS, reach.Call} {
		contact := id.New[id.Contact]()
		got, err := api.AddContact(ctx, &tsugiv1.AddContactRequest{ContactId: contact.Bytes(), Kind: uint32(kind), Address: number})
		if err != nil {
			return wire.FromError(err)
		}
		if got.GetContact().GetVerifiedUs() != 0 {
			continue
		}
		if _, err := api.SendCode(ctx, &tsugiv1.SendCodeRequest{ContactId: contact.Bytes()}); err != nil {
			return wire.FromError(err)
		}
		code, err := o.code(ctx, number)
		if err != nil {
			return err
		}
		if _, err := api.ConfirmContact(ctx, &tsugiv1.ConfirmContactRequest{ContactId: contact.Bytes(), Code: code}); err != nil {
			return wire.FromError(err)
		}
	}
	return nil
}

// wishes says how somebody wants to be reached when it is urgent.
func (m member) wishes(ctx context.Context, rules ...reach.Rule) error {
	return m.Push(ctx, id.Reader(m.Person), workspace.ChooseRules{Rules: reach.Rules{High: rules}})
}

// describe makes a policy of steps, one after the other.
func (m member) describe(ctx context.Context, name string, each time.Duration, steps ...[]id.Person) (id.Policy, error) {
	policy, named := escalation.Policy{Name: name}, id.New[id.Policy]()
	for _, people := range steps {
		step := escalation.Step{Wait: each}
		for _, p := range people {
			step.Targets = append(step.Targets, escalation.Target{Person: p})
		}
		policy.Steps = append(policy.Steps, step)
	}
	return named, m.Push(ctx, id.Stream(named), escalation.DescribePolicy{Policy: policy})
}
