package rpc_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// health asks what a proxy asks.
func (o *office) health(t *testing.T) int {
	t.Helper()
	req, err := http.NewRequestWithContext(o.ctx, http.MethodGet, o.web.URL+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := o.web.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return resp.StatusCode
}

// Whoever follows a server that has lost its database is told so, and is not left with a heart that goes on beating; nothing that is sent
// to it is consumed. When the database is back, so is the server.
func TestAServerWithoutItsDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	o := setupWith(t, databasetest.OpenImpatient)
	if !databasetest.OnPostgres() {
		t.Skip("a file does not go away")
	}
	in := o.admin.declare(t, o)
	ctx, cancel := context.WithTimeout(o.ctx, time.Minute)
	defer cancel()
	tail, err := o.admin.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, o.admin)})
	if err != nil {
		t.Fatal(err)
	}
	if !tail.Receive() || o.health(t) != http.StatusNoContent {
		t.Fatalf("before: %v", tail.Err())
	}
	open := databasetest.Shut(t, databasetest.URL(t, o.path))
	for tail.Receive() {
		if tail.Msg().GetHeartbeat() != nil {
			t.Error("the heart beats without a database")
		}
	}
	if err := wire.FromError(tail.Err()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the tail ended with %v", err)
	}
	_ = tail.Close()
	if got := o.health(t); got != http.StatusServiceUnavailable {
		t.Errorf("a proxy is told %d", got)
	}
	push := o.admin.request(t, o, in, write("once"))
	for _, call := range []func() error{
		func() error { _, err := o.admin.sync.Push(ctx, push); return err },
		func() error { _, err := o.admin.sync.Pull(ctx, &tsugiv1.PullRequest{WaitMs: 60_000}); return err },
		func() error {
			again, err := o.admin.sync.Tail(ctx, &tsugiv1.TailRequest{})
			if err == nil {
				again.Receive()
				err = again.Err()
				_ = again.Close()
			}
			return err
		},
		func() error { _, err := o.refresh(o.admin, o.admin.tokens.GetRefresh()); return err },
	} {
		began := time.Now() //nolint:forbidigo // that nobody waits is what is looked at
		if err := wire.FromError(call()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("without a database it says %v", err)
		}
		if took := time.Since(began); took > time.Second { //nolint:forbidigo // as above
			t.Errorf("it says so after %s", took)
		}
	}
	open()
	back := time.NewTicker(50 * time.Millisecond)
	defer back.Stop()
	for o.health(t) != http.StatusNoContent {
		select {
		case <-back.C:
		case <-ctx.Done():
			t.Fatal("it does not come back")
		}
	}
	resp, err := o.admin.sync.Push(ctx, push)
	if err != nil || len(resp.GetOutcomes()) != 1 || resp.GetLastMid() != o.admin.mid {
		t.Errorf("sent again: %v, %v", resp, err)
	}
}
