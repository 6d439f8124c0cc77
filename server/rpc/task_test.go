package rpc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// die stores tasks that fail for good, and waits until they have.
func (o *office) die(t *testing.T, tasks ...task.Task) {
	t.Helper()
	err := o.db.InTx(o.ctx, func(tx *sqlite.Tx) error { return o.options.Tasks.Store.Enqueue(o.ctx, tx, tasks...) })
	if err != nil {
		t.Fatal(err)
	}
	r := task.NewRunner(task.Options{
		Store: o.options.Tasks.Store, Clock: clock.NewSystem(), Logger: o.options.Logger, Chance: func() float64 { return 1 },
	})
	ctx, stop := context.WithCancel(o.ctx)
	failed := make(chan struct{}, len(tasks))
	err = r.Register("sms", task.Handler{
		Policy:      task.Policy{Lease: time.Minute, MaxTries: 3, Backoff: task.Backoff{First: time.Second, Most: time.Minute}},
		Concurrency: len(tasks), Do: func(context.Context, task.Taken) error {
			failed <- struct{}{}
			return task.Permanent(errors.New("no such number"))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	for range tasks {
		<-failed
	}
	stop()
	<-ended
}

func TestDeadTasksAreToldOfAndRunAgain(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := controlled(t, o)
	if dead, total, err := api.DeadTasks(o.ctx, 10); err != nil || len(dead) != 0 || total != 0 {
		t.Errorf("at first %+v of %d, %v", dead, total, err)
	}
	about := id.New[id.Stream]()
	end := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	o.die(t, task.Task{ID: id.New[task.ID](), Queue: "sms", About: about, Due: o.clock.Now().Add(-time.Hour), End: end},
		task.Task{ID: id.New[task.ID](), Queue: "sms", About: about, Due: o.clock.Now().Add(-time.Hour)})
	dead, total, err := api.DeadTasks(o.ctx, 1)
	if err != nil || len(dead) != 1 || total != 2 {
		t.Fatalf("%+v of %d, %v", dead, total, err)
	}
	one := dead[0]
	if one.Queue != "sms" || one.About != about || one.Tries != 1 || one.Problem != "no such number" || one.Died.IsZero() || !one.End.IsZero() && !one.End.Equal(end) {
		t.Errorf("it is %+v", one)
	}
	if err := api.RunTasksAgain(o.ctx, one.Number, 4711); !fault.Is(err, fault.NotFound) {
		t.Errorf("of one that there is not: %v", err)
	}
	if err := api.RunTasksAgain(o.ctx, one.Number); err != nil {
		t.Error(err)
	}
	if anew, left, err := api.RunAllTasksAgain(o.ctx, "mail"); err != nil || anew != 0 || left != 0 {
		t.Errorf("of another queue %d and %d, %v", anew, left, err)
	}
	if anew, left, err := api.RunAllTasksAgain(o.ctx, ""); err != nil || anew != 1 || left != 0 {
		t.Errorf("all others: %d and %d, %v", anew, left, err)
	}
}
