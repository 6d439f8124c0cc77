package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// copies are the files in the data folder that hold a copy while a backup is made. They lie there and not where
// the backup goes, because the secrets in them are not sealed yet.
const copies = "copy-*.db"

// copier makes copies of a running server's database.
type copier struct {
	db    *sqlite.DB
	dir   string
	clock clock.Clock
}

// copy makes a copy and names it. Its file has no name any more when it is handed over: it is gone when it is
// closed, however the server ends.
func (c copier) copy(ctx context.Context, progress func(done, total int)) (rpc.Copied, error) {
	out := rpc.Copied{Made: c.clock.Now().UTC()}
	path := filepath.Join(c.dir, fmt.Sprintf("copy-%s.db", id.New[id.Command]()))
	if err := c.db.Copy(ctx, path, progress); err != nil {
		return out, err
	}
	if err := c.name(ctx, path, &out); err != nil {
		return out, errors.Join(err, os.Remove(path))
	}
	if err := os.Remove(path); err != nil { // where that is not possible yet, the next start does it
		return out, nil //nolint:nilerr // the copy is good
	}
	return out, nil
}

func (c copier) name(ctx context.Context, path string, out *rpc.Copied) error {
	db, err := sqlite.ViewFrozen(ctx, path)
	if err != nil {
		return err
	}
	out.Mark, err = ledger.ReadMark(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	if out.File, err = os.Open(path); err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	info, err := out.File.Stat()
	if err != nil {
		return fmt.Errorf("read the copy: %w", errors.Join(err, out.File.Close()))
	}
	out.Size = info.Size()
	return nil
}

// removeCopies removes what a server that was killed during a backup has left.
func removeCopies(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, copies))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
