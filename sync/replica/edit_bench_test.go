package replica_test

import (
	"fmt"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// BenchmarkEdit takes over other words for the oldest entry of a room, as they come from the server one after the other.
// Only the rooms' sizes differ: an edit is to cost the same in all of them.
func BenchmarkEdit(b *testing.B) {
	for _, entries := range []int{100, 4000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) { benchmarkEdit(b, entries) })
	}
}

func benchmarkEdit(b *testing.B, entries int) {
	b.Helper()
	r, err := replica.Open(b.Context(), b.TempDir(), clock.NewSystem())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() })
	t := talk{in: id.New[id.Stream](), by: id.Actor{Person: id.Person{1}, Device: id.Device{1}}}
	if err := r.Bootstrap(b.Context(), replica.Snapshot{Cursors: []stream.Cursor{{Scope: id.Everyone(), Hash: []byte{1}, Seal: []byte{2}}}}); err != nil {
		b.Fatal(err)
	}
	first := id.New[id.Entry]()
	events := []stream.Stored{t.says(b, incident.Declared{Title: "Checkout is slow", Severity: 3, Number: 1})}
	for i := range entries {
		e := incident.Written{Entry: id.New[id.Entry](), Text: fmt.Sprintf("Node %d restarted, queue length is now %d and falling slowly.", i%40, i)}
		if i == 0 {
			e.Entry = first
		}
		events = append(events, t.says(b, e))
	}
	if err := r.Apply(b.Context(), []stream.Batch{t.batch(events...)}); err != nil {
		b.Fatal(err)
	}
	edits := 0
	for b.Loop() {
		edits++
		edit := t.says(b, incident.Edited{Entry: first, Text: fmt.Sprintf("Node 0 restarted, as was found out the %dth time.", edits)})
		if err := r.Apply(b.Context(), []stream.Batch{t.batch(edit)}); err != nil {
			b.Fatal(err)
		}
	}
	if in, err := r.Incident(b.Context(), id.Incident(t.in)); err != nil || in.Seq != uint64(1+entries+edits) {
		b.Fatalf("the room is folded up to %d: %v", in.Seq, err)
	}
}

// talk is a room in which one person says everything, and the only one of its scope.
type talk struct {
	in  id.Stream
	by  id.Actor
	pos uint64
}

func (t *talk) says(b *testing.B, e incident.Event) stream.Stored {
	b.Helper()
	payload, err := wire.EncodeEvent(e)
	if err != nil {
		b.Fatal(err)
	}
	t.pos++
	return stream.Stored{Payload: payload, Envelope: id.Envelope{
		Stream: t.in, Kind: id.KindIncident, StreamSeq: t.pos, Scope: id.Everyone(), ScopePos: t.pos, Command: id.New[id.Command](),
		Actor: t.by, Received: noon, Occurred: noon,
	}}
}

// batch is what the server sends of the newest events.
func (t *talk) batch(events ...stream.Stored) stream.Batch {
	return stream.Batch{Events: events, Cursor: stream.Cursor{Scope: id.Everyone(), Pos: t.pos, Hash: []byte{1}, Seal: []byte{2}}}
}
