package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// thread is what the events of a stream that are here say of its entries, by the rule that the room has too.
type thread struct {
	entries map[id.Entry]incident.Entry
	written map[id.Entry]written
}

// written is the event that wrote an entry, and its words.
type written struct {
	event stream.Stored
	text  string
}

// thread folds some entries of a stream.
func (u *update) thread(ctx context.Context, target id.Stream, of []id.Entry) (thread, error) {
	t := thread{entries: map[id.Entry]incident.Entry{}, written: map[id.Entry]written{}}
	marks := make([][]byte, 0, len(of))
	for _, entry := range of {
		marks = append(marks, entry[:])
	}
	events, err := timeline.Naming(ctx, u.tx, target, marks...)
	if err != nil {
		return t, err
	}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return t, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, target, err)
		}
		fact, known := event.(incident.Event)
		if !known {
			continue
		}
		incident.Retell(t.entries, incident.Told{At: e.Envelope, Event: fact})
		text, entry := wordsOf(event)
		if _, again := t.written[entry]; !again && !entry.IsZero() {
			t.written[entry] = written{event: e, text: text}
		}
	}
	return t, nil
}

// words returns the words that an entry has now.
func (t thread) words(entry id.Entry) string {
	if now := t.entries[entry]; now.Edits > 0 || now.Erased {
		return now.Text
	}
	return t.written[entry].text
}

// reword gives entries of a stream of which something was said the words in the index that they have now. Those that
// are not here yet are noted, and get theirs when they come. Call it while the payloads of the events that wrote the
// entries are still what they were: words are taken out of the index by naming them once more.
func (u *update) reword(ctx context.Context, target id.Stream, key int64, entries []id.Entry) error {
	for _, entry := range entries {
		if err := u.note(ctx, key, entry); err != nil {
			return err
		}
	}
	t, err := u.thread(ctx, target, entries)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if w, here := t.written[entry]; here {
			d := document{target: target, stream: key, seq: w.event.StreamSeq, person: w.event.Actor.Person, entry: entry, text: w.text}
			if err := u.rewordOne(ctx, d, w.event, t.words(entry)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rewordOne gives the document of an event other words. One that is not in the index is put on its way: it may have
// had no words before.
func (u *update) rewordOne(ctx context.Context, d document, e stream.Stored, now string) error {
	d, there, err := u.placed(ctx, d, e)
	if err != nil {
		return err
	}
	if !there {
		if !u.r.index.rest.waits(e) {
			u.documents = append(u.documents, d)
		}
		return nil
	}
	noted, _, err := u.noted(ctx, d.stream, d.entry)
	if err != nil {
		return err
	}
	if noted.Valid {
		d.text = noted.String
	}
	if d.text == now {
		return nil
	}
	u.erased = true
	if err := u.takeOut(ctx, d); err != nil {
		return err
	}
	if d.text = now; now != "" {
		if err := u.entryText(ctx, `INSERT INTO entry_text (rowid, text) VALUES (?, ?)`, d); err != nil {
			return err
		}
	}
	return u.noteWords(ctx, d)
}

// takeOut takes a document's words out of the index, and has that written before others come under the same key.
func (u *update) takeOut(ctx context.Context, d document) error {
	if d.text == "" {
		return nil
	}
	if err := u.entryText(ctx, `INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', ?, ?)`, d); err != nil {
		return err
	}
	return u.settle(ctx)
}

// settle has FTS5 write what it holds back: of a word that is taken out and put back at once it may keep the former place
// for ever, where it stands there more than a hundred times. The end of a savepoint makes it write.
func (u *update) settle(ctx context.Context) error {
	for _, statement := range []string{`SAVEPOINT taken_out`, `RELEASE taken_out`} {
		if _, err := u.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take words out of the index: %w", err)
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

// note remembers that something was said of an entry's words.
func (u *update) note(ctx context.Context, streamKey int64, entry id.Entry) error {
	_, err := u.tx.ExecContext(ctx, `INSERT OR IGNORE INTO revised (stream, entry) VALUES (?, ?)`, streamKey, entry[:])
	if err != nil {
		return fmt.Errorf("note entry %s: %w", entry, err)
	}
	return nil
}

// noteWords remembers which words the index has of an entry.
func (u *update) noteWords(ctx context.Context, d document) error {
	_, err := u.tx.ExecContext(ctx, `UPDATE revised SET text = ? WHERE stream = ? AND entry = ?`, d.text, d.stream, d.entry[:])
	if err != nil {
		return fmt.Errorf("note the words of entry %s: %w", d.entry, err)
	}
	return nil
}

// noted returns which words the index has of an entry of which something was said. They are NULL where it has none, or
// those that the entry was written with.
func (u *update) noted(ctx context.Context, streamKey int64, entry id.Entry) (text sql.NullString, known bool, err error) {
	err = u.tx.QueryRowContext(ctx, `SELECT text FROM revised WHERE stream = ? AND entry = ?`, streamKey, entry[:]).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return text, false, nil
	}
	if err != nil {
		return text, false, fmt.Errorf("read the words of entry %s: %w", entry, err)
	}
	return text, true, nil
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
	said, err := u.later(ctx, all)
	if err != nil {
		return nil, err
	}
	for target, entries := range said {
		t, err := u.thread(ctx, target, entries)
		if err != nil {
			return nil, err
		}
		if err := u.reworded(ctx, all, t); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(d document) bool { return d.text == "" }), nil
}

// later returns, by stream, the entries of documents of which something was said.
func (u *update) later(ctx context.Context, all []document) (map[id.Stream][]id.Entry, error) {
	var some bool
	if err := u.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM revised)`).Scan(&some); err != nil {
		return nil, fmt.Errorf("read entries' later words: %w", err)
	}
	out := map[id.Stream][]id.Entry{}
	for _, d := range all {
		if !some || d.entry.IsZero() {
			continue
		}
		switch _, is, err := u.noted(ctx, d.stream, d.entry); {
		case err != nil:
			return nil, err
		case is:
			out[d.target] = append(out[d.target], d.entry)
		}
	}
	return out, nil
}

// reworded gives the documents that come into the index the words that the entries of a thread have now.
func (u *update) reworded(ctx context.Context, all []document, t thread) error {
	for i := range all {
		first, in := t.written[all[i].entry]
		switch {
		case !in || first.event.Stream != all[i].target:
		case first.event.StreamSeq != all[i].seq: // the first to use an id keeps it
			all[i].text = ""
		default:
			all[i].text = t.words(all[i].entry)
			if err := u.noteWords(ctx, all[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
