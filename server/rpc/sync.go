package rpc

import (
	"context"
	"errors"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// heartEvery is how often a tail says that the server is there.
const heartEvery = 15 * time.Second

// maxWait is how long a Pull may wait.
const maxWait = 55 * time.Second

// maxSubmissions is how many commands one Push may carry.
const maxSubmissions = 1000

// Sync serves commands up and events down. It is the sync service of the wire.
type Sync struct{ Options }

// Push decides and stores commands.
func (s *Sync) Push(ctx context.Context, req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
	push, err := s.pushFrom(ctx, req)
	if err != nil {
		return nil, wire.Error(err)
	}
	result, err := s.Ledger.Push(ctx, push)
	if err != nil {
		return nil, wire.Error(err)
	}
	resp := &tsugiv1.PushResponse{LastMid: result.LastMid, ServerUs: wire.Micros(s.Clock.Now())}
	for _, o := range result.Outcomes {
		o.Epoch = s.Ledger.Epoch()
		resp.Outcomes = append(resp.Outcomes, wire.OutcomeTo(o))
	}
	return resp, nil
}

func (s *Sync) pushFrom(ctx context.Context, req *tsugiv1.PushRequest) (ledger.Push, error) {
	client, err := id.From[id.Client](req.GetClientId())
	var check fault.Check
	if err != nil || client.IsZero() {
		check.Add("client_id", "is no id of 16 bytes")
	}
	if n := len(req.GetGeneration()); n == 0 || n > 64 {
		check.Add("generation", "must have 1 to 64 bytes")
	}
	if len(req.GetSubmissions()) > maxSubmissions {
		check.Add("submissions", "are more than 1,000")
	}
	if err := check.Err("The push was not read."); err != nil {
		return ledger.Push{}, err
	}
	push := ledger.Push{
		Client: client, Actor: actor(ctx), Epoch: wire.EpochFrom(req.GetEpoch()), Generation: req.GetGeneration(), Former: req.GetFormerGenerations(),
		Now: wire.MomentFrom(req.GetNow()), Came: came(ctx), Faults: map[int]error{},
	}
	for i, m := range req.GetSubmissions() {
		sub, err := wire.SubmissionFrom(m)
		if err != nil {
			if sub.Mid == 0 || sub.ID.IsZero() {
				return ledger.Push{}, err
			}
			push.Faults[i] = err
		}
		push.Submissions = append(push.Submissions, sub)
	}
	return push, nil
}

// Bootstrap streams everything that a fresh client needs.
func (s *Sync) Bootstrap(ctx context.Context, _ *tsugiv1.BootstrapRequest, out *connect.ServerStream[tsugiv1.BootstrapResponse]) error {
	err := s.Ledger.Bootstrap(ctx, actor(ctx).Person, func(p ledger.Part) error {
		if err := s.stillIn(ctx); err != nil {
			return err
		}
		var raw []byte
		for _, h := range p.Heads {
			raw = wire.AppendHead(raw, 1, h)
		}
		for _, e := range p.Events {
			raw = wire.AppendRecord(raw, 2, e)
		}
		for _, c := range p.Cursors {
			raw = wire.AppendCursor(raw, 3, c)
		}
		msg, err := wire.Raw(raw, &tsugiv1.BootstrapResponse{}, binary(out.Conn()))
		if err != nil {
			return err
		}
		return out.Send(msg)
	})
	return ended(err)
}

// Tail streams what is committed after the cursors.
func (s *Sync) Tail(ctx context.Context, req *tsugiv1.TailRequest, out *connect.ServerStream[tsugiv1.TailResponse]) error {
	isBinary := binary(out.Conn())
	send := func(raw []byte) error {
		msg, err := wire.Raw(raw, &tsugiv1.TailResponse{}, isBinary)
		if err != nil {
			return err
		}
		return out.Send(msg)
	}
	f, err := s.follow(ctx, req.GetCursors(), send)
	if err != nil {
		return ended(err)
	}
	defer f.Close()
	p := s.newPulse(ctx, f)
	defer p.stop()
	defer context.AfterFunc(ctx, f.Nudge)()
	beat, err := s.heartbeat(f)
	if err != nil {
		return ended(err)
	}
	if err := out.Send(&tsugiv1.TailResponse{Heartbeat: beat}); err != nil {
		return ended(err)
	}
	return ended(s.pass(ctx, f, p, send))
}

// pass hands on what is committed, and in between what the pulse says.
func (s *Sync) pass(ctx context.Context, f *ledger.Follower, p *pulse, send func([]byte) error) error {
	var raw []byte
	sources := []func([]byte) ([]byte, error){p.take, f.Take}
	for {
		if err := f.Await(ctx); err != nil {
			return err
		}
		if err := s.stillIn(ctx); err != nil {
			return err
		}
		for _, take := range sources {
			var err error
			if raw, err = take(raw[:0]); err != nil {
				return err
			}
			if len(raw) == 0 {
				continue
			}
			if err := send(raw); err != nil {
				return err
			}
		}
	}
}

// stillIn fails when the device that asks was shut out since it was let in. It is asked again before
// everything that is sent.
func (s *Sync) stillIn(ctx context.Context) error {
	if s.People.IsOut(actor(ctx).Device) {
		return fault.New(fault.Unauthenticated, "This device has been shut out.").
			WithAdvice("Your changes are kept on this device.", "Ask for a new code and enrol it again.")
	}
	return nil
}

// follow subscribes first and then sends the backlog, so that nothing falls between the two.
func (s *Sync) follow(ctx context.Context, cursors []*tsugiv1.Cursor, send func([]byte) error) (*ledger.Follower, error) {
	person := actor(ctx).Person
	known, err := wire.CursorsFrom(cursors)
	if err != nil {
		return nil, err
	}
	from, err := s.Ledger.Resume(ctx, person, known)
	if err != nil {
		return nil, err
	}
	f := s.Ledger.Hub().Follow(person, from)
	reached, err := s.Ledger.Backlog(ctx, person, from, func(b stream.Batch) error {
		return send(wire.AppendBatch(nil, ledger.BatchField, b))
	})
	if err != nil {
		f.Close()
		return nil, err
	}
	for scope, pos := range reached {
		f.Known(scope, pos)
	}
	return f, nil
}

// heartbeat says that the server is there, and which private scopes a follower's person may see: a client gives up all others.
// So it names those of which the follower has passed everything on, and fails with a Resume fault where that is not what the
// person may see by now.
func (s *Sync) heartbeat(f *ledger.Follower) (*tsugiv1.Heartbeat, error) {
	private, err := s.Ledger.Private(f)
	if err != nil {
		return nil, err
	}
	beat := &tsugiv1.Heartbeat{ServerUs: wire.Micros(s.Clock.Now()), People: uint32(s.Ledger.Hub().People())}
	for _, scope := range private {
		beat.PrivateScopeIds = append(beat.PrivateScopeIds, scope.Bytes())
	}
	return beat, nil
}

// Pull answers once, waiting for something where there is nothing yet.
func (s *Sync) Pull(ctx context.Context, req *tsugiv1.PullRequest) (*tsugiv1.PullResponse, error) {
	resp := &tsugiv1.PullResponse{}
	add := func(raw []byte) error {
		var part tsugiv1.PullResponse
		if _, err := wire.Raw(raw, &part, false); err != nil {
			return err
		}
		resp.Batches = append(resp.Batches, part.GetBatches()...)
		return nil
	}
	f, err := s.follow(ctx, req.GetCursors(), add)
	if err != nil {
		return nil, wire.Error(err)
	}
	defer f.Close()
	if len(resp.GetBatches()) == 0 {
		if err := s.await(ctx, f, time.Duration(req.GetWaitMs())*time.Millisecond, add); err != nil {
			return nil, wire.Error(err)
		}
	}
	if err := s.stillIn(ctx); err != nil {
		return nil, wire.Error(err)
	}
	if resp.Heartbeat, err = s.heartbeat(f); err != nil {
		return nil, wire.Error(err)
	}
	return resp, nil
}

// await waits until something is there to be added, or the time is over.
func (s *Sync) await(ctx context.Context, f *ledger.Follower, wait time.Duration, add func([]byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, min(wait, maxWait))
	defer cancel()
	defer context.AfterFunc(ctx, f.Nudge)()
	for {
		err := f.Await(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := f.Take(nil)
		if err != nil {
			return err
		}
		if len(raw) > 0 {
			return add(raw)
		}
	}
}

// Backfill returns earlier events of one stream.
func (s *Sync) Backfill(ctx context.Context, req *tsugiv1.BackfillRequest) (*tsugiv1.BackfillResponse, error) {
	target, err := id.From[id.Stream](req.GetStreamId())
	if err != nil {
		return nil, wire.Error(fault.Wrap(fault.Invalid, "The stream_id is no id.", err))
	}
	events, err := s.Ledger.Backfill(ctx, actor(ctx).Person, target, req.GetBefore(), int(req.GetLimit()))
	if err != nil {
		return nil, wire.Error(err)
	}
	var raw []byte
	for _, e := range events {
		raw = wire.AppendRecord(raw, 1, e)
	}
	resp, err := wire.Raw(raw, &tsugiv1.BackfillResponse{}, false)
	if err != nil {
		return nil, wire.Error(err)
	}
	resp.Epoch = s.Ledger.Epoch().Bytes()
	return resp, nil
}

// Fill streams earlier events of one scope.
func (s *Sync) Fill(ctx context.Context, req *tsugiv1.FillRequest, out *connect.ServerStream[tsugiv1.FillResponse]) error {
	scope, err := id.From[id.Scope](req.GetScopeId())
	if err != nil {
		return wire.Error(fault.Wrap(fault.Invalid, "The scope_id is no id.", err))
	}
	gap := stream.Gap{Scope: scope, Low: req.GetAfter(), High: req.GetBefore()}
	err = s.Ledger.Fill(ctx, actor(ctx).Person, gap, func(p ledger.Part) error {
		if err := s.stillIn(ctx); err != nil {
			return err
		}
		var raw []byte
		for _, e := range p.Events {
			raw = wire.AppendRecord(raw, 1, e)
		}
		raw = appendUint(raw, 2, p.Low)
		raw = appendBytes(raw, 3, s.Ledger.Epoch().Bytes())
		msg, err := wire.Raw(raw, &tsugiv1.FillResponse{}, binary(out.Conn()))
		if err != nil {
			return err
		}
		return out.Send(msg)
	})
	return ended(err)
}

// ended turns the end of a stream into what the client is told.
func ended(err error) error {
	if err == nil {
		return nil
	}
	return wire.Error(err)
}
