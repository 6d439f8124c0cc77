package proof

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// onPostgres returns a measurement on a PostgreSQL of its own, which lies on the same disk and brings every commit to it.
func (b *Bench) onPostgres(run func(*Bench, context.Context) ([]Row, error)) func(context.Context) ([]Row, error) {
	return func(ctx context.Context) ([]Row, error) {
		p, err := OpenPostgres(ctx)
		if fault.Is(err, fault.NotFound) {
			return []Row{{Promise: "on PostgreSQL", Measured: "-", Limit: "-", Ratio: "-", Met: "it is not installed here"}}, nil
		}
		if err != nil {
			return nil, err
		}
		on := *b
		on.Dir, on.postgres, on.files = filepath.Join(b.Dir, "postgres"), p, b
		rows, err := run(&on, ctx)
		for i := range rows {
			rows[i].Promise = "PostgreSQL: " + rows[i].Promise
		}
		return rows, errors.Join(err, p.Close(ctx))
	}
}

// where returns what a program is told of where it stores, in an empty database where it is not in its folder.
func (b *Bench) where(ctx context.Context, name string) ([]string, error) {
	if b.postgres == nil {
		return nil, nil
	}
	url, err := b.postgres.Fresh(ctx, name)
	return []string{"--database", url}, err
}

// open opens what a server would store in, in this process.
func (b *Bench) open(ctx context.Context, name string) (stores, error) {
	dir, err := b.fresh(name)
	if err != nil {
		return nil, err
	}
	if b.postgres == nil {
		return server.OpenDatabase(ctx, server.DatabasePath(dir))
	}
	url, err := b.postgres.Fresh(ctx, name)
	if err != nil {
		return nil, err
	}
	return server.OpenShared(ctx, url)
}

// grown returns the folder of a server with a long history, and what it is told besides.
func (b *Bench) grown(ctx context.Context) (dir string, more []string, err error) {
	if b.postgres == nil {
		dir, err = b.history(ctx)
		return dir, nil, err
	}
	old, err := b.files.history(ctx)
	if err != nil {
		return "", nil, err
	}
	if more, err = b.where(ctx, "history"); err != nil {
		return "", nil, err
	}
	if dir, err = b.fresh("history"); err != nil {
		return "", nil, err
	}
	say(b.Out, "  moving the history to PostgreSQL\n")
	return dir, more, move(ctx, server.DatabasePath(old), more[1])
}

// move copies a server's file to a database on PostgreSQL.
func move(ctx context.Context, file, url string) error {
	from, err := sqlite.Open(ctx, file)
	if err != nil {
		return err
	}
	to, err := server.OpenShared(ctx, url)
	if err != nil {
		return errors.Join(err, from.Close())
	}
	err = database.Transfer(ctx, from, to, func(database.Transferred) {})
	return errors.Join(err, from.Close(), to.Close())
}

// Fresh makes an empty database and returns its address.
func (p *Postgres) Fresh(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, p.URL())
	if err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	for _, do := range []string{"DROP DATABASE IF EXISTS bench_" + name + " WITH (FORCE)", "CREATE DATABASE bench_" + name} {
		_, failed := conn.Exec(ctx, do)
		err = errors.Join(err, failed)
	}
	return strings.Replace(p.URL(), "/postgres?", "/bench_"+name+"?", 1), errors.Join(err, conn.Close(ctx))
}

// rawPostgres is the least that storing in PostgreSQL could be: one statement for a group, one way there and back.
type rawPostgres struct{ conn *pgx.Conn }

func openRawPostgres(ctx context.Context, url string) (rawStore, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("open the raw database: %w", err)
	}
	if _, err := conn.Exec(ctx, `CREATE TABLE IF NOT EXISTS raw (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body BYTEA NOT NULL)`); err != nil {
		return nil, errors.Join(fmt.Errorf("make the raw table: %w", err), conn.Close(ctx))
	}
	return rawPostgres{conn: conn}, nil
}

func (r rawPostgres) put(ctx context.Context, group []*rawWork) error {
	bodies := make([][]byte, len(group))
	for i, w := range group {
		bodies[i] = w.body
	}
	_, err := r.conn.Exec(ctx, "INSERT INTO raw (body) SELECT unnest($1::bytea[])", bodies)
	return err
}

// Close ends the connection.
func (r rawPostgres) Close() error { return r.conn.Close(context.Background()) }
