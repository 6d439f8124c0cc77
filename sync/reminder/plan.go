// Package reminder is what people are told of their shifts besides pages: that one comes, that theirs are others now, and that they may not
// be reached. It knows when that is due and how it is said, the same for the client that is open and for what the server sends. It is pure.
package reminder

import (
	"cmp"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// When people are told of a shift, counted back from its beginning.
const (
	DayBefore  = 24 * time.Hour // and it is looked whether they are reached
	JustBefore = 15 * time.Minute
)

// Due is a shift of which something is to be told at a time.
type Due struct {
	At    time.Time
	Shift oncall.Shift
	// Tell says that the person is told that the shift comes, and Check that it is looked whether they are reached.
	Tell, Check bool
}

// Plan returns what is due of the shifts that begin after an instant and until another, in order. Who goes on serving is told nothing: a
// shift ends also where somebody hands over to themselves. Who was on call a short while ago needs no word a day before.
func Plan(r oncall.Roster, after, until time.Time) []Due {
	shifts := r.Shifts(after.Add(-DayBefore), until)
	var out []Due
	for _, s := range shifts {
		if !s.From.After(after) || !s.From.Before(until) || goesOn(shifts, s) {
			continue
		}
		out = append(out,
			Due{At: s.From.Add(-DayBefore), Shift: s, Tell: !lately(shifts, s), Check: true},
			Due{At: s.From.Add(-JustBefore), Shift: s, Tell: true})
	}
	slices.SortStableFunc(out, func(a, b Due) int { return cmp.Or(a.At.Compare(b.At), a.Shift.Person.Compare(b.Shift.Person)) })
	return out
}

// goesOn reports whether the person of a shift is on call until it begins.
func goesOn(shifts []oncall.Shift, s oncall.Shift) bool {
	return slices.ContainsFunc(shifts, func(o oncall.Shift) bool {
		return o.Person == s.Person && o.From.Before(s.From) && !o.Until.IsZero() && !o.Until.Before(s.From)
	})
}

// lately reports whether the person of a shift is on call in the day before it.
func lately(shifts []oncall.Shift, s oncall.Shift) bool {
	return slices.ContainsFunc(shifts, func(o oncall.Shift) bool {
		return o.Person == s.Person && o.From.Before(s.From) && o.Until.After(s.From.Add(-DayBefore))
	})
}

// MaxChanges is how many changes are told one by one.
const MaxChanges = 5

// Change is what somebody's duty in a rotation is now that it was not before.
type Change struct {
	Person id.Person
	Spans  []Span
}

// Span is a time in which the person is on call now and was not, or with Off the reverse.
type Span struct {
	oncall.Span
	Off bool
}

// Changes returns whose duty between two instants is another by after than by before, and how, in the order of the persons' ids. A handoff
// to oneself is no change.
func Changes(before, after oncall.Roster, from, until time.Time) []Change {
	spans := map[id.Person][]Span{}
	note := func(p id.Person, s Span) {
		have := spans[p]
		if n := len(have); n > 0 && have[n-1].Off == s.Off && have[n-1].Until.Equal(s.From) {
			have[n-1].Until = s.Until
			return
		}
		spans[p] = append(have, s)
	}
	for _, d := range before.Compare(after, from, until) {
		for _, p := range d.After {
			if !slices.Contains(d.Before, p) {
				note(p, Span{Span: d.Span})
			}
		}
		for _, p := range d.Before {
			if !slices.Contains(d.After, p) {
				note(p, Span{Span: d.Span, Off: true})
			}
		}
	}
	out := make([]Change, 0, len(spans))
	for p, of := range spans {
		out = append(out, Change{Person: p, Spans: of})
	}
	slices.SortFunc(out, func(a, b Change) int { return a.Person.Compare(b.Person) })
	return out
}
