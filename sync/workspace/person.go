package workspace

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of what one command may carry, in code points.
const (
	MaxName   = 120 // of a person, a department, a device or its platform
	MaxReason = 1_000
)

// SameName reports whether two names are one to whoever reads them.
func SameName(a, b string) bool {
	read := func(name string) string { return norm.NFC.String(strings.Join(strings.Fields(name), " ")) }
	return strings.EqualFold(read(a), read(b))
}

// PersonEvent is something that happened to a person's public record.
type PersonEvent interface {
	Stream() id.Kind
	personEvent()
}

// PersonCommand is a wish about a person's public record.
type PersonCommand interface {
	Stream() id.Kind
	personCommand()
}

type (
	personFact struct{}
	personWish struct{}
)

// Stream says that the event belongs to a person's stream.
func (personFact) Stream() id.Kind { return id.KindPerson }
func (personFact) personEvent()    {}

// Stream says that the command is about a person's stream.
func (personWish) Stream() id.Kind { return id.KindPerson }
func (personWish) personCommand()  {}

// AddPerson wishes for a new person. Only admins and the server itself may.
type AddPerson struct {
	personWish
	Person     id.Person
	Name       string
	Department string
	Admin      bool
}

// DescribePerson wishes to change what everybody may know about a person.
type DescribePerson struct {
	personWish
	Person     id.Person
	Name       string
	Department string
	Zone       string
}

// EnrolDevice wishes to add a device to a person; the server submits it when a code was right.
type EnrolDevice struct {
	personWish
	Person   id.Person
	Device   id.Device
	Name     string
	Platform string
	By       id.Person // who invited it; zero where that was its person, or the server itself
}

// RevokeDevice wishes that a device be shut out. Its owner and admins may.
type RevokeDevice struct {
	personWish
	Person id.Person
	Device id.Device
	Reason string
}

// PersonAdded says that somebody joined the workspace.
type PersonAdded struct {
	personFact
	Person     id.Person
	Name       string
	Department string
	Admin      bool
}

// PersonDescribed says that a person's public record changed.
type PersonDescribed struct {
	personFact
	Name       string
	Department string
	Zone       string
}

// DeviceEnrolled says that a person has a further device.
type DeviceEnrolled struct {
	personFact
	Device   id.Device
	Name     string
	Platform string
	By       id.Person // who invited it; zero where that was its person, or the server itself, and in former events
}

// DeviceRevoked says that a device was shut out.
type DeviceRevoked struct {
	personFact
	Device id.Device
	Reason string
}

// DecidePerson says what would happen if c were carried out on p under set-up w. It changes nothing.
func DecidePerson(p Person, w Setup, c PersonCommand, by id.Actor) ([]PersonEvent, error) {
	switch c := c.(type) {
	case AddPerson:
		return decideAdd(p, w, c, by)
	case DescribePerson:
		return decideDescribe(p, w, c, by)
	case EnrolDevice:
		return decideEnrol(p, c, by)
	case RevokeDevice:
		return decideRevoke(p, w, c, by)
	case ReadmitPerson:
		return decideReadmit(p, w, c, by)
	case RecognizePerson:
		return decideRecognize(p, w, c, by)
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
}

// mayManage reports whether by is an admin or the server itself.
func mayManage(w Setup, by id.Actor) bool {
	return by.Person.IsZero() || w.People[by.Person].Admin
}

func decideAdd(p Person, w Setup, c AddPerson, by id.Actor) ([]PersonEvent, error) {
	if !mayManage(w, by) {
		return nil, AdminsAdd()
	}
	if p.Seq > 0 {
		return nil, nil // the same invitation again
	}
	name, department := line(c.Name), line(c.Department)
	if err := checkNames(name, department); err != nil {
		return nil, err
	}
	return []PersonEvent{PersonAdded{Person: c.Person, Name: name, Department: department, Admin: c.Admin}}, nil
}

// AdminsAdd is the fault of whoever wants to add people and is no admin.
func AdminsAdd() error {
	return fault.New(fault.Denied, "Only admins add people.").
		WithAdvice("Nothing was changed.", "Ask an admin to invite them.")
}

func decideDescribe(p Person, w Setup, c DescribePerson, by id.Actor) ([]PersonEvent, error) {
	if p.Seq == 0 || !p.Is.IsZero() {
		return nil, noSuchPerson()
	}
	if by.Person != p.ID && !mayManage(w, by) {
		return nil, fault.New(fault.Denied, "Only the person and admins change this record.")
	}
	name, department := line(c.Name), line(c.Department)
	if err := checkNames(name, department); err != nil {
		return nil, err
	}
	if !knownZone(c.Zone) {
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "The record was not changed.",
			Fields: []fault.Field{{Name: "zone", Problem: fmt.Sprintf("%q is no time zone", c.Zone)}},
		}
	}
	if name == p.Name && department == p.Department && c.Zone == p.Zone {
		return nil, nil
	}
	return []PersonEvent{PersonDescribed{Name: name, Department: department, Zone: c.Zone}}, nil
}

func decideEnrol(p Person, c EnrolDevice, by id.Actor) ([]PersonEvent, error) {
	if p.Seq == 0 || !p.Is.IsZero() {
		return nil, noSuchPerson()
	}
	if !by.Person.IsZero() {
		return nil, codeOnly()
	}
	if _, known := p.Device(c.Device); known {
		return nil, nil
	}
	name, platform := line(c.Name), line(c.Platform)
	var check fault.Check
	checkName(&check, "name", name)
	checkLength(&check, "platform", platform, MaxName)
	if err := check.Err("The device was not enrolled."); err != nil {
		return nil, err
	}
	return []PersonEvent{DeviceEnrolled{Device: c.Device, Name: name, Platform: platform, By: c.By}}, nil
}

func decideRevoke(p Person, w Setup, c RevokeDevice, by id.Actor) ([]PersonEvent, error) {
	device, known := p.Device(c.Device)
	if !known {
		return nil, fault.New(fault.NotFound, "There is no such device.")
	}
	if by.Person != p.ID && !mayManage(w, by) {
		return nil, fault.New(fault.Denied, "Only its owner and admins shut a device out.")
	}
	if !device.Revoked.IsZero() {
		return nil, nil
	}
	var check fault.Check
	reason := line(c.Reason)
	checkLength(&check, "reason", reason, MaxReason)
	if err := check.Err("The device was not shut out."); err != nil {
		return nil, err
	}
	return []PersonEvent{DeviceRevoked{Device: c.Device, Reason: reason}}, nil
}

func noSuchPerson() error { return fault.New(fault.NotFound, "There is no such person.") }

// knownZone reports whether zone is empty or an IANA name: "Local" would be another zone on every
// machine.
func knownZone(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != "Local"
}

// line returns text as one line, with white space folded.
func line(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

func checkNames(name, department string) error {
	var check fault.Check
	checkName(&check, "name", name)
	checkLength(&check, "department", department, MaxName)
	return check.Err("The name was not taken.")
}

func checkName(check *fault.Check, field, name string) {
	if name == "" {
		check.Add(field, "is empty")
	}
	checkLength(check, field, name, MaxName)
}

func checkLength(check *fault.Check, field, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		check.Add(field, fmt.Sprintf("has %d characters; %d are allowed", n, limit))
	}
}

// ApplyPerson returns p after e. It is total: an event that happened cannot be refused.
func ApplyPerson(p Person, at id.Envelope, e PersonEvent) Person {
	p.ID, p.Seq = id.Person(at.Stream), at.StreamSeq
	switch e := e.(type) {
	case PersonAdded:
		p.Name, p.Department, p.Admin, p.Added = e.Name, e.Department, e.Admin, at.Occurred
	case PersonDescribed:
		p.Name, p.Department, p.Zone = e.Name, e.Department, e.Zone
	case DeviceEnrolled:
		p.Devices = append(slices.Clip(p.Devices), Device{
			ID: e.Device, Name: e.Name, Platform: e.Platform, Enrolled: at.Occurred, By: e.By,
		})
	case PersonRecognized:
		p.Is = e.As
	case DeviceRevoked:
		p.Devices = slices.Clone(p.Devices)
		for i := range p.Devices {
			if p.Devices[i].ID == e.Device {
				p.Devices[i].Revoked, p.Devices[i].RevokedBy = at.Occurred, at.Actor.Person
			}
		}
	}
	return p
}
