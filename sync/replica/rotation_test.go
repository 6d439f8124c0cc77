package replica_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func TestRotationsAreShownWithOwnChangesOnTheirWay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	order := oncall.Version{Zone: "Europe/Berlin", Layers: []oncall.Layer{{
		ID: id.New[id.Layer](), Anchor: oncall.On(2026, 10, 19, 9, 0), Unit: oncall.Week, Every: 1, Places: []oncall.Place{{b.me.Person}},
	}}}
	create := func(name string) id.Rotation {
		t.Helper()
		r := id.New[id.Rotation]()
		if _, err := b.Submit(b.ctx, id.Stream(r), oncall.CreateRotation{Name: name, Version: order}); err != nil {
			t.Fatal(err)
		}
		return r
	}
	names := func() string {
		t.Helper()
		all, err := b.Rotations(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, r := range all {
			out += r.Name + " "
		}
		return out
	}
	shops := create("Shops")
	create("imoc")
	if got := names(); got != "imoc Shops " {
		t.Errorf("created here, they are %q", got)
	}
	for _, step := range []string{"answer", "tail"} {
		b.step(t, step)
		if got := names(); got != "imoc Shops " {
			t.Errorf("after %s they are %q", step, got)
		}
	}
	if _, err := b.Submit(b.ctx, id.Stream(shops), oncall.RenameRotation{Name: "All shops"}); err != nil {
		t.Fatal(err)
	}
	if got := names(); got != "All shops imoc " {
		t.Errorf("renamed here, they are %q", got)
	}
	state, lines, err := b.Rotation(b.ctx, shops, 10)
	if err != nil || state.Name != "All shops" || len(lines) != 2 || lines[0].Pending || !lines[1].Pending {
		t.Errorf("the one is %+v, %+v, %v", state, lines, err)
	}
	if on := oncall.NewRoster(state).At(state.Versions[0].From.Add(time.Hour)); len(on) != 1 || on[0].Person != b.me.Person {
		t.Errorf("on call is %+v", on)
	}
	if none, lines, err := b.Rotation(b.ctx, id.New[id.Rotation](), 10); err != nil || len(none.Versions)+len(lines) != 0 {
		t.Errorf("an unknown one is %+v, %+v, %v", none, lines, err)
	}
}
