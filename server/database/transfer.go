package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Transferred is what was copied of one table, the same on both sides.
type Transferred struct {
	Table string
	Rows  int64
	Hash  [sha256.Size]byte // over every value of every row, in the order of the primary key
}

// order is the tables of a server, each behind those that it refers to.
func order() []string {
	return []string{
		"scope", "stream", "event", "tombstone", "counter", "client", "outcome", "checkpoint",
		"secret_key", "device_key", "family", "invitation", "contact_method", "push_token",
		"attachment_name", "attachment", "attachment_chunk",
		"task", "ringing", "delivery",
	}
}

// needless names the columns that SQLite alone has: the zeros that keep the bytes of files in pages of their own.
func needless(table, column string) bool {
	return table == "attachment_chunk" && (column == "lead" || column == "tail")
}

// Transfer copies everything from the database of a server that is stopped into an empty one on PostgreSQL, in one transaction, and reads it
// back: unless every table has the same rows with the same values there, nothing is copied. progress is told of each table
// that is done. It fails with Invalid faults on a database that is not empty, and with Corrupt ones when what comes back
// is not what was sent.
func Transfer(ctx context.Context, from *sqlite.DB, to *postgres.DB, progress func(Transferred)) error {
	if err := onlyKnown(ctx, from); err != nil {
		return err
	}
	err := to.Fill(ctx, func(tx pgx.Tx) error {
		for _, name := range order() {
			t, err := describe(ctx, from, tx, name)
			if err == nil {
				err = t.vacant(ctx, tx)
			}
			if err != nil {
				return err
			}
		}
		for _, name := range order() {
			t, err := describe(ctx, from, tx, name)
			if err != nil {
				return err
			}
			done, err := t.transfer(ctx, from, tx)
			if err != nil {
				return fmt.Errorf("copy the table %s: %w", name, Fault(err))
			}
			progress(done)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("copy to PostgreSQL: %w", Fault(err))
	}
	return nil
}

// onlyKnown fails on a table that would be left behind.
func onlyKnown(ctx context.Context, from *sqlite.DB) error {
	rows, err := from.Read.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'")
	if err != nil {
		return fmt.Errorf("list tables: %w", Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("list tables: %w", err)
		}
		if !slices.Contains(order(), name) {
			return fmt.Errorf("the table %s has no place on PostgreSQL", name)
		}
	}
	return Fault(rows.Err())
}

// table is one on both sides.
type table struct {
	name    string
	columns []string
	truth   []bool   // which of the columns are true or false there, and 1 or 0 here
	key     []string // the primary key's columns
	counted string   // the column that numbers itself; empty without one
}

func describe(ctx context.Context, from *sqlite.DB, tx pgx.Tx, name string) (table, error) {
	t := table{name: name}
	rows, err := from.Read.QueryContext(ctx, "SELECT name, pk FROM pragma_table_info(?) ORDER BY pk, cid", name)
	if err != nil {
		return t, fmt.Errorf("describe the table %s: %w", name, Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var (
			column string
			place  int
		)
		if err := rows.Scan(&column, &place); err != nil {
			return t, fmt.Errorf("describe the table %s: %w", name, err)
		}
		if needless(name, column) {
			continue
		}
		t.columns = append(t.columns, column)
		if place > 0 {
			t.key = append(t.key, column)
		}
	}
	if err := rows.Err(); err != nil {
		return t, fmt.Errorf("describe the table %s: %w", name, Fault(err))
	}
	for _, column := range t.columns {
		var kind, counts string
		err := tx.QueryRow(ctx, "SELECT data_type, is_identity FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND column_name = $2",
			name, column).Scan(&kind, &counts)
		if err != nil {
			return t, fmt.Errorf("look for %s.%s on PostgreSQL: %w", name, column, err)
		}
		t.truth = append(t.truth, kind == "boolean")
		if counts == "YES" {
			t.counted = column
		}
	}
	return t, nil
}

// vacant fails when there are rows already.
func (t table) vacant(ctx context.Context, tx pgx.Tx) error {
	var there bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.name+")").Scan(&there); err != nil {
		return fmt.Errorf("look into the table %s: %w", t.name, err)
	}
	if there {
		return fault.New(fault.Invalid, "A server's data are in that database already.").
			WithAdvice("They were not changed.", "Name an empty database.")
	}
	return nil
}

func (t table) query() string {
	var where string
	if t.name == "event" {
		where = " WHERE stream > 0" // the others are hollow: what was there has moved
	}
	return "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + where + " ORDER BY " + strings.Join(t.key, ", ")
}

// transfer copies the rows, reads them back and compares.
func (t table) transfer(ctx context.Context, from *sqlite.DB, tx pgx.Tx) (Transferred, error) {
	sent := newDigest(t)
	rows, err := from.Read.QueryContext(ctx, t.query())
	if err != nil {
		return Transferred{}, err
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	_, err = tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, &source{table: t, rows: rows, digest: sent})
	if err := errors.Join(err, rows.Err()); err != nil {
		return Transferred{}, err
	}
	came, err := t.readBack(ctx, tx)
	if err != nil {
		return came, err
	}
	if came != sent.sum() {
		return came, fault.New(fault.Corrupt, fmt.Sprintf("What came to PostgreSQL of the table %s is not what was sent: %d rows of %d.", t.name, came.Rows, sent.rows)).
			WithAdvice("Nothing was copied; the data folder is as it was.", "Try again; if it stays so, look into PostgreSQL's own log.")
	}
	return came, t.goOn(ctx, from, tx)
}

func (t table) readBack(ctx context.Context, tx pgx.Tx) (Transferred, error) {
	came := newDigest(t)
	rows, err := tx.Query(ctx, t.query())
	if err != nil {
		return Transferred{}, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return Transferred{}, err
		}
		if err := came.add(values); err != nil {
			return Transferred{}, err
		}
	}
	return came.sum(), rows.Err()
}

// goOn lets keys go on behind the last that was ever given.
func (t table) goOn(ctx context.Context, from *sqlite.DB, tx pgx.Tx) error {
	if t.counted == "" {
		return nil
	}
	var last int64
	err := from.Read.QueryRowContext(ctx, "SELECT max(coalesce((SELECT max("+t.counted+") FROM "+t.name+"), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))",
		t.name).Scan(&last)
	if err != nil || last == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), $3)", t.name, t.counted, last)
	return err
}

// source hands rows over, and hashes them as they go.
type source struct {
	table
	rows   *sql.Rows
	digest *digest
	err    error
}

// Next reports whether there is one more row.
func (s *source) Next() bool { return s.err == nil && s.rows.Next() }

// Values returns the row's.
func (s *source) Values() ([]any, error) {
	values := make([]any, len(s.columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	if s.err = s.rows.Scan(into...); s.err != nil {
		return nil, s.err
	}
	for i, v := range values {
		if n, ok := v.(int64); ok && s.truth[i] {
			values[i] = n != 0
		}
	}
	s.err = s.digest.add(values)
	return values, s.err
}

// Err returns what went wrong.
func (s *source) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.rows.Err()
}

// digest hashes the rows of a table, the same for both engines.
type digest struct {
	name string
	rows int64
	hash hash.Hash
}

func newDigest(t table) *digest { return &digest{name: t.name, hash: sha256.New()} }

func (d *digest) sum() Transferred {
	return Transferred{Table: d.name, Rows: d.rows, Hash: [sha256.Size]byte(d.hash.Sum(nil))}
}

// add takes the values of one row, each with its kind and its length before it.
func (d *digest) add(values []any) error {
	d.rows++
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			d.part('n', nil)
		case bool:
			d.part('t', []byte(fmt.Sprint(v)))
		case int64:
			d.part('i', binary.BigEndian.AppendUint64(nil, uint64(v)))
		case string:
			d.part('s', []byte(v))
		case []byte:
			d.part('b', v)
		default:
			return fmt.Errorf("a value of the table %s is a %T", d.name, v)
		}
	}
	return nil
}

func (d *digest) part(kind byte, raw []byte) {
	d.hash.Write(binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(raw))))
	d.hash.Write(raw)
}
