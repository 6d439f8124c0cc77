package wire_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// seed adds a full encoding of every case of a message's oneof.
func seed(f *testing.F, of proto.Message, add func(raw []byte)) {
	f.Helper()
	fields := of.ProtoReflect().Descriptor().Oneofs().Get(0).Fields()
	for i := range fields.Len() {
		m := of.ProtoReflect().New()
		(&filler{}).field(m, fields.Get(i))
		add(encode(f, m.Interface()))
	}
	add(nil)
	add(later())
}

func FuzzDecodeCommand(f *testing.F) {
	seed(f, &v1.Command{}, func(raw []byte) { f.Add(raw) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := wire.DecodeCommand(raw)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v; want an Invalid fault", err)
			}
			return
		}
		once, err := wire.EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := wire.DecodeCommand(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := wire.EncodeCommand(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x (%v)", once, twice, err)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	seed(f, &v1.Event{}, func(raw []byte) {
		for kind := range id.KindReader + 1 {
			f.Add(byte(kind), raw)
		}
	})
	f.Fuzz(func(t *testing.T, kind byte, raw []byte) {
		e, err := wire.DecodeEvent(id.Kind(kind), raw)
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Fatalf("%v; want a Corrupt fault", err)
			}
			return
		}
		if e.Stream() != id.Kind(kind) {
			t.Fatalf("%T in a stream of kind %d", e, kind)
		}
		stream.Apply(stream.Zero(id.Kind(kind)), id.Envelope{StreamSeq: 1}, e)
		if _, unknown := e.(stream.Unknown); unknown {
			return
		}
		once, err := wire.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := wire.DecodeEvent(id.Kind(kind), once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := wire.EncodeEvent(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x (%v)", once, twice, err)
		}
	})
}

func FuzzDecodeState(f *testing.F) {
	seed(f, &v1.State{}, func(raw []byte) {
		for kind := range id.KindReader + 1 {
			f.Add(byte(kind), raw)
		}
	})
	f.Fuzz(func(t *testing.T, kind byte, raw []byte) {
		h := stream.Head{Stream: id.Workspace(), Kind: id.Kind(kind), Seq: 3, State: raw}
		s, err := wire.DecodeState(h)
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Fatalf("%v; want a Corrupt fault", err)
			}
			return
		}
		once, err := wire.EncodeState(s)
		if err != nil {
			t.Fatal(err)
		}
		h.State = once
		again, err := wire.DecodeState(h)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := wire.EncodeState(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x (%v)", once, twice, err)
		}
	})
}

func FuzzSubmissionFrom(f *testing.F) {
	f.Add(encode(f, submissionTo(f, submission())))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := &v1.Submission{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		s, err := wire.SubmissionFrom(m)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || s.Command != nil {
				t.Fatalf("%+v, %v; want an Invalid fault", s, err)
			}
			return
		}
		if s.Mid == 0 || s.ID.IsZero() || s.Target.IsZero() || s.Command == nil {
			t.Fatalf("%+v is not whole", s)
		}
		if _, err := wire.SubmissionTo(s); err != nil {
			t.Fatal(err)
		}
	})
}
