// Package rpc serves the wire: it reads requests, asks the ledger and the people, and answers. It
// decides nothing.
package rpc

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// The largest requests that are read. Whoever may read the data folder imports whole histories, of
// which one incident alone may have many long updates.
const (
	maxRequest = 4 << 20
	maxControl = 256 << 20
)

// Options says what the handlers work with.
type Options struct {
	Ledger      *ledger.Ledger
	People      *people.Store
	Attachments *attachment.Store
	Attendance  *attendance.Register
	Tasks       *task.Runner
	// Courier sends codes to numbers and addresses; nil on a server that can send nothing.
	Courier Courier
	Clock   clock.Clock
	Logger  *slog.Logger
	// Address is where clients reach the server; invitations carry it.
	Address string
	// FeedAddress returns where calendars read what a secret stands for.
	FeedAddress func(secret people.Secret) string
	// Copy makes a copy of the whole database; progress is told how many of its pages are done.
	Copy func(ctx context.Context, progress func(done, total int)) (Copied, error)
}

// Handler serves clients.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	open := o.handlerOptions()
	admitted := append(slices.Clone(open), connect.WithInterceptors(bearer{people: o.People, clock: o.Clock, ledger: o.Ledger}))
	mux.Handle(tsugiv1connect.NewAccessServiceHandler(&Access{Options: o}, open...))
	mux.Handle(tsugiv1connect.NewPeopleServiceHandler(&People{Options: o}, admitted...))
	mux.Handle(tsugiv1connect.NewReachServiceHandler(&Reach{Options: o}, admitted...))
	mux.Handle(tsugiv1connect.NewSyncServiceHandler(&Sync{Options: o}, admitted...))
	mux.Handle(tsugiv1connect.NewAttachmentServiceHandler(&Attachments{Options: o}, admitted...))
	mux.Handle(tsugiv1connect.NewCalendarServiceHandler(&Calendar{Options: o}, admitted...))
	mux.HandleFunc("GET /healthz", o.health)
	return o.arriving(uncompressed(mux))
}

// ControlHandler serves whoever may read the data folder.
func ControlHandler(o Options) http.Handler {
	mux := http.NewServeMux()
	options := append(o.handlerOptions(), connect.WithReadMaxBytes(maxControl))
	mux.Handle(tsugiv1connect.NewControlServiceHandler(&Control{Options: o}, options...))
	return uncompressed(mux)
}

type cameKey struct{}

// arriving notes when a request has begun to arrive. Until its body is here, over a bad line, and until its sender is known, by what
// other servers may have committed just now, much time can pass, and the sender's clocks go on.
func (o Options) arriving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), cameKey{}, o.Clock.Now())))
	})
}

// came returns when a request has begun to arrive.
func came(ctx context.Context) time.Time {
	at, _ := ctx.Value(cameKey{}).(time.Time)
	return at
}

// uncompressed refuses compressed requests as what they are, the client's fault: the library would
// answer that the server lacks something.
func uncompressed(next http.Handler) http.Handler {
	refuse := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if encoding := r.Header.Get("Content-Encoding"); encoding == "" || encoding == "identity" {
			next.ServeHTTP(w, r)
			return
		}
		if !refuse.IsSupported(r) {
			http.Error(w, "compressed requests are not read here", http.StatusUnsupportedMediaType)
			return
		}
		// Nobody is left to tell when the answer cannot be written.
		_ = refuse.Write(w, r, wire.Error(fault.New(fault.Invalid, "Compressed requests are not read here.").
			WithAdvice("Nothing was changed.", "Send it again as it is.")))
	})
}

// handlerOptions switches compression off: a compressor for every message and reader takes three
// times as long as the message itself.
func (o Options) handlerOptions() []connect.HandlerOption {
	return []connect.HandlerOption{
		connect.WithReadMaxBytes(maxRequest),
		connect.WithCompression("gzip", nil, nil),
		connect.WithInterceptors(reaching{ledger: o.Ledger}),
		connect.WithRecover(func(ctx context.Context, spec connect.Spec, _ http.Header, r any) error {
			o.Logger.ErrorContext(ctx, "handler failed", "procedure", spec.Procedure, "panic", r)
			return wire.Error(fault.New(fault.Internal, "The server made a mistake with this request."))
		}),
	}
}

type actorKey struct{}

// actor returns who asks; the interceptor has put it there.
func actor(ctx context.Context) id.Actor {
	a, _ := ctx.Value(actorKey{}).(id.Actor)
	return a
}

// bearer is the interceptor that lets only enrolled devices in.
type bearer struct {
	people *people.Store
	clock  clock.Clock
	ledger *ledger.Ledger
}

func (b bearer) admit(ctx context.Context, header string) (context.Context, error) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return nil, wire.Error(fault.New(fault.Unauthenticated, "The request carries no token.").
			WithAdvice("Nothing was changed.", "Enrol this device."))
	}
	access, err := b.people.Verify(token, b.clock.Now())
	if err != nil {
		return nil, wire.Error(err)
	}
	known, err := b.knows(ctx, access.Actor.Person)
	if err != nil {
		return nil, wire.Error(err)
	}
	if !known { // a server that was restored has forgotten whom it signed this for
		return nil, wire.Error(people.Forgotten())
	}
	return context.WithValue(ctx, actorKey{}, access.Actor), nil
}

// knows reports whether somebody is in the workspace. They may have been added by another server just now.
func (b bearer) knows(ctx context.Context, p id.Person) (bool, error) {
	if _, known := b.ledger.Setup().People[p]; known {
		return true, nil
	}
	if err := b.ledger.Look(ctx); err != nil {
		return false, err
	}
	_, known := b.ledger.Setup().People[p]
	return known, nil
}

// WrapUnary admits a single request.
func (b bearer) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		ctx, err := b.admit(ctx, req.Header().Get("Authorization"))
		if err != nil {
			return nil, err
		}
		return next(ctx, req)
	}
}

// WrapStreamingClient leaves clients as they are.
func (b bearer) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// malformed returns err as the client's fault when it comes from the library, which calls a stream
// that is framed wrongly an internal error. Our own errors carry a fault.
func malformed(err error) error {
	var e *connect.Error
	if !errors.As(err, &e) || len(e.Details()) > 0 || (e.Code() != connect.CodeInternal && e.Code() != connect.CodeUnknown) {
		return err
	}
	return wire.Error(fault.Wrap(fault.Invalid, "The request cannot be read: "+e.Message(), err).
		WithAdvice("Nothing was changed.", "Update this client."))
}

// WrapStreamingHandler admits a stream.
func (b bearer) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		ctx, err := b.admit(ctx, conn.RequestHeader().Get("Authorization"))
		if err != nil {
			return err
		}
		return malformed(next(ctx, conn))
	}
}

// binary reports whether the other end reads protobuf and not JSON.
func binary(conn connect.StreamingHandlerConn) bool {
	return !strings.Contains(conn.RequestHeader().Get("Content-Type"), "json")
}

func appendUint(dst []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), v)
}

func appendBytes(dst []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), v)
}
