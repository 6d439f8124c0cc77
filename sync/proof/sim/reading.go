package sim

import (
	"cmp"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// How much the simulated server sends at once: little, so that a short run is paged, leaps and is too slow.
const (
	pageEvents = 8
	farBehind  = 24
	newestFew  = 3
	mostFrames = 24
)

// shown returns what a client may be sent of what was read, once everything is taken in that is committed, as the ledger does it.
func (n *node) shown(c *client, part ledger.Part) ledger.Part {
	n.look()
	part = n.decider.Shown(c.actor.Person, part)
	n.checkSent(c, part)
	return part
}

// backlog puts what a follower missed in a scope on its tail.
func (n *node) backlog(t *tail, scope id.Scope) {
	l := n.server.log
	low, high := t.from[scope], l.end(scope)
	t.from[scope] = max(low, high)
	if high > low+farBehind {
		n.leap(t, stream.Gap{Scope: scope, Low: low, High: high})
		return
	}
	for low < high {
		page := l.events(scope, low, high, pageEvents)
		switch len(page) {
		case 0:
			low = high // places that events have left are passed over
		case pageEvents:
			page = ledger.Whole(page)
			fallthrough
		default:
			low = page[len(page)-1].ScopePos
		}
		n.guarded(t, stream.Batch{Events: page, Cursor: n.seal(scope, low)})
	}
}

// guarded puts a batch on a tail, without what may not be seen by then.
func (n *node) guarded(t *tail, b stream.Batch) {
	part := n.shown(t.client, ledger.Part{Heads: b.Heads, Events: b.Events, Cursors: []stream.Cursor{b.Cursor}})
	if len(part.Cursors) == 0 {
		return
	}
	b.Heads, b.Events = part.Heads, part.Events
	t.frames = append(t.frames, frame{batches: []stream.Batch{b}})
}

// leap sends heads and the newest events of what moved in a gap, what was withdrawn first. Only the last batch carries the end's
// cursor.
func (n *node) leap(t *tail, g stream.Gap) {
	l := n.server.log
	start := n.seal(g.Scope, g.Low)
	b := stream.Batch{Cursor: start}
	for _, moved := range n.moved(g) {
		h := l.streams[moved]
		b.Heads = append(b.Heads, l.head(moved))
		if h.kind == id.KindWorkspace {
			for _, r := range h.rows {
				if r.ScopePos > g.Low && r.ScopePos <= g.High {
					b.Events = append(b.Events, r.Stored)
				}
			}
		} else {
			b.Events = append(b.Events, storedOf(h.rows[max(0, len(h.rows)-newestFew):])...)
		}
		if len(b.Events) >= pageEvents {
			n.guarded(t, b)
			b = stream.Batch{Cursor: start}
		}
	}
	b.Cursor, b.Gap = n.seal(g.Scope, g.High), &g
	n.guarded(t, b)
	n.w.count(Gap)
}

// moved returns the streams that have something in a gap, the set-up first.
func (n *node) moved(g stream.Gap) []id.Stream {
	l := n.server.log
	var out []id.Stream
	for _, e := range l.events(g.Scope, g.Low, g.High, int(g.High)) {
		if !slices.Contains(out, e.Stream) {
			out = append(out, e.Stream)
		}
	}
	slices.SortStableFunc(out, func(a, b id.Stream) int {
		return cmp.Compare(late(l.streams[a].kind), late(l.streams[b].kind))
	})
	return out
}

func late(k id.Kind) int {
	if k == id.KindWorkspace {
		return 0
	}
	return 1
}

func storedOf(rows []*row) []stream.Stored {
	out := make([]stream.Stored, len(rows))
	for i, r := range rows {
		out[i] = r.Stored
	}
	return out
}

// bootstrap answers with everything that a fresh client needs, read at several moments between which others commit, or with why not.
func (n *node) bootstrap(c *client, reply func(protocol.Snapshot), refuse func(error)) {
	if n.decider == nil {
		refuse(unreached())
		return
	}
	l, life, person := n.server.log, n.life, c.actor.Person
	settled := map[id.Scope]uint64{}
	for _, scope := range n.decider.Scopes(person) {
		settled[scope] = l.end(scope)
	}
	n.look() // storing the heads does
	var part ledger.Part
	for _, target := range n.visible(n.decider.Scopes(person)) {
		part.Heads = append(part.Heads, l.head(target))
		h := l.streams[target]
		if i, ok := h.states[len(h.states)-1].(incident.Incident); ok && i.Status.Burning() {
			part.Events = append(part.Events, storedOf(h.rows)...)
		}
	}
	n.w.send(&message{name: "the rest of a bootstrap", client: c, arrive: func() {
		if n.decider == nil || n.life != life {
			return
		}
		life = -1               // what has come once does not come again
		part = n.shown(c, part) // who may see it is asked when it is sent, which takes its time
		headed := map[id.Scope]bool{}
		for _, h := range part.Heads {
			headed[h.Scope] = true
		}
		n.rest(c, ledger.RestFrom(person, settled, headed), func(rest ledger.Part) {
			reply(protocol.Snapshot{Heads: part.Heads, Events: append(slices.Clip(part.Events), rest.Events...), Cursors: rest.Cursors})
		}, refuse)
	}})
}

// rest answers with what was committed since a bootstrap began, in pages between which others commit, and the cursors; or with why not,
// where a scope was lost meanwhile.
func (n *node) rest(c *client, from map[id.Scope]uint64, reply func(ledger.Part), refuse func(error)) {
	l, now := n.server.log, n.decider.Scopes(c.actor.Person)
	for scope := range from {
		if !slices.Contains(now, scope) {
			refuse(lost())
			return
		}
	}
	var all ledger.Part
	for _, scope := range now {
		all.Cursors = append(all.Cursors, n.seal(scope, l.end(scope)))
	}
	var next func()
	next = func() {
		for _, end := range all.Cursors {
			page := l.events(end.Scope, from[end.Scope], end.Pos, pageEvents)
			if len(page) == 0 {
				continue
			}
			from[end.Scope] = page[len(page)-1].ScopePos
			part := n.shown(c, ledger.Part{Events: page, Cursors: []stream.Cursor{end}})
			if len(part.Cursors) == 0 { // what comes behind would be believed
				refuse(lost())
				return
			}
			all.Events = append(all.Events, part.Events...)
			n.later(c, next)
			return
		}
		all.Cursors = n.shown(c, ledger.Part{Cursors: all.Cursors}).Cursors
		reply(all)
	}
	n.later(c, next)
}

// later goes on with what a client is sent, after whatever else happens meanwhile.
func (n *node) later(c *client, next func()) {
	life := n.life
	n.w.send(&message{name: "a page of a bootstrap", client: c, arrive: func() {
		if n.decider == nil || n.life != life {
			return
		}
		life = -1 // what has come once does not come again
		next()
	}})
}

func lost() error { return fault.New(fault.Resume, "A scope was lost.") }

// visible returns the streams in some scopes, in the order in which they began.
func (n *node) visible(scopes []id.Scope) []id.Stream {
	l := n.server.log
	var out []id.Stream
	for target, h := range l.streams {
		if slices.Contains(scopes, h.scope) {
			out = append(out, target)
		}
	}
	slices.SortFunc(out, func(a, b id.Stream) int {
		return cmp.Compare(l.streams[a].rows[0].Seq, l.streams[b].rows[0].Seq)
	})
	return out
}

// fill answers with the newest events of a gap, and how far down they go; or with why not.
func (n *node) fill(c *client, g stream.Gap, reply func(of id.Epoch, events []stream.Stored, low uint64), refuse func(error)) {
	if n.decider == nil {
		refuse(unreached())
		return
	}
	l, person := n.server.log, c.actor.Person
	if n.look(); !n.decider.Sees(person, g.Scope) {
		refuse(fault.New(fault.NotFound, "There is no such scope."))
		return
	}
	high := min(g.High, l.end(g.Scope))
	low := min(max(g.Low, high-min(high, pageEvents)), high)
	part := n.shown(c, ledger.Part{Events: l.events(g.Scope, low, high, pageEvents)})
	slices.Reverse(part.Events)
	reply(n.decider.Epoch(), part.Events, low)
}

// backfill answers with the events of one stream before another, or with why not.
func (n *node) backfill(c *client, s id.Stream, from uint64, reply func(of id.Epoch, events []stream.Stored), refuse func(error)) {
	if n.decider == nil {
		refuse(unreached())
		return
	}
	var events []stream.Stored
	if h := n.server.log.streams[s]; h != nil {
		events = storedOf(h.rows[:min(from-1, uint64(len(h.rows)))])
		events = events[max(0, len(events)-pageEvents):]
	}
	part := n.shown(c, ledger.Part{Events: events})
	if len(part.Events) == 0 {
		refuse(fault.New(fault.NotFound, "There is no such stream."))
		return
	}
	reply(n.decider.Epoch(), part.Events)
}

func unreached() error { return fault.New(fault.Unavailable, "The server is not reached.") }
