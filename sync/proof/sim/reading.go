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

// tail is one connection on which events come down, in order.
type tail struct {
	client *client
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
}

// open answers a wish to follow: with a refusal, or with what was missed and then all that comes.
func (s *server) open(t *tail, cursors []stream.Cursor, refuse func(error)) {
	if s.decider == nil || t.begun || t.cut {
		return
	}
	t.begun = true
	from, err := s.resume(t.client.actor.Person, cursors)
	if err != nil {
		refuse(err)
		return
	}
	t.from = from
	for _, scope := range scopesOf(t.client.actor.Person) {
		s.backlog(t, scope)
	}
	t.frames = append(t.frames, frame{})
	s.tails = append(s.tails, t)
}

// backlog puts what a follower missed in a scope on its tail.
func (s *server) backlog(t *tail, scope id.Scope) {
	low, high := t.from[scope], uint64(len(s.log.scopes[scope]))
	t.from[scope] = high
	if high > low+farBehind {
		s.leap(t, stream.Gap{Scope: scope, Low: low, High: high})
		return
	}
	for low < high {
		page := storedOf(s.log.scopes[scope][low:min(high, low+pageEvents)])
		if len(page) == pageEvents {
			page = ledger.Whole(page)
		}
		low = page[len(page)-1].ScopePos
		t.frames = append(t.frames, frame{batches: []stream.Batch{{Events: page, Cursor: s.log.seal(scope, low)}}})
	}
}

// leap sends heads and the newest events of what moved in a gap. Only the last batch carries the end's cursor.
func (s *server) leap(t *tail, g stream.Gap) {
	b := stream.Batch{Cursor: s.log.seal(g.Scope, g.Low)}
	for _, moved := range s.moved(g) {
		h := s.log.streams[moved]
		newest := h.rows[max(0, len(h.rows)-newestFew):]
		b.Heads = append(b.Heads, s.log.head(moved))
		b.Events = append(b.Events, storedOf(newest)...)
		if len(b.Events) >= pageEvents {
			t.frames = append(t.frames, frame{batches: []stream.Batch{b}})
			b = stream.Batch{Cursor: b.Cursor}
		}
	}
	b.Cursor, b.Gap = s.log.seal(g.Scope, g.High), &g
	t.frames = append(t.frames, frame{batches: []stream.Batch{b}})
	s.w.count(Gap)
}

func (s *server) moved(g stream.Gap) []id.Stream {
	var out []id.Stream
	for _, r := range s.log.scopes[g.Scope][g.Low:g.High] {
		if !slices.Contains(out, r.Stream) {
			out = append(out, r.Stream)
		}
	}
	return out
}

func storedOf(rows []*row) []stream.Stored {
	out := make([]stream.Stored, len(rows))
	for i, r := range rows {
		out[i] = r.Stored
	}
	return out
}

// pass hands a batch on to whoever follows and may see it. Several may share a message; whoever is too slow is told to
// resume.
func (t *tail) pass(b stream.Batch) {
	known, sees := t.from[b.Cursor.Scope]
	if !sees || b.Cursor.Pos <= known {
		return
	}
	t.from[b.Cursor.Scope] = b.Cursor.Pos
	if len(t.frames) > mostFrames {
		t.over = true
		t.frames = append(t.frames, frame{ends: true, end: fault.Resume})
		return
	}
	if n := len(t.frames); n > 0 && !t.frames[n-1].ends && t.client.w.random.IntN(2) == 0 {
		t.frames[n-1].batches = append(t.frames[n-1].batches, b)
		return
	}
	t.frames = append(t.frames, frame{batches: []stream.Batch{b}})
}

// bootstrap answers with everything that a fresh client needs, read at two moments between which others commit.
func (s *server) bootstrap(c *client, reply func(protocol.Snapshot)) {
	if s.decider == nil {
		return
	}
	life, all := s.life, protocol.Snapshot{}
	settled := map[id.Scope]uint64{}
	for _, scope := range scopesOf(c.actor.Person) {
		settled[scope] = uint64(len(s.log.scopes[scope]))
	}
	for _, target := range s.visible(settled) {
		all.Heads = append(all.Heads, s.log.head(target))
		h := s.log.streams[target]
		if i, ok := h.states[len(h.states)-1].(incident.Incident); ok && i.Status.Burning() {
			all.Events = append(all.Events, storedOf(h.rows)...)
		}
	}
	s.w.send(&message{name: "the rest of a bootstrap", client: c, arrive: func() {
		if s.decider == nil || s.life != life {
			return
		}
		for _, scope := range scopesOf(c.actor.Person) {
			rows := s.log.scopes[scope]
			all.Events = append(slices.Clip(all.Events), storedOf(rows[settled[scope]:])...)
			all.Cursors = append(slices.Clip(all.Cursors), s.log.seal(scope, uint64(len(rows))))
		}
		life = -1 // what has come once does not come again
		reply(all)
	}})
}

// visible returns the streams in some scopes, in the order in which they began.
func (s *server) visible(scopes map[id.Scope]uint64) []id.Stream {
	var out []id.Stream
	for target, h := range s.log.streams {
		if _, sees := scopes[h.scope]; sees {
			out = append(out, target)
		}
	}
	slices.SortFunc(out, func(a, b id.Stream) int {
		return cmp.Compare(s.log.streams[a].rows[0].Seq, s.log.streams[b].rows[0].Seq)
	})
	return out
}

// fill answers with the newest events of a gap, and how far down they go.
func (s *server) fill(g stream.Gap, reply func(of id.Epoch, events []stream.Stored, low uint64)) {
	if s.decider == nil {
		return
	}
	rows := s.log.scopes[g.Scope]
	high := min(g.High, uint64(len(rows)))
	low := min(max(g.Low, high-min(high, pageEvents)), high)
	events := storedOf(rows[low:high])
	slices.Reverse(events)
	reply(s.log.epoch, events, low)
}
