package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// AdminWait is how long it is waited for an admin who was paged because a policy found nobody.
const AdminWait = 5 * time.Minute

// Escalation is the state of one passage through the steps of a policy, which is kept as it was when the passage began.
type Escalation struct {
	ID      id.Escalation
	Policy  Policy
	Urgency Urgency
	Level   uint8 // the severity that it was begun for, of which 1 is the worst
	Begun   time.Time
	// Round and Step are what falls next. The first round is 0; a Round beyond Policy.Repeats is the end.
	Round, Step int
	Due         time.Time // when it falls
	Waiting     []id.Page // the pages that it is waited for until then
	Desperate   bool      // whether the admins were paged
	Ended       Outcome
}

// Outcome says how an escalation ended. The numbers are stored: they are only ever added to.
type Outcome uint8

// The outcomes.
const (
	Climbing  Outcome = 0
	Answered  Outcome = 1 // somebody acknowledged
	Exhausted Outcome = 2 // nobody did, and no step is left
	Stopped   Outcome = 3 // the incident is over
)

// Command is a wish about one escalation.
type Command interface{ command() }

// Event is something that happened to one escalation.
type Event interface{ event() }

type (
	wish struct{}
	fact struct{}
)

func (wish) command() {}
func (fact) event()   {}

// Escalate wishes that a policy be gone through.
type Escalate struct {
	wish
	Escalation id.Escalation
	Policy     Policy
	Urgency    Urgency
	Level      uint8
}

// Proceed says that a step may have fallen due. It does nothing when none has.
type Proceed struct{ wish }

// Acknowledge says that a person answers for the incident.
type Acknowledge struct {
	wish
	Person id.Person
}

// Stop wishes that no step fall any more.
type Stop struct{ wish }

// Escalated says that a policy is gone through.
type Escalated struct {
	fact
	Escalation id.Escalation
	Policy     Policy
	Urgency    Urgency
	Level      uint8
}

// StepFell says that the people of a step are paged, and until when it is waited for them.
type StepFell struct {
	fact
	Round, Step int
	People      []id.Person
	Until       time.Time
}

// StepSkipped says that a step found nobody who could be reached, and was not waited for.
type StepSkipped struct {
	fact
	Round, Step int
}

// AdminsPaged says that no step found anybody, so that the admins are paged.
type AdminsPaged struct {
	fact
	People []id.Person
	Until  time.Time
}

// Ended says that no step falls any more.
type Ended struct {
	fact
	Outcome Outcome
	Person  id.Person // who acknowledged, for Answered
}

// Falls returns when the next step falls, unless somebody acknowledges before. It is false when none does any more.
func (s Escalation) Falls() (time.Time, bool) {
	return s.Due, !s.Begun.IsZero() && s.Ended == Climbing
}

// Decide says what would happen if c were carried out on s in world w at an instant. It changes nothing. What cannot be meant any
// more leads to nothing.
func Decide(s Escalation, w World, c Command, at time.Time) []Event {
	if begin, ok := c.(Escalate); ok {
		if !s.Begun.IsZero() {
			return nil
		}
		escalated := Escalated{Escalation: begin.Escalation, Policy: begin.Policy, Urgency: begin.Urgency, Level: begin.Level}
		return append([]Event{escalated}, fall(Apply(s, at, escalated), w, at)...)
	}
	if s.Begun.IsZero() {
		return nil
	}
	switch c := c.(type) {
	case Proceed:
		if due, falls := s.Falls(); falls && !due.After(at) {
			return fall(s, w, at)
		}
	case Acknowledge:
		if s.Ended == Climbing || s.Ended == Exhausted {
			return []Event{Ended{Outcome: Answered, Person: c.Person}}
		}
	case Stop:
		if s.Ended == Climbing {
			return []Event{Ended{Outcome: Stopped}}
		}
	}
	return nil
}

// fall lets the next step fall that finds anybody. Those that find nobody are skipped at once. Where all of them do, one after
// the other, the admins are paged, once. Where they were already, or there are none, it ends: to go through the same steps again at
// the same instant would find nobody again.
func fall(s Escalation, w World, at time.Time) []Event {
	var out []Event
	for range s.Policy.Steps {
		if s.Round > s.Policy.Repeats {
			break
		}
		step := s.Policy.Steps[s.Step]
		if people := w.Of(step); len(people) > 0 {
			return append(out, StepFell{Round: s.Round, Step: s.Step, People: people, Until: at.Add(step.Wait)})
		}
		skipped := StepSkipped{Round: s.Round, Step: s.Step}
		out, s = append(out, skipped), Apply(s, at, skipped)
	}
	nobody := len(out) == len(s.Policy.Steps)
	if admins := w.reached(w.Admins); nobody && !s.Desperate && len(admins) > 0 {
		return append(out, AdminsPaged{People: admins, Until: at.Add(AdminWait)})
	}
	return append(out, Ended{Outcome: Exhausted})
}

// Apply returns s after e, which happened at an instant. It is total: an event that happened cannot be refused.
func Apply(s Escalation, at time.Time, e Event) Escalation {
	switch e := e.(type) {
	case Escalated:
		return Escalation{ID: e.Escalation, Policy: e.Policy, Urgency: e.Urgency, Level: e.Level, Begun: at, Due: at}
	case StepFell:
		s = s.behind(e.Round, e.Step)
		s.Due, s.Waiting = e.Until, s.pages(e, e.People)
	case StepSkipped:
		s = s.behind(e.Round, e.Step)
	case AdminsPaged:
		s.Due, s.Desperate, s.Waiting = e.Until, true, s.pages(e, e.People)
	case Ended:
		s.Ended = e.Outcome
	}
	return s
}

// behind returns s where the step behind one falls next.
func (s Escalation) behind(round, step int) Escalation {
	s.Round, s.Step = round, step+1
	if s.Step >= len(s.Policy.Steps) {
		s.Round, s.Step = round+1, 0
	}
	return s
}

// pages returns the names of the pages that an event starts. They follow from the escalation, the step and the person, so that what
// is decided again starts nothing twice.
func (s Escalation) pages(e Event, people []id.Person) []id.Page {
	step := "admins"
	if fell, ok := e.(StepFell); ok {
		step = fmt.Sprintf("step %d/%d", fell.Round, fell.Step)
	}
	out := make([]id.Page, 0, len(people))
	for _, p := range people {
		out = append(out, id.Derive[id.Page](s.ID, step+" "+p.String()))
	}
	return out
}

// Paging returns the pages that an event, which s does not hold yet, starts.
func (s Escalation) Paging(e Event, patience time.Duration, rules func(id.Person, Urgency) []Rule) []StartPage {
	var people []id.Person
	var until time.Time
	switch e := e.(type) {
	case StepFell:
		people, until = e.People, e.Until
	case AdminsPaged:
		people, until = e.People, e.Until
	}
	out := make([]StartPage, 0, len(people))
	for i, page := range s.pages(e, people) {
		out = append(out, StartPage{Effort: Effort{
			Page: page, Escalation: s.ID, Person: people[i], Urgency: s.Urgency, Expires: until, Patience: patience,
			Rules: slices.Clone(rules(people[i], s.Urgency)),
		}})
	}
	return out
}
