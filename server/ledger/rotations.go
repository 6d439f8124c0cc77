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
	"github.com/tsugi-app/tsugi/sync/workspace"
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

// RotationMoment is a rotation as it stood after one event.
type RotationMoment struct {
	oncall.Rotation
	Event stream.Event
	At    time.Time // when the server took the event
	By    id.Person // whose it was; zero for the server itself
}

// RotationHistory returns how a rotation stood after each of its events. It fails with a NotFound fault where there is none.
func (l *Ledger) RotationHistory(ctx context.Context, r id.Rotation) ([]RotationMoment, error) {
	events, err := timeline.Since(ctx, l.DB.Reader(), id.Stream(r), 0)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 || events[0].Kind != id.KindRotation {
		return nil, noSuchStream()
	}
	out := make([]RotationMoment, 0, len(events))
	state := stream.Zero(id.KindRotation)
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return nil, fmt.Errorf("read what became of rotation %s: %w", r, err)
		}
		state = stream.Apply(state, e.Envelope, event)
		now, _ := state.(oncall.Rotation)
		out = append(out, RotationMoment{Rotation: now, Event: event, At: e.Received, By: e.Actor.Person})
	}
	return out, nil
}

// Reader returns what is one person's alone.
func (l *Ledger) Reader(ctx context.Context, p id.Person) (workspace.Reader, error) {
	e, err := l.fold(ctx, l.DB.Reader(), id.Reader(p), id.KindReader)
	if err != nil {
		return workspace.Reader{}, err
	}
	reader, _ := e.state.(workspace.Reader)
	return reader, nil
}
