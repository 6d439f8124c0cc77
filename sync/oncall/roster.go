package oncall

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Roster answers who is on call by one rotation. It reads the zones when it is made, and is then for any number of goroutines.
type Roster struct {
	versions  []version
	overrides []override
}

// moment is an instant in microseconds since 1970, as instants are stored.
type moment = int64

// The ends of the line of time, far enough from those of int64 that sums do not overflow.
const (
	dawn moment = math.MinInt64 / 4
	dusk moment = math.MaxInt64 / 4
)

const second moment = 1_000_000

// version is a Version with its end.
type version struct {
	from, until moment
	layers      []layer
}

// layer is a Layer that somebody can be on call in.
type layer struct {
	id          id.Layer
	priority    int
	zone        *time.Location
	grid        grid
	places      []Place
	turn        int
	from, until moment
	hours       []Window
}

// override is an Override with its span as moments.
type override struct {
	Override
	from, until moment
	shifts      []posting
}

type posting struct {
	from, until moment
	place       Place
}

// NewRoster reads a rotation as it stands. It takes any: layers that could have nobody on call are left out, and the wall
// clocks of an unknown zone are taken for those of UTC, since somebody who is paged at the wrong hour is better than nobody.
// Warnings tells of both.
func NewRoster(r Rotation) Roster {
	var out Roster
	for _, v := range r.Versions {
		out.versions = follow(out.versions, v)
	}
	for _, o := range r.Overrides {
		own := override{Override: o, from: o.From.UnixMicro(), until: o.Until.UnixMicro()}
		for _, p := range o.Shifts {
			own.shifts = append(own.shifts, posting{p.From.UnixMicro(), p.Until.UnixMicro(), p.Place})
		}
		out.overrides = append(out.overrides, own)
	}
	return out
}

// follow returns versions with v behind them; what was planned for later than v is given up.
func follow(versions []version, v Version) []version {
	next := version{from: since(v.From), until: dusk, layers: layersOf(v)}
	versions = slices.DeleteFunc(versions, func(v version) bool { return v.from >= next.from })
	if n := len(versions); n > 0 {
		versions[n-1].until = next.from
	}
	return append(versions, next)
}

func layersOf(v Version) []layer {
	out := make([]layer, 0, len(v.Layers))
	for _, l := range v.Layers {
		if !l.usable() {
			continue
		}
		zone, err := zoneOf(l.zoneIn(v))
		if err != nil {
			zone = time.UTC
		}
		out = append(out, layer{
			id: l.ID, priority: l.Priority, zone: zone, grid: l.grid(), places: l.Places, turn: l.Turn,
			from: since(l.From), until: until(l.Until), hours: l.Hours,
		})
	}
	return out
}

func since(t time.Time) moment {
	if t.IsZero() {
		return dawn
	}
	return t.UnixMicro()
}

func until(t time.Time) moment {
	if t.IsZero() {
		return dusk
	}
	return t.UnixMicro()
}

// zoneIn returns the name of the zone whose wall clocks the layer of a version goes by.
func (l Layer) zoneIn(v Version) string {
	if l.Zone != "" {
		return l.Zone
	}
	return v.Zone
}

func (l Layer) grid() grid { return grid{anchor: l.Anchor, unit: l.Unit, every: int64(l.Every)} }

// At returns who is on call at t, each with the whole of their shift.
func (r Roster) At(t time.Time) []Shift {
	now := t.UnixMicro()
	return r.shifts(now, now+1)
}

// Shifts returns all shifts that meet the span from from until until, in the order in which they begin, each whole: they may
// begin before it and end after it.
func (r Roster) Shifts(from, until time.Time) []Shift {
	return r.shifts(from.UnixMicro(), until.UnixMicro())
}

// Next returns the first n shifts of p, or of everybody for the zero person, that end after from and begin before until.
func (r Roster) Next(p id.Person, from, until time.Time, n int) []Shift {
	all := r.Shifts(from, until)
	if !p.IsZero() {
		all = slices.DeleteFunc(all, func(s Shift) bool { return s.Person != p })
	}
	return all[:min(n, len(all))]
}

// Gaps returns when, between from and until, nobody is on call.
func (r Roster) Gaps(from, until time.Time) []Span {
	var out []Span
	w, end := r.walk(), until.UnixMicro()
	for t := from.UnixMicro(); t < end; {
		s := w.at(t)
		if len(s.serving) == 0 {
			begun, ended := time.UnixMicro(t).UTC(), time.UnixMicro(min(s.until, end)).UTC()
			if n := len(out); n > 0 && out[n-1].Until.Equal(begun) {
				out[n-1].Until = ended
			} else {
				out = append(out, Span{begun, ended})
			}
		}
		t = s.until
	}
	return out
}

// shifts puts together what a walk from from to until finds, and goes on in both directions until all of it is whole.
func (r Roster) shifts(from, until moment) []Shift {
	if from >= until {
		return nil
	}
	w := r.walk()
	open := w.begun(from)
	var going []run // on call before, and still
	var done []Shift
	for t := from; t < until || len(open) > 0; {
		s := w.at(t)
		going = going[:0]
		for _, now := range s.serving {
			i := slices.IndexFunc(open, func(o run) bool { return o.is(now) && (now.handoff != t || t == from) })
			switch {
			case i >= 0:
				going = append(going, open[i])
				open = slices.Delete(open, i, i+1)
			case t < until:
				going = append(going, run{served: now, from: t})
			}
		}
		for _, over := range open {
			done = append(done, over.until(t))
		}
		if open, going = going, open; s.until >= dusk {
			break
		}
		if t = s.until; t >= until && (w.watched == nil || len(open) < len(w.watched)) {
			w.watch(slices.Clone(open))
		}
	}
	for _, endless := range open {
		done = append(done, endless.until(dusk))
	}
	slices.SortFunc(done, func(a, b Shift) int {
		return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until), a.Person.Compare(b.Person))
	})
	return done
}

// run is a shift of which the end is not yet known.
type run struct {
	served
	from moment
}

func (r run) is(o served) bool { return r.person == o.person && r.why == o.why }

func (r run) until(end moment) Shift {
	s := Shift{Person: r.person, Reason: r.why}
	if r.from > dawn {
		s.From = time.UnixMicro(r.from).UTC()
	}
	if end < dusk {
		s.Until = time.UnixMicro(end).UTC()
	}
	return s
}
