package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"github.com/tsugi-app/tsugi/sync/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versions is the table that counts migrations.
const versions = "goose_server"

// Migrate brings the database's tables up to date; of several servers that start together one does it, and the others wait. It fails with a
// Newer fault, and changes nothing, when a later version of the program was here.
func Migrate(ctx context.Context, db *DB) error {
	if err := migrate(ctx, db); err != nil {
		return fmt.Errorf("migrate the database: %w", Fault(err))
	}
	return nil
}

func migrate(ctx context.Context, db *DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	store, err := database.NewStore(goose.DialectPostgres, versions)
	if err != nil {
		return err
	}
	turns, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120), lock.WithUnlockTimeout(1, 10)) // seconds, tries
	if err != nil {
		return err
	}
	p, err := goose.NewProvider("", db.Write, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(turns))
	if err != nil {
		return err
	}
	behind, err := known(ctx, db)
	if err != nil || !behind {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Known fails with a Newer fault when a later version of the program has written to the database. It only reads.
func Known(ctx context.Context, db *DB) error {
	if _, err := known(ctx, db); err != nil {
		return fmt.Errorf("look at the database: %w", Fault(err))
	}
	return nil
}

// known is Known, and tells whether there is something to migrate.
func known(ctx context.Context, db *DB) (behind bool, err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return false, fmt.Errorf("list migrations: %w", err)
	}
	var newest int64
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return false, fmt.Errorf("list migrations: %w", err)
		}
		newest = max(newest, n)
	}
	have, err := version(ctx, db)
	if err == nil && have > newest {
		err = fault.New(fault.Newer, fmt.Sprintf("The data was written by a newer version (%d; this one knows %d).", have, newest)).
			WithAdvice("Nothing was changed.", "Start the newer version, or take another database.")
	}
	return have < newest, err
}

// version returns the last migration that was done; 0 in an empty database.
func version(ctx context.Context, db *DB) (have int64, err error) {
	var there bool
	if err := db.Read.QueryRowContext(ctx, "SELECT to_regclass(?) IS NOT NULL", versions).Scan(&there); err != nil || !there {
		return 0, err
	}
	err = db.Read.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versions).Scan(&have)
	return have, err
}
