package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bundle is a server on a folder of its own.
type bundle struct {
	ctx  context.Context
	dir  string
	stop func() error
	*server.Server
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{ctx: context.Background(), dir: short(t)}
	b.open(t, "127.0.0.1:0")
	t.Cleanup(func() {
		if err := b.stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// short returns a fresh folder with a path that a socket's address has room for.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsugi")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func options(dir, listen string) server.Options {
	return server.Options{Dir: dir, Listen: listen, Clock: clock.NewSystem(), Logger: slog.New(slog.DiscardHandler)}
}

func (b *bundle) open(t *testing.T, listen string) {
	t.Helper()
	var err error
	if b.Server, err = server.New(b.ctx, options(b.dir, listen)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	b.stop = sync.OnceValue(func() error {
		cancel()
		if err := <-ended; err != nil {
			return fmt.Errorf("run: %w", err)
		}
		return b.Close()
	})
}

func (b *bundle) restart(t *testing.T) {
	t.Helper()
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	b.open(t, "127.0.0.1:0")
}

// control speaks to the server through its socket.
func (b *bundle) control(t *testing.T) *rpc.Controller {
	t.Helper()
	api := rpc.DialControl(b.dir)
	t.Cleanup(api.Close)
	return api
}

func (b *bundle) invite(t *testing.T, name string) rpc.Invitation {
	t.Helper()
	api := rpc.DialControl(b.dir)
	defer api.Close()
	got, err := api.Invite(b.ctx, rpc.Guest{Name: name, Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wantRefusal fails unless no server can be made, and the fault says what happened, what is safe and
// what to do. It returns what happened.
func wantRefusal(t *testing.T, o server.Options, kind fault.Kind) (what string) {
	t.Helper()
	s, err := server.New(context.Background(), o)
	if err == nil {
		t.Fatal("a server was made", s.Close())
	}
	f := fault.Find(err)
	if f == nil || f.Kind != kind || f.Message == "" || f.Safe == "" || f.Do == "" {
		t.Fatalf("got %v, want a fault of kind %d that says everything", err, kind)
	}
	return f.Message
}

func TestWhatWasStoredIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	invitation := b.invite(t, "Ann")
	if !strings.HasPrefix(invitation.Address, "http://127.0.0.1:") || invitation.Address != b.Address() {
		t.Errorf("invited to %s, served at %s", invitation.Address, b.Address())
	}
	b.restart(t)
	b.invite(t, "Bob")
	census, err := b.control(t).Describe(b.ctx)
	if err != nil || census.People != 2 || len(b.Setup().People) != 2 {
		t.Errorf("%+v, %v", census, err)
	}
}

func TestAFolderHasOneServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	wantRefusal(t, options(b.dir, "127.0.0.1:0"), fault.Locked)
	b.invite(t, "Ann") // the first one, and its socket, are not disturbed
}

func TestAPortInUseIsTold(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody connected
	dir := short(t)
	wantRefusal(t, options(dir, l.Addr().String()), fault.Unavailable)
	for _, address := range []string{"nonsense", "127.0.0.1:99999", "256.0.0.1:80"} {
		wantRefusal(t, options(dir, address), fault.Unavailable)
	}
	b := &bundle{ctx: context.Background(), dir: dir}
	b.open(t, "127.0.0.1:0") // and nothing of the failed starts is in the way
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatCannotBeServedIsTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(short(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, options(filepath.Join(file, "below"), ""), fault.Storage)
	long := filepath.Join(short(t), strings.Repeat("x", 120))
	wantRefusal(t, options(long, ""), fault.Storage)
}

func TestADamagedDatabaseIsToldAndLeftAlone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]byte) []byte{
		"no database": func([]byte) []byte { return []byte(strings.Repeat("Dear Sir. ", 2000)) },
		"cut":         func(raw []byte) []byte { return raw[:len(raw)/2/4096*4096] },
		"overwritten": func(raw []byte) []byte {
			for i := 4096; i < len(raw); i++ {
				raw[i] = 0xf7
			}
			return raw
		},
	} {
		b := setup(t)
		b.invite(t, "Ann")
		if err := b.stop(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(b.dir, "tsugi.db")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		raw = change(raw)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // one after another, on the outer test's folder
			if what := wantRefusal(t, options(b.dir, ""), fault.Corrupt); !strings.Contains(what, "server's database") {
				t.Errorf("it is not said what is damaged: %s", what)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(raw) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"goose_timeline", "goose_ledger", "goose_people", "goose_attachment", "goose_task", "goose_delivery"} {
		b := setup(t)
		if err := b.stop(); err != nil {
			t.Fatal(err)
		}
		db, err := sqlite.Open(b.ctx, filepath.Join(b.dir, "tsugi.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write.ExecContext(b.ctx, "INSERT INTO "+table+" (version_id, is_applied) VALUES (9999, 1)"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, options(b.dir, ""), fault.Newer)
	}
}

// A socket that a killed server left behind is in nobody's way.
func TestAFormerSocketIsReplaced(t *testing.T) {
	t.Parallel()
	dir := short(t)
	if err := os.WriteFile(rpc.ControlSocket(dir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := &bundle{ctx: context.Background(), dir: dir}
	b.open(t, "")
	defer b.stop() //nolint:errcheck // looked at in other tests
	b.invite(t, "Ann")
	if info, err := os.Stat(rpc.ControlSocket(dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may speak to the socket: %v, %v", info, err)
	}
}

// While somebody listens and somebody else does not read, stopping takes a moment and no more.
func TestStoppingDoesNotWaitForClients(t *testing.T) {
	t.Parallel()
	b := setup(t)
	conn, err := (&net.Dialer{}).DialContext(b.ctx, "tcp", strings.TrimPrefix(b.Address(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // it says only half of a request
	if _, err := io.WriteString(conn, "POST /tsugi.v1.AccessService/Refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 10)); err != nil { // the handler waits for the rest
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- b.stop() }()
	select {
	case err := <-stopped:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(8 * time.Second):
		t.Error("the server does not stop")
	}
}

func TestARunningServerAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.Address()+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%+v, %v", resp, err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	history := []incident.Import{{Source: "x", Key: "k", Title: "t", Declared: time.Unix(1, 0)}}
	if n, _, err := b.control(t).Import(b.ctx, "x", history); n != 1 || err != nil {
		t.Errorf("%d incidents, %v", n, err)
	}
}
