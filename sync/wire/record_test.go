package wire_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123_000, time.UTC)

// later returns an event that only a later version knows.
func later() []byte {
	raw := protowire.AppendTag(nil, 999, protowire.BytesType)
	return protowire.AppendBytes(raw, []byte("what nobody here can read"))
}

func written(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := wire.EncodeEvent(incident.Written{Entry: id.New[id.Entry](), Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func fullStored(t testing.TB, seq uint64) stream.Stored {
	t.Helper()
	return stream.Stored{
		Envelope: id.Envelope{
			Stream: id.New[id.Stream](), Kind: id.KindIncident, StreamSeq: seq, Scope: id.Everyone(), ScopePos: 300 + seq,
			Command: id.New[id.Command](), Actor: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
			Received: noon, Occurred: noon.Add(-time.Minute), Uncertain: true,
		},
		Payload: written(t, "the disk is full"),
	}
}

func fullHead(t testing.TB) stream.Head {
	t.Helper()
	state, err := wire.EncodeState(incident.Incident{Title: "disk", Severity: 2, DeclaredAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	return stream.Head{
		Stream: id.New[id.Stream](), Kind: id.KindIncident, Scope: id.Everyone(), Seq: 9, Version: wire.FoldVersion, State: state,
	}
}

func fullCursor() stream.Cursor {
	return stream.Cursor{Scope: id.Everyone(), Pos: 1 << 40, Hash: []byte("hash"), Epoch: id.New[id.Epoch](), Seal: []byte("seal")}
}

// batches are whole, empty, and with all that is optional left out.
func batches(t testing.TB) map[string]stream.Batch {
	t.Helper()
	long := fullStored(t, 3)
	long.Payload = written(t, string(bytes.Repeat([]byte("long "), 5_000)))
	return map[string]stream.Batch{
		"whole": {
			Events: []stream.Stored{fullStored(t, 1), fullStored(t, 2), long}, Cursor: fullCursor(),
			Heads: []stream.Head{fullHead(t), {}}, Gap: &stream.Gap{Scope: id.Everyone(), Low: 4, High: 500},
		},
		"empty":         {Events: []stream.Stored{}, Heads: []stream.Head{}},
		"gap from zero": {Events: []stream.Stored{{}}, Heads: []stream.Head{}, Cursor: fullCursor(), Gap: &stream.Gap{Scope: id.Everyone(), High: 1}},
	}
}

func TestASplicedBatchIsWhatProtoWouldHaveWritten(t *testing.T) {
	t.Parallel()
	for name, b := range batches(t) {
		var have v1.TailResponse
		spliced := wire.AppendBatch([]byte{}, 1, b)
		if err := proto.Unmarshal(spliced, &have); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if raw := encode(t, &have); !bytes.Equal(raw, spliced) {
			t.Errorf("%s: proto writes other bytes\nhave %x\nwant %x", name, spliced, raw)
		}
		back, err := wire.BatchesFrom(have.GetBatches())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]stream.Batch{b}, back); diff != "" {
			t.Errorf("%s changed on the way:\n%s", name, diff)
		}
	}
}

func TestASplicedRecordHoldsEveryField(t *testing.T) {
	t.Parallel()
	s := fullStored(t, 1)
	want := &v1.BackfillResponse{Records: []*v1.Record{{
		StreamId: s.Stream.Bytes(), Kind: v1.StreamKind_STREAM_KIND_INCIDENT, StreamSeq: s.StreamSeq,
		ScopeId: s.Scope.Bytes(), ScopePos: s.ScopePos, CommandId: s.Command.Bytes(),
		PersonId: s.Actor.Person.Bytes(), DeviceId: s.Actor.Device.Bytes(),
		ReceivedUs: s.Received.UnixMicro(), OccurredUs: s.Occurred.UnixMicro(), Uncertain: true, Event: &v1.Event{},
	}}}
	if err := proto.Unmarshal(s.Payload, want.GetRecords()[0].GetEvent()); err != nil {
		t.Fatal(err)
	}
	have := &v1.BackfillResponse{}
	if err := proto.Unmarshal(wire.AppendRecord(nil, 1, s), have); err != nil || !proto.Equal(have, want) {
		t.Errorf("%v\nhave %v\nwant %v", err, have, want)
	}
}

func TestSplicingAppendsBehindWhatIsThere(t *testing.T) {
	t.Parallel()
	first, second := fullStored(t, 1), fullStored(t, 2)
	both := wire.AppendRecord(wire.AppendRecord(nil, 1, first), 1, second)
	apart := append(wire.AppendRecord(nil, 1, first), wire.AppendRecord(nil, 1, second)...)
	if !bytes.Equal(both, apart) {
		t.Error("concatenated encodings differ from one encoding of both")
	}
}

func TestHeadsAndCursorsCrossTheWire(t *testing.T) {
	t.Parallel()
	heads, cursors := []stream.Head{fullHead(t), fullHead(t)}, []stream.Cursor{fullCursor(), {}}
	raw := []byte{}
	for _, h := range heads {
		raw = wire.AppendHead(raw, 1, h)
	}
	for _, c := range cursors {
		raw = wire.AppendCursor(raw, 3, c)
	}
	m := &v1.BootstrapResponse{}
	if err := proto.Unmarshal(raw, m); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(&v1.BootstrapResponse{Heads: m.GetHeads(), Cursors: wire.CursorsTo(cursors)}, m) {
		t.Errorf("spliced cursors differ: %v", m.GetCursors())
	}
	gotHeads, err := wire.HeadsFrom(m.GetHeads())
	if diff := cmp.Diff(heads, gotHeads); diff != "" || err != nil {
		t.Errorf("heads: %v\n%s", err, diff)
	}
	gotCursors, err := wire.CursorsFrom(m.GetCursors())
	if diff := cmp.Diff(cursors, gotCursors); diff != "" || err != nil {
		t.Errorf("cursors: %v\n%s", err, diff)
	}
}

func TestEventsOfALaterVersionSurvive(t *testing.T) {
	t.Parallel()
	extended := protowire.AppendTag(written(t, "known, and more"), 77, protowire.VarintType)
	extended = protowire.AppendVarint(extended, 5)
	inner := protowire.AppendTag(protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), "hello"), 50, protowire.VarintType)
	nested := protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), protowire.AppendVarint(inner, 1))
	for name, payload := range map[string][]byte{"unknown event": later(), "unknown field": extended, "unknown inner field": nested} {
		s := fullStored(t, 1)
		s.Payload, s.Kind = payload, id.Kind(77) // and in a kind of stream that nobody here knows
		m := &v1.BackfillResponse{}
		if err := proto.Unmarshal(wire.AppendRecord(nil, 1, s), m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := wire.EventsFrom(m.GetRecords())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]stream.Stored{s}, back); diff != "" {
			t.Errorf("%s changed on the way:\n%s", name, diff)
		}
	}
}

func TestAnUnknownEventMovesNothingButTheCount(t *testing.T) {
	t.Parallel()
	e, err := wire.DecodeEvent(id.KindIncident, later())
	if e != (stream.Unknown{Of: id.KindIncident}) || err != nil {
		t.Fatalf("decoded %v, %v", e, err)
	}
	h := fullHead(t)
	before, err := wire.Fold(h, nil)
	if err != nil {
		t.Fatal(err)
	}
	after, err := wire.Fold(h, []stream.Stored{{Envelope: id.Envelope{Stream: h.Stream, Kind: h.Kind, StreamSeq: 10}, Payload: later()}})
	if err != nil {
		t.Fatal(err)
	}
	want := before.(incident.Incident)
	want.Seq = 10
	if diff := cmp.Diff(want, after); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventThatDoesNotBelongInItsStreamIsUnknown(t *testing.T) {
	t.Parallel()
	e, err := wire.DecodeEvent(id.KindPerson, written(t, "in a person's record"))
	if e != (stream.Unknown{Of: id.KindPerson}) || err != nil {
		t.Errorf("decoded %v, %v", e, err)
	}
}

func TestFoldingGoesOnFromTheHead(t *testing.T) {
	t.Parallel()
	h := fullHead(t)
	at := func(seq uint64, text string) stream.Stored {
		return stream.Stored{Envelope: id.Envelope{Stream: h.Stream, Kind: h.Kind, StreamSeq: seq}, Payload: written(t, text)}
	}
	s, err := wire.Fold(h, []stream.Stored{at(8, "old"), at(9, "old"), at(10, "new"), at(11, "new")})
	if err != nil {
		t.Fatal(err)
	}
	if have := s.(incident.Incident); have.Entries != 2 || have.Seq != 11 {
		t.Errorf("%d entries at %d; want the 2 after the head, at 11", have.Entries, have.Seq)
	}
}

func TestWhatIsMalformedIsCorrupt(t *testing.T) {
	t.Parallel()
	short := []byte{1, 2, 3}
	_, eventErr := wire.DecodeEvent(id.KindIncident, encode(t, &v1.Event{Body: &v1.Event_Written{Written: &v1.Written{EntryId: short}}}))
	_, garbageErr := wire.DecodeEvent(id.KindIncident, []byte{0xff})
	_, recordErr := wire.EventsFrom([]*v1.Record{{StreamId: short}})
	_, headErr := wire.HeadsFrom([]*v1.Head{{ScopeId: short}})
	_, batchErr := wire.BatchesFrom([]*v1.Batch{{Cursor: &v1.Cursor{EpochId: short}}})
	_, batchHeadErr := wire.BatchesFrom([]*v1.Batch{{Heads: []*v1.Head{{ScopeId: short}}}})
	_, batchEventErr := wire.BatchesFrom([]*v1.Batch{{Records: []*v1.Record{{DeviceId: short}}}})
	_, outcomeErr := wire.DecodeOutcome([]byte{0xff})
	state := encode(t, &v1.State{Body: &v1.State_Incident{Incident: &v1.IncidentState{DeclaredBy: short}}})
	_, stateErr := wire.DecodeState(stream.Head{Kind: id.KindIncident, State: state})
	_, kindErr := wire.DecodeState(stream.Head{Kind: id.KindPerson, State: fullHead(t).State})
	_, foldErr := wire.Fold(stream.Head{Kind: id.KindIncident}, []stream.Stored{
		{Envelope: id.Envelope{Kind: id.KindIncident, StreamSeq: 1}, Payload: []byte{0xff}},
	})
	for name, err := range map[string]error{
		"event": eventErr, "garbage": garbageErr, "record": recordErr, "head": headErr, "batch": batchErr,
		"head in batch": batchHeadErr, "event in batch": batchEventErr, "outcome": outcomeErr,
		"state": stateErr, "kind of state": kindErr, "fold": foldErr,
	} {
		if !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v; want a Corrupt fault", name, err)
		}
	}
	if _, err := wire.CursorsFrom([]*v1.Cursor{{ScopeId: short}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("cursor: %v; want an Invalid fault", err)
	}
}

func TestStatesOfKindsWithoutRulesAreLeftAlone(t *testing.T) {
	t.Parallel()
	raw, err := wire.EncodeState(nil)
	if raw != nil || err != nil {
		t.Errorf("encoded %x, %v", raw, err)
	}
	s, err := wire.DecodeState(stream.Head{Kind: id.Kind(77), State: []byte("of a later version")})
	if s != nil || err != nil {
		t.Errorf("decoded %v, %v", s, err)
	}
	if _, err := wire.EncodeState("no state"); err == nil {
		t.Error("a string was encoded as a state")
	}
}
