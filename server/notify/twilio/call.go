package twilio

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// Call rings a telephone and reads out what has happened.
type Call struct{ *Account }

// Channel returns Call.
func (Call) Channel() escalation.Channel { return escalation.Call }

// Queue returns the queue of calls.
func (Call) Queue() task.Queue { return notify.QueueOf(escalation.Call) }

// maxRing is how long it rings, in seconds: then most mailboxes have answered.
const maxRing = 45

// Send calls a number. What is said goes with the request, so that it is said also when Twilio does not reach this server then.
func (c Call) Send(ctx context.Context, m notify.Message, to notify.Address) (notify.Accepted, error) {
	left, ok := c.left(m)
	if !ok {
		return notify.Accepted{}, notify.Permanent("the page has expired", nil)
	}
	form := url.Values{
		"To": {to.To}, "From": {c.settings.From}, "Twiml": {c.reading(m)}, "Timeout": {strconv.Itoa(max(min(left, maxRing), 5))},
	}
	if status := c.status(m, escalation.Call, to); status != "" {
		form.Set("StatusCallback", status)
		form["StatusCallbackEvent"] = []string{"answered", "completed"}
	}
	return c.post(ctx, "Calls", form)
}

// reading is what the call says, twice: who is woken by it does not get all of it at first.
func (c Call) reading(m notify.Message) string {
	w := words.For(m.Language)
	say := speaker(m.Language)
	if m.Page.IsZero() {
		return response(say(m.Spoken), say(w.Paging.CallAgain+" "+m.Spoken))
	}
	if c.settings.Public == "" {
		text := m.Spoken + " " + w.Paging.CallOtherwise
		return response(say(text), say(w.Paging.CallAgain+" "+text))
	}
	keys := c.settings.keys(notify.Place{Incident: m.Incident, Page: m.Page}, m.Language)
	text := m.Spoken + " " + w.Paging.CallKeys
	return response(gather(keys, say(text)), gather(keys, say(w.Paging.CallAgain+" "+text)), say(w.Paging.CallEnd))
}
