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

// HashAt returns the hash of each of the three positions.
func (record) HashAt(_ context.Context, scope id.Scope, pos uint64) ([]byte, bool, error) {
	if scope != id.Everyone() || pos == 0 || pos > 3 {
		return nil, false, nil
	}
	return []byte{byte(pos)}, true, nil
}

// FuzzResume hands back cursors that nobody was given. None leads anywhere but to a place that was there, in a scope that may be
// seen; all others are told from each other only by Reset and NotFound.
func FuzzResume(f *testing.F) {
	everyone, epoch, me := id.Everyone(), id.Epoch{1}, id.Person{2}
	own := id.Own(me)
	f.Add(everyone[:], uint64(3), []byte{3}, epoch[:])
	f.Add(everyone[:], uint64(0), []byte{}, epoch[:])
	f.Add(own[:], uint64(1<<63), []byte{3}, epoch[:])
	f.Add([]byte("another's scope."), uint64(2), []byte{2}, epoch[:])
	f.Fuzz(func(t *testing.T, scope []byte, pos uint64, hash, life []byte) {
		c := stream.Cursor{Pos: pos, Hash: hash}
		copy(c.Scope[:], scope)
		copy(c.Epoch[:], life)
		from, err := ledger.Resume(t.Context(), record{epoch}, me, []stream.Cursor{c})
		visible := c.Scope == everyone || c.Scope == own
		here := c.Pos == 0 || c.Scope == everyone && c.Pos <= 3 && bytes.Equal(hash, []byte{byte(pos)})
		switch {
		case err == nil:
			if !visible || !here || c.Epoch != epoch || len(from) != 2 || from[c.Scope] != c.Pos {
				t.Fatalf("%+v was taken as %v", c, from)
			}
		case from != nil || !fault.Is(err, fault.Reset) && !fault.Is(err, fault.NotFound):
			t.Fatalf("%+v was met with %v, %v", c, from, err)
		case fault.Is(err, fault.NotFound) == visible, ledger.IsFork(err) && c.Epoch != epoch:
			t.Fatalf("%+v was met with %v", c, err)
		case visible && here && c.Epoch == epoch:
			t.Fatalf("%+v is good, and was met with %v", c, err)
		}
	})
}
