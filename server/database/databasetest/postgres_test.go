package databasetest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db database.DB, query string, args ...any) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, db database.DB, query string, args ...any) (out T) {
	t.Helper()
	if err := db.Reader().QueryRowContext(t.Context(), query, args...).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	named := databasetest.Start(t)
	for name, test := range map[string]func(*testing.T, string){
		"statements": statements, "together": together, "turns": turns, "asked first": askedFirst, "a hung writer": hungWriter, "snapshot": snapshot, "a lost connection": lostConnection,
		"faults": faults, "listening": listening, "migrating": migrating,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, named("d"+strings.ReplaceAll(name, " ", "")))
		})
	}
}

// The statements are SQLite's, parameters and all.
func statements(t *testing.T, url string) {
	db := open(t, url)
	exec(t, db, "CREATE TABLE word (text TEXT PRIMARY KEY, n BIGINT NOT NULL, raw BYTEA)")
	exec(t, db, "INSERT INTO word (text, n, raw) VALUES (?, ?, ?)", "why?", 7, []byte{0, 1})
	exec(t, db, "UPDATE word SET n = ?1 + ?2 WHERE text = 'why?' AND n = ?2", 1, 7)
	if n := ask[int](t, db, "SELECT n FROM word WHERE text LIKE '%?' AND text = ?", "why?"); n != 8 {
		t.Errorf("it says %d", n)
	}
	err := db.InTx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO word (text, n) VALUES (?, ?)", "why?", 1)
		return err
	})
	if !database.IsDuplicate(err) || fault.Find(err) != nil {
		t.Errorf("a duplicate: %v", err)
	}
	if yes, err := database.HasTable(t.Context(), db, "word"); !yes || err != nil {
		t.Errorf("the table: %v, %v", yes, err)
	}
	if yes, err := database.HasTable(t.Context(), db, "sentence"); yes || err != nil {
		t.Errorf("no table: %v, %v", yes, err)
	}
	if _, err := db.Reader().ExecContext(t.Context(), "DELETE FROM word"); !fault.Is(database.Fault(err), fault.Unavailable) {
		t.Errorf("a reader wrote: %v", err)
	}
	if durable := ask[string](t, db, "SHOW synchronous_commit"); durable != "on" {
		t.Errorf("a commit is %s", durable)
	}
}

// What need not be answered goes out together, in its order, and not at all when any of it fails.
func together(t *testing.T, url string) {
	db := open(t, url)
	exec(t, db, "CREATE TABLE word (text TEXT PRIMARY KEY, n BIGINT NOT NULL)")
	prepared, err := db.Writer().PrepareContext(t.Context(), "INSERT INTO word VALUES (?, ?)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prepared.Close() })
	later := database.Later(t.Context())
	fill := func(work func(tx *sql.Tx) error, words ...string) error {
		return db.InTx(t.Context(), func(tx *sql.Tx) error { //nolint:contextcheck // its own statements wait, and only those of words do not
			for i, w := range words {
				if _, err := tx.StmtContext(later, prepared).ExecContext(later, w, i); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(later, "UPDATE word SET n = n + 10 WHERE text = ?", "b"); err != nil {
				return err
			}
			return work(tx)
		})
	}
	none := func(*sql.Tx) error { return nil }
	sum := func(want int) {
		t.Helper()
		if n := ask[int](t, db, "SELECT coalesce(sum(n), 0) FROM word"); n != want {
			t.Errorf("the sum is %d, want %d", n, want)
		}
	}
	if err := fill(none, "a", "b"); err != nil {
		t.Error(err)
	}
	sum(11)
	if err := fill(none, "c", "a", "d"); !database.IsDuplicate(err) {
		t.Errorf("a duplicate that only the commit sees: %v", err)
	}
	sum(11)
	err = fill(func(tx *sql.Tx) error {
		var n int
		err := tx.QueryRowContext(t.Context(), "SELECT n FROM word WHERE text = 'c'").Scan(&n)
		if n != 0 || err != nil {
			t.Errorf("a question is answered before what came before it: %d, %v", n, err)
		}
		return errors.New("changed my mind")
	}, "c", "d")
	if err == nil || err.Error() != "changed my mind" {
		t.Errorf("it says %v", err)
	}
	sum(11)
	if err := fill(none, "c"); err != nil { // nothing is left over of what was not done
		t.Error(err)
	}
	sum(21)
}

// Two servers read, think and write: what one does is never built on what the other has overtaken.
func turns(t *testing.T, url string) {
	servers := []*postgres.DB{open(t, url), open(t, url)}
	exec(t, servers[0], "CREATE TABLE total (n BIGINT NOT NULL)")
	exec(t, servers[0], "INSERT INTO total VALUES (0)")
	const each = 50
	var all sync.WaitGroup
	for _, db := range servers {
		for range 4 {
			all.Go(func() {
				for range each {
					err := db.InTx(t.Context(), func(tx *sql.Tx) error {
						var n int
						if err := tx.QueryRowContext(t.Context(), "SELECT n FROM total").Scan(&n); err != nil {
							return err
						}
						_, err := tx.ExecContext(t.Context(), "UPDATE total SET n = ?", n+1)
						return err
					})
					if err != nil {
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
}

// A server that hangs in the middle of a transaction holds the others up for some seconds and not for ever, and what it had in hand
// is not stored.
func hungWriter(t *testing.T, url string) {
	url = strings.TrimSuffix(url, databasetest.Patience)
	hung, other := open(t, url), open(t, url)
	exec(t, other, "CREATE TABLE word (text TEXT)")
	waited := make(chan error, 1)
	err := hung.InTx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO word VALUES ('hung')"); err != nil {
			return err
		}
		go func() {
			var err error
			for range 3 { // the first try may give up just before the database ends the other's
				if err = other.InTx(t.Context(), func(tx *sql.Tx) error {
					_, err := tx.ExecContext(t.Context(), "INSERT INTO word VALUES ('other')")
					return err
				}); err == nil {
					break
				}
				if !fault.Is(err, fault.Unavailable) {
					t.Errorf("while it waited: %v", err)
				}
			}
			waited <- err
		}()
		return <-waited
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("the one that hung: %v", err)
	}
	if said := ask[string](t, other, "SELECT string_agg(text, ' ') FROM word"); said != "other" {
		t.Errorf("it is written: %s", said)
	}
	exec(t, hung, "INSERT INTO word VALUES ('again')")
}

// A transaction of the reader is one state.
func snapshot(t *testing.T, url string) {
	db := open(t, url)
	exec(t, db, "CREATE TABLE word (text TEXT)")
	tx, err := db.Reader().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	for range 2 {
		var n int
		if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM word").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d words, %v", n, err)
		}
		exec(t, db, "INSERT INTO word VALUES ('later')")
	}
}

// The server goes on by itself when its connections are cut.
func lostConnection(t *testing.T, url string) {
	db, admin := open(t, url), open(t, url)
	exec(t, db, "CREATE TABLE word (text TEXT)")
	err := db.InTx(t.Context(), func(tx *sql.Tx) error {
		var me int
		if err := tx.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&me); err != nil {
			return err
		}
		ask[bool](t, admin, "SELECT pg_terminate_backend(?)", me)
		_, err := tx.ExecContext(t.Context(), "INSERT INTO word VALUES ('lost')")
		return err
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("with the connection cut: %v", err)
	}
	exec(t, db, "INSERT INTO word VALUES ('kept')")
	if said := ask[string](t, db, "SELECT string_agg(text, ' ') FROM word"); said != "kept" {
		t.Errorf("it is written: %s", said)
	}
}

func faults(t *testing.T, url string) {
	for bad, kind := range map[string]fault.Kind{
		"postgres://%zz": fault.Invalid, "postgres://u:hunter2@127.0.0.1:1/x": fault.Unavailable,
		strings.Replace(url, "/dfaults", "/nowhere", 1): fault.Storage,
	} {
		_, err := postgres.Open(t.Context(), bad)
		f := fault.Find(err)
		if f == nil || f.Kind != kind || f.Safe == "" || f.Do == "" {
			t.Errorf("%s: %v", bad, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is told: %v", err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, url).InTx(gone, func(*sql.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

func listening(t *testing.T, url string) {
	db := open(t, url)
	ctx, cancel := context.WithCancel(t.Context())
	told, lost := make(chan uint64, 100), make(chan error, 100)
	var all sync.WaitGroup
	all.Go(func() { db.Listen(ctx, func(seq uint64) { told <- seq }, func(err error) { lost <- err }) })
	tell := func(seq uint64) { // until it is heard: there may be no listener yet
		for heard := uint64(0); heard != seq; {
			exec(t, db, "SELECT pg_notify('"+postgres.Channel+"', ?)", "no number")
			exec(t, db, "SELECT pg_notify('"+postgres.Channel+"', CAST(CAST(? AS BIGINT) AS TEXT))", int64(seq))
			select {
			case heard = <-told:
			default:
			}
		}
	}
	tell(7)
	ask[bool](t, db, "SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
	if err := <-lost; !fault.Is(err, fault.Unavailable) {
		t.Errorf("it was lost with %v", err)
	}
	tell(8)
	cancel()
	all.Wait()
}

func migrating(t *testing.T, url string) {
	admin := open(t, url)
	exec(t, admin, "DROP SCHEMA public CASCADE")
	exec(t, admin, "CREATE SCHEMA public")
	var all sync.WaitGroup
	for range 3 { // servers that start together
		db := open(t, url)
		all.Go(func() {
			if err := postgres.Migrate(t.Context(), db); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if yes, err := database.HasTable(t.Context(), admin, "event"); !yes || err != nil {
		t.Errorf("the tables: %v, %v", yes, err)
	}
	exec(t, admin, "INSERT INTO goose_server (version_id, is_applied) VALUES (9999, true)")
	if err := postgres.Migrate(t.Context(), admin); !fault.Is(err, fault.Newer) {
		t.Errorf("over a later version's: %v", err)
	}
}
