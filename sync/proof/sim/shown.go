package sim

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// plain is what a client should show, computed the simplest way: the own commands that are not known to be here or refused,
// one after the other, with what follows from each, over all confirmed states at once.
func (c *client) plain() map[id.Stream]stream.State {
	all := maps.Clone(c.copy.states)
	for _, r := range c.file.rows {
		confirmed := stream.Seq(c.copy.states[r.sub.Target])
		if r.closed || r.refused() || c.out.Arrived[r.sub.ID] || r.outcome != nil && r.outcome.Epoch == c.copy.life && confirmed >= r.outcome.Seq {
			continue
		}
		before := all[r.sub.Target]
		c.put(all, stream.Consequence{ID: r.sub.ID, Target: r.sub.Target, Command: c.remembered(r)}, r.sub.Written.Wall)
		for _, f := range stream.Follow(r.sub.ID, before, all[r.sub.Target]) {
			if f.Unnamed {
				continue // nothing is shown of it
			}
			c.put(all, f, r.sub.Written.Wall)
		}
	}
	return all
}

// remembered returns a command as the process has it: words that were erased may be out of the file, and the event that says so not here
// yet, where the disk was full between the two.
func (c *client) remembered(r *command) stream.Command {
	for _, p := range c.out.Pending {
		if p.ID == r.sub.ID {
			return p.Command
		}
	}
	return r.sub.Command
}

// put folds what one command would do.
func (c *client) put(all map[id.Stream]stream.State, s stream.Consequence, at time.Time) {
	others, _ := stream.Beside(s.Command, func(s id.Stream) (stream.State, error) { return all[s], nil })
	events, err := stream.Decide(all[s.Target], incident.Given{Setup: c.w.setup, At: at, Others: others}, s.Command, c.actor)
	if err != nil {
		return
	}
	for _, e := range events {
		all[s.Target] = stream.Apply(all[s.Target], id.Envelope{
			Stream: s.Target, Kind: e.Stream(), StreamSeq: stream.Seq(all[s.Target]) + 1, Command: s.ID, Actor: c.actor, Occurred: at,
		}, e)
	}
}

// checkShown compares what is shown of a stream with what should be.
func (c *client) checkShown(s id.Stream) {
	c.compare(c.plain(), c.overlay(), s)
}

// checkAllShown compares what is shown of every stream.
func (c *client) checkAllShown() {
	all, shown := c.plain(), c.overlay()
	streams := slices.Clone(c.copy.order)
	for _, p := range c.out.Pending {
		if !slices.Contains(streams, p.Target) {
			streams = append(streams, p.Target)
		}
	}
	for _, s := range streams {
		c.compare(all, shown, s)
	}
}

func (c *client) compare(all map[id.Stream]stream.State, overlay *protocol.Overlay, s id.Stream) {
	kind := id.KindIncident
	switch s {
	case id.Reader(c.actor.Person):
		kind = id.KindReader
	case id.Workspace():
		kind = id.KindWorkspace
	}
	_, shown, err := overlay.Fold(c.w.ctx, s, kind)
	if err != nil {
		c.w.fail(6, "%s: %s cannot be shown: %v", c.name, s.Short(), err)
		return
	}
	want := all[s]
	if want == nil {
		want = stream.Zero(kind)
	}
	if !reflect.DeepEqual(shown, want) && !bytes.Equal(encode(shown), encode(want)) {
		c.w.fail(6, "%s: %s is shown as %+v, and should be %+v", c.name, s.Short(), shown, want)
	}
}
