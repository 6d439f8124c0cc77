package replica

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// index holds the prepared statements that fill the full-text index, and what of the stored events is not
// in it yet.
type index struct {
	documents, texts *sqlite.Bulk
	rest             unindexed
}

// unindexed is how much of what is stored has not been indexed: events up to a position of everybody's
// scope, events of private incidents up to a row, and heads up to a stream's key.
type unindexed struct{ position, private, stream int64 }

// waits reports whether an event is indexed later, with everything that is older.
func (x unindexed) waits(e stream.Stored) bool {
	return e.Scope == id.Everyone() && int64(e.ScopePos) <= x.position // of private ones there are few
}

// newIndex prepares writing to db, whose schema is up to date.
func newIndex(ctx context.Context, db *sqlite.DB) (*index, error) {
	x := &index{}
	var err error
	if x.documents, err = sqlite.NewBulk(ctx, db, "INSERT INTO document (key, stream, stream_seq, person)", 4); err != nil {
		return nil, err
	}
	if x.texts, err = sqlite.NewBulk(ctx, db, "INSERT INTO entry_text (rowid, text)", 2); err != nil {
		return nil, errors.Join(err, x.documents.Close())
	}
	if err := db.Read.QueryRowContext(ctx, `SELECT position, private, stream FROM unindexed`).Scan(&x.rest.position, &x.rest.private, &x.rest.stream); err != nil {
		return nil, errors.Join(fmt.Errorf("read what is not indexed: %w", err), x.close())
	}
	return x, nil
}

func (x *index) close() error { return errors.Join(x.documents.Close(), x.texts.Close()) }

// wordsOf returns the words of an event that people may look for, and the entry that they are. A new kind
// of event with words gets a case here, and makes indexVersion rise.
func wordsOf(e stream.Event) (text string, entry id.Entry) {
	switch e := e.(type) {
	case incident.Declared:
		return e.Title, entry
	case incident.Imported:
		return e.Title, entry
	case incident.Retitled:
		return e.To, entry
	case incident.Written:
		return e.Text, e.Entry
	case incident.UpdateImported:
		if !e.Was.IsZero() { // what is left of an erased one is no words
			return "", e.Entry
		}
		return cmp.Or(e.Body, e.Label), e.Entry
	case incident.SeverityChanged:
		return e.Reason, entry
	case incident.StatusChanged:
		return e.Reason, entry
	case incident.Contested:
		return e.Reason, entry
	default:
		return "", entry
	}
}

// document is the words of one event on their way into the index.
type document struct {
	target      id.Stream
	key, stream int64
	seq         uint64
	person      id.Person
	entry       id.Entry
	text        string
}

// tieBits is how many bits of a key tell apart what fell into the same second.
const tieBits = 16

// keyOf returns where something stands in the index. In the rare case that the place is taken by
// something else, the next free one is used.
func keyOf(at time.Time, tie uint64) int64 {
	return at.Unix()<<tieBits | int64(tie&(1<<tieBits-1))
}

// read puts the words of stored events on their way into the index, and notes which of them were history when they came.
func (u *update) read(ctx context.Context, events []stream.Stored) error {
	for _, e := range events {
		if e.Kind != id.KindIncident || u.r.index.rest.waits(e) {
			continue
		}
		if err := u.readOne(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) readOne(ctx context.Context, e stream.Stored) error {
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if err != nil {
		return fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
	}
	if err := u.date(ctx, e, event); err != nil {
		return err
	}
	text, entry := wordsOf(event)
	if text == "" && entry.IsZero() { // an entry may have been given words later
		return nil
	}
	key, err := u.w.StreamKey(ctx, e.Stream, e.Kind, e.Scope)
	if err != nil {
		return err
	}
	u.documents = append(u.documents, document{
		target: e.Stream, key: keyOf(e.Occurred, e.ScopePos), stream: key, seq: e.StreamSeq, person: e.Actor.Person, entry: entry, text: text,
	})
	return nil
}

// index brings the index up to what this transaction has read and folded.
func (u *update) index(ctx context.Context) error {
	if err := u.indexSubjects(ctx); err != nil {
		return fmt.Errorf("index incidents: %w", err)
	}
	if err := u.indexDocuments(ctx); err != nil {
		return fmt.Errorf("index entries: %w", err)
	}
	return nil
}

// indexDocuments puts the documents that are not there yet into the index, in the order of their keys:
// FTS5 writes a piece of its own whenever a key is smaller than the one before.
func (u *update) indexDocuments(ctx context.Context) error {
	all, err := u.fresh(ctx, u.documents)
	if u.documents = nil; err != nil || len(all) == 0 {
		return err
	}
	if all, err = u.asRevised(ctx, all); err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b document) int { return cmp.Compare(a.key, b.key) })
	x := u.r.index
	err = x.documents.Insert(ctx, u.tx, len(all), func(i int, args []any) ([]any, error) {
		d := all[i]
		return append(args, d.key, d.stream, int64(d.seq), d.person[:]), nil
	})
	if err != nil {
		return err
	}
	err = x.texts.Insert(ctx, u.tx, len(all), func(i int, args []any) ([]any, error) {
		return append(args, all[i].key, search.Indexed(all[i].text)), nil
	})
	if err != nil {
		return err
	}
	return u.widen(ctx, all)
}

// place names the event that a document is of.
type place struct{ stream, seq int64 }

func (d document) place() place { return place{stream: d.stream, seq: int64(d.seq)} }

// fresh returns the documents that are not in the index, each with a key that is free.
func (u *update) fresh(ctx context.Context, all []document) ([]document, error) {
	if len(all) == 0 {
		return nil, nil
	}
	keys := make([]int64, len(all))
	for i, d := range all {
		keys[i] = d.key
	}
	taken, err := u.taken(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]document, 0, len(all))
	for _, d := range all {
		have, there := taken[d.key]
		for there && have != d.place() {
			d.key++
			if have, there = taken[d.key]; there {
				continue
			}
			more, err := u.taken(ctx, []int64{d.key})
			if err != nil {
				return nil, err
			}
			maps.Copy(taken, more)
			have, there = taken[d.key]
		}
		if !there {
			taken[d.key] = d.place()
			out = append(out, d)
		}
	}
	return out, nil
}

// taken returns which of the keys are in use, and by what.
func (u *update) taken(ctx context.Context, keys []int64) (map[int64]place, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := u.tx.QueryContext(ctx, `SELECT key, stream, stream_seq FROM document WHERE key IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[int64]place{}
	for rows.Next() {
		var (
			key int64
			p   place
		)
		if err := rows.Scan(&key, &p.stream, &p.seq); err != nil {
			return nil, fmt.Errorf("read documents: %w", err)
		}
		out[key] = p
	}
	return out, rows.Err()
}

// widen notes from where to where the documents of each stream reach.
func (u *update) widen(ctx context.Context, sorted []document) error {
	type span struct{ low, high int64 }
	spans := map[int64]span{}
	for _, d := range sorted {
		s, known := spans[d.stream]
		if !known {
			s.low = d.key
		}
		s.high = d.key
		spans[d.stream] = s
	}
	for key, s := range spans {
		if _, err := u.tx.ExecContext(ctx, `INSERT INTO span (stream, low, high) VALUES (?, ?, ?)
		  ON CONFLICT (stream) DO UPDATE SET low = min(low, excluded.low), high = max(high, excluded.high)`, key, s.low, s.high); err != nil {
			return err
		}
	}
	return nil
}
