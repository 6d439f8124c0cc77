package task_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
)

// hall is a runner at work, with the clock of a bubble or the real one.
type hall struct {
	*task.Runner
	*bundle
	stop func()
	said *logged
}

// logged is what was logged, while it is still being written.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write takes one more line.
func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String returns all of it.
func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// inBubble runs a test on a file, in a bubble whose time passes only when nothing else can happen. PostgreSQL's time is outside of it.
func inBubble(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	if databasetest.OnPostgres() {
		t.Skip("a bubble's time is not the database's")
	}
	path := filepath.Join(t.TempDir(), "tsugi.db")
	synctest.Test(t, func(t *testing.T) {
		b := &bundle{ctx: context.Background(), path: path}
		b.reopen(t)
		defer func() { b.close(t) }()
		test(t, b)
	})
}

// reopen opens the file by the clock of the bubble.
func (b *bundle) reopen(t *testing.T) {
	t.Helper()
	b.db = databasetest.Open(t, b.path, task.Schema)
	var err error
	if b.Store, err = task.Open(b.ctx, b.db, clock.NewSystem()); err != nil {
		t.Fatal(err)
	}
}

// run starts a runner for some queues, which waits as long as it can.
func (b *bundle) run(t *testing.T, handlers map[task.Queue]task.Handler) *hall {
	t.Helper()
	return b.runBy(t, 1, handlers)
}

func (b *bundle) runBy(t *testing.T, chance float64, handlers map[task.Queue]task.Handler) *hall {
	t.Helper()
	h := &hall{bundle: b, said: &logged{}}
	h.Runner = task.NewRunner(task.Options{
		Store: b.Store, Clock: clock.NewSystem(), Chance: func() float64 { return chance },
		Logger: slog.New(slog.NewTextHandler(h.said, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for queue, handler := range handlers {
		if err := h.Register(queue, handler); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.Run(ctx)
	}()
	h.stop = func() {
		cancel()
		<-ended
	}
	return h
}

// one is a handler of one task at a time.
func one(do func(context.Context, task.Taken) error) task.Handler {
	return task.Handler{Policy: policy, Concurrency: 1, Do: do}
}

// soon returns a task that is due some time from now.
func soon(name string, wait time.Duration) task.Task {
	t := of(name)
	t.Due = time.Now().Add(wait) //nolint:forbidigo // of the bubble
	return t
}

func since(at time.Time) time.Duration { return time.Since(at) } //nolint:forbidigo // of the bubble

func now() time.Time { return time.Now() } //nolint:forbidigo // of the bubble

// What is stored is begun at once, and what is due later when it is due, not when somebody happens to look.
func TestATaskIsBegunWithoutDelay(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		begun := make(chan string, 9)
		h := b.run(t, map[task.Queue]task.Handler{sms: one(func(_ context.Context, got task.Taken) error {
			begun <- string(got.Body)
			return nil
		})})
		defer func() { h.stop() }()
		synctest.Wait()
		start := now()
		b.enqueue(t, soon("later", 90*time.Millisecond), soon("now", 0))
		h.Wake()
		if got := <-begun; got != "now" || since(start) != 0 {
			t.Errorf("%s was begun after %s", got, since(start))
		}
		if got := <-begun; got != "later" || since(start) != 90*time.Millisecond {
			t.Errorf("%s was begun after %s", got, since(start))
		}
		b.enqueue(t, soon("untold", 0)) // by another server, of which nobody hears
		if got := <-begun; got != "untold" || since(start) > 90*time.Millisecond+task.PollEvery {
			t.Errorf("%s was begun after %s", got, since(start))
		}
	})
}

// A server that was down when a task fell due begins it when it starts, the rest of its lease notwithstanding.
func TestWhatFellDueWhileTheServerWasDownIsBegunAtTheStart(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		late := soon("too late", time.Minute)
		late.End = now().Add(2 * time.Minute)
		b.enqueue(t, soon("due", time.Minute), late, soon("killed", 0))
		b.takes(t, "killed")
		b.close(t)
		time.Sleep(policy.Lease / 2) //nolint:forbidigo // of the bubble
		var got []string
		work := func() time.Duration {
			b.reopen(t)
			start, last := now(), time.Duration(0)
			h := b.run(t, map[task.Queue]task.Handler{sms: one(func(_ context.Context, one task.Taken) error {
				got, last = append(got, string(one.Body)), since(start)
				return nil
			})})
			time.Sleep(5 * time.Second) //nolint:forbidigo // of the bubble
			h.stop()
			return last
		}
		if after := work(); strings.Join(got, " ") != "killed" || after != 0 {
			t.Errorf("after %s: %s", after, got)
		}
		b.close(t)
		time.Sleep(5 * time.Minute) //nolint:forbidigo // of the bubble
		if after := work(); strings.Join(got, " ") != "killed due" || after != 0 {
			t.Errorf("after %s: %s", after, got)
		}
		b.wantState(t, "too late", task.Lapsed)
	})
}

// One provider hangs: the others are told at once all the same.
func TestASlowProviderHoldsNobodyElseUp(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		var hanging atomic.Int32
		sent := make(chan task.Queue, 9)
		h := b.run(t, map[task.Queue]task.Handler{
			sms: {Policy: policy, Concurrency: 2, Do: func(ctx context.Context, _ task.Taken) error {
				hanging.Add(1)
				defer hanging.Add(-1)
				<-ctx.Done()
				return ctx.Err()
			}},
			"push": one(func(context.Context, task.Taken) error { sent <- "push"; return nil }),
		})
		defer func() { h.stop() }()
		b.enqueue(t, soon("a", 0), soon("b", 0), soon("c", 0))
		h.Wake()
		synctest.Wait()
		if n := hanging.Load(); n != 2 {
			t.Errorf("%d of two hang", n)
		}
		start, push := now(), soon("push", 0)
		push.Queue = "push"
		b.enqueue(t, push)
		h.Wake()
		if <-sent; since(start) != 0 {
			t.Errorf("it was told after %s", since(start))
		}
		time.Sleep(policy.Lease) //nolint:forbidigo // of the bubble
		if got := b.stored(t, "c"); got.State != task.Running {
			t.Errorf("when the first two gave up, the third is %+v", got)
		}
		if got := b.stored(t, "a"); got.Tries == 0 || got.Problem != context.DeadlineExceeded.Error() {
			t.Errorf("one that hung is %+v", got)
		}
	})
}

// Waits are as long as the policy says, in the bubble's time, and the admin is told of the dead.
func TestARunnerTriesAgainAndGivesUp(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		start := now()
		var tries []time.Duration
		handler := one(func(_ context.Context, got task.Taken) error {
			tries = append(tries, since(start))
			if got.Try == 2 {
				panic("a mistake") //nolint:forbidigo // of a handler
			}
			return errBusy
		})
		handler.Backoff.First = 300 * time.Millisecond // not when it is looked anyway
		h := b.run(t, map[task.Queue]task.Handler{sms: handler})
		b.enqueue(t, soon("a", 0))
		h.Wake()
		time.Sleep(time.Hour) //nolint:forbidigo // of the bubble
		h.stop()
		if want := []time.Duration{0, 300 * time.Millisecond, 900 * time.Millisecond}; !slices.Equal(tries, want) {
			t.Errorf("tried after %s, want %s", tries, want)
		}
		b.wantState(t, "a", task.Dead)
		for _, want := range []string{"a task is dead", errBusy.Error(), "a mistake"} {
			if !strings.Contains(h.said.String(), want) {
				t.Errorf("the admin is not told %q: %s", want, h.said)
			}
		}
	})
}

// Who acknowledges stops what is under way too.
func TestWhatIsCancelledIsBrokenOff(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		broken := make(chan string, 9)
		h := b.run(t, map[task.Queue]task.Handler{sms: {Policy: policy, Concurrency: 2, Do: func(ctx context.Context, got task.Taken) error {
			<-ctx.Done()
			broken <- string(got.Body)
			return ctx.Err()
		}}})
		defer func() { h.stop() }()
		other := soon("other page", 0)
		other.About = id.Stream{2}
		b.enqueue(t, soon("a", 0), other)
		h.Wake()
		synctest.Wait()
		start := now()
		b.inTx(t, func(tx *sql.Tx) error { return b.Cancel(b.ctx, tx, page, now()) })
		h.Interrupt(page)
		if got := <-broken; got != "a" || since(start) != 0 {
			t.Errorf("%s is broken off after %s", got, since(start))
		}
		synctest.Wait()
		if got := b.stored(t, "a"); got.State != task.Cancelled || got.Problem != "" {
			t.Errorf("it is %+v", got)
		}
		b.wantState(t, "other page", task.Running)
	})
}

// A server that stops lets tries end, breaks off those that take long, and gives those back as if nothing had been.
func TestAStopGivesBackWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		h := b.run(t, map[task.Queue]task.Handler{sms: {Policy: policy, Concurrency: 9, Do: func(ctx context.Context, got task.Taken) error {
			switch string(got.Body) {
			case "quick":
				time.Sleep(time.Second) //nolint:forbidigo // of the bubble
				return nil
			case "failing":
				time.Sleep(time.Second) //nolint:forbidigo // of the bubble
				return errBusy
			}
			<-ctx.Done()
			return ctx.Err()
		}}})
		b.enqueue(t, soon("quick", 0), soon("failing", 0), soon("slow", 0))
		h.Wake()
		synctest.Wait()
		start := now()
		h.stop()
		if since(start) > 3*time.Second {
			t.Errorf("it took %s", since(start))
		}
		b.wantState(t, "quick", task.Done)
		if got := b.stored(t, "failing"); got.State != task.Waiting || got.Tries != 1 {
			t.Errorf("what failed is %+v", got)
		}
		if got := b.stored(t, "slow"); got.State != task.Waiting || got.Tries != 0 || got.Due.After(now()) {
			t.Errorf("what was broken off is %+v", got)
		}
	})
}

// The database is away for a while: what was done meanwhile is recorded when it is back, and not done again.
func TestAResultOutlivesADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		done, calls := make(chan struct{}), atomic.Int32{}
		h := b.run(t, map[task.Queue]task.Handler{sms: one(func(context.Context, task.Taken) error {
			calls.Add(1)
			<-done
			return nil
		})})
		defer func() { h.stop() }()
		b.enqueue(t, soon("a", 0))
		h.Wake()
		synctest.Wait()
		b.exec(t, "CREATE TRIGGER away BEFORE UPDATE ON task BEGIN SELECT RAISE(ABORT, 'away'); END")
		close(done)
		time.Sleep(3 * policy.Lease) //nolint:forbidigo // of the bubble
		if n := strings.Count(h.said.String(), "look after tasks"); n != 1 {
			t.Errorf("it is told %d times: %s", n, h.said)
		}
		b.exec(t, "DROP TRIGGER away")
		time.Sleep(2 * task.PollEvery) //nolint:forbidigo // of the bubble
		b.wantState(t, "a", task.Done)
		if n := calls.Load(); n != 1 {
			t.Errorf("it was done %d times", n)
		}
	})
}

func TestAQueueIsRegisteredOnceAndWhole(t *testing.T) {
	t.Parallel()
	r := task.NewRunner(task.Options{})
	good := one(func(context.Context, task.Taken) error { return nil })
	if err := r.Register(sms, good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*task.Handler){
		"twice": func(*task.Handler) {}, "no lease": func(h *task.Handler) { h.Lease = 0 }, "no tries": func(h *task.Handler) { h.MaxTries = 0 },
		"nobody": func(h *task.Handler) { h.Concurrency = 0 }, "nothing to do": func(h *task.Handler) { h.Do = nil },
		"no wait": func(h *task.Handler) { h.Backoff.First = 0 }, "a wait that shrinks": func(h *task.Handler) { h.Backoff.Most = 0 },
	} {
		queue := task.Queue("mail")
		if name == "twice" {
			queue = sms
		}
		bad := good
		spoil(&bad)
		if err := r.Register(queue, bad); err == nil {
			t.Errorf("%s was registered", name)
		}
	}
}

// holders notes who is at which task, and complains when two are.
type holders struct {
	mu      sync.Mutex
	at      map[task.ID]int
	done    map[task.ID]int
	doubled int
}

func (h *holders) enter(one task.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at[one]++; h.at[one] > 1 {
		h.doubled++
	}
}

func (h *holders) leave(one task.ID, done bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at[one]--
	if done {
		h.done[one]++
	}
}

// Several servers on one database, each with many at work, whose clocks are hours apart: no task is with two at once, and each is done once.
func TestNoTwoServersAreAtOneTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const tasks, servers = 300, 3
	all := &holders{at: map[task.ID]int{}, done: map[task.ID]int{}}
	left := make(chan struct{}, tasks)
	var batch []task.Task
	for i := range tasks {
		batch = append(batch, of(fmt.Sprint(i)))
	}
	b.enqueue(t, batch...)
	var fails atomic.Int64
	handler := task.Handler{Policy: policy, Concurrency: 16, Do: func(_ context.Context, got task.Taken) error {
		all.enter(got.ID)
		failed := fails.Add(1)%5 == 0 && got.Try < policy.MaxTries
		all.leave(got.ID, !failed)
		if failed {
			return errBusy
		}
		left <- struct{}{}
		return nil
	}}
	var halls []*hall
	for i := range servers {
		node := *b
		if databasetest.OnPostgres() { // a file has one server
			node.clock = &hand{at: noon.Add(time.Duration(i-1) * 30 * 24 * time.Hour)}
			store, err := task.Open(b.ctx, b.db, node.clock)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close() //nolint:errcheck // its statements go with the database
			node.Store = store
		}
		halls = append(halls, node.runBy(t, 0, map[task.Queue]task.Handler{sms: handler})) // they try again at once: time stands
	}
	for range tasks {
		<-left
	}
	for _, h := range halls {
		h.stop()
	}
	for one, n := range all.done {
		if n != 1 {
			t.Errorf("%s was done %d times", one, n)
		}
	}
	if all.doubled > 0 || len(all.done) != tasks {
		t.Errorf("%d times two were at one; %d of %d are done", all.doubled, len(all.done), tasks)
	}
	stored, err := b.All(b.ctx)
	for one, s := range stored {
		if s.State != task.Done {
			t.Errorf("%s is %+v", one, s)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// On PostgreSQL a machine whose clock is set wrongly, and wrongly again, neither begins early nor takes what others hold.
func TestAWrongClockMattersToNobody(t *testing.T) {
	t.Parallel()
	if !databasetest.OnPostgres() {
		t.Skip("a file's only server has only its own clock")
	}
	b := setup(t)
	later := of("later")
	later.Due = noon.Add(time.Hour)
	held := of("held")
	held.End = noon.Add(time.Minute)
	b.enqueue(t, later, held)
	first := b.takes(t, "held")[0]
	for _, off := range []time.Duration{-1000 * time.Hour, 1000 * time.Hour} {
		b.clock.set(noon.Add(off))
		b.takes(t)
		if err := b.Tidy(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if !b.record(t, first, errBusy) {
		t.Error("it was taken away")
	}
	if got := b.stored(t, "held"); got.State != task.Waiting || !got.Due.Equal(noon.Add(time.Second)) {
		t.Errorf("it is %+v", got)
	}
	b.set(t, noon.Add(time.Second))
	b.clock.set(noon.Add(-1000 * time.Hour))
	b.takes(t, "held")
}
