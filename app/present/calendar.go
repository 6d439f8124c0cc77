package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// CalendarKind says what a calendar shows.
type CalendarKind uint8

// The calendars.
const (
	Week  CalendarKind = iota // a week of one rotation
	Month                     // a month of one rotation
	Mine                      // a month of the own shifts in all rotations
)

// Calendar is a span of days with the shifts in it, a lane for each layer and one for what counts.
type Calendar struct {
	Kind   CalendarKind
	Title  string
	Zone   string // whose clocks it goes by, in words
	Choice bool   // the zones of the rotation and of whoever looks differ in it
	Theirs bool   // it goes by those of the rotation
	Days   []Day
	Lanes  []Lane
	Now    time.Time
}

// Day is one column.
type Day struct {
	From, Until time.Time
	Name        string // "Mon 23", or "23" where there is little room
	Today       bool
	Weekend     bool
	Note        string // where clocks are changed
}

// LaneKind says what a lane is.
type LaneKind uint8

// The lanes.
const (
	Exceptions LaneKind = iota
	OneLayer
	Counts // what comes of all of them
	OneRotation
)

// Lane is one row of a calendar.
type Lane struct {
	Kind     LaneKind
	Name     string
	Note     string
	Rotation id.Rotation
	Bars     []Bar
	Rows     int // how many bars lie over each other
}

// Bar is a span in a lane.
type Bar struct {
	From, Until time.Time // whole, also where the calendar ends earlier; zero for long ago, or never
	Row         int
	Title       string
	Brief       string // for little room
	Text        string
	Short       string // the same for little room; empty for nothing
	Person      id.Person
	Self        bool
	Gap         bool // nobody serves
	Exception   bool // an override made it
	Wanted      bool // somebody asks for cover
	Faint       bool // it does not count here
	Override    id.Override
	Cover       id.Cover
}

// Span returns what of the bar lies in the calendar.
func (c Calendar) Span(b Bar) (from, until time.Time) {
	from, until = c.From(), c.Until()
	if b.From.After(from) {
		from = b.From
	}
	if !b.Until.IsZero() && b.Until.Before(until) {
		until = b.Until
	}
	return from, until
}

// From returns when the first day begins.
func (c Calendar) From() time.Time { return c.Days[0].From }

// Until returns when the last day ends.
func (c Calendar) Until() time.Time { return c.Days[len(c.Days)-1].Until }

// Place returns where an instant lies, counted in days from the left; days are of one width also where they have not 24 hours.
func (c Calendar) Place(at time.Time) float64 {
	for i, d := range c.Days {
		if at.Before(d.Until) {
			return float64(i) + max(float64(at.Sub(d.From))/float64(d.Until.Sub(d.From)), 0)
		}
	}
	return float64(len(c.Days))
}

// At returns the instant at a place, to the hour in a week and to the day in a month.
func (c Calendar) At(place float64) time.Time {
	n := min(max(int(place), 0), len(c.Days)-1)
	d, part := c.Days[n], min(max(place-float64(n), 0), 1)
	if c.Kind == Week {
		return d.From.Add(time.Duration(part * float64(d.Until.Sub(d.From)))).Round(time.Hour)
	}
	if part < 0.5 {
		return d.From
	}
	return d.Until
}

// Slots returns into how many parts a day can be chosen.
func (c Calendar) Slots() int {
	if c.Kind == Week {
		return 24
	}
	return 1
}

// CalendarFrom builds the calendar that is asked for; r is the rotation that was picked.
func CalendarFrom(r oncall.Rotation, p OnCallParams, v View) Calendar {
	day, own := p.Query.Day, v.Zone
	if day.IsZero() {
		day = p.Now
	}
	theirs := zoneOf(r, p.Now, own)
	c := Calendar{Kind: p.Query.Kind, Theirs: p.Query.Theirs && p.Query.Kind != Mine, Now: p.Now.Truncate(time.Minute)}
	if c.Theirs {
		v.Zone = theirs
	}
	c.Days = v.days(c.Kind, day, p.Now)
	c.Title = v.calendarTitle(c, p.Now)
	c.Choice = c.Kind != Mine && differ(own, theirs, c)
	c.Zone = v.Words.OnCall.OwnTime
	if c.Theirs {
		c.Zone = theirs.String()
	}
	weaver := v.weaver(c)
	if c.Kind == Mine {
		for _, each := range p.Rotations {
			if lane, any := weaver.ownLane(each); any {
				c.Lanes = append(c.Lanes, lane)
			}
		}
		return c
	}
	c.Lanes = weaver.lanes(r)
	return c
}

func zoneOf(r oncall.Rotation, now time.Time, other *time.Location) *time.Location {
	order, ok := r.Version(now)
	if !ok && len(r.Versions) > 0 {
		order = r.Versions[0]
	}
	if zone, err := time.LoadLocation(order.Zone); err == nil && order.Zone != "" {
		return zone
	}
	return other
}

// differ reports whether wall clocks of two zones show something else at the beginning or the end of any of the days.
func differ(a, b *time.Location, c Calendar) bool {
	return slices.ContainsFunc(c.Days, func(d Day) bool {
		return oncall.Reading(d.From, a) != oncall.Reading(d.From, b) || oncall.Reading(d.Until, a) != oncall.Reading(d.Until, b)
	})
}

// days returns the columns of the calendar that holds an instant: a week from its Monday on, or a month.
func (v View) days(kind CalendarKind, day, now time.Time) []Day {
	year, month, date := day.In(v.Zone).Date()
	first, n := date-int(day.In(v.Zone).Weekday()+6)%7, 7
	if kind != Week {
		first, n = 1, time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	midnight := func(i int) time.Time { return oncall.Resolve(oncall.On(year, month, first+i, 0, 0), v.Zone) }
	out := make([]Day, 0, n)
	for i := range n {
		at := time.Date(year, month, first+i, 0, 0, 0, 0, time.UTC)
		d := Day{From: midnight(i), Until: midnight(i + 1), Weekend: at.Weekday() == time.Saturday || at.Weekday() == time.Sunday}
		d.Name = fmt.Sprintf("%s %d", nth(v.Words.Time.Weekdays, int(at.Weekday())), at.Day())
		if kind != Week {
			d.Name = fmt.Sprint(at.Day())
		}
		d.Today = !now.Before(d.From) && now.Before(d.Until)
		if long := d.Until.Sub(d.From); long != 24*time.Hour {
			d.Note = fmt.Sprintf(v.Words.OnCall.ClocksDay, v.Lasting(long))
		}
		out = append(out, d)
	}
	return out
}

func (v View) calendarTitle(c Calendar, now time.Time) string {
	from, until := c.From().In(v.Zone), c.Until().Add(-time.Minute).In(v.Zone)
	w := v.Words.Time
	if c.Kind != Week {
		return fmt.Sprintf("%s %d", nth(v.Words.OnCall.MonthsLong, int(from.Month())-1), from.Year())
	}
	last := fmt.Sprintf(w.DayMonthYear, until.Day(), nth(w.Months, int(until.Month())-1), until.Year())
	if until.Year() == now.In(v.Zone).Year() {
		last = fmt.Sprintf(w.DayMonth, until.Day(), nth(w.Months, int(until.Month())-1))
	}
	if from.Month() == until.Month() {
		return fmt.Sprintf(v.Words.OnCall.FromUntil, fmt.Sprintf(v.Words.OnCall.DayOnly, from.Day()), last)
	}
	return fmt.Sprintf(v.Words.OnCall.FromUntil, fmt.Sprintf(w.DayMonth, from.Day(), nth(w.Months, int(from.Month())-1)), last)
}

// Turned returns the query for the calendar before or behind, by -1 and 1.
func (c Calendar) Turned(q OnCallQuery, by int) OnCallQuery {
	q.Day = c.Until()
	if by < 0 {
		q.Day = c.From().Add(-time.Hour)
	}
	return q
}
