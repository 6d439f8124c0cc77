package oncall

// Unit is what the length of a shift is counted in. The numbers are stored: they are only ever added to.
type Unit uint8

// The units. All are those of the wall clock: a day has 23, 24 or 25 hours, and an hour in which clocks are put back two.
const (
	Hour  Unit = 1
	Day   Unit = 2
	Week  Unit = 3
	Month Unit = 4
	Year  Unit = 5
)

// grid is the endless row of wall times at which a layer is handed over, in both directions from its anchor, which is number
// nought.
type grid struct {
	anchor Wall
	unit   Unit
	every  int64
}

// wall returns the wall time of handoff k.
func (g grid) wall(k int64) Wall {
	if length := g.seconds(); length > 0 {
		return g.anchor + Wall(k)*length
	}
	return g.anchor.addMonths(k * g.months())
}

// last returns the last handoff that clocks have reached which have come to w. A handoff in a gap is reached together with the
// next one behind the gap: whoever is between them has a shift of no length.
func (g grid) last(w Wall) int64 {
	if length := g.seconds(); length > 0 {
		return int64(floorDiv(w-g.anchor, length))
	}
	k := floorDiv(w.month()-g.anchor.month(), g.months())
	if g.wall(k) > w {
		k--
	}
	return k
}

// seconds returns how far handoffs are apart on the wall, or 0 where that is counted in months.
func (g grid) seconds() Wall {
	switch g.unit {
	case Hour:
		return Wall(g.every) * hour
	case Day:
		return Wall(g.every) * day
	case Week:
		return Wall(g.every) * week
	default:
		return 0
	}
}

func (g grid) months() int64 {
	if g.unit == Year {
		return 12 * g.every
	}
	return g.every
}
