package link_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"go.uber.org/goleak"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bundle is an enrolled client and its server, in a bubble in which time passes only as the test lets
// it.
type bundle struct {
	ctx    context.Context
	server *server
	*replica.Replica
	*link.Link
}

// inBubble runs test with a client that is enrolled and running.
func inBubble(t *testing.T, test func(*testing.T, *bundle)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bundle{ctx: context.Background(), server: newServer()}
		var err error
		if b.Replica, err = replica.Open(b.ctx, dir, clock.NewSystem()); err != nil {
			t.Fatal(err)
		}
		b.Link = link.New(link.Options{
			Replica: b.Replica, Clock: clock.NewSystem(), Logger: slog.New(slog.DiscardHandler), Transport: b.server.transport(),
		})
		ctx, cancel := context.WithCancel(b.ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b.Run(ctx)
		}()
		defer func() {
			cancel()
			<-ended
			synctest.Wait()
			if n := b.server.count("connections"); n != 0 {
				t.Errorf("%d connections are left open", n)
			}
			b.server.close()
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if s := b.Status().State; s != link.NotEnrolled {
			t.Errorf("before the enrolment the state is %d", s)
		}
		b.enrol(t)
		test(t, b)
	})
}

func (b *bundle) enrol(t *testing.T) {
	t.Helper()
	if err := b.Enrol(b.ctx, link.Enrolment{Address: "http://there", Code: "code", Device: "desk"}); err != nil {
		t.Fatal(err)
	}
}

// pass lets time pass, and everything happen that it brings.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (b *bundle) wantState(t *testing.T, want link.State, when string) {
	t.Helper()
	if got := b.Status(); got.State != want {
		t.Errorf("%s the state is %d, want %d: %v", when, got.State, want, got.Cause)
	}
}

func (b *bundle) write(t *testing.T) {
	t.Helper()
	in := id.New[id.Stream]()
	if _, err := b.Submit(b.ctx, in, incident.Declare{Title: "Checkout fails"}); err != nil {
		t.Fatal(err)
	}
}

// silent never says a word.
func silent(ctx context.Context, _ *tailStream) error {
	<-ctx.Done()
	return nil
}

type tailStream = connect.ServerStream[tsugiv1.TailResponse]

func TestHeartbeatsKeepTheConnectionAlive(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		began := time.Now() //nolint:forbidigo // the bubble's time
		pass(time.Second)
		for range 60 {
			b.wantState(t, link.Live, "while the heart beats")
			pass(time.Minute)
		}
		if s := b.Status(); s.People != 3 || s.Since.Sub(began) > time.Second {
			t.Errorf("%d people, since %s after the beginning", s.People, s.Since.Sub(began))
		}
		if n := b.server.count("tail"); n != 1 {
			t.Errorf("an hour took %d tails", n)
		}
	})
}

// The promise to the person: when the server is not heard, that is said, and within 40 seconds.
func TestSilenceIsToldAfterFortySeconds(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) {
			s.tail = func(ctx context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				<-ctx.Done() // the network swallows all that follows
				return nil
			}
		})
		pass(39 * time.Second)
		b.wantState(t, link.Live, "after 39 seconds")
		b.server.set(func(s *server) { s.tail = silent })
		pass(2 * time.Second)
		b.wantState(t, link.Offline, "after 41 seconds")
		if f := b.Status().Cause; f == nil || f.Kind != fault.Unavailable || b.Status().People != 0 {
			t.Errorf("the status is %+v", b.Status())
		}
	})
}

func TestAServerThatNeverSpeaksIsNotReached(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) { s.tail = silent })
		pass(9 * time.Second)
		b.wantState(t, link.Connecting, "after 9 seconds")
		pass(2 * time.Second)
		b.wantState(t, link.Offline, "after 11 seconds")
		b.server.set(func(s *server) { s.tail = beating })
		pass(21 * time.Second)
		b.wantState(t, link.Live, "when it speaks again")
	})
}

func TestAServerThatWasAwayIsFoundAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.wantState(t, link.Live, "at first")
		b.server.away(true)
		pass(time.Second)
		b.wantState(t, link.Offline, "when it has gone")
		since := b.Status().Since
		b.write(t)
		pass(5 * time.Minute)
		b.wantState(t, link.Offline, "five minutes later")
		if !b.Status().Since.Equal(since) || b.Unsent() != 1 {
			t.Errorf("offline since %s, %d changes wait", b.Status().Since, b.Unsent())
		}
		b.server.away(false)
		pass(11 * time.Second)
		b.wantState(t, link.Live, "ten seconds after it is back")
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes still wait", n)
		}
	})
}

// A refused push is tried again by the clock. What a person writes meanwhile must not hammer a server
// that is in trouble.
func TestAFailedPushWaitsForItsTimerAndNotForTheNextWord(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) { s.push = answering(fault.Storage) })
		pass(time.Second)
		b.write(t)
		pass(time.Minute)
		before := b.server.count("push")
		for range 100 {
			b.write(t)
			pass(100 * time.Millisecond)
		}
		if n := b.server.count("push") - before; n > 3 {
			t.Errorf("in ten seconds the server was asked %d times", n)
		}
		b.server.set(func(s *server) { s.push = accepting })
		pass(11 * time.Second)
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait although the server takes them again", n)
		}
		b.wantState(t, link.Live, "all the time")
	})
}

func TestTheOutboxGoesUpAsSoonAsTheServerIsBack(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		again, hangUp := make(chan struct{}), make(chan struct{})
		b.server.set(func(s *server) {
			s.push = func(*tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
				return nil, wire.Error(fault.New(fault.Unavailable, "The server is stopping."))
			}
			s.tail = func(ctx context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				<-hangUp
				return nil
			}
		})
		pass(time.Second)
		b.write(t)
		pass(time.Minute) // by now the push waits up to ten seconds
		b.server.set(func(s *server) {
			s.push = accepting
			s.tail = func(ctx context.Context, out *tailStream) error {
				close(again)
				return beating(ctx, out)
			}
		})
		close(hangUp)
		<-again
		pass(time.Millisecond)
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait although the server is back", n)
		}
	})
}

// Where all are sent back at once, the first to return is not told to be alone.
func TestTheFirstWordOfATailMakesNobodyAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) {
			s.tail = func(ctx context.Context, out *tailStream) error {
				for {
					if err := out.Send(&tsugiv1.TailResponse{Heartbeat: &tsugiv1.Heartbeat{People: 1}}); err != nil {
						return err
					}
					select {
					case <-ctx.Done():
						return nil
					case <-time.After(10 * time.Second):
					}
				}
			}
		})
		pass(time.Second)
		if s := b.Status(); s.State != link.Live || s.People != 0 {
			t.Errorf("after the first word the status is %+v", s)
		}
		pass(10 * time.Second)
		if s := b.Status(); s.People != 1 {
			t.Errorf("after the second word the status is %+v", s)
		}
	})
}
