package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/id"
)

// chores is the queue of what follows from every event.
const chores = task.Queue("chores")

// choreOf returns the task that is stored with an event.
func choreOf(in id.Stream, seq uint64) task.Task {
	return task.Task{ID: choreID(in, seq), Queue: chores, About: in, Due: noon, Body: in[:]}
}

func choreID(in id.Stream, seq uint64) task.ID {
	return id.Derive[task.ID](in, fmt.Sprint("chore ", seq))
}

// choreStates returns where every task stands, read behind the production code's back.
func choreStates(ctx context.Context, db *sql.DB) (map[task.ID]task.State, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, state FROM task")
	if err != nil {
		return nil, fmt.Errorf("read the tasks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[task.ID]task.State{}
	for rows.Next() {
		var (
			raw   []byte
			state task.State
		)
		if err := rows.Scan(&raw, &state); err != nil {
			return nil, fmt.Errorf("read the tasks: %w", err)
		}
		one, err := id.From[task.ID](raw)
		if err != nil {
			return nil, fmt.Errorf("read the tasks: %w", err)
		}
		out[one] = state
	}
	return out, rows.Err()
}

// chore carries out what is due, and returns what is recorded as done by then.
func (s *server) chore(r *round) func(context.Context) error {
	r.chores = true
	return func(ctx context.Context) error {
		if _, err := s.ledger.work(ctx); err != nil {
			return err
		}
		states, err := choreStates(ctx, s.ledger.db.Read)
		r.done = nil
		for one, state := range states {
			if state == task.Done {
				r.done = append(r.done, one)
			}
		}
		return err
	}
}

// nudge is how long a runner is left alone with a disk that may have failed.
const nudge = 10 * time.Millisecond

// work has a runner carry out all tasks that are due, and returns which ones it was handed.
func (h *house) work(ctx context.Context) (handed []task.ID, err error) {
	var due int
	err = h.db.Read.QueryRowContext(ctx, "SELECT count(*) FROM task WHERE state <= 1 AND due_us <= ?", noon.UnixMicro()).Scan(&due)
	if err != nil || due == 0 {
		return nil, err
	}
	r := task.NewRunner(task.Options{Store: h.tasks, Clock: still{}, Logger: slog.New(slog.DiscardHandler), Chance: func() float64 { return 1 }})
	called := make(chan task.ID, due)
	err = r.Register(chores, task.Handler{
		Policy:      task.Policy{Lease: time.Minute, MaxTries: 1000, Backoff: task.Backoff{First: time.Second, Most: time.Minute}},
		Concurrency: due,
		Do: func(_ context.Context, t task.Taken) error {
			called <- t.ID
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(running)
	}()
	again := time.NewTicker(nudge)
	defer again.Stop()
	for len(handed) < due && ctx.Err() == nil {
		select {
		case one := <-called:
			handed = append(handed, one)
		case <-again.C:
			r.Wake()
		case <-ctx.Done():
		}
	}
	stop()
	<-ended
	return handed, ctx.Err()
}

// tasked looks for the task of every event, and for what was recorded as done.
func tasked(f *findings, states map[task.ID]task.State, log []logged, answered []round, under round) {
	if len(states) != len(log) {
		f.blame("%d events have %d tasks", len(log), len(states))
	}
	for _, e := range log {
		if _, there := states[choreID(e.envelope.Stream, e.envelope.StreamSeq)]; !there {
			f.lose("event %d has no task", e.seq)
		}
	}
	done := map[task.ID]bool{}
	for _, r := range answered {
		for _, one := range r.done {
			done[one] = true
			f.compared++
			if states[one] != task.Done {
				f.lose("task %s, recorded as done, is in state %d", one, states[one])
			}
		}
	}
	for one, state := range states {
		if state > task.Done || state == task.Done && !done[one] && !under.chores {
			f.blame("task %s is in state %d, and nobody put it there", one, state)
		}
	}
}

// worked has the tasks that are left carried out after a crash: each once, and none that was recorded as done.
func worked(ctx context.Context, f *findings, h *house, before map[task.ID]task.State) {
	handed, err := h.work(ctx)
	if err != nil {
		f.blame("work: %v", err)
	}
	times := map[task.ID]int{}
	for _, one := range handed {
		if times[one]++; times[one] > 1 || before[one] == task.Done {
			f.blame("task %s was carried out again", one)
		}
	}
	for one, state := range before {
		if state != task.Done && times[one] != 1 {
			f.lose("task %s in state %d was carried out %d times", one, state, times[one])
		}
	}
	after, err := choreStates(ctx, h.db.Read)
	for one, state := range after {
		if state != task.Done {
			err = errors.Join(err, fmt.Errorf("task %s is in state %d when all are done", one, state))
		}
	}
	if err != nil {
		f.blame("%v", err)
	}
}
