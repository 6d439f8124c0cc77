// Package sim runs clients and the nodes of a server against each other on a network and disks that fail, all in one goroutine and
// all from one seed: what a seed does once it does again.
//
// What decides is the code that people run: protocol.Outbox, Overlay, Following, FateOf and what takes batches, snapshots and fills
// into a client's copy; ledger.Decider, with the rules of incidents, people and reading marks, who sees what, what moves from one
// scope to another, what is taken in of other nodes' commits and whom it sends back; and ledger.Resume. Modelled here, by the contract
// that their own tests hold the real ones to, are the stores beneath (every method of a store is one transaction, durable when it
// returns, and the power may fail before it or behind it), the network, and what a server reads out of its log: pages of the tail,
// heads for whoever is far behind, heartbeats, a bootstrap in two moments, fills and backfills.
//
// One to three nodes serve one log. Each takes in late what others commit, and before it decides; each may be of another version, may
// be killed, also between a commit and its answer, or may not hear that what it wanted to store is stored. Clients move from one to
// another.
//
// Some incidents are private, and people are added and taken out, incidents concealed and revealed, entries erased. What everybody is
// sent is compared with a twin of the log in which the private ones that nobody reveals never were; a command to what its giver may
// not see with one to what is not there; and all that is sent to somebody with what they may know of.
//
// Versions differ by commands and events that the former ones do not know; a server's own memory is always that of the latest. Not
// simulated are files, the postmortem's text and what clients give back of others' events: they have proofs of their own. No server
// refuses a client for being too old.
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
