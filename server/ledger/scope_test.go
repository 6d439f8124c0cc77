package ledger_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// seen is everything that a person can learn from the ledger, in one text.
func (b *bundle) seen(t *testing.T, p id.Person) (raw []byte) {
	t.Helper()
	heads, events, cursors := b.bootstrap(t, p)
	for _, h := range heads {
		raw = wire.AppendHead(raw, 1, h)
	}
	batches, _ := b.backlog(t, p, map[id.Scope]uint64{})
	for _, batch := range batches {
		events = append(events, batch.Events...)
		for _, h := range batch.Heads {
			raw = wire.AppendHead(raw, 1, h)
		}
		cursors = append(cursors, batch.Cursor)
	}
	for _, scope := range b.Scopes(p) {
		err := b.Fill(b.ctx, p, stream.Gap{Scope: scope, High: 1 << 40}, func(part ledger.Part) error {
			events = append(events, part.Events...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range events {
		raw = wire.AppendRecord(raw, 2, e)
	}
	for _, c := range cursors {
		raw = wire.AppendCursor(raw, 3, c)
	}
	return raw
}

// What Ann has read is her own business: whatever she does in her scope, Bob is told the same bytes.
func TestNobodySeesWhatIsInAnothersScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := id.New[id.Person]()
	b.add(t, bob, "Bob")
	in := b.declared(t)
	if err := b.Flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	before := len(b.seen(t, bob))
	o := newOutbox(b.ann)
	for upto := range uint64(20) {
		b.push(t, o.of(wish{id.Reader(b.ann.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: upto + 1}}))
	}
	if after := len(b.seen(t, bob)); after != before {
		t.Errorf("Bob was told %d bytes, and %d after Ann had read", before, after)
	}
	if n := len(b.all(t, id.Own(b.ann.Person))); n != 20 {
		t.Errorf("Ann's scope has %d events", n)
	}
	heads, _, _ := b.bootstrap(t, bob)
	if _, there := heads[id.Reader(b.ann.Person)]; there {
		t.Error("Bob was sent the head of Ann's marks")
	}
	for s := range heads {
		if s == id.Reader(b.ann.Person) {
			t.Error("Bob was sent Ann's marks")
		}
	}
}

// Asking for what one may not see is answered as if it were not there, to the last word.
func TestWhatMayNotBeSeenIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob, nobody := id.New[id.Person](), id.New[id.Person]()
	b.add(t, bob, "Bob")
	in := b.declared(t)
	b.push(t, newOutbox(b.ann).of(wish{id.Reader(b.ann.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: 1}}))
	quiet := func(ledger.Part) error { return nil }
	for name, ask := range map[string]func(p id.Person) error{
		"fill": func(p id.Person) error {
			return b.Fill(b.ctx, bob, stream.Gap{Scope: id.Own(p), High: 9}, quiet)
		},
		"backfill": func(p id.Person) error {
			_, err := b.Backfill(b.ctx, bob, id.Reader(p), 9, 9)
			return err
		},
		"backfill of nothing": func(p id.Person) error {
			got, err := b.Backfill(b.ctx, bob, id.Reader(p), 1, 9)
			if err == nil && len(got) == 0 {
				err = errors.New("nothing")
			}
			return err
		},
	} {
		there, not := ask(b.ann.Person), ask(nobody)
		if there == nil || not == nil || there.Error() != not.Error() {
			t.Errorf("%s: of Ann's it is said %v, of nobody's %v", name, there, not)
		}
	}
	for name, command := range map[string]stream.Command{
		"mark":     workspace.MarkRead{Incident: id.Incident(in), Upto: 9},
		"write":    incident.Write{Text: "a"},
		"declare":  incident.Declare{Title: "a"},
		"severity": incident.ChangeSeverity{To: 1},
		"join":     incident.Join{},
		"describe": workspace.DescribePerson{Name: "a"},
	} {
		there := b.push(t, newOutbox(id.Actor{Person: bob}).of(wish{id.Reader(b.ann.Person), command}))
		not := b.push(t, newOutbox(id.Actor{Person: bob}).of(wish{id.Reader(nobody), command}))
		if d := cmp.Diff(wire.EncodeOutcome(not[0]), wire.EncodeOutcome(there[0])); d != "" {
			t.Errorf("%s: on Ann's marks the answer is %+v, on nobody's %+v", name, there[0], not[0])
		}
	}
}
