package oncall_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// busy is a rotation as large ones are: the sun followed through three zones by hours, a weekly one behind, and a year of
// overrides.
func busy() oncall.Rotation {
	hourly := layer("2020-06-10 08:00", oncall.Hour, 1, ann, bob, cay)
	berlin := inHours(layer("2020-06-10 09:00", oncall.Week, 1, ann, bob))
	berlin.ID, berlin.Zone, berlin.Priority = id.Layer{2}, "Europe/Berlin", 2
	sydney := inHours(layer("2020-06-10 09:00", oncall.Week, 1, dan, eve))
	sydney.ID, sydney.Zone, sydney.Priority = id.Layer{3}, "Australia/Sydney", 2
	r := always(chicago, hourly, berlin, sydney)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for week := range 52 {
		from := start.AddDate(0, 0, 7*week)
		r.Overrides = append(r.Overrides, oncall.Override{ID: id.Override{byte(week), 1}, Deed: oncall.Replace, Out: ann, In: eve, From: from, Until: from.AddDate(0, 0, 2)})
	}
	return r
}

func BenchmarkAYearOfHours(b *testing.B) {
	roster := oncall.NewRoster(busy())
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if n := len(roster.Shifts(from, from.AddDate(1, 0, 0))); n < 5000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkAYearOfWeeks(b *testing.B) {
	roster := oncall.NewRoster(always(chicago, layer("2020-06-10 08:00", oncall.Week, 1, ann, bob, cay)))
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if n := len(roster.Shifts(from, from.AddDate(1, 0, 0))); n != 53 {
			b.Fatal(n)
		}
	}
}

func BenchmarkAnInstantAMillionHoursFromTheAnchor(b *testing.B) {
	roster := oncall.NewRoster(always(chicago, layer("1912-06-10 08:00", oncall.Hour, 1, ann, bob, cay)))
	at := time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC)
	for b.Loop() {
		if n := len(roster.At(at)); n != 1 {
			b.Fatal(n)
		}
	}
}

func BenchmarkARosterIsRead(b *testing.B) {
	r := busy()
	for b.Loop() {
		oncall.NewRoster(r)
	}
}

// Somebody whose turn is thirty years long is looked up beside others who hand over every hour.
func BenchmarkAnInstantOfALongShift(b *testing.B) {
	others := layer("2020-06-10 08:00", oncall.Hour, 1, bob, cay)
	others.ID = id.Layer{2}
	roster := oncall.NewRoster(always(chicago, others, layer("2020-06-10 08:00", oncall.Year, 30, ann, dan)))
	at := time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC)
	for b.Loop() {
		if n := len(roster.At(at)); n != 2 {
			b.Fatal(n)
		}
	}
}
