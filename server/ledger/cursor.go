package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// Seal returns the cursor for a position, sealed so that a client can only hand back what it was
// given.
func (l *Ledger) Seal(scope id.Scope, pos uint64, hash []byte) stream.Cursor {
	c := stream.Cursor{Scope: scope, Pos: pos, Hash: hash, Epoch: l.epoch}
	c.Seal = l.seal(c)
	return c
}

func (l *Ledger) seal(c stream.Cursor) []byte {
	mac := hmac.New(sha256.New, l.SealKey)
	mac.Write(c.Scope[:])
	mac.Write(c.Epoch[:])
	var pos [8]byte
	binary.BigEndian.PutUint64(pos[:], c.Pos)
	mac.Write(pos[:])
	mac.Write(c.Hash)
	return mac.Sum(nil)[:16]
}

// Scopes returns what a person may see. Visibility is decided here and nowhere else.
func Scopes(p id.Person) []id.Scope { return []id.Scope{id.Everyone(), id.Own(p)} }

// Resume checks a client's cursors and returns the position of every scope that the person may
// see, 0 for those without a cursor. A cursor of another life or another history of the log gets a
// Reset fault; one of a scope that may not be seen gets NotFound.
func (l *Ledger) Resume(ctx context.Context, p id.Person, cursors []stream.Cursor) (map[id.Scope]uint64, error) {
	from := map[id.Scope]uint64{}
	for _, s := range Scopes(p) {
		from[s] = 0
	}
	for _, c := range cursors {
		if _, visible := from[c.Scope]; !visible {
			return nil, fault.New(fault.NotFound, "There is no such scope.")
		}
		if !hmac.Equal(c.Seal, l.seal(c)) || c.Epoch != l.epoch {
			return nil, reset()
		}
		if c.Pos == 0 {
			continue
		}
		hash, found, err := timeline.HashAt(ctx, l.DB.Reader(), c.Scope, c.Pos)
		if err != nil {
			return nil, err
		}
		if !found || !bytes.Equal(hash, c.Hash) {
			return nil, reset()
		}
		from[c.Scope] = c.Pos
	}
	return from, nil
}

func reset() error {
	return fault.New(fault.Reset, "The server's log is not the one that this client knows.").
		WithAdvice("What is in the outbox is kept.", "The client fetches everything again by itself.")
}
