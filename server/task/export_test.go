package task

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Take takes at most n tasks of a queue, as a runner does.
func (s *Store) Take(ctx context.Context, queue Queue, n int, p Policy) ([]Taken, error) {
	f, err := s.look(ctx, map[Queue]int{queue: n}, nil)
	if err != nil {
		return nil, err
	}
	out, err := s.round(ctx, single(queue, p, 0), nil, f.wanted)
	var all []Taken
	for _, t := range out.taken {
		all = append(all, t.handed())
	}
	return all, err
}

// Record records how a try ended, as a runner does, and reports whether that was taken.
func (s *Store) Record(ctx context.Context, t Taken, why error, p Policy, chance float64) (bool, error) {
	out, err := s.round(ctx, single(t.Queue, p, chance), []result{{queue: t.Queue, number: t.number, fence: t.fence, err: why}}, nil)
	return len(out.missed) == 0, err
}

// single is a round of one queue.
func single(queue Queue, p Policy, chance float64) round {
	return round{policies: map[Queue]Policy{queue: p}, chance: func() float64 { return chance }}
}

func (s *Store) round(ctx context.Context, plan round, back []result, wanted []int64) (out decided, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = s.carry(ctx, tx, plan, back, wanted)
		return err
	})
	return out, err
}

// Tidy ends what is too late and forgets what is old, one sweep of each.
func (s *Store) Tidy(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		return errors.Join(s.lapse(ctx, tx), s.forget(ctx, tx))
	})
}

// Stored is a task as it is stored.
type Stored struct {
	State   State
	Tries   int
	Due     time.Time
	Problem string
	Body    string
}

// All returns every task that is stored.
func (s *Store) All(ctx context.Context) (map[ID]Stored, error) {
	all, err := s.rows(ctx, s.db.Reader(), "SELECT "+fields+" FROM task ORDER BY number")
	out := map[ID]Stored{}
	for _, r := range all {
		out[r.ID] = Stored{State: r.state, Tries: r.tries, Due: r.due, Problem: r.problem, Body: string(r.Body)}
	}
	return out, err
}

// Number returns what an admin names the task by.
func (t Taken) Number() int64 { return t.number }

// PollEvery is how often a runner looks by itself.
const PollEvery = pollEvery

// Statements that find tasks among many.
const (
	First  = first
	Lapse  = lapse
	Revoke = revoke
)

// After returns how long to wait after the n-th try.
func (b Backoff) After(n int, chance float64) time.Duration { return b.after(n, chance) }
