package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of a policy.
const (
	MaxName    = 120 // in code points
	MaxSteps   = 20
	MaxTargets = 20 // of one step
	MaxRepeats = 9
	MinWait    = time.Minute
	MaxWait    = 24 * time.Hour
)

// Policy is an ordered list of steps.
type Policy struct {
	Name  string
	Steps []Step
	// Repeats is how often the steps are gone through again when nobody has acknowledged.
	Repeats int
}

// Step is who is paged, and how long it is waited for one of them before the next step falls.
type Step struct {
	Targets []Target
	Wait    time.Duration
}

// Target is one person, or whoever is on call by a rotation when the step falls.
type Target struct {
	Person   id.Person
	Rotation id.Rotation
}

// World is what a step rests on when it falls.
type World struct {
	// OnCall returns who is on call by a rotation now.
	OnCall func(id.Rotation) []id.Person
	// Reached reports whether a person has a channel at all.
	Reached func(id.Person) bool
	// Rules returns through what a person is reached, see Rules.For; none for somebody who is not Reached.
	Rules  func(id.Person, Urgency) []Rule
	Admins []id.Person
}

// Of returns whom a step would page now, each once. Who cannot be reached is left out: to wait for them is in vain.
func (w World) Of(step Step) []id.Person {
	var all []id.Person
	for _, t := range step.Targets {
		if !t.Person.IsZero() {
			all = append(all, t.Person)
		}
		if !t.Rotation.IsZero() {
			all = append(all, w.OnCall(t.Rotation)...)
		}
	}
	return w.reached(all)
}

func (w World) reached(all []id.Person) []id.Person {
	var out []id.Person
	for _, p := range all {
		if !slices.Contains(out, p) && w.Reached(p) {
			out = append(out, p)
		}
	}
	return out
}

// same reports whether both policies page the same people at the same times.
func (p Policy) same(o Policy) bool {
	return p.Repeats == o.Repeats && slices.EqualFunc(p.Steps, o.Steps, func(a, b Step) bool {
		return a.Wait == b.Wait && slices.Equal(a.Targets, b.Targets)
	})
}

// Empty returns the numbers, from 0, of the steps that would page nobody now: what is to be warned of before it happens.
func (p Policy) Empty(w World) []int {
	var out []int
	for i, step := range p.Steps {
		if len(w.Of(step)) == 0 {
			out = append(out, i)
		}
	}
	return out
}

// Normalize returns p as it is stored, where known tells whom it may name. It returns one Invalid fault for all that is wrong with it.
func (p Policy) Normalize(known func(id.Person) bool) (Policy, error) {
	var check fault.Check
	p.Name = strings.Join(strings.Fields(strings.ToValidUTF8(p.Name, "\uFFFD")), " ")
	if p.Name == "" {
		check.Add("name", "is empty")
	}
	if n := len([]rune(p.Name)); n > MaxName {
		check.Add("name", fmt.Sprintf("has %d characters; %d are allowed", n, MaxName))
	}
	if len(p.Steps) == 0 {
		check.Add("steps", "are none, so nobody would be paged")
	}
	checkCount(&check, "steps", len(p.Steps), MaxSteps)
	if p.Repeats < 0 || p.Repeats > MaxRepeats {
		check.Add("repeats", fmt.Sprintf("must lie between 0 and %d", MaxRepeats))
	}
	p.Steps = slices.Clone(p.Steps)
	for i, step := range p.Steps {
		step.check(&check, fmt.Sprintf("step %d", i+1), known)
		p.Steps[i].Targets = slices.Clone(step.Targets)
	}
	return p, check.Err("The policy cannot be like this.")
}

func (s Step) check(check *fault.Check, name string, known func(id.Person) bool) {
	if s.Wait < MinWait || s.Wait > MaxWait {
		check.Add(name, "must wait between a minute and a day")
	}
	if len(s.Targets) == 0 {
		check.Add(name, "has nobody to page")
	}
	checkCount(check, name, len(s.Targets), MaxTargets)
	for _, t := range s.Targets {
		switch {
		case t.Person.IsZero() == t.Rotation.IsZero():
			check.Add(name, "has nobody to page")
		case !t.Person.IsZero() && !known(t.Person):
			check.Add(name, "names somebody who is unknown here")
		}
	}
}

func checkCount(check *fault.Check, name string, n, limit int) {
	if n > limit {
		check.Add(name, fmt.Sprintf("has %d; %d are allowed", n, limit))
	}
}
