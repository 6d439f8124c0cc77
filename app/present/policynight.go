package present

import (
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Night is what a policy would do if an incident began at some moment and nobody answered.
type Night struct {
	Begins   time.Time
	Says     []string
	Lines    []NightLine
	More     int // how many lines are left out before the last, which is how it ends
	Warnings []PolicyWarning
}

// NightLine is who is paged when.
type NightLine struct {
	When  string
	Words string
	Tone  Tone
}

// nightMost is how many lines are shown at most.
const nightMost = 14

// worst is the level of the incident that is foreseen: it is meant for the gravest.
const worst = 1

// NextNight returns the next three o'clock in the morning, as the wall clocks of the viewer's zone show it.
func (v View) NextNight(now time.Time) time.Time {
	return v.nextNight(now, func(time.Weekday) bool { return true })
}

// NextSunday returns the next three o'clock in the morning of a Sunday, the hour that nobody thinks of.
func (v View) NextSunday(now time.Time) time.Time {
	return v.nextNight(now, func(d time.Weekday) bool { return d == time.Sunday })
}

func (v View) nextNight(now time.Time, fits func(time.Weekday) bool) time.Time {
	at := now.In(v.Zone)
	for day := range 9 {
		wall := time.Date(at.Year(), at.Month(), at.Day()+day, 3, 0, 0, 0, time.UTC)
		if night := oncall.Resolve(oncall.Wall(wall.Unix()), v.Zone); night.After(now) && fits(wall.Weekday()) {
			return night
		}
	}
	return now
}

// world is what steps rest on at an instant: the same that a server goes by, from what this device knows.
func (s Staff) world(at time.Time, v View) escalation.World { return s.watch(at, v).World }

// load returns what this device knows of a stream; nil for what it does not know.
func (s Staff) load(v View) func(id.Stream, id.Kind) (stream.State, error) {
	return func(target id.Stream, kind id.Kind) (stream.State, error) {
		switch {
		case kind == id.KindRotation:
			r, _ := s.rotation(id.Rotation(target))
			return r, nil
		case kind == id.KindPolicy:
			p, _ := s.policy(id.Policy(target))
			return p, nil
		case kind == id.KindReader && target == id.Reader(v.Self.Person):
			return s.Reader, nil
		default:
			return nil, nil //nolint:nilnil // what is not there has no state, and that is no fault
		}
	}
}

// nightly returns when something happens in a night that may be far: the date of it stands above, and the weekday is enough.
func (v View) nightly(at, now time.Time) string {
	if days := daysBetween(at.In(v.Zone), now.In(v.Zone)); days <= -7 || days >= 7 {
		return nth(v.Words.Time.Weekdays, int(at.In(v.Zone).Weekday())) + " " + at.In(v.Zone).Format("15:04")
	}
	return v.Moment(at, now)
}

// NightFrom says what a policy means, and who would be paged when if an incident began at some moment and nobody answered.
func NightFrom(p escalation.Policy, at time.Time, s Staff, v View) Night {
	out := Night{Begins: at, Says: v.PolicySays(p, s), Warnings: v.PolicyWarnings(p, s)}
	all := escalation.ForeseePassage(escalation.Passage{
		Need:  escalation.Need{Escalate: true, Policy: p, Urgency: escalation.High, Level: worst, Patience: escalation.Patience(worst)},
		At:    at,
		World: func(at time.Time) escalation.World { return s.world(at, v) },
	})
	told := nightly{View: v}
	for _, h := range all {
		if words, tone := told.happening(h.Event); words != "" {
			out.Lines = append(out.Lines, NightLine{When: v.nightly(h.At, s.Now), Words: words, Tone: tone})
		}
	}
	if n := len(out.Lines); n > nightMost {
		out.More = n - nightMost
		out.Lines = slices.Delete(out.Lines, nightMost-1, n-1)
	}
	return out
}

// nightly says one after the other what would happen.
type nightly struct {
	View
	paged []id.Person
}

// happening says what would happen, or nothing where nobody has to know. That a step reaches nobody new is to be seen.
func (n *nightly) happening(e escalation.Event) (string, Tone) {
	w := n.Words.Policies
	switch e := e.(type) {
	case escalation.StepFell:
		again, tone := n.allPaged(e.People), Normal
		if again && e.Round == 0 {
			tone = Warn
		}
		n.paged = append(n.paged, e.People...)
		return fmt.Sprintf(either(again, w.FallsAgain, w.Falls), n.named(e.People)), tone
	case escalation.StepSkipped:
		return fmt.Sprintf(w.Skipped, e.Step+1), Warn
	case escalation.AdminsPaged:
		return fmt.Sprintf(w.Admins, n.named(e.People)), Warn
	case escalation.Ended:
		return w.Ends, Alarm
	default:
		return "", Normal
	}
}

func (n *nightly) allPaged(people []id.Person) bool {
	return !slices.ContainsFunc(people, func(p id.Person) bool { return !slices.Contains(n.paged, p) })
}

// named names people at the beginning of a line.
func (n *nightly) named(people []id.Person) string {
	words := n.persons(people)
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}
