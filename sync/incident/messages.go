package incident

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Command is a wish about one incident.
type Command interface {
	Stream() id.Kind
	command()
}

// Event is something that happened to one incident.
type Event interface {
	Stream() id.Kind
	event()
}

type (
	wish struct{}
	fact struct{}
)

// Stream says that the command is about an incident.
func (wish) Stream() id.Kind { return id.KindIncident }
func (wish) command()        {}

// Stream says that the event belongs to an incident.
func (fact) Stream() id.Kind { return id.KindIncident }
func (fact) event()          {}

// Declare wishes for a new incident. It is never refused but for its size.
type Declare struct {
	wish
	Title    string
	Severity workspace.Level
	Kind     Kind
	Tags     []string
	Private  bool        // only those admitted may know that it exists: whoever declares it, and
	Admit    []id.Person // whoever is added
}

// Write wishes to put a person's words on the timeline. It is never refused but for its size.
type Write struct {
	wish
	Entry       id.Entry
	Text        string
	Update      bool // said to everybody who waits for news: it keeps the promised next update
	Attachments []Attachment
	Privately   bool // its author saw that not everybody sees the incident: it is not meant for more
}

// ChangeSeverity wishes for another severity than the one seen at Base.
type ChangeSeverity struct {
	wish
	Base   Base
	To     workspace.Level
	Reason string
}

// ChangeStatus wishes for another status than the one seen at Base.
type ChangeStatus struct {
	wish
	Base   Base
	To     Status
	Reason string
}

// Retitle wishes for a better title.
type Retitle struct {
	wish
	Title string
}

// AddTag wishes for one more tag.
type AddTag struct {
	wish
	Tag string
}

// RemoveTag wishes for one tag less.
type RemoveTag struct {
	wish
	Tag string
}

// AssignRole wishes that a person hold a role; the zero person releases it.
type AssignRole struct {
	wish
	Base   Base
	Role   workspace.RoleKey
	Person id.Person
}

// Join wishes to be counted among the responders.
type Join struct{ wish }

// Import wishes to take over an incident of a foreign history with all its updates.
type Import struct {
	wish
	Source   string
	Key      string
	URL      string
	Title    string
	Severity workspace.Level
	Kind     Kind
	Tags     []string
	Declared time.Time
	Updates  []ImportedUpdate
}

// ImportedUpdate is one update of a foreign history, with its own time.
type ImportedUpdate struct {
	Key    string
	Label  string // the foreign status: "investigating"
	Body   string
	At     time.Time
	Status *Status // the status it leads to; nil leaves the status as it is
}

// Declared says that somebody pressed the button.
type Declared struct {
	fact
	Number   uint32 // given at commit, unless it is private
	Title    string
	Severity workspace.Level
	Kind     Kind
	Tags     []string
	Private  bool        // only those admitted may know that it exists
	Admitted []id.Person // none unless it is private
}

// Written says that somebody put words on the timeline.
type Written struct {
	fact
	Entry       id.Entry
	Text        string
	Update      bool
	Attachments []Attachment
	// Was is the SHA-256 of the event as it was stored before its words and files were erased, so that the log
	// can still be checked. It is zero for what was not erased.
	Was id.Content
}

// SeverityChanged says that the severity moved, and why.
type SeverityChanged struct {
	fact
	From, To workspace.Level
	Reason   string
}

// StatusChanged says that the status moved, and why.
type StatusChanged struct {
	fact
	From, To Status
	Reason   string
}

// Retitled says that the title was bettered.
type Retitled struct {
	fact
	From, To string
}

// Tagged says that a tag was added.
type Tagged struct {
	fact
	Tag string
}

// Untagged says that a tag was removed.
type Untagged struct {
	fact
	Tag string
}

// RoleAssigned says that a role passed from Former to Person; either may be zero.
type RoleAssigned struct {
	fact
	Role   workspace.RoleKey
	Person id.Person
	Former id.Person
}

// Joined says that the actor responds to the incident.
type Joined struct{ fact }

// Contested says that a change was not made, because the field had moved since its base. It is
// kept so that the audit shows both wishes.
type Contested struct {
	fact
	Field    string // "severity", "status", "role imoc"
	Wanted   string
	Standing string
	Reason   string
}

// Imported says that an incident was taken over from a foreign history.
type Imported struct {
	fact
	Number   uint32 // given at commit
	Source   string
	Key      string
	URL      string
	Title    string
	Severity workspace.Level
	Kind     Kind
	Tags     []string
	At       time.Time
}

// UpdateImported says that an update was taken over from a foreign history.
type UpdateImported struct {
	fact
	Entry  id.Entry
	Key    string
	Label  string
	Body   string
	At     time.Time
	Status *Status
	Was    id.Content // as in Written
}

// OccurredAt returns the time that the foreign history gave.
func (e Imported) OccurredAt() time.Time { return e.At }

// OccurredAt returns the time that the foreign history gave.
func (e UpdateImported) OccurredAt() time.Time { return e.At }
