package crash_test

import (
	"fmt"
	"testing"

	"github.com/tsugi-app/tsugi/sync/proof/crash"
)

func prove(t *testing.T, r crash.Run) crash.Result {
	t.Helper()
	r.Dir = t.TempDir()
	got, err := r.Crash(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range [][]string{got.Lost, got.Corrupt, got.Wrong} {
		for _, one := range found[:min(len(found), 5)] {
			t.Error(one)
		}
	}
	if got.Points == 0 || got.Compared == 0 || got.Tally.Dropped == 0 || got.Tally.Torn == 0 || got.Tally.Reordered == 0 {
		t.Errorf("it shows nothing: %+v", got)
	}
	return got
}

// Nothing that a client has reported as stored is lost, whenever the power fails.
func TestAnOutboxSurvivesEveryCrash(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			prove(t, crash.Run{Part: crash.Outbox, Seed: seed, Steps: 12, Between: 0.02, Again: 1})
		})
	}
}

// Nothing that a server has answered is lost or doubled, whenever the power fails.
func TestAServerSurvivesEveryCrash(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			prove(t, crash.Run{Part: crash.Server, Seed: seed, Steps: 15, Between: 0.02, Again: 1})
		})
	}
}

// A disk that fails is told as such, loses nothing that was reported as stored, and when it works again all goes on.
func TestADiskThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	for _, part := range []crash.Part{crash.Outbox, crash.Server} {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			got := prove(t, crash.Run{Part: part, Seed: 1, Steps: 12, Between: 0.01, Faults: true})
			if got.Refused == 0 {
				t.Error("the disk never failed")
			}
		})
	}
}
