package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrNeverKilled is returned when in a whole series neither a server nor PostgreSQL was killed: the runs show nothing.
var ErrNeverKilled = errors.New("no server was killed, or PostgreSQL was not: the runs show nothing about several servers")

func (p *Prover) nodeRecord() string { return filepath.Join(p.Out, "nodes.jsonl") }

// nodeRuns does the runs that are missing. It returns ErrUnclean where anything was found.
func (p *Prover) nodeRuns(ctx context.Context, code string) error {
	var missing []uint64
	for i := range p.Nodes {
		seed := p.First + uint64(i)
		if !slices.ContainsFunc(p.nodes, func(r NodeResult) bool { return r.Seed == seed }) {
			missing = append(missing, seed)
		}
	}
	err := each(ctx, p.Parallel, missing, func(ctx context.Context, seed uint64) error {
		if err := p.nodeRun(ctx, code, seed); err != nil {
			return fmt.Errorf("nodes, seed %d: %w", seed, err)
		}
		return nil
	})
	if wrote := p.writeNodes(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	if slices.ContainsFunc(p.nodes, func(r NodeResult) bool { return !r.Clean() }) {
		return ErrUnclean
	}
	if sum := p.nodeSum(); len(p.nodes) > 0 && (sum.ServerKills == 0 || sum.Crashes == 0) {
		return ErrNeverKilled
	}
	return nil
}

// nodeRun does a run and appends what it found to the record.
func (p *Prover) nodeRun(ctx context.Context, code string, seed uint64) error {
	run := NodeRun{KillRun{Seed: seed, Bin: p.Bin, Self: p.Self, Dir: filepath.Join(p.Dir, fmt.Sprintf("nodes-%d", seed)), Clock: p.Clock}}
	r, err := run.Run(ctx)
	if err != nil {
		return err
	}
	r.Code = code
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes = append(p.nodes, r)
	say(p.Progress, "nodes, %d of %d: seed %d, %d commands, %d events, %d servers, %d clients and PostgreSQL %d times killed, %d moved; "+
		"%d lost, %d doubled, %d differences, %d holes, received after %d, %d, %d ms, %.1f s\n",
		len(p.nodes), p.Nodes, seed, r.Commands, r.Events, r.ServerKills, r.ClientKills, r.Crashes, r.Moves,
		len(r.Lost), len(r.Doubled), len(r.Differences), len(r.Holes), r.MedianMS, r.P99MS, r.WorstMS, r.Seconds)
	return appendRecord(p.nodeRecord(), r)
}

// nodeSum adds up what the runs found; of the times it has the worst.
func (p *Prover) nodeSum() (sum NodeResult) {
	for _, r := range p.nodes {
		sum.add(r.KillResult)
		sum.Crashes += r.Crashes
		sum.Moves += r.Moves
		sum.Holes = append(sum.Holes, r.Holes...)
		sum.WorstMS = max(sum.WorstMS, r.WorstMS)
	}
	return sum
}

const nodeWords = `# Several servers, killed in mid-conversation

Each run starts a PostgreSQL that brings every commit to the disk, three servers on it, a front that gives each connection to the next
server that takes it, and three clients, all as processes of their own. The clients do what they do in [kill.md](kill.md), without
a pause. Meanwhile servers are killed with SIGKILL, one or two at a time, and started again; clients are killed; the front cuts
all connections, so that every client comes to another server; and in two of three runs PostgreSQL itself is ended in the middle of
whatever it does and started anew (` + "`pg_ctl restart -m immediate`" + `), at times together with a server. Then everything is
started once more and compared as there: what a client had shown as stored is there exactly once, all clients hold the same events
in the same order, every file is whole, of what was erased nothing is on any client, everything says within a second
when it was written, and of each incident there is one order of all that was asked, answered and seen.

Of the log the chain of hashes and its signatures are followed from the first event to the last, and every counter is counted: the
number among all, the position in each scope, the number in each stream, the INC numbers, one answer for each command.
` + "`build/proof prove --only nodes`" + ` does this part alone; a run is named by its seed.

`

// writeNodes sums the record up for people.
func (p *Prover) writeNodes(code string) error {
	var text strings.Builder
	text.WriteString(nodeWords)
	text.WriteString("| | |\n|---|---|\n")
	row := func(name, format string, args ...any) {
		say(&text, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	sum := p.nodeSum()
	row("code", "%s", code)
	row("machine", "%s", Machine())
	row("written", "%s", p.Clock.Now().UTC().Format(time.RFC3339))
	row("runs", "%d of %d, seeds from %d", len(p.nodes), p.Nodes, p.First)
	row("servers killed", "%d times", sum.ServerKills)
	row("PostgreSQL killed", "%d times", sum.Crashes)
	row("clients killed", "%d times", sum.ClientKills)
	row("connections cut by the front", "%d", sum.Moves)
	row("commands shown as stored", "%d", sum.Commands)
	row("events", "%d", sum.Events)
	row("conflicts, each put to its author", "%d", sum.Conflicts)
	row("files at the servers and on all clients, byte for byte", "%d", sum.Files.Files)
	row("from written to received, of all commands", "%s", p.nodeWaits())
	h := sum.History
	row("histories, one of each incident", "%d of %d commands, %d of them without an answer that was heard, and %d reads",
		h.Incidents, h.Commands, h.Unheard, h.Reads)
	row("**histories of which no order is right**", "**%d**", len(h.Refused))
	row("**lost**, files included", "**%d**", len(sum.Lost))
	row("**doubled**, stored chunks included", "**%d**", len(sum.Doubled))
	row("**acknowledged chunks sent again**", "**%d**", len(sum.Files.Resent))
	row("**traces of what was erased on clients**", "**%d**", len(sum.Files.Remains))
	row("**differences between clients**", "**%d**", len(sum.Differences))
	row("**holes in a counter, breaks of the chain**", "**%d**", len(sum.Holes))
	for _, r := range p.nodes {
		for _, found := range slices.Concat(r.Lost, r.Doubled, r.Differences, r.Holes, r.Files.Resent, r.Files.Remains, r.History.Refused) {
			say(&text, "\n- seed %d: %s", r.Seed, found)
		}
	}
	return os.WriteFile(filepath.Join(p.Out, "nodes.md"), []byte(text.String()), 0o644)
}

// nodeWaits tells how long commands were on their way.
func (p *Prover) nodeWaits() string {
	if len(p.nodes) == 0 {
		return ""
	}
	middle := func(of func(NodeResult) int64) int64 {
		var all []int64
		for _, r := range p.nodes {
			all = append(all, of(r))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return fmt.Sprintf("in the middle one of all runs: half within %d ms, 99 %% within %d ms; the slowest of all took %d ms",
		middle(func(r NodeResult) int64 { return r.MedianMS }), middle(func(r NodeResult) int64 { return r.P99MS }), p.nodeSum().WorstMS)
}
