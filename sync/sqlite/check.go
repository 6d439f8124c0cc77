package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// mostFlaws is how many flaws of a file are named.
const mostFlaws = 5

// Check reads the whole file and fails with a Corrupt fault, whose cause names the first flaws, when its pages,
// its indexes or the types of its values are not as they must be.
func (db *DB) Check(ctx context.Context) error {
	rows, err := db.Read.QueryContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", mostFlaws))
	if err != nil {
		return fmt.Errorf("check %s: %w", db.Path, Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var flaws []string
	for rows.Next() {
		var flaw string
		if err := rows.Scan(&flaw); err != nil {
			return fmt.Errorf("check %s: %w", db.Path, Fault(err))
		}
		if flaw != "ok" {
			flaws = append(flaws, flaw)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("check %s: %w", db.Path, Fault(err))
	}
	if len(flaws) == 0 {
		return nil
	}
	return fault.Wrap(fault.Corrupt, "A database file is damaged.", fmt.Errorf("%s", strings.Join(flaws, "; "))).
		WithAdvice("What lies in other files is safe.", "Start the program again; if that does not help, restore the file from a backup.")
}
