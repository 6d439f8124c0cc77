package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Night is what a policy would do if an incident began at some moment and nobody answered.
type Night struct {
	Says     []string
	Lines    []NightLine
	More     int // how many lines there are besides
	Warnings []string
}

// NightLine is who is paged when.
type NightLine struct {
	When  string
	Words string
	Tone  Tone
}

// nightMost is how many lines are shown.
const nightMost = 14

// worst is the level of the incident that is foreseen: it is meant for the gravest.
const worst = 1

// NextNight returns the next three o'clock in the morning, as the wall clocks of the viewer's zone show it.
func (v View) NextNight(now time.Time) time.Time {
	at := now.In(v.Zone)
	for day := range 3 {
		wall := time.Date(at.Year(), at.Month(), at.Day()+day, 3, 0, 0, 0, time.UTC)
		if night := oncall.Resolve(oncall.Wall(wall.Unix()), v.Zone); night.After(now) {
			return night
		}
	}
	return now
}

// world is what steps rest on at an instant: the same that a server goes by, from what this device knows.
func (s Staff) world(at time.Time, v View) escalation.World {
	load := func(target id.Stream, kind id.Kind) (stream.State, error) {
		switch {
		case kind == id.KindRotation:
			r, _ := s.rotation(id.Rotation(target))
			return r, nil
		case kind == id.KindReader && target == id.Reader(v.Self.Person):
			return s.Reader, nil
		default:
			return nil, nil //nolint:nilnil // what is not there has no state, and that is no fault
		}
	}
	return stream.NewWatch(v.Setup, at, load).Paging().World
}

// NightFrom says what a policy means, and who would be paged when if an incident began at some moment and nobody answered.
func NightFrom(p escalation.Policy, at time.Time, s Staff, v View) Night {
	out := Night{Says: v.PolicySays(p, s), Warnings: v.PolicyWarnings(p, s)}
	all := escalation.ForeseePassage(escalation.Passage{
		Need:  escalation.Need{Escalate: true, Policy: p, Urgency: escalation.High, Level: worst, Patience: escalation.Patience(worst)},
		At:    at,
		World: func(at time.Time) escalation.World { return s.world(at, v) },
	})
	for _, h := range all {
		words, tone := v.happening(h.Event)
		switch {
		case words == "":
		case len(out.Lines) == nightMost:
			out.More++
		default:
			out.Lines = append(out.Lines, NightLine{When: v.Moment(h.At, s.Now), Words: words, Tone: tone})
		}
	}
	return out
}

// happening says what would happen, or nothing where nobody has to know.
func (v View) happening(e escalation.Event) (string, Tone) {
	w := v.Words.Policies
	switch e := e.(type) {
	case escalation.StepFell:
		return fmt.Sprintf(either(e.Round > 0, w.FallsAgain, w.Falls), v.persons(e.People)), Normal
	case escalation.StepSkipped:
		return fmt.Sprintf(w.Skipped, e.Step+1), Warn
	case escalation.AdminsPaged:
		return fmt.Sprintf(w.Admins, v.persons(e.People)), Warn
	case escalation.Ended:
		return w.Ends, Alarm
	default:
		return "", Normal
	}
}

// PolicyWarnings says what is wrong with a policy, before it matters.
func (v View) PolicyWarnings(p escalation.Policy, s Staff) []string {
	w := v.Words.Policies
	var out []string
	add := func(words string) {
		if words != "" && !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	empty := p.Empty(s.world(s.Now, v))
	for i, step := range p.Steps {
		if len(step.Targets) == 0 {
			continue // it is not filled in yet
		}
		if slices.Contains(empty, i) {
			add(fmt.Sprintf(w.WarnStep, i+1))
		} else if at, will := s.emptyAt(p, i, v); will {
			add(fmt.Sprintf(w.WarnStepLater, i+1, v.Moment(at, s.Now)))
		}
		for _, t := range step.Targets {
			add(v.targetWarning(t, s))
		}
	}
	return out
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

// targetWarning says what is wrong with what a step names.
func (v View) targetWarning(t escalation.Target, s Staff) string {
	w := v.Words.Policies
	if !t.Person.IsZero() {
		switch known, here := v.Setup.People[t.Person]; {
		case !here:
			return w.WarnGone
		case known.Ways() == 0:
			return fmt.Sprintf(w.WarnUnreached, known.Name)
		}
		return ""
	}
	r, known := s.rotation(t.Rotation)
	if !known {
		return w.WarnRotationGone
	}
	if r.Ended(s.Now) {
		return fmt.Sprintf(w.WarnRotationEnded, r.Name)
	}
	on := oncall.NewRoster(r).At(s.Now)
	if len(on) == 0 {
		return fmt.Sprintf(w.WarnRotation, r.Name)
	}
	for _, shift := range on {
		if who := v.Setup.People[shift.Person]; who.Ways() == 0 {
			return fmt.Sprintf(w.WarnUnreached, v.Person(shift.Person).Name)
		}
	}
	if gaps := gapsIn(r, oncall.NewRoster(r), s.Now, s.Now.Add(horizon)); len(gaps) > 0 {
		return fmt.Sprintf(w.WarnRotationGap, r.Name, v.Between(gaps[0].From, gaps[0].Until, s.Now))
	}
	return ""
}
