package ledger

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tsugi-app/tsugi/sync/id"
)

// formerLink is how many bytes a hash of the log had before it covered who, when and where.
const formerLink = 16

// Link returns the log's hash behind an event, of 32 bytes: over the hash before it in its scope, all that is
// recorded of the event, and its payload's own SHA-256, so that a payload can be erased later without breaking
// the chain. seq is the event's number among all.
func Link(before []byte, seq uint64, e id.Envelope, own [sha256.Size]byte) []byte {
	raw := make([]byte, 0, 256)
	raw = append(raw, "tsugi event 2\x00"...)
	raw = append(raw, byte(len(before)))
	raw = append(raw, before...)
	for _, part := range [][]byte{e.Stream[:], e.Scope[:], e.Command[:], e.Actor.Person[:], e.Actor.Device[:]} {
		raw = append(raw, part...)
	}
	var uncertain uint64
	if e.Uncertain {
		uncertain = 1
	}
	for _, n := range []uint64{
		seq, uint64(e.Kind), e.StreamSeq, e.ScopePos, uint64(e.Received.UnixMicro()), uint64(e.Occurred.UnixMicro()), uncertain,
	} {
		raw = binary.BigEndian.AppendUint64(raw, n)
	}
	raw = append(raw, own[:]...)
	sum := sha256.Sum256(raw)
	return sum[:]
}

// FormerLink returns the log's hash behind an event of a log that was begun by an early version: over the hash
// before it, its place in its stream and its payload's own hash. It has 16 bytes, and ends where Link begins.
func FormerLink(before []byte, e id.Envelope, own [sha256.Size]byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(e.Stream[:])
	h.Write(binary.BigEndian.AppendUint64(nil, e.StreamSeq))
	h.Write(own[:])
	return h.Sum(nil)[:formerLink]
}

// IsFormer reports whether a stored hash is one that FormerLink made.
func IsFormer(hash []byte) bool { return len(hash) == formerLink }
