package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
)

// lateAfter is how much later than it was written an entry may arrive without being called late.
const lateAfter = time.Minute

// Clock returns a span as hours and minutes, "00:42"; from 100 hours on as days and hours.
func Clock(d time.Duration, w words.Catalog) string {
	d = max(d, 0)
	if hours := int(d.Hours()); hours >= 100 {
		return fmt.Sprintf(w.Time.Days, hours/24, hours%24)
	}
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// ClockExact returns a span with its seconds, "00:42:10".
func ClockExact(d time.Duration, w words.Catalog) string {
	d = max(d, 0)
	if d.Hours() >= 100 {
		return Clock(d, w)
	}
	return fmt.Sprintf("%s:%02d", Clock(d, w), int(d.Seconds())%60)
}

// Ago returns how long ago at was, as people say it.
func (v View) Ago(at, now time.Time) string {
	at, now = at.In(v.Zone), now.In(v.Zone)
	switch d := now.Sub(at); {
	case d < time.Minute:
		return v.Words.Time.Now
	case d < time.Hour:
		return fmt.Sprintf(v.Words.Time.Minutes, int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf(v.Words.Time.Hours, int(d.Hours()))
	}
	switch days := daysBetween(at, now); {
	case days <= 1:
		return v.Words.Time.Yesterday
	case days < 7:
		return nth(v.Words.Time.WeekdaysLong, int(at.Weekday()))
	default:
		return v.day(at, now)
	}
}

// Time returns when something was on the timeline: the time of day, and the day where it is another.
func (v View) Time(at, now time.Time) string {
	at, now = at.In(v.Zone), now.In(v.Zone)
	if daysBetween(at, now) == 0 {
		return at.Format("15:04")
	}
	return v.day(at, now) + " " + at.Format("15:04")
}

// Day returns the day of at for the line between two days of a timeline.
func (v View) Day(at, now time.Time) string {
	at, now = at.In(v.Zone), now.In(v.Zone)
	switch daysBetween(at, now) {
	case 0:
		return v.Words.Time.Today
	case 1:
		return v.Words.Time.Yesterday
	default:
		return nth(v.Words.Time.WeekdaysLong, int(at.Weekday())) + ", " + v.day(at, now)
	}
}

// Exact returns everything there is to say about a moment.
func (v View) Exact(at time.Time) string {
	at = at.In(v.Zone)
	w := v.Words.Time
	return fmt.Sprintf(w.ExactDay, nth(w.Weekdays, int(at.Weekday())), at.Day(),
		nth(w.Months, int(at.Month())-1), at.Year(), at.Format("15:04:05 MST"))
}

// Late returns when something arrived that was written well before: "arrived 10:41", else nothing.
func (v View) Late(occurred, received time.Time) string {
	if received.IsZero() || received.Sub(occurred) < lateAfter {
		return ""
	}
	return fmt.Sprintf(v.Words.Time.Arrived, v.Time(received, occurred))
}

// When returns the time of day with the arrival where that was late: "10:02 (arrived 10:41)".
func (v View) When(occurred, received time.Time) string {
	text := occurred.In(v.Zone).Format("15:04")
	if late := v.Late(occurred, received); late != "" {
		text += " (" + late + ")"
	}
	return text
}

func (v View) day(at, now time.Time) string {
	w := v.Words.Time
	month := nth(w.Months, int(at.Month())-1)
	if at.Year() == now.Year() {
		return fmt.Sprintf(w.DayMonth, at.Day(), month)
	}
	return fmt.Sprintf(w.DayMonthYear, at.Day(), month, at.Year())
}

// daysBetween counts midnights of the zone, also across a change of the clocks.
func daysBetween(at, now time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	return int(day(now).Sub(day(at)).Hours() / 24)
}

func nth(list string, n int) string {
	names := strings.Fields(list)
	if n < 0 || n >= len(names) {
		return ""
	}
	return names[n]
}
