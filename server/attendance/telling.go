package attendance

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// telling is what is told of a room at one moment, and to whom.
type telling struct {
	in        id.Incident
	attendees []presence.Attendee // each person once, those who write first, then those who came first
	listeners []*Listener
}

// tellingOf returns what is to be told of a room.
func (r *Register) tellingOf(in id.Incident, at *room) telling {
	t := telling{in: in}
	first := map[id.Person]time.Time{}
	writes := map[id.Person]bool{}
	for d, s := range at.seats {
		if since, ok := first[s.person]; !ok || s.since.Before(since) {
			first[s.person] = s.since
		}
		writes[s.person] = writes[s.person] || !s.writing.IsZero()
		t.listeners = append(t.listeners, r.listeners[d]...)
	}
	for p := range first {
		t.attendees = append(t.attendees, presence.Attendee{Person: p, Typing: writes[p]})
	}
	slices.SortFunc(t.attendees, func(a, b presence.Attendee) int {
		switch {
		case a.Typing && !b.Typing:
			return -1
		case b.Typing && !a.Typing:
			return 1
		}
		if n := first[a.Person].Compare(first[b.Person]); n != 0 {
			return n
		}
		return a.Person.Compare(b.Person)
	})
	return t
}

// people returns who attends.
func (t telling) people() []id.Person {
	out := make([]id.Person, len(t.attendees))
	for i, a := range t.attendees {
		out[i] = a.Person
	}
	return out
}

// without returns what somebody is told: who else attends, of those who may.
func (t telling) without(p id.Person, may []id.Person) presence.Room {
	room := presence.Room{Incident: t.in}
	for _, a := range t.attendees {
		switch {
		case a.Person == p || !slices.Contains(may, a.Person):
		case len(room.Attendees) < namesMost:
			room.Attendees = append(room.Attendees, a)
		default:
			room.More++
		}
	}
	return room
}
