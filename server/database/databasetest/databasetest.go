// Package databasetest gives tests a database of their own, and runs a package's tests once more on PostgreSQL: one suite for both
// engines.
package databasetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Tester is *testing.T, *testing.F or *testing.B.
type Tester interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// DB is a test's database.
type DB interface {
	database.DB
	io.Closer
}

// Open opens the database at path and brings its tables up to date. When the tests run on PostgreSQL, it is the database there that
// stands for this path, made when it is opened first and dropped when the test ends; it has the tables of a whole server.
// Whoever opens it closes it.
func Open(t Tester, path string, schemas ...func() (sqlite.Schema, error)) DB {
	t.Helper()
	ctx := context.Background()
	if OnPostgres() {
		db, err := postgres.Open(ctx, URL(t, path))
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range schemas {
		s, err := schema()
		if err == nil {
			err = sqlite.Migrate(ctx, db, s)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// OpenImpatient is Open, and on PostgreSQL a writer does not wait for longer than one of a server does.
func OpenImpatient(t Tester, path string, schemas ...func() (sqlite.Schema, error)) DB {
	t.Helper()
	if !OnPostgres() {
		return Open(t, path, schemas...)
	}
	db, err := postgres.Open(context.Background(), Impatient(URL(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Impatient returns the address of a test's database without the patience of tests.
func Impatient(url string) string { return strings.TrimSuffix(url, Patience) }

// OnPostgres reports whether the tests run on PostgreSQL.
func OnPostgres() bool { return os.Getenv(clusterVariable) != "" }

// File returns the SQLite file that db is. A test that looks into it, or breaks it from outside, is skipped on PostgreSQL.
func File(t testing.TB, db database.DB) *sqlite.DB {
	t.Helper()
	file, ok := db.(*sqlite.DB)
	if !ok {
		t.Skip("this is about the file that SQLite keeps")
	}
	return file
}

// URL returns the address of the database that stands for a path, which has a server's tables. It is made when there is none, and dropped
// when the test ends.
func URL(t Tester, path string) string {
	t.Helper()
	return copied(t, template, standsFor(path))
}

// Cut ends all connections to the database that stands for one path for good, at whatever moment they are, and lets another path stand for
// what is left of it then.
func Cut(t Tester, from, to string) {
	t.Helper()
	c, ctx := cluster{url: os.Getenv(clusterVariable)}, context.Background()
	name := standsFor(from)
	err := errors.Join(
		c.do(ctx, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false"),
		c.do(ctx, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"+name+"'"),
	)
	if err != nil {
		t.Fatal(err)
	}
	copied(t, name, standsFor(to))
}

func standsFor(path string) string { return fmt.Sprintf("tsugi_%x", sha256.Sum256([]byte(path)))[:40] }

// copied returns the address of a database, which is a copy of another when it was not there.
func copied(t Tester, from, name string) string {
	t.Helper()
	c := cluster{url: os.Getenv(clusterVariable)}
	made, err := c.make(context.Background(), from, name)
	if err != nil {
		t.Fatal(err)
	}
	if made {
		t.Cleanup(func() {
			if err := c.do(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
				t.Fatal(err)
			}
		})
	}
	return c.database(name)
}
