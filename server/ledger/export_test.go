package ledger

import (
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Queued counts what waits for the writer, so that tests can see to it that pushes share a commit.
func (l *Ledger) Queued() int { return len(l.queue) }

// Former returns a cursor as they were before their hash was keyed.
func (l *Ledger) Former(scope id.Scope, pos uint64, hash []byte) stream.Cursor {
	c := stream.Cursor{Scope: scope, Pos: pos, Hash: hash, Epoch: l.Epoch()}
	c.Seal = l.seal(c)
	return c
}
