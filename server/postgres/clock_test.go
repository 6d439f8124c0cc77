package postgres_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/clock"
)

// hand is a clock that is set by hand.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.at, Boot: time.Hour, BootID: "a"} }

func TestTheClockTellsTheDatabasesTime(t *testing.T) {
	t.Parallel()
	machine := &hand{at: time.Date(2025, 11, 20, 13, 0, 0, 0, time.UTC)}
	c := postgres.NewClock(machine)
	noon := time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)
	ask := func(took time.Duration, says time.Time) {
		told := c.Asking()
		machine.at = machine.at.Add(took)
		told(says)
	}
	is := func(what string, want time.Time) {
		t.Helper()
		if got := c.Now(); !got.Equal(want) {
			t.Errorf("%s: it is %s, want %s", what, got, want)
		}
		if got := c.Moment(); !got.Wall.Equal(want) || got.Boot != time.Hour || got.BootID != "a" {
			t.Errorf("%s: the moment is %+v, want %s", what, got, want)
		}
	}
	is("before anybody was asked", machine.at)
	ask(10*time.Millisecond, noon)
	is("an hour off", noon.Add(10*time.Millisecond))
	machine.at = machine.at.Add(time.Second)
	is("a second later", noon.Add(1010*time.Millisecond))
	ask(400*time.Millisecond, noon.Add(1200*time.Millisecond))
	is("a slow answer that fits", noon.Add(1410*time.Millisecond))
	ask(time.Millisecond, noon.Add(1405*time.Millisecond))
	is("a fast one that says that it was too late", noon.Add(1406*time.Millisecond))
	ask(time.Millisecond, noon.Add(1450*time.Millisecond))
	is("one that says that it was too early", noon.Add(1450*time.Millisecond))
	machine.at = machine.at.Add(-30 * 24 * time.Hour) // somebody sets the machine's clock
	ask(time.Millisecond, noon.Add(2*time.Second))
	is("after the machine's clock was set", noon.Add(2*time.Second))
}
