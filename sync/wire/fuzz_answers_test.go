package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// full returns a message with every field set.
func full[M proto.Message](m M) M {
	(&filler{}).fill(m.ProtoReflect())
	return m
}

// wordy fails when what was decoded is much longer than what came: nobody must be made to hold more than they were sent.
func wordy(t *testing.T, came, decoded int) {
	t.Helper()
	if decoded > 4*came+4096 {
		t.Fatalf("of %d bytes there came %d", came, decoded)
	}
}

// FuzzDecodeOutcome reads answers as they lie in databases.
func FuzzDecodeOutcome(f *testing.F) {
	f.Add(encode(f, full(&v1.Outcome{})))
	f.Add(later())
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := wire.DecodeOutcome(raw)
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Fatalf("%v; want a Corrupt fault", err)
			}
			return
		}
		once := wire.EncodeOutcome(o)
		again, err := wire.DecodeOutcome(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice := wire.EncodeOutcome(again); !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x", once, twice)
		}
		wordy(t, len(raw), len(once))
	})
}

// FuzzFault reads what a server says has gone wrong. It crosses once more as it is, also as an error.
func FuzzFault(f *testing.F) {
	f.Add(encode(f, full(&v1.Fault{})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := &v1.Fault{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		got := wire.FaultFrom(m)
		again := wire.FaultFrom(wire.FaultTo(got))
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", again) && got.Standing == nil {
			t.Fatalf("%+v became %+v", got, again)
		}
		sent := wire.Error(fmt.Errorf("ask: %w", got))
		if sent == nil || got.Error() == "" {
			t.Fatalf("%+v says nothing", got)
		}
		var back *fault.Fault
		if !errors.As(wire.FromError(sent), &back) || back.Kind != got.Kind || back.Message != got.Message {
			t.Fatalf("%+v is met as %+v", got, back)
		}
	})
}

// FuzzTail reads what a server sends to those who follow: batches, heads, cursors and who attends.
func FuzzTail(f *testing.F) {
	f.Add(encode(f, full(&v1.TailResponse{})))
	f.Add(later())
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := &v1.TailResponse{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		for _, r := range wire.PresencesFrom(m.GetPresences()) {
			if r.Incident.IsZero() || r.More < 0 {
				t.Fatalf("%+v is not whole", r)
			}
		}
		batches, err := wire.BatchesFrom(m.GetBatches())
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Fatalf("%v; want a Corrupt fault", err)
			}
			return
		}
		var once []byte
		for _, b := range batches {
			once = wire.AppendBatch(once, 1, b)
		}
		again := &v1.TailResponse{}
		if err := proto.Unmarshal(once, again); err != nil {
			t.Fatal(err)
		}
		same, err := wire.BatchesFrom(again.GetBatches())
		if err != nil {
			t.Fatal(err)
		}
		var twice []byte
		for _, b := range same {
			twice = wire.AppendBatch(twice, 1, b)
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x", once, twice)
		}
		wordy(t, len(raw), len(once))
	})
}

// FuzzCursors reads where a client says that it stands.
func FuzzCursors(f *testing.F) {
	f.Add(encode(f, full(&v1.TailRequest{})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := &v1.TailRequest{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		cursors, err := wire.CursorsFrom(m.GetCursors())
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v; want an Invalid fault", err)
			}
			return
		}
		once := encode(t, &v1.TailRequest{Cursors: wire.CursorsTo(cursors)})
		again, err := wire.CursorsFrom(wire.CursorsTo(cursors))
		if err != nil || !bytes.Equal(once, encode(t, &v1.TailRequest{Cursors: wire.CursorsTo(again)})) {
			t.Fatalf("%+v became %+v, %v", cursors, again, err)
		}
		wordy(t, len(raw), len(once))
	})
}

// FuzzAttend reads how a device says that it attends an incident.
func FuzzAttend(f *testing.F) {
	f.Add(encode(f, full(&v1.AttendRequest{})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := &v1.AttendRequest{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		in, a, err := wire.AttendFrom(m)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v; want an Invalid fault", err)
			}
			return
		}
		if other, same, err := wire.AttendFrom(wire.AttendTo(in, a)); err != nil || other != in || same != a || in.IsZero() {
			t.Fatalf("%s, %d became %s, %d, %v", in, a, other, same, err)
		}
	})
}
