package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// installed fails with a NotFound fault where no server's data are in the data folder, and makes nothing. Commands that
// only read ask it first: one who mistyped the folder would else be told of a new and empty server. Of a database that was
// named, the folder tells nothing.
func (p *program) installed() error {
	if p.database != "" {
		return nil
	}
	_, err := os.Stat(server.DatabasePath(p.dir))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fault.Wrap(fault.NotFound, fmt.Sprintf("There is no installation of Tsugi in the folder %s.", p.dir), err).
			WithAdvice("Nothing was made there.", "Name the server's folder with --data; a new installation begins with serve.")
	default:
		return fault.Wrap(fault.Storage, fmt.Sprintf("The folder %s cannot be read.", p.dir), err).
			WithAdvice("Nothing was changed.", "Check its name and who may read it.")
	}
}

// controlled runs work against the server on the data folder: the one that is running, or one that
// is started for this alone and listens to nobody else.
func (p *program) controlled(work func(context.Context, *rpc.Controller) error) error {
	api := rpc.DialControl(p.dir)
	defer api.Close()
	seal, err := p.seal()
	if err != nil {
		return err
	}
	s, err := server.New(p.ctx, server.Options{Dir: p.dir, Database: p.database, Seal: seal, Clock: p.clock, Logger: p.logger})
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
