package sim

import (
	"errors"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

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
	n := c.node
	c.w.send(&message{name: "a wish for a bootstrap", client: c, up: true, arrive: func() {
		n.bootstrap(c, func(all protocol.Snapshot) {
			c.w.send(&message{name: "a bootstrap", client: c, arrive: func() {
				if c.process != nil && c.booting == number {
					c.do(func() error { return c.bootstrap(all, refused) })
				}
			}})
		}, func(error) { c.refused(func() bool { return c.booting == number }, func() { c.booting = 0 }) })
	}})
	return nil
}

// bootstrap does what link does with a snapshot that came whole.
func (c *client) bootstrap(all protocol.Snapshot, refused bool) error {
	c.booting = 0
	if _, err := c.out.OfferAgain(c.w.ctx, stream.EpochOf(all.Cursors), refused); err != nil {
		return err
	}
	former := c.copy
	if slices.ContainsFunc(former.order, func(s id.Stream) bool { return !holds(all, s) }) {
		c.begun++
	}
	err := c.change(func(t *tx) error {
		if err := protocol.TakeSnapshot(c.w.ctx, t, all); err != nil {
			return err
		}
		return t.missing(former)
	})
	if err != nil {
		return err
	}
	if err := c.file.see(c.copy.life); err != nil {
		return err
	}
	c.w.count(Refetched)
	c.following.Afresh = false
	return c.open(all.Cursors)
}

// holds reports whether something of a stream is in a snapshot.
func holds(all protocol.Snapshot, s id.Stream) bool {
	return slices.ContainsFunc(all.Heads, func(h stream.Head) bool { return h.Stream == s })
}

// open asks for a tail behind cursors.
func (c *client) open(cursors []stream.Cursor) error {
	if err := c.expect(); err != nil {
		return err
	}
	t := &tail{client: c, node: c.node}
	c.tail = t
	c.w.send(&message{name: "a wish to follow", client: c, up: true, arrive: func() {
		t.node.open(t, cursors, func(err error) {
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
	if why == fault.Unavailable && !c.w.calm {
		c.move()
	}
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
	c.w.say("%s: hears %s", c.name, f)
	if err := c.hear(f); err != nil {
		if c.tail != nil && !errors.Is(err, errPower) {
			c.ended(fault.KindOf(err))
		}
		return err
	}
	c.heard = true
	return nil
}

// hear takes over what a message of the tail says.
func (c *client) hear(f frame) error {
	if f.beats {
		return c.sees(f.private)
	}
	return c.change(func(t *tx) error {
		for _, b := range f.batches {
			if err := protocol.TakeBatch(c.w.ctx, t, b); err != nil {
				return err
			}
		}
		return nil
	})
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
	n := c.node
	c.w.send(&message{name: "a wish to fill", client: c, up: true, arrive: func() {
		n.fill(c, g, func(of id.Epoch, events []stream.Stored, low uint64) {
			c.w.send(&message{name: "a fill", client: c, arrive: func() {
				if c.process == nil || c.filling != number {
					return
				}
				c.filling = 0
				c.do(func() error {
					c.w.count(Filled)
					c.w.say("%s: fills %s from %d to %d with %d events", c.name, id.Stream(g.Scope).Short(), g.High, low, len(events))
					g.Epoch = of
					return c.change(func(t *tx) error { return protocol.TakeFill(c.w.ctx, t, g, events, low) })
				})
			}})
		}, func(error) { c.refused(func() bool { return c.filling == number }, func() { c.filling = 0 }) })
	}})
	return nil
}

// backfill asks for earlier events of a stream that somebody looks at.
func (c *client) backfill() error {
	if c.filling != 0 || len(c.copy.order) == 0 {
		return nil
	}
	s := c.copy.order[c.w.random.IntN(len(c.copy.order))]
	before := 1 + c.w.random.Uint64N(1+stream.Seq(c.copy.states[s]))
	c.w.numbers++
	number, n := c.w.numbers, c.node
	c.filling = number
	c.w.send(&message{name: "a wish to backfill", client: c, up: true, arrive: func() {
		n.backfill(c, s, before, func(of id.Epoch, events []stream.Stored) {
			c.w.send(&message{name: "a backfill", client: c, arrive: func() {
				if c.process == nil || c.filling != number {
					return
				}
				c.filling = 0
				c.do(func() error {
					c.w.count(Backfilled)
					return c.change(func(t *tx) error { return protocol.TakeEarlier(c.w.ctx, t, of, events) })
				})
			}})
		}, func(error) { c.refused(func() bool { return c.filling == number }, func() { c.filling = 0 }) })
	}})
	return nil
}
