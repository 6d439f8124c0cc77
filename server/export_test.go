package server

import (
	"context"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
)

// Between returns o for a server whose database is what put returns for it.
func Between(o Options, put func(database.DB) database.DB) Options {
	o.between = put
	return o
}

// Ledger returns the server's log.
func (s *Server) Ledger() *ledger.Ledger { return s.ledger }

// People returns what the server knows of people.
func (s *Server) People() *people.Store { return s.pager.sending.People }

// Database returns where all of it lies.
func (s *Server) Database() database.DB { return s.pager.db }

// SendCode sends a code as rpc has it sent.
func (s *Server) SendCode(ctx context.Context, c people.Challenge) error {
	return s.pager.SendCode(ctx, c)
}

// Wake has the tasks looked after now.
func (s *Server) Wake() { s.tasks.Wake() }
