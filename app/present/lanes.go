package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// weaver draws the lanes of a calendar.
type weaver struct {
	View
	c     Calendar
	short map[id.Person]string // the first names of those who alone are called so
}

func (v View) weaver(c Calendar) weaver {
	w := weaver{View: v, c: c, short: map[id.Person]string{}}
	firsts := map[string]id.Person{}
	for p, known := range v.Setup.People {
		first, _, _ := strings.Cut(known.Name, " ")
		if other, twice := firsts[first]; twice {
			delete(w.short, other)
			continue
		}
		firsts[first], w.short[p] = p, first
	}
	return w
}

// call returns how somebody is called where there is little room.
func (v weaver) call(p id.Person) string { return cmp.Or(v.short[p], v.Person(p).Name) }

// lanes returns what counts, the exceptions, and each layer alone.
func (v weaver) lanes(r oncall.Rotation) []Lane {
	c := v.c
	out := []Lane{v.result(r)}
	if lane := v.exceptions(r); len(lane.Bars) > 0 {
		out = append(out, lane)
	}
	layers := layersIn(r, c)
	for i, l := range layers {
		if len(layers) == 1 && len(out) == 1 {
			break // it is what counts, without exceptions
		}
		lane := Lane{Kind: OneLayer, Rotation: r.ID, Name: layerName(l, i, v.View)}
		for _, s := range oncall.NewRoster(r.Alone(l.ID)).Shifts(c.From(), c.Until()) {
			bar := v.bar(s)
			bar.Faint = true
			lane.Bars = append(lane.Bars, bar)
		}
		out = append(out, stacked(lane))
	}
	return out
}

// result is the lane of what comes of all others.
func (v weaver) result(r oncall.Rotation) Lane {
	w, roster := v.Words.OnCall, oncall.NewRoster(r)
	lane := Lane{Kind: Counts, Rotation: r.ID, Name: w.Result}
	for _, s := range roster.Shifts(v.c.From(), v.c.Until()) {
		lane.Bars = append(lane.Bars, v.bar(s))
	}
	// A gap is told whole, and not as if it began and ended where the calendar does.
	for _, g := range gapsIn(r, roster, v.c.From().Add(-around), v.c.Until().Add(around)) {
		if overlap(g.From, g.Until, v.c.From(), v.c.Until()) {
			lane.Bars = append(lane.Bars, Bar{From: g.From, Until: g.Until, Gap: true, Title: w.Nobody, Brief: "!", Text: v.inside(g.From, g.Until), Short: v.shortly(g.From, g.Until)})
		}
	}
	return stacked(lane)
}

// around is how far before and behind a calendar the ends of gaps are looked for.
const around = 14 * 24 * time.Hour

// gapsIn returns where nobody is on call in a span, and should be: not before the first order, nor after the last.
func gapsIn(r oncall.Rotation, roster oncall.Roster, from, until time.Time) []oncall.Span {
	if begin := r.Versions[0].From; begin.After(from) {
		from = begin
	}
	if last := r.Versions[len(r.Versions)-1]; len(last.Layers) == 0 && last.From.Before(until) {
		until = last.From
	}
	if !from.Before(until) {
		return nil
	}
	return roster.Gaps(from, until)
}

// layersIn returns the layers that could have somebody on call in a calendar, those of the highest priority first.
func layersIn(r oncall.Rotation, c Calendar) []oncall.Layer {
	var out []oncall.Layer
	for i, order := range r.Versions {
		over := i+1 < len(r.Versions) && !r.Versions[i+1].From.After(c.From())
		if over || !order.From.Before(c.Until()) {
			continue
		}
		for _, l := range order.Layers {
			if at := slices.IndexFunc(out, func(o oncall.Layer) bool { return o.ID == l.ID }); at >= 0 {
				out[at] = l
			} else {
				out = append(out, l)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b oncall.Layer) int { return cmp.Compare(b.Priority, a.Priority) })
	return out
}

func layerName(l oncall.Layer, i int, v View) string {
	if l.Name != "" {
		return l.Name
	}
	return fmt.Sprintf(v.Words.OnCall.LayerNumber, i+1)
}

// bar is one shift.
func (v weaver) bar(s oncall.Shift) Bar {
	b := Bar{
		From: s.From, Until: s.Until, Person: s.Person, Self: s.Person == v.Self.Person, Brief: v.Person(s.Person).Initials,
		Title: v.call(s.Person), Text: v.inside(s.From, s.Until), Short: v.shortly(s.From, s.Until), Exception: !s.Reason.Override.IsZero(), Override: s.Reason.Override,
	}
	if !s.Reason.For.IsZero() {
		b.Title = fmt.Sprintf(v.Words.OnCall.ForWhom, v.call(s.Person), v.call(s.Reason.For))
	}
	return b
}

// inside says when a span is that stands in a calendar: what follows from where it stands is left away. Where clocks are changed
// in it, it also says how long it is.
func (v weaver) inside(from, until time.Time) string {
	if from.IsZero() || until.IsZero() {
		return v.Between(from, until, v.c.Now)
	}
	real := until.Sub(from)
	text := v.Between(from, until, v.c.Now)
	switch {
	case v.c.Kind == Week && real <= 25*time.Hour:
		text = fmt.Sprintf(v.Words.OnCall.FromUntil, from.In(v.Zone).Format("15:04"), until.In(v.Zone).Format("15:04"))
	case v.c.Kind == Week && real < 6*24*time.Hour:
		text = fmt.Sprintf(v.Words.OnCall.FromUntil, v.near(from), v.near(until))
	}
	wall := time.Duration(oncall.Reading(until, v.Zone)-oncall.Reading(from, v.Zone)) * time.Second
	if real != wall {
		text += " · " + fmt.Sprintf(v.Words.OnCall.ClocksShift, hoursOf(real, v.View), hoursOf(wall, v.View))
	}
	return text
}

// shortly says the same in a few letters: "18–09", and how long it is where clocks are changed in it. Of what lasts longer than a
// day it says nothing.
func (v weaver) shortly(from, until time.Time) string {
	real := until.Sub(from)
	if from.IsZero() || until.IsZero() || real > 25*time.Hour {
		return ""
	}
	text := strings.TrimSuffix(from.In(v.Zone).Format("15:04"), ":00") + "–" + strings.TrimSuffix(until.In(v.Zone).Format("15:04"), ":00")
	if wall := oncall.Reading(until, v.Zone) - oncall.Reading(from, v.Zone); time.Duration(wall)*time.Second != real {
		text += " · " + hoursOf(real, v.View)
	}
	return text
}

func hoursOf(d time.Duration, v View) string {
	if d%time.Hour != 0 {
		return v.Lasting(d)
	}
	return fmt.Sprintf(v.Words.Time.SpanHours, int(d.Hours()))
}

// near names a moment of the week that a calendar shows.
func (v weaver) near(at time.Time) string {
	at = at.In(v.Zone)
	return nth(v.Words.Time.Weekdays, int(at.Weekday())) + " " + at.Format("15:04")
}

// exceptions is the lane of overrides, and of requests for cover.
func (v weaver) exceptions(r oncall.Rotation) Lane {
	w, c := v.Words.OnCall, v.c
	lane := Lane{Kind: Exceptions, Name: w.Exceptions, Rotation: r.ID}
	for _, o := range r.Overrides {
		if !overlap(o.From, o.Until, c.From(), c.Until()) {
			continue
		}
		lane.Bars = append(lane.Bars, Bar{
			From: o.From, Until: o.Until, Exception: true, Override: o.ID, Person: o.In, Self: o.In == v.Self.Person && !o.In.IsZero(),
			Title: v.exceptionWords(o, v.call), Brief: v.exceptionBrief(o), Text: v.inside(o.From, o.Until), Short: v.shortly(o.From, o.Until),
		})
	}
	for _, want := range r.Covers {
		if !overlap(want.From, want.Until, c.From(), c.Until()) {
			continue
		}
		who := v.Person(want.Person)
		lane.Bars = append(lane.Bars, Bar{
			From: want.From, Until: want.Until, Wanted: true, Cover: want.ID, Person: want.Person, Self: want.Person == v.Self.Person,
			Title: fmt.Sprintf(w.Wanted, v.call(want.Person)), Brief: who.Initials + "?", Text: v.inside(want.From, want.Until), Short: v.shortly(want.From, want.Until),
		})
	}
	return stacked(lane)
}

func (v View) exceptionWords(o oncall.Override, call func(id.Person) string) string {
	w := v.Words.OnCall
	switch o.Deed {
	case oncall.Replace:
		return fmt.Sprintf(w.ForWhom, call(o.In), call(o.Out))
	case oncall.Add:
		return fmt.Sprintf(w.Besides, call(o.In))
	case oncall.Remove:
		return fmt.Sprintf(w.Without, call(o.Out))
	default:
		return w.Instead
	}
}

func (v View) exceptionBrief(o oncall.Override) string {
	switch o.Deed {
	case oncall.Replace, oncall.Add:
		return v.Person(o.In).Initials
	case oncall.Remove:
		return "−" + v.Person(o.Out).Initials
	default:
		return "="
	}
}

// ownLane is the lane of one's own shifts in a rotation. It is false where one has none.
func (v weaver) ownLane(r oncall.Rotation) (Lane, bool) {
	c := v.c
	lane := Lane{Kind: OneRotation, Name: r.Name, Rotation: r.ID}
	for _, s := range oncall.NewRoster(r).Shifts(c.From(), c.Until()) {
		if s.Person == v.Self.Person {
			lane.Bars = append(lane.Bars, v.bar(s))
		}
	}
	return stacked(lane), len(lane.Bars) > 0 || v.serves(r, c)
}

// serves reports whether whoever looks takes turns in a rotation.
func (v View) serves(r oncall.Rotation, c Calendar) bool {
	return slices.ContainsFunc(layersIn(r, c), func(l oncall.Layer) bool {
		return slices.ContainsFunc(l.Places, func(p oncall.Place) bool { return slices.Contains(p, v.Self.Person) })
	})
}

// stacked puts bars that overlap into rows under each other; the same person stays in a row where that is free.
func stacked(l Lane) Lane {
	slices.SortStableFunc(l.Bars, func(a, b Bar) int { return a.From.Compare(b.From) })
	var ends []time.Time
	last := map[id.Person]int{}
	free := func(row int, b Bar) bool { return !ends[row].IsZero() && !ends[row].After(b.From) }
	for i, b := range l.Bars {
		row, known := last[b.Person]
		if !known || !free(row, b) {
			for row = 0; row < len(ends) && !free(row, b); row++ {
			}
		}
		if row == len(ends) {
			ends = append(ends, time.Time{})
		}
		l.Bars[i].Row, ends[row], last[b.Person] = row, b.Until, row
	}
	l.Rows = max(len(ends), 1)
	return l
}
