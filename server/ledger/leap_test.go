package ledger_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// However far behind somebody is, they hear which incidents were withdrawn, and before what is said of incidents since.
func TestWhoeverLeapsHearsWhatWasWithdrawn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	hidden, again, other := b.declared(t), b.declared(t), b.declared(t)
	from := map[id.Scope]uint64{id.Everyone(): uint64(len(b.all(t, id.Everyone())))}
	b.gives(t, b.ann, hidden, incident.Conceal{})
	b.gives(t, b.ann, again, incident.Conceal{}, incident.Reveal{})
	for i := range 60 { // more than are sent of anything else
		b.gives(t, b.ann, id.Workspace(), workspace.DescribeTag{Name: fmt.Sprint("tag", i), Hint: "what it is for"})
	}
	for range 6 {
		long := make([]wish, 1000)
		for i := range long {
			long[i] = wish{other, words("word")}
		}
		b.push(t, newOutbox(b.ann).of(long...))
	}
	batches, _ := b.backlog(t, bob.Person, from)
	if batches[len(batches)-1].Gap == nil {
		t.Fatal("nobody leaps here")
	}
	var withdrawn []id.Incident
	heads := []id.Stream{}
	for _, batch := range batches {
		for _, e := range batch.Events {
			event, err := wire.DecodeEvent(e.Kind, e.Payload)
			if err != nil {
				t.Fatal(err)
			}
			if w, ok := event.(workspace.IncidentWithdrawn); ok {
				withdrawn = append(withdrawn, w.Incident)
			}
			if e.Kind == id.KindIncident && len(withdrawn) < 2 {
				t.Errorf("an event of %s comes before all that was withdrawn", e.Stream)
			}
		}
		for _, h := range batch.Heads {
			heads = append(heads, h.Stream)
		}
	}
	if want := []id.Incident{id.Incident(hidden), id.Incident(again)}; !slices.Equal(withdrawn, want) {
		t.Errorf("withdrawn are %v, want %v", withdrawn, want)
	}
	if slices.Contains(heads, hidden) || !slices.Contains(heads, again) || heads[0] != id.Workspace() {
		t.Errorf("the heads are %v", heads)
	}
}

// Where nothing but private things happened since a former state was put back, only the cursors of those who saw them tell.
func TestALostPrivateScopeIsAFork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	life := b.Epoch()
	lost := b.Seal(id.Scope(id.New[id.Stream]()), 3, bytes.Repeat([]byte{1}, 32))
	if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{b.end(t, b.ann.Person, id.Everyone()), lost}); !fault.Is(err, fault.Reset) || !ledger.IsFork(err) {
		t.Errorf("it goes on: %v", err)
	}
	if b.Epoch() == life {
		t.Error("nobody else hears of it")
	}
	if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{lost}); err != nil { // of another life by now
		t.Errorf("it does so again: %v", err)
	}
}
