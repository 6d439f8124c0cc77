package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Skipped is how many INC numbers a new epoch leaves out: as many may have been given, and told, after the state
// that the log goes on from.
const Skipped = 1000

// BeginEpoch gives the log a new life: it goes on from where it is, and every client hears that what it knows of
// the log may be more, or other, than what is here. It is for whoever puts back a former state of the log, before
// a server is started on it. It returns the new life's mark.
func BeginEpoch(ctx context.Context, db database.DB) (Mark, error) {
	fresh := id.New[id.Epoch]()
	err := db.InTx(ctx, func(tx *sqlite.Tx) error {
		moved, err := tx.ExecContext(ctx, "UPDATE counter SET epoch = ?, number = number + ?, restored_us = 0", fresh.Bytes(), Skipped)
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%d logs are there: %w", n, err)
		}
		return nil
	})
	if err != nil {
		return Mark{}, fmt.Errorf("begin an epoch: %w", err)
	}
	return ReadMark(ctx, db)
}

// openRestored reads until when clients give back what the log lacks, and begins that time where the log is opened for
// the first time since it was put back.
func (l *Ledger) openRestored(ctx context.Context, tx *sql.Tx) error {
	var since sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT restored_us FROM counter").Scan(&since); err != nil {
		return fmt.Errorf("read when the log was restored: %w", err)
	}
	if !since.Valid {
		return nil
	}
	if since.Int64 == 0 {
		since.Int64 = l.Clock.Now().UnixMicro()
		if _, err := tx.ExecContext(ctx, "UPDATE counter SET restored_us = ?", since.Int64); err != nil {
			return fmt.Errorf("note when the log was restored: %w", err)
		}
	}
	l.lacking = time.UnixMicro(since.Int64).Add(stream.GiveBack)
	return nil
}
