package notify

import (
	"fmt"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// QueueOf returns the queue of a channel, which there is whether or not the channel is set up: an attempt for which there is no provider
// is told of at once, and does not wait for one in silence. It is empty for a channel of a later version.
func QueueOf(c escalation.Channel) task.Queue {
	switch c {
	case escalation.Push:
		return "push"
	case escalation.SMS:
		return "sms"
	case escalation.Call:
		return "call"
	case escalation.Mail:
		return "mail"
	default:
		return ""
	}
}

// TaskID returns the task of an attempt: the same wish is the same task however often it is stored.
func (a Attempt) TaskID() task.ID {
	return id.Derive[task.ID](a.Page, fmt.Sprintf("attempt %d", a.Channel))
}

// Body returns the attempt as its task holds it: 17 bytes.
func (a Attempt) Body() []byte { return append(a.Page.Bytes(), byte(a.Channel)) }

// ReadAttempt reads what Body wrote.
func ReadAttempt(body []byte) (Attempt, error) {
	if len(body) != 17 {
		return Attempt{}, fmt.Errorf("an attempt has 17 bytes, not %d", len(body))
	}
	page, err := id.From[id.Page](body[:16])
	if err != nil {
		return Attempt{}, fmt.Errorf("read attempt: %w", err)
	}
	a := Attempt{Page: page, Channel: escalation.Channel(body[16])}
	if page.IsZero() || QueueOf(a.Channel) == "" {
		return Attempt{}, fmt.Errorf("an attempt by the channel %d of the page %s cannot be made here", a.Channel, page)
	}
	return a, nil
}
