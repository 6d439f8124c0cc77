package sim

import (
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/stream"
)

// patience is how many rounds everything may take to arrive when nothing fails any more.
const patience = 400

// lasts is how many of them a connection lasts.
const lasts = 40

// drain lets the faults stop. Then all outboxes must drain, all clients must hold the same, and all that was ever shown as
// stored must be there once, or be refused where its author sees it.
func (w *world) drain() {
	w.calm = true
	w.say("the faults stop")
	for _, c := range w.clients {
		c.deaf.up, c.deaf.down, c.disk.armed = false, false, false
		if c.process == nil {
			c.do(c.start)
		}
	}
	w.server.start(true)
	for round := 0; w.violation == "" && !w.quiet(); round++ {
		if round == patience {
			w.fail(12, "not everything has arrived: %s", w.waits())
			return
		}
		w.round(round)
	}
	w.settled()
}

// round lets everybody go on, and the step count with them.
func (w *world) round(n int) {
	w.step++
	for len(w.flying) > 0 {
		w.deliver()
	}
	for _, n := range w.server.nodes {
		n.work()
	}
	for _, n := range w.server.nodes {
		n.look()
		n.beat(true)
	}
	for _, c := range w.clients {
		if n%lasts == 0 {
			c.giveUp() // what was lost is waited for in vain, and no connection lasts for ever
		}
		if n == 0 && w.forked {
			c.do(c.give) // a log that was put back by hand is noticed with the next command at the latest
		}
		for _, what := range []func() error{c.push, c.follow, c.fill} {
			if c.process == nil {
				c.do(c.start)
			}
			c.do(what)
		}
		for c.tail != nil && c.tail.hasNews() {
			c.do(c.listen)
		}
	}
	w.check()
}

// quiet reports whether everything has arrived.
func (w *world) quiet() bool {
	for _, c := range w.clients {
		if c.process == nil || c.tail == nil || !c.tail.begun || c.tail.cut || len(c.tail.frames) > 0 || len(c.copy.gaps) > 0 {
			return false
		}
		if c.waits() {
			return false
		}
	}
	return len(w.flying) == 0 && !slices.ContainsFunc(w.server.nodes, func(n *node) bool { return len(n.inbox) > 0 })
}

// waits tells who waits for what.
func (w *world) waits() (out string) {
	for _, c := range w.clients {
		if c.process == nil || c.waits() || len(c.copy.gaps) > 0 || c.tail == nil {
			out += c.name + " has"
			for _, p := range c.out.Pending {
				if !p.Refused() {
					out += fmt.Sprintf(" %s to %s,", p.ID.Short(), p.Target.Short())
				}
			}
			out += fmt.Sprintf(" pending, %d gaps, %d perhaps private, a tail: %t; ", len(c.copy.gaps), len(c.file.private), c.tail != nil)
		}
	}
	return out
}

// settled judges what there is at the end.
func (w *world) settled() {
	if w.violation != "" {
		return
	}
	l := w.server.log
	if w.forked {
		return // by hand, and whoever had seen more came without a cursor that says so: what is lost then nobody can know
	}
	for _, c := range w.clients {
		c.checkWhole()
		if c.copy.line != l {
			w.fail(12, "%s: follows log %d, and the server's is %d", c.name, c.copy.line.line, l.line)
		}
		c.checkLeft()
	}
	w.checkOrder()
	w.spectator.judgeAll(w)
	for _, s := range w.stored {
		r := s.c.file.ids[s.id]
		if r != nil && (r.refused() || r.discarded) {
			continue
		}
		answer, answered := l.answers[s.id]
		if len(l.causes[s.id]) == 0 && (!answered || answer.Kind != stream.Accepted) {
			w.fail(2, "%s: command %s was shown as stored, and is nowhere", s.c.name, s.id.Short())
		}
	}
}
