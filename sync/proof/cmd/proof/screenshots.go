package main

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/sample"
)

// screenshotsCommand puts the pictures for the documents together.
type screenshotsCommand struct {
	Drawn string `help:"Folder of what the tests of the pages drew." default:"build/pictures" type:"path"`
	Dir   string `help:"Folder of the data behind the windows that are photographed; made anew." default:"build/screenshots" type:"path"`
	Bin   string `help:"Folder of the programs tsugid and tsugi." default:"build" type:"path"`
	Into  string `help:"Folder of the pictures." default:"docs/screenshots" type:"path"`
}

// Run chooses among the drawn pages and photographs real windows.
func (c screenshotsCommand) Run(ctx context.Context) error {
	return sample.Album{
		Drawn: c.Drawn, Dir: c.Dir, Bin: c.Bin, Into: c.Into, Clock: clock.NewSystem(), Say: say,
	}.Run(ctx)
}
