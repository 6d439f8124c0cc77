package replica

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// latest is behind every pending command.
const latest = int64(math.MaxInt64)

// moment is a stream as it is shown to a command that was given at some place in the outbox.
type moment struct {
	stream id.Stream
	before int64
}

// given returns what a decision on c may rest on, where c stands in the outbox behind all commands below a number. On the
// way to an answer each stream is folded once for each such place, however often incidents are merged to and fro.
func (v *view) given(ctx context.Context, c stream.Command, before int64) (incident.Given, error) {
	others, err := stream.Beside(c, func(s id.Stream) (stream.State, error) { return v.at(ctx, moment{stream: s, before: before}) })
	return incident.Given{Setup: v.setup, Others: others}, err
}

// at returns an incident as it is shown at a moment.
func (v *view) at(ctx context.Context, m moment) (stream.State, error) {
	if have, ok := v.moments[m]; ok {
		return have, nil
	}
	canonical, err := v.canonical(ctx, m.stream, id.KindIncident)
	if err != nil {
		return nil, err
	}
	shown, _, err := v.pendingOn(ctx, m.stream, canonical, m.before)
	if err != nil {
		return nil, err
	}
	if v.moments == nil {
		v.moments = map[moment]stream.State{}
	}
	v.moments[m] = shown
	return shown, nil
}

// canonical returns a stream's confirmed state.
func (v *view) canonical(ctx context.Context, target id.Stream, kind id.Kind) (stream.State, error) {
	h, err := timeline.LoadHead(ctx, v.tx, target, kind)
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	state, err := wire.DecodeState(h)
	if err != nil {
		return nil, fmt.Errorf("read head of %s: %w", target, err)
	}
	return state, nil
}

// overlay folds the pending commands of a stream, and what follows from those of others, over its canonical state, and
// returns their events. A command that the rules would now refuse shows nothing: the server will refuse it too, and
// then its author is asked.
func (v *view) overlay(ctx context.Context, target id.Stream, canonical stream.State) (stream.State, []stream.Recorded, error) {
	return v.pendingOn(ctx, target, canonical, latest)
}

// pendingOn is overlay with the commands below a number in the outbox.
func (v *view) pendingOn(ctx context.Context, target id.Stream, canonical stream.State, before int64) (stream.State, []stream.Recorded, error) {
	steps, err := v.steps(ctx, target, canonical, before)
	if err != nil {
		return nil, nil, err
	}
	shown := canonical
	var events []stream.Recorded
	for _, s := range steps {
		given, err := v.given(ctx, s.wish, s.order+s.behind)
		if err != nil {
			return nil, nil, err
		}
		decided, err := stream.Decide(shown, given, s.wish, v.actor)
		if err != nil {
			continue
		}
		for _, e := range decided {
			env := id.Envelope{
				Stream: target, Kind: s.wish.Stream(), StreamSeq: stream.Seq(shown) + 1, Command: s.id, Actor: v.actor, Occurred: s.wall,
			}
			shown = stream.Apply(shown, env, e)
			events = append(events, stream.Recorded{Envelope: env, Event: e})
		}
	}
	return shown, events, nil
}

// step is one command on the way to what is shown of a stream.
type step struct {
	id     id.Command
	wish   stream.Command
	wall   time.Time
	order  int64 // in the outbox: its own place, or that of its cause
	behind int64 // 1 for what follows from a command to another stream, which is behind it
}

// steps returns the commands to a stream that are not part of its canonical state, and what follows from those to
// others, below a number in the outbox.
func (v *view) steps(ctx context.Context, target id.Stream, canonical stream.State, before int64) ([]step, error) {
	var out []step
	for _, p := range v.active(target, stream.Seq(canonical)) {
		if p.Seq < before {
			out = append(out, step{id: p.ID, wish: p.Command, wall: p.Written.Wall, order: p.Seq})
		}
	}
	own := len(out)
	for _, cause := range v.causes(target, canonical) {
		more, err := v.following(ctx, cause, target, before)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	if len(out) > own {
		slices.SortStableFunc(out, func(a, b step) int { return cmp.Compare(a.order, b.order) })
	}
	return out, nil
}

// causes returns the streams with pending commands from which something may follow in target.
func (v *view) causes(target id.Stream, canonical stream.State) []id.Stream {
	out := v.merging[target]
	state, _ := canonical.(incident.Incident)
	for _, absorbed := range state.Absorbed {
		if s := id.Stream(absorbed); len(v.targets[s]) > 0 && !slices.Contains(out, s) {
			out = append(slices.Clip(out), s)
		}
	}
	return out
}

// following returns what follows in target from the pending commands to another stream.
func (v *view) following(ctx context.Context, cause, target id.Stream, before int64) ([]step, error) {
	canonical, err := v.canonical(ctx, cause, id.KindIncident)
	if err != nil {
		return nil, err
	}
	var out []step
	for _, p := range v.active(cause, stream.Seq(canonical)) {
		if p.Seq >= before {
			break
		}
		if !stream.Leads(p.Command) {
			continue
		}
		was, err := v.at(ctx, moment{stream: cause, before: p.Seq})
		if err != nil {
			return nil, err
		}
		now, err := v.at(ctx, moment{stream: cause, before: p.Seq + 1})
		if err != nil {
			return nil, err
		}
		for _, c := range stream.Follow(p.ID, was, now) {
			if c.Target == target {
				out = append(out, step{id: c.ID, wish: c.Command, wall: p.Written.Wall, order: p.Seq, behind: 1})
			}
		}
	}
	return out, nil
}
