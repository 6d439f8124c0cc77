// Package presence is what both ends agree on about who has an incident open just now, and who writes there. It is
// told and forgotten: there is no event, no command and no row of it, on neither end.
package presence

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Attention says how a device attends an incident. The numbers are those of the wire.
type Attention uint8

// The ways to attend. The zero value is none of them.
const (
	Looking Attention = 1 // the incident is shown
	Typing  Attention = 2 // it is shown, and its person writes there
	Left    Attention = 3 // it is shown no longer
)

// How long what was said holds where it is not said again, and how often a client says it. A word that is lost on
// the way is missed for one renewal at most.
const (
	LookingFor  = 45 * time.Second
	TypingFor   = 6 * time.Second
	RenewEvery  = 20 * time.Second
	TypingEvery = 3 * time.Second
)

// Attendee is somebody who attends an incident, on whatever device.
type Attendee struct {
	Person id.Person
	Typing bool
}

// Room is who else attends an incident, all of it: it replaces what was told before.
type Room struct {
	Incident  id.Incident
	Attendees []Attendee // those who write first, then those who came first
	More      int        // how many others are not named
}

// Empty reports whether nobody else is there.
func (r Room) Empty() bool { return len(r.Attendees) == 0 && r.More == 0 }
