package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// log is the database that all nodes share. A restored one is another log, that begins with what the backup had.
type log struct {
	w        *world
	line     int // which log this is, counted over the run
	epoch    id.Epoch
	seq      uint64
	number   uint32
	fresh    []uint32 // the INC numbers that a commit gives
	places   []place  // by the number of each
	scopes   map[id.Scope][]place
	streams  map[id.Stream]*history
	happened []effect // in order, wherever it lies by now
	causes   map[id.Command][]effect
	answers  map[id.Command]stream.Outcome
	accounts map[id.Client]account
	twin     *twin // nil for one that is a twin itself
}

// place is a place in the log: an event, or what one has left that lies elsewhere by now.
type place struct {
	row  *row
	left *ledger.Tombstone
}

func (p place) hash() []byte {
	if p.left != nil {
		return p.left.Hash
	}
	return p.row.Hash
}

type row struct {
	timeline.Row
	event stream.Event
}

// effect is an event by what never changes of it.
type effect struct {
	stream  id.Stream
	kind    id.Kind
	seq     uint64
	command id.Command
	behind  uint64 // the last number before the commit that it came with
}

// history is one stream, with all states that it went through.
type history struct {
	kind   id.Kind
	scope  id.Scope
	rows   []*row
	states []stream.State // behind each row
	bytes  [][]byte       // of the states, where they were asked for
	former []*row         // where it was before the commit that moves it
}

type account struct {
	person     id.Person
	generation []byte
	lastMid    uint64
}

func newLog(w *world, epoch id.Epoch) *log {
	return &log{
		w: w, epoch: epoch, scopes: map[id.Scope][]place{}, streams: map[id.Stream]*history{},
		causes: map[id.Command][]effect{}, answers: map[id.Command]stream.Outcome{}, accounts: map[id.Client]account{},
	}
}

// backup returns a copy of the log as it stands.
func (l *log) backup() *log {
	b := *l
	b.places, b.happened = slices.Clip(l.places), slices.Clip(l.happened)
	b.scopes, b.causes = clipped(l.scopes), clipped(l.causes)
	b.answers, b.accounts = maps.Clone(l.answers), maps.Clone(l.accounts)
	b.streams = map[id.Stream]*history{}
	for s, h := range l.streams {
		own := *h
		own.rows, own.states, own.bytes = slices.Clip(h.rows), slices.Clip(h.states), slices.Clone(h.bytes)
		b.streams[s] = &own
	}
	if l.twin != nil {
		b.twin = &twin{log: l.twin.log.backup()}
	}
	return &b
}

func clipped[K comparable, V any](m map[K][]V) map[K][]V {
	out := make(map[K][]V, len(m))
	for k, v := range m {
		out[k] = slices.Clip(v)
	}
	return out
}

// standing is where the log stands, for a decider that goes on from there.
func (l *log) standing(setup workspace.Setup) ledger.Standing {
	out := ledger.Standing{Epoch: l.epoch, Seq: l.seq, Number: l.number, Setup: setup}
	for scope, places := range l.scopes {
		out.Ends = append(out.Ends, stream.Cursor{Scope: scope, Pos: uint64(len(places)), Hash: places[len(places)-1].hash()})
	}
	for _, h := range l.streams {
		if i, ok := h.states[len(h.states)-1].(incident.Incident); ok && h.scope != id.Everyone() {
			out.Private = append(out.Private, i)
		}
	}
	return out
}

// end returns the last position of a scope.
func (l *log) end(scope id.Scope) uint64 { return uint64(len(l.scopes[scope])) }

// events returns the events of a scope above one position and up to another, at most so many.
func (l *log) events(scope id.Scope, low, high uint64, most int) []stream.Stored {
	var out []stream.Stored
	for _, p := range l.scopes[scope][min(low, high):high] {
		if p.row != nil && len(out) < most {
			out = append(out, p.row.Stored)
		}
	}
	return out
}

// knows reports whether the log has, or had, at a cursor's position what it had when it gave the cursor.
func (l *log) knows(c stream.Cursor) bool {
	places := l.scopes[c.Scope]
	return c.Pos > 0 && c.Pos <= uint64(len(places)) && bytes.Equal(places[c.Pos-1].hash(), c.Hash)
}

// newest returns a stream's state as it stands; nil where there is none.
func (l *log) newest(s id.Stream) stream.State {
	h := l.streams[s]
	if h == nil {
		return nil
	}
	return h.states[len(h.states)-1]
}

// scopesOf returns what somebody may see as the log stands, by the states alone: everybody's, their own, and then private ones.
func (l *log) scopesOf(p id.Person) []id.Scope {
	var private []id.Scope
	for s, h := range l.streams {
		if i, ok := l.newest(s).(incident.Incident); ok && h.scope == id.Private(i.ID) && i.Sees(p) {
			private = append(private, h.scope)
		}
	}
	slices.SortFunc(private, id.Scope.Compare)
	return append([]id.Scope{id.Everyone(), id.Own(p)}, private...)
}

// sees reports whether somebody may see a stream as the log stands. It is false for one that does not exist.
func (l *log) sees(p id.Person, s id.Stream) bool {
	i, ok := l.newest(s).(incident.Incident)
	return ok && i.Sees(p)
}

// hid reports whether there was a moment at which somebody could not see an incident.
func (l *log) hid(p id.Person, s id.Stream) bool {
	h := l.streams[s]
	return h != nil && slices.ContainsFunc(h.states, func(s stream.State) bool {
		i, ok := s.(incident.Incident)
		return ok && !i.Sees(p)
	})
}

// mayKnow reports whether somebody may have been told of an event: since it happened there was a moment at which they saw its stream.
func (l *log) mayKnow(p id.Person, s id.Stream, seq uint64) bool {
	h := l.streams[s]
	if h == nil || seq == 0 || seq > uint64(len(h.states)) {
		return false
	}
	if h.kind != id.KindIncident {
		return h.scope == id.Everyone() || h.scope == id.Own(p)
	}
	for _, state := range slices.Backward(h.states[seq-1:]) {
		if i, ok := state.(incident.Incident); ok && i.Sees(p) {
			return true
		}
	}
	return false
}

// state returns what a stream's first seq events fold to.
func (l *log) state(s id.Stream, seq uint64) stream.State {
	h := l.streams[s]
	if h == nil || seq == 0 || seq > uint64(len(h.states)) {
		return nil
	}
	return h.states[seq-1]
}

// encoded returns the bytes of a state.
func (l *log) encoded(s id.Stream, seq uint64) []byte {
	h := l.streams[s]
	if h == nil || seq == 0 || seq > uint64(len(h.states)) {
		return nil
	}
	for len(h.bytes) < len(h.states) {
		h.bytes = append(h.bytes, nil)
	}
	if h.bytes[seq-1] == nil {
		h.bytes[seq-1] = encode(h.states[seq-1])
	}
	return h.bytes[seq-1]
}

func encode(s stream.State) []byte {
	raw, err := wire.EncodeState(s)
	if err != nil {
		return []byte(err.Error())
	}
	return raw
}

// head returns a stream's head as it stands.
func (l *log) head(s id.Stream) stream.Head {
	h := l.streams[s]
	seq := uint64(len(h.rows))
	return stream.Head{Stream: s, Kind: h.kind, Scope: h.scope, Seq: seq, Version: wire.FoldVersion, State: l.encoded(s, seq)}
}

// name tells logs apart, but for their times.
func (l *log) name() string {
	sum := sha256.New()
	for i, p := range l.places {
		if p.row == nil {
			fmt.Fprintf(sum, "%d left %s %d\n", i, p.left.Stream, p.left.StreamSeq) //nolint:errcheck // a hash takes everything
			continue
		}
		r := p.row
		fmt.Fprintf(sum, "%s %s %d %d %x\n", r.Command, r.Stream, r.StreamSeq, r.ScopePos, r.Payload) //nolint:errcheck // see above
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:8])
}

// Folded returns a stream as it stands, see ledger.Reader.
func (l *log) Folded(_ context.Context, s id.Stream, kind id.Kind) (*ledger.Folded, error) {
	h := l.streams[s]
	if h == nil {
		return ledger.NewFolded(kind, id.Scope{}, stream.Zero(kind), 0), nil
	}
	seq := uint64(len(h.rows))
	return ledger.NewFolded(h.kind, h.scope, h.states[seq-1], seq), nil
}
