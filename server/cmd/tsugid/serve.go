package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/heap"
)

// serveCommand runs the server.
type serveCommand struct {
	Listen  string      `help:"Address to listen on." default:"127.0.0.1:7310"`
	Address string      `help:"Address that clients use, if another: https://tsugi.example.org."`
	Paging  pagingFlags `embed:"" group:"Paging people:"`
}

// firstAdmin is the name of the person that an empty workspace starts with.
const firstAdmin = "Admin"

// Run serves until it is told to stop.
func (c serveCommand) Run(p *program) error {
	heap.Floor(heap.Server)
	seal, err := p.seal()
	if err != nil {
		return err
	}
	paging, err := c.Paging.read()
	if err != nil {
		return err
	}
	s, err := server.New(p.ctx, server.Options{
		Dir: p.dir, Database: p.database, Seal: seal, Listen: c.Listen, Address: c.Address, Paging: paging, Clock: p.clock, Logger: p.logger,
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(p.ctx) }()
	where := p.dir
	if p.database != "" {
		where = "PostgreSQL"
	}
	fmt.Printf("Tsugi listens on %s; its data is in %s; people are paged by %s.\n", s.Address(), where, ways(paging))
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
	api := rpc.DialControl(p.dir)
	defer api.Close()
	return invite(p.ctx, api, rpc.Guest{Name: firstAdmin, Admin: true})
}

// inviteCommand prints a code.
type inviteCommand struct {
	Name       string `arg:"" help:"The person's name."`
	Department string `help:"Where the person works."`
	Admin      bool   `help:"Let the person add people."`
}

// Run prints the code.
func (c inviteCommand) Run(p *program) error {
	return p.controlled(func(ctx context.Context, api *rpc.Controller) error {
		return invite(ctx, api, rpc.Guest{Name: c.Name, Department: c.Department, Admin: c.Admin})
	})
}

func invite(ctx context.Context, api *rpc.Controller, g rpc.Guest) error {
	got, err := api.Invite(ctx, g)
	if err != nil {
		return err
	}
	address := got.Address
	if address == "" {
		address = "(start the server to see its address)"
	}
	fmt.Printf("Enrol %s:\n  address  %s\n  code     %s  (once, until %s)\n", g.Name, address, got.Code,
		got.Expires.Local().Format(time.TimeOnly))
	return nil
}

// describeCommand tells what the server holds.
type describeCommand struct{}

// Run prints the counts.
func (describeCommand) Run(p *program) error {
	if err := p.installed(); err != nil {
		return err
	}
	return p.controlled(func(ctx context.Context, api *rpc.Controller) error {
		d, err := api.Describe(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("%d people, %d incidents visible to everybody, %d events, private ones among them\n", d.People, d.Incidents, d.Events)
		return nil
	})
}
