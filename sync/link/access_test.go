package link_test

import (
	"context"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func TestTokensAreRenewedWithoutLosingTheStream(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		for range 12 { // an hour of writing, with tokens of ten minutes
			b.write(t)
			pass(5 * time.Minute)
			if n := b.Unsent(); n != 0 {
				t.Fatalf("%d changes wait", n)
			}
		}
		if n := b.server.count("tail"); n != 1 {
			t.Errorf("the stream was opened %d times", n)
		}
		if n := b.server.count("refresh"); n < 5 || n > 8 {
			t.Errorf("the tokens were renewed %d times", n)
		}
		if n := b.server.count("refused"); n != 0 {
			t.Errorf("%d requests carried a token that had run out", n)
		}
		if d, _ := b.Device(); d.Refresh == "b" {
			t.Error("the new refresh token was not stored")
		}
	})
}

// The server has moved on to a new refresh token, but its answer never came: the old one is shown
// again, and works.
func TestALostAnswerToARefreshIsNoHarm(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.server.set(func(s *server) { s.lost = 2 })
		pass(10 * time.Minute)
		b.write(t)
		pass(5 * time.Second)
		b.wantState(t, link.Live, "after two lost answers")
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait", n)
		}
		if n := b.server.count("lost"); n != 2 {
			t.Errorf("%d answers were lost", n)
		}
	})
}

// A token may be refused though the client takes it for good, as when its clock was set back. A new
// one is fetched at once; nobody is told that he is shut out.
func TestARefusedTokenIsReplacedAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.server.away(true)
		pass(10 * time.Second) // by now some tries have failed
		b.server.set(func(s *server) { s.stale = "tail" })
		b.server.away(false)
		b.write(t)
		pass(11 * time.Second)
		b.wantState(t, link.Live, "with a new token")
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait", n)
		}
	})
}

// How old a command is, the server takes from what the client's clocks show when it is sent. Until a token is there that may be long:
// where one has run out, and where one was refused.
func TestAPushTellsTheTimeAtWhichItGoesOnItsWay(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		var late []time.Duration
		b.server.set(func(s *server) {
			s.slow = 3 * time.Second
			s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
				late = append(late, time.Since(wire.Time(req.GetNow().GetWallUs())).Round(time.Millisecond)) //nolint:forbidigo // see admit
				return accepting(req)
			}
		})
		pass(tokenLife)
		refreshed := b.server.count("refresh")
		b.write(t)
		pass(10 * time.Second)
		if n := b.server.count("refresh") - refreshed; n != 1 {
			t.Fatalf("the token was replaced %d times", n)
		}
		b.server.set(func(s *server) { s.stale = "push" })
		b.write(t)
		pass(10 * time.Second)
		if n := b.server.count("refused"); n != 1 {
			t.Fatalf("%d tokens were refused", n)
		}
		if len(late) != 2 || late[0] != 0 || late[1] != 0 {
			t.Errorf("what was pushed told the time of %v before", late)
		}
	})
}

// A revoked device hears it at once, keeps what it has, and can be let in again.
func TestARevokedDeviceIsShutOutAndCanComeBack(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		revoked := make(chan struct{})
		b.server.set(func(s *server) {
			s.tail = func(_ context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				<-revoked
				return wire.Error(fault.New(fault.Unauthenticated, "This device has been shut out."))
			}
		})
		pass(time.Second)
		b.wantState(t, link.Live, "at first")
		b.server.set(func(s *server) { s.out = true })
		close(revoked)
		pass(time.Second)
		b.wantState(t, link.ShutOut, "a second after it was revoked")
		if f := b.Status().Cause; f == nil || f.Kind != fault.Unauthenticated {
			t.Errorf("the cause is %v", f)
		}
		b.write(t)
		tails := b.server.count("tail")
		pass(10 * time.Minute)
		b.wantState(t, link.ShutOut, "ten minutes later")
		if n := b.server.count("tail") - tails; n > 0 {
			t.Errorf("a device that is shut out opened %d tails", n)
		}
		b.server.set(func(s *server) { s.tail = beating })
		b.enrol(t)
		pass(time.Second)
		b.wantState(t, link.Live, "enrolled again")
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes were not sent after all", n)
		}
	})
}

func TestAWrongCodeIsTold(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		before, _ := b.Device()
		for code, e := range map[fault.Kind]link.Enrolment{
			fault.Denied:      {Address: "http://there", Code: "wrong"},
			fault.Invalid:     {Address: "ftp://there", Code: "code"},
			fault.Unavailable: {Address: "http://elsewhere", Code: "code"},
		} {
			if err := b.Enrol(b.ctx, e); !fault.Is(err, code) {
				t.Errorf("%+v: %v", e, err)
			}
		}
		if after, _ := b.Device(); after.Actor != before.Actor {
			t.Error("a refused enrolment has changed the device")
		}
	})
}

func TestSomebodyElseCannotTakeTheFolderWhileChangesWait(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.server.set(func(s *server) { s.push = answering(fault.Unavailable) })
		b.write(t)
		b.server.set(func(s *server) { s.person = id.New[id.Person]() })
		err := b.Enrol(b.ctx, link.Enrolment{Address: "http://there", Code: "code"})
		if f := fault.Find(err); f == nil || f.Kind != fault.Denied || f.Safe == "" || f.Do == "" {
			t.Errorf("got %v", err)
		}
		pass(time.Second)
		b.wantState(t, link.Live, "for the one who was here")
		if n := b.Unsent(); n != 1 {
			t.Errorf("%d changes wait", n)
		}
	})
}

func TestWithoutAnEnrolmentEverythingSaysSo(t *testing.T) {
	t.Parallel()
	l := link.New(link.Options{Clock: fixed{}})
	if _, err := l.Invite(t.Context(), "Bob", "", id.Person{}, false); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("invite: %v", err)
	}
	if err := l.Backfill(t.Context(), id.New[id.Stream](), 9); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("backfill: %v", err)
	}
}

func TestAddressesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"localhost:7310": "http://localhost:7310", "127.0.0.1:7310": "http://127.0.0.1:7310", " tsugi.example.org/ ": "https://tsugi.example.org",
		"https://tsugi.example.org": "https://tsugi.example.org", "http://10.0.0.1:7310": "http://10.0.0.1:7310", "[::1]:7310": "http://[::1]:7310",
		"": "", "ftp://x": "", "http://": "", "https://a b": "", "://": "", "http://x:y:z": "",
	} {
		got, err := link.Address(typed)
		if got != want || (want == "") != fault.Is(err, fault.Invalid) {
			t.Errorf("%q is read as %q, %v; want %q", typed, got, err, want)
		}
	}
}

type fixed struct{}

func (fixed) Now() time.Time       { return time.Time{} }
func (fixed) Moment() clock.Moment { return clock.Moment{} }
