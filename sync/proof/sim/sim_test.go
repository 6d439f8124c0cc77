package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/proof/sim"
)

// seeds and steps are what every change of the code is run with; the record in docs/proof has 10,000.
const (
	seeds = 200
	steps = 2000
)

// clean fails the test, with what led to it, when a run breaks an invariant.
func clean(t *testing.T, r sim.Result) {
	t.Helper()
	if r.Violation == "" {
		return
	}
	again := sim.Run(t.Context(), sim.Options{Seed: r.Seed, Steps: r.Steps, Trace: true})
	t.Fatalf("seed %d: %s\nmake sim SEED=%d STEPS=%d tells it whole; it ended so:\n%s", r.Seed, r.Violation, r.Seed, r.Steps, again.Story(40))
}

func TestNoSeedBreaksAnInvariant(t *testing.T) {
	t.Parallel()
	const parts = 8
	tallies := make(chan sim.Tally, parts)
	t.Run("seeds", func(t *testing.T) {
		t.Parallel()
		for part := range uint64(parts) {
			t.Run(fmt.Sprint("from ", part), func(t *testing.T) {
				t.Parallel()
				sum := sim.Tally{}
				defer func() { tallies <- sum }()
				for seed := part; seed < seeds; seed += parts {
					r := sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps})
					clean(t, r)
					sum.Add(r.Tally)
				}
			})
		}
	})
	t.Cleanup(func() {
		close(tallies)
		all := sim.Tally{}
		for part := range tallies {
			all.Add(part)
		}
		if missing := all.Missing(); len(missing) > 0 && !t.Failed() {
			t.Errorf("the runs show nothing about %v", missing)
		}
	})
}

// These seeds once found something, or something of the kind: what, stands beside them. The tests of the parts that were
// mended tell each of them alone; here they stay because they were hard to meet. The first eight found it when there were one server
// and no private incidents, and do other things now.
func TestSeedsThatOnceFoundSomething(t *testing.T) {
	t.Parallel()
	for seed, found := range map[uint64]string{
		31:    "a fill was answered by a server that had been restored meanwhile, and taken into the copy of its former life",
		54:    "an answer of a restored server was taken to be about the copy of its former life",
		27:    "an answer was stored, and not remembered, when the disk was full before the generation was confirmed",
		24:    "a restored server took what was given later before it was given back what it had lost",
		184:   "a clock that was wrong for an hour took away what a restored server asked for",
		306:   "a clock that was wrong for an hour took away what a restored server asked for",
		88:    "a server whose past was put back by hand lost what nobody missed",
		136:   "what such a server had accepted was never offered again by an outbox that it took for a copy",
		0:     "what was done in an incident that was concealed while the copy was lost stayed in the outbox for ever",
		2:     "an incident was shown for ever to whoever was taken out before they had heard of it",
		8:     "a restored server was offered words behind their erasing, and stored them",
		17:    "a bootstrap noted private incidents in no life of the log, and a restore had the commands to them given up",
		39:    "what was moved while a bootstrap was sent was taken where it lay first",
		4663:  "an answer that came once more undid that a command was forsaken, and what was left of it waited for ever",
		6846:  "what was refused in a life that is lost was held against an incident that its author never saw in the next, and the check was wrong",
		20036: "of what was concealed while the copy was lost, and came again page by page, the check wanted all with the first page",
		5984:  "a command that the server could not read was refused in this life, and the check wanted it gone with an incident that its author never saw in it",
		9260:  "whoever was taken out and added again while a bootstrap was read had a cursor behind an incident that did not come",
	} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			t.Log(found)
			clean(t, sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps}))
		})
	}
}

func TestASeedDoesTheSameAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		a := sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps, Trace: true})
		b := sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps, Trace: true})
		if a.Log != b.Log || a.World != b.World || strings.Join(a.Trace, "\n") != strings.Join(b.Trace, "\n") {
			t.Errorf("seed %d did something else the second time", seed)
		}
		if c := sim.Run(t.Context(), sim.Options{Seed: seed + 100, Steps: steps}); c.Log == a.Log {
			t.Errorf("seed %d did what seed %d does", seed+100, seed)
		}
	}
}

// Invariant 13: the same run with clocks that all go right ends with the same log, but for its times.
func TestClocksChangeOnlyTimes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		crooked := sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps})
		straight := sim.Run(t.Context(), sim.Options{Seed: seed, Steps: steps, Straight: true})
		clean(t, straight)
		if crooked.Log != straight.Log || crooked.World != straight.World {
			t.Errorf("seed %d: with clocks that go right it ended otherwise", seed)
		}
	}
}
