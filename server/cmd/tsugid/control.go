package main

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// controlled runs work against the server on the data folder: the one that is running, or one that
// is started for this alone and listens to nobody else.
func (p *program) controlled(work func(context.Context, tsugiv1connect.ControlServiceClient) error) error {
	s, err := server.New(p.ctx, server.Options{Dir: p.dir, Clock: p.clock, Logger: p.logger})
	if fault.Is(err, fault.Locked) {
		return control(p.ctx, p.dir, work)
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(p.ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	err = control(ctx, p.dir, work)
	cancel()
	return errors.Join(err, <-ended, s.Close())
}

// control runs work against the server that is running on dir.
func control(ctx context.Context, dir string, work func(context.Context, tsugiv1connect.ControlServiceClient) error) error {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", server.ControlSocket(dir))
		},
	}
	defer transport.CloseIdleConnections()
	return work(ctx, tsugiv1connect.NewControlServiceClient(&http.Client{Transport: transport}, "http://control"))
}
