package sim

import (
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// checkSent sees to it that nobody is sent what they may not know of: since each event there was a moment at which its stream was
// theirs to see.
func (n *node) checkSent(c *client, part ledger.Part) {
	l, p := n.server.log, c.actor.Person
	for _, e := range part.Events {
		if !l.mayKnow(p, e.Stream, e.StreamSeq) {
			n.w.fail(9, "%s is sent event %d of %s, which its person has never seen since", c.name, e.StreamSeq, e.Stream.Short())
		}
	}
	for _, h := range part.Heads {
		if !l.mayKnow(p, h.Stream, h.Seq) {
			n.w.fail(9, "%s is sent a head of %s, which its person has never seen since", c.name, h.Stream.Short())
		}
	}
	for _, cursor := range part.Cursors {
		plain := cursor.Scope == id.Everyone() || cursor.Scope == id.Own(p)
		if !plain && !l.mayKnow(p, id.Stream(cursor.Scope), 1) {
			n.w.fail(9, "%s is sent a cursor of %s, which its person has never seen", c.name, cursor.Scope)
		}
	}
}

// checkTurned sees to it that nobody is sent back who sees the same as before: it would tell that something happened.
func (n *node) checkTurned(since int, back ledger.SentBack) {
	l := n.server.log
	for _, p := range back.People {
		turned := slices.ContainsFunc(l.happened[since:], func(e effect) bool {
			before, _ := l.state(e.stream, e.seq-1).(incident.Incident)
			after, _ := l.state(e.stream, e.seq).(incident.Incident)
			return !before.Exists() && after.Private && after.Sees(p) || before.Sees(p) != after.Sees(p) || before.Private != after.Private
		})
		if !turned {
			n.w.fail(9, "a person is sent back though they see what they saw before")
		}
	}
}

// checkHidden sees to it that a command to an incident that its giver may not see is answered exactly as one to an incident that does
// not exist.
func (n *node) checkHidden(r ruling) {
	l := n.server.log
	for i, push := range r.read {
		for k, o := range r.results[i].Outcomes {
			sub := push.Submissions[k]
			state, ok := l.newest(sub.Target).(incident.Incident)
			if !ok || state.Sees(push.Actor.Person) || !o.Kind.Final() || !r.first(sub.ID) || r.touches(sub.Target) {
				continue
			}
			switch sub.Command.(type) {
			case incident.Declare, bomb: // of an id that exists somebody knows; what panics counts how often
				continue
			}
			n.w.count(Hidden)
			if got := n.instead(push, k); !sameAnswer(got, o) {
				n.w.fail(9, "command %s, %T, is answered %+v %v; were there no such incident, %+v %v", sub.ID.Short(), sub.Command, o, o.Fault, got, got.Fault)
			}
		}
	}
}

// instead returns the answer that a command would get if it were to an incident that does not exist.
func (n *node) instead(push ledger.Push, k int) stream.Outcome {
	other := alone(push, k)
	other.Submissions[0].Target = id.Derive[id.Stream](push.Submissions[k].ID, "nothing")
	got, err := n.decider.Begin(n.server.log.begin(), n.w.now, false).Push(n.w.ctx, other)
	if err != nil {
		n.w.fail(9, "a command to nothing cannot be decided: %v", err)
		return stream.Outcome{}
	}
	return got.Outcomes[0]
}

// first reports whether a command is answered for the first time by a ruling.
func (r ruling) first(c id.Command) bool {
	return slices.ContainsFunc(r.change.Answers, func(a ledger.Answer) bool { return a.Command == c })
}

// touches reports whether a ruling changes a stream.
func (r ruling) touches(s id.Stream) bool {
	return slices.ContainsFunc(r.change.Rows, func(row timeline.Row) bool { return row.Stream == s })
}

// checkForsaken sees to it that only commands to what a person could not see are given up.
func (w *world) checkForsaken(c *client, target id.Stream) {
	if w.doubtful[c.copy.life] {
		return
	}
	if slices.ContainsFunc(w.lines, func(l *log) bool { return l.hid(c.actor.Person, target) }) {
		return
	}
	w.fail(2, "%s: the commands to %s are given up, and its person has always seen it", c.name, target.Short())
}

// checkLeft sees to it, at the end, that a client has exactly what its person may see, and of everything else nothing.
func (c *client) checkLeft() {
	l := c.w.server.log
	want := l.scopesOf(c.actor.Person)
	for scope := range c.copy.cursors {
		if !slices.Contains(want, scope) {
			c.w.fail(11, "%s: its cursor in %s is left, which its person may not see", c.name, scope)
		}
	}
	for _, scope := range want {
		if end := l.end(scope); end > 0 && c.copy.cursors[scope].Pos != end {
			c.w.fail(12, "%s: its cursor stands at %d of %d", c.name, c.copy.cursors[scope].Pos, end)
		}
	}
	for s, h := range l.streams {
		if h.kind == id.KindIncident && !l.sees(c.actor.Person, s) && !c.keeps(id.Incident(s)) {
			c.checkGone(id.Incident(s))
		}
	}
}

// keeps reports whether a client keeps its commands to an incident of a former life of the log: it cannot know that the server has that
// incident again.
func (c *client) keeps(in id.Incident) bool {
	return protocol.FateOf(c.copy.place(id.Stream(in)), false, c.file.private[in], c.copy.life) == protocol.Waits
}

// waits reports whether a client has something to send, or has yet to hear what it may not see any more.
func (c *client) waits() bool {
	l := c.w.server.log
	for in := range c.file.private {
		if l.streams[id.Stream(in)] != nil && !l.sees(c.actor.Person, id.Stream(in)) && !c.keeps(in) {
			return true
		}
	}
	return slices.ContainsFunc(c.out.Pending, func(p protocol.Pending) bool { return !p.Refused() })
}
