package notify

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/tsugi-app/tsugi/server/task"
)

// try is what one provider made of one message for one address.
type try struct {
	to      Address
	ref     string
	refused *Refusal // nil when it was accepted
}

// send hands the message to all addresses at once, so that one that hangs does not keep the others waiting.
func (p *Pipeline) send(ctx context.Context, d draft, t task.Taken) []try {
	m := compose(d)
	m.ID, m.Repeat = t.ID.String(), t.Given > 1
	if p.Link != nil {
		m.Link = p.Link(d.Place, d.standing.Expires)
	}
	ctx, cancel := context.WithTimeout(ctx, SendTime)
	defer cancel()
	tries := make([]try, len(d.to))
	var all sync.WaitGroup
	for i, to := range d.to {
		all.Go(func() { tries[i] = attempt(ctx, p.providers[d.Channel], m, to) })
	}
	all.Wait()
	return tries
}

// attempt tries one address. A provider that panics has failed at this message only.
func attempt(ctx context.Context, provider Provider, m Message, to Address) (got try) {
	got.to = to
	defer func() {
		if r := recover(); r != nil {
			got.refused = Permanent(fmt.Sprintf("the code for it is broken: %v", r), fmt.Errorf("%v\n%s", r, debug.Stack()))
		}
	}()
	accepted, err := provider.Send(ctx, m, to)
	if err != nil {
		got.refused = refusal(err)
		return got
	}
	got.ref = accepted.Ref
	return got
}
