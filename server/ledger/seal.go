package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// sealSize is how many bytes of its seal an event is sent with. Nobody can try seals but at this server, one request each.
const sealSize = 12

// sealed puts seals to those events that a restored server may be given back, before they are sent, and returns all.
func (l *Ledger) sealed(events []stream.Stored) []stream.Stored {
	young := l.Clock.Now().Add(-stream.GiveBack)
	for i := range events {
		if events[i].Received.After(young) {
			events[i].Seal = l.sealEvent(events[i])
		}
	}
	return events
}

// sealEvent returns what proves that this server recorded an event: over all that is recorded of it, with its payload's own
// hash, so that one whose words were erased keeps its seal. The key is the cursors', which is in every backup; what is sealed
// begins and is as long as no cursor.
func (l *Ledger) sealEvent(e stream.Stored) []byte {
	own := wire.Digest(e.Kind, e.Payload)
	raw := make([]byte, 0, 256)
	raw = append(raw, "tsugi sealed event 1\x00"...)
	for _, part := range [][]byte{e.Stream[:], e.Scope[:], e.Command[:], e.Actor.Person[:], e.Actor.Device[:], own[:]} {
		raw = append(raw, part...)
	}
	for _, n := range []uint64{
		uint64(e.Kind), e.StreamSeq, e.ScopePos, micros(e.Received), micros(e.Occurred), flag(e.Uncertain),
	} {
		raw = binary.BigEndian.AppendUint64(raw, n)
	}
	mac := hmac.New(sha256.New, l.SealKey)
	mac.Write(raw)
	return mac.Sum(nil)[:sealSize]
}

func micros(t time.Time) uint64 { return uint64(wire.Micros(t)) } //nolint:gosec // only told apart, never reckoned with

func flag(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}
