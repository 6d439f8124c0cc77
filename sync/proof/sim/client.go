package sim

import (
	"context"
	"errors"
	"slices"

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
	pushing   int // number of the push that is under way
	booting   int // number of the bootstrap that is under way
	filling   int // number of the fill that is under way
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
	c.process = &process{out: protocol.NewOutbox(c.file, beside{c})}
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
	c.w.send(&message{name: "a push", client: c, up: true, arrive: func() {
		s := c.w.server
		if s.decider == nil {
			return
		}
		if times++; times > 1 {
			c.w.count(Doubled)
		}
		s.inbox = append(s.inbox, &request{client: c, who: who, push: push, answer: func(outcomes []stream.Outcome) {
			c.w.send(&message{name: "an answer", client: c, arrive: func() { c.answered(number, who, outgoing, outcomes) }})
		}})
		if c.w.calm || c.w.random.IntN(3) > 0 {
			s.work()
		}
	}})
	return nil
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

// follow begins a tail, behind a bootstrap where one is needed.
func (c *client) follow() error {
	if c.tail != nil || c.booting != 0 {
		return nil
	}
	c.heard = false
	former := c.copy.follows()
	if len(former) > 0 && !c.following.Afresh {
		return c.open(former)
	}
	c.w.numbers++
	number, refused := c.w.numbers, c.following.Afresh
	c.booting = number
	c.w.send(&message{name: "a wish for a bootstrap", client: c, up: true, arrive: func() {
		c.w.server.bootstrap(c, func(all protocol.Snapshot) {
			c.w.send(&message{name: "a bootstrap", client: c, arrive: func() {
				if c.process != nil && c.booting == number {
					c.do(func() error { return c.bootstrap(all, refused) })
				}
			}})
		})
	}})
	return nil
}

// bootstrap does what link does with a snapshot that came whole.
func (c *client) bootstrap(all protocol.Snapshot, refused bool) error {
	c.booting = 0
	if _, err := c.out.OfferAgain(c.w.ctx, stream.EpochOf(all.Cursors), refused); err != nil {
		return err
	}
	if err := c.change(func(t *tx) error { return protocol.TakeSnapshot(c.w.ctx, t, all) }); err != nil {
		return err
	}
	if err := c.file.see(c.copy.life); err != nil {
		return err
	}
	c.w.count(Refetched)
	c.following.Afresh = false
	return c.open(all.Cursors)
}

// open asks for a tail behind cursors.
func (c *client) open(cursors []stream.Cursor) error {
	t := &tail{client: c}
	c.tail = t
	c.w.send(&message{name: "a wish to follow", client: c, up: true, arrive: func() {
		c.w.server.open(t, cursors, func(err error) {
			c.w.send(&message{name: "a refusal to be followed", client: c, arrive: func() {
				if c.process != nil && c.tail == t {
					c.ended(fault.KindOf(err))
				}
			}})
		})
	}})
	return nil
}

// ended ends a tail.
func (c *client) ended(why fault.Kind) {
	c.tail.cut = true
	c.tail = nil
	c.following.Ended(c.heard, why)
	c.w.say("%s: the tail ends, kind of fault %d, afresh: %t", c.name, why, c.following.Afresh)
}

// listen takes the next message of the tail.
func (c *client) listen() error {
	t := c.tail
	switch {
	case t == nil || c.deaf.down:
		return nil
	case len(t.frames) == 0:
		if t.cut {
			c.ended(fault.Unavailable)
		}
		return nil
	}
	f := t.frames[0]
	t.frames = t.frames[1:]
	if f.ends {
		c.ended(f.end)
		return nil
	}
	c.w.say("%s: hears %d batches", c.name, len(f.batches))
	if len(f.batches) > 0 {
		err := c.change(func(t *tx) error {
			for _, b := range f.batches {
				if err := protocol.TakeBatch(c.w.ctx, t, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			if !errors.Is(err, errPower) {
				c.ended(fault.KindOf(err))
			}
			return err
		}
	}
	c.heard = true
	return nil
}

// fill asks for the newest of what is missing.
func (c *client) fill() error {
	if c.filling != 0 || len(c.copy.gaps) == 0 {
		return nil
	}
	g := slices.MaxFunc(c.copy.gaps, func(a, b stream.Gap) int { return int(a.High) - int(b.High) })
	c.w.numbers++
	number := c.w.numbers
	c.filling = number
	c.w.send(&message{name: "a wish to fill", client: c, up: true, arrive: func() {
		c.w.server.fill(g, func(of id.Epoch, events []stream.Stored, low uint64) {
			c.w.send(&message{name: "a fill", client: c, arrive: func() {
				if c.process == nil || c.filling != number {
					return
				}
				c.filling = 0
				c.do(func() error {
					c.w.count(Filled)
					g.Epoch = of
					return c.change(func(t *tx) error { return protocol.TakeFill(c.w.ctx, t, g, events, low) })
				})
			}})
		})
	}})
	return nil
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
	c.w.say("%s: waits no longer", c.name)
}
