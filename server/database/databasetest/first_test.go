package databasetest_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
)

// What is asked with the beginning of a transaction is answered in its turn: it is what the one before has committed. A question that
// cannot be answered leaves the connection as good as it was.
func askedFirst(t *testing.T, url string) {
	servers := []*postgres.DB{open(t, url), open(t, url)}
	exec(t, servers[0], "CREATE TABLE total (name TEXT PRIMARY KEY, n BIGINT NOT NULL, said BYTEA NOT NULL)")
	exec(t, servers[0], "INSERT INTO total VALUES ('a?', 0, '')")
	const each = 50
	count := func(ctx context.Context, db *postgres.DB) error {
		var (
			n    int64
			said []byte
		)
		first := database.First(ctx, "SELECT n, said FROM total WHERE name = 'a?' AND n >= ?", []any{0}, &n, &said)
		return db.InTx(first, func(tx *sql.Tx) error {
			if len(said) != int(n) {
				t.Errorf("%d times %q was said", n, said)
			}
			_, err := tx.ExecContext(database.Later(ctx), "UPDATE total SET n = ?, said = ?", n+1, append(said, '!'))
			return err
		})
	}
	var all sync.WaitGroup
	for _, db := range servers {
		for range 4 {
			all.Go(func() {
				for range each {
					if err := count(t.Context(), db); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if n := ask[int](t, servers[0], "SELECT n FROM total"); n != 8*each {
		t.Errorf("%d of %d were counted", n, 8*each)
	}
	failing(t, servers[0])
	for _, db := range servers {
		if err := count(t.Context(), db); err != nil {
			t.Errorf("behind what failed: %v", err)
		}
	}
}

// failing asks what cannot be answered, over and over on one connection.
func failing(t *testing.T, db *postgres.DB) {
	t.Helper()
	connection := func() (pid int) {
		if err := db.Writer().QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	never := func(*sql.Tx) error {
		t.Error("work was begun without an answer")
		return nil
	}
	var n int64
	before := connection()
	if err := db.InTx(database.First(t.Context(), "SELECT n FROM total WHERE n < 0", nil, &n), never); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
	if err := db.InTx(database.First(t.Context(), "SELECT 1 / (n - n) FROM total", nil, &n), never); err == nil {
		t.Error("what cannot be reckoned was answered")
	}
	if err := db.InTx(database.First(t.Context(), "SELECT wrong FROM total", nil, &n), never); err == nil {
		t.Error("what is not there was answered")
	}
	if after := connection(); after != before {
		t.Errorf("connection %d was given up for %d", before, after)
	}
}
