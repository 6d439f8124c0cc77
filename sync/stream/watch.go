package stream

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Watch is who is on call and how people are reached at an instant: what incident.Proceed rests on. It loads a stream when that is
// asked for the first time. What cannot be loaded is as if it were not there, and Err tells of it: then nothing may come of the
// decision.
type Watch struct {
	setup workspace.Setup
	at    time.Time
	load  func(id.Stream, id.Kind) (State, error)
	duty  map[id.Rotation][]id.Person
	err   error
}

// NewWatch returns the watch at an instant. load returns a stream's state; the zero one of its kind for one that does not exist.
func NewWatch(w workspace.Setup, at time.Time, load func(id.Stream, id.Kind) (State, error)) *Watch {
	return &Watch{setup: w, at: at, load: load, duty: map[id.Rotation][]id.Person{}}
}

// Err returns why something could not be loaded.
func (w *Watch) Err() error { return w.err }

// Paging returns w as rules ask it.
func (w *Watch) Paging() incident.Paging {
	return incident.Paging{
		World:  escalation.World{OnCall: w.onCall, Reached: w.reached, Rules: w.rules, Admins: w.setup.AdminIDs()},
		Policy: w.policy,
	}
}

func (w *Watch) state(s id.Stream, kind id.Kind) State {
	state, err := w.load(s, kind)
	if err != nil && w.err == nil {
		w.err = err
	}
	return state
}

func (w *Watch) policy(p id.Policy) (escalation.Policy, bool) {
	if p.IsZero() {
		return escalation.Policy{}, false
	}
	s, _ := w.state(id.Stream(p), id.KindPolicy).(escalation.PolicyState)
	return s.Policy, s.Seq > 0 && !s.Retired
}

func (w *Watch) onCall(r id.Rotation) []id.Person {
	if people, known := w.duty[r]; known {
		return people
	}
	var people []id.Person
	if rotation, ok := w.state(id.Stream(r), id.KindRotation).(oncall.Rotation); ok && len(rotation.Versions) > 0 {
		for _, shift := range oncall.NewRoster(rotation).At(w.at) {
			people = append(people, shift.Person)
		}
	}
	w.duty[r] = people
	return people
}

func (w *Watch) reached(p id.Person) bool { return w.setup.People[p].Ways() != 0 }

// rules are those that the person has chosen. Who has devices that nothing can be pushed to is reached through the open client.
func (w *Watch) rules(p id.Person, u escalation.Urgency) []escalation.Rule {
	reader, _ := w.state(id.Reader(p), id.KindReader).(workspace.Reader)
	return reader.Rules.For(u, w.setup.People[p].Ways())
}
