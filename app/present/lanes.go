package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// lanes returns the exceptions, each layer alone, and what comes of all.
func (v View) lanes(r oncall.Rotation, c Calendar) []Lane {
	w := v.Words.OnCall
	out := []Lane{v.exceptions(r, c)}
	layers := layersIn(r, c)
	for i, l := range layers {
		lane := Lane{Kind: OneLayer, Rotation: r.ID, Name: layerName(l, i, v)}
		for _, s := range oncall.NewRoster(r.Alone(l.ID)).Shifts(c.From(), c.Until()) {
			bar := v.bar(s, c)
			bar.Faint = true
			lane.Bars = append(lane.Bars, bar)
		}
		out = append(out, stacked(lane))
	}
	result := Lane{Kind: Counts, Rotation: r.ID, Name: w.Result}
	roster := oncall.NewRoster(r)
	for _, s := range roster.Shifts(c.From(), c.Until()) {
		result.Bars = append(result.Bars, v.bar(s, c))
	}
	for _, g := range v.gaps(r, roster, c) {
		result.Bars = append(result.Bars, Bar{
			From: g.From, Until: g.Until, Gap: true, Title: w.Nobody, Brief: "!", Text: v.inside(g.From, g.Until, c),
		})
	}
	return append(out, stacked(result))
}

// gaps returns where nobody is on call in the calendar, and should be: not before the first order, nor after the last.
func (v View) gaps(r oncall.Rotation, roster oncall.Roster, c Calendar) []oncall.Span {
	from, until := c.From(), c.Until()
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
func (v View) bar(s oncall.Shift, c Calendar) Bar {
	who := v.Person(s.Person)
	b := Bar{
		From: s.From, Until: s.Until, Person: s.Person, Self: s.Person == v.Self.Person, Brief: who.Initials,
		Title: v.who(s.Person), Text: v.inside(s.From, s.Until, c), Exception: !s.Reason.Override.IsZero(), Override: s.Reason.Override,
	}
	if b.Self {
		b.Title = who.Name
	}
	if !s.Reason.For.IsZero() {
		b.Title = fmt.Sprintf(v.Words.OnCall.ForWhom, who.Name, v.Person(s.Reason.For).Name)
	}
	return b
}

// inside says when a span is that stands in a calendar: what follows from where it stands is left away. Where clocks are changed
// in it, it also says how long it is.
func (v View) inside(from, until time.Time, c Calendar) string {
	text := v.Between(from, until, c.Now)
	if c.Kind == Week && !from.IsZero() && !until.IsZero() {
		text = fmt.Sprintf(v.Words.OnCall.FromUntil, v.near(from), v.near(until))
		if daysBetween(from.In(v.Zone), until.In(v.Zone)) == 0 {
			text = fmt.Sprintf(v.Words.OnCall.FromUntil, v.near(from), until.In(v.Zone).Format("15:04"))
		}
	}
	if from.IsZero() || until.IsZero() {
		return text
	}
	real := until.Sub(from)
	wall := time.Duration(oncall.Reading(until, v.Zone)-oncall.Reading(from, v.Zone)) * time.Second
	if real != wall {
		text += " · " + fmt.Sprintf(v.Words.OnCall.ClocksShift, hoursOf(real, v), hoursOf(wall, v))
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
func (v View) near(at time.Time) string {
	at = at.In(v.Zone)
	return nth(v.Words.Time.Weekdays, int(at.Weekday())) + " " + at.Format("15:04")
}

// exceptions is the lane of overrides, and of requests for cover.
func (v View) exceptions(r oncall.Rotation, c Calendar) Lane {
	w := v.Words.OnCall
	lane := Lane{Kind: Exceptions, Name: w.Exceptions, Rotation: r.ID}
	for _, o := range r.Overrides {
		if !overlap(o.From, o.Until, c.From(), c.Until()) {
			continue
		}
		lane.Bars = append(lane.Bars, Bar{
			From: o.From, Until: o.Until, Exception: true, Override: o.ID, Person: o.In, Self: o.In == v.Self.Person && !o.In.IsZero(),
			Title: v.exceptionWords(o), Brief: v.exceptionBrief(o), Text: v.inside(o.From, o.Until, c),
		})
	}
	for _, want := range r.Covers {
		if !overlap(want.From, want.Until, c.From(), c.Until()) {
			continue
		}
		who := v.Person(want.Person)
		lane.Bars = append(lane.Bars, Bar{
			From: want.From, Until: want.Until, Wanted: true, Cover: want.ID, Person: want.Person, Self: want.Person == v.Self.Person,
			Title: fmt.Sprintf(w.Wanted, who.Name), Brief: who.Initials + "?", Text: v.inside(want.From, want.Until, c),
		})
	}
	return stacked(lane)
}

func (v View) exceptionWords(o oncall.Override) string {
	w := v.Words.OnCall
	switch o.Deed {
	case oncall.Replace:
		return fmt.Sprintf(w.ForWhom, v.Person(o.In).Name, v.Person(o.Out).Name)
	case oncall.Add:
		return fmt.Sprintf(w.Besides, v.Person(o.In).Name)
	case oncall.Remove:
		return fmt.Sprintf(w.Without, v.Person(o.Out).Name)
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
func (v View) ownLane(r oncall.Rotation, c Calendar) (Lane, bool) {
	lane := Lane{Kind: OneRotation, Name: r.Name, Rotation: r.ID}
	for _, s := range oncall.NewRoster(r).Shifts(c.From(), c.Until()) {
		if s.Person == v.Self.Person {
			lane.Bars = append(lane.Bars, v.bar(s, c))
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
