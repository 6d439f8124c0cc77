package task

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
)

// floors says of each queue, by rank, before when nothing is due that could be begun. After a long stop there may be a million tasks whose
// end has come: until they are swept away, whoever looks again need not go past all of them.
type floors map[Queue][Normal + 1]int64

// of returns the floors of a queue; without any, they are below everything.
func (f floors) of(queue Queue) [Normal + 1]int64 {
	if known, ok := f[queue]; ok {
		return known
	}
	return [...]int64{math.MinInt64, math.MinInt64}
}

// found is what there is to do, as far as one looks without writing.
type found struct {
	now    time.Time
	wanted []int64   // tasks that are due, for which there is room
	next   time.Time // when the next one is due for which there is room; zero where there is none
	late   bool      // there are tasks whose end has come
	old    bool      // there are records that are old enough to be forgotten
	floors floors
}

// first finds the tasks of a queue that are due first, each rank by itself, so that the index leads to them past all that is not due yet.
const first = `SELECT rank, due_us, number FROM (
  SELECT rank, due_us, number FROM task WHERE queue = ?1 AND rank = 0 AND due_us >= ?4 AND state <= 1 AND end_us > ?2 ORDER BY due_us, number LIMIT ?3) AS urgent
UNION ALL SELECT rank, due_us, number FROM (
  SELECT rank, due_us, number FROM task WHERE queue = ?1 AND rank = 1 AND due_us >= ?5 AND state <= 1 AND end_us > ?2 ORDER BY due_us, number LIMIT ?3) AS normal`

// look finds what is to be done for which there is room, from some floors on. It does not keep writers waiting.
func (s *Store) look(ctx context.Context, room map[Queue]int, from floors) (f found, err error) {
	f.floors = floors{}
	if f.now, err = s.now(ctx, s.db.Reader()); err != nil {
		return f, database.Fault(err)
	}
	for queue, n := range room {
		if err := s.lookInto(ctx, queue, n, from.of(queue), &f); err != nil {
			return f, fmt.Errorf("look for tasks of the queue %s: %w", queue, database.Fault(err))
		}
	}
	err = s.db.Reader().QueryRowContext(ctx, `SELECT
	  EXISTS (SELECT 1 FROM task WHERE state <= 1 AND end_us <= ?1 AND (state = 0 OR due_us <= ?1)),
	  EXISTS (SELECT 1 FROM task WHERE state > 1 AND state IN (2, 4, 5) AND ended_us < ?2)
	  OR EXISTS (SELECT 1 FROM task WHERE state > 1 AND state = 3 AND ended_us < ?3)`,
		f.now.UnixMicro(), f.now.Add(-Kept).UnixMicro(), f.now.Add(-KeptDead).UnixMicro()).Scan(&f.late, &f.old)
	if err != nil {
		return f, fmt.Errorf("look for tasks that are over: %w", database.Fault(err))
	}
	return f, nil
}

func (s *Store) lookInto(ctx context.Context, queue Queue, room int, from [Normal + 1]int64, f *found) error {
	if room == 0 {
		f.floors[queue] = from
		return nil
	}
	rows, err := s.db.Reader().QueryContext(ctx, first, string(queue), f.now.UnixMicro(), room, from[Urgent], from[Normal])
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var all []place
	for rows.Next() {
		var p place
		if err := rows.Scan(&p.rank, &p.due, &p.number); err != nil {
			return err
		}
		all = append(all, p)
	}
	f.choose(all, room)
	f.floors[queue] = floorsOf(all)
	return rows.Err()
}

// floorsOf returns where those begin that were found. Of a rank in which there are none, nothing is looked for until somebody tells of more.
func floorsOf(all []place) [Normal + 1]int64 {
	out := [...]int64{math.MaxInt64, math.MaxInt64}
	for _, p := range all {
		out[p.rank] = min(out[p.rank], p.due)
	}
	return out
}

// place is where a task stands in its queue.
type place struct {
	rank        Rank
	due, number int64
}

// choose takes what is due and has room, the most important first and of them the oldest, and notes when the next one is due.
func (f *found) choose(all []place, room int) {
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.due, b.due), cmp.Compare(a.number, b.number))
	})
	for _, p := range all {
		due := time.UnixMicro(p.due)
		switch {
		case due.After(f.now):
			if f.next.IsZero() || due.Before(f.next) {
				f.next = due
			}
		case room > 0:
			f.wanted = append(f.wanted, p.number)
			room--
		}
	}
}
