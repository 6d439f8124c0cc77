package ledger

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Rotation is a rotation as it stands, and when it was changed last.
type Rotation struct {
	oncall.Rotation
	Changed time.Time
}

// Rotations returns all rotations, in no order.
func (l *Ledger) Rotations(ctx context.Context) ([]Rotation, error) {
	var streams []id.Stream
	err := timeline.Heads(ctx, l.DB.Reader(), []id.Kind{id.KindRotation}, []id.Scope{id.Everyone()}, func(h stream.Head) error {
		streams = append(streams, h.Stream)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the rotations: %w", err)
	}
	out := make([]Rotation, 0, len(streams))
	for _, s := range streams {
		r, err := l.Rotation(ctx, id.Rotation(s))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Rotation returns a rotation. It fails with a NotFound fault where there is none.
func (l *Ledger) Rotation(ctx context.Context, r id.Rotation) (Rotation, error) {
	e, err := l.fold(ctx, l.DB.Reader(), id.Stream(r), id.KindRotation)
	if err != nil {
		return Rotation{}, err
	}
	state, ok := e.state.(oncall.Rotation)
	if !ok || len(state.Versions) == 0 {
		return Rotation{}, noSuchStream()
	}
	out := Rotation{Rotation: state}
	newest, err := timeline.Before(ctx, l.DB.Reader(), id.Stream(r), math.MaxInt64, 1)
	if err == nil && len(newest) > 0 {
		out.Changed = newest[0].Received
	}
	return out, err
}

// RotationPast is what became of a rotation since it stood at a stream_seq.
type RotationPast struct {
	Before  oncall.Rotation // as it stood then
	Now     oncall.Rotation
	Owner   id.Person   // who made it; zero for the server itself
	Actors  []id.Person // who has changed it since; zero for the server itself
	Changed time.Time
}

// RotationSince returns how a rotation stood after the event of a stream_seq, how it stands now, and who has changed it meanwhile. It fails
// with a NotFound fault where there is none.
func (l *Ledger) RotationSince(ctx context.Context, r id.Rotation, seq uint64) (RotationPast, error) {
	var out RotationPast
	events, err := timeline.Since(ctx, l.DB.Reader(), id.Stream(r), 0)
	if err != nil {
		return out, err
	}
	if len(events) == 0 || events[0].Kind != id.KindRotation {
		return out, noSuchStream()
	}
	out.Owner = events[0].Actor.Person
	state := stream.Zero(id.KindRotation)
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return out, fmt.Errorf("read what became of rotation %s: %w", r, err)
		}
		state = stream.Apply(state, e.Envelope, event)
		if e.StreamSeq == seq {
			out.Before, _ = state.(oncall.Rotation)
		}
		if e.StreamSeq > seq {
			out.Actors = append(out.Actors, e.Actor.Person)
		}
		out.Changed = e.Received
	}
	out.Now, _ = state.(oncall.Rotation)
	return out, nil
}
