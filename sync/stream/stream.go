// Package stream is the one place that knows which rules belong to which kind of stream. Ledger
// and replica decide and fold through it, so that a rule is written once. It is pure.
package stream

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Command is any domain command: incident.Command, workspace.PersonCommand,
// workspace.ReaderCommand, workspace.TermsCommand, oncall.Command or escalation.PolicyCommand.
type Command interface{ Stream() id.Kind }

// Event is any domain event: incident.Event, workspace.PersonEvent, workspace.ReaderEvent,
// workspace.TermsEvent, oncall.Event or escalation.PolicyEvent.
type Event interface{ Stream() id.Kind }

// State is what a stream's events fold to: incident.Incident, workspace.Person, workspace.Reader,
// workspace.Terms, oncall.Rotation or escalation.PolicyState.
type State any

// Recorded is an event as the log holds it.
type Recorded struct {
	id.Envelope
	Event Event
}

// Unknown is an event of a later version. It is kept as it came, and moves nothing but the count.
type Unknown struct{ Of id.Kind }

// Stream says in which kind of stream the event was found.
func (u Unknown) Stream() id.Kind { return u.Of }

// Zero returns the state of a stream of kind before its first event.
func Zero(kind id.Kind) State {
	switch kind {
	case id.KindIncident:
		return incident.Incident{}
	case id.KindPerson:
		return workspace.Person{}
	case id.KindReader:
		return workspace.Reader{}
	case id.KindWorkspace:
		return workspace.Terms{}
	case id.KindRotation:
		return oncall.Rotation{}
	case id.KindPolicy:
		return escalation.PolicyState{}
	default:
		return nil
	}
}

// Decide says what would happen if c were carried out on s, given the set-up and what Beside loads. It changes
// nothing. On a fault.Conflict the returned events are nevertheless to be stored.
func Decide(s State, g incident.Given, c Command, by id.Actor) ([]Event, error) {
	switch c := c.(type) {
	case incident.Command:
		if state, ok := as[incident.Incident](s); ok {
			events, err := incident.Decide(state, g, c, by)
			return widen(events), err
		}
	case workspace.PersonCommand:
		if state, ok := as[workspace.Person](s); ok {
			events, err := workspace.DecidePerson(state, g.Setup, c, by)
			return widen(events), err
		}
	case workspace.ReaderCommand:
		if state, ok := as[workspace.Reader](s); ok {
			events, err := workspace.DecideReader(state, c)
			return widen(events), err
		}
	case workspace.TermsCommand:
		if state, ok := as[workspace.Terms](s); ok {
			events, err := workspace.DecideTerms(state, c)
			return widen(events), err
		}
	case oncall.Command:
		if state, ok := as[oncall.Rotation](s); ok {
			events, err := oncall.Decide(state, g.Setup, c, by, g.At)
			return widen(events), err
		}
	case escalation.PolicyCommand:
		if state, ok := as[escalation.PolicyState](s); ok {
			events, err := escalation.DecidePolicy(state, g.Nameable, c)
			return widen(events), err
		}
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
	return nil, misplaced()
}

// Beside loads what a decision on c rests on besides its own stream and the set-up; for most commands that is
// nothing. load returns any state for a stream that does not exist for whoever gives the command.
func Beside(c Command, load func(id.Stream) (State, error)) (map[id.Incident]incident.Incident, error) {
	wish, ok := c.(incident.Command)
	if !ok {
		return nil, nil
	}
	return incident.Beside(wish, func(i id.Incident) (incident.Incident, error) {
		s, err := load(id.Stream(i))
		state, _ := s.(incident.Incident)
		return state, err
	})
}

// Consequence is a command that follows from what happened in another stream, with an id that is always the same for
// one cause.
type Consequence struct {
	ID      id.Command
	Target  id.Stream
	Command Command
	// Unnamed says that the other stream's readers must not learn who did it: it is told as the server's own.
	Unnamed bool
}

// Follow says what follows in other streams once a command, the cause, has made after of before. It is carried out in
// the same transaction: so it happens exactly when the cause does.
func Follow(cause id.Command, before, after State) []Consequence {
	was, _ := before.(incident.Incident)
	now, ok := after.(incident.Incident)
	if !ok {
		return nil
	}
	var out []Consequence
	for _, c := range incident.Follow(was, now) {
		out = append(out, Consequence{ID: c.ID(cause), Target: id.Stream(c.Target), Command: c.Command})
	}
	if c, ok := Withdrawal(cause, before, after); ok {
		out = append(out, c)
	}
	return out
}

// Withdrawal is what follows of an incident that everybody saw, and that not everybody sees any more. It is false for any other.
func Withdrawal(cause id.Command, before, after State) (Consequence, bool) {
	was, _ := before.(incident.Incident)
	now, _ := after.(incident.Incident)
	return Consequence{
		ID: id.Derive[id.Command](cause, "withdraw"), Target: id.Workspace(),
		Command: workspace.WithdrawIncident{Incident: now.ID}, Unnamed: true,
	}, was.Exists() && now.Private && !was.Private
}

// WithoutTitle returns what follows without the title of what it follows from.
func (c Consequence) WithoutTitle() Consequence {
	if of, ok := c.Command.(incident.Command); ok {
		c.Command = incident.WithoutTitle(of)
	}
	return c
}

// Leads reports whether something may follow from a command in other streams, see Follow.
func Leads(c Command) bool {
	wish, ok := c.(incident.Command)
	return ok && incident.Leads(wish)
}

// as returns s as a T; nil is the zero T. It is false for a state of another kind.
func as[T State](s State) (T, bool) {
	if s == nil {
		var zero T
		return zero, true
	}
	t, ok := s.(T)
	return t, ok
}

func misplaced() error {
	return fault.New(fault.Invalid, "The command does not belong to the stream that it names.")
}

func widen[E Event](events []E) []Event {
	if len(events) == 0 {
		return nil
	}
	out := make([]Event, len(events))
	for i, e := range events {
		out[i] = e
	}
	return out
}

// Apply returns s after e. It is total; an event that this version does not know, and one that does
// not belong to such a state, leaves s as it is but for the count.
func Apply(s State, at id.Envelope, e Event) State {
	switch e := e.(type) {
	case incident.Event:
		if state, ok := as[incident.Incident](s); ok {
			return incident.Apply(state, at, e)
		}
	case workspace.PersonEvent:
		if state, ok := as[workspace.Person](s); ok {
			return workspace.ApplyPerson(state, at, e)
		}
	case workspace.ReaderEvent:
		if state, ok := as[workspace.Reader](s); ok {
			return workspace.ApplyReader(state, at, e)
		}
	case workspace.TermsEvent:
		if state, ok := as[workspace.Terms](s); ok {
			return workspace.ApplyTerms(state, at, e)
		}
	case oncall.Event:
		if state, ok := as[oncall.Rotation](s); ok {
			return oncall.Apply(state, at, e)
		}
	case escalation.PolicyEvent:
		if state, ok := as[escalation.PolicyState](s); ok {
			return escalation.ApplyPolicy(state, at, e)
		}
	}
	return counted(s, at)
}

// Belated returns what is recorded of an event that a restored log was given back, where s is how its stream stands now,
// and at whose event it was, and when. It is false where nothing is left to be recorded.
func Belated(s State, at id.Envelope, e Event) (Event, bool) {
	switch e := e.(type) {
	case incident.Event:
		if state, ok := as[incident.Incident](s); ok {
			return incident.Belated(state, at, e)
		}
	case workspace.PersonEvent:
		if state, ok := as[workspace.Person](s); ok {
			return e, workspace.Belated(state, e)
		}
	}
	return e, true
}

// counted returns s as it stands after an event that this version cannot read.
func counted(s State, at id.Envelope) State {
	switch s := s.(type) {
	case incident.Incident:
		s.ID, s.Seq = id.Incident(at.Stream), at.StreamSeq
		return s
	case workspace.Person:
		s.ID, s.Seq = id.Person(at.Stream), at.StreamSeq
		return s
	case workspace.Reader:
		s.Seq = at.StreamSeq
		return s
	case workspace.Terms:
		s.Seq = at.StreamSeq
		return s
	case oncall.Rotation:
		s.ID, s.Seq = id.Rotation(at.Stream), at.StreamSeq
		return s
	case escalation.PolicyState:
		s.ID, s.Seq = id.Policy(at.Stream), at.StreamSeq
		return s
	default:
		return s
	}
}

// SetUp returns w as it is with a stream that stands at s: rules need the people and the company's terms.
func SetUp(w workspace.Setup, s State) workspace.Setup {
	switch s := s.(type) {
	case workspace.Person:
		return w.With(s)
	case workspace.Terms:
		return w.WithTerms(s)
	default:
		return w
	}
}

// Seq returns the stream_seq of the last event folded into s.
func Seq(s State) uint64 {
	switch s := s.(type) {
	case incident.Incident:
		return s.Seq
	case workspace.Person:
		return s.Seq
	case workspace.Reader:
		return s.Seq
	case workspace.Terms:
		return s.Seq
	case oncall.Rotation:
		return s.Seq
	case escalation.PolicyState:
		return s.Seq
	default:
		return 0
	}
}

// Scope returns the scope of a stream that c begins, given by a person.
func Scope(target id.Stream, c Command, by id.Person) id.Scope {
	if told, ok := c.(workspace.Remind); ok {
		return id.Own(told.To)
	}
	if c.Stream() == id.KindReader {
		return id.Own(by)
	}
	if d, ok := c.(incident.Declare); ok && d.Private {
		return id.Private(id.Incident(target))
	}
	return id.Everyone()
}

// ScopeOf returns the scope that a stream of which s is the state belongs in now; was is the one that it is in.
func ScopeOf(s State, was id.Scope) id.Scope {
	i, ok := s.(incident.Incident)
	switch {
	case !ok || !i.Exists():
		return was
	case i.Private:
		return id.Private(i.ID)
	case was.IsZero() || was == id.Private(i.ID):
		return id.Everyone()
	default:
		return was
	}
}

// Admitted returns who may see a stream of which s is the state, beside the server. It is false for one whose scope
// alone says so.
func Admitted(s State) ([]id.Person, bool) {
	i, ok := s.(incident.Incident)
	return i.Admitted, ok && i.Private
}

// Check reports a command that is not meant for the stream it names: a person's record written
// into an incident, or somebody else's reading marks.
func Check(target id.Stream, c Command, by id.Actor) error {
	switch c := c.(type) {
	case incident.Command:
		if reserved(target) {
			return misplaced()
		}
		switch c.(type) {
		case incident.Import:
			if !by.Person.IsZero() {
				return fault.New(fault.Denied, "Histories are imported on the server only.")
			}
		case incident.Proceed, incident.Tell:
			if !by.Person.IsZero() {
				return fault.New(fault.Denied, "Only the server says so.")
			}
		case incident.Declare:
			if target.Owned() { // or somebody could take the stream that another's reading marks will need
				return misplaced()
			}
		}
	case workspace.PersonCommand:
		if reserved(target) || subject(c) != id.Person(target) {
			return misplaced()
		}
	case workspace.TermsCommand:
		if target != id.Workspace() {
			return misplaced()
		}
	case oncall.Command, escalation.PolicyCommand:
		if reserved(target) || target.Owned() {
			return misplaced()
		}
	case workspace.Remind:
		if !by.Person.IsZero() {
			return fault.New(fault.Denied, "Only the server says so.")
		}
		if c.To.IsZero() || target != id.Reader(c.To) {
			return misplaced()
		}
	case workspace.ReaderCommand:
		if by.Person.IsZero() || target != id.Reader(by.Person) {
			return fault.New(fault.NotFound, "There is no such stream.")
		}
	}
	return nil
}

// reserved reports the ids that name nothing, everyone's scope and the set-up: a person of such an
// id would have another's scope.
func reserved(target id.Stream) bool {
	return target.IsZero() || target == id.Workspace() || id.Scope(target) == id.Everyone()
}

func subject(c workspace.PersonCommand) id.Person {
	switch c := c.(type) {
	case workspace.AddPerson:
		return c.Person
	case workspace.DescribePerson:
		return c.Person
	case workspace.EnrolDevice:
		return c.Person
	case workspace.RevokeDevice:
		return c.Person
	case workspace.ReadmitPerson:
		return c.Person
	case workspace.RecognizePerson:
		return c.Person
	case workspace.PublishNumber:
		return c.Person
	case workspace.TellReach:
		return c.Person
	default:
		return id.Person{}
	}
}

// Numbered returns e with the INC number that it was given, where e is one that gets a number.
func Numbered(e Event, next uint32) (Event, bool) {
	switch e := e.(type) {
	case incident.Declared:
		if e.Private {
			return e, false
		}
		e.Number = next
		return e, true
	case incident.Revealed:
		if e.Number > 0 {
			return e, false
		}
		e.Number = next
		return e, true
	case incident.Imported:
		e.Number = next
		return e, true
	default:
		return e, false
	}
}

// Backdated is an event that brings its own time, from a foreign history.
type Backdated interface{ OccurredAt() time.Time }
