package sim

import (
	"context"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// node is one of a log's servers: what its process remembers.
type node struct {
	server  *server
	w       *world
	name    string
	version int

	decider *ledger.Decider // nil while it is down
	taken   uint64          // the last number that it has taken in
	life    int             // counts starts
	inbox   []*request
	tails   []*tail
	retries map[id.Command]int // tries of a command that fails, in this life
}

// start opens the log.
func (n *node) start() {
	n.decider = ledger.NewDecider(quiet(), n.server.log.standing(n.w.setup))
	n.taken = n.server.log.seq
	n.life++
	n.retries = map[id.Command]int{}
	n.w.say("node %s: starts, log %d", n.name, n.server.log.line)
}

// crash loses everything that is not in the log.
func (n *node) crash() {
	if n.decider == nil {
		return
	}
	n.decider, n.inbox = nil, nil
	for _, t := range n.tails {
		t.cut = true
	}
	n.tails = nil
	n.w.count(ServerCrashed)
	n.w.say("node %s: crashes", n.name)
}

// upgrade replaces the node's program now and then.
func (n *node) upgrade() {
	if n.version < latest && n.w.random.IntN(2) == 0 {
		n.version++
		n.w.count(Upgraded)
	}
}

// seal returns the sealed cursor of a position. The seal tells logs apart for the checks; the server does not look at
// that, as the real one does not.
func (n *node) seal(scope id.Scope, pos uint64) stream.Cursor {
	c := stream.Cursor{Scope: scope, Pos: pos, Epoch: n.decider.Epoch(), Seal: lineSeal(n.server.log)}
	if pos > 0 {
		c.Hash = n.server.log.scopes[scope][pos-1].hash()
	}
	return c
}

// Own reports whether a cursor is one of this log's present life.
func (n *node) Own(c stream.Cursor) bool { return len(c.Seal) > 0 && c.Epoch == n.decider.Epoch() }

// Knows reports whether the log has at a cursor's position what it had when it gave the cursor.
func (n *node) Knows(_ context.Context, c stream.Cursor) (bool, error) {
	return n.server.log.knows(c), nil
}

// look takes in what the other nodes have committed, as the ledger does it.
func (n *node) look() {
	l := n.server.log
	if n.decider.Epoch() != l.epoch {
		n.decider.Counted(l.epoch, l.number)
		n.sendBack(func(*tail) bool { return true })
	}
	if n.taken == l.seq {
		return
	}
	var (
		rows []timeline.Row
		left []ledger.Tombstone
	)
	for _, p := range l.places[n.taken:] {
		if p.row != nil {
			rows = append(rows, p.row.Row)
		} else {
			left = append(left, *p.left)
		}
	}
	_, back, err := n.decider.TakeIn(n.w.ctx, l, rows, left)
	if err != nil {
		n.w.fail(8, "node %s: %d events and %d places behind %d cannot be taken in: %v", n.name, len(rows), len(left), n.taken, err)
		return
	}
	n.w.say("node %s: takes in %d events behind %d", n.name, len(rows), n.taken)
	n.taken = l.seq
	n.decider.Counted(l.epoch, l.number)
	n.w.count(TakenIn)
	n.tell(rows, back)
}

// tell hands on what was committed, as ledger's tell does it: whoever follows no longer what they should is sent back before.
func (n *node) tell(rows []timeline.Row, back ledger.SentBack) {
	if back.All {
		n.sendBack(func(*tail) bool { return true })
		return
	}
	n.sendBack(func(t *tail) bool { return slices.Contains(back.People, t.client.actor.Person) })
	var scopes []id.Scope
	for _, r := range rows {
		if !slices.Contains(scopes, r.Scope) {
			scopes = append(scopes, r.Scope)
		}
	}
	n.w.random.Shuffle(len(scopes), func(i, j int) { scopes[i], scopes[j] = scopes[j], scopes[i] })
	for _, scope := range scopes {
		b := stream.Batch{}
		for _, r := range rows {
			if r.Scope == scope {
				b.Events = append(b.Events, r.Stored)
			}
		}
		b.Cursor = n.seal(scope, b.Events[len(b.Events)-1].ScopePos)
		for _, t := range n.tails {
			t.pass(b)
		}
	}
	n.tails = slices.DeleteFunc(n.tails, func(t *tail) bool { return t.cut || t.over })
}

// sendBack tells some of those who follow to go on from their cursors.
func (n *node) sendBack(those func(*tail) bool) {
	n.tails = slices.DeleteFunc(n.tails, func(t *tail) bool {
		if !those(t) {
			return false
		}
		t.end(fault.Resume)
		return true
	})
}

// beat lets the heart of somebody's tail beat, or of all.
func (n *node) beat(all bool) {
	if n.decider == nil || len(n.tails) == 0 {
		return
	}
	those := n.tails
	if !all {
		i := n.w.random.IntN(len(n.tails))
		those = n.tails[i : i+1]
	}
	for _, t := range those {
		t.beat()
	}
	n.tails = slices.DeleteFunc(n.tails, func(t *tail) bool { return t.cut || t.over })
}

// resume checks the cursors of somebody who wants to follow.
func (n *node) resume(p id.Person, cursors []stream.Cursor) (map[id.Scope]uint64, error) {
	n.look()
	life := n.decider.Epoch()
	from, err := ledger.Resume(n.w.ctx, n, n.decider.Scopes(p), cursors)
	if fault.Is(err, fault.Reset) {
		n.w.count(Reset)
	}
	if ledger.IsFork(err) {
		n.w.count(Fork)
		n.beginEpoch(life)
	}
	return from, err
}
