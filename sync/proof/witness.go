package proof

import (
	"context"
	"errors"
	"fmt"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// watches reads everything from the server again and again until ctx ends, and notes it as seen: what was acknowledged before
// a reading began must be in it. While the server is down nothing is read.
func (c *Caller) watches(ctx context.Context, h *history.History, pause time.Duration) {
	for wait(ctx, pause) == nil {
		from := c.Clock.Moment().Boot
		states, err := c.readAll(ctx)
		until := c.Clock.Moment().Boot
		if err != nil {
			continue // it was down, or went down
		}
		for _, s := range states {
			h.Read(history.Head{Reader: "a fresh client", State: s, From: from, Until: until})
		}
	}
}

// readAll bootstraps, as a client without a copy does, and returns the incidents as they then stand.
func (c *Caller) readAll(ctx context.Context) ([]incident.Incident, error) {
	parts, err := c.Bootstrap(ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		return nil, wire.FromError(err)
	}
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	states, whole := map[id.Stream]stream.State{}, false
	for parts.Receive() {
		whole = len(parts.Msg().GetCursors()) > 0
		if err := takeHeads(states, parts.Msg().GetHeads()); err != nil {
			return nil, err
		}
		if err := takeRecords(states, parts.Msg().GetRecords()); err != nil {
			return nil, err
		}
	}
	if err := parts.Err(); err != nil {
		return nil, wire.FromError(err)
	}
	if !whole {
		return nil, errors.New("the bootstrap has no end")
	}
	var out []incident.Incident
	for _, s := range states {
		if i, ok := s.(incident.Incident); ok {
			out = append(out, i)
		}
	}
	return out, nil
}

func takeHeads(states map[id.Stream]stream.State, heads []*tsugiv1.Head) error {
	all, err := wire.HeadsFrom(heads)
	if err != nil {
		return err
	}
	for _, h := range all {
		if states[h.Stream], err = wire.DecodeState(h); err != nil {
			return fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
	}
	return nil
}

func takeRecords(states map[id.Stream]stream.State, records []*tsugiv1.Record) error {
	events, err := wire.EventsFrom(records)
	if err != nil {
		return err
	}
	for _, e := range events {
		before, known := states[e.Stream]
		if !known {
			before = stream.Zero(e.Kind)
		}
		if e.StreamSeq != stream.Seq(before)+1 {
			continue // it is in the head
		}
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return err
		}
		states[e.Stream] = stream.Apply(before, e.Envelope, event)
	}
	return nil
}
