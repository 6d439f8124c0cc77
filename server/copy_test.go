package server_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// A copy is sent whole while the server is written to, holds no name in the folder, and what an interrupted one
// left there is removed with the next start.
func TestACopyIsSentAndLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.invite(t, "Ann")
	api := rpc.DialControl(b.dir)
	defer api.Close()
	if _, _, err := api.Import(b.ctx, "x", []incident.Import{{Source: "x", Key: "k", Title: "Canary in the copy", Declared: time.Unix(1, 0)}}); err != nil {
		t.Fatal(err)
	}
	in, err := api.Backup(b.ctx, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(b.dir, "copy-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("while it is sent there are %v, %v", left, err)
	}
	b.invite(t, "Bob")
	raw, err := io.ReadAll(in)
	if err != nil || int64(len(raw)) != in.Size || !bytes.Contains(raw, []byte("Canary in the copy")) || bytes.Contains(raw, []byte("Bob")) {
		t.Errorf("%d of %d bytes, %v", len(raw), in.Size, err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	stale := filepath.Join(b.dir, "copy-of-one-that-was-killed.db")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}
