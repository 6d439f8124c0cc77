package incident

import (
	"cmp"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Apply returns s after e. It is total: an event that happened cannot be refused. The receiver's
// slices are never written to, so that states can be shared.
func Apply(s Incident, at id.Envelope, e Event) Incident {
	s.ID, s.Seq = id.Incident(at.Stream), at.StreamSeq
	mark := id.MarkOf(at)
	switch e := e.(type) {
	case Declared:
		s.Number, s.Title, s.Kind, s.Tags = e.Number, e.Title, e.Kind, e.Tags
		s.Private, s.Admitted = e.Private, e.Admitted
		s = s.born(at, mark, e.Severity).joined(at)
	case Imported:
		s.Number, s.Title, s.Kind, s.Tags = e.Number, e.Title, e.Kind, e.Tags
		s.Origin = &Origin{Source: e.Source, Key: e.Key, URL: e.URL}
		s = s.born(at, mark, e.Severity)
		s.DeclaredBy = id.Person{}
	case Written:
		s = s.written(at, e)
	case UpdateImported:
		s = s.takenOver(at, mark, e)
	case SeverityChanged:
		s.Severity, s.SeverityMark = e.To, mark
	case StatusChanged:
		s = s.turned(e.To, mark)
	case Retitled:
		s.Title = e.To
	case Tagged:
		s.Tags = append(slices.Clone(s.Tags), e.Tag)
		slices.Sort(s.Tags)
	case Untagged:
		s.Tags = slices.DeleteFunc(slices.Clone(s.Tags), func(t string) bool { return t == e.Tag })
	case RoleAssigned:
		s = s.assigned(at, e, mark)
	case Joined:
		s = s.joined(at)
	case Concealed, Revealed, Admitted, Excluded:
		s = s.sighted(e)
	case Paged:
		s.Paging = escalation.ApplyPaging(s.Paging, at.Occurred, e.Event)
		return s // whom it reaches is no news of the incident
	case Erased:
		return s.without(e.Entry) // what was taken away is no news
	case Contested:
		return s // nor is what was not granted
	default:
		s = s.noted(at, mark, e)
	}
	if at.Occurred.After(s.Updated) {
		s.Updated, s.UpdatedBy = at.Occurred, at.Actor.Person
	}
	return s
}

func (s Incident) born(at id.Envelope, mark Mark, severity workspace.Level) Incident {
	s.Severity, s.SeverityMark, s.StatusMark = severity, mark, mark
	s.DeclaredBy, s.DeclaredAt, s.StatusSince = at.Actor.Person, at.Occurred, at.Occurred
	return s
}

func (s Incident) turned(to Status, mark Mark) Incident {
	s.Status, s.StatusMark, s.StatusSince = to, mark, mark.At
	s.MergedInto = id.Incident{}
	if !to.Burning() {
		s.UpdateEvery, s.UpdateDue = 0, time.Time{}
	}
	return s
}

func (s Incident) takenOver(at id.Envelope, mark Mark, e UpdateImported) Incident {
	s.Entries++
	origin := Origin{}
	if s.Origin != nil {
		origin = *s.Origin
	}
	origin.Updates = append(slices.Clone(origin.Updates), e.Key)
	s.Origin = &origin
	if e.Status != nil && *e.Status != s.Status && !at.Occurred.Before(s.StatusSince) {
		s = s.turned(*e.Status, mark)
	}
	return s
}

func (s Incident) joined(at id.Envelope) Incident {
	if at.Actor.Person.IsZero() || s.Engaged(at.Actor.Person) {
		return s
	}
	s.Responders = append(slices.Clone(s.Responders), Responder{Person: at.Actor.Person, Joined: at.Occurred})
	return s
}

func (s Incident) assigned(at id.Envelope, e RoleAssigned, mark Mark) Incident {
	next := Assignment{Role: e.Role, Person: e.Person, Since: at.Occurred, Mark: mark}
	s.Roles = slices.DeleteFunc(slices.Clone(s.Roles), func(a Assignment) bool { return a.Role == e.Role })
	s.Roles = append(s.Roles, next)
	slices.SortFunc(s.Roles, func(a, b Assignment) int { return cmp.Compare(a.Role, b.Role) })
	if !e.Person.IsZero() && !s.Engaged(e.Person) {
		s.Responders = append(slices.Clone(s.Responders), Responder{Person: e.Person, Joined: at.Occurred})
	}
	return s
}
