package oncall

import "time"

// Wall is what a wall clock with a calendar shows, wherever it hangs: the seconds since 1970-01-01 00:00 on that wall.
// Which instant that is, only a zone can say.
type Wall int64

// Seconds of the units that have always as many of them on a wall clock.
const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// On returns the reading of a wall clock at a date and a time of day.
func On(year int, month time.Month, dayOfMonth, hours, minutes int) Wall {
	return Wall(time.Date(year, month, dayOfMonth, hours, minutes, 0, 0, time.UTC).Unix())
}

// Reading returns what the wall clocks of a zone show at t, in whole seconds.
func Reading(t time.Time, zone *time.Location) Wall {
	_, offset := t.In(zone).Zone()
	return Wall(t.Unix() + int64(offset))
}

// Weekday returns the day of the week.
func (w Wall) Weekday() time.Weekday {
	return time.Weekday(floorMod(floorDiv(w, day)+4, 7)) // 1970 began on a Thursday
}

// String returns the reading as "2006-01-02 15:04:05".
func (w Wall) String() string { return w.civil().Format(time.DateTime) }

// civil returns the reading as a date and a time of day. That it is in UTC means nothing.
func (w Wall) civil() time.Time { return time.Unix(int64(w), 0).UTC() }

// midnight returns the beginning of the day.
func (w Wall) midnight() Wall { return w - floorMod(w, day) }

// month counts the months since the year 0.
func (w Wall) month() int64 {
	year, month, _ := w.civil().Date()
	return int64(year)*12 + int64(month) - 1
}

// addMonths returns the same day of the month and time of day some months later, or the last day of a month that has not
// as many days.
func (w Wall) addMonths(n int64) Wall {
	_, _, dayOfMonth := w.civil().Date()
	month := w.month() + n
	year, of := floorDiv(month, 12), time.Month(floorMod(month, 12)+1)
	last := time.Date(int(year), of+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return On(int(year), of, min(dayOfMonth, last), 0, 0) + floorMod(w, day)
}

// floorDiv divides and rounds down, also below nought.
func floorDiv[N ~int | ~int64](a, b N) N {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// floorMod returns what floorDiv leaves, which is never negative for a positive b.
func floorMod[N ~int | ~int64](a, b N) N { return a - floorDiv(a, b)*b }
