// Package oncall answers who is on call. A rotation is a repeating order of people; its shifts are computed and never stored,
// so that display, paging, calendar feed and replica cannot differ. It is pure.
//
// Handoffs are wall times in a zone. A wall time stands for the first instant by which the clocks there have come to it: in a
// gap the first instant behind it, in an overlap the first of the two. From that one sentence, see clock, follow all rules
// about days on which clocks are changed: for as long as clocks go back over what they have shown, nothing is handed over.
package oncall

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Rotation is the state that a rotation's events fold to.
type Rotation struct {
	ID   id.Rotation
	Seq  uint64 // stream_seq of the last event folded in
	Name string
	// Versions are in the order of their instants; an edit adds one and never changes what was. Before the first, nobody is
	// on call.
	Versions []Version
	// Overrides are in the order in which they were made, which is the order in which they act.
	Overrides []Override
	Covers    []Cover
	Ordered   Mark // which event last ordered it
}

// Mark remembers which event last moved a field, so that a decision taken on an older value is noticed.
type Mark = id.Mark

// Version is how a rotation is ordered from an instant until the next version's. One without layers says that it has ended.
type Version struct {
	From   time.Time
	Zone   string // IANA name
	Layers []Layer
}

// Layer is one row of people who hand over to each other. Where layers of several priorities have somebody on call, those of
// the highest count, all of them.
type Layer struct {
	ID       id.Layer
	Name     string
	Priority int
	Zone     string // IANA name; empty for the version's. Layers that follow the sun have their own
	Anchor   Wall   // one of its handoffs; the others lie before and behind it
	Unit     Unit
	Every    int // so many units between two handoffs
	// Places are served in turn, each by one or several persons at once.
	Places []Place
	// Turn is which place serves from the anchor on.
	Turn  int
	From  time.Time // when the layer begins to count; zero for as long ago as its version
	Until time.Time // when it ceases to; zero for never
	// Hours are when the layer is on at all; none means always. Time outside neither moves the turn nor skips anybody.
	Hours []Window
}

// Place is who serves together in one turn.
type Place []id.Person

// Days is a set of weekdays.
type Days uint8

// DaysOf returns the set of some weekdays.
func DaysOf(days ...time.Weekday) Days {
	var all Days
	for _, d := range days {
		all |= 1 << d
	}
	return all
}

// Has reports whether d is in the set.
func (d Days) Has(w time.Weekday) bool { return d>>w&1 == 1 }

// Window is a span of hours on some weekdays, on the wall clocks of the layer's zone. It belongs to the day on which it begins.
type Window struct {
	Days Days
	// From and Until are in minutes after midnight, up to 1440. An Until that is not later than From is on the next day.
	From, Until int
}

// Deed is what an override does. The numbers are stored: they are only ever added to.
type Deed uint8

// What overrides do.
const (
	// Replace has In serve wherever Out would.
	Replace Deed = 1
	// Add has In serve besides whoever does.
	Add Deed = 2
	// Remove has Out not serve. Where nobody is left in a layer, those of a lower priority step in.
	Remove Deed = 3
	// Instead has nobody serve but in the override's own Shifts: where it holds none, there is a gap.
	Instead Deed = 4
)

// Override is a stored exception. Those made later act on what earlier ones have made of the rotation.
type Override struct {
	ID          id.Override
	Deed        Deed
	From, Until time.Time // half-open
	Out, In     id.Person
	Shifts      []Posting // for Instead
	By          id.Person // who made it; zero for the server
	Cover       id.Cover  // the request that it answers, or zero
}

// Posting is a span of duty that was written down and not computed.
type Posting struct {
	From, Until time.Time // half-open
	Place       Place
}

// Cover is somebody's wish, not yet fulfilled, that another serve in their place.
type Cover struct {
	ID          id.Cover
	Person      id.Person
	From, Until time.Time // half-open
	Note        string
}

// Reason says through what somebody is on call.
type Reason struct {
	Layer    id.Layer    // zero for those whom an override added
	Override id.Override // zero for those whom the layer itself names
	For      id.Person   // in whose place, where somebody was replaced
}

// Shift is a half-open span of duty. It ends where the person hands over, also to themselves.
type Shift struct {
	Person      id.Person
	From, Until time.Time
	Reason      Reason
}

// Span is a half-open span of time.
type Span struct{ From, Until time.Time }

// Version returns the version in force at t. It is false before the first.
func (r Rotation) Version(t time.Time) (Version, bool) {
	for _, v := range slices.Backward(r.Versions) {
		if !v.From.After(t) {
			return v, true
		}
	}
	return Version{}, false
}

// Override returns the override o. It is false where there is none.
func (r Rotation) Override(o id.Override) (Override, bool) {
	for _, have := range r.Overrides {
		if have.ID == o {
			return have, true
		}
	}
	return Override{}, false
}
