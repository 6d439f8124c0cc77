package replica

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Policy is an escalation policy as it is shown, own unconfirmed changes among them.
type Policy struct {
	State   escalation.PolicyState
	Base    id.Base // what a change of it rests on
	Pending bool    // the last change of it has not been confirmed
}

// Policies returns all escalation policies as they are shown, also those that are retired, in the order of their names.
func (r *Replica) Policies(ctx context.Context) (out []Policy, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	heads, err := v.kindHeads(ctx, id.KindPolicy)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		canonical, err := wire.DecodeState(h)
		if err != nil {
			return nil, fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
		shown, _, err := v.On(ctx, h.Stream, canonical)
		if err != nil {
			return nil, err
		}
		if state, _ := shown.(escalation.PolicyState); state.Seq > 0 {
			out = append(out, policyOf(state, stream.Seq(canonical)))
		}
	}
	slices.SortFunc(out, func(a, b Policy) int {
		if byName := strings.Compare(strings.ToLower(a.State.Policy.Name), strings.ToLower(b.State.Policy.Name)); byName != 0 {
			return byName
		}
		return a.State.ID.Compare(b.State.ID)
	})
	return out, nil
}

func policyOf(s escalation.PolicyState, canonical uint64) Policy {
	p := Policy{State: s, Base: s.Changed.Base(canonical), Pending: s.Changed.Seq > canonical}
	if p.Pending && p.Base.Seq == 0 {
		p.Base.Seq = 1 // its number is the server's to give: nobody else's may pass for it
	}
	return p
}
