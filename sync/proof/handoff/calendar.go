package handoff

import (
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// calendar writes down the wall times of handoffs one by one, as one does with a pencil.
type calendar struct {
	year, month, date int // of the anchor or, for months and years, of the handoff that is next; date is that of the anchor
	clock             int64
	unit              oncall.Unit
	every             int
	upcoming          int64
}

func newCalendar(a anchor) *calendar {
	c := &calendar{
		year: a.year, month: a.month, date: a.date, clock: int64(a.hour)*3600 + int64(a.minute)*60, unit: a.unit, every: a.every,
	}
	c.upcoming = c.written()
	return c
}

// next returns the wall time of the next handoff.
func (c *calendar) next() int64 { return c.upcoming }

// advance turns to the one behind it.
func (c *calendar) advance() {
	switch c.unit {
	case oncall.Hour:
		c.upcoming += 3600 * int64(c.every)
	case oncall.Day:
		c.upcoming += 86400 * int64(c.every)
	case oncall.Week:
		c.upcoming += 7 * 86400 * int64(c.every)
	case oncall.Year:
		c.year += c.every
		c.upcoming = c.written()
	default:
		for range c.every {
			if c.month++; c.month > 12 {
				c.month, c.year = 1, c.year+1
			}
		}
		c.upcoming = c.written()
	}
}

// written returns the wall time of the present month, counting every day since 1970.
func (c *calendar) written() int64 {
	days := 0
	for year := 1970; year < c.year; year++ {
		for month := 1; month <= 12; month++ {
			days += length(year, month)
		}
	}
	for month := 1; month < c.month; month++ {
		days += length(c.year, month)
	}
	days += min(c.date, length(c.year, c.month)) - 1
	return int64(days)*86400 + c.clock
}

// length returns how many days a month has.
func length(year, month int) int {
	switch {
	case month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	default:
		return 31
	}
}

// anchor is the first handoff of a layer.
type anchor struct {
	year, month, date, hour, minute int
	unit                            oncall.Unit
	every                           int
}

// anchors are those of the layers that are walked along: handed over at hours at which clocks are changed somewhere. All of them
// begin in the year before the walk, or earlier.
func anchors(year int) []anchor {
	leap := year
	for length(leap, 2) < 29 {
		leap--
	}
	return []anchor{
		{year - 1, 12, 30, 0, 30, oncall.Hour, 1},
		{year - 1, 12, 30, 0, 0, oncall.Hour, 1},
		{year - 1, 12, 30, 0, 0, oncall.Hour, 3},
		{year - 1, 12, 30, 0, 0, oncall.Day, 1},
		{year - 1, 12, 30, 1, 45, oncall.Day, 1},
		{year - 1, 12, 30, 2, 30, oncall.Day, 2},
		{year - 1, 12, 29, 2, 0, oncall.Week, 1},
		{year - 1, 12, 31, 0, 15, oncall.Month, 1},
		{year - 1, 10, 31, 9, 0, oncall.Month, 4},
		{leap, 2, 29, 2, 30, oncall.Year, 1},
	}
}

// lanesIn returns the layers of a walk.
func lanesIn(r Run) []*lane {
	var out []*lane
	for _, a := range anchors(r.From.Year()) {
		c := newCalendar(a)
		layer := oncall.Layer{ID: id.Layer{1}, Anchor: oncall.Wall(c.upcoming), Unit: a.unit, Every: a.every}
		for i := range crew {
			layer.Places = append(layer.Places, oncall.Place{person(i)})
		}
		out = append(out, &lane{
			name:     fmt.Sprintf("every %d of unit %d from %s", a.every, a.unit, show(c.upcoming)),
			roster:   oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{{Zone: r.Zone, Layers: []oncall.Layer{layer}}}}),
			calendar: c,
			turn:     -1,
			seldom:   a.unit >= oncall.Month,
		})
	}
	return out
}
