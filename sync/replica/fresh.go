package replica

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Mark is how far a reader of Fresh has read. The zero Mark stands where this replica was opened.
type Mark struct {
	life uint64 // counts how often everything was replaced
	pos  uint64 // in the scope that everybody sees
}

// Fresh returns at most limit events behind m that everybody may see, oldest first, and the mark
// behind them. Only what happened after this replica was opened, or bootstrapped since, is fresh: what
// a bootstrap or a fill brings is history.
func (r *Replica) Fresh(ctx context.Context, m Mark, limit int) (fresh []stream.Recorded, next Mark, err error) {
	defer r.notice(&err)
	r.mu.Lock()
	born := r.born
	v, err := r.snapshot(ctx)
	r.mu.Unlock()
	if err != nil {
		return nil, m, err
	}
	defer v.close()
	if next = m; m.life != born.life {
		next = born
	}
	events, err := timeline.After(ctx, v.tx, id.Everyone(), next.pos, limit)
	if err != nil {
		return nil, m, sqlite.Fault(err)
	}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return nil, m, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
		}
		fresh, next.pos = append(fresh, stream.Recorded{Envelope: e.Envelope, Event: event}), e.ScopePos
	}
	return fresh, next, nil
}

// Numbered returns the incident that people call INC-n. It is false where none is known here, as long as
// not everything is.
func (r *Replica) Numbered(ctx context.Context, n uint32) (found id.Incident, ok bool, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return id.Incident{}, false, err
	}
	defer v.close()
	err = timeline.Heads(ctx, v.tx, []id.Kind{id.KindIncident}, []id.Scope{id.Everyone()}, func(h stream.Head) error {
		state, err := wire.DecodeState(h)
		if i, is := state.(incident.Incident); is && i.Number == n && n > 0 {
			found, ok = i.ID, true
		}
		return err
	})
	if err != nil {
		return id.Incident{}, false, fmt.Errorf("look for a number: %w", sqlite.Fault(err))
	}
	return found, ok, nil
}

// begin remembers that everything up to the cursors is history.
func (r *Replica) begin(cursors []stream.Cursor) {
	r.born = Mark{life: r.born.life + 1}
	for _, c := range cursors {
		if c.Scope == id.Everyone() {
			r.born.pos = c.Pos
		}
	}
}
