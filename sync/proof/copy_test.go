package proof_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// reopen opens Ann's folder, or a copy of it.
func (b *bundle) reopen(t *testing.T, dir string) *proof.Desk {
	t.Helper()
	d, err := proof.OpenDesk(context.WithoutCancel(b.ctx), dir, &b.hours, proof.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestACopiedFolderLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	if err := b.ann.Close(); err != nil {
		t.Fatal(err)
	}
	own, twin := filepath.Join(b.home, "Ann"), filepath.Join(b.home, "copy")
	if err := os.CopyFS(twin, os.DirFS(own)); err != nil {
		t.Fatal(err)
	}
	b.ann = b.reopen(t, own)
	for _, text := range []string{"a", "b", "c"} {
		b.change(t, b.ann, in, incident.Write{Text: text})
	}
	b.settled(t, b.ann, in, 4)
	if err := b.ann.Close(); err != nil {
		t.Fatal(err)
	}
	b.ann = b.reopen(t, twin)
	burning, err := b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "The building burns"})
	if err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.bob, burning, 1, b.ann)
}

func TestAThiefIsToldToEverybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ann, _ := b.ann.Replica().Device()
	api := tsugiv1connect.NewAccessServiceClient(http.DefaultClient, b.office.Server.Address())
	if _, err := api.Refresh(b.ctx, &tsugiv1.RefreshRequest{Refresh: ann.Refresh, Signature: make([]byte, 64)}); err == nil {
		t.Fatal("a token was taken without its key's signature")
	}
	err := b.bob.Await(b.ctx, func() (bool, error) {
		device, _ := b.bob.Replica().Setup().People[ann.Actor.Person].Device(ann.Actor.Device)
		return !device.Revoked.IsZero(), nil
	})
	if err != nil {
		t.Errorf("the people page still calls the device good: %v", err)
	}
}
