package incident

import (
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// GivenBack says that the actor gave back what a restored server lacked: the events from First up to the one before this.
type GivenBack struct {
	fact
	First   uint64      // stream_seq of the first of them
	Authors []id.Person // who did them, without the server
}

// Belated returns what is recorded of an event that a restored log was given back, of the author and time in at. A change
// of a field that something later has moved already is a wish that was overtaken. It is false where nothing is left to
// be recorded: what it says is so already.
func Belated(s Incident, at id.Envelope, e Event) (Event, bool) {
	switch e := e.(type) {
	case Declared, Imported:
		return e, !s.Exists()
	case Joined:
		return e, !s.Engaged(at.Actor.Person)
	case Tagged:
		return e, !slices.Contains(s.Tags, e.Tag)
	case Untagged:
		return e, slices.Contains(s.Tags, e.Tag)
	case ChecklistBegun:
		have, known := s.Checklist(e.Checklist.ID)
		return e, !known || have.Dropped
	case ItemTicked:
		have, _ := s.Checklist(e.Checklist)
		_, done := have.Tick(e.Item)
		return e, done == e.Off
	case UpdateImported:
		return e, s.Origin == nil || !slices.Contains(s.Origin.Updates, e.Key)
	case SeverityChanged:
		return overtaken(s.SeverityMark, at, e, Contested{
			Field: "severity", Wanted: SeverityValue(e.To), Standing: SeverityValue(s.Severity), Reason: e.Reason,
		}), true
	case StatusChanged:
		return overtaken(s.StatusMark, at, e, Contested{
			Field: "status", Wanted: e.To.String(), Standing: s.Status.String(), Reason: e.Reason,
		}), true
	case Merged:
		return overtaken(s.StatusMark, at, e, Contested{Field: "status", Wanted: Invalid.String(), Standing: s.Status.String()}), true
	case RoleAssigned:
		have, _ := s.assignment(e.Role)
		wish := Contested{Field: "role " + string(e.Role), Wanted: personValue(e.Person), Standing: personValue(have.Person)}
		if !s.Sees(e.Person) { // they were taken out since
			return wish, true
		}
		return overtaken(have.Mark, at, e, wish), true
	case Concealed, Revealed, Admitted, Excluded:
		return belatedSight(s, e)
	default:
		return e, true
	}
}

// overtaken returns e, or the wish that it was where the field was moved later.
func overtaken(m Mark, at id.Envelope, e Event, wish Contested) Event {
	if m.At.After(at.Occurred) {
		return wish
	}
	return e
}

// belatedSight is Belated for who sees the incident. Whoever holds a role goes on seeing it, and so does the last one who does.
func belatedSight(s Incident, e Event) (Event, bool) {
	switch e := e.(type) {
	case Concealed:
		e.Admitted = s.withHolders(slices.Clone(e.Admitted))
		return e, !s.Private
	case Revealed:
		e.Number = s.Number // the one that it had may have been given to another incident meanwhile
		return e, s.Private
	case Admitted:
		return e, s.Private && !s.Sees(e.Person)
	case Excluded:
		return e, s.Private && slices.Contains(s.Admitted, e.Person) && len(s.Admitted) > 1 && !s.holds(e.Person)
	default:
		return e, true
	}
}

// Sight is when it was last said who sees an incident: for everybody, and for one person. The zero Sight is that of an incident of which
// nobody has said so.
type Sight struct {
	all    time.Time
	people map[id.Person]time.Time
}

// With returns the sight after an event; events may come in any order. What says nothing of who sees the incident, and nil, changes
// nothing.
func (v Sight) With(at id.Envelope, e Event) Sight {
	switch e := e.(type) {
	case Concealed, Revealed:
		v.all = latest(v.all, at.Occurred)
	case Admitted:
		v = v.with(e.Person, at.Occurred)
	case Excluded:
		v = v.with(e.Person, at.Occurred)
	}
	return v
}

func (v Sight) with(p id.Person, at time.Time) Sight {
	people := maps.Clone(v.people)
	if people == nil {
		people = map[id.Person]time.Time{}
	}
	people[p] = latest(people[p], at)
	v.people = people
	return v
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Overtook reports whether it was said later than in at who sees the incident, so that an event of that time, which says otherwise, says
// nothing any more: nobody is let in by what was said before they were taken out.
func (v Sight) Overtook(at id.Envelope, e Event) bool {
	last := v.all
	switch e := e.(type) {
	case Concealed, Revealed:
	case Admitted:
		last = latest(last, v.people[e.Person])
	case Excluded:
		last = latest(last, v.people[e.Person])
	default:
		return false
	}
	return last.After(at.Occurred)
}
