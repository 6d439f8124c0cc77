// Package handoff proves by brute force who is on call. It walks through the years in steps of half a minute, reads a wall clock
// at every step as a person would, hands over whenever the clock has come to the next wall time on a list that it writes with a
// calendar of its own, and compares that with the shifts that sync/oncall computes. It shares nothing with them but the words
// of the rule.
package handoff

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// Zones returns the zones that are walked through: with changes by an hour, by half of one and by two, at two o'clock, at
// midnight and at odd minutes, in the south and in the north, with a winter time that is the exception, during Ramadan, and
// with none at all.
func Zones() []string {
	return []string{
		"America/Chicago", "America/St_Johns", "America/Havana", "America/Santiago", "Europe/Berlin", "Europe/Dublin",
		"Asia/Beirut", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll", "Asia/Kathmandu",
	}
}

const (
	step   = 30        // seconds between two looks
	coarse = 3600      // seconds between two looks where nothing happens
	near   = 36 * 3600 // seconds around whatever happens
	nigh   = 6 * 3600  // seconds around a change in which At is asked at every look; elsewhere it is every hour
	crew   = 5         // people in every layer
)

// Run walks through a span of time in one zone.
type Run struct {
	Zone        string
	From, Until time.Time
	// Thin looks only once an hour, and at every handoff and half a minute before it, where neither clocks are changed nor a
	// layer of months or years is handed over within 36 hours.
	Thin bool
}

// Result is what a walk found.
type Result struct {
	Zone     string   `json:"zone"`
	Layers   int      `json:"layers"`
	Looks    int      `json:"looks"`    // instants looked at, each in every layer
	Asked    int      `json:"asked"`    // of them, with every layer, those for which At was asked by itself
	Shifts   int      `json:"shifts"`   // compared with where the walk handed over
	Changes  int      `json:"changes"`  // of the clocks
	Gaps     int      `json:"gaps"`     // handoffs at wall times that there were not
	Overlaps int      `json:"overlaps"` // handoffs at wall times that there were twice
	Skipped  int      `json:"skipped"`  // turns that lay in a gap as a whole
	Wrong    []string `json:"wrong,omitempty"`
}

// Add adds up what walks found.
func (r *Result) Add(o Result) {
	r.Layers += o.Layers
	r.Looks += o.Looks
	r.Asked += o.Asked
	r.Shifts += o.Shifts
	r.Changes += o.Changes
	r.Gaps += o.Gaps
	r.Overlaps += o.Overlaps
	r.Skipped += o.Skipped
	r.Wrong = append(r.Wrong, o.Wrong...)
}

// maxWrong ends a walk on which nothing is right.
const maxWrong = 20

func (r *Result) wrong(format string, args ...any) {
	r.Wrong = append(r.Wrong, r.Zone+": "+fmt.Sprintf(format, args...))
}

// lane is one layer on a walk.
type lane struct {
	name     string
	roster   oncall.Roster
	calendar *calendar
	turn     int // how many times it was handed over since the anchor; -1 before
	shifts   []oncall.Shift
	now      int // the shift in which the walk is
	seldom   bool
}

// Walk walks through the span. It fails where the zone is unknown or ctx ends.
func (r Run) Walk(ctx context.Context) (Result, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return Result{}, fmt.Errorf("walk through %s: %w", r.Zone, err)
	}
	lanes := lanesIn(r)
	found := Result{Zone: r.Zone, Layers: len(lanes)}
	changes := changesIn(zone, r.From.Unix(), r.Until.Unix())
	found.Changes = len(changes)
	for _, l := range lanes {
		l.compute(&found, r)
	}
	w := walker{Result: &found, zone: zone, lanes: lanes, changing: around(changes, nigh), busy: busyTimes(r, changes, lanes)}
	for t := r.From.Unix(); t < r.Until.Unix() && len(found.Wrong) < maxWrong; {
		if found.Looks%(1<<16) == 0 && ctx.Err() != nil {
			return found, ctx.Err()
		}
		w.look(t, r.Thin)
		t += w.stride
	}
	return found, nil
}

// compute asks for all shifts of the span, and sees that they are one behind the other.
func (l *lane) compute(found *Result, r Run) {
	l.shifts = l.roster.Shifts(r.From, r.Until)
	found.Shifts += len(l.shifts)
	if n := len(l.shifts); n == 0 || l.shifts[0].From.After(r.From) || l.shifts[n-1].Until.Before(r.Until) {
		found.wrong("%s: %d shifts do not cover the span", l.name, n)
		return
	}
	for i, s := range l.shifts[1:] {
		if before := l.shifts[i]; !before.Until.Equal(s.From) || !s.From.Before(s.Until) {
			found.wrong("%s: a shift from %s to %s behind one that ends at %s", l.name, s.From, s.Until, before.Until)
		}
	}
}

// walker looks at a wall clock.
type walker struct {
	*Result
	zone     *time.Location
	lanes    []*lane
	changing []oncall.Span // around changes of the clocks
	busy     []oncall.Span
	stride   int64
	furthest int64 // what the clock has shown at most
	reading  int64
	changed  int64 // when the clock was last changed
}

// look reads the clock at t, hands over where it is time, and compares.
func (w *walker) look(t int64, thin bool) {
	_, offset := time.Unix(t, 0).In(w.zone).Zone()
	before := w.reading
	w.reading = t + int64(offset)
	first := w.Looks == 0
	if first {
		w.furthest, w.changed = w.reading, t-near
	} else if w.reading-before != w.stride {
		w.changed = t
	}
	w.furthest = max(w.furthest, w.reading)
	w.Looks++
	dense := isIn(&w.busy, t)
	ask := isIn(&w.changing, t) || t%coarse == 0
	if ask {
		w.Asked++
	}
	for _, l := range w.lanes {
		handed := 0
		for wall := l.calendar.next(); wall <= w.furthest; wall = l.calendar.next() {
			if l.calendar.advance(); !first && handed == 0 && w.stride == step {
				w.handoff(l, t, wall)
			}
			l.turn++
			handed++
		}
		if handed > 1 && !first && w.stride == step {
			w.Skipped += handed - 1
		}
		if l.turn >= 0 {
			w.compare(l, t, ask)
		}
	}
	if w.stride = step; thin && !dense {
		w.stride = w.far(t)
	}
}

// far returns how long after t the next look is where not every half minute is looked at.
func (w *walker) far(t int64) int64 {
	next := t - t%coarse + coarse
	for _, l := range w.lanes {
		if l.now == len(l.shifts) {
			continue
		}
		for _, soon := range [...]int64{l.shifts[l.now].Until.Unix() - step, l.shifts[l.now].Until.Unix()} {
			if soon > t {
				next = min(next, soon)
			}
		}
	}
	return next - t
}

// handoff sees that the clock shows at t what it should at a handoff, or that there is no such time on that day.
func (w *walker) handoff(l *lane, t, wall int64) {
	switch before := w.reading - w.furthestStep(t); {
	case wall == w.reading:
		if _, later := time.Unix(t, 0).In(w.zone).ZoneBounds(); !later.IsZero() {
			_, offset := later.In(w.zone).Zone()
			if again := wall - int64(offset); again >= later.Unix() && again-t < near {
				w.Overlaps++
			}
		}
	case w.changed == t && before < wall && wall < w.reading:
		w.Gaps++
	default:
		w.wrong("%s: handed over at %s, when the clock shows %s and not %s", l.name, time.Unix(t, 0).UTC(), show(w.reading), show(wall))
	}
}

// furthestStep returns how far the clock went with the last step.
func (w *walker) furthestStep(t int64) int64 {
	_, offset := time.Unix(t-step, 0).In(w.zone).Zone()
	return w.reading - (t - step + int64(offset))
}

func show(wall int64) string { return time.Unix(wall, 0).UTC().Format(time.DateTime) }

// compare sees that exactly whoever the walk has on call at t is so by the shifts.
func (w *walker) compare(l *lane, t int64, ask bool) {
	at := time.Unix(t, 0)
	for l.now < len(l.shifts) && !l.shifts[l.now].Until.After(at) {
		l.now++
	}
	want := person(l.turn)
	if l.now == len(l.shifts) || l.shifts[l.now].Person != want || l.shifts[l.now].From.After(at) {
		w.wrong("%s: at %s turn %d is not on call by the shifts", l.name, at.UTC(), l.turn)
		return
	}
	if !ask {
		return
	}
	if on := l.roster.At(at); len(on) != 1 || on[0] != l.shifts[l.now] {
		w.wrong("%s: at %s there are %v, and not %v", l.name, at.UTC(), on, l.shifts[l.now])
	}
}

func person(turn int) id.Person { return id.Person{byte(turn%crew) + 1} }

// changesIn finds the hours in which clocks are changed, by reading them every hour.
func changesIn(zone *time.Location, from, until int64) []int64 {
	var out []int64
	_, before := time.Unix(from, 0).In(zone).Zone()
	for t := from + coarse; t < until; t += coarse {
		if _, now := time.Unix(t, 0).In(zone).Zone(); now != before {
			out, before = append(out, t), now
		}
	}
	return out
}

// busyTimes returns the times around changes of the clocks and, on a thin walk, around handoffs that are rare.
func busyTimes(r Run, changes []int64, lanes []*lane) []oncall.Span {
	events := slices.Clone(changes)
	for _, l := range lanes {
		for _, s := range l.shifts {
			if r.Thin && l.seldom {
				events = append(events, s.From.Unix())
			}
		}
	}
	slices.Sort(events)
	return around(events, near)
}

// around returns the times around events.
func around(events []int64, far int64) []oncall.Span {
	out := make([]oncall.Span, len(events))
	for i, t := range events {
		out[i] = oncall.Span{From: time.Unix(t-far, 0), Until: time.Unix(t+far, 0)}
	}
	return out
}

// isIn reports whether t is in one of the times, and forgets those that are over.
func isIn(times *[]oncall.Span, t int64) bool {
	for len(*times) > 0 && (*times)[0].Until.Unix() <= t {
		*times = (*times)[1:]
	}
	return len(*times) > 0 && (*times)[0].From.Unix() <= t
}
