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
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// Skipped is how many INC numbers a new epoch leaves out: as many may have been given, and told, after the state
// that the log goes on from.
const Skipped = 1000

// BeginEpoch gives the log a new life: it goes on from where it is, and every client hears that what it knows of
// the log may be more, or other, than what is here. It is for whoever puts back a former state of the log, before
// a server is started on it. It returns the new life's mark.
func BeginEpoch(ctx context.Context, db database.DB) (Mark, error) {
	fresh := id.New[id.Epoch]()
	if err := db.InTx(ctx, func(tx *sqlite.Tx) error { return storeEpoch(ctx, tx, fresh) }); err != nil {
		return Mark{}, fmt.Errorf("begin an epoch: %w", err)
	}
	return ReadMark(ctx, db)
}

// storeEpoch gives the log another name.
func storeEpoch(ctx context.Context, tx *sqlite.Tx, fresh id.Epoch) error {
	moved, err := tx.ExecContext(ctx, "UPDATE counter SET epoch = ?, number = number + ?, restored_us = 0", fresh.Bytes(), Skipped)
	if err != nil {
		return fmt.Errorf("store the epoch: %w", err)
	}
	if n, err := moved.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%d logs are there: %w", n, err)
	}
	return nil
}

// beginEpoch ends a life of the log that turned out to be forked, while it is served, and sends all who follow back to
// their cursors, which name the former one. Where another has begun meanwhile, there is nothing to do.
func (l *Ledger) beginEpoch(ctx context.Context, forked id.Epoch) error {
	fresh := id.New[id.Epoch]()
	another := false
	err := l.inTurn(ctx, func(tx *sqlite.Tx) error {
		if another = forked != l.Epoch(); another {
			return nil
		}
		if err := storeEpoch(ctx, tx, fresh); err != nil {
			return err
		}
		return l.openRestored(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("begin an epoch: %w", err)
	}
	if another {
		return nil
	}
	l.BeginEpoch(fresh)
	l.hub.sendBack()
	return nil
}

// openRestored reads until when clients give back what the log lacks, and begins that time where the log is opened for
// the first time since it was put back.
func (l *Ledger) openRestored(ctx context.Context, tx *sql.Tx) error {
	since, begins, err := l.readRestored(ctx, tx)
	if err != nil || !begins {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE counter SET restored_us = ?", since.UnixMicro()); err != nil {
		return fmt.Errorf("note when the log was restored: %w", err)
	}
	return nil
}

// readRestored reads when the log was opened first since it was put back; that is now where begins is true.
func (l *Ledger) readRestored(ctx context.Context, q timeline.Querier) (since time.Time, begins bool, err error) {
	var at sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT restored_us FROM counter").Scan(&at); err != nil {
		return since, false, fmt.Errorf("read when the log was restored: %w", err)
	}
	if !at.Valid {
		return since, false, nil
	}
	since = time.UnixMicro(at.Int64)
	if begins = at.Int64 == 0; begins {
		since = l.Clock.Now()
	}
	l.lacking = since.Add(stream.GiveBack)
	return since, begins, nil
}
