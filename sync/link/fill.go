package link

import (
	"context"
	"fmt"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// fillLoop fetches what is missing behind the bootstrap, newest first, while the server is there.
func (l *Link) fillLoop(ctx context.Context) {
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.fill:
		}
		for ctx.Err() == nil && l.Status().State == Live {
			done, err := l.fillOnce(ctx)
			if done {
				failures = 0
				break
			}
			if err != nil {
				l.Logger.Debug("fill", "error", err)
				if !pause(ctx, failures, nil) {
					return
				}
				failures++
			}
		}
	}
}

// fillOnce fetches the newest gap. It reports whether there was none left.
func (l *Link) fillOnce(ctx context.Context) (done bool, err error) {
	gaps, err := l.Replica.Gaps(ctx)
	if err != nil || len(gaps) == 0 {
		return err == nil, err
	}
	gap := gaps[0]
	api, _, err := l.clients()
	if err != nil {
		return false, err
	}
	ctx, ear := listen(ctx)
	defer ear.close()
	parts, err := api.Fill(ctx, &tsugiv1.FillRequest{ScopeId: gap.Scope.Bytes(), Before: gap.High + 1, After: gap.Low})
	if err != nil {
		return false, told(ctx, err)
	}
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	for parts.Receive() {
		ear.heard()
		events, err := wire.EventsFrom(parts.Msg().GetRecords())
		if err != nil {
			return false, fmt.Errorf("read the fill: %w", err)
		}
		gap.Epoch = wire.EpochFrom(parts.Msg().GetEpoch())
		if err := l.Replica.Filled(ctx, gap, events, parts.Msg().GetLow()); err != nil {
			return false, err
		}
		gap.High = parts.Msg().GetLow()
	}
	if err := parts.Err(); err != nil {
		return false, told(ctx, err)
	}
	return false, nil
}

// backfillAtOnce is how many earlier events of a room are fetched together.
const backfillAtOnce = 200

// Backfill fetches the events of one stream before the given one, for somebody who looks at it now.
func (l *Link) Backfill(ctx context.Context, s id.Stream, before uint64) error {
	api, _, err := l.clients()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := api.Backfill(ctx, &tsugiv1.BackfillRequest{StreamId: s.Bytes(), Before: before, Limit: backfillAtOnce})
	if err != nil {
		return wire.FromError(err)
	}
	var events []stream.Stored
	if events, err = wire.EventsFrom(resp.GetRecords()); err != nil {
		return fmt.Errorf("read the backfill: %w", err)
	}
	return l.Replica.Backfilled(ctx, wire.EpochFrom(resp.GetEpoch()), events)
}
