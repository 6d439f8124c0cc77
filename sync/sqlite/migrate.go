package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Schema is the migrations of one package. Several packages may share a file; each counts its own
// versions in the table goose_NAME.
type Schema struct {
	Name  string
	Files fs.FS // holds *.sql at its root
}

// Migrate brings db up to the newest version of every schema. It fails with a Newer fault, and
// changes nothing, when any of them was written by a later version of the program.
func Migrate(ctx context.Context, db *DB, schemas ...Schema) error {
	providers := make([]*goose.Provider, len(schemas))
	for i, s := range schemas {
		var err error
		if providers[i], err = open(ctx, db.Write, s); err != nil {
			return fmt.Errorf("migrate %s of %s: %w", s.Name, db.Path, Fault(err))
		}
	}
	for i, s := range schemas {
		if providers[i] == nil {
			continue
		}
		if _, err := providers[i].Up(ctx); err != nil {
			return fmt.Errorf("migrate %s of %s: %w", s.Name, db.Path, Fault(err))
		}
	}
	return nil
}

// open returns what brings a schema up to date; nil when it is.
func open(ctx context.Context, db *sql.DB, s Schema) (*goose.Provider, error) {
	if err := readable(ctx, db, "goose_"+s.Name); err != nil {
		return nil, err
	}
	store, err := database.NewStore(goose.DialectSQLite3, "goose_"+s.Name)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider("", db, s.Files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return nil, err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	switch {
	case have == newest:
		return nil, nil //nolint:nilnil // there is nothing to do, and that is no error
	case have > newest:
		return nil, newer(s, have, newest)
	default:
		return provider, nil
	}
}

func newer(s Schema, have, newest int64) error {
	return fault.New(fault.Newer, fmt.Sprintf("The data was written by a newer version (%s %d; this one knows %d).", s.Name, have, newest)).
		WithAdvice("Nothing was changed.", "Start the newer version, or take another data folder.")
}

// Known fails with a Newer fault when any of the schemas was written by a later version of the program. It only
// reads; an older version, and a schema that is not there, are known.
func Known(ctx context.Context, db *DB, schemas ...Schema) error {
	for _, s := range schemas {
		newest, err := s.newest()
		if err != nil {
			return err
		}
		var there int
		if err := db.Read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = ?", "goose_"+s.Name).Scan(&there); err != nil {
			return fmt.Errorf("look at %s: %w", db.Path, Fault(err))
		}
		if there == 0 {
			continue
		}
		var have int64
		if err := db.Read.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_"+s.Name).Scan(&have); err != nil {
			return fmt.Errorf("look at %s: %w", db.Path, Fault(err))
		}
		if have > newest {
			return newer(s, have, newest)
		}
	}
	return nil
}

// newest returns the last version that the program knows.
func (s Schema) newest() (last int64, err error) {
	names, err := fs.Glob(s.Files, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list migrations of %s: %w", s.Name, err)
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("list migrations of %s: %w", s.Name, err)
		}
		last = max(last, n)
	}
	return last, nil
}

// readable fails on a table that is there and cannot be read: goose takes it for a missing one, and
// would say that it cannot make it.
func readable(ctx context.Context, db *sql.DB, table string) error {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = ?", table).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+table).Scan(&n)
}
