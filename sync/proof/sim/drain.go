package sim

import (
	"slices"

	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// patience is how many rounds everything may take to arrive when nothing fails any more.
const patience = 400

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
	if w.server.decider == nil {
		w.server.start()
	}
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
	w.server.work()
	for _, c := range w.clients {
		if n == 0 {
			c.giveUp() // what was lost is waited for in vain
			if w.forked {
				c.do(c.give) // a log that was put back by hand is noticed with the next command at the latest
			}
		}
		for _, what := range []func() error{c.push, c.follow, c.listen, c.fill} {
			if c.process == nil {
				c.do(c.start)
			}
			c.do(what)
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
		if slices.ContainsFunc(c.out.Pending, func(p protocol.Pending) bool { return !p.Refused() }) {
			return false
		}
	}
	return len(w.flying) == 0 && len(w.server.inbox) == 0
}

// waits tells who waits for what.
func (w *world) waits() (out string) {
	for _, c := range w.clients {
		n := 0
		for _, p := range c.out.Pending {
			if !p.Refused() {
				n++
			}
		}
		if n > 0 || len(c.copy.gaps) > 0 || c.tail == nil {
			out += c.name + " has"
			for _, p := range c.out.Pending {
				if !p.Refused() {
					out += " " + p.ID.Short()
				}
			}
			out += " pending; "
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
		for scope, cursor := range c.copy.cursors {
			if cursor.Pos != uint64(len(l.scopes[scope])) {
				w.fail(12, "%s: its cursor stands at %d of %d", c.name, cursor.Pos, len(l.scopes[scope]))
			}
		}
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
