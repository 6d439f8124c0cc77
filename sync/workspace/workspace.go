// Package workspace holds the set-up that all rules need: the people, their devices, the severity
// set and the roles. It is pure.
package workspace

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// Level is a severity's number: 1 is the worst, 5 the mildest. 0 means that none was chosen.
type Level uint8

// Severity is one level as the company words it.
type Severity struct {
	Level Level
	Name  string // "SEV1"
	Hint  string // shown while choosing
	// Policy is who is reached; zero for whoever is on call as IMOC, and else the admins.
	Policy id.Policy
	// Quiet says that nobody is woken: it can wait until they look.
	Quiet bool
}

// RoleKey names a role in commands and events.
type RoleKey string

// The roles that every workspace starts with.
const (
	IMOC           RoleKey = "imoc"
	Owner          RoleKey = "owner"
	Communications RoleKey = "communications"
	Legal          RoleKey = "legal"
)

// Role is something one person holds in one incident.
type Role struct {
	Key  RoleKey
	Name string
	// Rotation says who is on call for the role; zero for a role that is given by hand alone.
	Rotation id.Rotation
}

// Device is one installation that a person enrolled.
type Device struct {
	ID        id.Device
	Name      string
	Platform  string
	Enrolled  time.Time
	By        id.Person // who invited it, where that was somebody else
	Revoked   time.Time // zero while the device is good
	RevokedBy id.Person // who shut it out; zero for the server itself, and in what was folded before it was noted
	Pushed    bool      // whether it can be pushed to
}

// Person is what everybody may know about somebody in the company.
type Person struct {
	ID         id.Person
	Seq        uint64 // stream_seq of the last event folded in
	Name       string
	Department string
	Zone       string // IANA name, or empty
	Admin      bool
	Added      time.Time
	Devices    []Device
	// Is names who this turned out to be, see PersonRecognized. It is zero for everybody who is themselves.
	Is id.Person
	// Channels are the ways there are to reach the person, as far as the server has shown them to be theirs.
	Channels reach.Channels
	Number   string // that everybody may call while the person is on call, in the form of E.164; or empty
}

// Device returns the device d of p.
func (p Person) Device(d id.Device) (Device, bool) {
	for _, have := range p.Devices {
		if have.ID == d {
			return have, true
		}
	}
	return Device{}, false
}

// Setup is everything that rules need to know about the workspace.
type Setup struct {
	Name       string
	Severities []Severity
	Preset     Level
	Questions  []Question
	Tags       []TagName
	Roles      []Role
	Checklists []Checklist
	People     map[id.Person]Person
	// Lacking says that the log was put back to a former state not long ago: there may be people whom it does not know yet.
	Lacking bool
}

// Default returns the set-up that works with nothing configured. Its people are empty, and the
// map is the caller's own.
func Default() Setup {
	return Setup{
		Severities: []Severity{
			{Level: 1, Name: "SEV1", Hint: "The company cannot do its work, or data is being lost. Drop everything."},
			{Level: 2, Name: "SEV2", Hint: "Many customers or a whole department are held up. Now, not tomorrow."},
			{Level: 3, Name: "SEV3", Hint: "Some are affected and there is a way around. During working hours.", Quiet: true},
		},
		Preset: 3,
		Questions: []Question{
			{Text: "Can the company not do its work, or is data being lost?", Level: 1},
			{Text: "Are many customers or a whole department held up?", Level: 2},
			{Text: "Will it take longer than an hour?", Level: 2},
		},
		Roles: []Role{
			{Key: IMOC, Name: "IMOC"},
			{Key: Owner, Name: "Owner"},
			{Key: Communications, Name: "Communications"},
			{Key: Legal, Name: "Legal"},
		},
		People: map[id.Person]Person{},
	}
}

// With returns s with people as they now are, but for those who turned out to be somebody else. The receiver is not
// changed.
func (s Setup) With(people ...Person) Setup {
	all := make(map[id.Person]Person, len(s.People)+len(people))
	maps.Copy(all, s.People)
	for _, p := range people {
		if p.Is.IsZero() {
			all[p.ID] = p
		} else {
			delete(all, p.ID)
		}
	}
	s.People = all
	return s
}

// Nameable reports whether a command may name p: somebody who is known, or who may have been forgotten, or else what
// was decided about them would be lost where it is given back before they are known again.
func (s Setup) Nameable(p id.Person) bool {
	_, known := s.People[p]
	return known || s.Lacking
}

// Severity returns the severity of a level. It is false for a level that the set does not have.
func (s Setup) Severity(l Level) (Severity, bool) {
	for _, v := range s.Severities {
		if v.Level == l {
			return v, true
		}
	}
	return Severity{}, false
}

// Coerce returns l where the set has it, else the preset: a declaration is never refused for a
// severity that somebody abolished meanwhile.
func (s Setup) Coerce(l Level) Level {
	if _, ok := s.Severity(l); ok {
		return l
	}
	return s.Preset
}

// Mildest returns the level of least harm that the set has.
func (s Setup) Mildest() Level {
	mildest := s.Preset
	for _, v := range s.Severities {
		mildest = max(mildest, v.Level)
	}
	return mildest
}

// Role returns the role of a key. It is false for a key that the workspace does not know.
func (s Setup) Role(key RoleKey) (Role, bool) {
	for _, r := range s.Roles {
		if r.Key == key {
			return r, true
		}
	}
	return Role{}, false
}

// AdminIDs returns the people who may add people, those who were added first before the others.
func (s Setup) AdminIDs() []id.Person {
	var admins []Person
	for _, p := range s.People {
		if p.Admin {
			admins = append(admins, p)
		}
	}
	slices.SortFunc(admins, func(a, b Person) int {
		return cmp.Or(a.Added.Compare(b.Added), bytes.Compare(a.ID[:], b.ID[:]))
	})
	out := make([]id.Person, 0, len(admins))
	for _, p := range admins {
		out = append(out, p.ID)
	}
	return out
}

// Admins counts the people who may add people.
func (s Setup) Admins() int {
	n := 0
	for _, p := range s.People {
		if p.Admin {
			n++
		}
	}
	return n
}
