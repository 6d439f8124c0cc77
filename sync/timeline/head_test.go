package timeline_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

func (b *bundle) put(t *testing.T, heads ...stream.Head) {
	t.Helper()
	err := b.write(func(w *timeline.Writer) error {
		for _, h := range heads {
			if err := w.PutHead(b.ctx, h); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func head(s id.Stream, seq uint64, state string) stream.Head {
	return stream.Head{Stream: s, Kind: id.KindIncident, Scope: id.Everyone(), Seq: seq, Version: 1, State: []byte(state)}
}

func TestAHeadOnlyMovesForward(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := id.New[id.Stream]()
	newest := head(s, 7, "seven")
	b.put(t, head(s, 3, "three"), newest, head(s, 5, "five"), head(s, 7, "another seven"))
	got, err := timeline.LoadHead(b.ctx, b.db.Read, s, id.KindIncident)
	if d := cmp.Diff(newest, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	refolded := newest
	refolded.Version, refolded.State = 2, []byte("seven, folded by a later version")
	b.put(t, refolded)
	got, err = timeline.LoadHead(b.ctx, b.db.Read, s, id.KindIncident)
	if d := cmp.Diff(refolded, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestLoadGoesOnFromTheHead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := id.New[id.Stream]()
	rows := run(s, id.Everyone(), 5)
	b.append(t, rows...)
	b.put(t, head(s, 3, "three"))
	h, events, err := timeline.Load(b.ctx, b.db.Read, s, id.KindIncident, 1)
	same(t, "load", events, err, stored(rows[3:]...))
	if h.Seq != 3 {
		t.Errorf("the head is at %d", h.Seq)
	}
	h, events, err = timeline.Load(b.ctx, b.db.Read, id.New[id.Stream](), id.KindPerson, 1)
	if err != nil || h.Seq != 0 || h.Kind != id.KindPerson || len(h.State) != 0 || len(events) != 0 {
		t.Errorf("an unknown stream: %+v, %d events, %v", h, len(events), err)
	}
}

func TestHeadsAreThoseOfTheKindAndScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine := id.New[id.Scope]()
	first, second := head(id.New[id.Stream](), 1, "first"), head(id.New[id.Stream](), 1, "second")
	person, private := head(id.New[id.Stream](), 1, "person"), head(id.New[id.Stream](), 1, "private")
	person.Kind, private.Scope = id.KindPerson, mine
	b.put(t, first, person, private, second)
	collect := func(kinds []id.Kind, scopes ...id.Scope) (out []stream.Head) {
		err := timeline.Heads(b.ctx, b.db.Read, kinds, scopes, func(h stream.Head) error {
			out = append(out, h)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return out
	}
	if d := cmp.Diff([]stream.Head{second, first}, collect([]id.Kind{id.KindIncident}, id.Everyone())); d != "" {
		t.Errorf("incidents of everyone, newest first:\n%s", d)
	}
	if d := cmp.Diff([]stream.Head{second, private, person, first}, collect([]id.Kind{id.KindIncident, id.KindPerson}, id.Everyone(), mine)); d != "" {
		t.Errorf("all:\n%s", d)
	}
	enough := errors.New("enough")
	err := timeline.Heads(b.ctx, b.db.Read, []id.Kind{id.KindIncident}, []id.Scope{id.Everyone()}, func(stream.Head) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("the visitor's error became %v", err)
	}
}

func TestCursorsComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	full := stream.Cursor{Scope: id.Everyone(), Pos: 9, Hash: []byte("hash"), Epoch: id.New[id.Epoch](), Seal: []byte("seal")}
	bare := stream.Cursor{Scope: id.New[id.Scope](), Pos: 1, Hash: []byte{}, Seal: []byte{}}
	earlier := full
	earlier.Pos = 3
	err := b.write(func(w *timeline.Writer) error {
		return errors.Join(w.PutCursor(b.ctx, earlier), w.PutCursor(b.ctx, full), w.PutCursor(b.ctx, bare))
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := timeline.Cursors(b.ctx, b.db.Read)
	if d := cmp.Diff([]stream.Cursor{full, bare}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}
