// Package database is what the server's packages need of the engine that they store in. Their SQL is written once, in what SQLite
// and PostgreSQL have in common; the few statements that differ ask which one it is.
package database

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// DB is where a server keeps everything: a *sqlite.DB of its own, or a *postgres.DB that several servers share.
type DB interface {
	// InTx runs work in one transaction and commits it when work returns nil. It has the whole database to itself: no other
	// transaction of a writer, of this server or another, is under way meanwhile.
	InTx(ctx context.Context, work func(*sql.Tx) error) error
	// Writer returns what statements for InTx are prepared on.
	Writer() *sql.DB
	// Reader returns the pool that can only read. A transaction in it sees one state.
	Reader() *sql.DB
	// Purge sees to it that what was deleted is nowhere any more, as far as that is the program's to do.
	Purge(ctx context.Context) error
}

// Shared reports whether other servers write to the database too.
func Shared(db DB) bool {
	_, shared := db.(*postgres.DB)
	return shared
}

// Turn returns how long a writer may have to wait for those of other servers.
func Turn(db DB) time.Duration {
	if shared, ok := db.(*postgres.DB); ok {
		return shared.Turn
	}
	return 0
}

// Later returns a context for statements of InTx that only change something and whose result nobody looks at: where the database is
// another process, they go out together.
func Later(ctx context.Context) context.Context { return postgres.Later(ctx) }

// First returns a context under which InTx of a database that is another process asks a question, which has one row for an answer, in the
// message that begins the transaction, and scans the answer before any work begins.
func First(ctx context.Context, query string, args []any, into ...any) context.Context {
	return postgres.First(ctx, query, args, into...)
}

// Fault turns an error of either engine's driver into a fault that says what a person can do about it. Other errors come back as
// they are.
func Fault(err error) error { return postgres.Fault(sqlite.Fault(err)) }

// IsDuplicate reports whether a uniqueness rule of the schema refused a row.
func IsDuplicate(err error) bool { return sqlite.IsDuplicate(err) || postgres.IsDuplicate(err) }

// HasTable reports whether there is a table of that name. A database of an early version may lack one.
func HasTable(ctx context.Context, db DB, name string) (there bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)"
	if Shared(db) {
		query = "SELECT to_regclass(?) IS NOT NULL"
	}
	if err := db.Reader().QueryRowContext(ctx, query, name).Scan(&there); err != nil {
		return false, fmt.Errorf("look for the table %s: %w", name, Fault(err))
	}
	return there, nil
}
