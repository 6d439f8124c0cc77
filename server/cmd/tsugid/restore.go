package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// unseal is what opens a sealed backup.
type unseal struct {
	Identity       string `help:"File with the age key that opens it, as age-keygen writes it." type:"path" placeholder:"FILE"`
	PassphraseFile string `help:"File whose first line is the passphrase that opens it." type:"path" placeholder:"FILE"`
}

func (u unseal) keys() (k backup.Keys, err error) {
	if u.Identity != "" {
		if k.Identities, err = backup.ReadIdentities(u.Identity); err != nil {
			return k, err
		}
	}
	if u.PassphraseFile != "" {
		k.Passphrase, err = backup.ReadPassphrase(u.PassphraseFile)
	}
	return k, err
}

// restoreCommand puts a backup back.
type restoreCommand struct {
	File string `arg:"" help:"The backup." type:"path"`
	unseal
}

// Help is told by --help.
func (restoreCommand) Help() string {
	return fmt.Sprintf(`The data folder must be empty, or missing. The backup is checked from its first to its last byte before the folder can be
used; what is interrupted can be done again.

The restored server knows nothing of what happened after the backup, but the clients do. It therefore begins a new epoch:
at their next contact the clients fetch everything anew and offer what they themselves did within the last 14 days, and
what the server lacks happens once more, with the same ids. INC numbers go on %d higher, so that none is given twice.
Devices that were enrolled after the backup need a new code, made for the person by the name that they had: then they go on
as who they were. Stop the former server for good before you start this one.`, ledger.Skipped)
}

// proveFile refuses a backup whose log was changed, or that a later version has written.
func proveFile(ctx context.Context, db *sqlite.DB) error {
	if err := known(ctx, db); err != nil {
		return err
	}
	return prove(ctx, db, "Nothing was restored.", "Run verify on the backup to see them, and take one that verifies.")
}

// prove refuses a log that was changed, and says what is safe and what to do then.
func prove(ctx context.Context, db database.DB, safe, do string) error {
	r, err := audit.Verify(ctx, db, audit.Options{})
	if err != nil {
		return err
	}
	if !r.Good() {
		return fault.New(fault.Corrupt, fmt.Sprintf("The log is not as it was written: %d flaws.", len(r.Flaws)+r.More)).
			WithAdvice(safe, do)
	}
	return nil
}

// Run puts the backup into the data folder.
func (c restoreCommand) Run(p *program) error {
	if err := p.inFolder("The command restore"); err != nil {
		return err
	}
	keys, err := c.keys()
	if err != nil {
		return err
	}
	r, err := backup.OpenFile(c.File, keys)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it was only read
	m := newMeter(p.clock)
	to := backup.Restore{Path: server.DatabasePath(p.dir), Open: server.OpenDatabase, Prove: proveFile}
	mark, err := to.Run(p.ctx, r, m.reader("restoring", r, r.Header.Size))
	m.end()
	if err != nil {
		return err
	}
	fmt.Printf("%s holds the server as it was at %s: %d events.\n", p.dir, r.Header.Made.Local().Format(time.DateTime), mark.Seq)
	fmt.Printf("It begins a new epoch, and INC numbers go on at %d. Clients give back what they did since, when they reach it.\n", mark.Number+1)
	fmt.Println("Devices that were enrolled since need a new code, for the person by the same name; those that were shut out since must be shut out again.")
	return nil
}
