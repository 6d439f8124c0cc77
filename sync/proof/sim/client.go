package sim

import (
	"context"
	"errors"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// client is one device: its files, and its process while it runs.
type client struct {
	w       *world
	name    string
	actor   id.Actor
	version int
	watch   watch
	deaf    struct{ up, down bool } // in which directions its messages are lost
	disk    disk
	file    *outbox
	copy    *replica
	begun   int // how often the copy began anew without something that it had

	*process // nil while it does not run

	// What the checks have to look at after this step.
	closed  []*command
	touched []id.Stream
	afresh  bool
}

// process is what a running client remembers.
type process struct {
	out       protocol.Outbox
	following protocol.Following
	node      *node // that it talks to
	pushing   int   // number of the push that is under way
	booting   int   // number of the bootstrap that is under way
	filling   int   // number of the fill or backfill that is under way
	tail      *tail
	heard     bool // something has come on the tail
}

// do runs what a client does; a power failure ends its process.
func (c *client) do(what func() error) {
	err := what()
	switch {
	case errors.Is(err, errPower):
		c.w.say("%s: the power fails", c.name)
		c.stop()
	case err != nil:
		c.w.say("%s: %v", c.name, err)
	}
}

// stop ends the process, which leaves its files as they are.
func (c *client) stop() {
	if c.process != nil && c.tail != nil {
		c.tail.cut = true
	}
	c.process = nil
	c.disk.armed = false
}

// start starts the process, as replica.Open does it.
func (c *client) start() error {
	c.process = &process{out: protocol.NewOutbox(c.file, beside{c}), node: c.w.server.anyone()}
	if err := c.begin(); err != nil {
		c.process = nil
		return err
	}
	c.w.say("%s: runs, version %d, %d pending", c.name, c.version, len(c.out.Pending))
	return nil
}

func (c *client) begin() error {
	if err := c.file.begin(c.w.moment(c).Wall); err != nil {
		return err
	}
	if err := c.out.Read(c.w.ctx); err != nil {
		return err
	}
	if c.copy.version != c.version {
		if err := c.disk.write(c.refold); err != nil {
			return err
		}
	}
	for _, p := range c.out.Pending {
		if c.copy.delivered[p.ID] {
			c.out.Arrived[p.ID] = true
		}
	}
	err := c.disk.write(func() {
		clear(c.copy.delivered)
		for command := range c.out.Arrived {
			c.copy.delivered[command] = true
		}
	})
	if err != nil {
		return err
	}
	return c.out.Drop(c.w.ctx, nil)
}

// refold is what a program with another fold does to the copy: the cursors lose their seal, so that all is fetched again.
func (c *client) refold() {
	c.copy.version = c.version
	for scope, cursor := range c.copy.cursors {
		cursor.Seal = nil
		c.copy.cursors[scope] = cursor
	}
}

// overlay returns what is shown.
func (c *client) overlay() *protocol.Overlay {
	canonical := func(_ context.Context, s id.Stream, kind id.Kind) (stream.State, error) {
		return c.copy.state(s, kind), nil
	}
	return protocol.NewOverlay(c.actor, c.w.setup, c.out.Waiting(c.copy.life), canonical)
}

// give gives a command.
func (c *client) give() error {
	target, wish := c.wish()
	wish, _, err := c.overlay().Give(c.w.ctx, target, wish)
	if err != nil {
		return err
	}
	s := stream.Submission{ID: makeID[id.Command](c.w), Target: target, Written: c.w.moment(c), Command: wish}
	c.w.say("%s: gives %s: %T to %s", c.name, s.ID.Short(), wish, target.Short())
	p, err := c.file.add(s)
	if err != nil {
		return err
	}
	c.out.Pending = append(c.out.Pending, p)
	c.w.stored = append(c.w.stored, stored{c, s.ID})
	return nil
}

// push sends what waits.
func (c *client) push() error {
	if c.pushing != 0 {
		return nil
	}
	who, outgoing, err := c.out.Outgoing(c.w.ctx, 1+c.w.random.IntN(12))
	if err != nil || len(outgoing) == 0 {
		return err
	}
	push := ledger.Push{
		Client: who.Client, Actor: c.actor, Epoch: who.Life, Generation: who.Generation, Former: who.Former, Now: c.w.moment(c), Submissions: outgoing,
	}
	c.w.numbers++
	number, times := c.w.numbers, 0
	c.pushing = number
	c.w.spectator.sent(c, outgoing)
	n := c.node
	c.w.send(&message{name: "a push", client: c, up: true, arrive: func() {
		if n.decider == nil {
			c.refused(func() bool { return c.pushing == number }, func() { c.pushing = 0 })
			return
		}
		if times++; times > 1 {
			c.w.count(Doubled)
		}
		n.inbox = append(n.inbox, &request{client: c, who: who, push: push, answer: func(outcomes []stream.Outcome) {
			c.w.send(&message{name: "an answer", client: c, arrive: func() { c.answered(number, who, outgoing, outcomes) }})
		}})
		if c.w.calm || c.w.random.IntN(3) > 0 {
			n.work()
		}
	}})
	return nil
}

// refused tells a client that what it waits for does not come, where it still waits.
func (c *client) refused(waits func() bool, ends func()) {
	c.w.send(&message{name: "a refusal", client: c, arrive: func() {
		if c.process != nil && waits() {
			ends()
			c.move()
		}
	}})
}

// move lets a client talk to another node from now on.
func (c *client) move() {
	to := c.w.server.anyone()
	if to == c.node {
		return
	}
	c.w.count(Failover)
	c.w.say("%s: talks to node %s from now on", c.name, to.name)
	c.node = to
}

// answered takes the answers to a push, late ones too: the outbox must stand them.
func (c *client) answered(number int, who protocol.Identity, sent []stream.Submission, outcomes []stream.Outcome) {
	if c.process == nil {
		return
	}
	c.w.spectator.heard(sent, outcomes)
	if c.pushing == number {
		c.pushing = 0
	}
	c.do(func() error {
		c.w.say("%s: is answered %v", c.name, kinds(outcomes))
		if err := c.out.Settle(c.w.ctx, who, outcomes); err != nil {
			return err
		}
		if who.Client != c.file.client {
			return nil // of a numbering that was given up; the real client waits for no such answer
		}
		_, next, _ := protocol.Answered(outcomes)
		switch next {
		case protocol.OfferAll:
			c.w.count(OutOfOrder)
		case protocol.TakeNumber:
			c.w.count(Copied)
		case protocol.Keep:
			return nil
		}
		return c.out.Renew(c.w.ctx, next == protocol.OfferAll)
	})
}

func kinds(outcomes []stream.Outcome) []stream.OutcomeKind {
	out := make([]stream.OutcomeKind, len(outcomes))
	for i, o := range outcomes {
		out[i] = o.Kind
	}
	return out
}

// discard gives up what was refused.
func (c *client) discard() error {
	for _, p := range c.out.Pending {
		if !p.Refused() {
			continue
		}
		discarded, err := c.out.Discard(c.w.ctx, p.ID)
		if discarded || c.file.ids[p.ID].closed {
			c.file.ids[p.ID].discarded = true
		}
		return err
	}
	return nil
}

// giveUp ends waiting for what does not come.
func (c *client) giveUp() {
	c.pushing, c.filling, c.booting = 0, 0, 0
	if c.tail != nil {
		c.ended(fault.Unavailable)
	}
	c.move()
	c.w.say("%s: waits no longer", c.name)
}
