package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// verifyCommand proves that nothing was changed.
type verifyCommand struct {
	File string `arg:"" optional:"" help:"A backup; without one, the data folder is verified." type:"path"`
	unseal
	Checkpoint string `help:"A file with a checkpoint line of a former verify, which was kept elsewhere." type:"path" placeholder:"FILE"`
}

// Help is told by --help.
func (verifyCommand) Help() string {
	return `Every event is chained to the one before it by its hash, and the server signs where the log stands. Verifying finds every
event that was changed, deleted, inserted or moved, a log that was cut off, and attached files that were changed. It only
reads; the server may go on running. It ends with 0 when everything is as it was written, and with 1 when not.

The key that signs lies in the database. Whoever can write there could sign anew, so keep the checkpoint line that is
printed in another place, and compare with it later: --checkpoint FILE. A sealed backup is opened into the system's
folder for temporary files while it is verified.`
}

// Run tells what was checked and what is wrong.
func (c verifyCommand) Run(p *program) error {
	var o audit.Options
	if c.Checkpoint != "" {
		kept, err := readCheckpoint(c.Checkpoint)
		if err != nil {
			return err
		}
		o.Kept = &kept
	}
	if c.File == "" && p.database != "" {
		return verifyShared(p, o)
	}
	if c.File == "" {
		if err := p.installed(); err != nil {
			return err
		}
		db, err := sqlite.View(p.ctx, server.DatabasePath(p.dir))
		if err != nil {
			return err
		}
		defer db.Close() //nolint:errcheck // it was only read
		if err := known(p.ctx, db); err != nil {
			return err
		}
		return verify(p, db, o)
	}
	return c.backup(p, o)
}

// verifyShared verifies what is in PostgreSQL.
func verifyShared(p *program, o audit.Options) error {
	db, err := postgres.Open(p.ctx, p.database)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was only read
	if err := postgres.Known(p.ctx, db); err != nil {
		return err
	}
	return verify(p, db, o)
}

// known fails on a database that a later version has written.
func known(ctx context.Context, db *sqlite.DB) error {
	all, err := server.Schemas()
	if err != nil {
		return err
	}
	return sqlite.Known(ctx, db, all...)
}

func readCheckpoint(path string) (ledger.Checkpoint, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // whoever runs this names it
	if err != nil {
		return ledger.Checkpoint{}, fault.Wrap(fault.NotFound, fmt.Sprintf("The file %s cannot be read.", path), err).
			WithAdvice("Nothing was verified.", "Check its name and who may read it.")
	}
	var c ledger.Checkpoint
	for line := range strings.Lines(string(raw)) {
		if c, err = ledger.ParseCheckpoint(line); err == nil {
			return c, nil
		}
	}
	return c, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no checkpoint in %s.", path), err).
		WithAdvice("Nothing was verified.", "Put the line there that verify has printed, as it was.")
}

// backup takes the database out of a backup and verifies it.
func (c verifyCommand) backup(p *program, o audit.Options) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	r, err := backup.OpenFile(c.File, keys)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it was only read
	fmt.Printf("%s was made at %s and holds %d events.\n", c.File, r.Header.Made.Local().Format(time.DateTime), r.Header.Mark.Seq)
	dir, err := os.MkdirTemp("", "tsugi-verify-*")
	if err != nil {
		return fmt.Errorf("make room for the backup: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system clears that folder
	path := filepath.Join(dir, "verified.db")
	if err := unpack(p, r, path); err != nil {
		return err
	}
	db, err := sqlite.ViewFrozen(p.ctx, path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was only read
	// A file that is written to is not looked at page by page: that would keep its journal from being emptied.
	if err := errors.Join(known(p.ctx, db), db.Check(p.ctx)); err != nil {
		return err
	}
	if err := sameMark(p.ctx, db, r.Header); err != nil {
		return err
	}
	return verify(p, db, o)
}

func unpack(p *program, r *backup.Reader, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // in a folder of our own
	if err != nil {
		return fmt.Errorf("make room for the backup: %w", err)
	}
	m := newMeter(p.clock)
	_, err = io.Copy(file, m.reader("reading", r, r.Header.Size))
	m.end()
	if err = errors.Join(err, file.Close()); err != nil && fault.Find(err) == nil {
		return fault.Wrap(fault.Storage, "There is no room to open the backup.", err).
			WithAdvice("Nothing was changed.", "Free some space in the system's folder for temporary files, or name another with TMPDIR.")
	}
	return err
}

// sameMark compares a backup's database with its header.
func sameMark(ctx context.Context, db *sqlite.DB, h backup.Header) error {
	mark, err := ledger.ReadMark(ctx, db)
	if err != nil {
		return err
	}
	if mark.Epoch != h.Mark.Epoch || mark.Seq != h.Mark.Seq || mark.Hash != h.Mark.Hash {
		return fault.New(fault.Corrupt, "The backup is damaged: its log does not end where its header says.").
			WithAdvice("Nothing was changed.", "Fetch the file again from where it was kept, or take another backup.")
	}
	return nil
}

func verify(p *program, db database.DB, o audit.Options) error {
	m := newMeter(p.clock)
	o.Progress = func(done, total uint64) { m.show("verifying", int64(done), int64(total)) }
	r, err := audit.Verify(p.ctx, db, o)
	m.end()
	if err != nil {
		return err
	}
	fmt.Printf("Checked: %d events in %d scopes", r.Events, r.Scopes)
	if r.Events > 0 {
		fmt.Printf(", the last of %s", r.Last.Local().Format(time.DateTime))
	}
	fmt.Printf("; %d erased; %d checkpoints; %d attached files, %s.\n", r.Erased, r.Checkpoints, r.Files, bytesText(r.FileBytes))
	if r.Moved > 0 {
		fmt.Printf("%d places were left by incidents that were made private or visible to everybody; each is accounted for unless it is named below.\n", r.Moved)
	}
	if r.Former > 0 {
		fmt.Printf("%d events are of an early version: who wrote them, and when, is proven by the checkpoints behind them alone.\n", r.Former)
	}
	for _, f := range r.Flaws {
		if f.Seq > 0 {
			fmt.Printf("Event %d %s.\n", f.Seq, f.What)
		} else {
			fmt.Println(f.What)
		}
	}
	if r.More > 0 {
		fmt.Printf("There are %d more flaws.\n", r.More)
	}
	tellSigned(r)
	if err := r.Err(); err != nil {
		return err
	}
	fmt.Println("Everything is as it was written.")
	return nil
}

func tellSigned(r *audit.Report) {
	if r.Signed == nil {
		fmt.Println("Nothing is signed yet; the server signs a minute after the first event, and when it stops.")
		return
	}
	fmt.Printf("Signed up to event %d, at %s, with the public key %x.\n", r.Signed.Seq, r.Signed.Made.Local().Format(time.DateTime), []byte(r.Signed.Key))
	fmt.Printf("Keep this line elsewhere, and compare with it later:\n%s\n", r.Signed)
}
