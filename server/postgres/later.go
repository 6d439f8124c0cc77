package postgres

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type laterKey struct{}

// Later returns a context under which a statement of InTx that only changes something waits for company: such statements go out
// together, in one message, before the next one that is answered, or with the commit. How many rows they changed is not told, and what is
// wrong with them is said when they go out.
func Later(ctx context.Context) context.Context { return context.WithValue(ctx, laterKey{}, true) }

func isLater(ctx context.Context) bool {
	later, _ := ctx.Value(laterKey{}).(bool)
	return later
}

// note keeps a statement for later.
func (s *session) note(query string, args []driver.NamedValue) driver.Result {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	if s.noted == nil {
		s.noted = &pgx.Batch{}
	}
	s.noted.Queue(query, values...)
	return driver.RowsAffected(0)
}

// flush sends what is noted.
func (s *session) flush(ctx context.Context) error {
	if s.noted == nil {
		return nil
	}
	noted := s.noted
	s.noted = nil
	return s.Conn.Conn().SendBatch(ctx, noted).Close()
}

// commit sends what is noted, and commits. When any of it fails, nothing is stored.
func (s *session) commit(ctx context.Context) error {
	if s.noted == nil {
		return s.end(ctx, commit)
	}
	s.noted.Queue(commit).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != committed {
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	if err := s.flush(ctx); err != nil {
		if undo := s.end(ctx, rollback); undo != nil && !s.Conn.Conn().IsClosed() {
			return fmt.Errorf("%w, and %w", err, undo)
		}
		return err
	}
	return nil
}

// statement is a prepared one.
type statement struct {
	driver.Stmt
	session *session
	query   string // as PostgreSQL takes it
}

// ExecContext carries it out.
func (s statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.session.within && isLater(ctx) {
		return s.session.note(s.query, args), nil
	}
	if err := s.session.flush(ctx); err != nil {
		return nil, err
	}
	prepared, ok := s.Stmt.(driver.StmtExecContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return prepared.ExecContext(ctx, args)
}

// QueryContext asks for rows.
func (s statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.session.flush(ctx); err != nil {
		return nil, err
	}
	prepared, ok := s.Stmt.(driver.StmtQueryContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return prepared.QueryContext(ctx, args)
}
