package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// restoring is the database's name until it is known to be whole.
const restoring = "restoring.db"

// Restore is where a backup is put back.
type Restore struct {
	Path string // of the database; its folder is empty, or is made
	// Open opens the database at a path and brings its tables up to date.
	Open func(ctx context.Context, path string) (*sqlite.DB, error)
	// Prove checks what the database holds before anything is made of it; nil checks the file alone.
	Prove func(ctx context.Context, db *sqlite.DB) error
}

// Run reads the backup from in, which is r or shows how r is read, into the folder, checks it, and begins a new
// epoch of its log, whose mark it returns. The database has its name only when all of that is done: until then,
// and when anything fails, no server can be started on it, and Run can be called again. A folder that holds
// something is an Invalid fault, and one with a server that runs a Locked one.
func (o Restore) Run(ctx context.Context, r *Reader, in io.Reader) (ledger.Mark, error) {
	dir := filepath.Dir(o.Path)
	if err := vacant(dir, filepath.Base(o.Path)); err != nil {
		return ledger.Mark{}, err
	}
	lock, err := sqlite.Own(dir)
	if err != nil {
		return ledger.Mark{}, err
	}
	mark, err := o.fill(ctx, filepath.Join(dir, restoring), r.Header, in)
	if err != nil {
		err = errors.Join(err, removeAll(dir))
	}
	return mark, errors.Join(err, lock.Release())
}

// vacant fails unless dir is missing, or holds nothing but what a server or a broken off Restore left behind.
func vacant(dir, database string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The folder %s cannot be read.", dir), err).
			WithAdvice("Nothing in it was changed.", "Check that it is a folder and belongs to you.")
	}
	const do = "Name an empty folder with --data, or move what is in this one away first."
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == database }) {
		return fault.New(fault.Invalid, fmt.Sprintf("A server's data are in the folder %s already.", dir)).WithAdvice("They were not changed.", do)
	}
	for _, e := range entries {
		if name := e.Name(); name != "lock" && name != "control.sock" && !strings.HasPrefix(name, restoring) {
			return fault.New(fault.Invalid, fmt.Sprintf("The folder %s is not empty: %s is in it.", dir, name)).WithAdvice("Nothing in it was changed.", do)
		}
	}
	return nil
}

func removeAll(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, restoring+"*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func (o Restore) fill(ctx context.Context, path string, h Header, in io.Reader) (ledger.Mark, error) {
	if err := errors.Join(removeAll(filepath.Dir(path)), extract(ctx, path, in)); err != nil {
		return ledger.Mark{}, err
	}
	if err := o.prove(ctx, path, h); err != nil {
		return ledger.Mark{}, err
	}
	mark, err := o.begin(ctx, path)
	if err != nil {
		return mark, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return mark, err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return mark, unwritten(err)
	}
	if err := errors.Join(os.Rename(path, o.Path), removeAll(filepath.Dir(path)), syncFolder(filepath.Dir(path))); err != nil {
		return mark, unwritten(err)
	}
	return mark, nil
}

// extract writes what in gives to a new file at path. It is there in whole when there is no error.
func extract(ctx context.Context, path string, in io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return unwritten(err)
	}
	_, err = io.Copy(file, patient{ctx: ctx, in: in})
	return unwritten(errors.Join(err, file.Close()))
}

// patient ends reading with its context.
type patient struct {
	ctx context.Context //nolint:containedctx // of one reading
	in  io.Reader
}

// Read reads on.
func (p patient) Read(into []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.in.Read(into)
}

func unwritten(err error) error {
	if err == nil || fault.Find(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Wrap(fault.Storage, "The backup cannot be put back.", err).
		WithAdvice("Nothing was restored; the backup is as it was.", "Check that the disk has room and can be written, and try again.")
}

// prove checks the database as it came, before anything is written to it.
func (o Restore) prove(ctx context.Context, path string, h Header) error {
	db, err := sqlite.ViewFrozen(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was only read
	if err := db.Check(ctx); err != nil {
		return err
	}
	mark, err := ledger.ReadMark(ctx, db)
	if err != nil {
		return err
	}
	if mark.Epoch != h.Mark.Epoch || mark.Seq != h.Mark.Seq || mark.Hash != h.Mark.Hash {
		return damaged("its log does not end where its header says")
	}
	if o.Prove == nil {
		return nil
	}
	return o.Prove(ctx, db)
}

// begin makes the database what a server can go on from.
func (o Restore) begin(ctx context.Context, path string) (mark ledger.Mark, err error) {
	db, err := o.Open(ctx, path)
	if err != nil {
		return mark, err
	}
	if err = people.ForgetInvitations(ctx, db); err == nil {
		mark, err = ledger.BeginEpoch(ctx, db)
	}
	return mark, errors.Join(err, db.Close())
}
