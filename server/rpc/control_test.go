package rpc_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// controlled opens the control socket, as the server does in its data folder.
func controlled(t *testing.T, o *office) *rpc.Controller {
	t.Helper()
	dir := t.TempDir()
	l, err := (&net.ListenConfig{}).Listen(o.ctx, "unix", rpc.ControlSocket(dir))
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: rpc.ControlHandler(o.options), ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	c := rpc.DialControl(dir)
	t.Cleanup(func() {
		c.Close()
		_ = s.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return c
}

func history(n, updates int, body string) []incident.Import {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var out []incident.Import
	for i := range n {
		h := incident.Import{Source: "statuspage", Key: fmt.Sprint(i), Title: "Mail is down", Severity: 2, Declared: at}
		for u := range updates {
			h.Updates = append(h.Updates, incident.ImportedUpdate{Key: fmt.Sprint(i, ".", u), Body: body, At: at.Add(time.Duration(u) * time.Hour)})
		}
		out = append(out, h)
	}
	return out
}

func TestAnImportCountsWhatWasNew(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	for i, c := range []struct {
		space     string
		history   []incident.Import
		incidents int
		updates   int
	}{
		{"page", history(3, 4, "a"), 3, 12},
		{"page", history(3, 4, "a"), 0, 0}, // the same again
		{"page", history(3, 6, "a"), 0, 6}, // it has grown
		{"page", history(4, 6, "a"), 1, 6},
		{"page", history(4, 6, "b"), 0, 0}, // what was taken over stays as it was
		{"other", history(1, 1, "a"), 1, 1},
		{"page", nil, 0, 0},
	} {
		incidents, updates, err := api.Import(o.ctx, c.space, c.history)
		if err != nil || incidents != c.incidents || updates != c.updates {
			t.Errorf("import %d brought %d incidents and %d updates, want %d and %d, %v", i, incidents, updates, c.incidents, c.updates, err)
		}
	}
	census, err := api.Describe(o.ctx)
	if want := (rpc.Census{People: 1, Incidents: 5, Events: 2 + 5 + 4*6 + 1, Shared: 2 + 5 + 4*6 + 1}); err != nil || census != want {
		t.Errorf("the server holds %+v, want %+v, %v", census, want, err)
	}
	o.noMistake(t)
}

// Whoever compares what is described with a backup compares the same: every event of the log, also those that only
// one person may see.
func TestEveryEventOfTheLogIsCounted(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	d := *o.admin
	d.push(t, o, id.Reader(o.admin.actor.Person), workspace.Subscribe{To: workspace.Subscription{Tag: "db"}})
	census, err := api.Describe(o.ctx)
	if want := (rpc.Census{People: 1, Events: 2 + 1, Shared: 2}); err != nil || census != want {
		t.Errorf("the server holds %+v, want %+v, %v", census, want, err)
	}
	o.noMistake(t)
}

// A history of long texts is larger than what a client may send at once.
func TestALargeHistoryIsTakenOver(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	incidents, updates, err := api.Import(o.ctx, "page", history(5, 60, strings.Repeat("x", incident.MaxText)))
	if err != nil || incidents != 5 || updates != 300 {
		t.Errorf("%d incidents and %d updates, %v", incidents, updates, err)
	}
}

func TestAFaultyImportIsTold(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	faulty := history(1, 1, "a")
	faulty[0].Declared = time.Time{}
	_, _, err := api.Import(o.ctx, "page", faulty)
	if f := fault.Find(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 {
		t.Errorf("got %v", err)
	}
	o.noMistake(t)
}

func TestInvitingByNameFindsWhoIsHere(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	first, err := api.Invite(o.ctx, rpc.Guest{Name: "Bob"})
	if err != nil || first.Address != "http://here" {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := api.Invite(o.ctx, rpc.Guest{Name: " bob "}); err != nil {
		t.Error(err)
	}
	if n := len(o.options.Ledger.Setup().People); n != 2 {
		t.Errorf("there are %d people", n)
	}
	for range 2 {
		if _, err := o.admin.people.Invite(o.ctx, &tsugiv1.InviteRequest{Name: "Eve"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := api.Invite(o.ctx, rpc.Guest{Name: "Eve"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("one of two people of a name: %v", err)
	}
	if _, err := api.Invite(o.ctx, rpc.Guest{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("nobody: %v", err)
	}
}

func TestWithoutAServerTheControllerSaysSo(t *testing.T) {
	t.Parallel()
	api := rpc.DialControl(filepath.Join(t.TempDir(), "nothing here"))
	defer api.Close()
	if _, err := api.Describe(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}
