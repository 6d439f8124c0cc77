package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// asProgram makes the test binary be the program itself, so that nothing has to be built.
const asProgram = "TSUGID_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// said is how a run of the program ended and what it printed.
type said struct {
	code        int
	out, errors string
}

func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...) //nolint:gosec // it is this very test
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// tsugid runs the program on dir until it ends.
func tsugid(t *testing.T, dir string, args ...string) said {
	t.Helper()
	cmd := command(t.Context(), append([]string{"--data", dir}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// serving is a server in a process of its own.
type serving struct {
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	errs   bytes.Buffer
	listen string
}

func serve(t *testing.T, dir string, more ...string) *serving {
	t.Helper()
	s := &serving{cmd: command(context.Background(), append([]string{"--data", dir, "serve", "--listen", "127.0.0.1:0"}, more...)...)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = &s.errs
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	s.lines = bufio.NewScanner(out)
	found := regexp.MustCompile(`^Tsugi listens on (http://\S+); `).FindStringSubmatch(s.line(t))
	if found == nil {
		t.Fatalf("it does not say where it listens: %q", s.lines.Text())
	}
	s.listen = found[1]
	return s
}

func (s *serving) line(t *testing.T) string {
	t.Helper()
	if !s.lines.Scan() {
		t.Fatalf("it ended: %s", s.errs.String())
	}
	return s.lines.Text()
}

// stop asks the server to end, and returns the rest of what it said.
func (s *serving) stop(t *testing.T) string {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var rest []string
	for s.lines.Scan() {
		rest = append(rest, s.lines.Text())
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v: %s", err, s.errs.String())
	}
	return strings.Join(rest, "\n")
}

// short returns a fresh folder with a path that a socket's address has room for.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsugid")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestTroubleIsToldInThreeLines(t *testing.T) {
	t.Parallel()
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close() //nolint:errcheck // nobody connected
	locked := short(t)
	lock, err := sqlite.Own(locked)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release() //nolint:errcheck // the process ends
	newer, damaged, file := short(t), short(t), filepath.Join(short(t), "file")
	founded(t, newer)
	bump(t, newer)
	for path, content := range map[string]string{filepath.Join(damaged, "tsugi.db"): strings.Repeat("Dear Sir. ", 1000), file: ""} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		dir    string
		listen string
		what   string
	}{
		"port in use":    {short(t), busy.Addr().String(), "cannot be listened on"},
		"folder in use":  {locked, "127.0.0.1:0", "Another Tsugi is running"},
		"newer database": {newer, "127.0.0.1:0", "newer version"},
		"damaged":        {damaged, "127.0.0.1:0", "database is damaged"},
		"no folder":      {filepath.Join(file, "below"), "127.0.0.1:0", "cannot be made"},
		"no address":     {short(t), "nonsense", "cannot be listened on"},
	} {
		got := tsugid(t, c.dir, "serve", "--listen", c.listen)
		lines := strings.Split(strings.TrimRight(got.errors, "\n"), "\n")
		if got.code != 1 || len(lines) < 3 || !strings.HasPrefix(lines[0], "tsugid: ") || !strings.Contains(lines[0], c.what) {
			t.Errorf("%s: it ends with %d and says:\n%s", name, got.code, got.errors)
			continue
		}
		for _, line := range lines[1:3] {
			if !strings.HasPrefix(line, "  ") || !strings.HasSuffix(line, ".") || strings.Contains(line, "Cause:") {
				t.Errorf("%s: it does not say what is safe and what to do:\n%s", name, got.errors)
			}
		}
		if strings.Contains(got.errors, "panic") || strings.Contains(got.errors, "goroutine") {
			t.Errorf("%s: it panics:\n%s", name, got.errors)
		}
	}
}

// Who mistypes the folder is told so: what only reads must not make an installation there.
func TestWhatReadsMakesNothingInAFolderWithoutAnInstallation(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"describe": {"describe"}, "verify": {"verify"}, "backup": {"backup", filepath.Join(short(t), "copy")}} {
		empty := short(t)
		for place, dir := range map[string]string{"missing": filepath.Join(short(t), "mistyped"), "empty": empty} {
			got := tsugid(t, dir, args...)
			lines := strings.Split(strings.TrimRight(got.errors, "\n"), "\n")
			if got.code != 1 || got.out != "" || len(lines) < 3 || !strings.Contains(lines[0], "no installation of Tsugi in the folder "+dir) ||
				!strings.Contains(lines[1], "Nothing was made") || !strings.Contains(lines[2], "--data") {
				t.Errorf("%s in a folder that is %s: %+v", name, place, got)
			}
			if made, err := os.ReadDir(dir); len(made) != 0 || place == "missing" && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s in a folder that is %s makes %v, %v", name, place, made, err)
			}
		}
	}
}

// bump makes a folder's data those of a later version.
func bump(t *testing.T, dir string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "tsugi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what was executed is stored
	if _, err := db.Write.ExecContext(t.Context(), "INSERT INTO goose_ledger (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
}

func TestNonsenseOnTheCommandLineIsTold(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"fly"}, {"serve", "--speed"}, {"invite"}, {"import"}, {"import", "statuspage"}} {
		if got := tsugid(t, short(t), args...); got.code == 0 || got.errors+got.out == "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

// The first start prints a code for the admin, and so does every start until somebody has been let in.
func TestTheFirstPersonIsInvitedUntilThereIsOne(t *testing.T) {
	t.Parallel()
	dir := short(t)
	var code string
	for range 2 {
		s := serve(t, dir)
		if line := s.line(t); line != "Enrol Admin:" {
			t.Errorf("it says %q", line)
		}
		if line := s.line(t); line != "  address  "+s.listen {
			t.Errorf("it says %q, and listens on %s", line, s.listen)
		}
		if code = regexp.MustCompile(`code +(\S+)`).FindStringSubmatch(s.line(t))[1]; len(code) != 9 {
			t.Errorf("the code is %q", code)
		}
		if rest := s.stop(t); rest != "" {
			t.Errorf("then it says %q", rest)
		}
	}
	s := serve(t, dir)
	if status := enrol(t, s.listen, code); status != http.StatusOK {
		t.Errorf("the code of the start before gets status %d", status)
	}
	s.stop(t)
	s = serve(t, dir)
	if got := tsugid(t, dir, "describe"); got.out != "1 people, 0 incidents visible to everybody, 2 events, private ones among them\n" {
		t.Errorf("the server holds %q", got.out)
	}
	if rest := s.stop(t); rest != "" {
		t.Errorf("when somebody is there, it says %q", rest)
	}
}

func enrol(t *testing.T, address, code string) int {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"code": code, "deviceName": "desk", "publicKey": []byte(public)})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/tsugi.v1.AccessService/Enrol", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// A server that was killed leaves nothing in the way of the next one, and loses nothing.
func TestAKilledServerStartsAgain(t *testing.T) {
	t.Parallel()
	dir := short(t)
	for range 3 {
		s := serve(t, dir)
		for range 3 {
			s.line(t) // the invitation is stored when it is told
		}
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = s.cmd.Wait()
		if got := tsugid(t, dir, "describe"); got.code != 0 || got.out != "1 people, 0 incidents visible to everybody, 1 events, private ones among them\n" {
			t.Errorf("afterwards: %+v", got)
		}
	}
}

func TestInvitingWorksWithAndWithoutTheServer(t *testing.T) {
	t.Parallel()
	dir := short(t)
	got := tsugid(t, dir, "invite", "Ann", "--department", "Sales")
	if got.code != 0 || !strings.Contains(got.out, "Enrol Ann:\n  address  (start the server") {
		t.Errorf("without a server: %+v", got)
	}
	s := serve(t, dir)
	got = tsugid(t, dir, "invite", "Bob", "--admin")
	if got.code != 0 || !strings.Contains(got.out, "Enrol Bob:\n  address  "+s.listen) {
		t.Errorf("with a server: %+v", got)
	}
	if got := tsugid(t, dir, "invite", strings.Repeat("x", 1000)); got.code != 1 || !strings.Contains(got.errors, "  name has 1000 characters") {
		t.Errorf("a long name: %+v", got)
	}
	s.stop(t)
}
