// Command proof shows Tsugi at work: a demo, the long proofs, the measurements and the pictures.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commandLine is what proof understands.
type commandLine struct {
	Demo        demoCommand        `cmd:"" help:"Start a server with a sample workspace and open a window on it."`
	Screenshots screenshotsCommand `cmd:"" help:"Draw every page into docs/screenshots."`
	Bench       benchCommand       `cmd:"" help:"Measure the promises."`
	Prove       proveCommand       `cmd:"" help:"Run the long proofs; goes on from where it was interrupted."`
	Visit       visitCommand       `cmd:"" help:"Do somebody's first visit in a real window, and count the keys."`
	Comfort     comfortCommand     `cmd:"" help:"Let a client live in the live demo, and write down its memory and its hiccups."`
	Sim         simCommand         `cmd:"" help:"Simulate clients and a server on a network and disks that fail."`
	Mutants     mutantsCommand     `cmd:"" help:"Plant deliberate mistakes, each alone, and show which test catches it."`
	Raw         rawCommand         `cmd:"" hidden:"" help:"Be the raw server that the bench measures against."`
	Client      clientCommand      `cmd:"" hidden:"" help:"Be one headless client of a proof."`
}

func main() {
	var line commandLine
	parsed := kong.Parse(&line, kong.Name("proof"), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err := parsed.Run()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}
