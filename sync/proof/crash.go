package proof

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof/crash"
)

func (p *Prover) crashRecord() string { return filepath.Join(p.Out, "crash.jsonl") }

// crashRuns does the crash runs that are missing: each seed with a disk that works and with one that fails, for an outbox and
// for a server. It returns ErrMixed where the record is of other code, and ErrUnclean where anything was found.
func (p *Prover) crashRuns(ctx context.Context, code string) error {
	var missing []crash.Run
	for i := range p.Runs {
		for _, part := range []crash.Part{crash.Outbox, crash.Server} {
			for _, faults := range []bool{false, true} {
				r := crashRunOf(part, p.First+uint64(i), faults)
				if !slices.ContainsFunc(p.crashes, func(done crash.Result) bool {
					return done.Part == r.Part && done.Seed == r.Seed && done.Faulty == r.Faults
				}) {
					missing = append(missing, r)
				}
			}
		}
	}
	err := each(ctx, p.Parallel, missing, func(ctx context.Context, r crash.Run) error { return p.crashRun(ctx, code, r) })
	if wrote := p.writeCrashes(code); wrote != nil {
		return wrote
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.crashes, func(r crash.Result) bool { return !r.Clean() }) {
		return ErrUnclean
	}
	return nil
}

// crashRunOf returns what is done with a seed. Every fourth is heavy: longer, and crashed less often at each place.
func crashRunOf(part crash.Part, seed uint64, faults bool) crash.Run {
	r := crash.Run{Part: part, Seed: seed, Faults: faults, Steps: 40, Often: 2, Between: 0.05, Again: 1}
	if seed%4 == 0 {
		r.Heavy, r.Steps, r.Often, r.Between = true, 110, 0, 0.01
	}
	return r
}

// crashRun does a run and appends what it found to the record.
func (p *Prover) crashRun(ctx context.Context, code string, r crash.Run) error {
	r.Dir = filepath.Join(p.Dir, fmt.Sprintf("crash-%s-%d-%t", r.Part, r.Seed, r.Faults))
	if err := os.RemoveAll(r.Dir); err != nil {
		return fmt.Errorf("empty the run's folder: %w", err)
	}
	got, err := r.Crash(ctx)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(r.Dir); err != nil {
		return fmt.Errorf("remove the run's folder: %w", err)
	}
	got.Code = code
	p.mu.Lock()
	defer p.mu.Unlock()
	p.crashes = append(p.crashes, got)
	say(p.Progress, "crash, run %d: %s, seed %d, %d faults, %d synchronizations, %d crashes; %d lost, %d corrupt, %d wrong\n",
		len(p.crashes), got.Part, got.Seed, got.Faults, got.Syncs, got.Points, len(got.Lost), len(got.Corrupt), len(got.Wrong))
	return appendRecord(p.crashRecord(), got)
}

const crashWords = `# The plug pulled at every synchronization

The production code, as it is, writes on a disk that forgets: a file system for SQLite that stands over the system's own and
records every change. A script plays a client (commands given, sent, answered, discarded, renumbered, tokens refreshed, restarts)
or a server (pushes of several clients in one commit, jobs, erasing, heads, restarts). Before every synchronization, and before
some of the other changes, the power fails: once with all that was not synchronized lost, once with all of it there, and some
times with chance deciding for every sector of 512 or 4096 bytes whether it is there, torn or not, in any order, for every
truncation, and for every new and deleted name in the folder. What is left is opened with the production code, and the opening
is crashed too. [The model's assumptions](../../sync/proof/disk/trace.go) are those that SQLite documents; its test shows that
on it synchronous=NORMAL and OFF lose what was acknowledged, and FULL in the write-ahead log does not.

Of an **outbox** every command that was reported as stored must be there, with its words, place, number and answer, numbers
without holes; it must know its former generations and its newest token; what waits is what goes out, and the next command gets
the next number. Of a **server** every answer must be there, the log must begin with all events that were answered, every
counter without holes and at its end, the chain whole, one effect for each event; a push repeated twice must have one effect;
the words of an erased entry must be in no file; every event must have its task, those recorded as done must be so and are not
carried out again, and all others are carried out once. Of both, SQLite must find every file whole.

In half of the runs the disk also fails now and then: EIO at the n-th write, truncation or synchronization, ENOSPC at the n-th
write that makes a file longer, part of it written or nothing, some times in a row. Then every error must say that it was the
disk, nothing reported may be lost, also when the power fails later, and the same process must go on when the disk works again.
` + "`make prove` repeats it, `build/proof prove --only crash --runs 50` this part alone; a script and what survives are named by\nthe seed, while ids are new in each run.\n\n"

// writeCrashes sums the record up for people.
func (p *Prover) writeCrashes(code string) error {
	var text strings.Builder
	text.WriteString(crashWords)
	say(&text, "Code %s, %s, written %s, seeds from %d.\n\n", code, Machine(), p.Clock.Now().UTC().Format(time.RFC3339), p.First)
	sums := make([]crash.Result, 5)
	runs := make([]int, len(sums))
	for _, r := range p.crashes {
		column := 0
		if r.Part == crash.Server {
			column = 2
		}
		if r.Faulty {
			column++
		}
		for _, i := range []int{column, len(sums) - 1} {
			sums[i].Add(r)
			runs[i]++
		}
	}
	text.WriteString("| | outbox | outbox, the disk fails | server | server, the disk fails | all |\n|---|---|---|---|---|---|\n")
	for _, row := range crashRows() {
		say(&text, "| %s |", row.name)
		for i, sum := range sums {
			say(&text, " %s |", row.value(sum, runs[i]))
		}
		text.WriteString("\n")
	}
	for _, found := range slices.Concat(sums[len(sums)-1].Lost, sums[len(sums)-1].Corrupt, sums[len(sums)-1].Wrong) {
		say(&text, "\n- %s", found)
	}
	return os.WriteFile(filepath.Join(p.Out, "crash.md"), []byte(text.String()), 0o644)
}

// crashRow is a figure of the crash runs.
type crashRow struct {
	name  string
	value func(sum crash.Result, runs int) string
}

func crashRows() []crashRow {
	count := func(of func(crash.Result) int) func(crash.Result, int) string {
		return func(r crash.Result, _ int) string { return fmt.Sprint(of(r)) }
	}
	found := func(of func(crash.Result) []string) func(crash.Result, int) string {
		return func(r crash.Result, _ int) string { return fmt.Sprintf("**%d**", len(of(r))) }
	}
	return []crashRow{
		{"scripts", func(_ crash.Result, runs int) string { return fmt.Sprint(runs) }},
		{"synchronizations", count(func(r crash.Result) int { return r.Syncs })},
		{"times the journal was begun again over what it held", count(func(r crash.Result) int { return r.Laps })},
		{"crash points", count(func(r crash.Result) int { return r.Points })},
		{"of them while opening after another crash", count(func(r crash.Result) int { return r.Nested })},
		{"times the disk failed, changes it refused", func(r crash.Result, _ int) string { return fmt.Sprintf("%d, %d", r.Faults, r.Refused) }},
		{"unsynchronized sectors that were there", count(func(r crash.Result) int { return r.Tally.Kept })},
		{"sectors dropped", count(func(r crash.Result) int { return r.Tally.Dropped })},
		{"sectors torn", count(func(r crash.Result) int { return r.Tally.Torn })},
		{"sectors there before earlier ones", count(func(r crash.Result) int { return r.Tally.Reordered })},
		{"truncations lost, new and deleted names lost", func(r crash.Result, _ int) string { return fmt.Sprintf("%d, %d", r.Tally.Sizes, r.Tally.Names) }},
		{"commands reported as stored", count(func(r crash.Result) int { return r.Stored })},
		{"rows and answers looked for", count(func(r crash.Result) int { return r.Compared })},
		{"**acknowledged and lost**", found(func(r crash.Result) []string { return r.Lost })},
		{"**corrupt**", found(func(r crash.Result) []string { return r.Corrupt })},
		{"**anything else**", found(func(r crash.Result) []string { return r.Wrong })},
	}
}
