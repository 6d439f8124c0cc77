package link_test

import (
	"context"
	"slices"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Attend notes what is said, and answers as the test tells.
func (s *server) Attend(ctx context.Context, req *tsugiv1.AttendRequest) (*tsugiv1.AttendResponse, error) {
	if err := s.admit(ctx, "attend"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, presence.Attention(req.GetAttention()))
	return &tsugiv1.AttendResponse{}, s.deaf
}

// wantSaid fails unless just that was said since the last call.
func (b *bundle) wantSaid(t *testing.T, when string, want ...presence.Attention) {
	t.Helper()
	b.server.set(func(s *server) {
		if !slices.Equal(s.said, want) {
			t.Errorf("%s it was said %v, want %v", when, s.said, want)
		}
		s.said = nil
	})
}

func TestARoomInTwoWindowsIsOnePresence(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Minute)
		b.wantSaid(t, "while nothing is shown")
		in := id.New[id.Incident]()
		first := b.Attend(in)
		pass(time.Second)
		b.wantSaid(t, "in the first window", presence.Looking)
		second := b.Attend(in)
		pass(time.Second)
		first()
		first() // twice is once
		pass(time.Second)
		b.wantSaid(t, "while a window goes")
		pass(time.Minute)
		b.wantSaid(t, "in a minute", presence.Looking, presence.Looking, presence.Looking)
		second()
		pass(time.Minute)
		b.wantSaid(t, "after the last window", presence.Left)
		b.Type(in, true)
		pass(time.Minute)
		b.wantSaid(t, "of what is not shown")
	})
}

// Whoever types for a minute says so every three seconds, and once that they have stopped.
func TestTypingIsSaidOnceInAWhile(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		in, other := id.New[id.Incident](), id.New[id.Incident]()
		leave, leaveOther := b.Attend(in), b.Attend(other)
		defer leave()
		defer leaveOther()
		pass(time.Second)
		b.wantSaid(t, "at first", presence.Looking, presence.Looking)
		b.Type(in, false) // nothing was typed
		for range 590 {
			b.Type(in, true)
			pass(100 * time.Millisecond)
		}
		typed, looked := 0, 0
		b.server.set(func(s *server) {
			for _, a := range s.said {
				if a == presence.Typing {
					typed++
				} else {
					looked++
				}
			}
			s.said = nil
		})
		if typed < 19 || typed > 20 || looked != 2 { // the other room is renewed meanwhile
			t.Errorf("in a minute it was said %d times that somebody types, and %d times that somebody looks", typed, looked)
		}
		b.Type(in, false)
		b.Type(in, false)
		pass(time.Millisecond)
		b.wantSaid(t, "when it is sent", presence.Looking)
	})
}

// What fails is not tried again, and changes nothing else.
func TestTheServersSilenceCostsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) { s.deaf = wire.Error(fault.New(fault.NotFound, "There is no such stream.")) })
		pass(time.Second)
		leave := b.Attend(id.New[id.Incident]())
		defer leave()
		pass(59 * time.Second)
		b.wantSaid(t, "to who does not want to know", presence.Looking, presence.Looking, presence.Looking)
		b.wantState(t, link.Live, "all the time")
		b.server.away(true)
		pass(time.Second)
		before := b.server.count("attend")
		b.write(t)
		pass(time.Minute)
		b.server.away(false)
		b.server.set(func(s *server) { s.deaf, s.said = nil, nil })
		pass(11 * time.Second)
		b.wantSaid(t, "when the server is back", presence.Looking)
		if n := b.server.count("attend") - before; n != 1 || b.Unsent() != 0 {
			t.Errorf("it was said %d times, and %d changes wait", n, b.Unsent())
		}
	})
}

// A server that was away for a moment knows nothing of who is here: the stream that told it has ended.
func TestItIsSaidAnewWhenATailBegins(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		hangUp := make(chan struct{})
		b.server.set(func(s *server) {
			s.tail = func(_ context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				<-hangUp
				return nil
			}
		})
		b.server.away(true)
		pass(time.Second)
		b.server.away(false)
		pass(11 * time.Second)
		in, gone := id.New[id.Incident](), id.New[id.Incident]()
		defer b.Attend(in)()
		leave := b.Attend(gone)
		b.Type(in, true)
		pass(time.Second)
		leave()
		pass(time.Second)
		b.server.set(func(s *server) { s.said, s.tail = nil, beating })
		close(hangUp)
		pass(500 * time.Millisecond)
		b.wantSaid(t, "on a new tail", presence.Looking)
		b.Type(in, true)
		pass(time.Millisecond)
		b.wantSaid(t, "to who has not heard it", presence.Typing)
	})
}

// Who else is there is shown while the server is heard, and not a moment longer.
func TestNobodyIsThereWhenTheLinkIsDown(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		in, ann := id.New[id.Incident](), id.New[id.Person]()
		tell, hangUp := make(chan *tsugiv1.Presence), make(chan struct{})
		b.server.set(func(s *server) {
			s.tail = func(ctx context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				for {
					select {
					case p := <-tell:
						if err := out.Send(&tsugiv1.TailResponse{Presences: []*tsugiv1.Presence{p}}); err != nil {
							return err
						}
					case <-hangUp:
						return nil
					}
				}
			}
		})
		b.server.away(true)
		pass(time.Second)
		b.server.away(false)
		pass(11 * time.Second)
		changed, stop := b.WatchAttendance()
		defer stop()
		told := &tsugiv1.Presence{IncidentId: in.Bytes(), Attendees: []*tsugiv1.Attendee{{PersonId: ann.Bytes(), Typing: true}}}
		tell <- told
		pass(time.Second)
		if got := b.Attending(in); !got.Empty() {
			t.Errorf("in what is not shown there is %+v", got)
		}
		defer b.Attend(in)()
		tell <- &tsugiv1.Presence{IncidentId: []byte{1}}
		tell <- told
		<-changed
		if got := b.Attending(in).Attendees; !slices.Equal(got, []presence.Attendee{{Person: ann, Typing: true}}) {
			t.Errorf("there is %+v", got)
		}
		tell <- told
		pass(time.Second)
		select {
		case <-changed:
			t.Error("what is the same was told as a change")
		default:
		}
		b.server.set(func(s *server) { s.tail = silent })
		close(hangUp)
		<-changed
		if got := b.Attending(in); !got.Empty() {
			t.Errorf("without a server there is %+v", got)
		}
	})
}
