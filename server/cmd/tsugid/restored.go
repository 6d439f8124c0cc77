package main

import (
	"fmt"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// restoredCommand begins a new epoch on PostgreSQL.
type restoredCommand struct{}

// Help is told by --help.
func (restoredCommand) Help() string {
	return `Stop all servers, put the database back with PostgreSQL's own tools, run this once, and start the servers again. It begins a new
epoch, as restore does for a server that keeps its data in its folder: clients fetch everything anew, and give back what they
did since the backup. Without it they would not know that they have to.`
}

// Run begins the epoch.
func (restoredCommand) Run(p *program) error {
	if p.database == "" {
		return fault.New(fault.Invalid, "The command restored is for a server on PostgreSQL.").
			WithAdvice("Nothing was changed.", "Name its database with --database; a backup of a data folder is put back with restore.")
	}
	db, err := server.OpenShared(p.ctx, p.database)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what it stored is stored
	if err := people.ForgetInvitations(p.ctx, db); err != nil {
		return err
	}
	mark, err := ledger.BeginEpoch(p.ctx, db)
	if err != nil {
		return err
	}
	fmt.Printf("The log of %d events begins a new epoch, and INC numbers go on at %d. Start the servers now; clients give back what they did since the backup.\n",
		mark.Seq, mark.Number+1)
	return nil
}
