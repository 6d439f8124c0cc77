package rpc

import (
	"context"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// presenceField is the field number of presences in TailResponse.
const presenceField = 3

// pulse is what an open tail says besides what is committed: that the server is there, and who else attends what the
// device attends. Commits, and how they are held back under load, know nothing of it.
type pulse struct {
	sync     *Sync
	follower *ledger.Follower
	felt     atomic.Bool // there may be something to take
	heart    *time.Timer
	due      atomic.Bool // the heart is to beat
	listener *attendance.Listener
}

// newPulse returns the pulse of a tail. Its heart beats on a timer only: a heartbeat that depended on what happens
// would tell about it.
func (s *Sync) newPulse(ctx context.Context, f *ledger.Follower) *pulse {
	p := &pulse{sync: s, follower: f}
	p.heart = time.AfterFunc(heartEvery, func() {
		p.due.Store(true)
		p.nudge()
	})
	p.listener = s.Attendance.Listen(actor(ctx), p.nudge)
	return p
}

func (p *pulse) nudge() {
	p.felt.Store(true)
	p.follower.Nudge()
}

// take appends to dst what is to be said, which may be nothing.
func (p *pulse) take(dst []byte) ([]byte, error) {
	if !p.felt.CompareAndSwap(true, false) {
		return dst, nil
	}
	for _, room := range p.listener.Take() {
		dst = wire.AppendPresence(dst, presenceField, room)
	}
	if !p.due.CompareAndSwap(true, false) {
		return dst, nil
	}
	p.heart.Reset(heartEvery)
	beat, err := p.sync.heartbeat(p.follower)
	if err != nil {
		return dst, err
	}
	return proto.MarshalOptions{}.MarshalAppend(dst, &tsugiv1.TailResponse{Heartbeat: beat})
}

func (p *pulse) stop() {
	p.heart.Stop()
	p.listener.Close()
}

// Attend tells those who attend the same incident. That whoever asks may see it is checked like everything else that
// is asked of a stream.
func (s *Sync) Attend(ctx context.Context, req *tsugiv1.AttendRequest) (*tsugiv1.AttendResponse, error) {
	in, how, err := wire.AttendFrom(req)
	if err != nil {
		return nil, wire.Error(err)
	}
	if _, err := s.Ledger.Sight(ctx, in, actor(ctx).Person); err != nil {
		return nil, wire.Error(err)
	}
	s.Attendance.Attend(actor(ctx), in, how)
	return &tsugiv1.AttendResponse{}, nil
}
