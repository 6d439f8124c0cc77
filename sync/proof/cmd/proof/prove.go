package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// proveCommand runs the long proofs.
type proveCommand struct {
	Bin      string `help:"Folder of the built programs." default:"build" type:"path"`
	Dir      string `help:"Folder for data." default:"build/prove" type:"path"`
	Out      string `help:"Folder for the record." default:"docs/proof" type:"path"`
	Code     string `help:"Folder of the code that is proven." default:"." type:"path"`
	Runs     int    `help:"How often to kill, and how many crash seeds." default:"200"`
	First    uint64 `help:"The first seed." default:"1"`
	Parallel int    `help:"How many runs at once." default:"2"`
	Windows  int    `help:"How many runs with real windows." default:"3"`
	Nodes    int    `help:"How many runs with several servers on PostgreSQL." default:"30"`
	Pages    int    `help:"How many runs in which people are paged by a server that is killed, twelve times in each." default:"9"`
	Shared   int    `help:"How many of these runs with two servers on PostgreSQL." default:"3"`
	Seeds    int    `help:"How many seeds are simulated." default:"10000"`
	Steps    int    `help:"How many steps each of them has." default:"2000"`
	Years    int    `help:"How many years of each zone are walked through from handoff to handoff." default:"10"`
	Only     string `help:"Do one part alone: kill, windows, nodes, pages, crash, sim or oncall." enum:",kill,windows,nodes,pages,crash,sim,oncall" default:""`
	Anew     bool   `help:"Forget what was recorded of other code."`
}

// Run goes on from where it was interrupted, and fails when anything was found.
func (c proveCommand) Run(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	p := proof.Prover{
		Bin: c.Bin, Self: self, Dir: c.Dir, Out: c.Out, Code: c.Code, Clock: clock.NewSystem(), Progress: os.Stderr,
		Runs: c.Runs, First: c.First, Parallel: max(1, c.Parallel), Windows: c.Windows, Nodes: c.Nodes, Pages: c.Pages, SharedPages: c.Shared, Seeds: c.Seeds, Steps: c.Steps, Years: c.Years,
		Only: proof.Part(c.Only), Anew: c.Anew,
	}
	return p.Run(ctx)
}
