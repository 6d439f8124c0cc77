package link_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func refusing(kind fault.Kind) func(context.Context, *tailStream) error {
	return func(context.Context, *tailStream) error { return wire.Error(fault.New(kind, "No.")) }
}

// A server that sends its clients back to the start for ever must not be hammered by all of them, and
// the people must be told.
func TestEndlessResetsAreBrokenOff(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) { s.tail = refusing(fault.Reset) })
		pass(time.Second)
		b.wantState(t, link.Stuck, "after some resets")
		if n := b.server.count("bootstrap"); n > 7 {
			t.Errorf("the server was asked for %d bootstraps", n)
		}
		before := b.server.count("bootstrap")
		pass(58 * time.Second)
		if n := b.server.count("bootstrap") - before; n > 0 {
			t.Errorf("within the minute it was asked for %d more", n)
		}
		b.server.set(func(s *server) { s.tail = beating })
		pass(time.Minute)
		b.wantState(t, link.Live, "when the server has come to its senses")
	})
}

func TestResetsWithAHeartbeatBeforeAreNotHammeredEither(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.Reset, fault.Resume} {
		inBubble(t, func(t *testing.T, b *bundle) {
			t.Helper()
			b.server.set(func(s *server) {
				s.tail = func(_ context.Context, out *tailStream) error {
					if kind == fault.Reset {
						return errors.Join(out.Send(beat()), wire.Error(fault.New(kind, "No.")))
					}
					return wire.Error(fault.New(kind, "No."))
				}
			})
			pass(10 * time.Second)
			if n := b.server.count("tail"); n > 100 {
				t.Errorf("fault %d: in ten seconds there were %d tails", kind, n)
			}
			b.server.set(func(s *server) { s.tail = beating })
			pass(11 * time.Second)
			b.wantState(t, link.Live, "afterwards")
		})
	}
}

// A server that sends a client back to the start was restored to its past: what it once accepted is
// offered again, under a new client id, though the epoch may be the same.
func TestAfterAResetEverythingIsOfferedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		var pushed []string
		b.server.set(func(s *server) {
			s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
				for _, sub := range req.GetSubmissions() {
					pushed = append(pushed, fmt.Sprintf("%x %d", req.GetClientId(), sub.GetMid()))
				}
				return accepting(req)
			}
		})
		pass(time.Second)
		b.write(t)
		b.write(t)
		pass(time.Second)
		b.server.set(func(s *server) { s.tail = refusing(fault.Reset) })
		b.server.away(true)
		pass(time.Second)
		b.server.away(false)
		pass(11 * time.Second)
		b.server.set(func(s *server) { s.tail = beating })
		pass(2 * time.Minute)
		b.wantState(t, link.Live, "after the reset")
		clients, last := map[string]bool{}, pushed[len(pushed)-2:]
		for _, p := range pushed {
			clients[strings.Fields(p)[0]] = true
		}
		if len(clients) < 2 || !strings.HasSuffix(last[0], " 1") || !strings.HasSuffix(last[1], " 2") {
			t.Errorf("pushed were %q", pushed)
		}
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait", n)
		}
	})
}

func TestAServerThatForgotAnOutboxIsOfferedAllOfIt(t *testing.T) {
	t.Parallel()
	for kind, all := range map[fault.Kind]int{fault.OutOfOrder: 2, fault.Copied: 1} {
		inBubble(t, func(t *testing.T, b *bundle) {
			t.Helper()
			pass(time.Second)
			b.write(t)
			pass(time.Second)
			var offered []uint64
			b.server.set(func(s *server) {
				s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
					s.set(func(s *server) {
						s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
							for _, sub := range req.GetSubmissions() {
								offered = append(offered, sub.GetMid())
							}
							return accepting(req)
						}
					})
					return answering(kind)(req)
				}
			})
			b.write(t)
			pass(20 * time.Second)
			if len(offered) != all || offered[0] != 1 || b.Unsent() != 0 {
				t.Errorf("fault %d: offered were %v, %d changes wait", kind, offered, b.Unsent())
			}
		})
	}
}

// A hundred long entries have more than the server reads at once. They must not be stuck for ever.
func TestLongEntriesTravelInPieces(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		const most = 4 << 20
		largest := 0
		b.server.set(func(s *server) {
			s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
				if largest = max(largest, proto.Size(req)); largest > most {
					return nil, wire.Error(fault.New(fault.TooLarge, "Too large."))
				}
				return accepting(req)
			}
		})
		b.server.away(true)
		in := id.New[id.Stream]()
		if _, err := b.Submit(b.ctx, in, incident.Declare{}); err != nil {
			t.Fatal(err)
		}
		for range 99 {
			if _, err := b.Submit(b.ctx, in, incident.Write{Text: strings.Repeat("事", incident.MaxText)}); err != nil {
				t.Fatal(err)
			}
		}
		b.server.away(false)
		pass(time.Minute)
		if n := b.Unsent(); n != 0 || largest > most {
			t.Errorf("%d changes wait, the largest push had %d bytes", n, largest)
		}
	})
}

// What is missing is fetched behind the window, newest first, and after a failure again.
func TestGapsAreFilled(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		everyone, parts := id.Everyone(), 0
		b.server.set(func(s *server) {
			s.tail = func(ctx context.Context, out *tailStream) error {
				if err := out.Send(beat()); err != nil {
					return err
				}
				// The gap comes with a later message than the first.
				gap := &tsugiv1.Batch{Cursor: s.cursor(10), GapLow: 2, GapHigh: 10}
				if err := out.Send(&tsugiv1.TailResponse{Batches: []*tsugiv1.Batch{gap}}); err != nil {
					return err
				}
				return beating(ctx, out)
			}
			s.fill = func(req *tsugiv1.FillRequest, out *connect.ServerStream[tsugiv1.FillResponse]) error {
				if id.Scope(req.GetScopeId()) != everyone || req.GetAfter() != 2 {
					t.Errorf("asked for %+v", req)
				}
				if parts++; parts == 1 {
					return wire.Error(fault.New(fault.Unavailable, "Later."))
				}
				if parts == 2 { // and then it is cut off in the middle
					return errors.Join(out.Send(&tsugiv1.FillResponse{Low: 6}), wire.Error(fault.New(fault.Unavailable, "Cut.")))
				}
				if req.GetBefore() != 7 {
					t.Errorf("asked again for %+v", req)
				}
				return errors.Join(out.Send(&tsugiv1.FillResponse{Low: 4}), out.Send(&tsugiv1.FillResponse{Low: 2}))
			}
		})
		pass(30 * time.Second)
		gaps, err := b.Gaps(b.ctx)
		if err != nil || len(gaps) != 0 || parts != 3 {
			t.Errorf("after %d fills there are the gaps %v, %v", parts, gaps, err)
		}
		b.wantState(t, link.Live, "all the time")
	})
}

// A replica that turns out to be damaged while it is open is made anew, and fetched again.
func TestADamagedReplicaIsFetchedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) { s.push = answering(fault.Unavailable) })
		pass(time.Second)
		b.write(t)
		bootstraps := b.server.count("bootstrap")
		if err := b.Apply(b.ctx, []stream.Batch{{Heads: []stream.Head{{ // what cannot be read, as from a bad disk
			Stream: id.New[id.Stream](), Kind: id.KindIncident, Scope: id.Everyone(), Seq: 1, State: []byte("nonsense"),
		}}}}); !fault.Is(err, fault.Corrupt) {
			t.Fatal(err)
		}
		pass(5 * time.Second)
		b.wantState(t, link.Live, "afterwards")
		if b.Damaged() || !b.Rebuilt() || b.Unsent() != 1 || b.server.count("bootstrap") != bootstraps+1 {
			t.Errorf("damaged %v, rebuilt %v, %d changes wait, %d bootstraps", b.Damaged(), b.Rebuilt(), b.Unsent(), b.server.count("bootstrap")-bootstraps)
		}
	})
}

func TestWhoWatchesHearsOfEveryState(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		changed, stop := b.Link.Watch()
		quiet := func(when string, want int) {
			t.Helper()
			if len(changed) != want {
				t.Errorf("%s there are %d signals, want %d", when, len(changed), want)
			}
		}
		pass(time.Minute)
		quiet("while nothing changes", 0)
		b.server.away(true)
		pass(time.Second)
		quiet("when the server has gone", 1)
		<-changed
		stop()
		b.server.away(false)
		pass(20 * time.Second)
		quiet("after it was ended", 0)
	})
}
