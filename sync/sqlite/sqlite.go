// Package sqlite opens SQLite files the one way that loses nothing: every pragma in the DSN, full
// synchronisation, one writer and a read-only pool.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/mattn/go-sqlite3"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// DB is one SQLite file: a single connection that writes, and a pool that can only read.
type DB struct {
	Write *sql.DB
	Read  *sql.DB
	Path  string

	held    *sql.Conn // of Read, see hold; nil in a file that is only viewed
	logger  *slog.Logger
	folding folding
}

// Writer returns the connection that writes.
func (db *DB) Writer() *sql.DB { return db.Write }

// Reader returns the pool that can only read. A transaction in it sees one state of the file.
func (db *DB) Reader() *sql.DB { return db.Read }

// Tx is one transaction. Packages that hand it on, but run no SQL of their own, know it by this name.
type Tx = sql.Tx

// readers is how many connections read at once; on a desk more only cost memory.
const readers = 4

// statements is how many statements a connection keeps compiled: a program has some dozens that it runs again and again, and to
// compile one costs more than to run it.
const statements = "64"

// Open opens the file at path and makes it when it is missing. What it acknowledges survives a
// crash: the journal is a WAL with synchronous=FULL. What is deleted is overwritten. Whoever calls it owns the folder: nobody
// else may write to the file meanwhile. It fails with Storage or Corrupt faults.
func (o Opener) Open(ctx context.Context, path string) (*DB, error) {
	if err := writable(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := private(path); err != nil {
		return nil, err
	}
	if err := o.renew(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write := sql.OpenDB(newWriter(dsn(path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
		"_busy_timeout": {strconv.Itoa(patience)}, "_cache_size": {"-16000"}, "_stmt_cache_size": {statements},
		"_secure_delete": {"on"}, // what is erased is overwritten, not only forgotten
	})))
	write.SetMaxOpenConns(1)
	write.SetConnMaxLifetime(0)
	if err := probe(ctx, write); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s: %w", path, Fault(err))
	}
	read, err := sql.Open("sqlite3", dsn(path, url.Values{
		"mode": {"ro"}, "_query_only": {"on"}, "_busy_timeout": {"5000"}, "_cache_size": {"-8000"}, "_stmt_cache_size": {statements},
	}))
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s for reading: %w", path, err)
	}
	read.SetMaxOpenConns(readers + 1) // one is held
	read.SetMaxIdleConns(readers)
	db := &DB{Write: write, Read: read, Path: path, logger: o.Logger}
	if db.held, err = hold(ctx, read); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, Fault(err)), db.Close())
	}
	// A journal that a crash left may hold what was deleted just before. Where it cannot be emptied, all that was
	// acknowledged is in it all the same, but for a broken disk.
	if err := db.Purge(ctx); broken(err) {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return db, nil
}

// hold opens a connection that reads and is not used again. A cancelled transaction costs its connection, and where that was the last
// one, the next one would take the journal over as a start does, with commits in it that are in memory alone because their
// synchronization failed. While any connection is there, SQLite goes by what was committed, which is in the shared memory.
func hold(ctx context.Context, read *sql.DB) (*sql.Conn, error) {
	conn, err := read.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if err := probe(ctx, conn); err != nil { // it has the shared memory only when it has read something
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// broken reports whether the disk failed while the journal was emptied. Where it failed before, in the synchronization of a
// commit, that commit may be in the system's memory alone, from which it is read all the same: nothing may be built upon it
// until it has been written anew.
func broken(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrIoErr
}

func dsn(path string, pragmas url.Values) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: pragmas.Encode()}
	return u.String()
}

// probe reads the schema and the first pages, so that a file that is no database is noticed now
// and not in the middle of an incident.
func probe(ctx context.Context, db querier) error {
	var n int
	return db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
}

// writable reports a folder that is missing or cannot be written, before SQLite says it less
// clearly.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The folder %s cannot be written.", dir), err).
			WithAdvice("Nothing in it was changed.", "Check that it exists, belongs to you and is not on a full or read-only disk.")
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return fmt.Errorf("close %s: %w", name, err)
	}
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

// private makes the file, or keeps it, readable by its owner alone; what SQLite puts beside it gets the
// same rights. There are keys in it.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(file.Chmod(0o600), file.Close())
	}
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The file %s cannot be opened.", path), err).
			WithAdvice("It was not changed.", "Check who owns it.")
	}
	return nil
}

// Close folds the journal into the file, unless a part of it was lost there, and closes both sides.
func (db *DB) Close() error {
	if db.Write == nil {
		return db.Read.Close()
	}
	if db.folding.lost.Load() { // as long as another connection is there, the one that writes does not fold while it closes
		return errors.Join(db.Write.Close(), db.held.Close(), db.Read.Close())
	}
	var held error
	if db.held != nil {
		held = db.held.Close()
	}
	return errors.Join(held, db.Read.Close(), db.Write.Close())
}

// InTx runs work in one transaction of the writer and commits it when work returns nil. Errors come
// back as faults where their cause is the disk.
func (db *DB) InTx(ctx context.Context, work func(*sql.Tx) error) error {
	conn, err := db.Write.Conn(ctx)
	if err != nil {
		return Fault(fmt.Errorf("begin: %w", err))
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return Fault(fmt.Errorf("begin: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // it does nothing, unless work panicked: then the connection would wait for it for ever
	if err := work(tx); err != nil {
		return Fault(errors.Join(err, ignoreDone(tx.Rollback())))
	}
	if err := tx.Commit(); err != nil {
		return Fault(fmt.Errorf("commit: %w", errors.Join(err, ignoreDone(tx.Rollback()))))
	}
	db.foldLong(context.WithoutCancel(ctx), conn)
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Fault turns an error of the driver into a fault that says what a person can do about the disk.
// Other errors come back as they are.
func Fault(err error) error {
	var e sqlite3.Error
	if err == nil || fault.Find(err) != nil || !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull, sqlite3.ErrIoErr:
		return diskFault(err).WithAdvice("What was stored before is safe; this change was not stored.", "Free some space and try again.")
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return fault.Wrap(fault.Storage, "The data folder cannot be written.", err).
			WithAdvice("What was stored before is safe; this change was not stored.", "Check who owns the folder and that the disk is not read-only.")
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return fault.Wrap(fault.Corrupt, "A database file is damaged.", err).
			WithAdvice("What lies in other files is safe.", "Start the program again; if that does not help, restore the file from a backup.")
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fault.Wrap(fault.Unavailable, "The database is busy.", err).
			WithAdvice("Nothing was changed.", "Try again in a moment.")
	default:
		return err
	}
}

// diskFault returns the fault of a disk that does not store what it is given. Space does not help where it had only to be read, or
// written over, so it advises to start again.
func diskFault(cause error) *fault.Fault {
	return fault.Wrap(fault.Storage, "The disk is full or broken.", cause).
		WithAdvice("What was stored before is safe.", "Start the program again; if that does not help, restore the file from a backup.")
}

// IsDuplicate reports whether a uniqueness rule of the schema refused a row.
func IsDuplicate(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}
