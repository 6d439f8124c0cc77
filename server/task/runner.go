package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Options says what a runner works with.
type Options struct {
	Store  *Store
	Clock  clock.Clock // counts how long something took
	Logger *slog.Logger
	Chance func() float64 // between 0 and 1, for the jitter
}

// Runner carries out the tasks of the queues that are registered with it. Several runners may share a database. Its memory does not
// depend on how many tasks there are: it holds those that it carries out.
type Runner struct {
	Options
	pools map[Queue]*pool
	wake  chan struct{}

	mu          sync.Mutex
	live        map[int64]attempt      // by number
	interrupted map[id.Stream]struct{} // since the present turn began

	// The rest belongs to the goroutine in Run.
	running sync.WaitGroup
	ended   chan result
	back    []result // not recorded yet
	floors  floors   // since somebody told of more, or it was looked everywhere
	blind   bool     // the database cannot be reached now
}

// pool is a queue's workers.
type pool struct {
	Handler
	busy int
}

// attempt is a task that is carried out now.
type attempt struct {
	about  id.Stream
	cancel context.CancelCauseFunc
}

// Why a try is broken off.
var (
	errStopping  = errors.New("the server is stopping")
	errCancelled = errors.New("the task was cancelled")
)

const (
	// pollEvery is how often a runner looks for what nobody told it of: another server's tasks, where it cannot hear of them.
	pollEvery = time.Second
	// grace is how long tries may go on when the server stops.
	grace = 2 * time.Second
	// margin is the part of a lease that is left for recording the result.
	margin = 10
)

// NewRunner returns a runner without queues.
func NewRunner(o Options) *Runner {
	return &Runner{Options: o, pools: map[Queue]*pool{}, wake: make(chan struct{}, 1), live: map[int64]attempt{}, interrupted: map[id.Stream]struct{}{}}
}

// Register says who carries out the tasks of a queue. It is called before Run, once for each queue.
func (r *Runner) Register(queue Queue, h Handler) error {
	if err := h.check(); err != nil {
		return fmt.Errorf("register the queue %s: %w", queue, err)
	}
	if _, there := r.pools[queue]; there || queue == "" || h.Concurrency < 1 || h.Do == nil {
		return fmt.Errorf("register the queue %s: it is there already, or does nothing", queue)
	}
	r.pools[queue] = &pool{Handler: h}
	return nil
}

// Wake has the runner look for tasks now. Call it after the commit of what stored them; it does not wait.
func (r *Runner) Wake() {
	if len(r.pools) == 0 {
		return
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Interrupt breaks off what is carried out about a stream. Call it after the commit of what cancelled it.
func (r *Runner) Interrupt(about id.Stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interrupted[about] = struct{}{} // what is being taken now is not live yet
	for _, a := range r.live {
		if a.about == about {
			a.cancel(errCancelled)
		}
	}
}

// Run carries out tasks until ctx ends. It returns when all tries have ended and their results are recorded, as far as the database is
// reached; those that are broken off do not count.
func (r *Runner) Run(ctx context.Context) {
	slots := 0
	for _, p := range r.pools {
		slots += p.Concurrency
	}
	r.ended = make(chan result, slots) // no try ever waits for the loop
	poll, next := time.NewTicker(pollEvery), time.NewTimer(0)
	defer poll.Stop()
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			r.stop(ctx)
			return
		case got := <-r.ended:
			r.back = append(r.back, got)
		case <-next.C:
		case <-r.wake:
			r.floors = nil
		case <-poll.C:
			r.floors = nil
		}
		r.collect()
		if wait, known := r.turn(ctx); known {
			next.Reset(wait)
		}
	}
}

// collect takes what else has ended, so that one transaction serves all of it.
func (r *Runner) collect() {
	for {
		select {
		case got := <-r.ended:
			r.back = append(r.back, got)
		default:
			return
		}
	}
}

// turn records what has ended and begins what is due and has room, in one transaction. It returns after how long there is more to
// do, if that is known. When the database cannot be reached, everything is left for the next turn.
func (r *Runner) turn(ctx context.Context) (wait time.Duration, known bool) {
	wait, known, err := r.attend(ctx)
	if err != nil && ctx.Err() == nil && !r.blind {
		r.Logger.WarnContext(ctx, "look after tasks", "error", err)
	}
	r.blind = err != nil
	return wait, known
}

func (r *Runner) attend(ctx context.Context) (wait time.Duration, known bool, err error) {
	r.forgetInterrupts()
	f, err := r.Store.look(ctx, r.room(), r.floors)
	if err != nil {
		return 0, false, err
	}
	r.floors = f.floors
	if len(r.back)+len(f.wanted) == 0 && !f.late && !f.old {
		return f.next.Sub(f.now), !f.next.IsZero(), nil
	}
	began := r.Clock.Now()
	out, err := r.commit(context.WithoutCancel(ctx), f)
	if err != nil {
		return 0, false, err
	}
	for _, got := range r.back {
		r.pools[got.queue].busy--
	}
	r.back = nil
	r.tell(ctx, out)
	for _, t := range out.moved {
		if t.state == Waiting {
			r.floors = nil // it may be due before all others
		}
	}
	for _, t := range out.taken {
		r.begin(ctx, t, r.Clock.Now().Sub(began))
	}
	return 0, true, nil
}

// room returns how many tasks of each queue could be begun once what has ended is recorded.
func (r *Runner) room() map[Queue]int {
	out := make(map[Queue]int, len(r.pools))
	for queue, p := range r.pools {
		out[queue] = p.Concurrency - p.busy
	}
	for _, got := range r.back {
		out[got.queue]++
	}
	return out
}

// commit stores a round.
func (r *Runner) commit(ctx context.Context, f found) (out decided, err error) {
	plan := round{policies: make(map[Queue]Policy, len(r.pools)), chance: r.Chance}
	for queue, p := range r.pools {
		plan.policies[queue] = p.Policy
	}
	err = r.Store.db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		if len(r.back)+len(f.wanted) > 0 {
			if out, err = r.Store.carry(ctx, tx, plan, r.back, f.wanted); err != nil {
				return err
			}
		}
		if f.late {
			if err := r.Store.lapse(ctx, tx); err != nil {
				return err
			}
		}
		if f.old {
			return r.Store.forget(ctx, tx)
		}
		return nil
	})
	return out, err
}

// tell logs what somebody should know.
func (r *Runner) tell(ctx context.Context, out decided) {
	for _, t := range out.dead {
		r.Logger.ErrorContext(ctx, "a task is dead", "task", t.number, "queue", t.Queue, "about", t.About, "tries", t.tries, "problem", t.problem)
	}
	for _, t := range out.moved {
		if t.state == Lapsed && t.problem != "" {
			r.Logger.WarnContext(ctx, "a task failed until its time was over", "task", t.number, "queue", t.Queue, "about", t.About, "tries", t.tries, "problem", t.problem)
		}
	}
	for _, got := range out.missed {
		r.Logger.DebugContext(ctx, "a result is not recorded: the task was overtaken, or has its record", "task", got.number, "queue", got.queue)
	}
}

// begin carries a task out in a goroutine of its own. spent is what is gone of its lease.
func (r *Runner) begin(ctx context.Context, t row, spent time.Duration) {
	p := r.pools[t.Queue]
	p.busy++
	left := p.Lease - p.Lease/margin - spent
	now := t.due.Add(spent - p.Lease) // by the database's time
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	r.enter(t, cancel)
	r.running.Go(func() {
		got := result{queue: t.Queue, number: t.number, fence: t.fence, back: true}
		if left > 0 && !t.late(now) { // else the commit took so long that it is for somebody else, or for nobody
			got.back, got.err = r.try(work, p.Do, t.handed(), left)
		}
		r.leave(t)
		cancel(nil)
		r.ended <- got
	})
}

func (r *Runner) enter(t row, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[t.number] = attempt{about: t.About, cancel: cancel}
	if _, gone := r.interrupted[t.About]; gone {
		cancel(errCancelled)
	}
}

func (r *Runner) leave(t row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.live, t.number)
}

func (r *Runner) forgetInterrupts() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.interrupted)
}

// try calls the handler, and reports whether the try is given back because the server stops.
func (r *Runner) try(ctx context.Context, do func(context.Context, Taken) error, t Taken, left time.Duration) (back bool, err error) {
	limited, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			r.Logger.ErrorContext(ctx, "a task's handler failed", "task", t.number, "queue", t.Queue, "panic", cause, "stack", string(debug.Stack()))
			back, err = false, errors.New("the handler made a mistake")
		}
	}()
	if err = do(limited, t); err != nil && errors.Is(context.Cause(ctx), errCancelled) {
		err = fmt.Errorf("%w: %w", errCancelled, err)
	}
	return err != nil && errors.Is(context.Cause(ctx), errStopping), err
}

// stop waits for what is carried out, breaks it off when that takes too long, and records how it ended.
func (r *Runner) stop(ctx context.Context) {
	limit := time.AfterFunc(grace, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, a := range r.live {
			a.cancel(errStopping)
		}
	})
	r.running.Wait()
	limit.Stop()
	r.collect()
	if len(r.back) == 0 {
		return
	}
	if out, err := r.commit(context.WithoutCancel(ctx), found{}); err != nil {
		r.Logger.WarnContext(ctx, "record how tasks ended", "error", err)
	} else {
		r.tell(ctx, out)
	}
}
