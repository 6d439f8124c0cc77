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
		for _, n := range w.server.nodes {
			n.checkAllSights()
		}
	}
}

// checkAnswer sees to it that a command gets the answer that is stored, and that none is tried for ever.
func (n *node) checkAnswer(r *request, result ledger.Result) {
	w := n.w
	for i, o := range result.Outcomes {
		command := r.push.Submissions[i].ID
		kind := fault.Kind(0)
		if o.Fault != nil {
			kind = o.Fault.Kind
		}
		if !o.Kind.Final() {
			if o.Kind == stream.Retry && kind == fault.Internal {
				if n.retries[command]++; n.retries[command] > 2 {
					w.fail(10, "command %s was tried %d times", command.Short(), n.retries[command])
				}
			}
			continue
		}
		have, ok := n.server.log.answers[command]
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
	if c.lost(r.sub.Target) {
		return
	}
	caused := l.causes[r.sub.ID]
	if _, answered := l.answers[r.sub.ID]; len(caused) == 0 && !answered {
		c.w.fail(7, "%s: command %s is closed, and the log that is copied here does not know it", c.name, r.sub.ID.Short())
	}
	for _, e := range caused {
		if e.kind == id.KindWorkspace || c.lost(e.stream) || c.comes(e) {
			continue
		}
		if have := stream.Seq(c.copy.state(e.stream, e.kind)); have < e.seq {
			c.w.fail(7, "%s: command %s is closed, its event is %d of %s, and only %d are here", c.name, r.sub.ID.Short(), e.seq, e.stream.Short(), have)
		}
	}
}

// lost reports whether nothing is here of an incident that could not always be seen: it is to be purged from the outbox too, or comes again.
func (c *client) lost(s id.Stream) bool {
	return c.copy.states[s] == nil && c.copy.line.hid(c.actor.Person, s)
}

// comes reports whether an event lies where the cursor has yet to come, because its incident was moved there since it happened: what was
// lost of one that could not be seen comes again with that, page by page.
func (c *client) comes(e effect) bool {
	rows := c.copy.line.streams[e.stream].rows
	moved := slices.ContainsFunc(rows[e.seq:], func(r *row) bool {
		switch r.event.(type) {
		case incident.Concealed, incident.Revealed:
			return true
		default:
			return false
		}
	})
	r := rows[e.seq-1]
	return moved && r.ScopePos > c.copy.cursors[r.Scope].Pos && c.copy.line.hid(c.actor.Person, e.stream)
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
	places := l.scopes[scope]
	if cursor.Pos > uint64(len(places)) {
		c.w.fail(8, "%s: its cursor is at %d of a scope that ends at %d", c.name, cursor.Pos, len(places))
		return
	}
	here := c.copy.places(scope)
	for _, p := range places[:cursor.Pos] {
		if p.row == nil {
			continue
		}
		if !c.checkPlace(scope, p.row, here[p.row.ScopePos]) {
			return
		}
	}
}

// checkPlace compares an event of the log with what is here of it.
func (c *client) checkPlace(scope id.Scope, r *row, e *stream.Stored) bool {
	if have := stream.Seq(c.copy.state(r.Stream, r.Kind)); have < r.StreamSeq {
		c.w.fail(8, "%s: %s stands at event %d, and the cursor is behind event %d", c.name, r.Stream.Short(), have, r.StreamSeq)
		return false
	}
	if e == nil {
		e = c.before(r)
	}
	missing := slices.ContainsFunc(c.copy.gaps, func(g stream.Gap) bool {
		return g.Scope == scope && g.Low < r.ScopePos && r.ScopePos <= g.High
	})
	switch {
	case e == nil && !missing:
		c.w.fail(8, "%s: event %d of %s, at %d of %s, is missing, and nothing says so", c.name, r.StreamSeq, r.Stream.Short(), r.ScopePos,
			id.Stream(scope).Short())
		return false
	case e != nil && (e.Envelope != r.Envelope || !c.alike(*e, r)):
		c.w.fail(15, "%s: event %d of %s is not what the log has: %+v %x, %+v %x",
			c.name, r.StreamSeq, r.Stream.Short(), e.Envelope, e.Payload, r.Envelope, r.Payload)
		return false
	}
	return true
}

// before returns an event that is here as it stood in the same scope before its incident was revealed, and concealed again, while
// nobody was looking: that it has moved is of no consequence.
func (c *client) before(r *row) *stream.Stored {
	for _, e := range c.copy.events[r.Stream] {
		if e.StreamSeq == r.StreamSeq && e.Scope == r.Scope && e.ScopePos < r.ScopePos {
			own := *e
			own.ScopePos = r.ScopePos
			return &own
		}
	}
	return nil
}

// alike reports whether an event is the log's to the byte. Where its words were erased there, they are no longer here either, as
// soon as that is known here.
func (c *client) alike(e stream.Stored, r *row) bool {
	if bytes.Equal(e.Payload, r.Payload) {
		return true
	}
	entry, _, blank := wire.Blank(r.Kind, r.Payload)
	return blank && !slices.Contains(c.copy.erased[r.Stream], entry) && wire.Digest(r.Kind, e.Payload) == wire.Digest(r.Kind, r.Payload)
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
		for _, e := range w.server.log.happened {
			own, ok := c.file.ids[e.command]
			if !ok {
				continue
			}
			if w.refusedOnce(e.command) {
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
