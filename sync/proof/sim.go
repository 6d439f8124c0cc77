package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/sim"
)

// ErrNotMet is returned when in a whole series of simulated runs something was never met that they are there for.
var ErrNotMet = errors.New("the simulated runs show nothing about some things")

// simChunk is how many seeds share a line of the record.
const simChunk = 100

// SimChunk is what simulated runs of some seeds in a row found.
type SimChunk struct {
	Code       string    `json:"code"`
	First      uint64    `json:"first"`
	Seeds      int       `json:"seeds"`
	Steps      int       `json:"steps"` // of each run
	Tally      sim.Tally `json:"tally"`
	Violations []string  `json:"violations,omitempty"`
	Seconds    float64   `json:"seconds"` // on one core
}

func (p *Prover) simRecord() string { return filepath.Join(p.Out, "sim.jsonl") }

// simRuns simulates the seeds that are missing. It returns ErrMixed where the record is of other code, ErrUnclean where an
// invariant was broken, and ErrNotMet where the runs do not show what they are there for.
func (p *Prover) simRuns(ctx context.Context, code string) error {
	var missing []uint64
	for first := p.First; first < p.First+uint64(p.Seeds); first += simChunk {
		if !slices.ContainsFunc(p.sims, func(done SimChunk) bool { return done.First == first && done.Steps == p.Steps }) {
			missing = append(missing, first)
		}
	}
	err := each(ctx, p.Parallel, missing, func(ctx context.Context, first uint64) error { return p.simRun(ctx, code, first) })
	if wrote := p.writeSims(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	sum := p.simSum()
	if len(sum.Violations) > 0 {
		return ErrUnclean
	}
	if missing := sum.Tally.Missing(); len(p.sims) > 0 && len(missing) > 0 {
		return fmt.Errorf("%w: %v", ErrNotMet, missing)
	}
	return nil
}

// simRun simulates some seeds, one after the other, and appends what they found to the record.
func (p *Prover) simRun(ctx context.Context, code string, first uint64) error {
	chunk := SimChunk{Code: code, First: first, Seeds: min(simChunk, int(p.First)+p.Seeds-int(first)), Steps: p.Steps, Tally: sim.Tally{}}
	begun := p.Clock.Now()
	for i := range chunk.Seeds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r := sim.Run(ctx, sim.Options{Seed: first + uint64(i), Steps: p.Steps})
		chunk.Tally.Add(r.Tally)
		if r.Violation != "" {
			chunk.Violations = append(chunk.Violations, fmt.Sprintf("seed %d: %s", r.Seed, r.Violation))
		}
	}
	chunk.Seconds = p.Clock.Now().Sub(begun).Seconds()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sims = append(p.sims, chunk)
	say(p.Progress, "sim: seeds %d to %d, %d steps each: %d violations, %.1f s\n",
		first, first+uint64(chunk.Seeds)-1, p.Steps, len(chunk.Violations), chunk.Seconds)
	return appendRecord(p.simRecord(), chunk)
}

// simSum adds up what the runs found.
func (p *Prover) simSum() SimChunk {
	sum := SimChunk{Tally: sim.Tally{}}
	for _, r := range p.sims {
		sum.Seeds += r.Seeds
		sum.Steps += r.Seeds * r.Steps
		sum.Tally.Add(r.Tally)
		sum.Violations = append(sum.Violations, r.Violations...)
		sum.Seconds += r.Seconds
	}
	return sum
}

const simWords = `# The sync engine, simulated

Clients and the nodes of a server run in one goroutine, driven by one seed, on a network and on disks that fail. What decides is the
code that people run: ` + "`sync/protocol`" + ` on the client's side, the decider of ` + "`server/ledger`" + ` with the rules of incidents and
reading marks on the server's. [What is modelled, and what is left out](../../sync/proof/sim/sim.go), stands in the package. Messages are
dropped, doubled, delayed and overtaken, networks are partitioned in one direction, clients lose power before and behind any
write, their disks fill up, their copies are lost and their folders copied to a second device, clocks are wrong, drift, jump and
are rebooted, programs are upgraded, nodes crash before a commit, between commit and answer, and without having heard that they have
stored something, take in late what others commit, and the log is restored from a backup or has a former state put back by hand.
Some commands are of a later version, and a rule panics now and then.

Incidents are declared private, concealed and revealed, people are added and taken out, also those whose commands are still on their
way, and entries are erased meanwhile. What everybody is sent, and what is answered, is compared to the byte with a twin of the log in
which the private incidents that nobody reveals never were; whoever may not see an incident is answered as if there were none; nobody is
sent what they cannot have seen since; and behind a purge nothing of the incident is in any file of the client.

What clients send, hear and see in the first life of the log is collected, and for every incident porcupine must find one order of
it that is right by a model of the ledger which shares nothing with the rules, as in [the kill runs](kill.md). Who sees an incident is
part of it. What was seen of a log that was put back to its past no order explains; the checks below are there for that.

After every step the invariants of the design are checked on what the step touched; after every hundredth, and at the end,
everything is computed anew. Then the faults stop, and all outboxes must drain, all copies hold exactly what their people may see, and
all that was ever shown as stored be there once, or be refused where its author sees it, or gone with an incident that they could not
see any more. Invariant 16, and the bytes of files, are shown elsewhere.

` + "`make sim SEEDS=200`" + ` repeats it; ` + "`make sim SEED=17 STEPS=2000`" + ` replays one seed and tells what happened.

| | |
|---|---|
`

// writeSims sums the record up for people.
func (p *Prover) writeSims(code string) error {
	var text strings.Builder
	text.WriteString(simWords)
	sum := p.simSum()
	row := func(name, format string, args ...any) {
		say(&text, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	row("code", "%s", code)
	row("machine", "%s", Machine())
	row("written", "%s", p.Clock.Now().UTC().Format(time.RFC3339))
	row("seeds", "%d, from %d", sum.Seeds, p.First)
	row("steps", "%d", sum.Steps)
	row("time", "%.0f s of one core, %.0f µs for a step with all its checks", sum.Seconds, 1e6*sum.Seconds/float64(max(1, sum.Steps)))
	row("**violations**", "**%d**", len(sum.Violations))
	for _, what := range sim.All() {
		row(string(what), "%d", sum.Tally[what])
	}
	for _, v := range sum.Violations {
		say(&text, "\n- %s", v)
	}
	return os.WriteFile(filepath.Join(p.Out, "sim.md"), []byte(text.String()), 0o644)
}

// Simulator runs the simulator by itself, for whoever works on the code.
type Simulator struct {
	First    uint64
	Seeds    int
	Steps    int
	Parallel int
	Clock    clock.Clock
	Say      func(format string, args ...any)
}

// Replay runs one seed and tells what happened in it. It returns ErrUnclean where an invariant was broken.
func (s Simulator) Replay(ctx context.Context, seed uint64) error {
	r := sim.Run(ctx, sim.Options{Seed: seed, Steps: s.Steps, Trace: true})
	s.Say("%s", r.Story(len(r.Trace)))
	s.Say("seed %d, log %s, %s", seed, r.Log, r.World)
	if r.Violation == "" {
		s.Say("no invariant was broken")
		return nil
	}
	s.Say("%s", r.Violation)
	return ErrUnclean
}

// Run runs seeds in a row and writes nothing down.
func (s Simulator) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tsugi-sim-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is the system's folder for what may be left
	p := Prover{Out: dir, Clock: s.Clock, Progress: io.Discard, First: s.First, Seeds: s.Seeds, Steps: s.Steps, Parallel: s.Parallel}
	err = p.simRuns(ctx, "")
	sum := p.simSum()
	for _, v := range sum.Violations {
		s.Say("%s", v)
	}
	for _, what := range sim.All() {
		s.Say("%9d %s", sum.Tally[what], what)
	}
	s.Say("%d seeds, %d steps, %d violations, %.1f s of one core", sum.Seeds, sum.Steps, len(sum.Violations), sum.Seconds)
	return err
}
