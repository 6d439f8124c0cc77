package ledger_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// record is a past of three positions in everyone's scope, which takes every cursor for its own: what a seal is worth, other
// tests show.
type record struct{ epoch id.Epoch }

// Own takes every cursor of the epoch for one's own.
func (r record) Own(c stream.Cursor) bool { return c.Epoch == r.epoch }

// Knows knows the hash of each of the three positions.
func (record) Knows(_ context.Context, c stream.Cursor) (bool, error) {
	return c.Scope == id.Everyone() && c.Pos > 0 && c.Pos <= 3 && bytes.Equal(c.Hash, []byte{byte(c.Pos)}), nil
}

// FuzzResume hands back cursors that nobody was given. None leads anywhere but to a place that was there, in a scope that may be
// seen; one of another scope counts as none, unless it is of a history that was lost.
func FuzzResume(f *testing.F) {
	everyone, epoch, me := id.Everyone(), id.Epoch{1}, id.Person{2}
	own := id.Own(me)
	f.Add(everyone[:], uint64(3), []byte{3}, epoch[:])
	f.Add(everyone[:], uint64(0), []byte{}, epoch[:])
	f.Add(own[:], uint64(1<<63), []byte{3}, epoch[:])
	f.Add([]byte("another's scope."), uint64(2), []byte{2}, epoch[:])
	f.Add([]byte("another's scope."), uint64(2), []byte{2}, []byte("another life    "))
	f.Fuzz(func(t *testing.T, scope []byte, pos uint64, hash, life []byte) {
		c := stream.Cursor{Pos: pos, Hash: hash}
		copy(c.Scope[:], scope)
		copy(c.Epoch[:], life)
		from, err := ledger.Resume(t.Context(), record{epoch}, []id.Scope{everyone, own}, []stream.Cursor{c})
		visible, lives := c.Scope == everyone || c.Scope == own, c.Epoch == epoch
		here := c.Pos == 0 || c.Scope == everyone && c.Pos <= 3 && bytes.Equal(hash, []byte{byte(pos)})
		_, named := from[c.Scope]
		switch {
		case err == nil:
			if visible && (!here || !lives || from[c.Scope] != c.Pos) || lives && !here || !visible && named || len(from) != 2 {
				t.Fatalf("%+v was taken as %v", c, from)
			}
		case from != nil || !fault.Is(err, fault.Reset) || ledger.IsFork(err) != (lives && !here):
			t.Fatalf("%+v was met with %v, %v", c, from, err)
		case !lives && !visible, lives && here:
			t.Fatalf("%+v says nothing, and was met with %v", c, err)
		}
	})
}
