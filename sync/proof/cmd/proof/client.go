package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// clientCommand is one headless client of a proof, which will be killed.
type clientCommand struct {
	Dir  string `required:"" type:"path"`
	Seed uint64
}

// Run is restless until SIGUSR1, and then sends what is left.
func (c clientCommand) Run(ctx context.Context) error {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1)
	fmt.Print(proof.Ready)
	stop := make(chan struct{})
	go func() {
		<-told
		close(stop)
	}()
	return proof.BeClient(ctx, c.Dir, c.Seed, clock.NewSystem(), stop)
}
