package attachment_test

import (
	"bytes"
	"database/sql"
	"slices"
	"testing"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func (b *bundle) move(t *testing.T, in id.Stream, to id.Scope) {
	t.Helper()
	b.inTx(t, func(tx *sql.Tx) error { return b.Move(b.ctx, tx, in, to) })
}

func in(r attachment.Ref, scope id.Scope) attachment.Ref {
	r.Scope = scope
	return r
}

func (b *bundle) wantIn(t *testing.T, data []byte, scopes ...id.Scope) {
	t.Helper()
	for _, s := range scopes {
		if got := b.fetch(t, in(refOf(data), s)); !bytes.Equal(got, data) {
			t.Errorf("%d bytes of %d are in %s", len(got), len(data), s)
		}
	}
	if n, want := b.chunks(t), len(scopes)*wire.Chunks(int64(len(data))); n != want {
		t.Errorf("%d chunks are stored, want %d", n, want)
	}
}

func (b *bundle) wantNotIn(t *testing.T, data []byte, scope id.Scope) {
	t.Helper()
	_, err := b.Get(b.ctx, in(refOf(data), scope), 0)
	wantKind(t, err, fault.NotFound)
	_, _, err = b.Begin(b.ctx, attachment.Upload{Ref: in(refOf(data), scope), Size: int64(len(data)), Device: b.device})
	wantKind(t, err, fault.NotFound)
}

func TestAFileFollowsItsIncidentToAnotherScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 2*wire.ChunkSize+5)
	at, entry := b.named(t, refOf(data))
	b.upload(t, data)
	private := id.Scope(at.Stream)
	b.move(t, at.Stream, private)
	b.wantIn(t, data, private)
	b.wantNotIn(t, data, id.Everyone())
	b.move(t, at.Stream, private) // again is as well as once
	b.wantIn(t, data, private)
	b.move(t, at.Stream, id.Everyone())
	b.wantIn(t, data, id.Everyone())
	b.wantNotIn(t, data, private)
	b.move(t, at.Stream, private)
	b.erase(t, at, entry)
	b.wantNotIn(t, data, private)
	if n := b.chunks(t); n > 0 {
		t.Errorf("%d chunks are left of what was erased", n)
	}
}

// What another incident of the scope names as well stays there; each has its own then, and each can be erased alone.
func TestAFileThatAnotherNamesStaysThereToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, wire.ChunkSize+5)
	goes, _ := b.named(t, refOf(data))
	stays, entry := b.named(t, refOf(data))
	b.upload(t, data)
	private := id.Scope(goes.Stream)
	b.move(t, goes.Stream, private)
	b.wantIn(t, data, private, id.Everyone())
	b.erase(t, stays, entry)
	b.wantIn(t, data, private)
	b.wantNotIn(t, data, id.Everyone())

	again, _ := b.named(t, refOf(data))
	b.upload(t, data)
	b.move(t, goes.Stream, id.Everyone()) // it is there already
	b.wantIn(t, data, id.Everyone())
	b.wantNotIn(t, data, private)
	b.move(t, again.Stream, id.Scope(again.Stream))
	b.wantIn(t, data, id.Everyone(), id.Scope(again.Stream))
}

// What is on its way when its incident moves goes on in the new scope; what is whole wins over what is not.
func TestAnUploadGoesOnInTheNewScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 2*wire.ChunkSize+5)
	at, _ := b.named(t, refOf(data))
	b.begin(t, data)
	b.put(t, data, 1)
	private := id.Scope(at.Stream)
	b.move(t, at.Stream, private)
	_, err := b.Put(b.ctx, refOf(data), 0, chunk(data, 0))
	wantKind(t, err, fault.NotFound)
	missing, _, err := b.Begin(b.ctx, attachment.Upload{Ref: in(refOf(data), private), Size: int64(len(data)), Device: b.device})
	if err != nil || !slices.Equal(missing, []int{0, 2}) {
		t.Errorf("wanted are %v, %v", missing, err)
	}
	other, _ := b.named(t, refOf(data))
	b.upload(t, data)
	b.move(t, other.Stream, private)
	b.wantIn(t, data, private)
	b.wantNotIn(t, data, id.Everyone())

	half, _ := b.named(t, refOf(data))
	b.begin(t, data)
	b.move(t, at.Stream, id.Everyone()) // other names it there still
	b.wantIn(t, data, private, id.Everyone())
	b.move(t, half.Stream, id.Scope(half.Stream))
	b.wantIn(t, data, private, id.Everyone(), id.Scope(half.Stream))
}
