package twilio

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

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

func (s SMS) text(m notify.Message) string {
	w := words.For(m.Language).Paging
	end := ""
	if s.settings.Public != "" && m.Code != "" {
		end = "\n" + fmt.Sprintf(w.SMSAnswer, m.Code)
	}
	return segment(func(text string) string { return fmt.Sprintf(w.SMS, m.Title, text) + end }, m.Text)
}
