package ledger

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Skipped is how many INC numbers a new epoch leaves out: as many may have been given, and told, after the state
// that the log goes on from.
const Skipped = 1000

// BeginEpoch gives the log a new life: it goes on from where it is, and every client hears that what it knows of
// the log may be more, or other, than what is here. It is for whoever puts back a former state of the log, before
// a server is started on it. It returns the new life's mark.
func BeginEpoch(ctx context.Context, db *sqlite.DB) (Mark, error) {
	fresh := id.New[id.Epoch]()
	err := db.InTx(ctx, func(tx *sqlite.Tx) error {
		moved, err := tx.ExecContext(ctx, "UPDATE counter SET epoch = ?, number = number + ?", fresh.Bytes(), Skipped)
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
