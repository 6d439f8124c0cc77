// Package incident holds the rules of an incident, from declared to closed. It is pure, and the
// same on the client, which decides optimistically, and on the server, which decides for all.
package incident

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Kind says what sort of disturbance it is; drills and near misses are counted apart. The numbers
// are stored: they are only ever added to.
type Kind uint8

// The kinds of incidents.
const (
	Real          Kind = 0
	NearMiss      Kind = 1
	GameDay       Kind = 2
	Informational Kind = 3
	// TestPage is no disturbance: somebody wants to know whether pages reach them. Only they see it.
	TestPage Kind = 4
)

// Status is where an incident stands. The numbers are stored: they are only ever added to.
type Status uint8

// The statuses. Every one can be reached from every other; going back is logged like all else.
const (
	Open      Status = 0
	Mitigated Status = 1
	Resolved  Status = 2
	Closed    Status = 3
	Invalid   Status = 4 // declared by mistake; left out of reports
)

// Burning reports whether people still have to do something about it now.
func (s Status) Burning() bool { return s == Open || s == Mitigated }

// Mark says by whom and when a field was last set.
type Mark = id.Mark

// Base says on which state of a field a decision was taken, and whether it has moved since.
type Base = id.Base

// Assignment is one person holding one role.
type Assignment struct {
	Role   workspace.RoleKey
	Person id.Person // zero when the role was released
	Since  time.Time
	Mark   Mark
}

// Responder is a person engaged on the incident.
type Responder struct {
	Person id.Person
	Joined time.Time
}

// Origin says from which foreign history an incident was imported.
type Origin struct {
	Source  string // "statuspage"
	Key     string // the foreign id
	URL     string
	Updates []string // foreign ids of the updates taken over so far
}

// Incident is the state that an incident's events fold to. Its words are not in it: they are read
// from the timeline.
type Incident struct {
	ID         id.Incident
	Seq        uint64 // stream_seq of the last event folded in
	Number     uint32 // shown as INC-123; 0 until the server gave one, and for one that always was private
	Title      string
	Kind       Kind
	Severity   workspace.Level
	Status     Status
	Tags       []string
	DeclaredBy id.Person
	DeclaredAt time.Time
	// StatusSince is when the present status began; for an ended incident that is when it ended.
	StatusSince time.Time
	Updated     time.Time // when the last event occurred
	UpdatedBy   id.Person
	Roles       []Assignment
	Responders  []Responder
	Entries     uint64 // how many entries people wrote
	Origin      *Origin

	Starred    []id.Entry // in the order in which they were starred
	Pinned     []id.Entry // in the order in which they were pinned
	Erased     []id.Entry // the newest MaxErased: what comes later about them is refused
	Milestones []Milestone
	Tasks      []Task
	Links      []Link
	Checklists []Checklist // in the order in which they were begun, also those that were dropped
	// UpdateEvery is how long after one update the next is promised, and UpdateDue when it is; both are zero
	// while none is promised.
	UpdateEvery time.Duration
	UpdateDue   time.Time
	MergedInto  id.Incident   // the incident that this one repeats; zero for most
	Absorbed    []id.Incident // the incidents that repeat this one
	// Private says that only those Admitted may know that the incident exists, in the order in which they were added.
	Private  bool
	Admitted []id.Person

	// Paging is whom the incident has reached, and reaches.
	Paging escalation.Paging

	SeverityMark Mark
	StatusMark   Mark
}

// Exists reports whether the incident was ever declared.
func (s Incident) Exists() bool { return s.Seq > 0 }

// Holder returns who holds the role. It is false when nobody does.
func (s Incident) Holder(role workspace.RoleKey) (Assignment, bool) {
	a, ok := s.assignment(role)
	return a, ok && !a.Person.IsZero()
}

func (s Incident) assignment(role workspace.RoleKey) (Assignment, bool) {
	for _, a := range s.Roles {
		if a.Role == role {
			return a, true
		}
	}
	return Assignment{}, false
}

// Engaged reports whether p responds to the incident.
func (s Incident) Engaged(p id.Person) bool {
	for _, r := range s.Responders {
		if r.Person == p {
			return true
		}
	}
	return false
}

// Bases says, for each field that can be contested, on what a decision taken now rests.
type Bases struct {
	Severity, Status Base
	Roles            map[workspace.RoleKey]Base
}

// BasesOf returns the bases of what is shown as s, of which everything up to canonical is confirmed.
// They are taken when a person is asked, so that what is confirmed before the answer is still known as
// one's own.
func BasesOf(s Incident, canonical uint64) Bases {
	b := Bases{
		Severity: s.SeverityMark.Base(canonical), Status: s.StatusMark.Base(canonical), Roles: map[workspace.RoleKey]Base{},
	}
	for _, a := range s.Roles {
		b.Roles[a.Role] = a.Mark.Base(canonical)
	}
	return b
}

// Rebase returns c with the base that its decision rests on: s is what is shown, and canonical the
// last event that is not one's own pending one. A base that names an event is kept; where the field
// was last moved by one's own pending command, the base names that too.
func Rebase(c Command, s Incident, canonical uint64) Command {
	rest := func(b Base, m Mark) Base { return b.Rest(m, canonical) }
	switch c := c.(type) {
	case Write:
		c.Privately = s.Private
		return c
	case ChangeSeverity:
		c.Base = rest(c.Base, s.SeverityMark)
		return c
	case ChangeStatus:
		c.Base = rest(c.Base, s.StatusMark)
		return c
	case Merge:
		c.Base = rest(c.Base, s.StatusMark)
		return c
	case AssignRole:
		have, _ := s.assignment(c.Role)
		c.Base = rest(c.Base, have.Mark)
		return c
	default:
		return c
	}
}
