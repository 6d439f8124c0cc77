package attachment

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// MaxBegun is how many bytes of uploads that are not complete one device may have begun: ten attachments
// of the largest size.
const MaxBegun = 10 * incident.MaxAttachmentSize

// Upload announces the bytes of an attachment.
type Upload struct {
	Ref
	Size   int64
	Device id.Device // which sends them
}

// Begin returns the numbers of the chunks that are wanted, and whether the attachment is complete. What
// was begun before, by whomever, goes on. It fails with Invalid, TooLarge, NotFound, TooMany and Storage
// faults, and with Corrupt when what is here was not what was announced; then everything is wanted again.
func (s *Store) Begin(ctx context.Context, u Upload) (missing []int, complete bool, err error) {
	if err := u.check(); err != nil {
		return nil, false, err
	}
	var a stored
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		if a, err = s.begin(ctx, tx, u); err != nil || a.complete {
			return err
		}
		missing, err = a.missing(ctx, tx)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("begin attachment %s: %w", u.Content, err)
	}
	if a.complete || len(missing) > 0 {
		return missing, a.complete, nil
	}
	return nil, true, s.verify(ctx, u.Ref, a)
}

func (u Upload) check() error {
	if u.Size <= 0 {
		return &fault.Fault{
			Kind: fault.Invalid, Message: "The attachment was not taken.",
			Fields: []fault.Field{{Name: "size", Problem: "is nothing"}},
		}
	}
	if u.Size > incident.MaxAttachmentSize {
		return &fault.Fault{
			Kind: fault.TooLarge, Message: "The attachment was not taken.",
			Fields: []fault.Field{{Name: "size", Problem: fmt.Sprintf("is %d bytes; %d are allowed", u.Size, incident.MaxAttachmentSize)}},
		}
	}
	return nil
}

// begin returns the row of an upload, a new one where there is none or one of another size: one of the
// two sizes was wrong, and the hash tells in the end which.
func (s *Store) begin(ctx context.Context, tx *sql.Tx, u Upload) (stored, error) {
	a, err := u.load(ctx, tx)
	if err != nil || a.complete || a.key != 0 && a.size == u.Size {
		return a, err
	}
	if a.key != 0 {
		if err := drop(ctx, tx, `SELECT CAST(? AS BIGINT)`, a.key); err != nil {
			return a, err
		}
	}
	var begun int64
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(size), 0) FROM attachment WHERE complete = 0 AND device = ?`, u.Device[:]).Scan(&begun)
	if err != nil {
		return a, fmt.Errorf("count what was begun: %w", err)
	}
	if begun+u.Size > MaxBegun {
		return a, fault.New(fault.TooMany, "Too many attachments are on their way from this device.").
			WithAdvice("They are kept on the device.", "The client goes on with this one when others have arrived.")
	}
	a = stored{size: u.Size}
	err = tx.QueryRowContext(ctx, `INSERT INTO attachment (scope, hash, size, device, moved_us) VALUES (?, ?, ?, ?, ?) RETURNING key`,
		u.Scope[:], u.Content[:], u.Size, u.Device[:], s.clock.Now().UnixMicro()).Scan(&a.key)
	return a, err
}

// missing returns the numbers of the chunks that are not here.
func (a stored) missing(ctx context.Context, q querier) ([]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT idx FROM attachment_chunk WHERE attachment = ?`, a.key)
	if err != nil {
		return nil, fmt.Errorf("read chunks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	here := map[int]bool{}
	for rows.Next() {
		var idx int
		if err := rows.Scan(&idx); err != nil {
			return nil, fmt.Errorf("read chunks: %w", err)
		}
		here[idx] = true
	}
	var out []int
	for i := range wire.Chunks(a.size) {
		if !here[i] {
			out = append(out, i)
		}
	}
	return out, rows.Err()
}

// Put stores one chunk of an upload that was begun, and reports whether the attachment is complete now.
// It fails like Begin.
func (s *Store) Put(ctx context.Context, r Ref, index int, data []byte) (complete bool, err error) {
	var (
		a    stored
		here int
	)
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		if a, err = r.load(ctx, tx); err != nil || a.complete {
			return err
		}
		if err := a.fits(index, data); err != nil {
			return err
		}
		if err := a.store(ctx, tx, s.insertChunk, index, data); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE attachment SET moved_us = ? WHERE key = ?`, s.clock.Now().UnixMicro(), a.key); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM attachment_chunk WHERE attachment = ?`, a.key).Scan(&here)
	})
	if err != nil {
		return false, fmt.Errorf("store chunk %d of %s: %w", index, r.Content, err)
	}
	if a.complete || here < wire.Chunks(a.size) {
		return a.complete, nil
	}
	return true, s.verify(ctx, r, a)
}

// inOwnPages stores a chunk on SQLite, in pages of its own: see the migration that made the table. PostgreSQL keeps long values apart
// from the rows by itself.
const (
	inOwnPages = `INSERT INTO attachment_chunk (attachment, idx, lead, data, tail)
	  VALUES (?1, ?2, zeroblob(489), ?3, zeroblob((7909 - length(?3) % 4092) % 4092)) ON CONFLICT DO NOTHING`
	inRows = `INSERT INTO attachment_chunk (attachment, idx, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
)

// store stores a chunk with the statement that inserts one, unless it is here.
func (a stored) store(ctx context.Context, tx *sql.Tx, insert string, index int, data []byte) error {
	_, err := tx.ExecContext(ctx, insert, a.key, index, data)
	return err
}

// fits fails unless data can be the chunk with that number.
func (a stored) fits(index int, data []byte) error {
	if a.key == 0 {
		return fault.New(fault.Invalid, "This upload was not begun.").WithAdvice("Nothing was changed.", "Begin it again.")
	}
	want := wire.ChunkLen(a.size, index)
	if want > 0 && len(data) == want {
		return nil
	}
	return &fault.Fault{
		Kind: fault.Invalid, Message: "The chunk was not taken.",
		Fields: []fault.Field{{Name: "data", Problem: fmt.Sprintf("has %d bytes; chunk %d has %d", len(data), index, want)}},
	}
}

// verify makes an attachment complete when its bytes are what their hash says, and drops them otherwise.
// The bytes are read outside the transaction, for the others' sake: a chunk that is here never changes.
func (s *Store) verify(ctx context.Context, r Ref, a stored) error {
	good, err := a.hashes(ctx, s.db, r.Content)
	if err != nil {
		return fmt.Errorf("verify attachment %s: %w", r.Content, database.Fault(err))
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if !good {
			return drop(ctx, tx, `SELECT CAST(? AS BIGINT)`, a.key)
		}
		_, err := tx.ExecContext(ctx, `UPDATE attachment SET complete = 1 WHERE key = ?`, a.key)
		return err
	})
	if err != nil {
		return fmt.Errorf("verify attachment %s: %w", r.Content, err)
	}
	if !good {
		return fault.New(fault.Corrupt, "What arrived of an attachment is not what was announced.").
			WithAdvice("It was dropped; the file is kept where it was sent from.", "The client sends it again by itself.")
	}
	return nil
}

// hashes reports whether the stored bytes have a hash.
func (a stored) hashes(ctx context.Context, db database.DB, want id.Content) (bool, error) {
	rows, err := db.Reader().QueryContext(ctx, `SELECT data FROM attachment_chunk WHERE attachment = ? ORDER BY idx`, a.key)
	if err != nil {
		return false, err
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	sum := sha256.New()
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&data); err != nil {
			return false, err
		}
		sum.Write(data)
	}
	return id.Content(sum.Sum(nil)) == want, rows.Err()
}

// Chunk is one chunk, or how much of its attachment has arrived.
type Chunk struct {
	Size     int64 // of the whole; 0 while nothing has arrived
	Received int64 // of the whole
	Data     []byte
}

// Get returns one chunk of a complete attachment. Data is empty while the attachment is on its way, and
// for a chunk that it has not. It fails with a NotFound fault where no entry names the attachment.
func (s *Store) Get(ctx context.Context, r Ref, index int) (Chunk, error) {
	a, err := r.load(ctx, s.db.Reader())
	if err != nil || a.key == 0 {
		return Chunk{}, err
	}
	c := Chunk{Size: a.size, Received: a.size}
	switch {
	case !a.complete:
		err = s.db.Reader().QueryRowContext(ctx, `SELECT coalesce(sum(length(data)), 0) FROM attachment_chunk WHERE attachment = ?`, a.key).Scan(&c.Received)
	case wire.ChunkLen(a.size, index) > 0:
		err = s.db.Reader().QueryRowContext(ctx, `SELECT data FROM attachment_chunk WHERE attachment = ? AND idx = ?`, a.key, index).Scan(&c.Data)
	}
	if err != nil {
		return Chunk{}, fmt.Errorf("read chunk %d of %s: %w", index, r.Content, database.Fault(err))
	}
	return c, nil
}
