package ledger

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// A checkpoint is made after so many events, or after so long when there was any. Of those that are closer
// together only the newest is kept.
const (
	checkpointEvents = 1000
	checkpointAfter  = time.Minute
)

// Checkpoint is a state of the log, signed by the server: what came before can be changed no more without
// somebody noticing who has its public key.
type Checkpoint struct {
	Seq       uint64 // the last event that it covers
	Made      time.Time
	Hash      [sha256.Size]byte // Root of all scopes behind that event
	Key       ed25519.PublicKey
	Signature []byte
}

// message is what is signed.
func (c Checkpoint) message() []byte {
	raw := append([]byte("tsugi checkpoint 1\x00"), c.Hash[:]...)
	raw = binary.BigEndian.AppendUint64(raw, c.Seq)
	return binary.BigEndian.AppendUint64(raw, uint64(c.Made.UnixMicro()))
}

// Good reports whether the signature is its key's.
func (c Checkpoint) Good() bool {
	return len(c.Key) == ed25519.PublicKeySize && ed25519.Verify(c.Key, c.message(), c.Signature)
}

// checkpointWord begins a checkpoint that is written down.
const checkpointWord = "tsugi-checkpoint-1"

// String writes the checkpoint as one line, to be kept elsewhere.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s %d %d %x %x %x", checkpointWord, c.Seq, c.Made.UnixMicro(), c.Hash, []byte(c.Key), c.Signature)
}

// ParseCheckpoint reads what String wrote. It fails on anything else, and on a signature that is not good.
func ParseCheckpoint(text string) (c Checkpoint, err error) {
	var (
		word, hash, key, signature string
		made                       int64
	)
	if _, err := fmt.Sscan(strings.TrimSpace(text), &word, &c.Seq, &made, &hash, &key, &signature); err != nil || word != checkpointWord {
		return c, errors.Join(errors.New("it does not begin as a checkpoint does"), err)
	}
	c.Made = time.UnixMicro(made).UTC()
	sum, err := hex.DecodeString(hash)
	if err != nil || len(sum) != len(c.Hash) {
		return c, errors.Join(errors.New("its hash cannot be read"), err)
	}
	copy(c.Hash[:], sum)
	if c.Key, err = hex.DecodeString(key); err != nil {
		return c, fmt.Errorf("read its key: %w", err)
	}
	if c.Signature, err = hex.DecodeString(signature); err != nil {
		return c, fmt.Errorf("read its signature: %w", err)
	}
	if !c.Good() {
		return c, errors.New("its signature is wrong")
	}
	return c, nil
}

// Checkpoints returns all stored checkpoints, the oldest first; none of a database that knows no checkpoints yet.
func Checkpoints(ctx context.Context, db database.DB) ([]Checkpoint, error) {
	if known, err := database.HasTable(ctx, db, "checkpoint"); err != nil || !known {
		return nil, err
	}
	rows, err := db.Reader().QueryContext(ctx, "SELECT seq, made_us, hash, key, signature FROM checkpoint ORDER BY seq")
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", database.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Checkpoint
	for rows.Next() {
		var (
			c         Checkpoint
			seq, made int64
			hash, key []byte
		)
		if err := rows.Scan(&seq, &made, &hash, &key, &c.Signature); err != nil {
			return nil, fmt.Errorf("read checkpoints: %w", err)
		}
		copy(c.Hash[:], hash)
		c.Seq, c.Made, c.Key = uint64(seq), time.UnixMicro(made).UTC(), key
		out = append(out, c)
	}
	return out, database.Fault(rows.Err())
}

// checkpoint signs where the log stands, when it is time to or the server stops.
func (l *Ledger) checkpoint(ctx context.Context, stopping bool) {
	fresh := l.seq - l.signed
	if l.Sign == nil || fresh == 0 || !stopping && fresh < checkpointEvents && l.Clock.Now().Sub(l.signedAt) < checkpointAfter {
		return
	}
	var c Checkpoint
	if err := l.inTurn(ctx, func(tx *sqlite.Tx) error {
		c = l.sign(l.Clock.Now())
		return storeCheckpoint(ctx, tx, c)
	}); err != nil {
		if ctx.Err() == nil {
			l.Logger.WarnContext(ctx, "sign where the log stands", "error", err)
		}
		return
	}
	l.signed, l.signedAt = c.Seq, c.Made
}

// sign signs where the log stands now.
func (l *Ledger) sign(now time.Time) Checkpoint {
	public, _ := l.Sign.Public().(ed25519.PublicKey) // its documentation says that it is one
	c := Checkpoint{Seq: l.seq, Made: now.UTC().Truncate(time.Microsecond), Key: public}
	ends := make([]stream.Cursor, 0, len(l.scopes))
	for scope, end := range l.scopes {
		ends = append(ends, stream.Cursor{Scope: scope, Pos: end.pos, Hash: end.hash})
	}
	c.Hash = Root(ends)
	c.Signature = ed25519.Sign(l.Sign, c.message())
	return c
}

// storeCheckpoint stores c, and drops the one before it when that is close to the one before it: a quiet
// server would have one for every minute else.
func storeCheckpoint(ctx context.Context, tx *sqlite.Tx, c Checkpoint) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM checkpoint WHERE seq = (SELECT max(seq) FROM checkpoint)
	  AND seq - coalesce((SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT 1 OFFSET 1), 0) < ?`, checkpointEvents)
	if err != nil {
		return fmt.Errorf("thin out checkpoints: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO checkpoint (seq, made_us, hash, key, signature) VALUES (?, ?, ?, ?, ?)
	  ON CONFLICT DO NOTHING`, // another node may have signed the same
		int64(c.Seq), c.Made.UnixMicro(), c.Hash[:], []byte(c.Key), c.Signature)
	if err != nil {
		return fmt.Errorf("store a checkpoint: %w", err)
	}
	return nil
}

// readSigned reads how far the log is signed.
func (l *Ledger) readSigned(ctx context.Context, tx *sqlite.Tx) error {
	var seq int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM checkpoint").Scan(&seq); err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	l.signed, l.signedAt = uint64(seq), l.Clock.Now()
	return nil
}
