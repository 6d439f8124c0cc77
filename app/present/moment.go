package present

import (
	"fmt"
	"strings"
	"time"
)

// Moment returns when something is to be, or was, as a plan names it: the time of day, with the weekday where that is
// another day, and with the date where it is more than six days away.
func (v View) Moment(at, now time.Time) string {
	at, now = at.In(v.Zone), now.In(v.Zone)
	clock := at.Format("15:04")
	switch days := daysBetween(at, now); {
	case days == 0:
		return clock
	case days > -7 && days < 7:
		return nth(v.Words.Time.Weekdays, int(at.Weekday())) + " " + clock
	default:
		return v.dated(at, now)
	}
}

// Between returns from when until when something is; the end is only as exact as it has to be. The zero instants are for ever.
func (v View) Between(from, until, now time.Time) string {
	w := v.Words.OnCall
	switch {
	case from.IsZero() && until.IsZero():
		return w.Always
	case from.IsZero():
		return fmt.Sprintf(w.Until, v.Moment(until, now))
	case until.IsZero():
		return fmt.Sprintf(w.From, v.Moment(from, now))
	}
	return fmt.Sprintf(w.FromUntil, v.Moment(from, now), v.till(from, until, now))
}

// till is Moment for the end of what begins at from: on the same day it is the time alone, and where the weekday is the same
// on another day, it has its date.
func (v View) till(from, until, now time.Time) string {
	begins, ends := from.In(v.Zone), until.In(v.Zone)
	switch {
	case daysBetween(begins, ends) == 0:
		return ends.Format("15:04")
	case begins.Weekday() == ends.Weekday():
		return v.dated(ends, now)
	default:
		return v.Moment(until, now)
	}
}

func (v View) dated(at, now time.Time) string {
	return nth(v.Words.Time.Weekdays, int(at.Weekday())) + " " + v.day(at, now.In(v.Zone)) + " " + at.Format("15:04")
}

// Lasting returns how long a span is as people say it: hours, and from two days on days and what is left.
func (v View) Lasting(d time.Duration) string {
	w := v.Words.OnCall
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days >= 2 && hours == 0:
		return fmt.Sprintf(w.Days, days)
	case days >= 2:
		return fmt.Sprintf(w.DaysHours, days, hours)
	case minutes != 0:
		return fmt.Sprintf(w.HoursMinutes, int(d.Hours()), minutes)
	default:
		return fmt.Sprintf(v.Words.Time.SpanHours, int(d.Hours()))
	}
}

// Listed joins names as a sentence does.
func (v View) Listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + v.Words.Sight.And + names[last]
}

// Sentences joins sentences to a paragraph.
func Sentences(list []string) string { return strings.Join(list, " ") }
