package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// Tombstone is a place that an event had before its stream went to another scope. It keeps the event's number there and the
// log's hash, so that the former scope's chain goes on.
type Tombstone struct {
	Seq       uint64
	Stream    id.Stream
	StreamSeq uint64
	Kind      id.Kind
	Scope     id.Scope
	ScopePos  uint64
	Hash      []byte
}

const (
	tombstoneTable   = "tombstone (seq, stream, stream_seq, scope, scope_pos, hash)"
	tombstoneColumns = 6
)

// storeMoves takes the streams that go to another scope out of where they are: their events are written anew with all others.
func (b *batch) storeMoves(ctx context.Context, w *timeline.Writer) error {
	for s := range b.moved {
		leave := w.Hollow
		if b.l.shared { // what PostgreSQL moves in a page, and when it is overwritten, is its own affair
			leave = w.Uproot
		}
		if err := leave(ctx, s, b.states[s].scope); err != nil {
			return err
		}
	}
	return nil
}

// storeTombstones stores the places that those events have left.
func (b *batch) storeTombstones(ctx context.Context, w *timeline.Writer) error {
	err := b.l.stmts.tombstones.Insert(ctx, b.tx, len(b.tombstones), func(i int, args []any) ([]any, error) {
		t := b.tombstones[i]
		within, err := w.StreamKey(ctx, t.Stream, t.Kind, t.Scope)
		if err != nil {
			return nil, err
		}
		scope, err := w.ScopeKey(ctx, t.Scope)
		if err != nil {
			return nil, err
		}
		return append(args, int64(t.Seq), within, int64(t.StreamSeq), scope, int64(t.ScopePos), t.Hash), nil
	})
	if err != nil {
		return fmt.Errorf("store tombstones: %w", err)
	}
	return nil
}

// hashAt returns the log's hash at a position of a scope, also where the event there has gone to another one since. It is false
// where nothing ever was.
func hashAt(ctx context.Context, q timeline.Querier, scope id.Scope, pos uint64) ([]byte, bool, error) {
	hash, found, err := timeline.HashAt(ctx, q, scope, pos)
	if err != nil || found {
		return hash, found, err
	}
	err = q.QueryRowContext(ctx, `SELECT hash FROM tombstone WHERE scope = (SELECT key FROM scope WHERE id = ?) AND scope_pos = ?`,
		scope[:], int64(pos)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read hash of %s at %d: %w", scope, pos, err)
	}
	return hash, true, nil
}

// tombstones returns those behind one number and up to another, in their order, without their kinds.
func tombstones(ctx context.Context, q timeline.Querier, after, upto uint64) ([]Tombstone, error) {
	rows, err := q.QueryContext(ctx, `SELECT e.seq, t.id, e.stream_seq, s.id, e.scope_pos, e.hash
	  FROM tombstone e JOIN stream t ON t.key = e.stream JOIN scope s ON s.key = e.scope
	  WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq`, int64(after), int64(upto))
	if err != nil {
		return nil, fmt.Errorf("read tombstones: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Tombstone
	for rows.Next() {
		var (
			t                   Tombstone
			within, scope       []byte
			seq, streamSeq, pos int64
		)
		if err := rows.Scan(&seq, &within, &streamSeq, &scope, &pos, &t.Hash); err != nil {
			return nil, fmt.Errorf("read tombstones: %w", err)
		}
		copy(t.Stream[:], within)
		copy(t.Scope[:], scope)
		t.Seq, t.StreamSeq, t.ScopePos = uint64(seq), uint64(streamSeq), uint64(pos)
		out = append(out, t)
	}
	return out, rows.Err()
}
