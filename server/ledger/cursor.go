package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Seal returns the cursor for a position, sealed so that a client can only hand back what it was
// given. It does not have the log's hash there, but one that only this server can make of it: the log's covers how many events
// there are in all scopes together, which could be found by trying.
func (l *Ledger) Seal(scope id.Scope, pos uint64, hash []byte) stream.Cursor {
	c := stream.Cursor{Scope: scope, Pos: pos, Hash: l.keyed(hash), Epoch: l.Epoch()}
	c.Seal = l.seal(c)
	return c
}

// keyed returns what cursors have in place of a hash of the log.
func (l *Ledger) keyed(hash []byte) []byte {
	if len(hash) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, l.SealKey)
	mac.Write([]byte("tsugi cursor hash 1\x00"))
	mac.Write(hash)
	return mac.Sum(nil)
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

// Past is what a log can say of the positions that it once named.
type Past interface {
	// Own reports whether a cursor is one of this log's present life.
	Own(c stream.Cursor) bool
	// Knows reports whether the log has at a cursor's position what it had when it gave the cursor.
	Knows(ctx context.Context, c stream.Cursor) (bool, error)
}

// Resume checks a client's cursors and returns the position of every scope that the person may
// see, 0 for those without a cursor. A cursor of another life or another history of the log gets a
// Reset fault; one of a scope that may not be seen, or not any more, counts as none. Another history under the same name is a fork: somebody
// put back a former state of the database and told nobody. Then a new epoch begins, so that everybody hears of it.
func (l *Ledger) Resume(ctx context.Context, p id.Person, cursors []stream.Cursor) (map[id.Scope]uint64, error) {
	if err := l.Look(ctx); err != nil { // another server may have let them see more
		return nil, err
	}
	life := l.Epoch()
	from, err := Resume(ctx, past{l}, l.Scopes(p), cursors)
	if IsFork(err) {
		l.Logger.ErrorContext(ctx, "a client knows another history of this log: a new epoch begins", "person", p, "epoch", life)
		if err := l.submit(ctx, &work{forked: life, answer: make(chan error, 1)}); err != nil {
			return nil, err
		}
	}
	return from, err
}

// errFork lies beneath the Reset fault of a cursor that this log sealed, and does not know.
var errFork = errors.New("the log was forked")

// IsFork reports whether Resume found that the log is not the one that sealed a cursor, though it has its name.
func IsFork(err error) bool { return errors.Is(err, errFork) }

// Resume is the Resume of a ledger over any past, for somebody who may see some scopes. A cursor of another scope is left out. But one
// that this log sealed, and does not know, is of a history that was lost, whoever may see what is left: where nothing but private
// things happened since a former state that was put back, no other cursor can tell.
func Resume(ctx context.Context, log Past, scopes []id.Scope, cursors []stream.Cursor) (map[id.Scope]uint64, error) {
	from := map[id.Scope]uint64{}
	for _, s := range scopes {
		from[s] = 0
	}
	for _, c := range cursors {
		_, visible := from[c.Scope]
		switch own := log.Own(c); {
		case !own && visible:
			return nil, reset()
		case !own:
			continue
		}
		if c.Pos == 0 {
			continue
		}
		known, err := log.Knows(ctx, c)
		if err != nil {
			return nil, err
		}
		if !known {
			f := reset()
			f.Cause = errFork
			return nil, f
		}
		if visible {
			from[c.Scope] = c.Pos
		}
	}
	return from, nil
}

// past is the Past of a ledger.
type past struct{ l *Ledger }

func (p past) Own(c stream.Cursor) bool {
	return hmac.Equal(c.Seal, p.l.seal(c)) && c.Epoch == p.l.Epoch()
}

// Knows takes also the log's own hash, which cursors had before they had a keyed one.
func (p past) Knows(ctx context.Context, c stream.Cursor) (bool, error) {
	hash, found, err := hashAt(ctx, p.l.DB.Reader(), c.Scope, c.Pos)
	return found && (hmac.Equal(c.Hash, p.l.keyed(hash)) || bytes.Equal(c.Hash, hash)), err
}

func reset() *fault.Fault {
	return fault.New(fault.Reset, "The server's log is not the one that this client knows.").
		WithAdvice("What is in the outbox is kept.", "The client fetches everything again by itself.")
}
