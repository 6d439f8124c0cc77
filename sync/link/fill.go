package link

import (
	"context"
	"fmt"

	"connectrpc.com/connect"

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
	came := make(chan portion)
	var broken error
	go func() { // a portion is read while the one before it is stored
		defer close(came)
		broken = receiveFill(ctx, parts, ear, came)
	}()
	for p := range came {
		if err == nil {
			gap.Epoch = p.epoch
			err = l.Replica.Filled(ctx, gap, p.events, p.low)
			gap.High = p.low
		}
		if err != nil {
			ear.close() // what comes after what was not stored is of no use
		}
	}
	if err == nil {
		err = broken
	}
	return false, err
}

// portion is what came at once of what was missing, and how far down it reaches.
type portion struct {
	events []stream.Stored
	epoch  id.Epoch
	low    uint64
}

// enough is how many events of a fill are stored together: more would have those wait who read meanwhile.
const enough = 2000

// receiveFill reads a fill to its end. What comes while others are stored is gathered: each commit has to reach the disk, and the
// full-text index is written in pieces, one for each.
func receiveFill(ctx context.Context, parts *connect.ServerStreamForClient[tsugiv1.FillResponse], ear *ear, came chan<- portion) error {
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	var held *portion
	give := func() {
		if held != nil {
			came <- *held
			held = nil
		}
	}
	defer give()
	for parts.Receive() {
		ear.heard()
		msg := parts.Msg()
		events, err := wire.EventsFrom(msg.GetRecords())
		if err != nil {
			return fmt.Errorf("read the fill: %w", err)
		}
		next := portion{events: events, epoch: wire.EpochFrom(msg.GetEpoch()), low: msg.GetLow()}
		if held != nil && (held.epoch != next.epoch || len(held.events)+len(events) > enough) {
			give()
		}
		if held != nil {
			next.events = append(held.events, events...)
		}
		select {
		case came <- next:
			held = nil
		default:
			held = &next
		}
	}
	if err := parts.Err(); err != nil {
		return told(ctx, err)
	}
	return nil
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
