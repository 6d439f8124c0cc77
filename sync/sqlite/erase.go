package sqlite

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// patience and purgePatience are how long the writer waits for another connection, in milliseconds. What waits
// behind a purge is somebody's words, so it gives up early.
const (
	patience      = 5000
	purgePatience = 50
)

// What is deleted is overwritten where it is. But rows move between the pages of a table as their neighbours come and go,
// and what they leave behind in a page is overwritten by nobody. Where erased words may have moved, the file has to be
// written anew, which its header remembers until it is done.
const (
	clean   = 0 // of PRAGMA user_version, which is nothing else's
	unclean = 1
)

// Erasing notes in tx that it takes out words that nobody is to find in the file again: Scrub will write it anew. Tables whose
// rows never move can do without.
func Erasing(ctx context.Context, tx *Tx) error {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", unclean)); err != nil {
		return fmt.Errorf("note that words are erased: %w", err)
	}
	return nil
}

// Scrub writes the file anew when words were erased since it did so last, and empties the journal like Purge. It takes about a
// second for 60 MB, and as much space as the file has. What it could not do is done by the next Scrub, and when the file is opened again.
func (db *DB) Scrub(ctx context.Context) error {
	var state int
	if err := db.Write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&state); err != nil {
		return fmt.Errorf("read whether words were erased: %w", Fault(err))
	}
	if state != clean {
		if _, err := db.Write.ExecContext(ctx, "VACUUM"); err != nil {
			return fmt.Errorf("write the file anew: %w", Fault(err))
		}
		if _, err := db.Write.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", clean)); err != nil {
			return fmt.Errorf("note that the file was written anew: %w", Fault(err))
		}
	}
	return db.Purge(ctx)
}

// Purge takes the journal into the file and empties it, so that what was deleted is nowhere any more. It is
// an Unavailable fault while somebody reads what was there before.
func (db *DB) Purge(ctx context.Context) error {
	conn, err := db.Write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("empty the journal: %w", Fault(err))
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", purgePatience)); err != nil {
		return fmt.Errorf("empty the journal: %w", Fault(err))
	}
	var busy, frames, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	if _, back := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", patience)); err == nil {
		err = back
	}
	if err != nil {
		return fmt.Errorf("empty the journal: %w", Fault(err))
	}
	if busy != 0 {
		return fault.New(fault.Unavailable, "The journal is still being read.")
	}
	return nil
}
