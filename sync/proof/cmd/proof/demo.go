package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/sample"
)

// demoCommand shows the programs at work.
type demoCommand struct {
	Dir    string        `help:"Folder of the demo's data." default:"build/demo" type:"path"`
	Bin    string        `help:"Folder of the programs tsugid and tsugi." default:"build" type:"path"`
	Lively time.Duration `help:"How long the sample people go on writing." default:"5m"`
}

// Run shows the demo until its window is closed.
func (c demoCommand) Run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal was closed
	defer stop()
	d := sample.Demo{Dir: c.Dir, Bin: c.Bin, Lively: c.Lively, Clock: clock.NewSystem(), Say: say}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		say("There is no display: the window opens on an invisible one, and pictures are taken of it.")
		d.Pictures, d.Watch = filepath.Join(c.Dir, "screenshots"), 10*time.Second
	}
	return d.Run(ctx)
}

// say tells a person how it goes.
func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }
