package notify_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// hall is a pipeline behind a runner of tasks on a database of its own, in a bubble.
type hall struct {
	*house
	store   *task.Store
	runner  *task.Runner
	enqueue func(tasks ...task.Task)
	cancel  func() // as an acknowledgement does
}

// enqueue stores tasks in a transaction, whose type is the stores' alone.
func enqueue[T any](inTx func(context.Context, func(T) error) error, store func(context.Context, T, ...task.Task) error, tasks ...task.Task) error {
	return inTx(context.Background(), func(tx T) error { return store(context.Background(), tx, tasks...) })
}

func cancel[T any](inTx func(context.Context, func(T) error) error, end func(context.Context, T, id.Stream, time.Time) error, at time.Time) error {
	return inTx(context.Background(), func(tx T) error { return end(context.Background(), tx, id.Stream(page), at) })
}

func inHall(t *testing.T, providers []notify.Provider, test func(t *testing.T, h *hall)) {
	t.Helper()
	if databasetest.OnPostgres() {
		t.Skip("a bubble's time is not the database's")
	}
	path := filepath.Join(t.TempDir(), "tsugi.db")
	synctest.Test(t, func(t *testing.T) {
		db := databasetest.Open(t, path, task.Schema)
		h := &hall{house: newHouse()}
		h.clock = clock.NewSystem()
		h.standing.Expires = start.Add(5 * time.Minute)
		var err error
		if h.store, err = task.Open(t.Context(), db, h.clock); err != nil {
			t.Fatal(err)
		}
		h.runner = task.NewRunner(task.Options{Store: h.store, Clock: h.clock, Logger: slog.New(slog.DiscardHandler), Chance: func() float64 { return 1 }})
		if err := h.pipeline(t, providers...).Register(h.runner); err != nil {
			t.Fatal(err)
		}
		check := func(err error) {
			if err != nil {
				t.Error(err)
			}
		}
		h.enqueue = func(tasks ...task.Task) {
			check(enqueue(db.InTx, h.store.Enqueue, tasks...))
			h.runner.Wake()
		}
		h.cancel = func() {
			check(cancel(db.InTx, h.store.Cancel, h.clock.Now()))
			h.runner.Interrupt(id.Stream(page))
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { h.runner.Run(ctx) })
		test(t, h)
		stop()
		running.Wait()
		check(h.store.Close())
		check(db.Close())
	})
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// due returns the n-th attempt of many by a channel.
func due(c escalation.Channel, n byte) task.Task {
	a := notify.Attempt{Place: place, Channel: c}
	t := a.Task()
	t.ID, t.About, t.Due, t.End = id.Derive[task.ID](a.TaskID(), string(rune('a'+n))), id.Stream(page), start, start.Add(5*time.Minute)
	return t
}

func hang(ctx context.Context, _ notify.Message, _ notify.Address) error {
	<-ctx.Done()
	return ctx.Err()
}

// since returns how long the bubble has stood.
func since() time.Duration { return clock.NewSystem().Now().Sub(start) }

// A provider that answers nobody fills its own places, and everybody else goes on at once.
func TestAHangingProviderHoldsNobodyElseUp(t *testing.T) {
	t.Parallel()
	push := &fake{channel: escalation.Push, do: hang}
	begun := make([]time.Duration, 0, 3)
	others := make([]notify.Provider, 0, 4)
	var mu sync.Mutex
	for _, c := range []escalation.Channel{escalation.SMS, escalation.Call, escalation.Mail} {
		others = append(others, &fake{channel: c, do: func(context.Context, notify.Message, notify.Address) error {
			mu.Lock()
			defer mu.Unlock()
			begun = append(begun, since())
			return nil
		}})
	}
	inHall(t, append(others, push), func(t *testing.T, h *hall) {
		var stuck []task.Task
		for n := range byte(50) {
			stuck = append(stuck, due(escalation.Push, n))
		}
		h.enqueue(stuck...)
		synctest.Wait()
		if got := len(push.reached()); got != 32 {
			t.Errorf("%d pushes are being sent", got)
		}
		<-time.After(time.Second)
		h.enqueue(due(escalation.SMS, 0), due(escalation.Call, 0), due(escalation.Mail, 0))
		synctest.Wait()
		if len(begun) != 3 || begun[0] != time.Second || begun[2] != time.Second {
			t.Errorf("the others began after %v", begun)
		}
		<-time.After(notify.SendTime)
		synctest.Wait()
		if got := len(push.reached()); got < 50 {
			t.Errorf("after %s only %d pushes were begun", since(), got)
		}
	})
}

// A device whose push hangs does not keep the person's others waiting.
func TestAHangingDeviceHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	var reached time.Duration
	push := &fake{channel: escalation.Push, do: func(ctx context.Context, m notify.Message, to notify.Address) error {
		if to == phone {
			return hang(ctx, m, to)
		}
		reached = since()
		return nil
	}}
	inHall(t, []notify.Provider{push}, func(t *testing.T, h *hall) {
		h.reach.Addresses = []notify.Address{phone, watch}
		h.enqueue(due(escalation.Push, 0))
		<-time.After(time.Minute)
		if reached != 0 || len(h.accepted) != 1 {
			t.Errorf("the other was reached after %s, %v", reached, h.accepted)
		}
	})
}

// A provider that is down for a while is asked again soon, and the page is not given up.
func TestAProviderThatComesBackIsAsked(t *testing.T) {
	t.Parallel()
	push := &fake{channel: escalation.Push, do: func(context.Context, notify.Message, notify.Address) error {
		if since() < 20*time.Second {
			return notify.Transient("503", nil)
		}
		return nil
	}}
	inHall(t, []notify.Provider{push}, func(t *testing.T, h *hall) {
		h.enqueue(due(escalation.Push, 0))
		<-time.After(time.Minute)
		synctest.Wait()
		got := h.last(t)
		if got.Reason != notify.ProviderAccepted || !got.Final || got.At.Sub(start) > 45*time.Second || got.Task.Try > 6 {
			t.Errorf("%+v", got)
		}
	})
}

// Acknowledging ends what is being sent at once, and nothing is sent after it.
func TestAnAcknowledgementEndsAllAtOnce(t *testing.T) {
	t.Parallel()
	ended := make(chan time.Duration, 9)
	push := &fake{channel: escalation.Push}
	push.do = func(ctx context.Context, m notify.Message, to notify.Address) error {
		err := hang(ctx, m, to)
		ended <- since()
		return err
	}
	inHall(t, []notify.Provider{push}, func(t *testing.T, h *hall) {
		h.enqueue(due(escalation.Push, 0))
		<-time.After(2 * time.Second)
		h.cancel()
		synctest.Wait()
		if got := <-ended; got != 2*time.Second {
			t.Errorf("it went on for %s", got)
		}
		<-time.After(4 * time.Minute)
		if len(push.reached()) != 1 || len(h.reports) > 0 {
			t.Errorf("%d were sent, recorded was %+v", len(push.reached()), h.reports)
		}
	})
}

// A try fits into its lease, with what has to be recorded; and one whose server died is taken up within fifteen seconds.
func TestATryFitsIntoItsLease(t *testing.T) {
	t.Parallel()
	for _, c := range []escalation.Channel{escalation.Push, escalation.SMS, escalation.Call, escalation.Mail} {
		if lease := notify.Policy(c).Lease; lease*9/10 < notify.SendTime+3*time.Second || lease > 14*time.Second {
			t.Errorf("channel %d: %s", c, lease)
		}
	}
}
