package replica

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Gift is what is given back to a restored server at once: events of one stream, all of one command together.
type Gift struct {
	Stream id.Stream
	Parts  []GiftPart // one for each command
}

// GiftPart is what one command caused in one stream.
type GiftPart struct {
	Records []byte // as they are sent
	seqs    []int64
	sight   bool // it changes who sees the stream
}

// Records returns all that is sent of a gift.
func (g Gift) Records() []byte {
	var all []byte
	for _, p := range g.Parts {
		all = append(all, p.Records...)
	}
	return all
}

// Halves returns a gift as two that are given one after the other. It is false for one that cannot be parted.
func (g Gift) Halves() (first, second Gift, ok bool) {
	n := len(g.Parts) / 2
	return Gift{Stream: g.Stream, Parts: g.Parts[:n]}, Gift{Stream: g.Stream, Parts: g.Parts[n:]}, n > 0
}

// giftBytes is about how much is given back at once; what one command caused is more at times.
const giftBytes = 200 << 10

// keep puts the young events of this copy, which is about to be dropped, where they outlive it, with what is here of the
// files that they carry: the server was restored to its past, and may lack them. What was taken out of everybody's scope, and has not
// come in another, is not kept: as far as is known here, its person may see it no longer.
func (r *Replica) keep(ctx context.Context) error {
	withdrawn, err := withdrawnHere(ctx, r.db.Read)
	if err != nil {
		return fmt.Errorf("keep what a restored server may lack: %w", err)
	}
	now := r.clock.Now()
	err = r.outbox.db.InTx(ctx, func(tx *sql.Tx) error {
		return timeline.Sealed(ctx, r.db.Read, now.Add(-stream.GiveBack), func(e stream.Stored) error {
			if withdrawn[e.Stream] {
				return nil
			}
			if err := keepEvent(ctx, tx, e, now); err != nil {
				return fmt.Errorf("keep event %d of %s: %w", e.StreamSeq, e.Stream, err)
			}
			return r.keepFiles(ctx, tx, e)
		})
	})
	if err != nil {
		return fmt.Errorf("keep what a restored server may lack: %w", err)
	}
	return nil
}

// withdrawnHere returns the incidents that are here as they lay in everybody's scope, and were taken out of it.
func withdrawnHere(ctx context.Context, q timeline.Querier) (map[id.Stream]bool, error) {
	everyone := id.Everyone()
	rows, err := q.QueryContext(ctx, `SELECT w.stream FROM withdrawn w JOIN stream t ON t.id = w.stream
	  WHERE w.gone = 1 AND t.scope = (SELECT key FROM scope WHERE id = ?)`, everyone[:])
	if err != nil {
		return nil, fmt.Errorf("read what is withdrawn: %w", err)
	}
	streams, err := idsOf[id.Stream](rows)
	if err != nil {
		return nil, err
	}
	out := map[id.Stream]bool{}
	for _, s := range streams {
		out[s] = true
	}
	return out, nil
}

// keepEvent keeps an event in place of what its command had caused in a life before.
func keepEvent(ctx context.Context, tx *sql.Tx, e stream.Stored, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM kept WHERE stream = ? AND command = ? AND since < ?`,
		e.Stream[:], e.Command[:], now.UnixMicro()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO kept (stream, stream_seq, command, since, record) VALUES (?, ?, ?, ?, ?)`,
		e.Stream[:], int64(e.StreamSeq), e.Command[:], now.UnixMicro(), wire.EncodeGift(e))
	return err
}

// keepFiles notes the files of an entry that are here: they follow its words.
func (r *Replica) keepFiles(ctx context.Context, tx *sql.Tx, e stream.Stored) error {
	if e.Kind != id.KindIncident {
		return nil
	}
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if err != nil {
		return err
	}
	entry, files := carried([]stream.Event{event})
	for _, a := range files {
		if _, here := r.files.Path(a.Content); !here {
			continue
		}
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO attachment (command, target, entry, hash, size) VALUES (?, ?, ?, ?, ?)`,
			e.Command[:], e.Stream[:], entry[:], a.Content[:], int64(a.Size)) //nolint:gosec // it is here, so it is no lie
		if err != nil {
			return fmt.Errorf("keep attachment %s: %w", a.Content, err)
		}
	}
	return nil
}

// Kept returns the streams of which events are kept that a restored server may lack, the oldest first.
func (r *Replica) Kept(ctx context.Context) ([]id.Stream, error) {
	rows, err := r.outbox.db.Read.QueryContext(ctx, `SELECT stream FROM kept GROUP BY stream ORDER BY min(seq)`)
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", sqlite.Fault(err))
	}
	return idsOf[id.Stream](rows)
}

// keptCommands notes the commands of others of which events are kept, in into: their files have to wait for them.
func (o *outbox) keptCommands(ctx context.Context, into map[id.Command]bool) error {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT DISTINCT command FROM kept WHERE command NOT IN (SELECT id FROM command)`)
	if err != nil {
		return fmt.Errorf("read what is kept: %w", sqlite.Fault(err))
	}
	commands, err := idsOf[id.Command](rows)
	for _, c := range commands {
		into[c] = true
	}
	return err
}

func idsOf[T ~[16]byte](rows *sql.Rows) (out []T, err error) {
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read what is kept: %w", err)
		}
		var one T
		copy(one[:], raw)
		out = append(out, one)
	}
	return out, sqlite.Fault(rows.Err())
}

// Gifts returns what is kept of a stream and is not in the present copy, in pieces. What is in the copy, the server has: it
// is kept no longer.
func (r *Replica) Gifts(ctx context.Context, s id.Stream) (out []Gift, err error) {
	here, err := r.commandsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	for c := range here {
		if _, err := r.outbox.db.Write.ExecContext(ctx, `DELETE FROM kept WHERE stream = ? AND command = ?`, s[:], c[:]); err != nil {
			return nil, fmt.Errorf("drop what is kept: %w", sqlite.Fault(err))
		}
	}
	parts, err := r.outbox.parts(ctx, s)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, p := range parts {
		if len(out) == 0 || size+len(p.Records) > giftBytes {
			out, size = append(out, Gift{Stream: s}), 0
		}
		last := &out[len(out)-1]
		last.Parts = append(last.Parts, p)
		size += len(p.Records)
	}
	return out, nil
}

// commandsOf returns the commands of which the present copy has events in a stream.
func (r *Replica) commandsOf(ctx context.Context, s id.Stream) (all map[id.Command]bool, err error) {
	defer r.notice(&err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, damaged(nil)
	}
	return timeline.Commands(ctx, r.db.Read, s)
}

// parts returns what is kept of a stream, by commands, in the order of the stream. But who sees it comes right behind what it begins
// with: no piece is without that, so nobody sees what of it came first and was not meant for them, and whoever was added later may bring
// all of it.
func (o *outbox) parts(ctx context.Context, s id.Stream) ([]GiftPart, error) {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT seq, command, record FROM kept WHERE stream = ?
	  ORDER BY min(stream_seq) OVER (PARTITION BY command), command, stream_seq`, s[:])
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var (
		out  []GiftPart
		last id.Command
	)
	for rows.Next() {
		var (
			seq             int64
			command, record sql.RawBytes
		)
		if err := rows.Scan(&seq, &command, &record); err != nil {
			return nil, fmt.Errorf("read what is kept: %w", err)
		}
		if len(out) == 0 || string(command) != string(last[:]) {
			copy(last[:], command)
			out = append(out, GiftPart{})
		}
		p := &out[len(out)-1]
		p.Records, p.seqs = append(p.Records, record...), append(p.seqs, seq)
		p.sight = p.sight || saysWhoSees(record)
	}
	if len(out) > 1 {
		slices.SortStableFunc(out[1:], func(a, b GiftPart) int { return cmp.Compare(b.rank(), a.rank()) })
	}
	return out, sqlite.Fault(rows.Err())
}

func (p GiftPart) rank() int {
	if p.sight {
		return 1
	}
	return 0
}

// saysWhoSees reports whether an event that is kept changes who sees its incident, or bears on it: whoever holds a role is not taken out.
func saysWhoSees(record []byte) bool {
	events, err := wire.DecodeGift(record)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(events, func(e stream.Stored) bool {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return false
		}
		switch event.(type) {
		case incident.Concealed, incident.Revealed, incident.Admitted, incident.Excluded, incident.RoleAssigned:
			return true
		default:
			return false
		}
	})
}

// Given notes that the server has taken what of a gift it lacked, or never will. Files follow.
func (r *Replica) Given(ctx context.Context, g Gift) error {
	return r.release(ctx, g, func(*sql.Tx) error { return nil })
}

// Unseen notes that this device's person may not see what a gift is of: of that nothing stays in any file.
func (r *Replica) Unseen(ctx context.Context, g Gift) error {
	return r.release(ctx, g, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM attachment WHERE target = ? AND command NOT IN (SELECT id FROM command)`, g.Stream[:]); err != nil {
			return fmt.Errorf("drop kept attachments: %w", err)
		}
		return sqlite.Erasing(ctx, tx)
	})
}

// release keeps a gift no longer.
func (r *Replica) release(ctx context.Context, g Gift, and func(*sql.Tx) error) error {
	err := r.outbox.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, p := range g.Parts {
			for _, seq := range p.seqs {
				if _, err := tx.ExecContext(ctx, `DELETE FROM kept WHERE seq = ?`, seq); err != nil {
					return fmt.Errorf("drop what is kept: %w", err)
				}
			}
		}
		return and(tx)
	})
	r.watch.notify()
	return err
}

// dropOld drops what has been kept for so long that no server takes it back, and files that nothing brings any more.
func dropOld(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM kept WHERE since < ?`, now.Add(-stream.GiveBack).UnixMicro()); err != nil {
		return fmt.Errorf("drop what is kept: %w", err)
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM attachment WHERE command NOT IN (SELECT id FROM command)
	  AND (sent = 1 OR command NOT IN (SELECT command FROM kept))`)
	if err != nil {
		return fmt.Errorf("drop old attachments: %w", err)
	}
	return nil
}

// keptWordless takes the words of an entry out of the events that are kept.
func keptWordless(ctx context.Context, tx *sql.Tx, entry id.Entry) error {
	blank, err := keptBlank(ctx, tx, entry)
	if err != nil {
		return err
	}
	for seq, record := range blank {
		if _, err := tx.ExecContext(ctx, `UPDATE kept SET record = ? WHERE seq = ?`, record, seq); err != nil {
			return fmt.Errorf("erase an event that is kept: %w", err)
		}
	}
	return nil
}

// keptBlank returns the kept events that hold words of an entry, each without them.
func keptBlank(ctx context.Context, tx *sql.Tx, entry id.Entry) (map[int64][]byte, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, record FROM kept WHERE instr(record, ?) > 0`, entry[:])
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[int64][]byte{}
	for rows.Next() {
		var (
			seq    int64
			record []byte
		)
		if err := rows.Scan(&seq, &record); err != nil {
			return nil, fmt.Errorf("read what is kept: %w", err)
		}
		events, err := wire.DecodeGift(record)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			blank, holds, err := wire.Blanked(e.Payload, entry)
			if err != nil {
				return nil, err
			}
			if e.Kind == id.KindIncident && holds {
				e.Payload = blank
				out[seq] = wire.EncodeGift(e)
			}
		}
	}
	return out, rows.Err()
}
