package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// migrateToCommand moves a server to PostgreSQL.
type migrateToCommand struct {
	URL string `arg:"" help:"Address of an empty PostgreSQL database: postgres://person:password@host/name. What is not said is taken from PGHOST, PGPASSWORD and their like."`
}

// Help is told by --help.
func (migrateToCommand) Help() string {
	return `Stop the server first. Everything in the data folder is verified, copied in one transaction and read back, and every table is
compared by its number of rows and by the hash of all their values. Only when all of it is the same does PostgreSQL keep it; else
nothing was changed. Afterwards the folder's database has another name, so that no server is started on it by mistake: start the
server with --database and the same address. Clients go on as if nothing had happened.`
}

// Run copies everything, or nothing.
func (c migrateToCommand) Run(p *program) (err error) {
	if _, err := os.Stat(server.DatabasePath(p.dir)); err != nil {
		return fault.Wrap(fault.NotFound, fmt.Sprintf("There are no data of a server in the folder %s.", p.dir), err).
			WithAdvice("Nothing was copied.", "Name the server's folder with --data.")
	}
	lock, err := sqlite.Own(p.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	from, err := server.OpenDatabase(p.ctx, server.DatabasePath(p.dir))
	if err != nil {
		return err
	}
	err = c.copy(p, from)
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	if err := os.Rename(server.DatabasePath(p.dir), server.MovedPath(p.dir)); err != nil {
		return fault.Wrap(fault.Storage, "The data were copied, but the former database cannot be renamed.", err).
			WithAdvice("Everything is in PostgreSQL.", fmt.Sprintf("Move %s away, so that no server is started on it.", server.DatabasePath(p.dir)))
	}
	fmt.Printf("Start the server with --database from now on. The former data are in %s; keep them until you have a backup of PostgreSQL.\n", server.MovedPath(p.dir))
	return nil
}

func (c migrateToCommand) copy(p *program, from *sqlite.DB) error {
	if err := prove(p.ctx, from, "Nothing was copied.", "Run verify to see them; restore the last backup that verifies."); err != nil {
		return err
	}
	to, err := server.OpenShared(p.ctx, c.URL)
	if err != nil {
		return err
	}
	defer to.Close() //nolint:errcheck // what it stored is stored
	fmt.Println("The same on both sides, by the number of rows and the SHA-256 of their values:")
	err = database.Transfer(p.ctx, from, to, func(t database.Transferred) {
		fmt.Printf("  %-17s %9d  %x\n", t.Table, t.Rows, t.Hash[:8])
	})
	if err != nil {
		return err
	}
	return sameLog(p.ctx, from, to)
}

// sameLog compares where the log stands, and proves it once more where it is now.
func sameLog(ctx context.Context, from *sqlite.DB, to *postgres.DB) error {
	was, err := ledger.ReadMark(ctx, from)
	if err != nil {
		return err
	}
	is, err := ledger.ReadMark(ctx, to)
	if err != nil {
		return err
	}
	if was != is {
		return fault.New(fault.Corrupt, "The log in PostgreSQL does not end where it ended before.").
			WithAdvice("The data folder is as it was.", "Drop that database, and try again.")
	}
	return prove(ctx, to, "The data folder is as it was.", "Drop that database, and try again.")
}
