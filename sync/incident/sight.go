package incident

import (
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// MaxAdmitted bounds how many people a private incident may be shown to. What more should see is not private.
const MaxAdmitted = 200

// SightCommand is a wish about who may see that the incident exists.
type SightCommand interface {
	Command
	sightCommand()
}

type sightWish struct{ wish }

func (sightWish) sightCommand() {}

// Conceal wishes that only the people added see the incident. Whoever wishes it and whoever holds a role is always one
// of them.
type Conceal struct {
	sightWish
	Admit []id.Person
}

// Reveal wishes that everybody see the incident.
type Reveal struct{ sightWish }

// Admit wishes that one more person see a private incident.
type Admit struct {
	sightWish
	Person id.Person
}

// Exclude wishes that a person see a private incident no longer.
type Exclude struct {
	sightWish
	Person id.Person
}

// Concealed says that from now on only the people admitted see that the incident exists.
type Concealed struct {
	fact
	Admitted []id.Person
}

// Revealed says that everybody sees the incident. Number is the one that it had before it was concealed, or the one
// that it is given at commit.
type Revealed struct {
	fact
	Number uint32
}

// Admitted says that one more person sees the incident.
type Admitted struct {
	fact
	Person id.Person
}

// Excluded says that a person sees the incident no longer.
type Excluded struct {
	fact
	Person id.Person
}

// Sees reports whether p may know that the incident exists. The server itself may.
func (s Incident) Sees(p id.Person) bool {
	return !s.Private || p.IsZero() || slices.Contains(s.Admitted, p)
}

// privateNumbers is how many numbers private incidents are called by: five digits, none of which leads.
const privateNumbers = 90_000

// PrivateNumber returns the number that a private incident is called by before it has one of the INC row. It says
// nothing of how many there are: it is drawn with the incident's id, so that the device that declares it knows it at once.
func (s Incident) PrivateNumber() uint32 {
	var n uint64
	for _, b := range s.ID[9:] { // the random half of the id
		n = n<<8 | uint64(b)
	}
	return uint32(n%privateNumbers) + privateNumbers/9
}

func decideSight(s Incident, w workspace.Setup, c SightCommand, by id.Actor) ([]Event, error) {
	switch c := c.(type) {
	case Conceal:
		return decideConceal(s, w, c, by)
	case Reveal:
		if !s.Private {
			return nil, nil
		}
		return []Event{Revealed{Number: s.Number}}, nil
	case Admit:
		return decideAdmit(s, w, c)
	case Exclude:
		return decideExclude(s, c)
	default:
		return nil, unknownCommand(c)
	}
}

func decideConceal(s Incident, w workspace.Setup, c Conceal, by id.Actor) ([]Event, error) {
	switch {
	case s.Private:
		return nil, nil
	case !s.MergedInto.IsZero() || len(s.Absorbed) > 0:
		return nil, fault.New(fault.Invalid, "An incident that is merged with another cannot be made private.").
			WithAdvice("Nothing was changed.", "Take the merge back first.")
	}
	admitted := s.withHolders(audience(w, c.Admit, by))
	if len(admitted) == 0 {
		return nil, fault.New(fault.Invalid, "Nobody would see the incident any more.").
			WithAdvice("Nothing was changed.", "Add at least one person.")
	}
	return one(Concealed{Admitted: admitted}, audienceFault(admitted))
}

// audience returns whoever wishes for a private incident, and then the known people that are added to it, each once. One
// who is unknown is left out: a declaration is never refused for it.
func audience(w workspace.Setup, admit []id.Person, by id.Actor) []id.Person {
	var out []id.Person
	for _, p := range append([]id.Person{by.Person}, admit...) {
		if !p.IsZero() && !slices.Contains(out, p) && (p == by.Person || w.Nameable(p)) {
			out = append(out, p)
		}
	}
	return out
}

func audienceFault(admitted []id.Person) error {
	if len(admitted) > MaxAdmitted {
		return tooMany("people", len(admitted), MaxAdmitted)
	}
	return nil
}

func decideAdmit(s Incident, w workspace.Setup, c Admit) ([]Event, error) {
	switch {
	case !s.Private:
		return nil, public()
	case slices.Contains(s.Admitted, c.Person):
		return nil, nil
	case c.Person.IsZero() || !w.Nameable(c.Person):
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "Nobody was added.", Safe: "Nothing was changed.",
			Fields: []fault.Field{{Name: "person", Problem: "is unknown here"}},
		}
	}
	return one(Admitted{Person: c.Person}, room(false, "people", len(s.Admitted), MaxAdmitted))
}

func decideExclude(s Incident, c Exclude) ([]Event, error) {
	switch {
	case !s.Private:
		return nil, public()
	case !slices.Contains(s.Admitted, c.Person):
		return nil, nil
	case len(s.Admitted) == 1:
		return nil, fault.New(fault.Invalid, "Nobody would see the incident any more.").
			WithAdvice("Nothing was changed.", "Add somebody else first.")
	}
	if s.holds(c.Person) {
		return nil, fault.New(fault.Invalid, "Whoever holds a role in a private incident sees it.").
			WithAdvice("Nothing was changed.", "Give the role to somebody else first.")
	}
	return []Event{Excluded{Person: c.Person}}, nil
}

// public is the fault of a wish that only means something for a private incident.
func public() error {
	return fault.New(fault.Invalid, "Everybody sees this incident.").
		WithAdvice("Nothing was changed.", "Make it private first.")
}

// admitting returns a fact that gives somebody something to do, behind what shows them the private incident that it is in.
func (s Incident) admitting(p id.Person, fact Event) ([]Event, error) {
	if p.IsZero() || s.Sees(p) {
		return []Event{fact}, nil
	}
	return []Event{Admitted{Person: p}, fact}, room(false, "people", len(s.Admitted), MaxAdmitted)
}

// holds reports whether a person holds a role.
func (s Incident) holds(p id.Person) bool {
	return slices.ContainsFunc(s.Roles, func(a Assignment) bool { return a.Person == p })
}

// withHolders returns people, and whoever holds a role and is not among them.
func (s Incident) withHolders(people []id.Person) []id.Person {
	for _, a := range s.Roles {
		if !a.Person.IsZero() && !slices.Contains(people, a.Person) {
			people = append(people, a.Person)
		}
	}
	return people
}

// sighted folds who may see the incident.
func (s Incident) sighted(e Event) Incident {
	switch e := e.(type) {
	case Concealed:
		s.Private, s.Admitted = true, slices.Clone(e.Admitted)
	case Revealed:
		s.Private, s.Admitted, s.Number = false, nil, e.Number
	case Admitted:
		s.Admitted = toggled(s.Admitted, e.Person, false)
	case Excluded:
		s.Admitted = toggled(s.Admitted, e.Person, true)
	}
	return s
}
