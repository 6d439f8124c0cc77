package replica_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// past makes the events of n incidents of a hundred events each, of ordinary length, in one scope.
func past(b *testing.B, n int) []stream.Stored {
	b.Helper()
	var out []stream.Stored
	for i := range n {
		in, by := id.New[id.Stream](), id.Actor{Person: id.Person{1, byte(i % 7)}}
		events := []incident.Event{incident.Declared{Title: fmt.Sprintf("Sample %d: checkout is slow in region %d", i, i%17), Severity: 3, Number: uint32(i + 1)}}
		for k := range 99 {
			events = append(events, incident.Written{
				Entry: id.New[id.Entry](), Text: fmt.Sprintf("Node %d of %d restarted, queue length is now %d and falling slowly.", k, n, k*i),
			})
		}
		for k, e := range events {
			payload, err := wire.EncodeEvent(e)
			if err != nil {
				b.Fatal(err)
			}
			pos := uint64(len(out) + 1)
			out = append(out, stream.Stored{Payload: payload, Envelope: id.Envelope{
				Stream: in, Kind: id.KindIncident, StreamSeq: uint64(k + 1), Scope: id.Everyone(), ScopePos: pos, Command: id.New[id.Command](),
				Actor: by, Received: noon.Add(time.Duration(pos) * time.Second), Occurred: noon.Add(time.Duration(pos) * time.Second),
			}})
		}
	}
	return out
}

// partSize is how many events the server sends in one part of a fill.
const partSize = 1000

// BenchmarkFill takes over a history behind the bootstrap, newest first, as a fresh client does.
func BenchmarkFill(b *testing.B) {
	history := past(b, 500)
	var took time.Duration
	for b.Loop() {
		r, err := replica.Open(b.Context(), b.TempDir(), clock.NewSystem())
		if err != nil {
			b.Fatal(err)
		}
		high := uint64(len(history))
		s := replica.Snapshot{Cursors: []stream.Cursor{{Scope: id.Everyone(), Pos: high, Hash: []byte{1}, Seal: []byte{2}}}}
		for i := 0; i < len(history); i += 100 {
			s.Heads = append(s.Heads, headOf(b, history[i:i+100]))
		}
		if err := r.Bootstrap(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		before := b.Elapsed()
		for ; high > 0; high -= partSize {
			if err := r.Filled(b.Context(), stream.Gap{Scope: id.Everyone(), High: high}, history[high-partSize:high], high-partSize); err != nil {
				b.Fatal(err)
			}
		}
		took += b.Elapsed() - before
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(history))/took.Seconds(), "events/s")
}

func headOf(b *testing.B, events []stream.Stored) stream.Head {
	b.Helper()
	var state stream.State = incident.Incident{}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			b.Fatal(err)
		}
		state = stream.Apply(state, e.Envelope, event)
	}
	raw, err := wire.EncodeState(state)
	if err != nil {
		b.Fatal(err)
	}
	return stream.Head{Stream: events[0].Stream, Kind: id.KindIncident, Scope: id.Everyone(), Seq: uint64(len(events)), Version: wire.FoldVersion, State: raw}
}
