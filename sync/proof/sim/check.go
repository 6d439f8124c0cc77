package sim

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// wholeEvery is after how many steps everything is computed again.
const wholeEvery = 100

// fail notes that one of the invariants of the design, section 3, was broken. The first one ends the run.
func (w *world) fail(invariant int, format string, args ...any) {
	if w.violation != "" {
		return
	}
	w.violation = fmt.Sprintf("step %d, invariant %d: %s", w.step, invariant, fmt.Sprintf(format, args...))
	w.say("VIOLATED: %s", w.violation)
}

// check looks at what the last step touched, and now and then at everything.
func (w *world) check() {
	whole := w.step%wholeEvery == 0
	for _, c := range w.clients {
		if w.doubtful[c.copy.life] { // there are two logs of that name, and the client cannot know: the end will be judged
			c.closed, c.touched, c.afresh = nil, nil, false
			continue
		}
		for _, r := range c.closed {
			c.checkClosed(r)
		}
		for _, s := range c.touched {
			c.checkState(s)
		}
		if whole || c.afresh {
			c.checkWhole()
		} else if n := len(c.touched); n > 0 && c.process != nil {
			c.checkShown(c.touched[w.random.IntN(n)])
		}
		c.closed, c.touched, c.afresh = c.closed[:0], c.touched[:0], false
	}
	if whole {
		w.checkOrder()
	}
}

// checkRow looks at an event before it is in the log.
func (w *world) checkRow(l *log, r timeline.Row) {
	place := fmt.Sprintf("event %d of %s, of command %s", r.StreamSeq, r.Stream.Short(), r.Command.Short())
	if r.Seq != uint64(len(l.rows))+1 || r.ScopePos != uint64(len(l.scopes[r.Scope]))+1 {
		w.fail(4, "%s has number %d and place %d behind %d and %d", place, r.Seq, r.ScopePos, len(l.rows), len(l.scopes[r.Scope]))
	}
	before := 0
	if h := l.streams[r.Stream]; h != nil {
		before = len(h.rows)
		if h.scope != r.Scope || h.kind != r.Kind {
			w.fail(4, "%s lies in another scope than those before it", place)
		}
	}
	if r.StreamSeq != uint64(before)+1 {
		w.fail(4, "%s comes behind %d", place, before)
	}
	if causes := l.causes[r.Command]; len(causes) > 0 && causes[0].Seq <= l.seq {
		w.fail(1, "%s happens again: it was event %d before", place, causes[0].Seq)
	}
	if r.Occurred.After(r.Received) {
		w.fail(13, "%s occurred %s after it was received", place, r.Occurred.Sub(r.Received))
	}
	w.checkNumber(l, r)
}

// checkNumber sees to it that no INC number is given to two incidents.
func (w *world) checkNumber(_ *log, r timeline.Row) {
	if r.Kind != id.KindIncident || r.StreamSeq != 1 {
		return
	}
	event, err := wire.DecodeEvent(r.Kind, r.Payload)
	declared, ok := event.(incident.Declared)
	if err != nil || !ok {
		return
	}
	if other, twice := w.given[declared.Number]; twice && other != r.Stream && !w.forked {
		w.fail(4, "INC-%d is given to %s and was given to %s", declared.Number, r.Stream.Short(), other.Short())
	}
	w.given[declared.Number] = r.Stream
}

// checkAnswer sees to it that a command gets the answer that is stored, and that none is tried for ever.
func (w *world) checkAnswer(s *server, r *request, result ledger.Result) {
	for i, o := range result.Outcomes {
		command := r.push.Submissions[i].ID
		kind := fault.Kind(0)
		if o.Fault != nil {
			kind = o.Fault.Kind
		}
		if !o.Kind.Final() {
			if o.Kind == stream.Retry && kind == fault.Internal {
				if s.retries[command]++; s.retries[command] > 2 {
					w.fail(10, "command %s was tried %d times", command.Short(), s.retries[command])
				}
			}
			continue
		}
		have, ok := s.log.answers[command]
		o.Mid, have.Mid = 0, 0
		if !ok || !bytes.Equal(wire.EncodeOutcome(have), wire.EncodeOutcome(o)) {
			w.fail(1, "command %s is answered %+v, and stored is %+v", command.Short(), o, have)
		}
		switch {
		case kind == fault.Poison:
			w.count(Poisoned)
		case o.Kind == stream.Rejected:
			w.count(Rejected)
		case o.Kind == stream.Conflict:
			w.count(Conflict)
		}
	}
}

// checkClosed sees to it that what is no longer shown as one's own is part of what is confirmed here, or was refused
// and given up.
func (c *client) checkClosed(r *command) {
	if !r.closed || r.discarded {
		return
	}
	if r.outcome == nil {
		c.w.fail(7, "%s: command %s is closed without an answer", c.name, r.sub.ID.Short())
		return
	}
	l := c.copy.line
	if r.refused() || l == nil {
		return
	}
	caused := l.causes[r.sub.ID]
	if _, answered := l.answers[r.sub.ID]; len(caused) == 0 && !answered {
		c.w.fail(7, "%s: command %s is closed, and the log that is copied here does not know it", c.name, r.sub.ID.Short())
	}
	for _, e := range caused {
		if have := stream.Seq(c.copy.state(e.Stream, e.Kind)); have < e.StreamSeq {
			c.w.fail(7, "%s: command %s is closed, its event is %d of %s, and only %d are here", c.name, r.sub.ID.Short(), e.StreamSeq, e.Stream.Short(), have)
		}
	}
}

// checkOutcome sees to it that what is stored as the server's answer is its last word.
func (c *client) checkOutcome(r *command) {
	if r.outcome == nil {
		return
	}
	if !r.outcome.Kind.Final() {
		c.w.fail(7, "%s: command %s is called answered, and the answer %d is none", c.name, r.sub.ID.Short(), r.outcome.Kind)
	}
	if r.outcome.Epoch != c.copy.life || c.copy.line == nil || c.w.doubtful[c.copy.life] {
		return // of two logs of one name, the one that said so may be the lost one: what it refused stays refused
	}
	if said, ok := c.copy.line.answers[r.sub.ID]; !ok || said.Kind != r.outcome.Kind {
		c.w.fail(1, "%s: command %s was answered %d, and the server says %d", c.name, r.sub.ID.Short(), r.outcome.Kind, said.Kind)
	}
}

// checkState compares a stream's confirmed state with the server's at the same event.
func (c *client) checkState(s id.Stream) {
	l, state := c.copy.line, c.copy.states[s]
	if l == nil || state == nil {
		return
	}
	seq := stream.Seq(state)
	h := l.streams[s]
	if h == nil || seq > uint64(len(h.rows)) {
		c.w.fail(5, "%s: %s stands at event %d, which the log does not have", c.name, s.Short(), seq)
		return
	}
	for _, r := range h.rows[:seq] {
		if sinceEvent(r.event) > c.copy.fold {
			return // this version knows less, and fetches all again when it knows more
		}
	}
	if !reflect.DeepEqual(state, l.state(s, seq)) && !bytes.Equal(encode(state), l.encoded(s, seq)) {
		c.w.fail(5, "%s: %s at event %d is %+v, and %+v at the server", c.name, s.Short(), seq, state, l.state(s, seq))
	}
}

// checkWhole computes everything of a client again.
func (c *client) checkWhole() {
	for _, r := range c.file.rows {
		c.checkClosed(r)
		c.checkOutcome(r)
	}
	for _, s := range c.copy.order {
		c.checkState(s)
	}
	for scope, cursor := range c.copy.cursors {
		c.checkScope(scope, cursor)
	}
	if c.process != nil {
		c.checkAllShown()
	}
}

// checkScope sees to it that every event up to the cursor is here or said to be missing, as it is in the log, and is part
// of its stream's state.
func (c *client) checkScope(scope id.Scope, cursor stream.Cursor) {
	l := c.copy.line
	rows := l.scopes[scope]
	if cursor.Pos > uint64(len(rows)) {
		c.w.fail(8, "%s: its cursor is at %d of a scope that ends at %d", c.name, cursor.Pos, len(rows))
		return
	}
	if !slices.Contains(scopesOf(c.actor.Person), scope) {
		c.w.fail(9, "%s: it has a cursor in a scope that is not its own", c.name)
	}
	for _, r := range rows[:cursor.Pos] {
		if have := stream.Seq(c.copy.state(r.Stream, r.Kind)); have < r.StreamSeq {
			c.w.fail(8, "%s: %s stands at event %d, and the cursor is behind event %d", c.name, r.Stream.Short(), have, r.StreamSeq)
			return
		}
		e := c.copy.places[scope][r.ScopePos]
		missing := slices.ContainsFunc(c.copy.gaps, func(g stream.Gap) bool {
			return g.Scope == scope && g.Low < r.ScopePos && r.ScopePos <= g.High
		})
		switch {
		case e == nil && !missing:
			c.w.fail(8, "%s: event %d of %s is missing, and nothing says so", c.name, r.StreamSeq, r.Stream.Short())
			return
		case e != nil && (e.Envelope != r.Envelope || !bytes.Equal(e.Payload, r.Payload)):
			c.w.fail(15, "%s: event %d of %s is not what the log has", c.name, r.StreamSeq, r.Stream.Short())
			return
		}
	}
}

// checkOrder sees to it that the effects of each outbox are in the log in the order of giving. A command that was refused in
// a life of the log that is lost is not offered again by the copy of an outbox that knows, and by one that does not it is:
// that one's order is of its own making. And as long as nobody knows that a log was put back by hand, it takes what is given
// before it is given back what it lacks.
func (w *world) checkOrder() {
	if len(w.doubtful) > 0 {
		return
	}
	for _, c := range w.clients {
		last := int64(0)
		for _, r := range w.server.log.rows {
			own, ok := c.file.ids[r.Command]
			if !ok {
				continue
			}
			if w.refusedOnce(r.Command) {
				continue
			}
			if own.seq < last {
				w.fail(3, "%s: command %d has its effect behind command %d", c.name, own.seq, last)
			}
			last = max(last, own.seq)
		}
	}
}

// refusedOnce reports whether some copy of an outbox knows that a command was refused.
func (w *world) refusedOnce(command id.Command) bool {
	return slices.ContainsFunc(w.clients, func(c *client) bool {
		r, ok := c.file.ids[command]
		return ok && r.refused()
	})
}
