package databasetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tsugi-app/tsugi/server/postgres"
)

// clusterVariable names the cluster that the tests run on. It is set for the second run of a package's tests; whoever wants to look
// closer sets it by hand, with a cluster of his own and a template made by a former run.
const clusterVariable = "TSUGI_TEST_POSTGRES"

// template is the database that all others are copied from.
const template = "tsugi_template"

// cluster is a PostgreSQL that runs.
type cluster struct{ url string }

// Start starts a PostgreSQL of the test's own, which listens on a socket in a folder of its own and nowhere else, and stops it when the
// test ends. It returns the function that gives each name a database with a server's tables. Without an installed PostgreSQL the
// test is skipped, or fails where nothing may be skipped.
func Start(t testing.TB) func(name string) string {
	t.Helper()
	return named(t, start(t))
}

// StartDurable is Start for a PostgreSQL that brings every commit to the disk, as one that is used does.
func StartDurable(t testing.TB) func(name string) string {
	t.Helper()
	return named(t, start(t, "-c", "fsync=on", "-c", "full_page_writes=on", "-c", "shared_buffers=256MB"))
}

func named(t testing.TB, c cluster) func(name string) string {
	t.Helper()
	return func(name string) string {
		t.Helper()
		if _, err := c.make(t.Context(), template, name); err != nil {
			t.Fatal(err)
		}
		return c.database(name)
	}
}

func start(t testing.TB, settings ...string) cluster {
	t.Helper()
	programs := installed(t)
	dir, err := os.MkdirTemp("", "tsugi-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as := account(t, dir)
	data := filepath.Join(dir, "data")
	// Nothing of a test's database is to outlive the test, so that nothing is brought to the disk.
	initdb := exec.CommandContext(t.Context(), filepath.Join(programs, "initdb"), "--pgdata", data, "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = &syscall.SysProcAttr{Credential: as}, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("make a cluster: %v\n%s", err, out)
	}
	args := []string{
		"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400",
		"-c", "shared_buffers=64MB", "-c", "autovacuum=off", "-c", "max_wal_size=256MB",
	}
	run(t, as, dir, append([]string{filepath.Join(programs, "postgres")}, append(args, settings...)...))
	c := cluster{url: (&url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}).String()}
	c.await(t)
	c.fill(t)
	return c
}

// installed returns the folder of PostgreSQL's programs.
func installed(t testing.TB) string {
	t.Helper()
	if found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found)
	}
	const missing = "PostgreSQL is not installed; Debian's package is called postgresql"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// account returns whom PostgreSQL runs as, and gives the folder to it: PostgreSQL refuses to run as root.
func account(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			t.Fatal(err)
		}
	}
	uid, errU := strconv.ParseUint(who.Uid, 10, 32)
	gid, errG := strconv.ParseUint(who.Gid, 10, 32)
	if err := errors.Join(errU, errG, os.Chown(dir, int(uid), int(gid))); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// run runs PostgreSQL until the test ends, or this program, however it ends.
func run(t testing.TB, as *syscall.Credential, dir string, args []string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // an installed program, which is to end with a signal of its own
	server.Stdout, server.Stderr, server.Dir = log, log, dir
	server.SysProcAttr = orphanless(as)
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the signal comes when the thread that started it ends
		defer runtime.UnlockOSThread()
		err := server.Start()
		started <- err
		if err == nil {
			_ = server.Wait() // it ends with the signal below
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		<-ended
		_ = log.Close()
	})
}

// await waits until the cluster takes connections.
func (c cluster) await(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		err := c.do(ctx, "SELECT 1")
		if err == nil {
			tick.Stop()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}

// fill makes the template.
func (c cluster) fill(t testing.TB) {
	t.Helper()
	if err := c.do(t.Context(), "CREATE DATABASE "+template); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(t.Context(), c.database(template))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(postgres.Migrate(t.Context(), db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// make makes a database, a copy of another, unless it is there.
func (c cluster) make(ctx context.Context, from, name string) (made bool, err error) {
	// Copying files is three times as fast, where nothing is brought to the disk. Before version 15 there was nothing else, and no word for it.
	for _, how := range []string{" STRATEGY file_copy", ""} {
		err = c.do(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+how)
		refused, ok := errors.AsType[*pgconn.PgError](err)
		switch {
		case ok && refused.Code == "42P04": // it is there
			return false, nil
		case !ok:
			return err == nil, err
		}
	}
	return false, err
}

// Shut ends all connections to the database at url and lets nobody in, until the function that it returns is called.
func Shut(t testing.TB, url string) (open func()) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	name := config.Database
	config.Database = "postgres"
	config.RuntimeParams = nil
	do := func(statements ...string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			_, failed := conn.Exec(ctx, s)
			err = errors.Join(err, failed)
		}
		if err := errors.Join(err, conn.Close(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	do("ALTER DATABASE "+name+" ALLOW_CONNECTIONS false", "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"+name+"'")
	return func() { do("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true") }
}

// do carries out one statement on the cluster.
func (c cluster) do(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return err
	}
	if _, err = conn.Exec(ctx, statement); err != nil {
		err = fmt.Errorf("%s: %w", statement, err)
	}
	return errors.Join(err, conn.Close(ctx))
}

// Patience is the end of every test's address: where many tests share a machine, one may have to wait for longer than a server waits for
// another.
const Patience = "&lock_timeout=60000&idle_in_transaction_session_timeout=60000"

// database returns the address of a database.
func (c cluster) database(name string) string {
	u, err := url.Parse(c.url)
	if err != nil {
		return c.url
	}
	u.Path = "/" + name
	return u.String() + Patience
}
