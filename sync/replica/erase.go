package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// revise takes over what events say of the words of entries: the index gets the new words of an edited one, and the
// words of an erased one vanish from all that is stored here. That goes also for entries that were erased before
// their words came, as a fill that was under way may bring them.
func (u *update) revise(ctx context.Context, touched map[id.Stream][]stream.Stored) error {
	for s, events := range touched {
		if events[0].Kind != id.KindIncident {
			continue
		}
		key, err := u.w.StreamKey(ctx, s, events[0].Kind, events[0].Scope)
		if err != nil {
			return err
		}
		said, err := u.said(ctx, key, events)
		if err != nil {
			return err
		}
		if len(said) > 0 {
			if err := u.reword(ctx, s, key, said); err != nil {
				return err
			}
		}
		due, err := u.due(ctx, key, events)
		if err != nil {
			return err
		}
		if err := u.blank(ctx, s, due); err != nil {
			return err
		}
	}
	return nil
}

// said returns the entries of whose words events say something, and notes those that were erased.
func (u *update) said(ctx context.Context, key int64, events []stream.Stored) ([]id.Entry, error) {
	var out []id.Entry
	for _, e := range events {
		var entry id.Entry
		switch fact, _ := wire.RevisionIn(e.Payload); fact := fact.(type) {
		case incident.Edited:
			entry = fact.Entry
		case incident.Erased:
			entry = fact.Entry
			if _, err := u.tx.ExecContext(ctx, `INSERT OR IGNORE INTO erased (stream, entry) VALUES (?, ?)`, key, entry[:]); err != nil {
				return nil, fmt.Errorf("note an erased entry of %s: %w", e.Stream, err)
			}
		default:
			continue
		}
		if !slices.Contains(out, entry) {
			out = append(out, entry)
		}
	}
	return out, nil
}

// due returns the entries whose words are to vanish now: those that events erase, and those that were erased before and
// of which events bring words all the same.
func (u *update) due(ctx context.Context, key int64, events []stream.Stored) ([]id.Entry, error) {
	gone, err := u.erasedOf(ctx, key)
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	var out []id.Entry
	for _, entry := range gone {
		for _, e := range events {
			fact, _ := wire.RevisionIn(e.Payload)
			erased, says := fact.(incident.Erased)
			_, holds, err := wire.Blanked(e.Payload, entry)
			if err != nil {
				return nil, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
			}
			if says && erased.Entry == entry || holds {
				out = append(out, entry)
				break
			}
		}
	}
	return out, nil
}

// blank takes the words of erased entries out of a stream's events, and out of the outbox and the files of whoever
// wrote them here. What came blank already may still be there.
func (u *update) blank(ctx context.Context, s id.Stream, due []id.Entry) error {
	for _, entry := range due {
		var files []incident.Attachment
		n, err := u.w.Rewrite(ctx, s, entry, func(payload []byte) ([]byte, bool, error) {
			blank, holds, err := wire.Blanked(payload, entry)
			if holds {
				files = append(files, filesIn(payload)...)
			}
			return blank, holds, err
		})
		if err != nil {
			return err
		}
		// Before the commit: should the client end in between, the event comes again.
		if err := u.r.dropFiles(ctx, s, entry, files); err != nil {
			return err
		}
		if err := u.r.outbox.erase(ctx, entry); err != nil {
			return err
		}
		u.erased = true
		if n > 0 {
			u.r.rewritten++
		} else if _, err := os.Stat(u.r.aside()); err != nil {
			continue // there is no damaged copy either, which may hold the words that are not here
		}
		if err := sqlite.Erasing(ctx, u.tx); err != nil {
			return err
		}
	}
	return nil
}

// filesIn returns the files that a stored event puts on the timeline.
func filesIn(payload []byte) []incident.Attachment {
	event, err := wire.DecodeEvent(id.KindIncident, payload)
	if err != nil {
		return nil // of a later version
	}
	_, files := carried([]stream.Event{event})
	return files
}

func (u *update) erasedOf(ctx context.Context, key int64) ([]id.Entry, error) {
	rows, err := u.tx.QueryContext(ctx, `SELECT entry FROM erased WHERE stream = ?`, key)
	if err != nil {
		return nil, fmt.Errorf("read erased entries: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Entry
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read erased entries: %w", err)
		}
		var e id.Entry
		copy(e[:], raw)
		out = append(out, e)
	}
	return out, rows.Err()
}

// stained has Scrub called.
func (r *Replica) stained() {
	select {
	case r.erasures <- struct{}{}:
	default:
	}
}

// Erasures is signalled after words were erased, and where a former run was interrupted before it came to Scrub.
func (r *Replica) Erasures() <-chan struct{} { return r.erasures }

// Scrub sees to it that what was erased is in no file any more. Commands are stored and everything is read meanwhile; what
// the server sends waits. It is an Unavailable fault while somebody reads an older state, and is to be tried again then.
func (r *Replica) Scrub(ctx context.Context) (err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	defer func() { r.scrubbed(ctx, err) }()
	defer r.notice(&err)
	files, stained, err := r.unclean(ctx)
	if err != nil {
		return err
	}
	if stained { // nothing can be taken out of a damaged copy that was put aside
		if err := os.Remove(r.aside()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a damaged copy that may hold erased words: %w", err)
		}
	}
	for _, db := range files {
		if err := db.Scrub(ctx); err != nil {
			return err
		}
	}
	return nil
}

// scrubbed notes what came of a scrubbing, and tells it where that is news. That somebody reads says nothing.
func (r *Replica) scrubbed(ctx context.Context, err error) {
	failed := err != nil
	if failed && (ctx.Err() != nil || fault.Is(err, fault.Unavailable)) {
		return
	}
	if r.smeared.Swap(failed) != failed {
		r.watch.notify()
	}
}

// Smeared reports whether erased words could not be taken out of a file when that was last tried.
func (r *Replica) Smeared() bool { return r.smeared.Load() }

// Unfolded reports whether a file beside this replica's grows with each commit until the next start, see sqlite.DB.
func (r *Replica) Unfolded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outbox.db.Unfolded() || r.db.Unfolded()
}

// unclean returns the files that can be written, and whether erased words may still be in one.
func (r *Replica) unclean(ctx context.Context) (files []*sqlite.DB, stained bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	files = []*sqlite.DB{r.outbox.db}
	if !r.closed {
		files = append(files, r.db)
	}
	for _, db := range files {
		yes, err := db.Stained(ctx)
		if err != nil {
			return nil, false, err
		}
		stained = stained || yes
	}
	return files, stained, nil
}

// erase takes the words of an entry out of the commands that are kept. They stay what they were otherwise: a
// server that was restored to its past may be offered them again.
func (o *outbox) erase(ctx context.Context, entry id.Entry) error {
	return o.db.InTx(ctx, func(tx *sql.Tx) error {
		kept, err := keptWords(ctx, tx, entry)
		if err != nil {
			return err
		}
		if err := keptWordless(ctx, tx, entry); err != nil {
			return err
		}
		// Commands that were dropped after their time may have left a piece behind, too.
		if err := sqlite.Erasing(ctx, tx); err != nil {
			return err
		}
		for seq, body := range kept {
			if _, err := tx.ExecContext(ctx, `UPDATE command SET body = ? WHERE seq = ?`, body, seq); err != nil {
				return fmt.Errorf("erase a command: %w", err)
			}
		}
		return nil
	})
}

// forgetWords takes its words out of a command that is confirmed, when its entry was erased before the server's answer
// came: while there is none, nobody can tell whether the command has yet to be sent.
func (r *Replica) forgetWords(ctx context.Context, p Pending) error {
	entry, ok := incident.Worded(p.Command)
	if !ok {
		return nil
	}
	if erased, err := r.wasErased(ctx, p.Target, entry); err != nil || !erased {
		return err
	}
	defer r.stained()
	return r.outbox.erase(ctx, entry)
}

func (r *Replica) wasErased(ctx context.Context, in id.Stream, entry id.Entry) (erased bool, err error) {
	defer r.notice(&err)
	err = r.db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erased JOIN stream ON stream.key = erased.stream
	  WHERE stream.id = ? AND erased.entry = ?)`, in[:], entry[:]).Scan(&erased)
	if err != nil {
		return false, fmt.Errorf("read whether %s was erased: %w", entry, err)
	}
	return erased, nil
}

// keptWords returns the answered commands that hold words of an entry, each without them.
func keptWords(ctx context.Context, tx *sql.Tx, entry id.Entry) (map[int64][]byte, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, body FROM command WHERE closed = 1 OR outcome IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("read commands: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[int64][]byte{}
	for rows.Next() {
		var (
			seq  int64
			body []byte
		)
		if err := rows.Scan(&seq, &body); err != nil {
			return nil, fmt.Errorf("read commands: %w", err)
		}
		c, err := wire.DecodeCommand(body)
		if err != nil {
			continue // of a later version: nothing is known of its words
		}
		if blank, holds := incident.Wordless(c, entry); holds {
			if out[seq], err = wire.EncodeCommand(blank); err != nil {
				return nil, err
			}
		}
	}
	return out, rows.Err()
}
