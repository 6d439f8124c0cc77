package wire_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// arbitrary fills one case of the message's oneof, any of them, with few different values, so that
// they meet. A case that is added to the proto is drawn too.
func arbitrary(t *rapid.T, m proto.Message) []byte {
	cases := m.ProtoReflect().Descriptor().Oneofs().Get(0).Fields()
	arbitraryField(t, m.ProtoReflect(), cases.Get(rapid.IntRange(0, cases.Len()-1).Draw(t, "case")))
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func arbitraryField(t *rapid.T, m protoreflect.Message, d protoreflect.FieldDescriptor) {
	inner := func(m protoreflect.Message) {
		for i := range d.Message().Fields().Len() {
			arbitraryField(t, m, d.Message().Fields().Get(i))
		}
	}
	switch {
	case d.HasOptionalKeyword() && rapid.Bool().Draw(t, "left out"):
	case d.IsList():
		list := m.Mutable(d).List()
		for range rapid.IntRange(0, 3).Draw(t, string(d.Name())) {
			if d.Message() != nil {
				inner(list.AppendMutable().Message())
			} else {
				list.Append(arbitraryValue(t, d))
			}
		}
	case d.Message() != nil:
		inner(m.Mutable(d).Message())
	default:
		m.Set(d, arbitraryValue(t, d))
	}
}

func arbitraryValue(t *rapid.T, d protoreflect.FieldDescriptor) protoreflect.Value {
	label := string(d.Name())
	switch d.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, label))
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(rapid.SampledFrom([]string{"", "a", "B c", "#d", "imoc", "owner"}).Draw(t, label))
	case protoreflect.BytesKind:
		raw := rapid.SampledFrom([][]byte{nil, person(1), person(2), person(3)}).Draw(t, label)
		if raw != nil && length(d) == 32 {
			raw = append(raw, raw...)
		}
		return protoreflect.ValueOfBytes(raw)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(rapid.SampledFrom([]uint32{0, 1, 2, 3, 5, 255, 999}).Draw(t, label))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64Range(0, 20).Draw(t, label))
	default: // times
		return protoreflect.ValueOfInt64(rapid.Int64Range(0, 100).Draw(t, label) * 1_000_000)
	}
}

func person(n byte) []byte { return id.Person{n}.Bytes() }

// history is a stream of kind that any events led to, unknown ones and those of other kinds among
// them, and the state after each.
func history(t *rapid.T, kind id.Kind) ([]stream.Stored, []stream.State) {
	s := stream.Zero(kind)
	states := []stream.State{s}
	var events []stream.Stored
	for seq := range uint64(rapid.IntRange(1, 12).Draw(t, "length")) {
		stored := stream.Stored{Payload: later(), Envelope: id.Envelope{
			Stream: id.Stream{9}, Kind: kind, StreamSeq: seq + 1, Command: id.Command{byte(seq)},
			Actor:    id.Actor{Person: id.Person{rapid.Byte().Draw(t, "actor") % 4}},
			Occurred: wire.Time(rapid.Int64Range(0, 100).Draw(t, "occurred") * int64(time.Second/time.Microsecond)),
		}}
		if rapid.IntRange(0, 9).Draw(t, "of this version") > 0 {
			stored.Payload = arbitrary(t, &v1.Event{})
		}
		e, err := wire.DecodeEvent(kind, stored.Payload)
		if err != nil {
			t.Fatal(err)
		}
		other := stored.Envelope // another future of the same state, as a screen shows it
		other.Actor.Person = id.Person{77, byte(seq)}
		rival := stream.Apply(s, other, e)
		frozen := freeze(t, rival)
		s = stream.Apply(s, stored.Envelope, e)
		further, err := wire.DecodeEvent(kind, arbitrary(t, &v1.Event{}))
		if err != nil {
			t.Fatal(err)
		}
		stream.Apply(rival, other, further)
		if !bytes.Equal(freeze(t, rival), frozen) {
			t.Fatalf("applying %T changed the state it was given", further)
		}
		events, states = append(events, stored), append(states, s)
	}
	return events, states
}

func freeze(t *rapid.T, s stream.State) []byte {
	raw, err := wire.EncodeState(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestFoldingFromAnyHeadIsFoldingFromTheBeginning(t *testing.T) {
	t.Parallel()
	for kind := id.KindIncident; kind <= id.KindReader; kind++ {
		rapid.Check(t, func(t *rapid.T) {
			events, states := history(t, kind)
			want, err := wire.Fold(stream.Head{Kind: kind}, events)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(states[len(events)], want, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("folding is not applying one by one:\n%s", diff)
			}
			cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
			head := stream.Head{Stream: id.Stream{9}, Kind: kind, Seq: uint64(cut), Version: wire.FoldVersion}
			if cut > 0 {
				head.State = freeze(t, states[cut])
			}
			from := rapid.IntRange(0, cut).Draw(t, "from") // what the head holds already may come again
			have, err := wire.Fold(head, events[from:])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, have, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("cut at %d of %d:\n%s", cut, len(events), diff)
			}
		})
	}
}

// TestWhatIsDecidedHereIsDecidedThere carries every command over the wire before it is decided, and
// every event before it is applied: both ends come to the same state.
func TestWhatIsDecidedHereIsDecidedThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace.Default().With(workspace.Person{ID: id.Person{1}, Seq: 1, Admin: true}).With(workspace.Person{ID: id.Person{2}, Seq: 1})
		kind := rapid.SampledFrom([]id.Kind{id.KindIncident, id.KindPerson, id.KindReader, id.KindWorkspace}).Draw(t, "kind")
		here, there := stream.Zero(kind), stream.Zero(kind)
		for seq := range uint64(rapid.IntRange(1, 15).Draw(t, "length")) {
			by := id.Actor{Person: id.Person{rapid.Byte().Draw(t, "actor") % 3}}
			c, err := wire.DecodeCommand(arbitrary(t, &v1.Command{}))
			if err != nil {
				t.Fatal(err)
			}
			raw, err := wire.EncodeCommand(c)
			if err != nil {
				t.Fatal(err)
			}
			same, err := wire.DecodeCommand(raw)
			if err != nil {
				t.Fatal(err)
			}
			events, hereErr := stream.Decide(here, incident.Given{Setup: w}, c, by)
			again, thereErr := stream.Decide(there, incident.Given{Setup: w}, same, by)
			if len(events) != len(again) || fault.KindOf(hereErr) != fault.KindOf(thereErr) {
				t.Fatalf("%T: %v, %v here and %v, %v there", c, events, hereErr, again, thereErr)
			}
			if kind != c.Stream() && !fault.Is(hereErr, fault.Invalid) {
				t.Fatalf("%T on kind %d: %v", c, kind, hereErr)
			}
			for i, e := range events {
				at := id.Envelope{Stream: id.Stream{9}, Kind: kind, StreamSeq: stream.Seq(here) + 1, Command: id.Command{byte(seq)}, Actor: by, Occurred: wire.Time(int64(i) + 1)}
				payload, err := wire.EncodeEvent(e)
				if err != nil {
					t.Fatal(err)
				}
				arrived, err := wire.DecodeEvent(kind, payload)
				if err != nil {
					t.Fatal(err)
				}
				here, there = stream.Apply(here, at, e), stream.Apply(there, at, arrived)
			}
			if diff := cmp.Diff(here, there, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("after %T:\n%s", c, diff)
			}
		}
	})
}
