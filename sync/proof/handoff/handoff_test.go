package handoff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof/handoff"
)

// A year in each zone: every 30 s within 36 h of every change of the clocks and of rare handoffs, every hour and at every handoff
// elsewhere.
func TestWhoIsOnCallIsWhatAWallClockSays(t *testing.T) {
	t.Parallel()
	var sum handoff.Result
	for _, zone := range handoff.Zones() {
		run := handoff.Run{Zone: zone, From: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC), Thin: true}
		found, err := run.Walk(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Wrong) > 0 {
			t.Errorf("%d things are wrong:\n%s", len(found.Wrong), strings.Join(found.Wrong, "\n"))
		}
		sum.Add(found)
	}
	t.Logf("%+v", sum)
	if sum.Gaps == 0 || sum.Overlaps == 0 || sum.Skipped == 0 || sum.Changes < 20 {
		t.Errorf("the walks show nothing about some things: %+v", sum)
	}
}
