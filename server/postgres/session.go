package postgres

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// alive finds out within some ten seconds that the other end has gone without a word.
var alive = net.KeepAliveConfig{Enable: true, Idle: 4 * time.Second, Interval: 2 * time.Second, Count: 3} //nolint:gochecknoglobals // a constant

// takeTurn takes the writers' lock, at the beginning of a writer's transaction. Whoever waits for it is served in turn, and
// sees in the next statement what the one before it has committed. The number is what "tsugi" is in ASCII.
const takeTurn = "SELECT pg_advisory_xact_lock(500153280361)"

// connector makes connections that take the statements written for SQLite.
type connector struct {
	driver.Connector
	writes bool
}

// Connect makes a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver made a %T", conn)
	}
	return &session{Conn: pg, writes: c.writes}, nil
}

// session is one connection.
type session struct {
	*stdlib.Conn
	writes bool
	within bool       // a writer's transaction
	noted  *pgx.Batch // what goes out later; nil for nothing
}

// PrepareContext prepares a statement.
func (s *session) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	query = numbered(query)
	prepared, err := s.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement{Stmt: prepared, session: s, query: query}, nil
}

// ExecContext carries a statement out.
func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if s.within && isLater(ctx) {
		return s.note(numbered(query), args), nil
	}
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	return s.Conn.ExecContext(ctx, numbered(query), args)
}

// QueryContext asks for rows.
func (s *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	return s.Conn.QueryContext(ctx, numbered(query), args)
}

// BeginTx begins a transaction; a writer's has the writers' lock.
func (s *session) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if !s.writes {
		return s.Conn.BeginTx(ctx, o)
	}
	if err := s.begin(ctx); err != nil {
		_ = s.end(context.WithoutCancel(ctx), rollback) // it did not begin, or what is wrong with the connection was said
		return nil, err
	}
	s.within = true
	return transaction{ctx: context.WithoutCancel(ctx), session: s}, nil
}

// transaction is what the standard library ends a transaction with.
type transaction struct {
	ctx     context.Context //nolint:containedctx // the driver's interface has none
	session *session
}

// Commit ends it; what was done is stored.
func (t transaction) Commit() error {
	t.session.within = false
	return t.session.commit(t.ctx)
}

// Rollback ends it; what was done is not.
func (t transaction) Rollback() error {
	t.session.within, t.session.noted = false, nil
	return t.session.end(t.ctx, rollback)
}

// numbered returns a statement with PostgreSQL's parameters, $1 and $2, for those of SQLite, ? and ?2. What stands in quotes is
// left as it is.
func numbered(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var out strings.Builder
	out.Grow(len(query) + len(query)/4)
	quoted, last := false, 0
	for i := range len(query) {
		c := query[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '?' || quoted {
			out.WriteByte(c)
			continue
		}
		out.WriteByte('$')
		if i+1 < len(query) && '0' <= query[i+1] && query[i+1] <= '9' {
			continue // its number follows
		}
		last++
		out.WriteString(strconv.Itoa(last))
	}
	return out.String()
}
