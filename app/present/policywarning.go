package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// PolicyWarning is what is wrong with whom incidents reach, before it matters.
type PolicyWarning struct {
	Words string
	Grave bool // somebody may be waited for in vain
	Meant bool // it is nothing wrong, only to be known: somebody has chosen it
}

// doubts are what speaks against a policy, each once; the people in them are told together.
type doubts struct {
	all  []PolicyWarning
	whom map[string][]string // by the words that tell of them
}

func (d *doubts) add(grave bool, words string) {
	if w := (PolicyWarning{Words: words, Grave: grave}); words != "" && !slices.Contains(d.all, w) {
		d.all = append(d.all, w)
	}
}

func (d *doubts) of(words, name string) {
	if !slices.Contains(d.whom[words], name) {
		d.whom[words] = append(d.whom[words], name)
	}
}

// PolicyWarnings says what is wrong with a policy, before it matters: the gravest first.
func (v View) PolicyWarnings(p escalation.Policy, s Staff) []PolicyWarning {
	w, d := v.Words.Policies, doubts{whom: map[string][]string{}}
	v.stepWarnings(&d, p, s)
	for _, step := range p.Steps {
		for _, t := range step.Targets {
			v.targetWarnings(&d, t, s)
		}
	}
	for _, words := range []string{w.WarnUnreached, w.WarnOnlyOpen, w.WarnOnlyMail} {
		if names := d.whom[words]; len(names) > 0 {
			d.add(true, fmt.Sprintf(words, v.Listed(names)))
		}
	}
	slices.SortStableFunc(d.all, func(a, b PolicyWarning) int { return cmp.Compare(gravity(a), gravity(b)) })
	return d.all
}

func gravity(w PolicyWarning) int {
	if w.Grave {
		return 0
	}
	return 1
}

// stepWarnings looks whom the steps reach: nobody, nobody from some time on, or nobody whom an earlier one has not reached in vain.
// Steps that are not filled in yet are passed over.
func (v View) stepWarnings(d *doubts, p escalation.Policy, s Staff) {
	w, now := v.Words.Policies, s.world(s.Now, v)
	filled := slices.ContainsFunc(p.Steps, func(step escalation.Step) bool { return len(step.Targets) > 0 })
	empty := p.Empty(now)
	switch {
	case filled && len(empty) == len(p.Steps) && !slices.ContainsFunc(now.Admins, now.Reached):
		d.add(true, w.WarnNobody)
		return
	case filled && len(empty) == len(p.Steps):
		d.add(true, w.WarnNowhere)
		return
	}
	var before []id.Person
	for i, step := range p.Steps {
		switch people := now.Of(step); {
		case len(step.Targets) == 0:
		case len(people) == 0:
			d.add(true, fmt.Sprintf(w.WarnStep, i+1))
		default:
			if !slices.ContainsFunc(people, func(p id.Person) bool { return !slices.Contains(before, p) }) {
				d.add(false, fmt.Sprintf(w.WarnCircle, i+1))
			}
			before = append(before, people...)
			if at, will := s.emptyAt(p, i, v); will {
				d.add(false, fmt.Sprintf(w.WarnStepLater, i+1, v.Moment(at, s.Now)))
			}
		}
	}
}

// emptyAt returns the first moment within the horizon from which on a step reaches nobody. That is where somebody's last shift ends.
func (s Staff) emptyAt(p escalation.Policy, step int, v View) (time.Time, bool) {
	var ends []time.Time
	for _, t := range p.Steps[step].Targets {
		r, known := s.rotation(t.Rotation)
		if !known {
			continue
		}
		for _, gap := range gapsIn(r, oncall.NewRoster(r), s.Now, s.Now.Add(horizon)) {
			ends = append(ends, gap.From)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	for _, at := range ends {
		if slices.Contains(p.Empty(s.world(at, v)), step) {
			return at, true
		}
	}
	return time.Time{}, false
}

// targetWarnings looks at what a step names.
func (v View) targetWarnings(d *doubts, t escalation.Target, s Staff) {
	w := v.Words.Policies
	if !t.Person.IsZero() {
		v.personWarning(d, t.Person)
		return
	}
	r, known := s.rotation(t.Rotation)
	if !known {
		d.add(true, w.WarnRotationGone)
		return
	}
	if r.Ended(s.Now) {
		d.add(true, fmt.Sprintf(w.WarnRotationEnded, r.Name))
		return
	}
	roster := oncall.NewRoster(r)
	for _, shift := range roster.Shifts(s.Now, s.Now.Add(horizon)) {
		v.personWarning(d, shift.Person)
	}
	gaps := gapsIn(r, roster, s.Now, s.Now.Add(horizon))
	switch {
	case len(roster.At(s.Now)) == 0:
		d.add(false, fmt.Sprintf(w.WarnRotation, r.Name))
	case len(gaps) > 0:
		d.add(false, fmt.Sprintf(w.WarnRotationGap, r.Name, v.Between(gaps[0].From, gaps[0].Until, s.Now)))
	}
}

// personWarning looks whether anything that rings reaches somebody.
func (v View) personWarning(d *doubts, p id.Person) {
	w := v.Words.Policies
	known, here := v.Setup.People[p]
	switch {
	case !here:
		d.add(true, w.WarnGone)
	case known.Ways() == 0:
		d.of(w.WarnUnreached, known.Name)
	case known.Channels == 0:
		d.of(w.WarnOnlyOpen, known.Name)
	case !slices.ContainsFunc(known.Channels.List(), reach.Channel.Wakes):
		d.of(w.WarnOnlyMail, known.Name)
	}
}

// RouteWarnings says what is wrong with the severities that a policy is for.
func (v View) RouteWarnings(levels []uint8, routes []Route) []PolicyWarning {
	w := v.Words.Policies
	if len(levels) == 0 {
		return []PolicyWarning{{Words: w.WarnUnrouted}}
	}
	var quiet []string
	for _, r := range routes {
		if slices.Contains(levels, r.Level) && r.Quiet {
			quiet = append(quiet, r.Name)
		}
	}
	if len(quiet) == 0 {
		return nil
	}
	return []PolicyWarning{{Words: fmt.Sprintf(w.WarnQuiet, v.Listed(quiet)), Meant: true}}
}

// adminsWarning says so where nobody would be left to page.
func (v View) adminsWarning() []PolicyWarning {
	reached := func(p id.Person) bool { return v.Setup.People[p].Ways() != 0 }
	if slices.ContainsFunc(v.Setup.AdminIDs(), reached) {
		return nil
	}
	return []PolicyWarning{{Words: v.Words.Policies.WarnNoAdmins, Grave: true}}
}
