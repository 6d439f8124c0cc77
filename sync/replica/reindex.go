package replica

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// indexVersion is which words are in the full-text index, and how they are cut. A new one makes the index
// again from the stored events.
const indexVersion = 2

// Steps in which an index is made again; each is one short transaction, and between them anything else is
// written.
const (
	eventsAtOnce = 500
	headsAtOnce  = 200
)

// checkIndex empties an index of another version, and notes that all that is stored has to be indexed.
// Index does that in the background.
func (r *Replica) checkIndex(ctx context.Context) error {
	have, err := r.version(ctx, "search")
	if err != nil || have == indexVersion {
		return err
	}
	return r.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := emptyIndex(ctx, tx); err != nil {
			return err
		}
		if have != 0 { // what another version may have left in the index is not to stay anywhere
			if err := sqlite.Erasing(ctx, tx); err != nil {
				return err
			}
		}
		everyone := id.Everyone()
		if _, err := tx.ExecContext(ctx, `UPDATE unindexed SET stream = (SELECT coalesce(max(key), 0) FROM stream),
		  private = coalesce((SELECT max(seq) FROM event WHERE scope <> (SELECT key FROM scope WHERE id = ?1)), 0),
		  position = coalesce((SELECT max(scope_pos) FROM event WHERE scope = (SELECT key FROM scope WHERE id = ?1)), 0)`, everyone[:]); err != nil {
			return fmt.Errorf("note what is not indexed: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO projection (name, version) VALUES ('search', ?)`, indexVersion)
		return err
	})
}

// emptyIndex drops everything from the index but of which entries something was said later. Pages that are dropped are
// overwritten.
func emptyIndex(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{
		`INSERT INTO entry_text (entry_text) VALUES ('delete-all')`, `INSERT INTO subject_text (subject_text) VALUES ('delete-all')`,
		`DELETE FROM document`, `DELETE FROM subject`, `DELETE FROM span`, `UPDATE revised SET text = NULL`, `UPDATE unindexed SET position = 0, private = 0, stream = 0`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("empty the index: %w", err)
		}
	}
	return nil
}

// Index makes the full-text index from what is stored, newest first, where another version of the program left
// none, until it is whole or ctx ends. Everything else goes on meanwhile.
func (r *Replica) Index(ctx context.Context) error {
	for ctx.Err() == nil {
		done, err := r.indexStep(ctx)
		if err != nil {
			return fmt.Errorf("make the index: %w", err)
		}
		if done {
			return nil
		}
	}
	return nil
}

func (r *Replica) indexStep(ctx context.Context) (done bool, err error) {
	defer r.alone()()
	if r.closed || r.index.rest == (unindexed{}) {
		return true, nil
	}
	err = r.change(ctx, func(u *update) error {
		former := r.index.rest
		u.failed = func() { r.index.rest = former }
		rest, err := u.below(ctx, former)
		if err != nil {
			return err
		}
		r.index.rest = rest
		_, err = u.tx.ExecContext(ctx, `UPDATE unindexed SET position = ?, private = ?, stream = ?`, rest.position, rest.private, rest.stream)
		return err
	})
	if err == nil && r.index.rest == (unindexed{}) {
		r.watch.notify()
	}
	return false, err
}

// below puts the next step on its way into the index, incidents before entries, and returns what is left.
func (u *update) below(ctx context.Context, rest unindexed) (unindexed, error) {
	var err error
	switch {
	case rest.stream > 0:
		rest.stream, err = u.headsBelow(ctx, rest.stream)
	case rest.private > 0:
		rest.private, err = u.privateBelow(ctx, rest.private)
	default:
		rest.position, err = u.eventsBelow(ctx, rest.position)
	}
	return rest, err
}

// headsBelow puts the newest incidents up to a key on their way into the index, and returns up to which key
// there are more.
func (u *update) headsBelow(ctx context.Context, key int64) (int64, error) {
	rows, err := u.tx.QueryContext(ctx, `SELECT key, id FROM stream WHERE key <= ? AND kind = ? AND head_seq > 0
	  ORDER BY key DESC LIMIT ?`, key, int64(id.KindIncident), headsAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read streams: %w", err)
	}
	found, low, err := scanKeyed(rows)
	if err != nil {
		return 0, err
	}
	for k, s := range found {
		state, err := u.State(ctx, s, id.KindIncident)
		if err != nil {
			return 0, err
		}
		if now, ok := state.(incident.Incident); ok {
			u.subjects[k] = now
		}
	}
	if len(found) < headsAtOnce {
		return 0, nil
	}
	return low - 1, nil
}

func scanKeyed(rows *sql.Rows) (found map[int64]id.Stream, low int64, err error) {
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	found = map[int64]id.Stream{}
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&low, &raw); err != nil {
			return nil, 0, fmt.Errorf("read streams: %w", err)
		}
		var s id.Stream
		copy(s[:], raw)
		found[low] = s
	}
	return found, low, sqlite.Fault(rows.Err())
}

// privateBelow puts the newest events of private incidents up to a row on their way into the index, and returns up to which row there
// are more.
func (u *update) privateBelow(ctx context.Context, row int64) (int64, error) {
	everyone := id.Everyone()
	rows, err := u.tx.QueryContext(ctx, `SELECT e.seq, t.id, e.stream_seq FROM event e JOIN stream t ON t.key = e.stream
	  WHERE e.seq <= ? AND t.kind = ? AND e.scope <> (SELECT key FROM scope WHERE id = ?) ORDER BY e.seq DESC LIMIT ?`,
		row, int64(id.KindIncident), everyone[:], eventsAtOnce)
	if err != nil {
		return row, fmt.Errorf("read private events: %w", err)
	}
	places, low, err := scanPlaces(rows)
	if err != nil {
		return row, err
	}
	events, err := timeline.Pick(ctx, u.tx, places)
	if err != nil {
		return row, err
	}
	for _, e := range events {
		if err := u.readOne(ctx, e); err != nil {
			return row, err
		}
	}
	if len(places) < eventsAtOnce {
		return 0, nil
	}
	return low - 1, nil
}

func scanPlaces(rows *sql.Rows) (places []timeline.Place, low int64, err error) {
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var (
			p   timeline.Place
			raw []byte
			seq int64
		)
		if err := rows.Scan(&low, &raw, &seq); err != nil {
			return nil, 0, fmt.Errorf("read private events: %w", err)
		}
		copy(p.Stream[:], raw)
		p.StreamSeq = uint64(seq)
		places = append(places, p)
	}
	return places, low, sqlite.Fault(rows.Err())
}

// eventsBelow puts the newest events up to a position on their way into the index, and returns up to which
// position there are more.
func (u *update) eventsBelow(ctx context.Context, position int64) (int64, error) {
	g := stream.Gap{Scope: id.Everyone(), High: uint64(position) + 1}
	events, err := timeline.Within(ctx, u.tx, g, eventsAtOnce)
	if err != nil {
		return position, err
	}
	for _, e := range events {
		if e.Kind != id.KindIncident {
			continue
		}
		if err := u.readOne(ctx, e); err != nil {
			return position, err
		}
	}
	if len(events) < eventsAtOnce {
		return 0, nil
	}
	return int64(events[len(events)-1].ScopePos) - 1, nil
}
