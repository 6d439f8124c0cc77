package workspace

import (
	"fmt"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// ReadmitPerson wishes that somebody be known again, under the id that they always had, whom a server has forgotten
// by being restored to its past. They were invited anew, as Invited, and have shown the former device Device. The
// server submits it.
type ReadmitPerson struct {
	personWish
	Person  id.Person
	Device  id.Device
	Invited id.Person
	By      id.Person // who invited them; zero for the server itself
}

// RecognizePerson wishes that somebody who was invited be taken for As, who was here before. The server submits it
// behind a ReadmitPerson.
type RecognizePerson struct {
	personWish
	Person id.Person
	As     id.Person
}

// PersonReadmitted says, behind the PersonAdded, how it comes that the person has an id of before the server was
// restored.
type PersonReadmitted struct {
	personFact
	Device  id.Device
	Invited id.Person
	By      id.Person
}

// PersonRecognized says that somebody who was invited is As, and nobody else any more.
type PersonRecognized struct {
	personFact
	As id.Person
}

// decideReadmit takes over what the inviter said of the person. An id that is known is never given again, whoever asks.
func decideReadmit(p Person, w Setup, c ReadmitPerson, by id.Actor) ([]PersonEvent, error) {
	if !by.Person.IsZero() {
		return nil, codeOnly()
	}
	invited, known := w.People[c.Invited]
	switch {
	case p.Seq > 0:
		return nil, HereAlready(p.Name)
	case !known:
		return nil, noSuchPerson()
	case len(invited.Devices) > 0:
		return nil, Namesake(invited.Name)
	}
	return []PersonEvent{
		PersonAdded{Person: c.Person, Name: invited.Name, Department: invited.Department, Admin: invited.Admin},
		PersonReadmitted{Device: c.Device, Invited: c.Invited, By: c.By},
	}, nil
}

func decideRecognize(p Person, w Setup, c RecognizePerson, by id.Actor) ([]PersonEvent, error) {
	if !by.Person.IsZero() {
		return nil, codeOnly()
	}
	_, known := w.People[c.As]
	switch {
	case p.Seq == 0, !known, c.As == c.Person:
		return nil, noSuchPerson()
	case p.Is == c.As:
		return nil, nil
	case !p.Is.IsZero(), len(p.Devices) > 0:
		return nil, Namesake(p.Name)
	}
	return []PersonEvent{PersonRecognized{As: c.As}}, nil
}

// HereAlready is the fault of a device whose owner, by this name, is known, and who was invited as somebody new.
func HereAlready(name string) error {
	return fault.New(fault.Denied, fmt.Sprintf("%s is here already; this code would make a second person of them.", name)).
		WithAdvice("Nothing was changed, and what is on this device is kept.", fmt.Sprintf("Ask for a code for a further device of %s.", name))
}

// Namesake is the fault of a device whose owner is to be admitted again, with a code of somebody else by the same name
// who has devices.
func Namesake(name string) error {
	return fault.New(fault.Denied, fmt.Sprintf("This code is for a further device of another %s.", name)).
		WithAdvice("Nothing was changed, and what is on this device is kept.", "Ask for a code for a new person of this name.")
}

func codeOnly() error { return fault.New(fault.Denied, "Devices are enrolled with a code only.") }
