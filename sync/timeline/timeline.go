// Package timeline stores streams of events, the same way on the server and in a client's replica:
// what happened, in which order, seen by whom, and a head for every stream so that nobody has to
// fold from the beginning.
package timeline

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema returns the tables that this package needs in a file.
func Schema() (sqlite.Schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlite.Schema{}, fmt.Errorf("read migrations: %w", err)
	}
	return sqlite.Schema{Name: "timeline", Files: files}, nil
}

// Querier reads: a pool, or a transaction that must see its own writes.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Log writes events. It remembers the short keys of scopes and streams, and holds the prepared
// statements of the one writing connection.
type Log struct {
	strict  *sqlite.Bulk // refuses a row that is there already
	lenient *sqlite.Bulk // leaves it as it is

	mu      sync.Mutex
	scopes  map[id.Scope]int64
	streams map[id.Stream]int64
}

const (
	eventTable   = `event (seq, stream, stream_seq, scope, scope_pos, command, person, device, received, occurred, uncertain, payload, hash)`
	eventColumns = 13
)

// NewLog prepares writing to db, whose schema is up to date.
func NewLog(ctx context.Context, db sqlite.Preparer) (*Log, error) {
	l := &Log{scopes: map[id.Scope]int64{}, streams: map[id.Stream]int64{}}
	var err error
	if l.strict, err = sqlite.NewBulk(ctx, db, "INSERT INTO "+eventTable, eventColumns); err != nil {
		return nil, err
	}
	if l.lenient, err = sqlite.NewLenientBulk(ctx, db, "INSERT INTO "+eventTable, eventColumns); err != nil {
		return nil, errors.Join(err, l.strict.Close())
	}
	return l, nil
}

// Close gives the prepared statements back.
func (l *Log) Close() error { return errors.Join(l.strict.Close(), l.lenient.Close()) }

// Writer writes within one transaction. The keys that it finds become the log's own only when
// Committed is called, so that a transaction that was rolled back leaves nothing behind.
type Writer struct {
	log     *Log
	tx      *sql.Tx
	scopes  map[id.Scope]int64
	streams map[id.Stream]int64
}

// In returns a writer for tx.
func (l *Log) In(tx *sql.Tx) *Writer {
	return &Writer{log: l, tx: tx, scopes: map[id.Scope]int64{}, streams: map[id.Stream]int64{}}
}

// Committed tells that the writer's transaction was committed.
func (w *Writer) Committed() {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	maps.Copy(w.log.scopes, w.scopes)
	maps.Copy(w.log.streams, w.streams)
}

// Forget drops all remembered keys, after the tables were emptied.
func (l *Log) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.scopes)
	clear(l.streams)
}

// Row is an event with what only the database knows about it.
type Row struct {
	stream.Stored
	Seq  uint64 // the server's counter; 0 lets the database number it
	Hash []byte // of the scope's log up to this event; on a client the event's seal
}

// Append stores rows, all or none. A row that is there already is an error.
func (w *Writer) Append(ctx context.Context, rows []Row) error {
	return w.insert(ctx, rows, w.log.strict)
}

// Merge stores the rows that are not there yet, and leaves the others as they are.
func (w *Writer) Merge(ctx context.Context, rows []Row) error {
	return w.insert(ctx, rows, w.log.lenient)
}

func (w *Writer) insert(ctx context.Context, rows []Row, into *sqlite.Bulk) error {
	err := into.Insert(ctx, w.tx, len(rows), func(i int, args []any) ([]any, error) { return w.rowArgs(ctx, args, rows[i]) })
	if err != nil {
		return fmt.Errorf("store events: %w", err)
	}
	return nil
}

func (w *Writer) rowArgs(ctx context.Context, args []any, r Row) ([]any, error) {
	stream, err := w.streamKey(ctx, r.Stream, r.Kind, r.Scope)
	if err != nil {
		return nil, err
	}
	scope, err := w.scopeKey(ctx, r.Scope)
	if err != nil {
		return nil, err
	}
	var seq any
	if r.Seq > 0 {
		seq = int64(r.Seq)
	}
	return append(
		args, seq, stream, int64(r.StreamSeq), scope, int64(r.ScopePos), r.Command[:], blob(r.Actor.Person[:]), blob(r.Actor.Device[:]),
		r.Received.UnixMicro(), r.Occurred.UnixMicro(), r.Uncertain, blob(r.Payload), blob(r.Hash),
	), nil
}

// blob keeps an empty value from being stored as NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// PutHead stores a stream's state; an older head never replaces a newer one.
func (w *Writer) PutHead(ctx context.Context, h stream.Head) error {
	key, err := w.streamKey(ctx, h.Stream, h.Kind, h.Scope)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx,
		`UPDATE stream SET head_seq = ?, head_version = ?, head = ? WHERE key = ? AND (head_seq < ? OR head_seq = ? AND head_version < ?)`,
		int64(h.Seq), h.Version, blob(h.State), key, int64(h.Seq), int64(h.Seq), h.Version)
	if err != nil {
		return fmt.Errorf("store head of %s: %w", h.Stream, err)
	}
	return nil
}

// PutCursor stores how far a scope is known. Epoch and seal are a client's; a server leaves them empty.
func (w *Writer) PutCursor(ctx context.Context, c stream.Cursor) error {
	key, err := w.scopeKey(ctx, c.Scope)
	if err != nil {
		return err
	}
	var epoch []byte
	if !c.Epoch.IsZero() {
		epoch = c.Epoch[:]
	}
	if _, err := w.tx.ExecContext(ctx, `UPDATE scope SET pos = ?, hash = ?, epoch = ?, seal = ? WHERE key = ?`,
		int64(c.Pos), blob(c.Hash), blob(epoch), blob(c.Seal), key); err != nil {
		return fmt.Errorf("store cursor of %s: %w", c.Scope, err)
	}
	return nil
}

// StreamKey returns the short key that other tables of the same file refer to a stream by.
func (w *Writer) StreamKey(ctx context.Context, s id.Stream, kind id.Kind, scope id.Scope) (int64, error) {
	return w.streamKey(ctx, s, kind, scope)
}

// ScopeKey returns the short key that other tables of the same file refer to a scope by.
func (w *Writer) ScopeKey(ctx context.Context, s id.Scope) (int64, error) { return w.scopeKey(ctx, s) }

// What Uproot and Hollow do to the events of a stream. A hollow row has its number and nothing else: it belongs to no stream and lies in no
// scope, so that no query that asks for either finds it.
const (
	deleteEvents = `DELETE FROM event WHERE stream = (SELECT key FROM stream WHERE id = ?)`
	hollowEvents = `UPDATE event SET stream = -seq, scope = -seq, command = x'', person = x'', device = x'', received = 0, occurred = 0, uncertain = 0,
	  payload = x'', hash = x'' WHERE stream = (SELECT key FROM stream WHERE id = ?)`
)

// Uproot deletes the stored events of a stream, and lets it lie in another scope: whoever calls it stores them anew there. A
// stream that is not here yet stays unknown.
func (w *Writer) Uproot(ctx context.Context, s id.Stream, to id.Scope) error {
	return w.uproot(ctx, deleteEvents, s, to)
}

// Hollow is Uproot for a SQLite file that is not written anew where words were erased. Rows that are deleted have others of their
// page move, and what moves leaves its words behind, where no erasing finds them (docs/decisions/0015): so the rows stay, emptied.
func (w *Writer) Hollow(ctx context.Context, s id.Stream, to id.Scope) error {
	return w.uproot(ctx, hollowEvents, s, to)
}

func (w *Writer) uproot(ctx context.Context, events string, s id.Stream, to id.Scope) error {
	scope, err := w.scopeKey(ctx, to)
	if err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(ctx, events, s[:]); err != nil {
		return fmt.Errorf("uproot %s: %w", s, err)
	}
	if _, err := w.tx.ExecContext(ctx, `UPDATE stream SET scope = ? WHERE id = ?`, scope, s[:]); err != nil {
		return fmt.Errorf("uproot %s: %w", s, err)
	}
	return nil
}

func (w *Writer) scopeKey(ctx context.Context, s id.Scope) (int64, error) {
	if key, ok := known(w, w.scopes, w.log.scopes, s); ok {
		return key, nil
	}
	key, err := w.key(ctx, `SELECT key FROM scope WHERE id = ?`, `INSERT INTO scope (id) VALUES (?) RETURNING key`, s[:])
	if err != nil {
		return 0, fmt.Errorf("find scope %s: %w", s, err)
	}
	w.scopes[s] = key
	return key, nil
}

func (w *Writer) streamKey(ctx context.Context, s id.Stream, kind id.Kind, scope id.Scope) (int64, error) {
	if key, ok := known(w, w.streams, w.log.streams, s); ok {
		return key, nil
	}
	within, err := w.scopeKey(ctx, scope)
	if err != nil {
		return 0, err
	}
	key, err := w.key(ctx, `SELECT key FROM stream WHERE id = ?`,
		`INSERT INTO stream (id, kind, scope) VALUES (?, ?, ?) RETURNING key`, s[:], int64(kind), within)
	if err != nil {
		return 0, fmt.Errorf("find stream %s: %w", s, err)
	}
	w.streams[s] = key
	return key, nil
}

func known[K comparable](w *Writer, fresh, kept map[K]int64, k K) (int64, bool) {
	if key, ok := fresh[k]; ok {
		return key, true
	}
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	key, ok := kept[k]
	return key, ok
}

// key finds a row by its first argument, and makes it when there is none.
func (w *Writer) key(ctx context.Context, find, insert string, args ...any) (int64, error) {
	var key int64
	err := w.tx.QueryRowContext(ctx, find, args[0]).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		err = w.tx.QueryRowContext(ctx, insert, args...).Scan(&key)
	}
	return key, err
}

// Rewrite passes every stored event of a stream that names an entry to blank, and stores what it returns with true in its
// place. It returns how many it replaced. The hash of the log behind each stays what it was.
func (w *Writer) Rewrite(ctx context.Context, s id.Stream, entry id.Entry, blank func(payload []byte) ([]byte, bool, error)) (int, error) {
	found, err := Naming(ctx, w.tx, s, entry[:])
	if err != nil {
		return 0, err
	}
	replaced := 0
	for _, e := range found {
		payload, yes, err := blank(e.Payload)
		if err != nil {
			return replaced, fmt.Errorf("rewrite event %d of %s: %w", e.StreamSeq, s, err)
		}
		if !yes {
			continue
		}
		if _, err := w.tx.ExecContext(ctx, `UPDATE event SET payload = ?
		  WHERE stream = (SELECT key FROM stream WHERE id = ?) AND stream_seq = ?`, blob(payload), s[:], int64(e.StreamSeq)); err != nil {
			return replaced, fmt.Errorf("rewrite event %d of %s: %w", e.StreamSeq, s, err)
		}
		replaced++
	}
	return replaced, nil
}
