package wire

import (
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// AppendRecord appends to dst a field that holds s as a v1.Record, and returns the extended buffer.
// The payload is copied as it lies in the database: what a later version wrote goes on unread.
func AppendRecord(dst []byte, field protowire.Number, s stream.Stored) []byte {
	dst, start := begin(dst, field)
	dst = appendBytes(dst, 1, bytesOf(s.Stream))
	dst = appendNumber(dst, 2, uint64(s.Kind))
	dst = appendNumber(dst, 3, s.StreamSeq)
	dst = appendBytes(dst, 4, bytesOf(s.Scope))
	dst = appendNumber(dst, 5, s.ScopePos)
	dst = appendBytes(dst, 6, bytesOf(s.Command))
	dst = appendBytes(dst, 7, bytesOf(s.Actor.Person))
	dst = appendBytes(dst, 8, bytesOf(s.Actor.Device))
	dst = appendTime(dst, 9, s.Received)
	dst = appendTime(dst, 10, s.Occurred)
	dst = appendNumber(dst, 11, protowire.EncodeBool(s.Uncertain))
	dst = appendBytes(dst, 12, s.Payload)
	dst = appendBytes(dst, 13, s.Seal)
	return end(dst, start)
}

// AppendHead appends to dst a field that holds h as a v1.Head, and returns the extended buffer.
func AppendHead(dst []byte, field protowire.Number, h stream.Head) []byte {
	dst, start := begin(dst, field)
	dst = appendBytes(dst, 1, bytesOf(h.Stream))
	dst = appendNumber(dst, 2, uint64(h.Kind))
	dst = appendBytes(dst, 3, bytesOf(h.Scope))
	dst = appendNumber(dst, 4, h.Seq)
	dst = appendNumber(dst, 5, uint64(h.Version))
	dst = appendBytes(dst, 6, h.State)
	return end(dst, start)
}

// AppendCursor appends to dst a field that holds c as a v1.Cursor, and returns the extended buffer.
func AppendCursor(dst []byte, field protowire.Number, c stream.Cursor) []byte {
	dst, start := begin(dst, field)
	dst = appendBytes(dst, 1, bytesOf(c.Scope))
	dst = appendNumber(dst, 2, c.Pos)
	dst = appendBytes(dst, 3, c.Hash)
	dst = appendBytes(dst, 4, bytesOf(c.Epoch))
	dst = appendBytes(dst, 5, c.Seal)
	return end(dst, start)
}

// AppendBatch appends to dst a field that holds b as a v1.Batch, and returns the extended buffer.
// The gap is taken to lie in the cursor's scope.
func AppendBatch(dst []byte, field protowire.Number, b stream.Batch) []byte {
	dst, start := begin(dst, field)
	for _, s := range b.Events {
		dst = AppendRecord(dst, 1, s)
	}
	dst = AppendCursor(dst, 2, b.Cursor)
	for _, h := range b.Heads {
		dst = AppendHead(dst, 3, h)
	}
	if b.Gap != nil {
		dst = appendNumber(dst, 4, b.Gap.Low)
		dst = appendNumber(dst, 5, b.Gap.High)
	}
	return end(dst, start)
}

// begin appends the tag of a message; end sets its length before it, once that is known.
func begin(dst []byte, field protowire.Number) ([]byte, int) {
	dst = protowire.AppendTag(dst, field, protowire.BytesType)
	return dst, len(dst)
}

func end(dst []byte, start int) []byte {
	var room [10]byte // the longest varint
	return slices.Insert(dst, start, protowire.AppendVarint(room[:0], uint64(len(dst)-start))...)
}

func appendBytes(dst []byte, field protowire.Number, b []byte) []byte {
	if len(b) == 0 {
		return dst
	}
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), b)
}

func appendNumber(dst []byte, field protowire.Number, n uint64) []byte {
	if n == 0 {
		return dst
	}
	return protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), n)
}

func appendTime(dst []byte, field protowire.Number, t time.Time) []byte {
	return appendNumber(dst, field, uint64(Micros(t))) //nolint:gosec // proto's int64 is this very conversion.
}

// EventsFrom reads records, with the event as bytes; fields of a later version survive in them. It
// returns a Corrupt fault where an id is malformed.
func EventsFrom(records []*v1.Record) ([]stream.Stored, error) {
	out := make([]stream.Stored, 0, len(records))
	var check fault.Check
	for _, m := range records {
		s := stream.Stored{Envelope: envelopeFrom(&check, m), Seal: m.GetSeal()}
		if m.GetEvent() != nil {
			payload, err := marshal("event", m.GetEvent())
			if err != nil {
				return nil, damaged("events", err)
			}
			s.Payload = payload
		}
		out = append(out, s)
	}
	if err := check.Err("A record is malformed."); err != nil {
		return nil, damaged("events", err)
	}
	return out, nil
}

func envelopeFrom(check *fault.Check, m *v1.Record) id.Envelope {
	return id.Envelope{
		Stream:    ident[id.Stream](check, "stream_id", m.GetStreamId()),
		Kind:      kindFrom(m.GetKind()),
		StreamSeq: m.GetStreamSeq(),
		Scope:     ident[id.Scope](check, "scope_id", m.GetScopeId()),
		ScopePos:  m.GetScopePos(),
		Command:   ident[id.Command](check, "command_id", m.GetCommandId()),
		Actor: id.Actor{
			Person: ident[id.Person](check, "person_id", m.GetPersonId()),
			Device: ident[id.Device](check, "device_id", m.GetDeviceId()),
		},
		Received:  Time(m.GetReceivedUs()),
		Occurred:  Time(m.GetOccurredUs()),
		Uncertain: m.GetUncertain(),
	}
}

// kindFrom returns the kind of the same number, also one that this version does not know.
func kindFrom(k v1.StreamKind) id.Kind {
	if k < 0 || k > math.MaxUint8 {
		return id.KindUnknown
	}
	return id.Kind(k)
}

// HeadsFrom reads heads, with the state as bytes. It returns a Corrupt fault where an id is malformed.
func HeadsFrom(heads []*v1.Head) ([]stream.Head, error) {
	out := make([]stream.Head, 0, len(heads))
	var check fault.Check
	for _, m := range heads {
		h := stream.Head{
			Stream: ident[id.Stream](&check, "stream_id", m.GetStreamId()),
			Kind:   kindFrom(m.GetKind()),
			Scope:  ident[id.Scope](&check, "scope_id", m.GetScopeId()),
			Seq:    m.GetStreamSeq(), Version: m.GetVersion(),
		}
		if m.GetState() != nil {
			state, err := marshal("state", m.GetState())
			if err != nil {
				return nil, damaged("heads", err)
			}
			h.State = state
		}
		out = append(out, h)
	}
	if err := check.Err("A head is malformed."); err != nil {
		return nil, damaged("heads", err)
	}
	return out, nil
}

// CursorsFrom reads cursors. It returns an Invalid fault where an id is malformed.
func CursorsFrom(cursors []*v1.Cursor) ([]stream.Cursor, error) {
	out := make([]stream.Cursor, 0, len(cursors))
	var check fault.Check
	for _, m := range cursors {
		out = append(out, cursorFrom(&check, m))
	}
	if err := check.Err("A cursor is malformed."); err != nil {
		return nil, err
	}
	return out, nil
}

func cursorFrom(check *fault.Check, m *v1.Cursor) stream.Cursor {
	return stream.Cursor{
		Scope: ident[id.Scope](check, "scope_id", m.GetScopeId()), Pos: m.GetScopePos(), Hash: m.GetHash(),
		Epoch: ident[id.Epoch](check, "epoch_id", m.GetEpochId()), Seal: m.GetSeal(),
	}
}

// CursorsTo returns the wire form of cursors.
func CursorsTo(cursors []stream.Cursor) []*v1.Cursor {
	out := make([]*v1.Cursor, 0, len(cursors))
	for _, c := range cursors {
		out = append(out, &v1.Cursor{
			ScopeId: bytesOf(c.Scope), ScopePos: c.Pos, Hash: c.Hash, EpochId: bytesOf(c.Epoch), Seal: c.Seal,
		})
	}
	return out
}

// BatchesFrom reads batches. It returns a Corrupt fault where something is malformed.
func BatchesFrom(batches []*v1.Batch) ([]stream.Batch, error) {
	out := make([]stream.Batch, 0, len(batches))
	for _, m := range batches {
		b, err := batchFrom(m)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func batchFrom(m *v1.Batch) (stream.Batch, error) {
	var check fault.Check
	b := stream.Batch{Cursor: cursorFrom(&check, m.GetCursor())}
	err := check.Err("A cursor is malformed.")
	if err != nil {
		return b, damaged("batch", err)
	}
	if b.Events, err = EventsFrom(m.GetRecords()); err != nil {
		return b, err
	}
	if b.Heads, err = HeadsFrom(m.GetHeads()); err != nil {
		return b, err
	}
	if m.GetGapHigh() > m.GetGapLow() {
		b.Gap = &stream.Gap{Scope: b.Cursor.Scope, Low: m.GetGapLow(), High: m.GetGapHigh()}
	}
	return b, nil
}
