// Package attachment stores the bytes of attached files in the server's database, in chunks, each
// content once for a scope. An entry has to name an attachment before its bytes are taken, and when the
// last entry that names it is erased, they are gone.
package attachment

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
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
	return sqlite.Schema{Name: "attachment", Files: files}, nil
}

// Kept is how long an upload that does not go on is kept.
const Kept = 7 * 24 * time.Hour

// Ref names an attachment in a scope.
type Ref struct {
	Scope   id.Scope
	Content id.Content
}

// Store is the attachments of one server. It is safe for concurrent use. Make it with New, and Run it;
// there is nothing to close.
type Store struct {
	db     database.DB
	clock  clock.Clock
	logger *slog.Logger

	insertChunk, copyChunks string // the statements that are the engine's own
}

// New returns the store in db, whose schema must be up to date.
func New(db database.DB, c clock.Clock, logger *slog.Logger) *Store {
	s := &Store{db: db, clock: c, logger: logger, insertChunk: inOwnPages, copyChunks: copyInOwnPages}
	if database.Shared(db) {
		s.insertChunk, s.copyChunks = inRows, copyInRows
	}
	return s
}

// Run drops uploads that do not go on, until ctx ends.
func (s *Store) Run(ctx context.Context) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		if err := s.Expire(ctx); err != nil && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "expire uploads", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-hourly.C:
		}
	}
}

// Name notes, in the transaction of the event, that an entry names attachments.
func (s *Store) Name(ctx context.Context, tx *sql.Tx, at id.Envelope, e incident.Written) error {
	for _, a := range e.Attachments {
		_, err := tx.ExecContext(ctx, `INSERT INTO attachment_name (scope, hash, stream, entry) VALUES (?, ?, ?, ?)
		  ON CONFLICT DO NOTHING`,
			at.Scope[:], a.Content[:], at.Stream[:], e.Entry[:])
		if err != nil {
			return fmt.Errorf("name attachment %s: %w", a.Content, err)
		}
	}
	return nil
}

// Erase deletes, in the transaction of the event, what an entry names and no other entry of the scope
// does. Purge the database after the commit: until then the journal may hold it.
func (s *Store) Erase(ctx context.Context, tx *sql.Tx, at id.Envelope, e incident.Erased) error {
	refs, err := namedBy(ctx, tx, at.Stream, e.Entry)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM attachment_name WHERE stream = ? AND entry = ?`, at.Stream[:], e.Entry[:]); err != nil {
		return fmt.Errorf("forget what entry %s names: %w", e.Entry, err)
	}
	for _, r := range refs {
		named, err := r.named(ctx, tx)
		if err == nil && !named {
			err = drop(ctx, tx, `SELECT key FROM attachment WHERE scope = ? AND hash = ?`, r.Scope[:], r.Content[:])
		}
		if err != nil {
			return fmt.Errorf("erase attachment %s: %w", r.Content, err)
		}
	}
	return nil
}

// Expire drops the uploads of which nothing has come for long.
func (s *Store) Expire(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		return drop(ctx, tx, `SELECT key FROM attachment WHERE complete = 0 AND moved_us < ?`, s.clock.Now().Add(-Kept).UnixMicro())
	})
}

// drop deletes the attachments whose keys the query returns.
func drop(ctx context.Context, tx *sql.Tx, keys string, args ...any) error {
	for _, statement := range []string{
		`DELETE FROM attachment_chunk WHERE attachment IN (` + keys + `)`, `DELETE FROM attachment WHERE key IN (` + keys + `)`,
	} {
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

func namedBy(ctx context.Context, tx *sql.Tx, in id.Stream, entry id.Entry) ([]Ref, error) {
	return refs(ctx, tx, `SELECT scope, hash FROM attachment_name WHERE stream = ? AND entry = ?`, in[:], entry[:])
}

func refs(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]Ref, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read what is named: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Ref
	for rows.Next() {
		var scope, hash []byte
		if err := rows.Scan(&scope, &hash); err != nil {
			return nil, fmt.Errorf("read what is named: %w", err)
		}
		var r Ref
		copy(r.Scope[:], scope)
		copy(r.Content[:], hash)
		out = append(out, r)
	}
	return out, rows.Err()
}

// querier is a transaction or a pool.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// named reports whether any entry names the attachment.
func (r Ref) named(ctx context.Context, q querier) (bool, error) {
	var yes bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM attachment_name WHERE scope = ? AND hash = ?)`, r.Scope[:], r.Content[:]).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("read who names attachment %s: %w", r.Content, database.Fault(err))
	}
	return yes, nil
}

// stored is a row of an attachment that was begun.
type stored struct {
	key      int64
	size     int64
	complete bool
}

// load returns what was begun of the attachment; its key is 0 where nothing was. It fails with a NotFound
// fault where no entry names it.
func (r Ref) load(ctx context.Context, q querier) (stored, error) {
	named, err := r.named(ctx, q)
	if err != nil {
		return stored{}, err
	}
	if !named {
		return stored{}, NotFound()
	}
	a, err := r.begun(ctx, q)
	if err != nil {
		return stored{}, fmt.Errorf("read attachment %s: %w", r.Content, database.Fault(err))
	}
	return a, nil
}

// NotFound returns the one answer for what is not there and for what may not be seen.
func NotFound() error {
	return fault.New(fault.NotFound, "There is no such attachment.").
		WithAdvice("Nothing was changed.", "Its entry may have been erased.")
}
