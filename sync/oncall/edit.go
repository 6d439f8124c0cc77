package oncall

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Following returns v such that it goes on where former, the version before it, stands at v.From: in every layer that both have,
// the place that serves then goes on serving until the handoff, whoever is added or taken out elsewhere, and also where handoffs
// lie at other times from then on. Where that place is in v no more, the one that would have come next takes over.
func (v Version) Following(former Version) Version {
	v.Layers = slices.Clone(v.Layers)
	for i, l := range v.Layers {
		at := slices.IndexFunc(former.Layers, func(o Layer) bool { return o.ID == l.ID })
		if at < 0 || !l.usable() || !former.Layers[at].usable() {
			continue
		}
		was := former.Layers[at]
		serving := floorMod(was.turnAt(v.From, former)+int64(was.Turn), int64(len(was.Places)))
		if place, found := heir(l.Places, was.Places, int(serving)); found {
			v.Layers[i].Turn = int(floorMod(int64(place)-l.turnAt(v.From, v), int64(len(l.Places))))
		}
	}
	return v
}

// turnAt returns the number, counted from the anchor, of the turn that t lies in.
func (l Layer) turnAt(t time.Time, v Version) int64 {
	zone, err := zoneOf(l.zoneIn(v))
	if err != nil {
		zone = time.UTC
	}
	c := clock{zone: zone}
	return l.grid().last(c.reached(floorDiv(since(t), second)))
}

// heir returns which of the places now goes on for the one that served: the same one, or one that holds somebody of it, or else
// whichever would have come after it first. It is false where none of them is left.
func heir(now, was []Place, serving int) (int, bool) {
	for next := range was {
		place := was[(serving+next)%len(was)]
		if i := best(now, was, serving+next, func(p Place) bool { return slices.Equal(p, place) }); i >= 0 {
			return i, true
		}
		if i := best(now, was, serving+next, func(p Place) bool { return p.shares(place) }); i >= 0 {
			return i, true
		}
	}
	return 0, false
}

func (p Place) shares(other Place) bool {
	return slices.ContainsFunc(p, func(person id.Person) bool { return slices.Contains(other, person) })
}

// best returns the place that fits and is followed by the most of those that were to follow, or -1: who serves twice in one
// round is told apart by who comes next.
func best(now, was []Place, serving int, fits func(Place) bool) int {
	found, most := -1, -1
	for i, p := range now {
		if !fits(p) {
			continue
		}
		alike := 0
		for alike < len(was) && slices.Equal(now[(i+1+alike)%len(now)], was[(serving+1+alike)%len(was)]) {
			alike++
		}
		if alike > most {
			found, most = i, alike
		}
	}
	return found
}

// Begin returns when an edit of r to v, from now on, moves nobody who is on call: at once where the same people stay on call,
// else at the first handoff that nobody serves across whom it would take off. Where there is none within two months, it is the
// next one.
func (r Rotation) Begin(v Version, now time.Time) time.Time {
	present := NewRoster(r)
	edited := func(at time.Time) Roster {
		next := v
		next.From = at
		if former, running := r.Version(at); running {
			next = next.Following(former)
		}
		return present.with(next)
	}
	if samePeople(present.At(now), edited(now).At(now)) {
		return now
	}
	shifts := present.Shifts(now, now.AddDate(0, 2, 0))
	ends := handoffs(shifts, now)
	for _, end := range ends {
		after := edited(end).At(end)
		if !slices.ContainsFunc(shifts, func(s Shift) bool { return s.across(end) && !serves(after, s.Person) }) {
			return end
		}
	}
	return append(ends, now)[0]
}

// handoffs returns the first hundred ends of shifts after t, in order.
func handoffs(shifts []Shift, t time.Time) []time.Time {
	var ends []time.Time
	for _, s := range shifts {
		if s.Until.After(t) {
			ends = append(ends, s.Until)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	ends = slices.CompactFunc(ends, time.Time.Equal)
	return ends[:min(len(ends), 100)]
}

// with returns r as it would be with a further version.
func (r Roster) with(v Version) Roster {
	r.versions = follow(slices.Clone(r.versions), v)
	return r
}

// across reports whether t lies within the shift, and not at its beginning.
func (s Shift) across(t time.Time) bool {
	return s.From.Before(t) && (s.Until.IsZero() || t.Before(s.Until))
}

func serves(shifts []Shift, p id.Person) bool {
	return slices.ContainsFunc(shifts, func(s Shift) bool { return s.Person == p })
}

func samePeople(a, b []Shift) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s Shift) bool { return !serves(b, s.Person) })
}
