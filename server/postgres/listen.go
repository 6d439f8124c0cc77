package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Channel is where a writer tells the other servers that it has committed: the payload is the number of the last event, and nothing else.
const Channel = "tsugi"

// again is how long a listener that lost its connection waits before it makes another.
const again = time.Second

// Listen calls heard with the number of the last event whenever some server has committed, until ctx ends. It is a hint: what was
// told while there was no connection is not told again, and lost tells of each loss. Whoever must miss nothing looks for
// himself from time to time.
func (db *DB) Listen(ctx context.Context, heard func(seq uint64), lost func(error)) {
	retry := time.NewTicker(again)
	defer retry.Stop()
	for {
		err := db.listen(ctx, heard)
		if ctx.Err() != nil {
			return
		}
		lost(Fault(err))
		select {
		case <-ctx.Done():
			return
		case <-retry.C:
		}
	}
}

func (db *DB) listen(ctx context.Context, heard func(seq uint64)) (err error) {
	conn, err := pgx.ConnectConfig(ctx, db.config.Copy())
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), again)
		defer cancel()
		err = errors.Join(err, conn.Close(ctx))
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+Channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		told, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		if seq, err := strconv.ParseUint(told.Payload, 10, 64); err == nil {
			heard(seq)
		}
	}
}
