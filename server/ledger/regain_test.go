package ledger_test

import (
	"slices"
	"testing"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// out takes somebody out of an incident, and in adds them again.
func (b *bundle) out(t *testing.T, who id.Actor, in id.Stream) {
	t.Helper()
	b.gives(t, b.ann, in, incident.Exclude{Person: who.Person})
}

func (b *bundle) in(t *testing.T, who id.Actor, in id.Stream) {
	t.Helper()
	b.gives(t, b.ann, in, incident.Admit{Person: who.Person})
}

// Whoever is taken out while heads are sent, and added again before the cursors are, has the whole incident behind these.
func TestWhoIsAddedAgainDuringABootstrapLacksNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.person(t, "Cem")
	in := b.secret(t, cem)
	b.gives(t, b.ann, in, incident.ChangeStatus{To: incident.Closed, Base: incident.Base{Seq: 1 << 40}}) // of which only the head is sent
	burning := make([]wish, 500)                                                                         // which fill the first message
	for i := range burning {
		burning[i] = declare("Mail is down")
	}
	b.push(t, newOutbox(b.ann).of(burning...))
	var (
		n, next uint64
		headed  bool
		cursor  stream.Cursor
	)
	err := b.Bootstrap(b.ctx, cem.Person, func(part ledger.Part) error {
		switch n++; n {
		case 1:
			b.out(t, cem, in)
		case 2:
			b.in(t, cem, in)
		}
		for _, h := range part.Heads {
			headed = headed || h.Stream == in
		}
		for _, e := range part.Events {
			if e.Stream == in && e.StreamSeq == next+1 {
				next++
			}
		}
		for _, c := range part.Cursors {
			if c.Scope == id.Scope(in) {
				cursor = c
			}
		}
		return nil
	})
	if err != nil || headed {
		t.Fatalf("it ends with %v, and the head was sent: %t", err, headed)
	}
	if cursor.Pos == 0 || next != cursor.Pos {
		t.Errorf("the cursor stands behind event %d, and %d are there", cursor.Pos, next)
	}
}

// Whoever is taken out while the rest behind the heads is sent, and added again before the cursors are, is sent back: a cursor behind an
// incident that did not come would be believed.
func TestWhoIsTakenOutWhileTheRestIsSentIsToldNoPlaceBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.person(t, "Cem")
	in, late := b.secret(t, cem), declare("Search is slow")
	b.gives(t, b.ann, in, incident.ChangeStatus{To: incident.Closed, Base: incident.Base{Seq: 1 << 40}}) // of which only the head would be sent
	burning := make([]wish, 500)                                                                         // which fill the first message
	for i := range burning {
		burning[i] = declare("Mail is down")
	}
	b.push(t, newOutbox(b.ann).of(burning...))
	var (
		n       int
		out     bool
		cursors []stream.Cursor
	)
	err := b.Bootstrap(b.ctx, cem.Person, func(part ledger.Part) error {
		switch n++; {
		case n == 1:
			b.out(t, cem, in)
			b.push(t, newOutbox(b.ann).of(late))
		case n == 2: // its head was left out: it is to come whole
			b.in(t, cem, in)
		case out:
			out = false
			b.in(t, cem, in)
		case slices.ContainsFunc(part.Events, func(e stream.Stored) bool { return e.Stream == late.target }):
			out = true // before it comes
			b.out(t, cem, in)
		}
		cursors = append(cursors, part.Cursors...)
		return nil
	})
	if !fault.Is(err, fault.Resume) || !out || len(cursors) > 0 {
		t.Errorf("it ends with %v, taken out: %t, cursors: %v", err, out, cursors)
	}
}

// What is left out, because somebody was taken out of its incident, must not be taken for sent should they be added again: neither by a
// later page with its cursor, nor by a part that says how far down it goes.
func TestWhoIsTakenOutWhileReadingIsToldNoPlaceBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.person(t, "Cem")
	in := b.secret(t, cem)
	for range 3 {
		long := make([]wish, 900)
		for i := range long {
			long[i] = wish{in, words(canary)}
		}
		b.push(t, newOutbox(b.ann).of(long...))
	}
	high := uint64(len(b.all(t, id.Scope(in)))) + 1
	var last uint64
	_, err := b.Backlog(b.ctx, cem.Person, map[id.Scope]uint64{}, func(batch stream.Batch) error {
		if batch.Cursor.Scope == id.Scope(in) {
			last = batch.Cursor.Pos
			b.out(t, cem, in)
		}
		return nil
	})
	if !fault.Is(err, fault.Resume) || last == 0 || last+1 >= high {
		t.Errorf("a backlog goes up to %d of %d, and ends with %v", last, high-1, err)
	}
	b.in(t, cem, in)
	parts := 0
	err = b.Fill(b.ctx, cem.Person, stream.Gap{Scope: id.Scope(in), High: high}, func(ledger.Part) error {
		if parts++; parts == 1 {
			b.out(t, cem, in)
		}
		return nil
	})
	if !fault.Is(err, fault.NotFound) || parts != 1 {
		t.Errorf("a fill has %d parts, and ends with %v", parts, err)
	}
}
