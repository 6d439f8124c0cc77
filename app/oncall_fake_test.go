package app_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// rota is the part of the fake session that knows who is on call; it decides with the real rules.
type rota struct {
	rotations []oncall.Rotation
	changes   map[id.Rotation][]present.RotationRecord
	instant   time.Time // in place of noon
	feeds     []present.Feed
	place     *time.Location
}

func (f *fake) now() time.Time {
	if !f.instant.IsZero() {
		return f.instant
	}
	return noon()
}

func (f *fake) OnCall(_ context.Context, q present.OnCallQuery) (present.OnCall, error) {
	p := present.OnCallParams{Rotations: f.rotations, Query: q, Now: f.now()}
	if r, any := q.Pick(f.rotations, p.Now); any {
		p.History = f.changes[r.ID]
	}
	return present.OnCallFrom(p, f.view()), f.failure
}

func (f *fake) rotation(r id.Rotation) oncall.Rotation {
	for _, have := range f.rotations {
		if have.ID == r {
			return have
		}
	}
	return oncall.Rotation{}
}

func (f *fake) Foresee(_ context.Context, r id.Rotation, wishes []oncall.Command) (present.Preview, error) {
	return present.Foresee(f.rotation(r), wishes, f.now(), f.view())
}

func (f *fake) Rotate(_ context.Context, r id.Rotation, wishes []oncall.Command) error {
	if f.failure != nil {
		return f.failure
	}
	for _, c := range wishes {
		if err := f.rotate(r, f.self, f.now(), c); err != nil {
			return err
		}
	}
	return nil
}

// rotate decides and applies, as somebody and at some time.
func (f *fake) rotate(r id.Rotation, by id.Actor, at time.Time, c oncall.Command) error {
	state := f.rotation(r)
	events, err := oncall.Decide(state, f.setup, oncall.Rebase(c, state, state.Seq), by, at)
	if err != nil {
		return err
	}
	if f.changes == nil {
		f.changes = map[id.Rotation][]present.RotationRecord{}
	}
	for _, e := range events {
		env := id.Envelope{Stream: id.Stream(r), StreamSeq: stream.Seq(state) + 1, Command: id.New[id.Command](), Actor: by, Occurred: at, Received: at}
		pending := !f.conn.Reached() && by == f.self
		state = oncall.Apply(state, env, e)
		f.changes[r] = append(f.changes[r], present.RotationRecord{Event: e, At: env, Pending: pending})
	}
	f.rotations = append(slices.DeleteFunc(f.rotations, func(have oncall.Rotation) bool { return have.ID == r }), state)
	slices.SortFunc(f.rotations, func(a, b oncall.Rotation) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// ordered adds a rotation that began some weeks ago.
func (f *fake) ordered(t *testing.T, name, zone string, layers ...oncall.Layer) id.Rotation {
	t.Helper()
	r := id.New[id.Rotation]()
	begun := f.now().AddDate(0, 0, -60)
	if err := f.rotate(r, f.self, begun, oncall.CreateRotation{Name: name, Version: oncall.Version{From: begun, Zone: zone, Layers: layers}}); err != nil {
		t.Fatal(err)
	}
	return r
}

// row is a layer in which people take turns one by one.
func row(name string, unit oncall.Unit, anchor oncall.Wall, people ...id.Person) oncall.Layer {
	l := oncall.Layer{ID: id.New[id.Layer](), Name: name, Unit: unit, Every: 1, Anchor: anchor}
	for _, p := range people {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return l
}

func (f *fake) Feeds(context.Context) ([]present.Feed, error) {
	return slices.Clone(f.feeds), f.failure
}

func (f *fake) MakeFeed(_ context.Context, kind oncall.FeedKind, r id.Rotation) (string, error) {
	if f.failure != nil {
		return "", f.failure
	}
	f.feeds = append(f.feeds, present.Feed{ID: id.New[id.Feed](), Kind: kind, Rotation: r, Name: f.rotation(r).Name, Made: f.now()})
	return fmt.Sprintf("https://tsugi.example.org/calendar/tsugi_feed_nZ3x%d.ics", len(f.feeds)), nil
}

func (f *fake) RevokeFeed(_ context.Context, feed id.Feed) error {
	if f.failure != nil {
		return f.failure
	}
	f.feeds = slices.DeleteFunc(f.feeds, func(have present.Feed) bool { return have.ID == feed })
	return nil
}
