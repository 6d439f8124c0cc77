package task

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Letter is a task that failed, as an admin sees it: a dead one, or one that failed until its time was over, which cannot be run again.
type Letter struct {
	Number  int64 // what it is named by
	ID      ID
	Queue   Queue
	About   id.Stream
	Tries   int
	Died    time.Time
	End     time.Time // from when on it cannot be run again; zero for never
	Problem string
}

// failures are the tasks that letters tell of. It is the condition of an index.
const failures = "(state = 3 OR state = 5 AND problem <> '')"

// Dead returns the tasks that failed last, at most limit of them, and how many there are. It fails with Unavailable and Storage faults.
func (s *Store) Dead(ctx context.Context, limit int) (letters []Letter, total int, err error) {
	q := s.db.Reader()
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM task WHERE "+failures).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count dead tasks: %w", database.Fault(err))
	}
	all, err := s.rows(ctx, q, "SELECT "+fields+" FROM task WHERE "+failures+" ORDER BY ended_us DESC, number DESC LIMIT ?", limit)
	if err != nil {
		return nil, 0, database.Fault(err)
	}
	for _, r := range all {
		letters = append(letters, Letter{
			Number: r.number, ID: r.ID, Queue: r.Queue, About: r.About, Tries: r.tries, Died: r.ended, End: r.over(), Problem: r.problem,
		})
	}
	return letters, total, nil
}

// Again lets dead tasks be tried anew, all of them or none, with all their tries. It fails with a NotFound fault for one that is not dead, and
// with a Gone fault for one whose time is over: what was to wake somebody then does not wake them now. Wake the runner afterwards.
func (s *Store) Again(ctx context.Context, numbers ...int64) error {
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		tasks, err := s.numbered(ctx, tx, numbers)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			if err := s.again(ctx, tx, n, tasks[n], now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("run tasks again: %w", err)
	}
	return nil
}

func (s *Store) again(ctx context.Context, tx *sql.Tx, number int64, t row, now time.Time) error {
	if t.state != Dead && t.state != Lapsed {
		return fault.New(fault.NotFound, fmt.Sprintf("There is no dead task %d.", number)).
			WithAdvice("Nothing was changed.", "Look at the list of dead tasks: it may have been run again already.")
	}
	next, may := t.again(now)
	if !may {
		return fault.New(fault.Gone, fmt.Sprintf("It is too late for task %d: its time was over at %s.", number, t.over().Format(time.RFC3339))).
			WithAdvice("Nothing was changed.", "Page the people anew if they still have to know.")
	}
	return s.put(ctx, tx, next)
}

// AgainAll is Again for all dead tasks of a queue, or of all queues where none is named, and leaves those alone for which it is too late.
// It tells how many are tried anew, and how many were left.
func (s *Store) AgainAll(ctx context.Context, queue Queue) (anew, left int, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		n, err := s.sweep(ctx, tx, `UPDATE task SET state = 0, due_us = ?1, tries = 0, fence = fence + 1, ended_us = NULL, problem = ''
		  WHERE state > 1 AND state = 3 AND end_us > ?1 AND (queue = ?2 OR ?2 = '')`, now.UnixMicro(), string(queue))
		if err != nil {
			return err
		}
		anew = int(n)
		return tx.QueryRowContext(ctx, "SELECT count(*) FROM task WHERE state > 1 AND state = 3 AND (queue = ?1 OR ?1 = '')", string(queue)).Scan(&left)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("run all dead tasks again: %w", err)
	}
	return anew, left, nil
}
