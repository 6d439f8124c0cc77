package present

import (
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// Attendance is who else has a room open just now.
type Attendance struct {
	Here   []Person // those who write first, then those who came first
	More   int      // how many others are not named
	Typing string   // who writes, as one line; empty while nobody does
}

// AttendanceFrom returns who is in a room besides whoever looks.
func AttendanceFrom(r presence.Room, v View) Attendance {
	out := Attendance{More: r.More}
	var typing []string
	for _, a := range r.Attendees {
		out.Here = append(out.Here, v.Person(a.Person))
		if a.Typing {
			typing = append(typing, v.briefly(a.Person))
		}
	}
	out.Typing = typingLine(typing, v)
	return out
}

func typingLine(names []string, v View) string {
	w := v.Words.Room
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(w.TypingOne, names[0])
	case 2:
		return fmt.Sprintf(w.TypingTwo, names[0], names[1])
	case 3:
		return fmt.Sprintf(w.TypingThree, names[0], names[1], names[2])
	}
	return fmt.Sprintf(w.TypingMany, names[0], names[1], len(names)-2)
}

// briefly returns somebody's first name, or the whole name where others have the same first one.
func (v View) briefly(p id.Person) string {
	name := v.Person(p).Name
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	for _, other := range v.Setup.People {
		if other.ID != p && firstName(other.Name) == firstName(name) {
			return name
		}
	}
	return first
}

// namedMost is how many people an explanation names.
const namedMost = 12

// Named says who is there, for an explanation.
func (a Attendance) Named(v View) string {
	names := make([]string, 0, len(a.Here))
	for _, p := range a.Here[:min(len(a.Here), namedMost)] {
		names = append(names, p.Name)
	}
	all := strings.Join(names, ", ")
	if more := a.Count() - len(names); more > 0 {
		return fmt.Sprintf(v.Words.Room.LookingMore, all, more)
	}
	return fmt.Sprintf(v.Words.Room.LookingNow, all)
}

// Count returns how many people are there.
func (a Attendance) Count() int { return len(a.Here) + a.More }

// Has reports whether somebody is there, as far as people are named.
func (a Attendance) Has(p id.Person) bool {
	for _, h := range a.Here {
		if h.ID == p {
			return true
		}
	}
	return false
}
