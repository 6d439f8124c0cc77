package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"

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
// written anew, which its header remembers until it is done: PRAGMA user_version, which nothing else uses, counts the
// erasings since.
const clean = 0

// querier is a transaction, a connection or a pool.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func erasings(ctx context.Context, q querier) (n int32, err error) {
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n); err != nil {
		return 0, fmt.Errorf("read whether words were erased: %w", Fault(err))
	}
	return n, nil
}

func setErasings(ctx context.Context, tx *Tx, n int32) error {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n)); err != nil {
		return fmt.Errorf("note that words are erased: %w", err)
	}
	return nil
}

// Erasing notes in tx that it takes out words that nobody is to find in the file again: Scrub will write it anew. Tables whose
// rows hardly ever move can do without.
func Erasing(ctx context.Context, tx *Tx) error {
	n, err := erasings(ctx, tx)
	if err != nil {
		return err
	}
	return setErasings(ctx, tx, max(n, clean)+1)
}

// Stained reports whether words were erased since the file was written anew.
func (db *DB) Stained(ctx context.Context) (bool, error) {
	n, err := erasings(ctx, db.Write)
	return n != clean, err
}

// The header of a file: what it begins with, and where it says how many erasings there were since it was written anew.
const (
	magic       = "SQLite format 3\x00"
	erasingsAt  = 60
	erasingsEnd = 64
)

// StainedFile is Stained for a file that is closed and may be damaged. One whose header is damaged too does not say so.
func StainedFile(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("read whether words were erased: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var head [erasingsEnd]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return false, fmt.Errorf("read whether words were erased: %w", err)
	}
	return bytes.HasPrefix(head[:], []byte(magic)) && binary.BigEndian.Uint32(head[erasingsAt:]) != clean, nil
}

// Scrub writes the file anew when words were erased since it did so last, and empties the journal like Purge. It takes about a
// second for 60 MB, in which nothing else is written, and twice the space of the file. What it could not do is left to
// the next Scrub.
func (db *DB) Scrub(ctx context.Context) error {
	before, err := erasings(ctx, db.Write)
	if err != nil {
		return err
	}
	if before != clean {
		if _, err := db.Write.ExecContext(ctx, "VACUUM"); err != nil {
			return fmt.Errorf("write the file anew: %w", Fault(err))
		}
		err := db.InTx(ctx, func(tx *Tx) error {
			now, err := erasings(ctx, tx)
			if err != nil || now != before { // something was erased in between
				return err
			}
			return setErasings(ctx, tx, clean)
		})
		if err != nil {
			return err
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
	busy, err := db.fold(ctx, conn, "TRUNCATE")
	if _, back := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", patience)); err == nil {
		err = back
	}
	if err != nil {
		return fmt.Errorf("empty the journal: %w", Fault(err))
	}
	if busy {
		return fault.New(fault.Unavailable, "The journal is still being read.")
	}
	return nil
}
