package present_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func (r *rota) calendar(q present.OnCallQuery, all ...oncall.Rotation) present.Calendar {
	r.t.Helper()
	return present.OnCallFrom(present.OnCallParams{Rotations: all, Query: q, Now: r.now}, r.View).Calendar
}

// drawn writes the lanes of a calendar down.
func drawn(c present.Calendar) string {
	var out strings.Builder
	for _, l := range c.Lanes {
		fmt.Fprintf(&out, "%s (%d)\n", l.Name, l.Rows)
		for _, b := range l.Bars {
			mark := ""
			for i, is := range []bool{b.Gap, b.Exception, b.Wanted, b.Self} {
				if is {
					mark += []string{" gap", " exception", " wanted", " self"}[i]
				}
			}
			from, until := c.Span(b)
			fmt.Fprintf(&out, "  %.2f-%.2f row %d: %s, %s%s\n", c.Place(from), c.Place(until), b.Row, b.Title, b.Text, mark)
		}
	}
	return out.String()
}

func TestAWeekShowsWhatCountsExceptionsAndEachLayer(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	office, backup := r.office(r.bob, r.ann), r.layer(oncall.Week, oncall.On(2026, 10, 19, 9, 0), r.cay)
	office.Name, office.Priority, backup.Name = "office", 1, "backup"
	backup.Places = []oncall.Place{{r.cay, r.dan}}
	state := r.replaced(r.ordered(office, backup), r.bob, r.ann, r.at(23, 12, 0), r.at(24, 12, 0))
	got := drawn(r.calendar(present.OnCallQuery{}, state))
	for _, want := range []string{
		"on call (2)\n",
		"  4.38-4.50 row 0: Bob, 09:00 – 12:00\n",
		"  4.50-4.71 row 0: Ann for Bob, 12:00 – 17:00 exception self\n",
		"exceptions (1)\n  4.50-5.50 row 0: Ann for Bob, 12:00 – 12:00 exception self\n",
		"office (1)\n  0.38-0.71 row 0: Bob, 09:00 – 17:00\n",
		"backup (2)\n  0.00-0.38 row 0: Cay, Mon 12 Oct 09:00 – Mon 19 Oct 09:00\n",
		"  0.38-7.00 row 0: Cay, Mon 09:00 – Mon 26 Oct 09:00 · 169 h instead of 168 h: clocks change\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not drawn in\n%s", want, got)
		}
	}
}

func TestGapsAreToldWholeAndOnlyWhereSomebodyShouldServe(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.ordered(r.office(r.bob))
	if got := drawn(r.calendar(present.OnCallQuery{}, state)); !strings.Contains(got, "0.00-0.38 row 0: nobody, Fri 17:00 – Mon 09:00 gap") ||
		!strings.Contains(got, "4.71-7.00 row 0: nobody, Fri 17:00 – Mon 09:00 · 65 h instead of 64 h: clocks change gap") {
		t.Errorf("drawn is\n%s", got)
	}
	begun, ended := state, state
	begun.Versions = []oncall.Version{{From: r.at(21, 9, 0), Zone: "Europe/Berlin", Layers: state.Versions[0].Layers}}
	ended.Versions = append(ended.Versions[:1:1], oncall.Version{From: r.at(21, 17, 0), Zone: "Europe/Berlin"})
	if got := drawn(r.calendar(present.OnCallQuery{}, begun)); strings.Contains(got, "0.00-") || strings.Count(got, "gap") != 3 {
		t.Errorf("before it began there is a gap:\n%s", got)
	}
	if got := drawn(r.calendar(present.OnCallQuery{}, ended)); strings.Contains(got, "-7.00") || strings.Count(got, "gap") != 3 {
		t.Errorf("after it ended there is a gap:\n%s", got)
	}
}

func TestDaysOfAWeekWithAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	c := r.calendar(present.OnCallQuery{}, r.weekly(r.bob))
	var days []string
	for _, d := range c.Days {
		days = append(days, strings.TrimSpace(d.Name+" "+d.Note))
		if d.Today != (d.Name == "Thu 22") || d.Weekend != strings.HasPrefix(d.Name, "S") {
			t.Errorf("%+v", d)
		}
	}
	want := []string{"Mon 19", "Tue 20", "Wed 21", "Thu 22", "Fri 23", "Sat 24", "Sun 25 25 h: clocks change"}
	if diff := cmp.Diff(want, days); diff != "" || c.Title != "19 – 25 Oct" {
		t.Error(c.Title, diff)
	}
	for _, at := range []time.Time{r.at(19, 0, 0), r.at(22, 10, 0), r.at(25, 2, 0), r.at(25, 2, 0).Add(time.Hour), r.at(25, 23, 0), r.at(26, 0, 0)} {
		if got := c.At(c.Place(at)); !got.Equal(at) {
			t.Errorf("%v stands where %v does", at, got)
		}
	}
	if next := r.calendar(c.Turned(present.OnCallQuery{}, 1), r.weekly(r.bob)); next.Title != "26 Oct – 1 Nov" {
		t.Errorf("the next week is %q", next.Title)
	}
	if before := r.calendar(c.Turned(present.OnCallQuery{}, -1), r.weekly(r.bob)); before.Title != "12 – 18 Oct" {
		t.Errorf("the week before is %q", before.Title)
	}
}

func TestAMonthHasItsDaysAndIsChosenByTheDay(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	for month, n := range map[time.Month]int{time.February: 28, time.October: 31, time.November: 30} {
		c := r.calendar(present.OnCallQuery{Kind: present.Month, Day: time.Date(2026, month, 20, 12, 0, 0, 0, r.Zone)}, r.weekly(r.bob))
		if len(c.Days) != n || c.Days[0].Name != "1" || c.Title != fmt.Sprintf("%s 2026", month) {
			t.Errorf("%v has %d days, from %q on, and is called %q", month, len(c.Days), c.Days[0].Name, c.Title)
		}
	}
	c := r.calendar(present.OnCallQuery{Kind: present.Month}, r.weekly(r.bob))
	if got := c.At(4.3); !got.Equal(r.at(5, 0, 0)) {
		t.Errorf("the beginning is %v", got)
	}
	if got := c.At(4.9); !got.Equal(r.at(6, 0, 0)) {
		t.Errorf("the end is %v", got)
	}
}

func TestOwnShiftsHaveACalendarOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	mine, other, covered := r.weekly(r.ann, r.bob), r.weekly(r.bob, r.cay), r.weekly(r.bob)
	mine.Name, other.Name, covered.Name = "IMOC", "Press", "Legal"
	covered = r.replaced(covered, r.bob, r.ann, r.at(28, 9, 0), r.at(29, 9, 0))
	got := drawn(r.calendar(present.OnCallQuery{Kind: present.Mine, Theirs: true}, mine, other, covered))
	if strings.Contains(got, "Press") || !strings.Contains(got, "IMOC (1)") || !strings.Contains(got, "Legal (1)\n  27.38-28.38 row 0: Ann for Bob") || strings.Contains(got, "row 0: Bob") {
		t.Errorf("drawn is\n%s", got)
	}
}

func TestACalendarGoesByTheClocksThatAreAskedFor(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.ordered(r.layer(oncall.Day, oncall.On(2026, 10, 19, 9, 0), r.bob, r.cay))
	if c := r.calendar(present.OnCallQuery{}, state); c.Choice || c.Zone != "your time" {
		t.Errorf("where both are the same, there is a choice: %+v", c)
	}
	state.Versions[0].Zone = "America/New_York"
	own, theirs := r.calendar(present.OnCallQuery{}, state), r.calendar(present.OnCallQuery{Theirs: true}, state)
	if !own.Choice || !theirs.Choice || theirs.Zone != "America/New_York" || own.Theirs || !theirs.Theirs {
		t.Errorf("own %+v, theirs %+v", own.Zone, theirs.Zone)
	}
	if got := drawn(own); !strings.Contains(got, "Bob, 15:00 – 15:00") {
		t.Errorf("by own clocks\n%s", got)
	}
	if got := drawn(theirs); !strings.Contains(got, "Bob, 09:00 – 09:00") || strings.Contains(got, "clocks change") || theirs.Days[6].Note != "" {
		t.Errorf("by theirs, who change them a week later\n%s", got)
	}
}

func TestRequestsAreDrawnAmongTheExceptions(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.does(r.weekly(r.bob), r.bob, oncall.RequestCover{Cover: id.New[id.Cover](), From: r.at(24, 0, 0), Until: r.at(25, 0, 0)})
	if got := drawn(r.calendar(present.OnCallQuery{}, state)); !strings.Contains(got, "exceptions (1)\n  5.00-6.00 row 0: Bob wants cover, 00:00 – 00:00 wanted") {
		t.Errorf("drawn is\n%s", got)
	}
}
