package sim

import (
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// tail is one connection on which events come down, in order.
type tail struct {
	client *client
	node   *node
	from   map[id.Scope]uint64
	frames []frame
	begun  bool
	cut    bool // nothing more comes
	over   bool // the server has ended it
}

// frame is one message of a tail.
type frame struct {
	batches []stream.Batch
	end     fault.Kind // why the server ends it, where it does
	ends    bool
	beats   bool
	private []id.Scope // with a heartbeat: all that the client's person may see
}

// String tells what a message says.
func (f frame) String() string {
	if f.beats {
		return fmt.Sprintf("a heartbeat with %d private scopes", len(f.private))
	}
	var out []string
	for _, b := range f.batches {
		out = append(out, fmt.Sprintf("%d events and %d heads of %s up to %d", len(b.Events), len(b.Heads), id.Stream(b.Cursor.Scope).Short(), b.Cursor.Pos))
	}
	return strings.Join(out, ", ")
}

// open answers a wish to follow: with a refusal, or with what was missed and then all that comes.
func (n *node) open(t *tail, cursors []stream.Cursor, refuse func(error)) {
	if t.begun || t.cut {
		return
	}
	if n.decider == nil {
		refuse(unreached())
		return
	}
	t.begun = true
	from, err := n.resume(t.client.actor.Person, cursors)
	if err != nil {
		refuse(err)
		return
	}
	t.from = from
	for _, scope := range n.decider.Scopes(t.client.actor.Person) {
		n.backlog(t, scope)
	}
	n.tails = append(n.tails, t)
	t.beat()
}

// beat tells a follower that the server is there, and what they may see.
func (t *tail) beat() {
	list, err := t.node.decider.Listed(t.client.actor.Person, t.from)
	if err != nil {
		t.end(fault.KindOf(err))
		return
	}
	t.frames = append(t.frames, frame{beats: true, private: list})
}

func (t *tail) end(why fault.Kind) {
	t.over = true
	t.frames = append(t.frames, frame{ends: true, end: why})
}

// pass hands a batch on to whoever follows and may see it. Several may share a message; whoever is too slow is told to
// resume.
func (t *tail) pass(b stream.Batch) {
	known, follows := t.from[b.Cursor.Scope]
	if t.over || !follows || b.Cursor.Pos <= known || !t.node.decider.Sees(t.client.actor.Person, b.Cursor.Scope) {
		return
	}
	t.from[b.Cursor.Scope] = b.Cursor.Pos
	if len(t.frames) > mostFrames {
		t.end(fault.Resume)
		return
	}
	t.node.checkSent(t.client, ledger.Part{Events: b.Events, Cursors: []stream.Cursor{b.Cursor}})
	if n := len(t.frames); n > 0 && !t.frames[n-1].ends && !t.frames[n-1].beats && t.client.w.random.IntN(2) == 0 {
		t.frames[n-1].batches = append(t.frames[n-1].batches, b)
		return
	}
	t.frames = append(t.frames, frame{batches: []stream.Batch{b}})
}

// hasNews reports whether there is something for the client to hear.
func (t *tail) hasNews() bool { return len(t.frames) > 0 || t.cut }
