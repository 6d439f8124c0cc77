// Package people keeps what only the server may know of a person: the keys of devices, where their
// refresh tokens stand, invitations, and the keys that the server itself signs with. Who is in the
// company and which devices they have is in the log, for all to see; it is not here.
//
// What writes takes the caller's transaction, so that a secret and the event that tells of it are
// stored together or not at all. Refresh alone opens its own: it tells nothing to the log, and what
// it does about a thief must stay done although the thief is refused.
package people

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema returns the tables that this package needs.
func Schema() (sqlite.Schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlite.Schema{}, fmt.Errorf("read migrations: %w", err)
	}
	return sqlite.Schema{Name: "people", Files: files}, nil
}

// Store is the secrets of one server. It is safe for concurrent use. Make it with Open; there is
// nothing to close.
type Store struct {
	db    database.DB
	keys  keyring
	tries *tries

	mu       sync.RWMutex
	verified recent[[32]byte, Access] // access tokens that were found good, by hash
	out      map[id.Device]struct{}   // devices that were shut out
}

// Open reads the keys and the devices that are shut out, and makes the keys at the first start. The
// database's schema must be up to date. It fails with an Invalid fault when the keys are sealed.
func Open(ctx context.Context, db database.DB, now time.Time) (*Store, error) {
	return OpenSealed(ctx, db, nil, now)
}

// OpenSealed is Open for keys that seal opens; those that were not sealed are from now on. Only in a database that is shared they can be.
func OpenSealed(ctx context.Context, db database.DB, seal *Seal, now time.Time) (*Store, error) {
	s := &Store{
		db: db, tries: newTries(),
		verified: newRecent[[32]byte, Access](maxVerified), out: map[id.Device]struct{}{},
	}
	err := db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		if s.keys, err = openKeys(ctx, vault{tx: tx, shared: database.Shared(db), seal: seal}, now); err != nil {
			return err
		}
		return s.readOut(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("open people: %w", err)
	}
	return s, nil
}

// Keys returns what the server signs and seals with.
func (s *Store) Keys() Keys { return s.keys.Keys }
