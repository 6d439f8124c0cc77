package link

import (
	"context"
	"errors"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// How much travels together: the server does not read more than 4 MiB at once, and a hundred long
// entries have more.
const (
	pushAtOnce = 100
	pushBytes  = 1 << 20
)

// pushLoop sends the outbox, in order. After a failure it waits for its timer or for the server to
// come back, not for the next thing that a person writes.
func (l *Link) pushLoop(ctx context.Context) {
	changed, stop := l.Replica.Watch()
	defer stop()
	failures := 0
	for {
		sent, err := l.pushOnce(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.Logger.Debug("push", "error", err, "failures", failures)
			if !pause(ctx, failures, l.online) {
				return
			}
			failures++
		case sent > 0:
			failures = 0
		default:
			failures = 0
			select {
			case <-ctx.Done():
				return
			case <-changed:
			case <-l.online:
			}
		}
	}
}

// pushOnce sends what waits, at most pushAtOnce commands, and stores the answers. It returns how
// many were answered for good.
func (l *Link) pushOnce(ctx context.Context) (int, error) {
	who, outgoing, err := l.Replica.Outgoing(ctx, pushAtOnce)
	if err != nil || len(outgoing) == 0 {
		return 0, err
	}
	req := &tsugiv1.PushRequest{
		ClientId: who.Client.Bytes(), Generation: who.Generation, FormerGenerations: who.Former, Epoch: wire.EpochTo(who.Life),
	}
	for size, i := 0, 0; i < len(outgoing) && size < pushBytes; i++ {
		m, err := wire.SubmissionTo(outgoing[i])
		if err != nil {
			return 0, err
		}
		req.Submissions = append(req.Submissions, m)
		size += proto.Size(m)
	}
	api, _, err := l.clients()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := api.Push(ctx, req)
	if err != nil {
		return 0, wire.FromError(err)
	}
	outcomes := make([]stream.Outcome, len(resp.GetOutcomes()))
	for i, o := range resp.GetOutcomes() {
		outcomes[i] = wire.OutcomeFrom(o)
	}
	return l.settle(ctx, who, outcomes)
}

// dated is the interceptor that says on every push what this client's clocks show, as late as can be: the server reckons from it how long
// ago things were done, and before it the request may have waited for a token, which a server that has just come up is slow to give.
func (l *Link) dated(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if push, ok := req.Any().(*tsugiv1.PushRequest); ok {
			push.Now = wire.MomentTo(l.Clock.Moment())
		}
		return next(ctx, req)
	}
}

// settle stores answers and does what they ask for. It returns how many were final, and why the rest has to wait.
func (l *Link) settle(ctx context.Context, who replica.Identity, outcomes []stream.Outcome) (int, error) {
	if err := l.Replica.Settle(ctx, who, outcomes); err != nil {
		return 0, err
	}
	settled, next, wait := protocol.Answered(outcomes)
	if next == protocol.Keep {
		return settled, wait
	}
	return settled, errors.Join(wait, l.Replica.Renew(ctx, next == protocol.OfferAll))
}
