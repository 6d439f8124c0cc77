package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// Mark names a state of the log: two logs with equal marks hold the same events in the same order.
type Mark struct {
	Epoch  id.Epoch
	Seq    uint64 // of the last event; 0 where nothing has happened yet
	Number uint32 // the last INC number that was given
	Hash   [sha256.Size]byte
}

// ReadMark returns the mark of the log in db. An empty database, whose server was never started, has no
// log: that is a NotFound fault.
func ReadMark(ctx context.Context, db database.DB) (m Mark, err error) {
	tx, err := db.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return m, fmt.Errorf("read the log's end: %w", database.Fault(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	var (
		epoch       []byte
		seq, number int64
	)
	err = tx.QueryRowContext(ctx, "SELECT epoch, seq, number FROM counter").Scan(&epoch, &seq, &number)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fault.New(fault.NotFound, "There is no log in this database.").
			WithAdvice("Nothing was changed.", "Check that it is a server's.")
	}
	if err != nil {
		return m, fmt.Errorf("read the log's end: %w", database.Fault(err))
	}
	ends, err := timeline.Cursors(ctx, tx)
	if err != nil {
		return m, database.Fault(err)
	}
	copy(m.Epoch[:], epoch)
	m.Seq, m.Number, m.Hash = uint64(seq), uint32(number), Root(ends)
	return m, nil
}

// Root returns one hash over the ends of all scopes, in whatever order they come. Scopes without events do
// not count.
func Root(ends []stream.Cursor) [sha256.Size]byte {
	ends = slices.DeleteFunc(slices.Clone(ends), func(c stream.Cursor) bool { return c.Pos == 0 })
	slices.SortFunc(ends, func(a, b stream.Cursor) int { return bytes.Compare(a.Scope[:], b.Scope[:]) })
	h := sha256.New()
	for _, c := range ends {
		h.Write(c.Scope[:])
		h.Write(binary.BigEndian.AppendUint64(nil, c.Pos))
		h.Write([]byte{byte(len(c.Hash))})
		h.Write(c.Hash)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
