package replica

import (
	"context"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Terms returns the company's terms as they are shown, own unconfirmed changes among them, and the
// newest of their events that are on this device, at most limit of them, oldest first.
func (r *Replica) Terms(ctx context.Context, limit int) (terms workspace.Terms, lines []Line, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return terms, nil, err
	}
	defer v.close()
	canonical, _, err := v.Fold(ctx, id.Workspace(), id.KindWorkspace)
	if err != nil {
		return terms, nil, err
	}
	shown, pending, err := v.On(ctx, id.Workspace(), canonical)
	if err != nil {
		return terms, nil, err
	}
	terms, _ = shown.(workspace.Terms)
	events, err := timeline.Before(ctx, v.tx, id.Workspace(), stream.Seq(canonical)+1, limit)
	if err != nil {
		return terms, nil, sqlite.Fault(err)
	}
	for _, e := range slices.Backward(events) {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return terms, nil, fmt.Errorf("read event %d of the terms: %w", e.StreamSeq, err)
		}
		lines = append(lines, Line{Recorded: stream.Recorded{Envelope: e.Envelope, Event: event}})
	}
	for _, e := range pending {
		lines = append(lines, Line{Recorded: e, Pending: true})
	}
	return terms, lines, nil
}
