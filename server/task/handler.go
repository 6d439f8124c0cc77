package task

import (
	"context"
	"fmt"
)

// Handler is how the tasks of one queue are carried out.
type Handler struct {
	Policy
	// Concurrency is how many are carried out at once, by each server.
	Concurrency int
	// Do carries one out. It may be called again for the same task, by another server too: what it does is to be known again by the
	// task's ID. Its context ends a while before the lease does, and when the task is cancelled. It returns nil when the task is done,
	// and else why not, perhaps as Permanent or RetryAfter; what the error says is stored, and shown to admins.
	Do func(context.Context, Taken) error
}

// Taken is a task that is carried out now.
type Taken struct {
	Task
	Try    int   // from 1; a try that was broken off because the server stopped is none
	Given  int64 // how often it was handed out, from 1, whatever became of that
	number int64
	fence  int64
}

// Token names the task and this taking of it, for logs.
func (t Taken) Token() string { return fmt.Sprintf("%d.%d", t.number, t.fence) }

func (r row) handed() Taken {
	return Taken{Task: r.Task, Try: r.tries, Given: r.fence, number: r.number, fence: r.fence}
}
