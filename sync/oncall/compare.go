package oncall

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Difference is a span in which other people are on call by one roster than by another.
type Difference struct {
	Span
	Before, After []id.Person
}

// Compare returns where, between from and until, after has other people on call than r, in order. Spans in which the same
// people stand for the same others are one, however often they hand over.
func (r Roster) Compare(after Roster, from, until time.Time) []Difference {
	var out []Difference
	was, is, end := r.walk(), after.walk(), until.UnixMicro()
	for t := from.UnixMicro(); t < end; {
		a, b := was.at(t), is.at(t)
		before, now := whom(a.serving), whom(b.serving)
		next := min(a.until, b.until, end)
		span := Span{time.UnixMicro(t).UTC(), time.UnixMicro(next).UTC()}
		if n := len(out); n > 0 && out[n-1].Until.Equal(span.From) && slices.Equal(out[n-1].Before, before) && slices.Equal(out[n-1].After, now) {
			out[n-1].Until = span.Until
		} else if !slices.Equal(before, now) {
			out = append(out, Difference{Span: span, Before: before, After: now})
		}
		t = next
	}
	return out
}

// whom returns who serves, in the order of their ids.
func whom(serving []served) []id.Person {
	out := make([]id.Person, 0, len(serving))
	for _, s := range serving {
		out = append(out, s.person)
	}
	slices.SortFunc(out, id.Person.Compare)
	return out
}

// Alone returns r as it would be if there were nothing but one of its layers: without the others and without exceptions.
func (r Rotation) Alone(l id.Layer) Rotation {
	versions := slices.Clone(r.Versions)
	for i, v := range versions {
		versions[i].Layers = slices.DeleteFunc(slices.Clone(v.Layers), func(o Layer) bool { return o.ID != l })
	}
	r.Versions, r.Overrides, r.Covers = versions, nil, nil
	return r
}

// Ended reports whether nobody will be on call by r from t on, because it was ended and nothing was planned since.
func (r Rotation) Ended(t time.Time) bool {
	n := len(r.Versions)
	if n == 0 || len(r.Versions[n-1].Layers) > 0 || r.Versions[n-1].From.After(t) {
		return false
	}
	return !slices.ContainsFunc(r.Overrides, func(o Override) bool { return o.Until.After(t) })
}
