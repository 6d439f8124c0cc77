package ledger_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// A rotation is ordered from the instant at which the server hears of it, whatever the client's clock says, and comes with the
// first of what a new client is told.
func TestARotationBeginsByTheServersClock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	b.add(t, bob.Person, "Bob")
	target := id.New[id.Stream]()
	order := oncall.Version{Zone: "Europe/Berlin", Layers: []oncall.Layer{{
		ID: id.New[id.Layer](), Anchor: oncall.On(2020, time.January, 6, 9, 0), Unit: oncall.Week, Every: 1, Places: []oncall.Place{{b.ann.Person}},
	}}}
	push := newOutbox(b.ann).of(wish{target, oncall.CreateRotation{Name: "First line", Version: order}})
	push.Submissions[0].Written.Wall = noon.AddDate(0, 0, -3)
	taken := newOutbox(bob).of(wish{target, oncall.TakeShift{Override: id.New[id.Override](), From: b.ann.Person}})
	for _, p := range [][]stream.Outcome{b.push(t, push), b.push(t, taken)} {
		if p[0].Kind != stream.Accepted {
			t.Fatalf("%+v", p[0])
		}
	}
	heads, _, _ := b.bootstrap(t, bob.Person)
	state, err := wire.DecodeState(heads[target])
	if err != nil {
		t.Fatal(err)
	}
	r, ok := state.(oncall.Rotation)
	if !ok || r.Name != "First line" || r.ID != id.Rotation(target) || !r.Versions[0].From.Equal(noon) {
		t.Fatalf("%+v", state)
	}
	roster := oncall.NewRoster(r)
	if on := roster.At(noon.Add(-time.Second)); len(on) > 0 {
		t.Errorf("before it was created %v was on call", on)
	}
	if on := roster.At(noon); len(on) != 1 || on[0].Person != bob.Person || on[0].Reason.For != b.ann.Person {
		t.Errorf("%+v", on)
	}
}
