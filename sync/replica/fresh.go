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
	life    uint64              // counts how often everything was replaced
	pos     uint64              // in the scope that everybody sees
	private map[id.Scope]uint64 // in the others; it is never changed
}

// Fresh returns at most limit events behind m that this device's person may see, of each scope oldest first, and the mark
// behind them. Only what happened after this replica was opened, or bootstrapped since, is fresh: what
// a bootstrap or a fill brings is history, and so is what happened in an incident before its person came to see it, or before
// it was moved from one scope to another.
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
	fresh, next.pos, err = v.fresh(ctx, id.Everyone(), next.pos, limit)
	if err != nil {
		return nil, m, err
	}
	scopes, err := scopesOf(ctx, v.tx)
	if err != nil {
		return nil, m, sqlite.Fault(err)
	}
	private := map[id.Scope]uint64{}
	for _, scope := range scopes {
		if scope == id.Everyone() {
			continue
		}
		more, pos, err := v.fresh(ctx, scope, next.private[scope], limit-len(fresh))
		if err != nil {
			return nil, m, err
		}
		fresh, private[scope] = append(fresh, more...), pos
	}
	next.private = private
	return fresh, next, nil
}

// fresh returns at most limit events of a scope behind pos that are no history, and how far it has read.
func (v *view) fresh(ctx context.Context, scope id.Scope, pos uint64, limit int) (fresh []stream.Recorded, upTo uint64, err error) {
	for {
		want := limit - len(fresh)
		if want == 0 {
			return fresh, pos, nil
		}
		events, err := timeline.After(ctx, v.tx, scope, pos, want)
		if err != nil {
			return nil, pos, sqlite.Fault(err)
		}
		for _, e := range events {
			pos = e.ScopePos
			old, err := v.isHistory(ctx, e)
			if err != nil {
				return nil, pos, err
			}
			if old {
				continue
			}
			event, err := wire.DecodeEvent(e.Kind, e.Payload)
			if err != nil {
				return nil, pos, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
			}
			fresh = append(fresh, stream.Recorded{Envelope: e.Envelope, Event: event})
		}
		if len(events) < want {
			return fresh, pos, nil
		}
	}
}

// isHistory reports whether an event was history when it came.
func (v *view) isHistory(ctx context.Context, e stream.Stored) (old bool, err error) {
	if e.Kind != id.KindIncident {
		return false, nil
	}
	err = v.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM history WHERE stream = (SELECT key FROM stream WHERE id = ?) AND seq > ?)`,
		e.Stream[:], int64(e.StreamSeq)).Scan(&old)
	if err != nil {
		return false, fmt.Errorf("read what is history: %w", sqlite.Fault(err))
	}
	return old, nil
}

// date notes what is history in an incident, where an event says so: what happened before it came to lie in its scope, and what
// happened before this device's person was added to it.
func (u *update) date(ctx context.Context, e stream.Stored, event stream.Event) error {
	switch event := event.(type) {
	case incident.Concealed, incident.Revealed:
	case incident.Admitted:
		if u.r.device == nil || event.Person != u.r.device.Actor.Person {
			return nil
		}
	default:
		return nil
	}
	key, err := u.w.StreamKey(ctx, e.Stream, e.Kind, e.Scope)
	if err != nil {
		return err
	}
	_, err = u.tx.ExecContext(ctx, `INSERT INTO history (stream, seq) VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET seq = max(seq, excluded.seq)`,
		key, int64(e.StreamSeq))
	if err != nil {
		return fmt.Errorf("note what is history: %w", err)
	}
	return nil
}

// Numbered returns the incident that people call INC-n. It is false where none is known here, as long as
// not everything is.
func (r *Replica) Numbered(ctx context.Context, n uint32) (id.Incident, bool, error) {
	return r.called(ctx, func(i incident.Incident) bool { return n > 0 && i.Number == n })
}

// PrivatelyNumbered returns the private incident that people call P-n. It is false where none is here: nothing is said of one
// that is not to be seen.
func (r *Replica) PrivatelyNumbered(ctx context.Context, n uint32) (id.Incident, bool, error) {
	return r.called(ctx, func(i incident.Incident) bool { return i.Private && i.Number == 0 && i.PrivateNumber() == n })
}

func (r *Replica) called(ctx context.Context, so func(incident.Incident) bool) (found id.Incident, ok bool, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return id.Incident{}, false, err
	}
	defer v.close()
	err = eachIncident(ctx, v.tx, func(_ stream.Head, i incident.Incident) error {
		if so(i) {
			found, ok = i.ID, true
		}
		return nil
	})
	if err != nil {
		return id.Incident{}, false, fmt.Errorf("look for a number: %w", sqlite.Fault(err))
	}
	return found, ok, nil
}

// begin remembers that everything up to the cursors is history.
func (r *Replica) begin(cursors []stream.Cursor) {
	r.born = Mark{life: r.born.life + 1, private: map[id.Scope]uint64{}}
	for _, c := range cursors {
		if c.Scope == id.Everyone() {
			r.born.pos = c.Pos
		} else {
			r.born.private[c.Scope] = c.Pos
		}
	}
}
