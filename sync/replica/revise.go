package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// revision says that an entry has other words than those it was written with, from an event on.
type revision struct {
	target id.Stream
	entry  id.Entry
	seq    uint64 // stream_seq of the event that says so; what an earlier one said no longer counts
	text   string // empty for an entry that was erased
}

// reindex gives an entry other words in the index, also when the entry itself arrives only later. Call it
// while the payload of the event that wrote the entry is still what it was: words are taken out of the index
// by naming them once more.
func (u *update) reindex(ctx context.Context, r revision) error {
	key, err := u.w.StreamKey(ctx, r.target, id.KindIncident, id.Everyone())
	if err != nil {
		return err
	}
	former, revised, err := u.revised(ctx, key, r.entry)
	if err != nil || revised && former.seq >= r.seq {
		return err
	}
	if _, err := u.tx.ExecContext(ctx, `INSERT OR REPLACE INTO revised (stream, entry, seq, text) VALUES (?, ?, ?, ?)`,
		key, r.entry[:], int64(r.seq), r.text); err != nil {
		return fmt.Errorf("note the words of entry %s: %w", r.entry, err)
	}
	d, there, err := u.document(ctx, r.target, key, r.entry)
	if err != nil || !there {
		return err
	}
	if revised {
		d.text = former.text
	}
	u.erased = true
	if err := u.takeOut(ctx, d); err != nil {
		return err
	}
	if d.text = r.text; d.text == "" {
		return nil
	}
	return u.entryText(ctx, `INSERT INTO entry_text (rowid, text) VALUES (?, ?)`, d)
}

// unindex takes the words of an entry out of the index for good. What reindex demands holds here too.
func (u *update) unindex(ctx context.Context, r revision) error {
	r.text = ""
	return u.reindex(ctx, r)
}

// takeOut takes a document's words out of the index, and has that written before others come under the same key:
// of a word that is taken out and put back at once FTS5 may keep the former place for ever, where it stands there more
// than a hundred times. The end of a savepoint makes it write.
func (u *update) takeOut(ctx context.Context, d document) error {
	if d.text == "" {
		return nil
	}
	if err := u.entryText(ctx, `INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', ?, ?)`, d); err != nil {
		return err
	}
	for _, statement := range []string{`SAVEPOINT taken_out`, `RELEASE taken_out`} {
		if _, err := u.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take the words of entry %s out: %w", d.entry, err)
		}
	}
	return nil
}

func (u *update) entryText(ctx context.Context, statement string, d document) error {
	if _, err := u.tx.ExecContext(ctx, statement, d.key, search.Indexed(d.text)); err != nil {
		return fmt.Errorf("index entry %s again: %w", d.entry, err)
	}
	return nil
}

// revised returns what is noted of an entry's words.
func (u *update) revised(ctx context.Context, streamKey int64, entry id.Entry) (r revision, known bool, err error) {
	var seq int64
	err = u.tx.QueryRowContext(ctx, `SELECT seq, text FROM revised WHERE stream = ? AND entry = ?`, streamKey, entry[:]).Scan(&seq, &r.text)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("read the words of entry %s: %w", entry, err)
	}
	r.seq = uint64(seq)
	return r, true, nil
}

// document returns what the index has of an entry, with the words of the event that wrote it.
func (u *update) document(ctx context.Context, target id.Stream, streamKey int64, entry id.Entry) (d document, there bool, err error) {
	events, err := timeline.Since(ctx, u.tx, target, 0)
	if err != nil {
		return d, false, err
	}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return d, false, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, target, err)
		}
		text, of := wordsOf(event)
		if of != entry {
			continue
		}
		d = document{stream: streamKey, seq: e.StreamSeq, entry: entry, text: text}
		return u.placed(ctx, d, e)
	}
	return d, false, nil
}

// placed finds the key of an event's document: the first free one from where it belongs.
func (u *update) placed(ctx context.Context, d document, e stream.Stored) (document, bool, error) {
	for key := keyOf(e.Occurred, e.ScopePos); ; key++ {
		taken, err := u.taken(ctx, []int64{key})
		if err != nil {
			return d, false, err
		}
		have, there := taken[key]
		if !there || have == d.place() {
			d.key = key
			return d, there, nil
		}
	}
}

// asRevised gives documents the words that their entries have now, and leaves out those that have none.
func (u *update) asRevised(ctx context.Context, all []document) ([]document, error) {
	var some bool
	if err := u.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM revised)`).Scan(&some); err != nil || !some {
		return all, err
	}
	for i, d := range all {
		if d.entry.IsZero() {
			continue
		}
		r, known, err := u.revised(ctx, d.stream, d.entry)
		if err != nil {
			return nil, err
		}
		if known {
			all[i].text = r.text
		}
	}
	return all, nil
}
