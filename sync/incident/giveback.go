package incident

import (
	"slices"

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
		return overtaken(have.Mark, at, e, Contested{
			Field: "role " + string(e.Role), Wanted: personValue(e.Person), Standing: personValue(have.Person),
		}), true
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
