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

// Task returns the task of an attempt. When it is due, when it ends, what it is about and its rank are for whoever stores it to say.
func (a Attempt) Task() task.Task {
	return task.Task{ID: a.TaskID(), Queue: QueueOf(a.Channel), Body: a.Body()}
}

// bodySize is how many bytes an attempt has.
const bodySize = 33

// Body returns the attempt as its task holds it.
func (a Attempt) Body() []byte {
	return append(append(a.Incident.Bytes(), a.Page.Bytes()...), byte(a.Channel))
}

// ReadAttempt reads what Body wrote.
func ReadAttempt(body []byte) (Attempt, error) {
	if len(body) != bodySize {
		return Attempt{}, fmt.Errorf("an attempt has %d bytes, not %d", bodySize, len(body))
	}
	a := Attempt{Channel: escalation.Channel(body[bodySize-1])}
	copy(a.Incident[:], body)
	copy(a.Page[:], body[len(a.Incident):])
	if a.Incident.IsZero() || a.Page.IsZero() || QueueOf(a.Channel) == "" {
		return Attempt{}, fmt.Errorf("an attempt by the channel %d of the page %s cannot be made here", a.Channel, a.Page)
	}
	return a, nil
}
