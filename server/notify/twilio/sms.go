package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// SMS sends texts.
type SMS struct{ *Account }

// Channel returns SMS.
func (SMS) Channel() escalation.Channel { return escalation.SMS }

// Queue returns the queue of SMS.
func (SMS) Queue() task.Queue { return notify.QueueOf(escalation.SMS) }

// maxValidity is how long Twilio keeps a text at most, in seconds.
const maxValidity = 36000

// Send sends a text of one segment to a number. It asks Twilio to forget it when the page has expired.
func (s SMS) Send(ctx context.Context, m notify.Message, to notify.Address) (notify.Accepted, error) {
	left, ok := s.left(m)
	if !ok {
		return notify.Accepted{}, notify.Permanent("the page has expired", nil)
	}
	if m.Repeat {
		if sid := s.find(ctx, m, to); sid != "" {
			return notify.Accepted{Ref: sid}, nil
		}
	}
	form := url.Values{"To": {to.To}, "Body": {s.text(m)}, "ValidityPeriod": {strconv.Itoa(min(left, maxValidity))}}
	if s.settings.Service != "" {
		form.Set("MessagingServiceSid", s.settings.Service)
	} else {
		form.Set("From", s.settings.From)
	}
	if status := s.status(m, escalation.SMS, to); status != "" {
		form.Set("StatusCallback", status)
	}
	return s.post(ctx, "Messages", form)
}

// find returns what Twilio calls a text that a former try has handed to it, empty where it has none, or does not say. It takes no more than
// half of the time that there is: the text is what matters.
func (s SMS) find(ctx context.Context, m notify.Message, to notify.Address) (sid string) {
	if until, limited := ctx.Deadline(); limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, until.Add(-notify.SendTime/2))
		defer cancel()
	}
	newest := s.address("Messages") + "?" + url.Values{"To": {to.To}, "PageSize": {"20"}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, newest, nil)
	if err != nil {
		return ""
	}
	got, err := s.ask(r)
	if err != nil {
		return ""
	}
	var said struct {
		Messages []struct{ SID, Body, Status string }
	}
	if json.Unmarshal(got.body, &said) != nil {
		return ""
	}
	for _, sent := range said.Messages {
		failed := sent.Status == "failed" || sent.Status == "undelivered" || sent.Status == "canceled"
		if !failed && s.same(sent.Body, m) {
			return sent.SID
		}
	}
	return ""
}

// same reports whether a text that was sent is this one. What else it says may have changed meanwhile; its code does not.
func (s SMS) same(sent string, m notify.Message) bool {
	if end := s.end(m); end != "" {
		return strings.HasSuffix(sent, end)
	}
	return sent == s.text(m)
}

func (s SMS) text(m notify.Message) string {
	w := words.For(m.Language).Paging
	end := s.end(m)
	return segment(func(text string) string { return fmt.Sprintf(w.SMS, m.Title, text) + end }, m.Text)
}

// end returns how a text ends that can be answered.
func (s SMS) end(m notify.Message) string {
	if s.settings.Public == "" || m.Code == "" {
		return ""
	}
	return "\n" + fmt.Sprintf(words.For(m.Language).Paging.SMSAnswer, m.Code)
}
