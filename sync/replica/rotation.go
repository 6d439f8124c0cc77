package replica

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Rotations returns all rotations as they are shown, own unconfirmed changes among them, in the order of their names.
func (r *Replica) Rotations(ctx context.Context) (out []oncall.Rotation, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	heads, err := v.kindHeads(ctx, id.KindRotation)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		canonical, err := wire.DecodeState(h)
		if err != nil {
			return nil, fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
		shown, _, err := v.On(ctx, h.Stream, canonical)
		if err != nil {
			return nil, err
		}
		if state, _ := shown.(oncall.Rotation); len(state.Versions) > 0 {
			out = append(out, state)
		}
	}
	slices.SortFunc(out, func(a, b oncall.Rotation) int {
		if byName := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); byName != 0 {
			return byName
		}
		return a.ID.Compare(b.ID)
	})
	return out, nil
}

// kindHeads returns the heads of all streams of a kind that everybody sees, also of those that only wait to be created.
func (v *view) kindHeads(ctx context.Context, kind id.Kind) ([]stream.Head, error) {
	var heads []stream.Head
	known := map[id.Stream]bool{}
	err := timeline.Heads(ctx, v.tx, []id.Kind{kind}, []id.Scope{id.Everyone()}, func(h stream.Head) error {
		heads, known[h.Stream] = append(heads, h), true
		return nil
	})
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	for _, p := range v.pending {
		if p.Command.Stream() != kind || known[p.Target] {
			continue
		}
		known[p.Target] = true
		h, err := timeline.LoadHead(ctx, v.tx, p.Target, kind)
		if err != nil {
			return nil, sqlite.Fault(err)
		}
		heads = append(heads, h)
	}
	return heads, nil
}

// Rotation returns what is shown of a rotation, and the newest of its events that are on this device, at most limit of them,
// oldest first; own unconfirmed ones come last. An unknown one has no versions.
func (r *Replica) Rotation(ctx context.Context, rotation id.Rotation, limit int) (state oncall.Rotation, lines []Line, err error) {
	defer r.notice(&err)
	shown, lines, err := r.audited(ctx, id.Stream(rotation), id.KindRotation, limit)
	state, _ = shown.(oncall.Rotation)
	return state, lines, err
}

// audited returns what is shown of a stream, and the newest of its events that are on this device, at most limit of them,
// oldest first; own unconfirmed ones come last.
func (r *Replica) audited(ctx context.Context, target id.Stream, kind id.Kind, limit int) (shown stream.State, lines []Line, err error) {
	v, err := r.view(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer v.close()
	canonical, _, err := v.Fold(ctx, target, kind)
	if err != nil {
		return nil, nil, err
	}
	shown, pending, err := v.On(ctx, target, canonical)
	if err != nil {
		return nil, nil, err
	}
	events, err := timeline.Before(ctx, v.tx, target, stream.Seq(canonical)+1, limit)
	if err != nil {
		return shown, nil, sqlite.Fault(err)
	}
	for _, e := range slices.Backward(events) {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return shown, nil, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, target, err)
		}
		lines = append(lines, Line{Recorded: stream.Recorded{Envelope: e.Envelope, Event: event}})
	}
	for _, e := range pending {
		lines = append(lines, Line{Recorded: e, Pending: true})
	}
	return shown, lines, nil
}
