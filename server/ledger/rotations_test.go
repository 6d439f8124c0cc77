package ledger_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// The server's own parts read rotations as they are stored, with heads and without, and what became of one since they last looked.
func TestRotationsAreReadAsTheyStand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	b.add(t, bob.Person, "Bob")
	order := oncall.Version{Zone: "UTC", Layers: []oncall.Layer{{ID: id.New[id.Layer](), Unit: oncall.Day, Every: 1, Places: []oncall.Place{{b.ann.Person}}}}}
	first, second := id.New[id.Stream](), id.New[id.Stream]()
	b.push(t, newOutbox(bob).of(wish{first, oncall.CreateRotation{Name: "First", Version: order}}))
	b.do(t, second, oncall.CreateRotation{Name: "Second", Version: order})
	if err := b.Flush(b.ctx); err != nil { // some of it is in heads, and some is not
		t.Fatal(err)
	}
	b.clock.set(noon.Add(time.Hour))
	b.push(t, newOutbox(b.ann).of(wish{first, oncall.RenameRotation{Name: "Engineering"}}))
	all, err := b.Rotations(b.ctx)
	if err != nil || len(all) != 2 {
		t.Fatal(len(all), err)
	}
	one, err := b.Rotation(b.ctx, id.Rotation(first))
	if err != nil || one.Name != "Engineering" || one.Seq != 2 || !one.Changed.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, %v", one, err)
	}
	past, err := b.RotationHistory(b.ctx, id.Rotation(first))
	if err != nil || len(past) != 2 || past[0].Name != "First" || past[1].Name != "Engineering" || past[0].By != bob.Person || past[1].By != b.ann.Person ||
		!past[0].At.Equal(noon) || past[1].Seq != 2 {
		t.Errorf("%+v, %v", past, err)
	}
	for _, none := range []id.Rotation{id.New[id.Rotation](), id.Rotation(b.ann.Person)} {
		if _, err := b.Rotation(b.ctx, none); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := b.RotationHistory(b.ctx, none); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	}
}
