package sim

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// checkRow looks at an event before it is in its stream.
func (l *log) checkRow(h *history, r *row) {
	if r.StreamSeq != uint64(len(h.rows))+1 {
		l.w.fail(4, "%s comes behind %d", r.where(), len(h.rows))
	}
	if h.kind != r.Kind || len(h.rows) > 0 && h.scope != r.Scope {
		l.w.fail(4, "%s lies in another scope than those before it", r.where())
	}
}

// checkFresh looks at an event that has just happened, behind a number.
func (l *log) checkFresh(r *row, was stream.State, before uint64) {
	if causes := l.causes[r.Command]; len(causes) > 0 && causes[0].behind != before {
		l.w.fail(1, "%s happens again", r.where())
	}
	if r.Occurred.After(r.Received) {
		l.w.fail(13, "%s occurred %s after it was received", r.where(), r.Occurred.Sub(r.Received))
	}
	if _, ok := r.event.(workspace.IncidentWithdrawn); ok && (r.Actor != id.Actor{} || !r.Occurred.Equal(r.Received.Truncate(time.Microsecond))) {
		l.w.fail(9, "%s tells by whom, or when, an incident was concealed", r.where())
	}
	if l.twin != nil {
		l.checkNumber(r, was)
	}
}

// where names an event.
func (r *row) where() string {
	return fmt.Sprintf("event %d of %s, of command %s", r.StreamSeq, r.Stream.Short(), r.Command.Short())
}

// checkMoved sees to it that what was moved is whole, and what it was.
func (l *log) checkMoved(c ledger.Change) {
	for _, s := range c.Moved {
		h := l.streams[s]
		if len(h.rows) != len(h.states) {
			l.w.fail(4, "%s has moved with %d of %d events", s.Short(), len(h.rows), len(h.states))
			return
		}
		for i, was := range h.former {
			now := h.rows[i]
			if now.Command != was.Command || now.Actor != was.Actor || now.Received != was.Received || now.Occurred != was.Occurred ||
				!bytes.Equal(now.Payload, was.Payload) {
				l.w.fail(4, "%s is another since it has moved", now.where())
			}
		}
		h.former = nil
		if i, ok := l.newest(s).(incident.Incident); !ok || stream.ScopeOf(i, h.scope) != h.scope {
			l.w.fail(9, "%s has moved where it does not belong", s.Short())
		}
	}
}

// checkNumber sees to it that no INC number is given to two incidents, and none to a private one.
func (l *log) checkNumber(r *row, was stream.State) {
	w, number := l.w, uint32(0)
	switch e := r.event.(type) {
	case incident.Declared:
		if number = e.Number; e.Private != (number == 0) {
			w.fail(9, "%s is given INC-%d", r.where(), number)
		}
	case incident.Revealed:
		if before, _ := was.(incident.Incident); before.Number == 0 || before.Number != e.Number {
			number = e.Number
		}
	}
	if number == 0 {
		return
	}
	if other, twice := w.given[number]; twice && other != r.Stream && !w.forked {
		w.fail(4, "INC-%d is given to %s and was given to %s", number, r.Stream.Short(), other.Short())
	}
	w.given[number] = r.Stream
	l.fresh = append(l.fresh, number)
}

// checkNumbers sees to it that a change gives exactly the next INC numbers: a hole would tell of something that is not seen.
func (l *log) checkNumbers(c ledger.Change) {
	slices.Sort(l.fresh)
	for i, number := range l.fresh {
		if number != l.number+uint32(i)+1 {
			l.w.fail(9, "the INC numbers %v are given, and the last was INC-%d", l.fresh, l.number)
		}
	}
	if l.twin != nil && c.Number != l.number+uint32(len(l.fresh)) {
		l.w.fail(9, "INC numbers up to %d are taken, and the last that was given is INC-%d", c.Number, l.number+uint32(len(l.fresh)))
	}
	l.fresh = nil
}

// checkAllSights sees to it that whoever looks has taken over who sees what, as the states say it.
func (n *node) checkAllSights() {
	l := n.server.log
	if n.decider == nil || n.taken != l.seq {
		return
	}
	for _, c := range n.w.clients {
		if have, want := n.decider.Scopes(c.actor.Person), l.scopesOf(c.actor.Person); !slices.Equal(have, want) {
			n.w.fail(9, "node %s lets a person see %v, and they may see %v", n.name, have, want)
		}
	}
}
