package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// backupCommand writes a backup.
type backupCommand struct {
	File           string   `arg:"" help:"The file to write." type:"path"`
	Overwrite      bool     `help:"Take the place of a file that is there."`
	EncryptTo      []string `help:"Seal it with age for this recipient, age1…; may be repeated." placeholder:"RECIPIENT" sep:"none"`
	PassphraseFile string   `help:"Seal it with the passphrase in this file's first line." type:"path" placeholder:"FILE"`
}

// Help is told by --help.
func (backupCommand) Help() string {
	return `The backup is one file with everything that the server knows at this moment, attachments included. The server may go
on running and being written to. Without a server that runs, the folder's data are read as they are.

The keys that the server signs and seals with are in it too: whoever has a backup that is not sealed can be your server.
Keep it as you keep the data folder, or seal it. The data folder needs room for one more copy of its database meanwhile.`
}

// inFolder refuses what is about the database in a data folder when another was named.
func (p *program) inFolder(what string) error {
	if p.database == "" {
		return nil
	}
	return fault.New(fault.Invalid, what+" is for a server that keeps its data in its folder. This one's are in PostgreSQL.").
		WithAdvice("Nothing was changed.", "Use pg_dump and pg_restore, or what your PostgreSQL is backed up with; docs/postgresql.md tells how.")
}

// Run writes the file, whole or not at all.
func (c backupCommand) Run(p *program) error {
	if err := p.inFolder("The command backup"); err != nil {
		return err
	}
	to := backup.Target{Path: c.File, Overwrite: c.Overwrite, Seal: backup.Seal{Recipients: c.EncryptTo}}
	if c.PassphraseFile != "" {
		var err error
		if to.Seal.Passphrase, err = backup.ReadPassphrase(c.PassphraseFile); err != nil {
			return err
		}
	}
	if err := to.Check(); err != nil {
		return err
	}
	if err := p.installed(); err != nil { // else an empty server would be made, and saved
		return err
	}
	var header backup.Header
	err := p.controlled(func(ctx context.Context, api *rpc.Controller) (err error) {
		header, err = c.write(ctx, p.clock, api, to)
		return err
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("look at the backup: %w", err)
	}
	fmt.Printf("%s holds %d events, %s; it was made at %s.\n", c.File, header.Mark.Seq, bytesText(info.Size()), header.Made.Local().Format(time.DateTime))
	if len(c.EncryptTo) == 0 && c.PassphraseFile == "" {
		fmt.Println("It is not sealed, and the server's keys are in it: keep it as you keep the data folder.")
	}
	return nil
}

func (c backupCommand) write(ctx context.Context, now clock.Clock, api *rpc.Controller, to backup.Target) (backup.Header, error) {
	m := newMeter(now)
	defer m.end()
	in, err := api.Backup(ctx, func(done, total int) { m.show("copying", int64(done), int64(total)) })
	if err != nil {
		return backup.Header{}, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	h := backup.Header{Made: in.Made, Mark: in.Mark, Size: in.Size}
	return h, to.Write(h, m.reader("writing", in, in.Size))
}

// meter shows on the terminal how far something is that takes longer than a second.
type meter struct {
	clock clock.Clock
	from  time.Time
	last  time.Time
	shown bool
}

func newMeter(c clock.Clock) *meter { return &meter{clock: c, from: c.Now()} }

// show tells how far it is, at most ten times a second.
func (m *meter) show(what string, done, total int64) {
	now := m.clock.Now()
	if now.Sub(m.from) < time.Second || now.Sub(m.last) < time.Second/10 || total <= 0 {
		return
	}
	m.last, m.shown = now, true
	fmt.Fprintf(os.Stderr, "\r%s: %d %%   ", what, done*100/total)
}

func (m *meter) end() {
	if m.shown {
		fmt.Fprintln(os.Stderr)
	}
}

// reader shows how much of in was read.
func (m *meter) reader(what string, in io.Reader, total int64) io.Reader {
	return &metered{in: in, tell: func(done int64) { m.show(what, done, total) }}
}

type metered struct {
	in   io.Reader
	done int64
	tell func(done int64)
}

// Read reads on.
func (m *metered) Read(into []byte) (int, error) {
	n, err := m.in.Read(into)
	m.done += int64(n)
	if err == nil || errors.Is(err, io.EOF) {
		m.tell(m.done)
	}
	return n, err
}

// bytesText writes a size as people read it.
func bytesText(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d kB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}
