package rpc_test

import (
	"bytes"
	"testing"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Every answer, and what is fetched of the past, says of which life of the log it is, and a push may say which one it is for.
func TestTheLifeOfTheLogIsTold(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	life := o.options.Ledger.Epoch()
	for name, known := range map[string]struct {
		epoch []byte
		taken bool
	}{"none": {nil, true}, "this one": {life.Bytes(), true}, "another": {id.New[id.Epoch]().Bytes(), false}} {
		req := o.admin.request(t, o, in, write(name))
		req.Epoch = known.epoch
		resp, err := o.admin.sync.Push(o.ctx, req)
		if err != nil || len(resp.GetOutcomes()) != 1 {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		out := wire.OutcomeFrom(resp.GetOutcomes()[0])
		if taken := out.Kind == stream.Accepted; taken != known.taken || !taken && !fault.Is(out.Fault, fault.Reset) {
			t.Errorf("%s: it is answered %+v", name, out)
		}
		if out.Epoch != life {
			t.Errorf("%s: it is answered in life %s, want %s", name, out.Epoch, life)
		}
		if !known.taken {
			o.admin.mid-- // it was not consumed
		}
	}
	backfill, err := o.admin.sync.Backfill(o.ctx, &tsugiv1.BackfillRequest{StreamId: in.Bytes(), Before: 9, Limit: 9})
	if err != nil || !bytes.Equal(backfill.GetEpoch(), life.Bytes()) {
		t.Errorf("a backfill is of life %x, %v", backfill.GetEpoch(), err)
	}
	fill, err := o.admin.sync.Fill(o.ctx, &tsugiv1.FillRequest{ScopeId: id.Everyone().Bytes(), Before: 9})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range collect(t, fill) {
		if !bytes.Equal(part.GetEpoch(), life.Bytes()) {
			t.Errorf("a fill is of life %x", part.GetEpoch())
		}
	}
}
