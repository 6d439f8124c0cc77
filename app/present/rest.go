package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Reach says how the server can be reached.
type Reach uint8

// The states of a connection.
const (
	Connecting Reach = iota
	Live
	Offline // there is no connection
	Silent  // there is one, but no heartbeat came
)

// Connection is what is true about the server now.
type Connection struct {
	Reach   Reach
	Since   time.Time
	People  int // who are connected
	Pending int // changes not sent
	Refused int // changes that wait for a decision
}

// Reached reports whether the server hears us.
func (c Connection) Reached() bool { return c.Reach == Live }

// Badge returns the short words and their colour for the top of the window.
func (c Connection) Badge(v View) (string, Tone) {
	w, since := v.Words.Shell, c.Since.In(v.Zone).Format("15:04")
	switch c.Reach {
	case Live:
		if c.People < 2 {
			return w.LiveAlone, Good
		}
		return fmt.Sprintf(w.Live, c.People), Good
	case Offline:
		return fmt.Sprintf(w.Offline, since), Warn
	case Silent:
		return fmt.Sprintf(w.Silent, since), Warn
	default:
		return w.Connecting, Muted
	}
}

// Strip returns the whole truth for the bottom of the window, empty while the server is reached.
func (c Connection) Strip(v View) string {
	w, since := v.Words.Shell, c.Since.In(v.Zone).Format("15:04")
	pending := fmt.Sprintf(w.StripPending, c.Pending)
	switch c.Pending {
	case 0:
		pending = w.StripNone
	case 1:
		pending = w.StripPendingOne
	}
	format := w.StripOffline
	switch c.Reach {
	case Silent:
		format = w.StripSilent
	case Offline:
	default:
		return ""
	}
	return fmt.Sprintf(format, since) + "; " + pending + "; " + w.StripNobody + "."
}

// State says what became of a change.
type State uint8

// The states of a change that the server has not taken.
const (
	Waiting State = iota
	Refused
	Conflict
)

// Unsent is the page of changes that the server has not confirmed.
type Unsent struct{ Items []Change }

// Change is one of them.
type Change struct {
	Command  id.Command
	Incident id.Incident
	Title    string // of the incident
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
	c.Text = c.What
	if w, ok := command.(incident.Write); ok {
		c.Text = w.Text
	}
	if refusal == nil {
		return c
	}
	c.State, c.Trouble = Refused, TroubleFrom(refusal, v.Words)
	if f := fault.Find(refusal); f != nil && f.Kind == fault.Conflict && f.Standing != nil {
		c.State, c.Standing, c.Since = Conflict, v.Value(f.Standing.Field, f.Standing.Value), f.Standing.At
	}
	return c
}

// wish returns what a command would do, and the value it asks for.
func (v View) wish(c stream.Command) (what, wanted string) {
	w, who := v.Words, strong(v.Words.Common.You)
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
		return Join(sentence(w.Line.Retitled, who, plain(c.Title))), c.Title
	case incident.AddTag:
		return Join(sentence(w.Line.Tagged, who, plain(incident.NormalTag(c.Tag)))), ""
	case incident.RemoveTag:
		return Join(sentence(w.Line.Untagged, who, plain(incident.NormalTag(c.Tag)))), ""
	case incident.Join:
		return Join(sentence(w.Line.Joined, who)), ""
	default:
		return Join(sentence(w.Line.Unknown, who)), ""
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
	Admin   bool
	Self    bool
	Devices []OwnDevice
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
	return OwnDevice{
		ID: d.ID, Name: d.Name, Platform: d.Platform, Enrolled: d.Enrolled, Revoked: d.Revoked,
		This: d.ID == v.Self.Device, MayShut: may && d.Revoked.IsZero(),
	}
}

// Guest is whom an admin invites.
type Guest struct {
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
