package link

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"sync"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// early is how long before its end an access token is replaced.
const early = time.Minute

// keys puts an access token on every request, and gets a new one in time.
type keys struct {
	replica *replica.Replica
	clock   clock.Clock
	http    *http.Client

	mu     sync.Mutex
	access string
	until  time.Time
}

// token returns an access token that is still good.
func (k *keys) token(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.access != "" && k.clock.Now().Before(k.until) {
		return k.access, nil
	}
	device, ok := k.replica.Device()
	if !ok {
		return "", fault.New(fault.Unauthenticated, "This device is not enrolled yet.")
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(device.Seed), id.RefreshMessage(device.Refresh))
	resp, err := tsugiv1connect.NewAccessServiceClient(k.http, device.Server).
		Refresh(ctx, &tsugiv1.RefreshRequest{Refresh: device.Refresh, Signature: signature})
	if err != nil {
		return "", wire.FromError(err)
	}
	if err := k.replica.Refreshed(ctx, device.Refresh, resp.GetTokens().GetRefresh(), resp.GetTokens().GetCertificate()); err != nil {
		return "", err
	}
	k.take(resp.GetTokens())
	return k.access, nil
}

func (k *keys) take(t *tsugiv1.Tokens) {
	life := time.Duration(t.GetExpiresInS()) * time.Second
	k.access, k.until = t.GetAccess(), k.clock.Now().Add(max(life-early, life/2))
}

// forget drops an access token that the server did not take.
func (k *keys) forget(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.access == token {
		k.access = ""
	}
}

// WrapUnary sends a request with a token, and once more with a new one when the first was refused.
func (k *keys) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		for try := 0; ; try++ {
			token, err := k.token(ctx)
			if err != nil {
				return nil, wire.Error(err)
			}
			req.Header().Set("Authorization", "Bearer "+token)
			resp, err := next(ctx, req)
			if connect.CodeOf(err) != connect.CodeUnauthenticated || err == nil || try > 0 {
				return resp, err
			}
			k.forget(token)
		}
	}
}

// WrapStreamingClient opens a stream with a token.
func (k *keys) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		token, err := k.token(ctx)
		conn := next(ctx, spec)
		if err != nil {
			return refused{StreamingClientConn: conn, err: wire.Error(err)}
		}
		conn.RequestHeader().Set("Authorization", "Bearer "+token)
		return admitted{StreamingClientConn: conn, keys: k, token: token}
	}
}

// WrapStreamingHandler leaves handlers as they are.
func (k *keys) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// refused is a stream that never began, because there was no token for it.
type refused struct {
	connect.StreamingClientConn
	err error
}

// Send fails with the reason.
func (r refused) Send(any) error { return r.err }

// Receive fails with the reason.
func (r refused) Receive(any) error { return r.err }

// admitted is a stream whose token is forgotten when the server refuses it.
type admitted struct {
	connect.StreamingClientConn
	keys  *keys
	token string
}

// Receive reads the next message.
func (a admitted) Receive(msg any) error {
	err := a.StreamingClientConn.Receive(msg)
	if err != nil && connect.CodeOf(err) == connect.CodeUnauthenticated {
		a.keys.forget(a.token)
	}
	return err
}
