package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// sliceEvents is how many events are read in one short transaction.
const sliceEvents = 2000

// place names an entry of a stream.
type place struct {
	stream id.Stream
	entry  id.Entry
}

// walk is a verification on its way through the log.
type walk struct {
	Options
	db     database.DB
	report *Report
	total  uint64
	keys   map[string]bool // the public keys that this server signs with
	signed []ledger.Checkpoint
	first  int // of signed, that has not been reached

	seq     uint64
	ends    map[id.Scope]stream.Cursor
	blanked map[place]uint64 // entries without words, and the event where that shows
	erased  map[place]bool   // entries that an event erases
	stored  []stream.Cursor  // the ends as the database has them

	moves     bool                 // the database knows tombstones
	moved     map[id.Stream]bool   // streams that have left a place
	withdrawn map[id.Stream]bool   // incidents that everybody was told to give up
	concealed map[id.Stream]uint64 // streams that have left everybody's scope, and a place where they were
}

func begin(ctx context.Context, db database.DB, o Options) (*walk, error) {
	w := &walk{
		Options: o, db: db, report: &Report{}, keys: map[string]bool{},
		ends: map[id.Scope]stream.Cursor{}, blanked: map[place]uint64{}, erased: map[place]bool{},
		moved: map[id.Stream]bool{}, withdrawn: map[id.Stream]bool{}, concealed: map[id.Stream]uint64{},
	}
	mark, err := ledger.ReadMark(ctx, db)
	if err != nil {
		return nil, err
	}
	w.total = mark.Seq
	if w.moves, err = database.HasTable(ctx, db, "tombstone"); err != nil {
		return nil, err
	}
	if w.signed, err = ledger.Checkpoints(ctx, db); err != nil {
		return nil, err
	}
	return w, w.readKeys(ctx)
}

func (w *walk) readKeys(ctx context.Context) error {
	query := "SELECT secret, NULL FROM secret_key WHERE purpose = 'signing'"
	if database.Shared(w.db) { // there they may be sealed
		query = "SELECT secret, public FROM secret_key WHERE purpose = 'signing'"
	}
	rows, err := w.db.Reader().QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read the server's keys: %w", database.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var seed, public []byte
		if err := rows.Scan(&seed, &public); err != nil {
			return fmt.Errorf("read the server's keys: %w", database.Fault(err))
		}
		if len(seed) == ed25519.SeedSize {
			public, _ = ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		}
		if len(public) == ed25519.PublicKeySize {
			w.keys[string(public)] = true
		}
	}
	return database.Fault(rows.Err())
}

// event is one as it is stored, or as it was where it has left a tombstone.
type event struct {
	id.Envelope
	seq     uint64
	payload []byte
	hash    []byte
	gone    bool // it has another place now
	astray  bool // it does not lie where its stream does
}

// slice reads on, and at the end of the log also where the database says that it ends, as one state.
func (w *walk) slice(ctx context.Context) (done bool, err error) {
	tx, err := w.db.Reader().BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("read events: %w", database.Fault(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	n, err := w.read(ctx, tx)
	if err != nil {
		return false, err
	}
	if w.Progress != nil {
		w.Progress(w.seq, max(w.total, w.seq))
	}
	if n == sliceEvents {
		return false, nil
	}
	var (
		epoch       []byte
		seq, number int64
	)
	if err := tx.QueryRowContext(ctx, "SELECT epoch, seq, number FROM counter").Scan(&epoch, &seq, &number); err != nil {
		return false, fmt.Errorf("read the log's end: %w", database.Fault(err))
	}
	copy(w.report.Mark.Epoch[:], epoch)
	w.report.Mark.Seq, w.report.Mark.Number = uint64(seq), uint32(number)
	if w.stored, err = timeline.Cursors(ctx, tx); err != nil {
		return false, database.Fault(err)
	}
	return true, nil
}

// What is read of the log. A tombstone is read as the event that it stands for, in the place that this had.
const (
	eventsBehind = `SELECT e.seq AS seq, t.id, coalesce(t.kind, 0), e.stream_seq, s.id, e.scope_pos,
	  e.command, e.person, e.device, e.received, e.occurred, e.uncertain, e.payload, e.hash, 0, CASE WHEN t.scope = e.scope THEN 0 ELSE 1 END
	  FROM event e LEFT JOIN stream t ON t.key = e.stream LEFT JOIN scope s ON s.key = e.scope
	  WHERE e.seq > ? AND e.stream > 0` // the others are hollow
	tombstonesBehind = `SELECT g.seq AS seq, t.id, coalesce(t.kind, 0), g.stream_seq, s.id, g.scope_pos,
	  e.command, e.person, e.device, coalesce(e.received, 0), coalesce(e.occurred, 0), e.uncertain, e.payload, g.hash, 1, 0
	  FROM tombstone g LEFT JOIN stream t ON t.key = g.stream LEFT JOIN scope s ON s.key = g.scope
	  LEFT JOIN event e ON e.stream = g.stream AND e.stream_seq = g.stream_seq
	  WHERE g.seq > ?`
)

func (w *walk) read(ctx context.Context, q timeline.Querier) (n int, err error) {
	query, args := eventsBehind, []any{int64(w.seq)}
	if w.moves {
		query, args = eventsBehind+" UNION ALL "+tombstonesBehind, []any{int64(w.seq), int64(w.seq)}
	}
	rows, err := q.QueryContext(ctx, query+" ORDER BY seq LIMIT ?", append(args, sliceEvents)...)
	if err != nil {
		return 0, fmt.Errorf("read events: %w", database.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for ; rows.Next(); n++ {
		var (
			e                                         event
			target, scope, command, person, device    []byte
			seq, streamSeq, scopePos, received, occur int64
			uncertain                                 *bool // nil for a place that was left by nothing that is there
		)
		err := rows.Scan(&seq, &target, &e.Kind, &streamSeq, &scope, &scopePos, &command, &person, &device, &received, &occur, &uncertain, &e.payload, &e.hash,
			&e.gone, &e.astray)
		if err != nil {
			return n, fmt.Errorf("read events: %w", database.Fault(err))
		}
		for into, from := range map[*[16]byte][]byte{
			(*[16]byte)(&e.Stream): target, (*[16]byte)(&e.Scope): scope, (*[16]byte)(&e.Command): command,
			(*[16]byte)(&e.Actor.Person): person, (*[16]byte)(&e.Actor.Device): device,
		} {
			if len(from) > 0 && copy(into[:], from) != len(from) {
				w.report.flaw(uint64(seq), "has an id that is too long")
			}
		}
		e.seq, e.StreamSeq, e.ScopePos = uint64(seq), uint64(streamSeq), uint64(scopePos)
		e.Uncertain = uncertain != nil && *uncertain
		e.Received, e.Occurred = time.UnixMicro(received).UTC(), time.UnixMicro(occur).UTC()
		w.take(e)
	}
	return n, database.Fault(rows.Err())
}

// take checks one event against what came before it. It goes on from what is stored, so that one change is one flaw.
func (w *walk) take(e event) {
	w.skipped(e.seq)
	end := w.ends[e.Scope]
	if e.ScopePos != end.Pos+1 {
		w.report.flaw(e.seq, fmt.Sprintf("stands at place %d of its scope, behind place %d", e.ScopePos, end.Pos))
	}
	if ledger.IsFormer(e.hash) {
		w.report.Former++
		if len(end.Hash) > 0 && !ledger.IsFormer(end.Hash) {
			w.report.flaw(e.seq, "is hashed as an early version did, behind one that is not")
		}
	}
	if !w.linked(end.Hash, e) {
		if e.gone {
			w.report.flaw(e.seq, "is a place that was left by no event that is there, or what was before it is missing")
		} else {
			w.report.flaw(e.seq, "was changed, or what was before it is missing")
		}
	}
	w.seq = e.seq
	if e.gone {
		w.gone(e)
	} else {
		w.stands(e)
	}
	w.ends[e.Scope] = stream.Cursor{Scope: e.Scope, Pos: e.ScopePos, Hash: e.hash}
	w.compare()
}

// stands takes note of an event that is where it belongs.
func (w *walk) stands(e event) {
	w.report.Events++
	w.report.Last = e.Received
	if e.astray {
		w.report.flaw(e.seq, "lies in another scope than its stream")
	}
	if fact, ok := wire.RevisionIn(e.payload); ok {
		if erasure, ok := fact.(incident.Erased); ok {
			w.erased[place{e.Stream, erasure.Entry}] = true
		}
	}
	if e.Kind != id.KindWorkspace {
		return
	}
	if fact, err := wire.DecodeEvent(e.Kind, e.payload); err == nil {
		if told, ok := fact.(workspace.IncidentWithdrawn); ok {
			w.withdrawn[id.Stream(told.Incident)] = true
		}
	}
}

// gone takes note of a place that an event has left. That there is such an event has been found with its hash.
func (w *walk) gone(e event) {
	w.report.Moved++
	w.moved[e.Stream] = true
	if e.Scope == id.Everyone() {
		w.concealed[e.Stream] = e.seq
	}
}

// skipped tells which numbers are missing before seq.
func (w *walk) skipped(seq uint64) {
	if seq == w.seq+1 {
		return
	}
	w.report.flaw(seq, fmt.Sprintf("comes behind event %d: %s missing", w.seq, between(w.seq+1, seq-1)))
	w.seq = seq - 1
	w.compare()
}

func between(first, last uint64) string {
	if first == last {
		return fmt.Sprintf("event %d is", first)
	}
	return fmt.Sprintf("events %d to %d are", first, last)
}

// linked reports whether the hash that is stored with e is the one that follows on before.
func (w *walk) linked(before []byte, e event) bool {
	link := func(own [sha256.Size]byte) bool {
		if ledger.IsFormer(e.hash) {
			return bytes.Equal(e.hash, ledger.FormerLink(before, e.Envelope, own))
		}
		return bytes.Equal(e.hash, ledger.Link(before, e.seq, e.Envelope, own))
	}
	whole := link(sha256.Sum256(e.payload))
	if whole && (e.gone || !w.moved[e.Stream]) {
		return true
	}
	entry, was, ok := wire.Blank(e.Kind, e.payload) // what was moved when it was blank already is whole as well
	if !whole && (!ok || !link(was)) {
		return false
	}
	if !ok || e.gone {
		return true
	}
	w.report.Erased++
	if at := (place{e.Stream, entry}); w.blanked[at] == 0 {
		w.blanked[at] = e.seq
	}
	return true
}
