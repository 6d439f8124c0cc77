package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// serveCommand runs the server.
type serveCommand struct {
	Listen  string `help:"Address to listen on." default:"127.0.0.1:7310"`
	Address string `help:"Address that clients use, if another: https://tsugi.example.org."`
}

// firstAdmin is the name of the person that an empty workspace starts with.
const firstAdmin = "Admin"

// Run serves until it is told to stop.
func (c serveCommand) Run(p *program) error {
	s, err := server.New(p.ctx, server.Options{Dir: p.dir, Listen: c.Listen, Address: c.Address, Clock: p.clock, Logger: p.logger})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(p.ctx) }()
	fmt.Printf("Tsugi listens on %s; its data is in %s.\n", s.Address(), p.dir)
	if !enrolled(s) {
		if err := inviteAdmin(p); err != nil {
			p.logger.Warn("invite the first admin", "error", err)
		}
	}
	return errors.Join(<-ended, s.Close())
}

// enrolled reports whether anybody has ever been let in.
func enrolled(s *server.Server) bool {
	for _, person := range s.Setup().People {
		if len(person.Devices) > 0 {
			return true
		}
	}
	return false
}

// inviteAdmin prints the code that lets the first person in.
func inviteAdmin(p *program) error {
	return control(p.ctx, p.dir, func(ctx context.Context, api tsugiv1connect.ControlServiceClient) error {
		return invite(ctx, api, &tsugiv1.InviteRequest{Name: firstAdmin, Admin: true})
	})
}

// inviteCommand prints a code.
type inviteCommand struct {
	Name       string `arg:"" help:"The person's name."`
	Department string `help:"Where the person works."`
	Admin      bool   `help:"Let the person add people."`
}

// Run prints the code.
func (c inviteCommand) Run(p *program) error {
	return p.controlled(func(ctx context.Context, api tsugiv1connect.ControlServiceClient) error {
		return invite(ctx, api, &tsugiv1.InviteRequest{Name: c.Name, Department: c.Department, Admin: c.Admin})
	})
}

func invite(ctx context.Context, api tsugiv1connect.ControlServiceClient, req *tsugiv1.InviteRequest) error {
	resp, err := api.InviteFromServer(ctx, &tsugiv1.InviteFromServerRequest{Invite: req})
	if err != nil {
		return wire.FromError(err)
	}
	got := resp.GetInvite()
	address := got.GetAddress()
	if address == "" {
		address = "(start the server to see its address)"
	}
	fmt.Printf("Enrol %s:\n  address  %s\n  code     %s  (once, until %s)\n", req.GetName(), address, got.GetCode(),
		wire.Time(got.GetExpiresUs()).Local().Format(time.TimeOnly))
	return nil
}

// describeCommand tells what the server holds.
type describeCommand struct{}

// Run prints the counts.
func (describeCommand) Run(p *program) error {
	return p.controlled(func(ctx context.Context, api tsugiv1connect.ControlServiceClient) error {
		d, err := api.Describe(ctx, &tsugiv1.DescribeRequest{})
		if err != nil {
			return wire.FromError(err)
		}
		fmt.Printf("%d people, %d incidents, %d events\n", d.GetPeople(), d.GetIncidents(), d.GetEvents())
		return nil
	})
}
