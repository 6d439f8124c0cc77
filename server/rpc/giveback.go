package rpc

import (
	"context"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// GiveBack takes what this server sent out before it was restored and lacks now.
func (s *Sync) GiveBack(ctx context.Context, req *tsugiv1.GiveBackRequest) (*tsugiv1.GiveBackResponse, error) {
	events, err := wire.EventsFrom(req.GetRecords())
	if err != nil {
		return nil, wire.Error(err)
	}
	taken, err := s.Ledger.GiveBack(ctx, ledger.Gift{Actor: actor(ctx), Epoch: wire.EpochFrom(req.GetEpoch()), Events: events})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.GiveBackResponse{Taken: uint32(taken)}, nil //nolint:gosec // a request holds 4 MiB at most
}
