package proof

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Postgres is a PostgreSQL of a proof's own, which listens on a socket in its folder and nowhere else, and brings every commit to the disk.
// Close it.
type Postgres struct {
	dir, programs string
	as            *syscall.Credential
}

// OpenPostgres makes a PostgreSQL in a new folder and starts it. It fails with a NotFound fault where none is installed.
func OpenPostgres(ctx context.Context) (*Postgres, error) {
	programs, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tsugi-postgres-") // a path that is short enough for a socket, and that its account may enter
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	p := &Postgres{dir: dir, programs: programs}
	err = p.hand()
	if err == nil {
		err = p.do(ctx, "initdb", "--pgdata", p.data(), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	}
	if err == nil {
		settings := "listen_addresses = ''\nunix_socket_directories = '" + dir + "'\nmax_connections = 200\nshared_buffers = 256MB\n"
		err = appendFile(filepath.Join(p.data(), "postgresql.conf"), settings)
	}
	if err == nil {
		err = p.do(ctx, "pg_ctl", "start", "--wait", "--silent", "--pgdata", p.data(), "--log", filepath.Join(dir, "log"))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

// Close stops it and removes everything, also after ctx has ended.
func (p *Postgres) Close(ctx context.Context) error {
	return errors.Join(p.do(context.WithoutCancel(ctx), "pg_ctl", "stop", "--wait", "--silent", "--mode=immediate", "--pgdata", p.data()), os.RemoveAll(p.dir))
}

// Crash ends it in the middle of whatever it does, as the end of its machine would, and starts it anew on what is left.
func (p *Postgres) Crash(ctx context.Context) error {
	return p.do(ctx, "pg_ctl", "restart", "--wait", "--silent", "--mode=immediate", "--pgdata", p.data(), "--log", filepath.Join(p.dir, "log"))
}

// URL returns the address of its database.
func (p *Postgres) URL() string {
	return (&url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {p.dir}, "user": {"postgres"}}.Encode()}).String()
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

// do runs one of PostgreSQL's programs. What it starts has no pipe of ours: it would be waited for.
func (p *Postgres) do(ctx context.Context, program string, args ...string) error {
	said, err := os.Create(filepath.Join(p.dir, "said"))
	if err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	defer said.Close()                                                           //nolint:errcheck // what it says is read when it fails
	cmd := exec.CommandContext(ctx, filepath.Join(p.programs, program), args...) //nolint:gosec // an installed program
	cmd.Stdout, cmd.Stderr, cmd.Dir = said, said, p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Setpgid: true}
	if err := cmd.Run(); err != nil {
		raw, _ := os.ReadFile(said.Name()) // it says why
		return fmt.Errorf("%s: %w: %s", program, err, raw)
	}
	return nil
}

// hand gives the folder to an account that PostgreSQL runs as: it refuses to run as root.
func (p *Postgres) hand() error {
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("look for PostgreSQL's account: %w", err)
	}
	uid, errU := strconv.ParseUint(who.Uid, 10, 32)
	gid, errG := strconv.ParseUint(who.Gid, 10, 32)
	p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(errU, errG, os.Chown(p.dir, int(uid), int(gid)))
}

// postgresPrograms returns the folder of PostgreSQL's programs.
func postgresPrograms() (string, error) {
	if found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	found, err := exec.LookPath("initdb")
	if err != nil {
		return "", fault.Wrap(fault.NotFound, "PostgreSQL is not installed.", err).WithAdvice("Nothing was done.", "Install it with .ci/deps database.")
	}
	return filepath.Dir(found), nil
}

func appendFile(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, fs.FileMode(0o600))
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
