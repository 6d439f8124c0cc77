package rpc

import (
	"context"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// maxDead is how many dead tasks are told of at once.
const maxDead = 1000

// ListDeadTasks tells of the tasks that died last.
func (c *Control) ListDeadTasks(ctx context.Context, req *tsugiv1.ListDeadTasksRequest) (*tsugiv1.ListDeadTasksResponse, error) {
	letters, total, err := c.Tasks.Store.Dead(ctx, int(min(req.GetLimit(), maxDead)))
	if err != nil {
		return nil, wire.Error(err)
	}
	resp := &tsugiv1.ListDeadTasksResponse{Total: uint64(total)}
	for _, l := range letters {
		dead := &tsugiv1.DeadTask{
			Number: uint64(l.Number), Queue: string(l.Queue), AboutId: l.About.Bytes(), Tries: uint32(l.Tries), DiedUs: l.Died.UnixMicro(), Problem: l.Problem,
		}
		if !l.End.IsZero() {
			dead.EndUs = l.End.UnixMicro()
		}
		resp.Tasks = append(resp.Tasks, dead)
	}
	return resp, nil
}

// RunTasksAgain lets dead tasks be tried anew.
func (c *Control) RunTasksAgain(ctx context.Context, req *tsugiv1.RunTasksAgainRequest) (*tsugiv1.RunTasksAgainResponse, error) {
	resp := &tsugiv1.RunTasksAgainResponse{}
	var err error
	if numbers := req.GetNumbers(); len(numbers) > 0 {
		wanted := make([]int64, len(numbers))
		for i, n := range numbers {
			wanted[i] = int64(n)
		}
		err = c.Tasks.Store.Again(ctx, wanted...)
		resp.Anew = uint32(len(numbers))
	} else {
		var anew, left int
		anew, left, err = c.Tasks.Store.AgainAll(ctx, task.Queue(req.GetQueue()))
		resp.Anew, resp.Left = uint32(anew), uint32(left)
	}
	if err != nil {
		return nil, wire.Error(err)
	}
	c.Tasks.Wake()
	return resp, nil
}

// DeadTask is what a server has given up.
type DeadTask struct {
	Number  uint64
	Queue   string
	About   id.Stream
	Tries   int
	Died    time.Time
	End     time.Time // from when on it cannot be run again; zero for never
	Problem string
}

// DeadTasks returns the tasks that died last, at most limit of them, and how many there are.
func (c *Controller) DeadTasks(ctx context.Context, limit int) (dead []DeadTask, total int, err error) {
	resp, err := c.api.ListDeadTasks(ctx, &tsugiv1.ListDeadTasksRequest{Limit: uint32(limit)})
	if err != nil {
		return nil, 0, wire.FromError(err)
	}
	for _, m := range resp.GetTasks() {
		about, err := id.From[id.Stream](m.GetAboutId())
		if err != nil {
			return nil, 0, err
		}
		one := DeadTask{
			Number: m.GetNumber(), Queue: m.GetQueue(), About: about, Tries: int(m.GetTries()), Died: wire.Time(m.GetDiedUs()), Problem: m.GetProblem(),
		}
		if m.GetEndUs() != 0 {
			one.End = wire.Time(m.GetEndUs())
		}
		dead = append(dead, one)
	}
	return dead, int(resp.GetTotal()), nil
}

// RunTasksAgain lets these dead tasks be tried anew, all or none.
func (c *Controller) RunTasksAgain(ctx context.Context, numbers ...uint64) error {
	_, err := c.api.RunTasksAgain(ctx, &tsugiv1.RunTasksAgainRequest{Numbers: numbers})
	return wire.FromError(err)
}

// RunAllTasksAgain lets all dead tasks of a queue be tried anew, or of every queue where none is named. It tells how many are, and for how
// many it is too late.
func (c *Controller) RunAllTasksAgain(ctx context.Context, queue string) (anew, left int, err error) {
	resp, err := c.api.RunTasksAgain(ctx, &tsugiv1.RunTasksAgainRequest{Queue: queue})
	if err != nil {
		return 0, 0, wire.FromError(err)
	}
	return int(resp.GetAnew()), int(resp.GetLeft()), nil
}
