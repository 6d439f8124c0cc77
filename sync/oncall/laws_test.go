package oncall_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// The span that the laws are looked at in: in the south clocks are put forward in it, in the north back.
var (
	lawFrom  = time.Date(2026, 9, 24, 0, 0, 0, 0, time.UTC)
	lawUntil = time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)
)

var lawZones = []string{"America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Antarctica/Troll"}

// changes returns when clocks are changed in Chatham, on Lord Howe, in Berlin, Troll and Chicago.
func changes() []time.Time {
	return []time.Time{
		time.Date(2026, 9, 26, 14, 0, 0, 0, time.UTC), time.Date(2026, 10, 3, 15, 30, 0, 0, time.UTC),
		time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC),
	}
}

func anyInstant(t *rapid.T, label string) time.Time {
	return lawFrom.Add(time.Duration(rapid.IntRange(-24*60, 43*24*60).Draw(t, label)) * time.Minute)
}

func anyLayer(t *rapid.T, n byte) oncall.Layer {
	l := oncall.Layer{
		ID: id.Layer{n}, Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
		Zone: rapid.SampledFrom(append([]string{""}, lawZones...)).Draw(t, "zone"),
		Unit: oncall.Unit(rapid.IntRange(1, 5).Draw(t, "unit")), Every: rapid.IntRange(1, 30).Draw(t, "every"),
		Anchor: oncall.On(2026, time.October, rapid.IntRange(1, 31).Draw(t, "date"), rapid.IntRange(0, 4).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30}).Draw(t, "minute")),
		Turn:   rapid.IntRange(-3, 3).Draw(t, "turn"),
	}
	for range rapid.IntRange(1, 4).Draw(t, "places") {
		l.Places = append(l.Places, rapid.SliceOfN(rapid.SampledFrom(crew), 1, 2).Draw(t, "place"))
	}
	if rapid.Bool().Draw(t, "begins") {
		l.From = anyInstant(t, "from")
	}
	if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
		l.Until = anyInstant(t, "until")
	}
	for range rapid.IntRange(0, 3).Draw(t, "windows") {
		l.Hours = append(l.Hours, oncall.Window{
			Days: oncall.Days(rapid.IntRange(1, 127).Draw(t, "days")),
			From: 15 * rapid.IntRange(0, 95).Draw(t, "opens"), Until: 15 * rapid.IntRange(0, 96).Draw(t, "shuts"),
		})
	}
	return l
}

func anyVersion(t *rapid.T, from time.Time) oncall.Version {
	v := oncall.Version{From: from, Zone: rapid.SampledFrom(lawZones).Draw(t, "zone")}
	for n := range rapid.IntRange(0, 3).Draw(t, "layers") {
		v.Layers = append(v.Layers, anyLayer(t, byte(n+1)))
	}
	return v
}

func anyOverride(t *rapid.T, n byte) oncall.Override {
	o := oncall.Override{
		ID: id.Override{n}, Deed: oncall.Deed(rapid.IntRange(1, 4).Draw(t, "deed")), From: anyInstant(t, "from"), Until: anyInstant(t, "until"),
		Out: rapid.SampledFrom(crew).Draw(t, "out"), In: rapid.SampledFrom(crew).Draw(t, "in"),
	}
	if o.Deed == oncall.Instead {
		for range rapid.IntRange(0, 3).Draw(t, "postings") {
			o.Shifts = append(o.Shifts, oncall.Posting{From: anyInstant(t, "from"), Until: anyInstant(t, "until"), Place: rapid.SliceOfN(rapid.SampledFrom(crew), 1, 2).Draw(t, "place")})
		}
	}
	return o
}

func anyRotation(t *rapid.T) oncall.Rotation {
	r := oncall.Rotation{Versions: []oncall.Version{anyVersion(t, time.Time{})}}
	if rapid.Bool().Draw(t, "edited") {
		r.Versions = append(r.Versions, anyVersion(t, anyInstant(t, "edited at")))
	}
	for n := range rapid.IntRange(0, 4).Draw(t, "overrides") {
		r.Overrides = append(r.Overrides, anyOverride(t, byte(n+1)))
	}
	return r
}

// plain says who is on call in the most roundabout way: for one instant, layer by layer, with every wall time looked up by
// reading the clock backwards.
type plain struct {
	t *rapid.T
	r oncall.Rotation
}

// furthest returns what the clocks of a zone have shown at most in the three days up to at.
func furthest(t *rapid.T, zone string, at time.Time) oncall.Wall {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	most := oncall.Reading(at, loc)
	for back := time.Duration(0); back < 72*time.Hour; back += 15 * time.Minute {
		most = max(most, oncall.Reading(at.Add(-back-time.Second), loc)) // clocks are changed at quarters
	}
	return most
}

func (p plain) inLayer(v oncall.Version, l oncall.Layer, at time.Time) []id.Person {
	if at.Before(l.From) || !l.Until.IsZero() && !at.Before(l.Until) {
		return nil
	}
	zone := l.Zone
	if zone == "" {
		zone = v.Zone
	}
	come := furthest(p.t, zone, at)
	open := len(l.Hours) == 0
	for _, h := range l.Hours {
		for midnight := oncall.On(2026, time.September, 20, 0, 0); midnight <= come; midnight += 86400 {
			from, until := midnight+oncall.Wall(h.From)*60, midnight+oncall.Wall(h.Until)*60
			if h.Until <= h.From {
				until += 86400
			}
			open = open || h.Days.Has(time.Unix(int64(midnight), 0).UTC().Weekday()) && from <= come && come < until
		}
	}
	if !open {
		return nil
	}
	turn := l.Turn
	for ; handoff(l, turn-l.Turn+1) <= come; turn++ {
	}
	for ; handoff(l, turn-l.Turn) > come; turn-- {
	}
	n := len(l.Places)
	return l.Places[((turn%n)+n)%n]
}

// handoff returns the wall time of handoff k.
func handoff(l oncall.Layer, k int) oncall.Wall {
	length := map[oncall.Unit]int{oncall.Hour: 3600, oncall.Day: 86400, oncall.Week: 7 * 86400}[l.Unit]
	if length > 0 {
		return l.Anchor + oncall.Wall(k*l.Every*length)
	}
	months := k * l.Every
	if l.Unit == oncall.Year {
		months *= 12
	}
	anchor := time.Unix(int64(l.Anchor), 0).UTC()
	for date := anchor.Day(); ; date-- { // the first date back from the anchor's that the month has
		w := time.Date(anchor.Year(), anchor.Month()+time.Month(months), date, anchor.Hour(), anchor.Minute(), 0, 0, time.UTC)
		if w.Day() == date {
			return oncall.Wall(w.Unix())
		}
	}
}

func (p plain) at(at time.Time) []id.Person {
	type member struct {
		person   id.Person
		priority int
	}
	var on []member
	if v, ok := p.r.Version(at); ok {
		for _, l := range v.Layers {
			for _, person := range p.inLayer(v, l, at) {
				on = append(on, member{person, l.Priority})
			}
		}
	}
	const besides = 100
	for _, o := range p.r.Overrides {
		if at.Before(o.From) || !at.Before(o.Until) {
			continue
		}
		switch o.Deed {
		case oncall.Add:
			on = append(on, member{o.In, besides})
		case oncall.Remove:
			on = slices.DeleteFunc(on, func(m member) bool { return m.person == o.Out })
		case oncall.Replace:
			for i := range on {
				if on[i].person == o.Out {
					on[i].person = o.In
				}
			}
		case oncall.Instead:
			on = nil
			for _, s := range o.Shifts {
				if !at.Before(s.From) && at.Before(s.Until) {
					for _, person := range s.Place {
						on = append(on, member{person, besides})
					}
				}
			}
		}
	}
	highest := -1
	for _, m := range on {
		if m.priority != besides {
			highest = max(highest, m.priority)
		}
	}
	var out []id.Person
	for _, m := range on {
		if m.priority == besides || m.priority == highest {
			out = append(out, m.person)
		}
	}
	slices.SortFunc(out, id.Person.Compare)
	return slices.Compact(out)
}

func peopleOf(shifts []oncall.Shift) []id.Person {
	var out []id.Person
	for _, s := range shifts {
		out = append(out, s.Person)
	}
	slices.SortFunc(out, id.Person.Compare)
	return out
}

// Whatever is layered, restricted and overridden across changes of the clocks: an instant has whom the plain way finds, nobody
// twice; the shifts of a span are those of its instants; and every time without anybody is a gap that is told of.
func TestWhoeverIsOnCallIsSoByEveryAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRotation(t)
		roster := oncall.NewRoster(r)
		shifts := roster.Shifts(lawFrom, lawUntil)
		gaps := roster.Gaps(lawFrom, lawUntil)
		var warned []oncall.Span
		for _, w := range r.Warnings(workspace.Setup{Lacking: true}, lawFrom, lawUntil) {
			if w.Trouble == oncall.NobodyOnCall {
				warned = append(warned, w.Span)
			}
		}
		if !slices.Equal(warned, gaps) {
			t.Fatalf("gaps %v, warned of %v", gaps, warned)
		}
		for _, s := range shifts {
			if !s.Until.IsZero() && !s.From.Before(s.Until) {
				t.Fatalf("%+v", s)
			}
		}
		for range 30 {
			at := lawFrom.Add(time.Duration(rapid.Int64Range(0, int64(lawUntil.Sub(lawFrom))-1).Draw(t, "at")))
			if rapid.IntRange(0, 4).Draw(t, "at a change") == 0 {
				change := rapid.SampledFrom(changes()).Draw(t, "change")
				at = change.Add(time.Duration(rapid.IntRange(-180, 180).Draw(t, "minutes")) * time.Minute)
			} else if rapid.Bool().Draw(t, "at an edge") && len(shifts) > 0 {
				at = rapid.SampledFrom(shifts).Draw(t, "of").Until.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside")))
			}
			if at.Before(lawFrom) || !at.Before(lawUntil) {
				continue
			}
			want := plain{t, r}.at(at)
			on := roster.At(at)
			if have := peopleOf(on); !slices.Equal(have, want) {
				t.Fatalf("at %s %v are on call, and %v by the plain way", at, have, want)
			}
			var within []oncall.Shift
			for _, s := range shifts {
				if !s.From.After(at) && (s.Until.IsZero() || at.Before(s.Until)) {
					within = append(within, s)
				}
			}
			if !slices.Equal(within, on) {
				t.Fatalf("at %s:\n%+v, and by the shifts of the span\n%+v", at, on, within)
			}
			gap := slices.ContainsFunc(gaps, func(g oncall.Span) bool { return !at.Before(g.From) && at.Before(g.Until) })
			if gap != (len(want) == 0) {
				t.Fatalf("at %s there are %v, and a gap: %v", at, want, gap)
			}
		}
	})
}

// Whatever is asked of a span is what is asked of its halves.
func TestShiftsDoNotDependOnTheSpanAskedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		roster := oncall.NewRoster(anyRotation(t))
		middle := anyInstant(t, "middle")
		if !middle.After(lawFrom) || !middle.Before(lawUntil) {
			return
		}
		whole := roster.Shifts(lawFrom, lawUntil)
		halves := append(roster.Shifts(lawFrom, middle), roster.Shifts(middle, lawUntil)...)
		for _, s := range halves {
			if !slices.Contains(whole, s) {
				t.Fatalf("%+v is a shift of a half only", s)
			}
		}
		for _, s := range whole {
			if !slices.Contains(halves, s) {
				t.Fatalf("%+v is a shift of the whole only", s)
			}
		}
	})
}

// A wall time is resolved to the first instant by which the clocks have come to it.
func TestResolveIsTheFirstInstantByWhichClocksHaveComeThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(lawZones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		w := oncall.On(2026, rapid.SampledFrom([]time.Month{3, 4, 10, 11}).Draw(t, "month"), rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(0, 4).Draw(t, "hour"), 15*rapid.IntRange(0, 3).Draw(t, "quarter"))
		at := oncall.Resolve(w, loc)
		if before, then := furthest(t, zone, at.Add(-time.Second)), furthest(t, zone, at); before >= w || then < w {
			t.Fatalf("%s in %s is %s, when clocks have come from %s to %s", w, zone, at, before, then)
		}
	})
}
