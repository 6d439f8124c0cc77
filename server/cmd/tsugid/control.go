package main

import (
	"context"
	"errors"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// controlled runs work against the server on the data folder: the one that is running, or one that
// is started for this alone and listens to nobody else.
func (p *program) controlled(work func(context.Context, *rpc.Controller) error) error {
	api := rpc.DialControl(p.dir)
	defer api.Close()
	s, err := server.New(p.ctx, server.Options{Dir: p.dir, Database: p.database, Clock: p.clock, Logger: p.logger})
	if fault.Is(err, fault.Locked) {
		return work(p.ctx, api)
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(p.ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	err = work(ctx, api)
	cancel()
	return errors.Join(err, <-ended, s.Close())
}
