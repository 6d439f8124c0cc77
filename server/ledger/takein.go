package ledger

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// TakeIn takes over what others have committed behind the last number that is known here: the events, and the places that others
// have left, in the order of their numbers, up to the last of rows. read is of a moment at which all that is committed. It returns the
// events that can be read, and whoever follows no longer what they should. Where it fails, nothing was taken over but who may see
// what.
func (d *Decider) TakeIn(ctx context.Context, read Reader, rows []timeline.Row, left []Tombstone) ([]stream.Recorded, SentBack, error) {
	last := rows[len(rows)-1].Seq
	if uint64(len(rows)+len(left)) != last-d.seq {
		return nil, SentBack{}, errors.New("some of them are not there")
	}
	var back SentBack
	events, setUp, turned := make([]stream.Recorded, 0, len(rows)), map[id.Stream]id.Kind{}, map[id.Stream]struct{}{}
	for _, r := range rows {
		if r.Kind == id.KindPerson || r.Kind == id.KindWorkspace {
			setUp[r.Stream] = r.Kind
		}
		event, err := wire.DecodeEvent(r.Kind, r.Payload)
		if err != nil { // of a later version: whoever decides on this stream folds it, and fails as on any other that cannot be read
			d.logger.ErrorContext(ctx, "read another server's event", "seq", r.Seq, "error", err)
			delete(d.states, r.Stream)
			continue
		}
		e := stream.Recorded{Envelope: r.Envelope, Event: event}
		d.advance(e)
		events = append(events, e)
		if yes, moves := turns(event); yes {
			turned[r.Stream] = struct{}{}
			back.All = back.All || moves
		}
	}
	if err := d.refresh(ctx, read, setUp); err != nil {
		return nil, back, err
	}
	var err error
	if back.People, err = d.lookAt(ctx, read, slices.Collect(maps.Keys(turned))); err != nil {
		return nil, back, err
	}
	d.seq = last
	maps.Copy(d.scopes, endsOf(rows, left))
	return events, back, nil
}

// endsOf returns where scopes end behind some events, and behind the places that others have left.
func endsOf(rows []timeline.Row, left []Tombstone) map[id.Scope]scopeEnd {
	ends := map[id.Scope]scopeEnd{}
	for _, r := range rows {
		ends[r.Scope] = scopeEnd{pos: r.ScopePos, hash: r.Hash}
	}
	for _, t := range left {
		if ends[t.Scope].pos < t.ScopePos {
			ends[t.Scope] = scopeEnd{pos: t.ScopePos, hash: t.Hash}
		}
	}
	return ends
}

// advance applies another's event to the stream's state in memory, where there is one.
func (d *Decider) advance(e stream.Recorded) {
	kept, ok := d.states[e.Stream]
	switch {
	case ok && e.Scope != kept.scope: // it was moved
		delete(d.states, e.Stream)
	case !ok || e.StreamSeq <= kept.seq:
	case e.StreamSeq == kept.seq+1:
		next := *kept
		next.state, next.seq = stream.Apply(kept.state, e.Envelope, e.Event), e.StreamSeq
		d.states[e.Stream] = &next
	default:
		delete(d.states, e.Stream)
	}
}

// refresh brings the set-up to what these streams of it are now.
func (d *Decider) refresh(ctx context.Context, read Reader, streams map[id.Stream]id.Kind) error {
	if len(streams) == 0 {
		return nil
	}
	setup := d.Setup()
	for s, kind := range streams {
		e, ok := d.states[s]
		if !ok {
			var err error
			if e, err = read.Folded(ctx, s, kind); err != nil {
				return err
			}
		}
		setup = stream.SetUp(setup, e.state)
	}
	d.setup.Store(&setup)
	return nil
}
