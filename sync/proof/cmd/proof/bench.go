package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/heap"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// benchCommand measures the promises.
type benchCommand struct {
	Bin   string `help:"Folder of the built programs." default:"build" type:"path"`
	Dir   string `help:"Folder for data." default:"build/bench" type:"path"`
	Scale int    `help:"Divide the amounts of work by this, to try the bench itself." default:"1"`
	Only  string `help:"Measure only what has this in its name."`
}

// Run measures and prints the table.
func (c benchCommand) Run(ctx context.Context) error {
	heap.Floor(heap.Desk) // the clients that it measures are in this program
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	b := proof.Bench{Bin: c.Bin, Dir: c.Dir, Self: self, Clock: clock.NewSystem(), Out: os.Stderr, Scale: max(1, c.Scale), Only: c.Only}
	rows, err := b.Run(ctx)
	if err != nil {
		return err
	}
	fmt.Println(proof.Machine())
	fmt.Println()
	return proof.PrintRows(os.Stdout, rows)
}

// rawCommand is the raw server that the bench measures against.
type rawCommand struct {
	Dir      string `required:"" type:"path"`
	Database string
	Listen   string `required:""`
}

// Run serves until it is stopped.
func (c rawCommand) Run(ctx context.Context) error {
	heap.Floor(heap.Server) // as the server that it is the limit of
	return proof.ServeRaw(ctx, c.Dir, c.Database, c.Listen)
}
