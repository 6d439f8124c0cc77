package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Bulk inserts many rows in few statements, which are prepared before any transaction begins: nothing
// is compiled while the write lock is held.
type Bulk struct {
	columns int
	sizes   []int // of the statements, largest first; the last is 1
	stmts   []*sql.Stmt
}

// Preparer is where statements that write are prepared: a DB, or what else takes the same statements.
type Preparer interface{ Writer() *sql.DB }

// NewBulk prepares inserts of rows with that many columns. head is the statement up to its values:
// "INSERT INTO t (a, b)". A row that is there already is an error. Close it.
func NewBulk(ctx context.Context, db Preparer, head string, columns int) (*Bulk, error) {
	return newBulk(ctx, db, head, columns, "")
}

// NewLenientBulk is NewBulk for inserts that leave a row as it is when it is there already.
func NewLenientBulk(ctx context.Context, db Preparer, head string, columns int) (*Bulk, error) {
	return newBulk(ctx, db, head, columns, " ON CONFLICT DO NOTHING")
}

func newBulk(ctx context.Context, db Preparer, head string, columns int, tail string) (*Bulk, error) {
	b := &Bulk{columns: columns, sizes: []int{64, 16, 4, 1}}
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	for _, n := range b.sizes {
		stmt, err := db.Writer().PrepareContext(ctx, head+" VALUES "+strings.TrimSuffix(strings.Repeat(row+",", n), ",")+tail) //nolint:sqlclosecheck // Close closes it
		if err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", head, err), b.Close())
		}
		b.stmts = append(b.stmts, stmt)
	}
	return b, nil
}

// Close gives the statements back.
func (b *Bulk) Close() error {
	var errs []error
	for _, s := range b.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Insert inserts n rows within tx. row appends the values of the i-th to args, one for each column.
func (b *Bulk) Insert(ctx context.Context, tx *sql.Tx, n int, row func(i int, args []any) ([]any, error)) error {
	args := make([]any, 0, b.columns*min(n, b.sizes[0]))
	next := 0
	for i, size := range b.sizes {
		for n-next >= size {
			args = args[:0]
			for range size {
				var err error
				if args, err = row(next, args); err != nil {
					return err
				}
				next++
			}
			if _, err := tx.StmtContext(ctx, b.stmts[i]).ExecContext(ctx, args...); err != nil {
				return fmt.Errorf("insert %d rows: %w", size, err)
			}
		}
	}
	return nil
}
