package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// SendNotice sends a message that is about no page and rings nowhere, once, to each address. It fails as a task does where some address is to
// be tried again: whoever has taken it knows a repeat by the message's ID.
func (p *Pipeline) SendNotice(ctx context.Context, c escalation.Channel, m Message, to []Address) error {
	provider, there := p.providers[c]
	if !there {
		return task.Permanent(fmt.Errorf("send a notice: %s", NoProvider))
	}
	ctx, cancel := context.WithTimeout(ctx, SendTime)
	defer cancel()
	var again, over []error
	for _, a := range to {
		switch refused := attempt(ctx, provider, m, a).refused; {
		case refused == nil:
		case refused.Reason == AskedToWait:
			again = append(again, task.RetryAfter(refused, refused.Wait))
		case refused.Reason == NotReached:
			again = append(again, refused)
		default:
			over = append(over, refused)
		}
	}
	if len(again) > 0 {
		return fmt.Errorf("send a notice: %w", errors.Join(again...))
	}
	if len(over) > 0 {
		return task.Permanent(fmt.Errorf("send a notice: %w", errors.Join(over...)))
	}
	return nil
}
