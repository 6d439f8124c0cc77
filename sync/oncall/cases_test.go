package oncall_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// handoffCase is a layer, a span, and the shifts in it.
type handoffCase struct {
	name, zone  string
	layer       oncall.Layer
	from, until string // on the zone's wall clocks
	want        string
}

// clockCases are those about clocks that are changed.
func clockCases() []handoffCase {
	return []handoffCase{
		{
			"1 daily, in the gap", chicago, layer("2020-03-01 02:30", oncall.Day, 1, ann, bob), "2020-03-07 12:00", "2020-03-09 12:00", `
			2020-03-07 02:30 CST to 2020-03-08 03:00 CDT A
			2020-03-08 03:00 CDT to 2020-03-09 02:30 CDT B
			2020-03-09 02:30 CDT to 2020-03-10 02:30 CDT A`,
		}, {
			"2 daily, in the overlap", chicago, layer("2020-10-01 01:30", oncall.Day, 1, ann, bob), "2020-11-01 00:00", "2020-11-02 01:31", `
			2020-10-31 01:30 CDT to 2020-11-01 01:30 CDT A
			2020-11-01 01:30 CDT to 2020-11-02 01:30 CST B
			2020-11-02 01:30 CST to 2020-11-03 01:30 CST A`,
		}, {
			"4 hourly, over the gap", chicago, layer("2020-03-08 00:30", oncall.Hour, 1, ann, bob, cay), "2020-03-08 01:30", "2020-03-08 04:30", `
			2020-03-08 01:30 CST to 2020-03-08 03:00 CDT B
			2020-03-08 03:00 CDT to 2020-03-08 03:30 CDT C
			2020-03-08 03:30 CDT to 2020-03-08 04:30 CDT A`,
		}, {
			"5 a gap of half an hour", "Australia/Lord_Howe", layer("2020-09-01 02:15", oncall.Day, 1, ann, bob), "2020-10-04 00:00", "2020-10-05 02:16", `
			2020-10-03 02:15 +1030 to 2020-10-04 02:30 +11 A
			2020-10-04 02:30 +11 to 2020-10-05 02:15 +11 B
			2020-10-05 02:15 +11 to 2020-10-06 02:15 +11 A`,
		}, {
			"6 three hours over a gap are two", chicago, layer("2017-03-12 00:00", oncall.Hour, 3, ann, bob), "2017-03-12 00:00", "2017-03-12 03:00", `
			2017-03-12 00:00 CST to 2017-03-12 03:00 CDT A`,
		}, {
			"6 three hours over an overlap are four", chicago, layer("2017-11-05 00:00", oncall.Hour, 3, ann, bob), "2017-11-05 00:00", "2017-11-05 03:00", `
			2017-11-05 00:00 CDT to 2017-11-05 03:00 CST A`,
		}, {
			"7 a week of 167 hours", chicago, layer("2017-03-10 08:00", oncall.Week, 1, ann, bob), "2017-03-10 08:00", "2017-03-17 08:00", `
			2017-03-10 08:00 CST to 2017-03-17 08:00 CDT A`,
		}, {
			"7 a week of 169 hours", chicago, layer("2017-11-04 08:00", oncall.Week, 1, ann, bob), "2017-11-04 08:00", "2017-11-11 08:00", `
			2017-11-04 08:00 CDT to 2017-11-11 08:00 CST A`,
		}, {
			"8 before the anchor", chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob, cay), "2020-06-08 08:00", "2020-06-11 08:00", `
			2020-06-08 08:00 CDT to 2020-06-09 08:00 CDT B
			2020-06-09 08:00 CDT to 2020-06-10 08:00 CDT C
			2020-06-10 08:00 CDT to 2020-06-11 08:00 CDT A`,
		},
	}
}

// calendarCases are those about midnight, months, years and hours.
func calendarCases() []handoffCase {
	return []handoffCase{
		{
			"13 a gap at midnight in Havana", "America/Havana", layer("2027-03-01 00:30", oncall.Day, 1, ann, bob), "2027-03-14 02:00", "2027-03-14 03:00", `
			2027-03-14 01:00 CDT to 2027-03-15 00:30 CDT B`,
		}, {
			"13 a gap at midnight in Santiago", "America/Santiago", layer("2027-09-01 00:30", oncall.Day, 1, ann, bob), "2027-09-05 02:00", "2027-09-05 03:00", `
			2027-09-05 01:00 -03 to 2027-09-06 00:30 -03 A`,
		}, {
			"13 a gap at midnight in Beirut", "Asia/Beirut", layer("2027-03-01 00:00", oncall.Day, 1, ann, bob), "2027-03-28 02:00", "2027-03-28 03:00", `
			2027-03-28 01:00 EEST to 2027-03-29 00:00 EEST B`,
		}, {
			"14 monthly from the 31st", chicago, layer("2027-01-31 09:00", oncall.Month, 1, ann, bob), "2027-01-31 09:00", "2027-04-30 09:00", `
			2027-01-31 09:00 CST to 2027-02-28 09:00 CST A
			2027-02-28 09:00 CST to 2027-03-31 09:00 CDT B
			2027-03-31 09:00 CDT to 2027-04-30 09:00 CDT A`,
		}, {
			"14 monthly from the 31st, in a leap year", chicago, layer("2027-01-31 09:00", oncall.Month, 1, ann, bob), "2028-02-01 09:00", "2028-03-01 09:00", `
			2028-01-31 09:00 CST to 2028-02-29 09:00 CST A
			2028-02-29 09:00 CST to 2028-03-31 09:00 CDT B`,
		}, {
			"15 yearly from 29 February", chicago, layer("2028-02-29 09:00", oncall.Year, 1, ann, bob, cay), "2028-06-01 09:00", "2031-06-01 09:00", `
			2028-02-29 09:00 CST to 2029-02-28 09:00 CST A
			2029-02-28 09:00 CST to 2030-02-28 09:00 CST B
			2030-02-28 09:00 CST to 2031-02-28 09:00 CST C
			2031-02-28 09:00 CST to 2032-02-29 09:00 CST A`,
		}, {
			"17 hours neither move nor skip the turn", chicago, inHours(layer("2020-06-06 00:00", oncall.Week, 1, ann, bob)), "2020-06-11 12:00", "2020-06-16 12:00", `
			2020-06-11 09:00 CDT to 2020-06-11 17:00 CDT A
			2020-06-12 09:00 CDT to 2020-06-12 17:00 CDT A
			2020-06-15 09:00 CDT to 2020-06-15 17:00 CDT B
			2020-06-16 09:00 CDT to 2020-06-16 17:00 CDT B`,
		}, {
			"18 saved in summer, read in winter", "Europe/Berlin", layer("2026-10-19 09:00", oncall.Day, 1, ann, bob), "2026-10-24 10:00", "2026-10-26 10:00", `
			2026-10-24 09:00 CEST to 2026-10-25 09:00 CET B
			2026-10-25 09:00 CET to 2026-10-26 09:00 CET A
			2026-10-26 09:00 CET to 2026-10-27 09:00 CET B`,
		}, {
			"a day that Samoa left out", "Pacific/Apia", layer("2011-12-28 08:00", oncall.Day, 1, ann, bob, cay), "2011-12-29 08:00", "2012-01-01 08:00", `
			2011-12-29 08:00 -10 to 2011-12-31 00:00 +14 B
			2011-12-31 00:00 +14 to 2011-12-31 08:00 +14 C
			2011-12-31 08:00 +14 to 2012-01-01 08:00 +14 A`,
		},
	}
}

// The hard cases of others, from the public tests and issues of target/goalert and grafana/oncall, by their numbers in the
// design, as far as they are about handoffs.
func TestHandoffsInHardCases(t *testing.T) {
	t.Parallel()
	for _, test := range append(clockCases(), calendarCases()...) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at := func(text string) time.Time { return oncall.Resolve(wall(text), zone(t, test.zone)) }
			roster := oncall.NewRoster(always(test.zone, test.layer))
			compare(t, test.want, told(t, test.zone, roster.Shifts(at(test.from), at(test.until))))
		})
	}
}

// inHours restricts a layer to Monday to Friday, nine to five.
func inHours(l oncall.Layer) oncall.Layer {
	l.Hours = []oncall.Window{{Days: oncall.DaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday), From: 9 * 60, Until: 17 * 60}}
	return l
}

func TestCase3TwentyFourHoursAreADay(t *testing.T) {
	t.Parallel()
	hours := oncall.NewRoster(always(chicago, layer("2020-01-01 02:30", oncall.Hour, 24, ann, bob, cay)))
	days := oncall.NewRoster(always(chicago, layer("2020-01-01 02:30", oncall.Day, 1, ann, bob, cay)))
	from, until := instant(t, "2020-02-01 00:00"), instant(t, "2021-01-01 00:00")
	one, other := hours.Shifts(from, until), days.Shifts(from, until)
	if len(one) < 330 {
		t.Errorf("%d shifts", len(one))
	}
	compare(t, told(t, chicago, one), told(t, chicago, other))
}

func TestCase8ANanosecondBeforeAHandoffTheOldShiftHolds(t *testing.T) {
	t.Parallel()
	roster := oncall.NewRoster(always(chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob)))
	for _, handoff := range []string{"2020-06-10 08:00", "2020-06-09 08:00", "2020-06-11 08:00"} {
		at := instant(t, handoff)
		before, after := roster.At(at.Add(-1)), roster.At(at)
		if len(before) != 1 || len(after) != 1 || before[0].Person == after[0].Person || !before[0].Until.Equal(at) || !after[0].From.Equal(at) {
			t.Errorf("%s: %+v, then %+v", handoff, before, after)
		}
	}
}

// during returns a layer of one person for some hours of 10 June 2020.
func during(n byte, priority int, from, until string, who id.Person) oncall.Layer {
	l := layer("2020-06-10 00:00", oncall.Week, 1, who)
	l.ID, l.Priority = id.Layer{n}, priority
	summer := func(clock string) time.Time { return time.Unix(int64(wall("2020-06-10 "+clock)), 0).Add(5 * time.Hour) }
	l.From, l.Until = summer(from), summer(until)
	return l
}

func TestCase9TheHighestPriorityThatHasSomebodyCounts(t *testing.T) {
	t.Parallel()
	roster := oncall.NewRoster(always(
		chicago, during(1, 1, "10:00", "20:00", ann), during(2, 1, "12:00", "16:00", bob), during(3, 2, "15:00", "18:00", cay),
	))
	compare(t, `
		2020-06-10 10:00 CDT to 2020-06-10 15:00 CDT A
		2020-06-10 12:00 CDT to 2020-06-10 15:00 CDT B
		2020-06-10 15:00 CDT to 2020-06-10 18:00 CDT C
		2020-06-10 18:00 CDT to 2020-06-10 20:00 CDT A`,
		told(t, chicago, roster.Shifts(instant(t, "2020-06-10 00:00"), instant(t, "2020-06-11 00:00"))))
}

func TestCase10OverridesSplitAShift(t *testing.T) {
	t.Parallel()
	base := always(chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob))
	from, until := instant(t, "2020-06-10 12:00"), instant(t, "2020-06-10 14:00")
	for name, test := range map[string]struct {
		override oncall.Override
		want     string
	}{
		"replace": {oncall.Override{Deed: oncall.Replace, Out: ann, In: cay}, `
			2020-06-10 08:00 CDT to 2020-06-10 12:00 CDT A
			2020-06-10 12:00 CDT to 2020-06-10 14:00 CDT C override for A
			2020-06-10 14:00 CDT to 2020-06-11 08:00 CDT A`},
		"add": {oncall.Override{Deed: oncall.Add, In: cay}, `
			2020-06-10 08:00 CDT to 2020-06-11 08:00 CDT A
			2020-06-10 12:00 CDT to 2020-06-10 14:00 CDT C override`},
		"remove": {oncall.Override{Deed: oncall.Remove, Out: ann}, `
			2020-06-10 08:00 CDT to 2020-06-10 12:00 CDT A
			2020-06-10 14:00 CDT to 2020-06-11 08:00 CDT A`},
		"replace somebody who is not there": {oncall.Override{Deed: oncall.Replace, Out: bob, In: cay}, `
			2020-06-10 08:00 CDT to 2020-06-11 08:00 CDT A`},
		"add somebody who is there": {oncall.Override{Deed: oncall.Add, In: ann}, `
			2020-06-10 08:00 CDT to 2020-06-11 08:00 CDT A`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := base
			test.override.ID, test.override.From, test.override.Until = id.Override{1}, from, until
			r.Overrides = []oncall.Override{test.override}
			roster := oncall.NewRoster(r)
			compare(t, test.want, told(t, chicago, roster.Shifts(instant(t, "2020-06-10 09:00"), instant(t, "2020-06-11 08:00"))))
		})
	}
}

func TestCase11WhatStandsInsteadLeavesGaps(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time { return instant(t, "2020-06-10 "+clock) }
	r := always(chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob))
	r.Overrides = []oncall.Override{{
		ID: id.Override{1}, Deed: oncall.Instead, From: at("08:15"), Until: at("08:45"),
		Shifts: []oncall.Posting{{From: at("08:25"), Until: at("08:35"), Place: oncall.Place{bob}}},
	}}
	roster := oncall.NewRoster(r)
	compare(t, `
		2020-06-10 08:00 CDT to 2020-06-10 08:15 CDT A
		2020-06-10 08:25 CDT to 2020-06-10 08:35 CDT B override
		2020-06-10 08:45 CDT to 2020-06-11 08:00 CDT A`,
		told(t, chicago, roster.Shifts(at("08:00"), at("09:00"))))
	gaps := roster.Gaps(at("08:00"), at("09:00"))
	want := []oncall.Span{{From: at("08:15"), Until: at("08:25")}, {From: at("08:35"), Until: at("08:45")}}
	if len(gaps) != 2 || gaps[0] != want[0] || gaps[1] != want[1] {
		t.Errorf("gaps %v; want %v", gaps, want)
	}
}

func TestCase12WhatCannotBeServedIsServedByNobody(t *testing.T) {
	t.Parallel()
	backwards := layer("2020-06-10 08:00", oncall.Day, 1, ann)
	backwards.From, backwards.Until = instant(t, "2020-06-12 08:00"), instant(t, "2020-06-11 08:00")
	for name, r := range map[string]oncall.Rotation{
		"ends before it begins": always(chicago, backwards),
		"nobody in it":          always(chicago, layer("2020-06-10 08:00", oncall.Day, 1)),
		"nobody in its place":   always(chicago, oncall.Layer{Anchor: wall("2020-06-10 08:00"), Unit: oncall.Day, Every: 1, Places: []oncall.Place{{}}}),
		"no length":             always(chicago, layer("2020-06-10 08:00", oncall.Day, 0, ann)),
		"a negative length":     always(chicago, layer("2020-06-10 08:00", oncall.Month, -1, ann)),
		"no unit":               always(chicago, layer("2020-06-10 08:00", 0, 1, ann)),
		"no layers":             always(chicago),
		"no versions":           {},
	} {
		from, until := instant(t, "2020-06-01 00:00"), instant(t, "2020-07-01 00:00")
		roster := oncall.NewRoster(r)
		if on := roster.At(from); len(on) > 0 {
			t.Errorf("%s: %v", name, on)
		}
		if shifts := roster.Shifts(from, until); len(shifts) > 0 {
			t.Errorf("%s: %v", name, shifts)
		}
		if gaps := roster.Gaps(from, until); len(gaps) != 1 || gaps[0] != (oncall.Span{From: from, Until: until}) {
			t.Errorf("%s: gaps %v", name, gaps)
		}
	}
}

func TestCase12TheNextTakesOverFromWhoeverIsTakenOut(t *testing.T) {
	t.Parallel()
	former := oncall.Version{Zone: chicago, Layers: []oncall.Layer{layer("2020-06-10 08:00", oncall.Day, 1, ann, bob, cay)}}
	next := oncall.Version{Zone: chicago, Layers: []oncall.Layer{layer("2020-06-10 08:00", oncall.Day, 1, ann, cay)}}
	next.From = instant(t, "2020-06-11 12:00") // Bob is on call
	roster := oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{former, next.Following(former)}})
	compare(t, `
		2020-06-11 08:00 CDT to 2020-06-11 12:00 CDT B
		2020-06-11 12:00 CDT to 2020-06-12 08:00 CDT C
		2020-06-12 08:00 CDT to 2020-06-13 08:00 CDT A`,
		told(t, chicago, roster.Shifts(instant(t, "2020-06-11 09:00"), instant(t, "2020-06-12 09:00"))))
}

func TestCase16ARotationMovesFromAnInstantOn(t *testing.T) {
	t.Parallel()
	former := oncall.Version{Zone: chicago, Layers: []oncall.Layer{layer("2020-06-08 09:00", oncall.Week, 1, ann, bob)}}
	next := former
	next.Zone, next.From = "Europe/Berlin", instant(t, "2020-06-17 12:00")
	roster := oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{former, next.Following(former)}})
	compare(t, `
		2020-06-08 09:00 CDT to 2020-06-15 09:00 CDT A
		2020-06-15 09:00 CDT to 2020-06-22 02:00 CDT B
		2020-06-22 02:00 CDT to 2020-06-29 02:00 CDT A`,
		told(t, chicago, roster.Shifts(instant(t, "2020-06-09 09:00"), instant(t, "2020-06-23 09:00"))))
}

// In an overlap the hour comes twice, and whoever took over in the first stays on call in the second.
func TestNothingIsHandedBackInAnOverlap(t *testing.T) {
	t.Parallel()
	daily := oncall.NewRoster(always(chicago, layer("2020-10-01 01:30", oncall.Day, 1, ann, bob)))
	windows := layer("2020-10-01 00:00", oncall.Day, 1, ann)
	windows.Hours = []oncall.Window{{Days: 127, From: 0, Until: 75}} // until 01:15
	early := oncall.NewRoster(always(chicago, windows))
	handoff := time.Date(2020, 11, 1, 6, 30, 0, 0, time.UTC) // the first 01:30
	for minutes := range 120 {
		at := handoff.Add(time.Duration(minutes) * time.Minute)
		if on := daily.At(at); len(on) != 1 || on[0].Person != bob || !on[0].From.Equal(handoff) {
			t.Fatalf("%s: %v", at, on)
		}
		if on := early.At(at); len(on) != 0 {
			t.Fatalf("%s: %v is on call again", at, on)
		}
	}
}

// A long shift is cut where an override brings the same person through another layer, also when it is asked for by an instant far
// from there.
func TestALongShiftIsCutByWhatIsFarAway(t *testing.T) {
	t.Parallel()
	hourly, yearly := layer("2020-06-10 08:00", oncall.Hour, 1, bob, cay), layer("2020-06-10 08:00", oncall.Year, 1, ann, dan)
	yearly.ID = id.Layer{2}
	r := always(chicago, hourly, yearly)
	from := instant(t, "2020-09-01 08:00") // the hour is Bob's
	r.Overrides = []oncall.Override{{ID: id.Override{1}, Deed: oncall.Replace, Out: bob, In: ann, From: from, Until: from.Add(time.Hour)}}
	on := oncall.NewRoster(r).At(instant(t, "2020-07-01 08:00"))
	compare(t, `
		2020-06-10 08:00 CDT to 2020-09-01 08:00 CDT A
		2020-07-01 08:00 CDT to 2020-07-01 09:00 CDT B`, told(t, chicago, on))
}
