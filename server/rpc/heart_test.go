package rpc_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// pipes is a listener without a network, so that time may stand still around it.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialled:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (p pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	mine, theirs := net.Pipe()
	select {
	case p.dialled <- theirs:
		return mine, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	}
}

// inBubble runs test with an office in a bubble in which time passes only as the test lets it.
func inBubble(t *testing.T, test func(*testing.T, *office)) {
	t.Helper()
	if databasetest.OnPostgres() {
		t.Skip("time does not stand still around a socket")
	}
	synctest.Test(t, func(t *testing.T) {
		o := furnish(t, clock.NewSystem())
		way := pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
		o.web = &httptest.Server{Listener: way, Config: &http.Server{Handler: rpc.Handler(o.options), ReadHeaderTimeout: time.Minute}}
		o.web.Start()
		defer o.web.Close()
		transport := &http.Transport{DialContext: way.dial}
		defer transport.CloseIdleConnections()
		o.web.Client().Transport = transport
		o.admin = o.enrol(t, o.invite(t, "Admin", true))
		test(t, o)
	})
}

// A heartbeat that depended on what happens would tell about it. It comes every fifteen seconds,
// whatever happens.
func TestTheHeartBeatsByTheClockAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		ctx, cancel := context.WithCancel(o.ctx)
		defer cancel()
		tail, err := o.admin.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, o.admin)})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now() //nolint:forbidigo // the bubble's time
		var beats []time.Duration
		events, ended := 0, make(chan struct{})
		go func() {
			defer close(ended)
			for tail.Receive() {
				if tail.Msg().GetHeartbeat() != nil {
					beats = append(beats, time.Since(began)) //nolint:forbidigo // the bubble's time
				}
				for _, b := range tail.Msg().GetBatches() {
					events += len(b.GetRecords())
				}
			}
			_ = tail.Close()
		}()
		<-time.After(time.Second)
		in := o.admin.declare(t, o)
		for range 50 {
			<-time.After(700 * time.Millisecond)
			o.admin.push(t, o, in, write("word"))
		}
		<-time.After(25 * time.Second)
		cancel()
		<-ended
		if len(beats) != 5 || events != 51 {
			t.Fatalf("in a minute there were %d beats and %d events", len(beats), events)
		}
		for i, at := range beats {
			if late := at - time.Duration(i)*15*time.Second; late < 0 || late > 50*time.Millisecond {
				t.Errorf("beat %d came after %s", i, at)
			}
		}
	})
}

// An outsider hears at the same moments whether or not something happens where they may not look.
func TestWhatIsHiddenMakesNoTick(t *testing.T) {
	t.Parallel()
	ticks := func(busy bool) (heard []time.Duration) {
		inBubble(t, func(t *testing.T, o *office) {
			t.Helper()
			bob := o.enrol(t, o.invite(t, "Bob", false))
			in := o.admin.declare(t, o)
			ctx, cancel := context.WithCancel(o.ctx)
			defer cancel()
			tail, err := bob.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, bob)})
			if err != nil {
				t.Fatal(err)
			}
			began, ended := time.Now(), make(chan struct{}) //nolint:forbidigo // the bubble's time
			go func() {
				defer close(ended)
				for tail.Receive() {
					heard = append(heard, time.Since(began).Round(100*time.Millisecond)) //nolint:forbidigo // the bubble's time
				}
				_ = tail.Close()
			}()
			for upto := range uint64(40) {
				<-time.After(time.Second)
				if busy {
					o.admin.push(t, o, id.Reader(o.admin.actor.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: upto + 1})
				}
			}
			cancel()
			<-ended
		})
		return heard
	}
	quiet, busy := ticks(false), ticks(true)
	if len(quiet) < 3 || !slices.Equal(quiet, busy) {
		t.Errorf("an outsider heard at %v; while somebody read, at %v", quiet, busy)
	}
}

func TestAPullEndsBeforeProxiesLosePatience(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		began := time.Now() //nolint:forbidigo // the bubble's time
		_, err := o.admin.sync.Pull(o.ctx, &tsugiv1.PullRequest{Cursors: o.ends(t, o.admin), WaitMs: 1 << 31})
		if took := time.Since(began); err != nil || took < 54*time.Second || took > 56*time.Second { //nolint:forbidigo // the bubble's time
			t.Errorf("it took %s, %v", took, err)
		}
	})
}

// Access tokens run out while a stream is open; the stream goes on, and a new one needs a new token.
func TestAStreamOutlivesItsToken(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		ctx, cancel := context.WithCancel(o.ctx)
		defer cancel()
		ends := o.ends(t, o.admin)
		tail, err := o.admin.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: ends})
		if err != nil {
			t.Fatal(err)
		}
		for range 4*11 + 1 {
			if !tail.Receive() {
				t.Fatal(tail.Err())
			}
		}
		if _, err := o.admin.sync.Pull(o.ctx, &tsugiv1.PullRequest{}); err == nil {
			t.Error("a token is good after eleven minutes")
		}
		if o.admin.tokens, err = o.refresh(o.admin, o.admin.tokens.GetRefresh()); err != nil {
			t.Fatal(err)
		}
		o.admin.push(t, o, id.New[id.Stream](), write("refused, but read"))
		cancel()
		_ = tail.Close()
	})
}
