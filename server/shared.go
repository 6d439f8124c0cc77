package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// OpenShared connects to the PostgreSQL database at url and brings its tables up to date. It fails with Invalid, Unavailable, Storage
// or Newer faults.
func OpenShared(ctx context.Context, url string) (*postgres.DB, error) {
	db, err := postgres.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := postgres.Migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openDatabase opens what Options say, a database that is shared or the folder's own, with the clock that goes with it: servers that share
// a database share its time too.
func (s *Server) openDatabase(ctx context.Context, o Options) (database.DB, clock.Clock, error) {
	var err error
	if o.Seal != nil && o.Database == "" {
		return nil, nil, fault.New(fault.Invalid, "Only the keys of a server on PostgreSQL can be sealed.").
			WithAdvice("Nothing was changed.", "Start it without --seal-key, or with --database.")
	}
	if o.Database != "" {
		if s.shared, err = OpenShared(ctx, o.Database); err != nil {
			return nil, nil, err
		}
		told, err := s.shared.Clock(ctx, o.Clock)
		return s.shared, told, err
	}
	if _, err := os.Stat(MovedPath(o.Dir)); err == nil {
		return nil, nil, fault.New(fault.Invalid, fmt.Sprintf("The data of the folder %s were moved to PostgreSQL.", o.Dir)).
			WithAdvice("Nothing was changed.", "Start the server with --database and the address that they were moved to.")
	}
	if s.file, err = openDatabase(ctx, sqlite.Opener{Logger: o.Logger}, DatabasePath(o.Dir)); err != nil {
		return nil, nil, err
	}
	return s.file, o.Clock, nil
}

// openTries is how often a server that starts waits for its turn: others may be at work.
const openTries = 15

// patiently opens what reads and writes the database at the start. While other servers write for longer than a writer waits, it waits again.
func patiently[T any](open func() (T, error)) (out T, err error) {
	for range openTries {
		if out, err = open(); !postgres.OutOfTurn(err) {
			break
		}
	}
	return out, err
}

// MovedPath returns where the database of the server on dir lies after it was moved to PostgreSQL.
func MovedPath(dir string) string { return filepath.Join(dir, "moved-to-postgres.db") }

// listen hears of what other servers commit, until ctx ends. The ledger looks for itself besides.
func (s *Server) listen(ctx context.Context) {
	s.shared.Listen(ctx, s.ledger.Moved, func(err error) {
		s.logger.WarnContext(ctx, "listen for what other servers commit", "error", err)
	})
}

// notCopied refuses to copy a database that is shared.
func notCopied(context.Context, func(done, total int)) (rpc.Copied, error) {
	return rpc.Copied{}, fault.New(fault.Invalid, "A server on PostgreSQL is not backed up this way.").
		WithAdvice("Nothing was written.", "Use pg_dump, or what your PostgreSQL is backed up with; docs/postgresql.md tells how.")
}
