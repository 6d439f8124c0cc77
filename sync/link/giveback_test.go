package link_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// GiveBack notes what comes and answers as the test says.
func (s *server) GiveBack(_ context.Context, req *tsugiv1.GiveBackRequest) (*tsugiv1.GiveBackResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["gift"]++
	if s.gift != nil {
		if err := s.gift(req); err != nil {
			return nil, wire.Error(err)
		}
	}
	return &tsugiv1.GiveBackResponse{}, nil
}

// seen gives the client's copy events of somebody else's, of n commands in one room, and has it hear of a new life of the log.
func (b *bundle) seen(t *testing.T, n int) {
	t.Helper()
	room, now := id.New[id.Stream](), clock.NewSystem().Now()
	batch := stream.Batch{Cursor: stream.Cursor{Scope: id.Everyone(), Pos: uint64(n), Epoch: id.New[id.Epoch](), Seal: []byte{1}}}
	for i := range n {
		payload, err := wire.EncodeEvent(incident.Written{Entry: id.New[id.Entry](), Text: fmt.Sprint("entry ", i)})
		if err != nil {
			t.Fatal(err)
		}
		batch.Events = append(batch.Events, stream.Stored{
			Envelope: id.Envelope{
				Stream: room, Kind: id.KindIncident, StreamSeq: uint64(i + 1), Scope: id.Everyone(), ScopePos: uint64(i + 1),
				Command: id.New[id.Command](), Actor: id.Actor{Person: id.Person{9}}, Received: now, Occurred: now,
			},
			Payload: payload, Seal: []byte{1, 2, 3},
		})
	}
	if err := b.Apply(b.ctx, []stream.Batch{batch}); err != nil {
		t.Fatal(err)
	}
	b.server.away(true)
	pass(time.Second)
	var epoch id.Epoch
	b.server.set(func(s *server) { s.epoch = id.New[id.Epoch](); epoch = s.epoch })
	if err := b.OfferAgain(b.ctx, epoch, true); err != nil {
		t.Fatal(err)
	}
	if err := b.Bootstrap(b.ctx, replica.Snapshot{Cursors: []stream.Cursor{{Scope: id.Everyone(), Epoch: epoch, Seal: []byte{1}}}}); err != nil {
		t.Fatal(err)
	}
	b.server.away(false)
	pass(11 * time.Second)
}

func (b *bundle) kept(t *testing.T) int {
	t.Helper()
	kept, err := b.Kept(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return len(kept)
}

func TestOthersAreGivenBackForOnceTheirAuthorsHadTheirTime(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		records := 0
		b.server.set(func(s *server) {
			s.gift = func(req *tsugiv1.GiveBackRequest) error {
				records += len(req.GetRecords())
				if len(req.GetEpoch()) == 0 {
					return fault.New(fault.Reset, "Of which life?")
				}
				return nil
			}
		})
		pass(time.Second)
		b.seen(t, 3)
		pass(100 * time.Second)
		if n := b.server.count("gift"); n > 0 {
			t.Errorf("within two minutes %d gifts came", n)
		}
		pass(2 * time.Minute)
		if n := b.server.count("gift"); n != 1 || records != 3 || b.kept(t) != 0 {
			t.Errorf("%d gifts came with %d records, and %d streams are kept", n, records, b.kept(t))
		}
		pass(time.Hour)
		if n := b.server.count("gift"); n != 1 {
			t.Errorf("%d gifts came", n)
		}
	})
}

// One event that the server does not know as its own costs only itself; what is too late, or never to be seen, is given up;
// what cannot be taken yet is offered again.
func TestAGiftThatIsRefused(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]struct{ least, most, kept int }{
		fault.Denied:      {5, 9, 0}, // 4 commands: halves of halves
		fault.Gone:        {1, 1, 0},
		fault.NotFound:    {1, 1, 0},
		fault.OutOfOrder:  {3, 8, 1},
		fault.Unavailable: {3, 8, 1},
	} {
		inBubble(t, func(t *testing.T, b *bundle) {
			t.Helper()
			taken := 0
			b.server.set(func(s *server) {
				s.gift = func(req *tsugiv1.GiveBackRequest) error {
					for _, r := range req.GetRecords() {
						if kind != fault.Denied || r.GetStreamSeq() == 2 {
							return fault.New(kind, "No.")
						}
					}
					taken += len(req.GetRecords())
					return nil
				}
			})
			pass(time.Second)
			b.seen(t, 4)
			pass(15 * time.Minute)
			if n := b.server.count("gift"); n < want.least || n > want.most || b.kept(t) != want.kept {
				t.Errorf("fault %d: %d gifts came, and %d streams are kept", kind, n, b.kept(t))
			}
			if kind == fault.Denied && taken != 3 {
				t.Errorf("beside one that is not known, %d of 3 were taken", taken)
			}
		})
	}
}
