package main

import (
	"context"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/proof/sample"
)

// comfortCommand lets a client live in the demo.
type comfortCommand struct {
	For  time.Duration `help:"How long." default:"1h"`
	Dir  string        `help:"Folder of the data; made anew." default:"build/comfort" type:"path"`
	Bin  string        `help:"Folder of the programs tsugid and tsugi." default:"build" type:"path"`
	Into string        `help:"What is written." default:"docs/proof/comfort.md" type:"path"`
}

// Run measures and writes it down.
func (c comfortCommand) Run(ctx context.Context) error {
	code, err := proof.CodeHash(".")
	if err != nil {
		return err
	}
	return sample.Comfort{Dir: c.Dir, Bin: c.Bin, Into: c.Into, Code: code, For: c.For, Clock: clock.NewSystem(), Say: say}.Run(ctx)
}
