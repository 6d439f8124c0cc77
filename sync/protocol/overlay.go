package protocol

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Overlay is what is shown: the own commands that wait, decided and folded over what is confirmed. It is of one moment, and
// never stored.
type Overlay struct {
	Actor id.Actor
	Setup workspace.Setup
	// Now is when commands are given, by the device's clock.
	Now time.Time
	// Targets holds the waiting commands by their streams, in order.
	Targets map[id.Stream][]Pending

	canonical func(ctx context.Context, s id.Stream, kind id.Kind) (stream.State, error)
	merging   map[id.Stream][]id.Stream // what waiting commands merge into a stream
	moments   map[moment]stream.State   // of other streams, that waiting commands rest on
}

// NewOverlay returns the overlay of an actor's waiting commands, see Outbox.Waiting, over the confirmed states that canonical
// returns, which must all be of one moment.
func NewOverlay(by id.Actor, w workspace.Setup, waiting []Pending, canonical func(context.Context, id.Stream, id.Kind) (stream.State, error)) *Overlay {
	o := &Overlay{Actor: by, Setup: w, Targets: map[id.Stream][]Pending{}, canonical: canonical}
	for _, p := range waiting {
		o.Targets[p.Target] = append(o.Targets[p.Target], p)
		o.merges(p)
	}
	return o
}

// merges notes what a waiting command would merge.
func (o *Overlay) merges(p Pending) {
	c, ok := p.Command.(incident.Merge)
	into := id.Stream(c.Into)
	if !ok || slices.Contains(o.merging[into], p.Target) {
		return
	}
	if o.merging == nil {
		o.merging = map[id.Stream][]id.Stream{}
	}
	o.merging[into] = append(o.merging[into], p.Target)
}

// Give decides a new command on what is shown. It returns the command with the base that the decision rests on, and what
// it would do. What the rules refuse already now is returned as a fault. A conflict is not refused here: it goes to the
// server, which keeps it for the audit and asks the person.
func (o *Overlay) Give(ctx context.Context, target id.Stream, c stream.Command) (stream.Command, []stream.Event, error) {
	canonical, shown, err := o.Fold(ctx, target, c.Stream())
	if err != nil {
		return c, nil, err
	}
	given, err := o.given(ctx, c, latest)
	if err != nil {
		return c, nil, err
	}
	given.At = o.Now
	c = rebase(c, shown, stream.Seq(canonical))
	if err := stream.Check(target, c, o.Actor); err != nil {
		return c, nil, err
	}
	decided, err := stream.Decide(shown, given, c, o.Actor)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return c, nil, err
	}
	return c, decided, nil
}

// rebase returns c with the base that it rests on.
func rebase(c stream.Command, shown stream.State, canonical uint64) stream.Command {
	switch wish := c.(type) {
	case incident.Command:
		state, _ := shown.(incident.Incident)
		return incident.Rebase(wish, state, canonical)
	case oncall.Command:
		state, _ := shown.(oncall.Rotation)
		return oncall.Rebase(wish, state, canonical)
	case escalation.PolicyCommand:
		state, _ := shown.(escalation.PolicyState)
		return escalation.RebasePolicy(wish, state, canonical)
	default:
		return c
	}
}

// Fold returns a stream's confirmed state, and what is shown of it: the pending commands decided and
// folded on top.
func (o *Overlay) Fold(ctx context.Context, target id.Stream, kind id.Kind) (canonical, shown stream.State, err error) {
	if canonical, err = o.canonical(ctx, target, kind); err != nil {
		return nil, nil, err
	}
	shown, _, err = o.On(ctx, target, canonical)
	return canonical, shown, err
}

// On folds the pending commands of a stream, and what follows from those of others, over its canonical state, and
// returns their events. A command that the rules would now refuse shows nothing: the server will refuse it too, and
// then its author is asked.
func (o *Overlay) On(ctx context.Context, target id.Stream, canonical stream.State) (stream.State, []stream.Recorded, error) {
	return o.pendingOn(ctx, target, canonical, latest)
}

// latest is behind every pending command.
const latest = int64(math.MaxInt64)

// moment is a stream as it is shown to a command that was given at some place in the outbox.
type moment struct {
	stream id.Stream
	before int64
}

// given returns what a decision on c may rest on, where c stands in the outbox behind all commands below a number. On the
// way to an answer each stream is folded once for each such place, however often incidents are merged to and fro.
func (o *Overlay) given(ctx context.Context, c stream.Command, before int64) (incident.Given, error) {
	others, err := stream.Beside(c, func(s id.Stream) (stream.State, error) { return o.at(ctx, moment{stream: s, before: before}) })
	return incident.Given{Setup: o.Setup, Others: others}, err
}

// at returns an incident as it is shown at a moment.
func (o *Overlay) at(ctx context.Context, m moment) (stream.State, error) {
	if have, ok := o.moments[m]; ok {
		return have, nil
	}
	canonical, err := o.canonical(ctx, m.stream, id.KindIncident)
	if err != nil {
		return nil, err
	}
	shown, _, err := o.pendingOn(ctx, m.stream, canonical, m.before)
	if err != nil {
		return nil, err
	}
	if o.moments == nil {
		o.moments = map[moment]stream.State{}
	}
	o.moments[m] = shown
	return shown, nil
}

// active returns the pending commands on a stream that are not part of its canonical state yet.
func (o *Overlay) active(target id.Stream, canonical uint64) []Pending {
	var out []Pending
	for _, p := range o.Targets[target] {
		if !p.Accepted() || canonical < p.Outcome.Seq {
			out = append(out, p)
		}
	}
	return out
}

// pendingOn is On with the commands below a number in the outbox.
func (o *Overlay) pendingOn(ctx context.Context, target id.Stream, canonical stream.State, before int64) (stream.State, []stream.Recorded, error) {
	steps, err := o.steps(ctx, target, canonical, before)
	if err != nil {
		return nil, nil, err
	}
	shown := canonical
	var events []stream.Recorded
	for _, s := range steps {
		given, err := o.given(ctx, s.wish, s.order+s.behind)
		if err != nil {
			return nil, nil, err
		}
		given.At = s.wall
		decided, err := stream.Decide(shown, given, s.wish, o.Actor)
		if err != nil {
			continue
		}
		for _, e := range decided {
			env := id.Envelope{
				Stream: target, Kind: s.wish.Stream(), StreamSeq: stream.Seq(shown) + 1, Command: s.id, Actor: o.Actor, Occurred: s.wall,
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
func (o *Overlay) steps(ctx context.Context, target id.Stream, canonical stream.State, before int64) ([]step, error) {
	var out []step
	for _, p := range o.active(target, stream.Seq(canonical)) {
		if p.Seq < before {
			out = append(out, step{id: p.ID, wish: p.Command, wall: p.Written.Wall, order: p.Seq})
		}
	}
	own := len(out)
	for _, cause := range o.causes(target, canonical) {
		more, err := o.following(ctx, cause, target, before)
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
func (o *Overlay) causes(target id.Stream, canonical stream.State) []id.Stream {
	out := o.merging[target]
	state, _ := canonical.(incident.Incident)
	for _, absorbed := range state.Absorbed {
		if s := id.Stream(absorbed); len(o.Targets[s]) > 0 && !slices.Contains(out, s) {
			out = append(slices.Clip(out), s)
		}
	}
	return out
}

// following returns what follows in target from the pending commands to another stream.
func (o *Overlay) following(ctx context.Context, cause, target id.Stream, before int64) ([]step, error) {
	canonical, err := o.canonical(ctx, cause, id.KindIncident)
	if err != nil {
		return nil, err
	}
	var out []step
	for _, p := range o.active(cause, stream.Seq(canonical)) {
		if p.Seq >= before {
			break
		}
		if !stream.Leads(p.Command) {
			continue
		}
		was, err := o.at(ctx, moment{stream: cause, before: p.Seq})
		if err != nil {
			return nil, err
		}
		now, err := o.at(ctx, moment{stream: cause, before: p.Seq + 1})
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
