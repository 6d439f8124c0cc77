package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// State says what became of a change.
type State uint8

// The states of a change that the server has not taken.
const (
	Waiting State = iota
	Refused
	Conflict
	OutOfSight // what it was about can no longer be seen: its words are gone as well
)

// Unsent is the page of changes that the server has not confirmed.
type Unsent struct{ Items []Change }

// Change is one of them.
type Change struct {
	Command  id.Command
	Incident id.Incident
	Title    string // of the incident, or of what else it is about
	What     string // what it would have done
	Text     string // what can be copied: a person's own words, else What
	At       time.Time
	State    State
	Trouble  Trouble // why it was refused
	Wanted   string  // of a conflict: the wished value
	Standing string  // of a conflict: the value that stands
	Since    time.Time
}

// ChangeFrom builds a change. The error is that with which the server answered, nil while it waits.
func ChangeFrom(c Change, command stream.Command, refusal error, v View) Change {
	c.What, c.Wanted = v.wish(command)
	if command.Stream() == id.KindPerson {
		c.Title = v.Words.Unsent.People
	}
	if command.Stream() == id.KindWorkspace {
		c.Title = v.Words.Terms.Title
	}
	if wish, ok := command.(oncall.Command); ok {
		c.What, c.Wanted = v.rotationWish(wish, c.At), v.Words.OnCall.YourOrder
	}
	c.Text = c.What
	switch w := command.(type) {
	case incident.Write:
		c.Text = w.Text
	case incident.Edit:
		c.Text = w.Text
	}
	if refusal == nil {
		return c
	}
	c.State, c.Trouble = Refused, TroubleFrom(refusal, v.Words)
	switch f := fault.Find(refusal); {
	case f == nil:
	case f.Kind == fault.Gone:
		w := v.Words.Sight
		c.State, c.Incident, c.Title, c.What, c.Text = OutOfSight, id.Incident{}, "", w.UnsentWhat, ""
		c.Trouble = Trouble{What: w.UnsentWhy}
	case f.Kind == fault.Conflict && f.Standing != nil:
		c.State, c.Standing, c.Since = Conflict, v.Value(f.Standing.Field, f.Standing.Value), f.Standing.At
	}
	return c
}

// wish returns what a command would do, and the value it asks for.
func (v View) wish(c stream.Command) (what, wanted string) {
	w := v.Words
	switch c := c.(type) {
	case incident.Declare:
		return fmt.Sprintf(w.Unsent.Declared, c.Title), ""
	case incident.Write:
		return fmt.Sprintf(w.Unsent.Wrote, c.Text), ""
	case incident.ChangeSeverity:
		wanted = v.Severity(c.To).Name
		return fmt.Sprintf(w.Unsent.Set, w.Line.Severity, wanted) + reasonOf(c.Reason, w), wanted
	case incident.ChangeStatus:
		wanted = StatusWord(c.To, w)
		return fmt.Sprintf(w.Unsent.Set, w.Line.StatusField, wanted) + reasonOf(c.Reason, w), wanted
	case incident.AssignRole:
		wanted = w.Common.Nobody
		if !c.Person.IsZero() {
			wanted = v.Person(c.Person).Name
		}
		return fmt.Sprintf(w.Unsent.Set, v.Field("role "+string(c.Role)), wanted), wanted
	case incident.Retitle:
		return fmt.Sprintf(w.Unsent.Retitled, c.Title), c.Title
	case incident.AddTag:
		return fmt.Sprintf(w.Unsent.Tagged, incident.NormalTag(c.Tag)), ""
	case incident.RemoveTag:
		return fmt.Sprintf(w.Unsent.Untagged, incident.NormalTag(c.Tag)), ""
	case incident.Join:
		return w.Unsent.Joined, ""
	case workspace.RevokeDevice:
		return fmt.Sprintf(w.Unsent.ShutOut, v.device(id.Actor{Person: c.Person, Device: c.Device}), v.Person(c.Person).Name) +
			reasonOf(c.Reason, w), ""
	case workspace.DescribePerson:
		return fmt.Sprintf(w.Unsent.Named, c.Name), ""
	case workspace.PublishNumber:
		if c.Number == "" {
			return w.Reach.UnpublishedWish, ""
		}
		return fmt.Sprintf(w.Reach.PublishedWish, c.Number), ""
	case incident.Edit:
		return fmt.Sprintf(w.Unsent.Edited, c.Text), ""
	case incident.PagingCommand:
		return v.pagingWish(c), ""
	case incident.Command:
		return v.noteWish(c), ""
	case escalation.PolicyCommand:
		return v.policyWish(c), ""
	case workspace.TermsCommand:
		return termWish(c, v), ""
	default:
		return Join(sentence(w.Line.Unknown, v.self())), ""
	}
}

func reasonOf(reason string, w words.Catalog) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf(w.Line.Reason, reason)
}

// People is the page of people and their devices.
type People struct {
	People    []Colleague
	MayInvite bool
}

// Colleague is one person of the workspace.
type Colleague struct {
	Person
	Admin     bool
	Self      bool
	MayInvite bool   // whoever looks may make a code for a further device
	Reached   string // in which ways
	Hardly    bool   // they are not to be relied on
	Devices   []OwnDevice
}

// PeopleFrom builds the page: whoever looks first, then all by name; good devices before those that
// were shut out.
func PeopleFrom(v View) People {
	var out People
	self := v.Setup.People[v.Self.Person]
	out.MayInvite = self.Admin
	for _, p := range v.Everybody() {
		known := v.Setup.People[p.ID]
		m := Colleague{Person: p, Admin: known.Admin, Self: p.ID == self.ID}
		m.MayInvite = m.Self || self.Admin
		m.Reached, m.Hardly = v.Reached(known)
		for _, d := range known.Devices {
			m.Devices = append(m.Devices, v.ownDevice(d, m.Self || self.Admin))
		}
		slices.SortStableFunc(m.Devices, func(a, b OwnDevice) int { return a.Revoked.Compare(b.Revoked) })
		out.People = append(out.People, m)
	}
	slices.SortStableFunc(out.People, func(a, b Colleague) int {
		if a.Self == b.Self {
			return 0
		} else if a.Self {
			return -1
		}
		return 1
	})
	return out
}

func (v View) ownDevice(d workspace.Device, may bool) OwnDevice {
	by := ""
	if !d.By.IsZero() {
		by = v.Person(d.By).Name
	}
	return OwnDevice{
		By: by, ID: d.ID, Name: d.Name, Platform: d.Platform, Enrolled: d.Enrolled, Revoked: d.Revoked,
		This: d.ID == v.Self.Device, Pushed: d.Pushed, MayShut: may && d.Revoked.IsZero(),
	}
}

// Guest is who is given a code: somebody new, or a person who is here, for a further device.
type Guest struct {
	Person     id.Person // zero for somebody new, and then the rest is asked for
	Name       string
	Department string
	Admin      bool
}

// Invitation is what the admin hands over.
type Invitation struct {
	Name    string
	Address string
	Code    string
	Expires time.Time
}

// Former is how this device was enrolled before. It is empty on one that never was.
type Former struct {
	Address string // of the server
	Name    string // of the person
}

// Enrolment is what a new person types.
type Enrolment struct {
	Address string
	Code    string
	Device  string
}

// Tidy returns e without the spaces that come along when one copies.
func (e Enrolment) Tidy() Enrolment {
	return Enrolment{
		Address: strings.TrimSpace(e.Address),
		Code:    strings.Join(strings.Fields(e.Code), ""),
		Device:  strings.TrimSpace(e.Device),
	}
}

// Revocation says which device is shut out, and why.
type Revocation struct {
	Person id.Person
	Device id.Device
	Reason string
}
