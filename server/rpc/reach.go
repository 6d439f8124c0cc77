package rpc

import (
	"context"
	"net/http"

	"connectrpc.com/connect"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// reaching is the interceptor that takes nothing while the server does not reach its database, so that nobody believes to be heard.
// Nothing was consumed then: clients try again, and a proxy that asks another server does right.
type reaching struct{ ledger *ledger.Ledger }

// WrapUnary takes a single request.
func (r reaching) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if err := r.ledger.Reached(); err != nil {
			return nil, wire.Error(err)
		}
		return next(ctx, req)
	}
}

// WrapStreamingClient leaves clients as they are.
func (r reaching) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler takes a stream.
func (r reaching) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		if err := r.ledger.Reached(); err != nil {
			return wire.Error(err)
		}
		return next(ctx, conn)
	}
}

// health tells a proxy whether to send anybody here.
func (o Options) health(w http.ResponseWriter, _ *http.Request) {
	if o.Ledger.Reached() != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
