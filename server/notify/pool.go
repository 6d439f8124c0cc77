package notify

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// Policy returns how the attempts of a channel are tried. The lease is short: when a server dies with a page in its hands, another has it
// in time. A try has SendTime within it. Who asks for time is asked again when it is over; of others the first is asked again after a second.
// By SMS and call there are fewer tries, because a try that seemed to fail may have rung.
func Policy(c escalation.Channel) task.Policy {
	p := task.Policy{Lease: 12 * time.Second, MaxTries: 10, Backoff: task.Backoff{First: 2 * time.Second, Most: 20 * time.Second}}
	if c == escalation.SMS || c == escalation.Call {
		p.MaxTries = 5
	}
	return p
}

// concurrency is how many messages of a channel a server sends at once.
func concurrency(c escalation.Channel) int {
	if c == escalation.Push {
		return 32
	}
	return 8
}

// Registry takes the handlers of queues: a *task.Runner.
type Registry interface {
	Register(queue task.Queue, h task.Handler) error
}

// Register gives every channel a pool of its own, those too that are not set up.
func (p *Pipeline) Register(r Registry) error {
	for _, c := range channels() {
		h := task.Handler{Policy: Policy(c), Concurrency: concurrency(c), Do: p.Deliver}
		if err := r.Register(QueueOf(c), h); err != nil {
			return fmt.Errorf("register the channel %d: %w", c, err)
		}
	}
	return nil
}

func channels() []escalation.Channel {
	return []escalation.Channel{escalation.Push, escalation.SMS, escalation.Call, escalation.Mail}
}
