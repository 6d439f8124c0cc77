// Package sim runs clients and a server against each other on a network and disks that fail, all in one goroutine and all
// from one seed: what a seed does once it does again.
//
// What decides is the code that people run: protocol.Outbox, Overlay, Following and what takes batches, snapshots and fills
// into a client's copy; ledger.Decider, with the rules of incidents, people and reading marks, and ledger.Resume. Modelled
// here, by the contract that their own tests hold the real ones to, are the stores beneath (every method of a store is one
// transaction, durable when it returns, and the power may fail before it or behind it), the network, and what a server reads
// out of its log: pages of the tail, heads for whoever is far behind, a bootstrap in two moments, fills.
//
// What the product does not have yet is not simulated, and no counter of it is claimed: private incidents (grant, revoke,
// from public to private and back) and several nodes of one server. Erasing, files and the postmortem's text have proofs of
// their own.
package sim

import (
	"context"
	"fmt"
	"strings"
)

// Options says what is run.
type Options struct {
	Seed  uint64
	Steps int
	// Straight lets all clocks go right; nothing else changes. What is decided must not depend on it.
	Straight bool
	// Trace keeps what happened in words.
	Trace bool
}

// Result is what a run found.
type Result struct {
	Seed  uint64 `json:"seed"`
	Steps int    `json:"steps"`
	Tally Tally  `json:"tally"`
	// Violation says which invariant was broken, at which step and how; empty where none was.
	Violation string `json:"violation,omitempty"`
	// Log names the server's log at the end but for its times, and World all that was done.
	Log   string   `json:"log"`
	World string   `json:"world"`
	Trace []string `json:"-"`
}

// Run runs one seed.
func Run(ctx context.Context, o Options) Result {
	w := newWorld(ctx, o)
	for w.step = 1; w.step <= o.Steps && w.violation == ""; w.step++ {
		w.act()
		w.check()
	}
	if w.violation == "" {
		w.drain()
	}
	return Result{
		Seed: o.Seed, Steps: o.Steps, Tally: w.tally, Violation: w.violation,
		Log: w.server.log.name(), World: fmt.Sprintf("%016x", w.random.Uint64()), Trace: w.trace,
	}
}

// Story returns a run's trace as lines, the newest last.
func (r Result) Story(lines int) string {
	return strings.Join(r.Trace[max(0, len(r.Trace)-lines):], "\n")
}

// Tally counts what was reached.
type Tally map[Reached]int

// Reached names something that runs must have met, or they show nothing about it.
type Reached string

// What runs must have met.
const (
	Rejected      Reached = "REJECTED"
	Conflict      Reached = "CONFLICT"
	OutOfOrder    Reached = "OUT_OF_ORDER"
	Reset         Reached = "RESET"
	Gap           Reached = "gap"
	Doubled       Reached = "doubled push"
	Between       Reached = "crash between commit and answer"
	Fork          Reached = "fork"
	Restored      Reached = "restore"
	Copied        Reached = "copied outbox noticed"
	Poisoned      Reached = "poison"
	Dropped       Reached = "message dropped"
	Reordered     Reached = "message overtaken"
	OneWay        Reached = "one-way partition"
	ClientCrashed Reached = "client crashed at a store step"
	ServerCrashed Reached = "server crashed"
	DiskFailed    Reached = "client's disk failed"
	CopyLost      Reached = "copy lost"
	Jumped        Reached = "clock jumped or rebooted"
	Unknown       Reached = "event of a later version kept"
	Upgraded      Reached = "client or server upgraded"
	Merged        Reached = "incident merged"
	Refetched     Reached = "bootstrap"
	Filled        Reached = "gap filled"
	Grouped       Reached = "several pushes in one commit"
	Renumbered    Reached = "outbox renumbered"
	Offered       Reached = "all that is kept offered again"
	Unread        Reached = "command of a later version"
	Histories     Reached = "incident of which an order of all that was seen is right"
	Ordered       Reached = "command in it"
	Unheard       Reached = "of these, without an answer that was heard"
	Reads         Reached = "read in it"
)

// All returns everything that a series of runs must have met.
func All() []Reached {
	return []Reached{
		Rejected, Conflict, OutOfOrder, Reset, Gap, Doubled, Between, Fork, Restored, Copied, Poisoned, Dropped, Reordered, OneWay,
		ClientCrashed, ServerCrashed, DiskFailed, CopyLost, Jumped, Unknown, Upgraded, Merged, Refetched, Filled, Grouped, Renumbered,
		Offered, Unread, Histories, Ordered, Unheard, Reads,
	}
}

// Add counts another run's as well.
func (t Tally) Add(other Tally) {
	for what, n := range other {
		t[what] += n
	}
}

// Missing returns what was never met.
func (t Tally) Missing() []Reached {
	var out []Reached
	for _, what := range All() {
		if t[what] == 0 {
			out = append(out, what)
		}
	}
	return out
}
