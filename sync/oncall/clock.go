package oncall

import (
	"math"
	"time"
)

// Resolve returns the first instant at which the wall clocks of a zone have come to w. Where they show w twice, that is the
// first time; where they never show it, because they are put forward over it, it is the instant at which they are.
//
// The standard library's time.Date chooses differently from zone to zone, and is not asked.
func Resolve(w Wall, zone *time.Location) time.Time {
	c := clock{zone: zone}
	return time.Unix(c.first(w), 0).UTC()
}

const (
	// widest is more than any wall clock was ever ahead of UTC or behind it.
	widest = 26 * hour
	// settled is how long after a change it can matter no more what clocks showed before it.
	settled = 2 * widest
)

// clock reads the wall clocks of a zone. All that it says rests on one figure: the furthest that they have come by an instant.
// It never goes back, as the clocks themselves do, so that a wall time is reached once and for all. In seconds since 1970.
//
// It remembers the stretches without a change that it was asked about last, and is for one goroutine.
type clock struct {
	zone *time.Location
	lull
	other lull // the one before
}

// lull is a stretch in which the clocks are not changed.
type lull struct {
	start, end int64
	offset     int64 // of the wall clocks, from UTC
}

func (l lull) holds(t int64) bool { return l.start <= t && t < l.end }

// look turns to the stretch that holds t.
func (c *clock) look(t int64) {
	if c.holds(t) {
		return
	}
	c.lull, c.other = c.other, c.lull
	if c.holds(t) {
		return
	}
	at := time.Unix(t, 0).In(c.zone)
	start, end := at.ZoneBounds()
	_, offset := at.Zone()
	c.lull = lull{math.MinInt64, math.MaxInt64, int64(offset)}
	if !start.IsZero() {
		c.start = min(start.Unix(), t)
	}
	if !end.IsZero() {
		c.end = max(end.Unix(), t+1)
	}
}

// reached returns the furthest reading that the wall clocks have come to by t.
func (c *clock) reached(t int64) Wall {
	c.look(t)
	furthest := t + c.offset
	for begun := c.start; begun != math.MinInt64 && t-begun < settled; begun = c.start {
		c.look(begun - 1)
		furthest = max(furthest, begun-1+c.offset)
	}
	return Wall(furthest)
}

// first returns the first instant by which the wall clocks have come to w.
func (c *clock) first(w Wall) int64 {
	if t := int64(w) - c.offset; t < c.end && c.start <= t-settled {
		return t // no former stretch has come so far
	}
	for t := int64(w) - widest; ; t = c.end {
		c.look(t)
		if t = max(t, int64(w)-c.offset); t < c.end {
			return t
		}
	}
}
