package link_test

import (
	"context"
	"slices"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// declared is a batch that declares an incident in a scope.
func declared(t *testing.T, epoch id.Epoch, in id.Incident, scope id.Scope) []*tsugiv1.Batch {
	t.Helper()
	payload, err := wire.EncodeEvent(incident.Declared{Title: "Checkout fails", Severity: 2, Private: scope != id.Everyone()})
	if err != nil {
		t.Fatal(err)
	}
	raw := wire.AppendBatch(nil, 1, stream.Batch{
		Events: []stream.Stored{{Payload: payload, Envelope: id.Envelope{
			Stream: id.Stream(in), Kind: id.KindIncident, StreamSeq: 1, Scope: scope, ScopePos: 1, Command: id.New[id.Command](),
		}}},
		Cursor: stream.Cursor{Scope: scope, Pos: 1, Hash: []byte{1}, Epoch: epoch, Seal: []byte{2}},
	})
	var m tsugiv1.TailResponse
	if _, err := wire.Raw(raw, &m, false); err != nil {
		t.Fatal(err)
	}
	return m.GetBatches()
}

// What a heartbeat does not name any more is purged, behind all that came with it; what everybody sees stays, and so does the rest.
func TestWhatAHeartbeatDoesNotNameIsPurged(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		next := make(chan *tsugiv1.TailResponse)
		b.server.set(func(s *server) {
			s.tail = func(ctx context.Context, out *tailStream) error {
				for {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case m := <-next:
						if err := out.Send(m); err != nil {
							return err
						}
					}
				}
			}
		})
		b.server.away(true)
		pass(time.Second)
		b.server.away(false)
		pass(8 * time.Second)
		stays, goes, shown := id.New[id.Incident](), id.New[id.Incident](), id.New[id.Incident]()
		tell := func(batches []*tsugiv1.Batch, private ...id.Incident) {
			m := beat()
			m.Batches = batches
			for _, in := range private {
				m.Heartbeat.PrivateScopeIds = append(m.Heartbeat.PrivateScopeIds, id.Private(in).Bytes())
			}
			next <- m
			pass(time.Second)
		}
		epoch := b.server.epoch
		all := slices.Concat(declared(t, epoch, stays, id.Private(stays)), declared(t, epoch, goes, id.Private(goes)), declared(t, epoch, shown, id.Private(shown)))
		tell(all, stays, goes, shown)
		want := func(when string, want map[id.Incident]bool) {
			t.Helper()
			for in, is := range want {
				state, err := b.Incident(b.ctx, in)
				if err != nil || state.Exists() != is {
					t.Errorf("%s there is %+v, %v; want %v", when, state, err, is)
				}
			}
		}
		want("at first", map[id.Incident]bool{stays: true, goes: true, shown: true})
		tell(declared(t, epoch, shown, id.Everyone()), stays)
		want("afterwards", map[id.Incident]bool{stays: true, goes: false, shown: true})
		next <- &tsugiv1.TailResponse{} // one that names nothing says nothing of it
		pass(time.Second)
		want("at the end", map[id.Incident]bool{stays: true, goes: false, shown: true})
	})
}

// Before each tail it is noted what that has to bring: of a private incident that its declarer was taken out of before they heard of it,
// nothing ever comes.
func TestWhatATailShouldHaveBroughtIsGivenUp(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) {
			s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
				resp, err := accepting(req)
				for _, o := range resp.GetOutcomes() {
					o.StreamSeq, o.Epoch = 2, s.epoch.Bytes()
				}
				return resp, err
			}
		})
		pass(8 * time.Second) // the tail is there
		in := id.New[id.Incident]()
		if _, err := b.Submit(b.ctx, id.Stream(in), incident.Declare{Title: "Checkout fails", Private: true}); err != nil {
			t.Fatal(err)
		}
		shown := func(when string, want bool) {
			t.Helper()
			if state, err := b.Incident(b.ctx, in); err != nil || state.Exists() != want {
				t.Errorf("%s there is %+v, %v", when, state, err)
			}
		}
		pass(20 * time.Second)
		shown("as long as the tail lasts that was there before", true)
		b.server.away(true)
		pass(time.Second)
		b.server.away(false)
		pass(40 * time.Second)
		shown("behind the next one", false)
	})
}
