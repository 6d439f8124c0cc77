package timeline

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

const selectEvent = `SELECT t.id, t.kind, e.stream_seq, s.id, e.scope_pos, e.command, e.person, e.device,
  e.received, e.occurred, e.uncertain, e.payload
  FROM event e JOIN stream t ON t.key = e.stream JOIN scope s ON s.key = e.scope `

// Load returns the head of a stream and all events after it, oldest first. An unknown stream has an
// empty head and no events. A head that another version of the fold made is left aside, and all events
// are returned.
func Load(ctx context.Context, q Querier, s id.Stream, kind id.Kind, version uint32) (stream.Head, []stream.Stored, error) {
	h, err := LoadHead(ctx, q, s, kind)
	if err != nil {
		return h, nil, err
	}
	if h.Version != version {
		h.Seq, h.State = 0, nil
	}
	events, err := Since(ctx, q, s, h.Seq)
	return h, events, err
}

// LoadHead returns the stored head of a stream. An unknown stream has an empty one.
func LoadHead(ctx context.Context, q Querier, s id.Stream, kind id.Kind) (stream.Head, error) {
	h := stream.Head{Stream: s, Kind: kind}
	row := q.QueryRowContext(ctx, `SELECT t.id, t.kind, s.id, t.head_seq, t.head_version, t.head
	  FROM stream t JOIN scope s ON s.key = t.scope WHERE t.id = ?`, s[:])
	found, err := scanHead(row)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("load head of %s: %w", s, err)
	}
	return found, nil
}

// LoadHeads returns the stored heads of those of the streams that are known, in one statement and in no order.
func LoadHeads(ctx context.Context, q Querier, streams []id.Stream) ([]stream.Head, error) {
	args := make([]any, 0, len(streams))
	for _, s := range streams {
		args = append(args, s[:])
	}
	rows, err := q.QueryContext(ctx, `SELECT t.id, t.kind, s.id, t.head_seq, t.head_version, t.head
	  FROM stream t JOIN scope s ON s.key = t.scope WHERE t.id IN (`+repeat("?", len(streams))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("load heads: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []stream.Head
	for rows.Next() {
		h, err := scanHead(rows)
		if err != nil {
			return nil, fmt.Errorf("load heads: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Since returns the events of one stream after seq, oldest first.
func Since(ctx context.Context, q Querier, s id.Stream, seq uint64) ([]stream.Stored, error) {
	return events(ctx, q, selectEvent+`WHERE e.stream = (SELECT key FROM stream WHERE id = ?) AND e.stream_seq > ?
	  ORDER BY e.stream_seq`, s[:], int64(seq))
}

// soughtAtOnce is up to how many marks the database looks for itself. It is slower at it, but does not hand out what has none.
const soughtAtOnce = 8

// Naming returns the events of one stream that have one of the marks among their bytes, oldest first. An event that names an entry
// has its id there, so most events of a long room need not be read for what befalls one of them.
func Naming(ctx context.Context, q Querier, s id.Stream, marks ...[]byte) ([]stream.Stored, error) {
	if len(marks) > soughtAtOnce {
		all, err := Since(ctx, q, s, 0)
		return slices.DeleteFunc(all, func(e stream.Stored) bool {
			return !slices.ContainsFunc(marks, func(mark []byte) bool { return bytes.Contains(e.Payload, mark) })
		}), err
	}
	args := []any{s[:]}
	for _, mark := range marks {
		args = append(args, mark)
	}
	return events(ctx, q, selectEvent+`WHERE e.stream = (SELECT key FROM stream WHERE id = ?) AND (FALSE`+
		strings.Repeat(" OR instr(e.payload, ?) > 0", len(marks))+`) ORDER BY e.stream_seq`, args...)
}

// Before returns at most limit events of one stream below seq, newest first.
func Before(ctx context.Context, q Querier, s id.Stream, seq uint64, limit int) ([]stream.Stored, error) {
	return events(ctx, q, selectEvent+`WHERE e.stream = (SELECT key FROM stream WHERE id = ?) AND e.stream_seq < ?
	  ORDER BY e.stream_seq DESC LIMIT ?`, s[:], int64(seq), limit)
}

// Place names one event of one stream.
type Place struct {
	Stream    id.Stream
	StreamSeq uint64
}

// Pick returns the events at the given places that are here, in one statement and in no order.
func Pick(ctx context.Context, q Querier, places []Place) ([]stream.Stored, error) {
	if len(places) == 0 {
		return nil, nil
	}
	args := make([]any, 0, 2*len(places))
	for _, p := range places {
		args = append(args, p.Stream[:], int64(p.StreamSeq))
	}
	return events(ctx, q, `WITH wanted (id, seq) AS (VALUES `+strings.TrimSuffix(strings.Repeat("(?,?),", len(places)), ",")+`) `+
		strings.Replace(selectEvent, "FROM event e JOIN stream t ON t.key = e.stream", `FROM wanted CROSS JOIN stream t ON t.id = wanted.id
		  CROSS JOIN event e ON e.stream = t.key AND e.stream_seq = wanted.seq`, 1), args...)
}

// After returns at most limit events of one scope behind pos, oldest first.
func After(ctx context.Context, q Querier, scope id.Scope, pos uint64, limit int) ([]stream.Stored, error) {
	return events(ctx, q, selectEvent+`WHERE e.scope = (SELECT key FROM scope WHERE id = ?) AND e.scope_pos > ?
	  ORDER BY e.scope_pos LIMIT ?`, scope[:], int64(pos), limit)
}

// Within returns at most limit events of one scope with low < scope_pos < high, newest first.
func Within(ctx context.Context, q Querier, g stream.Gap, limit int) ([]stream.Stored, error) {
	return events(ctx, q, selectEvent+`WHERE e.scope = (SELECT key FROM scope WHERE id = ?) AND e.scope_pos > ? AND e.scope_pos < ?
	  ORDER BY e.scope_pos DESC LIMIT ?`, g.Scope[:], int64(g.Low), int64(g.High), limit)
}

// Numbered returns at most limit events behind a number of the server's counter, oldest first, with what only the database knows
// about them.
func Numbered(ctx context.Context, q Querier, after uint64, limit int) ([]Row, error) {
	return wholeRows(ctx, q, `WHERE e.seq > ? ORDER BY e.seq LIMIT ?`, int64(after), limit)
}

// Placed returns all events of one stream, oldest first, with what only the database knows about them.
func Placed(ctx context.Context, q Querier, s id.Stream) ([]Row, error) {
	return wholeRows(ctx, q, `WHERE e.stream = (SELECT key FROM stream WHERE id = ?) ORDER BY e.stream_seq`, s[:])
}

func wholeRows(ctx context.Context, q Querier, where string, args ...any) ([]Row, error) {
	rows, err := q.QueryContext(ctx, strings.Replace(selectEvent, "e.payload", "e.payload, e.seq, e.hash", 1)+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Row
	for rows.Next() {
		var (
			r   Row
			seq int64
		)
		if r.Stored, err = scanEvent(rows, &seq, &r.Hash); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		r.Seq = uint64(seq)
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

// Sealed calls visit with every event of an incident or a person that a client received after since and that came with a seal,
// stream by stream, until visit returns an error.
func Sealed(ctx context.Context, q Querier, since time.Time, visit func(stream.Stored) error) error {
	rows, err := q.QueryContext(ctx, strings.Replace(selectEvent, "e.payload", "e.payload, e.hash", 1)+
		`WHERE e.received > ? AND length(e.hash) > 0 AND t.kind IN (?, ?) ORDER BY e.stream, e.stream_seq`,
		since.UnixMicro(), int64(id.KindIncident), int64(id.KindPerson))
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var seal []byte
		e, err := scanEvent(rows, &seal)
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		e.Seal = seal
		if err := visit(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}

// Commands returns the commands that caused the events of one stream.
func Commands(ctx context.Context, q Querier, s id.Stream) (map[id.Command]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT command FROM event WHERE stream = (SELECT key FROM stream WHERE id = ?)`, s[:])
	if err != nil {
		return nil, fmt.Errorf("read commands: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[id.Command]bool{}
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read commands: %w", err)
		}
		var c id.Command
		copy(c[:], raw)
		out[c] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read commands: %w", err)
	}
	return out, nil
}

func events(ctx context.Context, q Querier, query string, args ...any) ([]stream.Stored, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []stream.Stored
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

type scanner interface{ Scan(into ...any) error }

// scanEvent reads an event, and more behind it.
func scanEvent(row scanner, more ...any) (stream.Stored, error) {
	var (
		e                                      stream.Stored
		target, scope, command, person, device sql.RawBytes
		seq, pos, received, occurred           int64
	)
	into := [...]any{&target, &e.Kind, &seq, &scope, &pos, &command, &person, &device, &received, &occurred, &e.Uncertain, &e.Payload}
	err := row.Scan(append(into[:], more...)...)
	if err != nil {
		return e, err
	}
	copy(e.Stream[:], target)
	copy(e.Scope[:], scope)
	copy(e.Command[:], command)
	copy(e.Actor.Person[:], person)
	copy(e.Actor.Device[:], device)
	e.StreamSeq, e.ScopePos = uint64(seq), uint64(pos)
	e.Received, e.Occurred = time.UnixMicro(received).UTC(), time.UnixMicro(occurred).UTC()
	return e, nil
}

func scanHead(row scanner) (stream.Head, error) {
	var (
		h             stream.Head
		target, scope []byte
		seq           int64
	)
	if err := row.Scan(&target, &h.Kind, &scope, &seq, &h.Version, &h.State); err != nil {
		return h, err
	}
	copy(h.Stream[:], target)
	copy(h.Scope[:], scope)
	h.Seq = uint64(seq)
	return h, nil
}

// Heads calls visit with every stored head of the kinds in the scopes, newest stream first, until
// visit returns an error.
func Heads(ctx context.Context, q Querier, kinds []id.Kind, scopes []id.Scope, visit func(stream.Head) error) error {
	args := make([]any, 0, len(kinds)+len(scopes))
	for _, k := range kinds {
		args = append(args, int64(k))
	}
	for _, s := range scopes {
		args = append(args, s[:])
	}
	rows, err := q.QueryContext(ctx, `SELECT t.id, t.kind, s.id, t.head_seq, t.head_version, t.head
	  FROM stream t JOIN scope s ON s.key = t.scope
	  WHERE t.kind IN (`+repeat("?", len(kinds))+`) AND s.id IN (`+repeat("?", len(scopes))+`) ORDER BY t.key DESC`, args...)
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		h, err := scanHead(rows)
		if err != nil {
			return fmt.Errorf("read heads: %w", err)
		}
		if err := visit(h); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	return nil
}

// Elsewhere returns the streams of a kind that do not lie in a scope.
func Elsewhere(ctx context.Context, q Querier, kind id.Kind, but id.Scope) ([]id.Stream, error) {
	return streams(ctx, q, `SELECT t.id FROM stream t JOIN scope s ON s.key = t.scope WHERE t.kind = ? AND s.id <> ?`, int64(kind), but[:])
}

// Behind returns the streams that have events after their stored head.
func Behind(ctx context.Context, q Querier, version uint32) ([]id.Stream, error) {
	return streams(ctx, q, `SELECT id FROM stream t WHERE head_version <> ?
	  OR head_seq < (SELECT coalesce(max(stream_seq), 0) FROM event e WHERE e.stream = t.key)`, version)
}

func streams(ctx context.Context, q Querier, query string, args ...any) ([]id.Stream, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read streams: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Stream
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read streams: %w", err)
		}
		var s id.Stream
		copy(s[:], raw)
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read streams: %w", err)
	}
	return out, nil
}

// Cursors returns how far every scope is known.
func Cursors(ctx context.Context, q Querier) ([]stream.Cursor, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, pos, hash, epoch, seal FROM scope`)
	if err != nil {
		return nil, fmt.Errorf("read cursors: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []stream.Cursor
	for rows.Next() {
		var (
			c            stream.Cursor
			scope, epoch []byte
			pos          int64
		)
		if err := rows.Scan(&scope, &pos, &c.Hash, &epoch, &c.Seal); err != nil {
			return nil, fmt.Errorf("read cursors: %w", err)
		}
		copy(c.Scope[:], scope)
		copy(c.Epoch[:], epoch)
		c.Pos = uint64(pos)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read cursors: %w", err)
	}
	return out, nil
}

// HashAt returns the log's hash at a position of a scope. It is false where there is no such event.
func HashAt(ctx context.Context, q Querier, scope id.Scope, pos uint64) ([]byte, bool, error) {
	var hash []byte
	err := q.QueryRowContext(ctx, `SELECT hash FROM event WHERE scope = (SELECT key FROM scope WHERE id = ?) AND scope_pos = ?`,
		scope[:], int64(pos)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read hash of %s at %d: %w", scope, pos, err)
	}
	return hash, true, nil
}

// repeat returns n copies of text, separated by commas.
func repeat(text string, n int) string {
	return strings.TrimSuffix(strings.Repeat(text+",", n), ",")
}

// Moved returns the streams that have events in the gap, without their heads' states.
func Moved(ctx context.Context, q Querier, g stream.Gap) ([]stream.Head, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind FROM stream WHERE key IN (SELECT stream FROM event
	  WHERE scope = (SELECT key FROM scope WHERE id = ?) AND scope_pos > ? AND scope_pos <= ?)`, g.Scope[:], int64(g.Low), int64(g.High))
	if err != nil {
		return nil, fmt.Errorf("read moved streams: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []stream.Head
	for rows.Next() {
		var (
			h  = stream.Head{Scope: g.Scope}
			id []byte
		)
		if err := rows.Scan(&id, &h.Kind); err != nil {
			return nil, fmt.Errorf("read moved streams: %w", err)
		}
		copy(h.Stream[:], id)
		out = append(out, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read moved streams: %w", err)
	}
	return out, nil
}

// Census counts the incidents and the events that are here and that everybody may see.
func Census(ctx context.Context, q Querier) (incidents int, events uint64, err error) {
	everyone := id.Everyone()
	err = q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM stream WHERE kind = ? AND scope = (SELECT key FROM scope WHERE id = ?)),
	  (SELECT count(*) FROM event WHERE scope = (SELECT key FROM scope WHERE id = ?))`,
		int64(id.KindIncident), everyone[:], everyone[:]).Scan(&incidents, &events)
	if err != nil {
		return 0, 0, fmt.Errorf("count what is here: %w", err)
	}
	return incidents, events, nil
}
