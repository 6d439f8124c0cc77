package main

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// simCommand simulates the sync engine.
type simCommand struct {
	Seed     *uint64 `help:"Replay this seed alone, and tell what happens."`
	Steps    int     `help:"Steps of each run." default:"2000"`
	Seeds    int     `help:"How many seeds to run, where none is named." default:"200"`
	First    uint64  `help:"The first of them." default:"0"`
	Parallel int     `help:"How many runs at once." default:"2"`
}

// Run simulates, and fails when an invariant is broken or something was not met that the runs are there for.
func (c simCommand) Run(ctx context.Context) error {
	s := proof.Simulator{
		First: c.First, Seeds: c.Seeds, Steps: c.Steps, Parallel: max(1, c.Parallel), Clock: clock.NewSystem(), Say: say,
	}
	if c.Seed != nil {
		return s.Replay(ctx, *c.Seed)
	}
	return s.Run(ctx)
}
