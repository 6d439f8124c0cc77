package protocol_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

var errFull = errors.New("the disk is full")

// store is an outbox of one command, whose generation cannot be confirmed.
type store struct {
	protocol.OutboxStore
	answer *stream.Outcome
}

func (s *store) Open(context.Context) ([]protocol.Pending, error) {
	return []protocol.Pending{{Submission: stream.Submission{Mid: 1}, Outcome: s.answer}}, nil
}

func (s *store) Identity(context.Context) (protocol.Identity, error) {
	return protocol.Identity{Former: [][]byte{{1}}}, nil
}

func (s *store) Settle(_ context.Context, _ protocol.Identity, final []stream.Outcome) (bool, error) {
	s.answer = &final[0]
	return true, nil
}

func (s *store) Lives(context.Context) ([]id.Epoch, error) { return nil, nil }

func (s *store) Confirm(context.Context) error { return errFull }

func (s *store) Close(context.Context, []protocol.Pending) error { return nil }

// beside is a copy of nothing.
type beside struct{ protocol.Copy }

func (beside) Seen(context.Context) (id.Epoch, error) { return id.Epoch{}, nil }

func (beside) Life(context.Context) (id.Epoch, error) { return id.Epoch{}, nil }

// copied is a copy of a life of the log, in which five events of every stream are here.
type copied struct {
	protocol.Copy
	life id.Epoch
}

func (c copied) Life(context.Context) (id.Epoch, error) { return c.life, nil }

func (copied) Confirmed(context.Context, protocol.Pending) (uint64, error) { return 5, nil }

// What is stored must be remembered, whatever fails behind it: else what is shown is not what a restart would show, and the
// command is sent once more.
func TestAStoredAnswerIsRememberedThoughTheGenerationIsNot(t *testing.T) {
	t.Parallel()
	o := protocol.NewOutbox(&store{}, beside{})
	if err := o.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	who, out, err := o.Outgoing(t.Context(), 9)
	if err != nil || len(out) != 1 {
		t.Fatalf("%d are sent, %v", len(out), err)
	}
	if err := o.Settle(t.Context(), who, []stream.Outcome{{Mid: 1, Kind: stream.Accepted}}); !errors.Is(err, errFull) {
		t.Errorf("a full disk gave %v", err)
	}
	if _, out, err := o.Outgoing(t.Context(), 9); err != nil || len(out) != 0 {
		t.Errorf("%d are sent once more, %v", len(out), err)
	}
}

// A restored server counts anew: that five events of a stream are here says nothing of the one that was the third in another life.
func TestAPlaceInAnotherLifeConfirmsNothing(t *testing.T) {
	t.Parallel()
	former, now := id.Epoch{1}, id.Epoch{2}
	for _, c := range []struct {
		answered, here id.Epoch
		left           int
	}{{former, former, 0}, {former, now, 1}, {now, former, 1}, {id.Epoch{}, now, 0}} {
		o := protocol.NewOutbox(&store{answer: &stream.Outcome{Mid: 1, Kind: stream.Accepted, Seq: 3, Epoch: c.answered}}, copied{life: c.here})
		if err := errors.Join(o.Read(t.Context()), o.Drop(t.Context(), nil)); err != nil {
			t.Fatal(err)
		}
		if len(o.Pending) != c.left {
			t.Errorf("answered in %s, with %s here, %d wait, not %d", c.answered.Short(), c.here.Short(), len(o.Pending), c.left)
		}
	}
}
