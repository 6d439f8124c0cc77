package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

type firstKey struct{}

// question is what is asked first in a transaction.
type question struct {
	query string
	args  []any
	into  []any
}

// First returns a context under which InTx asks a question, which has one row for an answer, in the message that takes the writers'
// lock, and scans the answer before any work begins: that saves a way there and back, during which others would wait for the lock.
// Without a row InTx fails with sql.ErrNoRows.
func First(ctx context.Context, query string, args []any, into ...any) context.Context {
	return context.WithValue(ctx, firstKey{}, question{query: numbered(query), args: args, into: into})
}

// begin begins a writer's transaction, takes its turn, and asks what is to be asked first.
func (s *session) begin(ctx context.Context) error {
	conn := s.Conn.Conn()
	first, asks := ctx.Value(firstKey{}).(question)
	if !asks {
		_, err := conn.Exec(ctx, "BEGIN; "+takeTurn)
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue("BEGIN")
	batch.Queue(takeTurn)
	batch.Queue(first.query, first.args...).QueryRow(func(row pgx.Row) error { return row.Scan(first.into...) })
	return conn.SendBatch(ctx, batch).Close()
}

// end ends the transaction. When that fails, the connection is given up where it is still in one.
func (s *session) end(ctx context.Context, how string) error {
	conn := s.Conn.Conn()
	tag, err := conn.Exec(ctx, how)
	if err != nil {
		if conn.PgConn().TxStatus() != outsideOfAny {
			_ = conn.Close(ctx) // it is of no use any more
		}
		return err
	}
	if how == commit && tag.String() != committed {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// How transactions end, and what PostgreSQL says then.
const (
	commit       = "commit"
	rollback     = "rollback"
	committed    = "COMMIT"
	outsideOfAny = 'I' // the state of a connection
)
