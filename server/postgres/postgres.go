// Package postgres opens a PostgreSQL database as the server needs it: several servers share it, one writes at a time, and none
// waits for ever on another that hangs.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// DB is one database: a connection that writes, and a pool that can only read.
type DB struct {
	Write *sql.DB
	Read  *sql.DB

	// Turn is how long a writer waits at most until it is its turn.
	Turn time.Duration

	config *pgx.ConnConfig
}

const (
	// readers is how many connections read at once.
	readers = 8
	// patience is how long a writer waits for the others, and how long it may sit in a transaction without doing anything
	// until the database ends it.
	patience = 2 * time.Second
	// connectPatience is how long a connection may take to be made.
	connectPatience = 5 * time.Second
)

// Open connects to the database that url names: postgres://person:password@host:port/name, or key=value pairs; what is not said is
// taken from PGHOST, PGPASSWORD and their like. It fails with Invalid faults on a url that is none, and with Unavailable and
// Storage faults. Neither it nor the faults tell the password.
func Open(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The address of the database cannot be read.", err).
			WithAdvice("Nothing was changed.", "Write it as postgres://person:password@host:5432/name.")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectPatience
	}
	config.DialFunc = (&net.Dialer{Timeout: config.ConnectTimeout, KeepAliveConfig: alive, Control: notice}).DialContext
	limit := strconv.FormatInt(patience.Milliseconds(), 10)
	db := &DB{
		Turn:   turn(config),
		config: with(config, nil),
		Write: sql.OpenDB(connector{
			Connector: stdlib.GetConnector(
				// What a writer asks for has a key: the plan is the same whatever the key is, and is not made anew each time.
				*with(config, map[string]string{"lock_timeout": limit, "idle_in_transaction_session_timeout": limit, "plan_cache_mode": "force_generic_plan"}),
				stdlib.OptionAfterConnect(durable),
			), writes: true,
		}),
		Read: sql.OpenDB(connector{Connector: stdlib.GetConnector(
			*with(config, map[string]string{"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}))}),
	}
	db.Write.SetMaxOpenConns(1)
	db.Read.SetMaxOpenConns(readers)
	db.Read.SetMaxIdleConns(readers)
	if err := errors.Join(db.Write.PingContext(ctx), db.Read.PingContext(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", Fault(err)), db.Close())
	}
	return db, nil
}

// turn returns what the address says of how long to wait, as PostgreSQL writes it without a unit.
func turn(config *pgx.ConnConfig) time.Duration {
	if ms, err := strconv.Atoi(config.RuntimeParams["lock_timeout"]); err == nil && ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return patience
}

// with returns a copy of config with more settings. What the address itself says stands.
func with(config *pgx.ConnConfig, settings map[string]string) *pgx.ConnConfig {
	c := config.Copy()
	said := c.RuntimeParams
	c.RuntimeParams = map[string]string{"application_name": "tsugid"}
	maps.Copy(c.RuntimeParams, settings)
	maps.Copy(c.RuntimeParams, said)
	return c
}

// durable sees to it that what was committed survives a crash, whatever the database's own setting is. One that waits for
// more, a standby's disk say, is left as it is.
func durable(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')`)
	return err
}

// Close closes all connections.
func (db *DB) Close() error { return errors.Join(db.Read.Close(), db.Write.Close()) }

// Writer returns the connection that writes.
func (db *DB) Writer() *sql.DB { return db.Write }

// Reader returns the pool that can only read. A transaction in it sees one state of the database.
func (db *DB) Reader() *sql.DB { return db.Read }

// InTx runs work in one transaction and commits it when work returns nil. It begins by taking the one writers' lock of the
// database, and sees everything that was committed before it got it. It fails with an Unavailable fault when it does not get it
// within some seconds; when the connection broke during the commit, what was done may be stored all the same.
func (db *DB) InTx(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return Fault(fmt.Errorf("begin: %w", err))
	}
	if err := work(tx); err != nil {
		return Fault(errors.Join(err, unlessDone(tx.Rollback())))
	}
	if err := tx.Commit(); err != nil {
		return Fault(fmt.Errorf("commit: %w", errors.Join(err, unlessDone(tx.Rollback()))))
	}
	return nil
}

func unlessDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return err
}

// Purge does nothing: the database itself decides when the space of what was deleted is written anew.
func (db *DB) Purge(context.Context) error { return nil }

// Fill runs work in one transaction of a connection of its own, which may take as long as it needs, and commits it when work
// returns nil. It has the writers' lock: no server writes meanwhile.
func (db *DB) Fill(ctx context.Context, work func(pgx.Tx) error) (err error) {
	conn, err := pgx.ConnectConfig(ctx, db.config.Copy())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{BeginQuery: "BEGIN; " + takeTurn}, work)
}
