package link

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// authorsFirst is how long a restored server hears of those first who did something: what they give back themselves is
// decided as theirs, and they are asked where it is contested.
const authorsFirst = 2 * time.Minute

// giveBackLoop gives a restored server back what it lacks, whoever did it, some time after it is reached. Clients do so one
// after another, and each sees by then what came from those before.
func (l *Link) giveBackLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.back:
		}
		kept, err := l.Replica.Kept(ctx)
		if err != nil {
			l.Logger.Warn("read what a restored server may lack", "error", err)
		}
		if len(kept) == 0 {
			continue
		}
		wait := l.AuthorsFirst + rand.N(l.AuthorsFirst/2+1) //nolint:gosec // chance needs no secret
		if !sleep(ctx, wait, nil) {
			return
		}
		if l.Status().State != Live {
			continue
		}
		if err := l.giveBack(ctx); err != nil {
			l.Logger.Debug("give back", "error", err)
		}
		signal(l.back) // for what was not taken yet
	}
}

// giveBack offers everything that is kept and has not come back meanwhile.
func (l *Link) giveBack(ctx context.Context) error {
	streams, err := l.Replica.Kept(ctx)
	if err != nil {
		return err
	}
	for _, s := range streams {
		gifts, err := l.Replica.Gifts(ctx, s)
		if err != nil {
			return err
		}
		for _, g := range gifts {
			if err := l.give(ctx, g); err != nil && !fault.Is(err, fault.OutOfOrder) {
				return err
			}
		}
	}
	return nil
}

// give offers one gift. What the server refuses for good is kept no longer; of one that it does not know as its own, each half
// is offered alone, so that one event that cannot be read costs only itself.
func (l *Link) give(ctx context.Context, g replica.Gift) error {
	if l.Replica.Left(id.Incident(g.Stream)) { // it was purged since it was read
		return nil
	}
	err := l.send(ctx, g)
	if fault.Is(err, fault.Denied) {
		if first, second, ok := g.Halves(); ok {
			if err := l.give(ctx, first); err != nil {
				return err
			}
			return l.give(ctx, second)
		}
	}
	if err != nil && !fault.KindOf(err).Permanent() {
		return err
	}
	if err != nil {
		l.Logger.Warn("the server does not take back what it may lack", "stream", g.Stream, "error", err)
	}
	if fault.Is(err, fault.NotFound) {
		return l.Replica.Unseen(ctx, g)
	}
	return l.Replica.Given(ctx, g)
}

func (l *Link) send(ctx context.Context, g replica.Gift) error {
	api, _, err := l.clients()
	if err != nil {
		return err
	}
	epoch, err := l.Replica.Epoch(ctx)
	if err != nil {
		return err
	}
	req, err := wire.GiftRequest(epoch, g.Records())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	if _, err := api.GiveBack(ctx, req); err != nil {
		return wire.FromError(err)
	}
	return nil
}
