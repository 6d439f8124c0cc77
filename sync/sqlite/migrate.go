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
// changes nothing, when the file was written by a later version of the program.
func Migrate(ctx context.Context, db *DB, schemas ...Schema) error {
	for _, s := range schemas {
		if err := migrate(ctx, db.Write, s); err != nil {
			return fmt.Errorf("migrate %s of %s: %w", s.Name, db.Path, Fault(err))
		}
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB, s Schema) error {
	store, err := database.NewStore(goose.DialectSQLite3, "goose_"+s.Name)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db, s.Files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	if have == newest {
		return nil
	}
	if have > newest {
		return fault.New(fault.Newer, fmt.Sprintf("The data was written by a newer version (%s %d; this one knows %d).", s.Name, have, newest)).
			WithAdvice("Nothing was changed.", "Start the newer version, or take another data folder.")
	}
	_, err = provider.Up(ctx)
	return err
}
