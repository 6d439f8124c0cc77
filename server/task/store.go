package task

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
)

// querier is a transaction or a pool.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// now returns the time that tasks go by: the database's where several servers share it, however wrong a machine's own clock is.
func (s *Store) now(ctx context.Context, q querier) (time.Time, error) {
	if !s.shared {
		return s.clock.Now().UTC().Truncate(time.Microsecond), nil
	}
	var us int64
	if err := q.QueryRowContext(ctx, "SELECT "+postgres.TellTime).Scan(&us); err != nil {
		return time.Time{}, fmt.Errorf("ask the database for its time: %w", err)
	}
	return time.UnixMicro(us).UTC(), nil
}

// fields are the columns of a row.
const fields = "number, id, queue, about, rank, due_us, end_us, body, state, tries, fence, coalesce(ended_us, 0), problem"

// rows reads what a query selects, which are fields.
func (s *Store) rows(ctx context.Context, q querier, query string, args ...any) (all []row, err error) {
	found, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	defer found.Close() //nolint:errcheck // the error is in rows.Err
	for found.Next() {
		var (
			r               row
			named, about    []byte
			due, end, ended int64
		)
		if err := found.Scan(&r.number, &named, &r.Queue, &about, &r.Rank, &due, &end, &r.Body, &r.state, &r.tries, &r.fence, &ended, &r.problem); err != nil {
			return nil, fmt.Errorf("read tasks: %w", err)
		}
		copy(r.ID[:], named)
		copy(r.About[:], about)
		r.due, r.End = time.UnixMicro(due).UTC(), instant(end)
		r.Due = r.due
		if r.state > Running {
			r.ended = time.UnixMicro(ended).UTC()
		}
		all = append(all, r)
	}
	return all, found.Err()
}

// numbered reads tasks by number.
func (s *Store) numbered(ctx context.Context, q querier, numbers []int64) (map[int64]row, error) {
	out := make(map[int64]row, len(numbers))
	if len(numbers) == 0 {
		return out, nil
	}
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	list := strings.TrimSuffix(strings.Repeat("?,", len(numbers)), ",")
	all, err := s.rows(ctx, q, "SELECT "+fields+" FROM task WHERE number IN ("+list+")", args...)
	for _, r := range all {
		out[r.number] = r
	}
	return out, err
}

// put stores a task as it has become.
func (s *Store) put(ctx context.Context, tx *sql.Tx, r row) error {
	var ended any
	if r.state > Running {
		ended = r.ended.UnixMicro()
	}
	_, err := tx.ExecContext(database.Later(ctx), `UPDATE task SET due_us = ?, body = ?, state = ?, tries = ?, fence = ?, ended_us = ?, problem = ?
	  WHERE number = ?`, r.due.UnixMicro(), present(r.Body), int64(r.state), r.tries, r.fence, ended, r.problem, r.number)
	if err != nil {
		return fmt.Errorf("store task %d: %w", r.number, err)
	}
	return nil
}

// carry reads what a round is about, decides it and stores what it came to.
func (s *Store) carry(ctx context.Context, tx *sql.Tx, r round, back []result, wanted []int64) (decided, error) {
	numbers := append([]int64{}, wanted...)
	for _, got := range back {
		numbers = append(numbers, got.number)
	}
	var err error
	if r.now, err = s.now(ctx, tx); err != nil {
		return decided{}, err
	}
	if r.tasks, err = s.numbered(ctx, tx, numbers); err != nil {
		return decided{}, err
	}
	out := r.step(back, wanted)
	for _, t := range out.moved {
		if err := s.put(ctx, tx, t); err != nil {
			return decided{}, err
		}
	}
	return out, nil
}

// Finish records, in the transaction of an event that tells of it, that a task is done: both are stored or neither. It fails with
// ErrOvertaken when somebody else has taken the task over, or it is over already. The handler then returns what the transaction came to.
func (s *Store) Finish(ctx context.Context, tx *sql.Tx, t Taken) error {
	now, err := s.now(ctx, tx)
	if err != nil {
		return err
	}
	got, err := tx.ExecContext(ctx, `UPDATE task SET state = 2, ended_us = ?, body = ? WHERE number = ? AND fence = ? AND state = 1`,
		now.UnixMicro(), []byte{}, t.number, t.fence)
	if err != nil {
		return fmt.Errorf("record task %d: %w", t.number, err)
	}
	if n, err := got.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("record task %d: %w", t.number, ErrOvertaken)
}

// sweepSize bounds how many tasks are ended or forgotten in one transaction, for the others' sake. It stands in the statements: a plan for any
// number of a million would read all of them.
const sweepSize = "1000"

// lapse is the statement that ends tasks whose end has come, as far as nobody is at them.
const lapse = `UPDATE task SET state = 5, ended_us = ?1, body = ?2, fence = fence + 1 WHERE number IN (
  SELECT number FROM task WHERE state <= 1 AND end_us <= ?1 AND (state = 0 OR due_us <= ?1) ORDER BY end_us LIMIT ` + sweepSize + `)`

// lapse ends them, as many as one sweep does.
func (s *Store) lapse(ctx context.Context, tx *sql.Tx) error {
	now, err := s.now(ctx, tx)
	if err != nil {
		return err
	}
	_, err = s.sweep(ctx, tx, lapse, now.UnixMicro(), []byte{})
	return err
}

// forget deletes records that are old enough, as many as one sweep does.
func (s *Store) forget(ctx context.Context, tx *sql.Tx) error {
	now, err := s.now(ctx, tx)
	if err != nil {
		return err
	}
	for _, state := range []State{Done, Dead, Cancelled, Lapsed} {
		kept := Kept
		if state == Dead {
			kept = KeptDead
		}
		_, err := s.sweep(ctx, tx, `DELETE FROM task WHERE number IN (
		  SELECT number FROM task WHERE state > 1 AND state = ? AND ended_us < ? ORDER BY ended_us LIMIT `+sweepSize+`)`,
			int64(state), now.Add(-kept).UnixMicro())
		if err != nil {
			return err
		}
	}
	return nil
}

// sweep carries out a statement on many tasks, and tells how many they were.
func (s *Store) sweep(ctx context.Context, tx *sql.Tx, statement string, args ...any) (int64, error) {
	done, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, fmt.Errorf("sweep tasks: %w", err)
	}
	return done.RowsAffected()
}
