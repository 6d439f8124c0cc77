package link_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// server speaks the wire and does what a test tells it to. It lies behind pipes, so that time may
// stand still around it.
type server struct {
	tsugiv1connect.UnimplementedAccessServiceHandler
	tsugiv1connect.UnimplementedSyncServiceHandler
	tsugiv1connect.UnimplementedPeopleServiceHandler
	tsugiv1connect.UnimplementedAttachmentServiceHandler
	web    *http.Server
	pipes  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu     sync.Mutex
	open   []net.Conn
	person id.Person
	device id.Device
	epoch  id.Epoch
	issued int // how many pairs of tokens were made
	calls  map[string]int
	lost   int           // how many answers to Refresh get lost on the way
	out    bool          // the device is shut out
	stale  string        // the next token for this procedure is refused, whatever it is
	slow   time.Duration // how long a Refresh takes

	sizes  map[id.Content]uint64            // of the files that were announced
	chunks map[id.Content]map[uint32][]byte // that came of them
	put    func(*tsugiv1.PutChunkRequest) error

	said []presence.Attention // how an incident is attended
	deaf error                // what is answered to that

	tail      func(context.Context, *connect.ServerStream[tsugiv1.TailResponse]) error
	push      func(*tsugiv1.PushRequest) (*tsugiv1.PushResponse, error)
	bootstrap func(*connect.ServerStream[tsugiv1.BootstrapResponse]) error
	gift      func(*tsugiv1.GiveBackRequest) error
	fill      func(*tsugiv1.FillRequest, *connect.ServerStream[tsugiv1.FillResponse]) error
}

// tokenLife is how long an access token is good.
const tokenLife = 10 * time.Minute

func newServer() *server {
	s := &server{
		pipes: make(chan net.Conn), closed: make(chan struct{}), person: id.New[id.Person](), device: id.New[id.Device](), epoch: id.New[id.Epoch](),
		calls: map[string]int{}, chunks: map[id.Content]map[uint32][]byte{}, sizes: map[id.Content]uint64{}, tail: beating, push: accepting,
	}
	mux := http.NewServeMux()
	mux.Handle(tsugiv1connect.NewAccessServiceHandler(s))
	mux.Handle(tsugiv1connect.NewSyncServiceHandler(s))
	mux.Handle(tsugiv1connect.NewPeopleServiceHandler(s))
	mux.Handle(tsugiv1connect.NewAttachmentServiceHandler(s))
	s.web = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go s.web.Serve(listener{s}) //nolint:errcheck // it ends when it is closed
	return s
}

// listener hands on what is dialled.
type listener struct{ *server }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.pipes:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Addr() net.Addr { return &net.UnixAddr{} }

func (l listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// transport dials the server.
func (s *server) transport() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		s.mu.Lock()
		away := s.calls["away"] > 0 || address != "there:80"
		s.mu.Unlock()
		if away {
			return nil, errors.New("connection refused")
		}
		mine, theirs := net.Pipe()
		s.set(func(s *server) {
			s.open = append(s.open, theirs)
			s.calls["connections"]++
		})
		select {
		case s.pipes <- theirs:
			return &counted{Conn: mine, server: s}, nil
		case <-s.closed:
			return nil, errors.New("connection refused")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

// counted is a client's end of a connection. The server counts those that are open.
type counted struct {
	net.Conn
	server *server
	once   sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.server.set(func(s *server) { s.calls["connections"]-- }) })
	return c.Conn.Close()
}

// close ends the server for good.
func (s *server) close() { _ = s.web.Close() }

// set changes what the server does.
func (s *server) set(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// away cuts all connections and makes the server unreachable, or reachable again.
func (s *server) away(yes bool) {
	s.set(func(s *server) {
		s.calls["away"] = 0
		if !yes {
			return
		}
		s.calls["away"] = 1
		for _, conn := range s.open {
			_ = conn.Close()
		}
		s.open = nil
	})
}

// count returns how often a procedure was called.
func (s *server) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// admit checks a token: "access N until T".
func (s *server) admit(ctx context.Context, name string) error {
	info, _ := connect.CallInfoForHandlerContext(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[name]++
	refused := s.out || s.stale == name
	if refused {
		s.stale = ""
	}
	until, err := time.Parse(time.RFC3339Nano, info.RequestHeader().Get("Authorization")[len("Bearer "):])
	if err != nil || !time.Now().Before(until) || refused { //nolint:forbidigo // inside a bubble of synctest, time is what the test makes it
		s.calls["refused"]++
		return wire.Error(fault.New(fault.Unauthenticated, "This access token is not valid."))
	}
	return nil
}

func (s *server) tokens() *tsugiv1.Tokens {
	s.issued++
	until := time.Now().Add(tokenLife).Format(time.RFC3339Nano) //nolint:forbidigo // see admit
	return &tsugiv1.Tokens{Access: until, ExpiresInS: uint32(tokenLife / time.Second), Refresh: string(rune('a' + s.issued))}
}

// Enrol lets everybody in whose code is "code".
func (s *server) Enrol(_ context.Context, req *tsugiv1.EnrolRequest) (*tsugiv1.EnrolResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["enrol"]++
	if req.GetCode() != "code" {
		return nil, wire.Error(fault.New(fault.Denied, "This code does not work.").WithAdvice("Nothing was changed.", "Ask for a new code."))
	}
	s.out = false
	s.device = id.New[id.Device]()
	return &tsugiv1.EnrolResponse{PersonId: s.person.Bytes(), DeviceId: s.device.Bytes(), PersonName: "Ann", Tokens: s.tokens()}, nil
}

// Refresh takes the last refresh token and the one before it.
func (s *server) Refresh(_ context.Context, req *tsugiv1.RefreshRequest) (*tsugiv1.RefreshResponse, error) {
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	<-time.After(slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["refresh"]++
	shown := int(req.GetRefresh()[0] - 'a')
	if s.out || shown < s.issued-1-s.calls["lost"] {
		return nil, wire.Error(fault.New(fault.Unauthenticated, "This device has been shut out."))
	}
	tokens := s.tokens()
	if s.lost > 0 {
		s.lost--
		s.calls["lost"]++
		return nil, connect.NewError(connect.CodeUnavailable, errors.New("the answer is lost"))
	}
	return &tsugiv1.RefreshResponse{Tokens: tokens}, nil
}

// Push does what the test tells.
func (s *server) Push(ctx context.Context, req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
	if err := s.admit(ctx, "push"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	push := s.push
	s.mu.Unlock()
	return push(req)
}

// Tail does what the test tells.
func (s *server) Tail(ctx context.Context, _ *tsugiv1.TailRequest, out *connect.ServerStream[tsugiv1.TailResponse]) error {
	if err := s.admit(ctx, "tail"); err != nil {
		return err
	}
	s.mu.Lock()
	tail := s.tail
	s.mu.Unlock()
	return tail(ctx, out)
}

// Bootstrap returns the beginning of an empty log, or what the test tells.
func (s *server) Bootstrap(ctx context.Context, _ *tsugiv1.BootstrapRequest, out *connect.ServerStream[tsugiv1.BootstrapResponse]) error {
	if err := s.admit(ctx, "bootstrap"); err != nil {
		return err
	}
	s.mu.Lock()
	bootstrap, cursors := s.bootstrap, []*tsugiv1.Cursor{s.cursor(0)}
	s.mu.Unlock()
	if bootstrap != nil {
		return bootstrap(out)
	}
	return out.Send(&tsugiv1.BootstrapResponse{Cursors: cursors})
}

func (s *server) cursor(pos uint64) *tsugiv1.Cursor {
	everyone := id.Everyone()
	return &tsugiv1.Cursor{ScopeId: everyone[:], ScopePos: pos, EpochId: s.epoch.Bytes(), Hash: []byte{1}, Seal: []byte{2}}
}

// Fill does what the test tells.
func (s *server) Fill(ctx context.Context, req *tsugiv1.FillRequest, out *connect.ServerStream[tsugiv1.FillResponse]) error {
	if err := s.admit(ctx, "fill"); err != nil {
		return err
	}
	s.mu.Lock()
	fill := s.fill
	s.mu.Unlock()
	return fill(req, out)
}

// beat is a heartbeat of a server with three people.
func beat() *tsugiv1.TailResponse {
	return &tsugiv1.TailResponse{Heartbeat: &tsugiv1.Heartbeat{People: 3}}
}

// beating sends a heartbeat now and every fifteen seconds.
func beating(ctx context.Context, out *connect.ServerStream[tsugiv1.TailResponse]) error {
	heart := time.NewTicker(15 * time.Second)
	defer heart.Stop()
	for {
		if err := out.Send(beat()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-heart.C:
		}
	}
}

// accepting accepts every command.
func accepting(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
	resp := &tsugiv1.PushResponse{}
	for _, s := range req.GetSubmissions() {
		resp.Outcomes = append(resp.Outcomes, &tsugiv1.Outcome{Mid: s.GetMid(), Kind: tsugiv1.OutcomeKind_OUTCOME_KIND_ACCEPTED})
	}
	return resp, nil
}

// answering answers every command with a fault.
func answering(kind fault.Kind) func(*tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
	return func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
		resp, outcome := &tsugiv1.PushResponse{}, tsugiv1.OutcomeKind_OUTCOME_KIND_RETRY
		if kind == fault.OutOfOrder {
			outcome = tsugiv1.OutcomeKind_OUTCOME_KIND_OUT_OF_ORDER
		}
		for _, s := range req.GetSubmissions() {
			resp.Outcomes = append(resp.Outcomes, &tsugiv1.Outcome{
				Mid: s.GetMid(), Kind: outcome, Fault: &tsugiv1.Fault{Kind: uint32(kind), Message: "Later."},
			})
		}
		return resp, nil
	}
}
