package notify_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// refusing is a provider that says of each address what it is told to.
type refusing map[string]error

func (refusing) Channel() escalation.Channel { return escalation.Mail }

func (refusing) Queue() task.Queue { return notify.QueueOf(escalation.Mail) }

func (r refusing) Send(_ context.Context, _ notify.Message, to notify.Address) (notify.Accepted, error) {
	return notify.Accepted{}, r[to.To]
}

// A notice is done where every address has it; it is tried again as long as one may still take it, and else never.
func TestANoticeIsTriedAsLongAsThatMayHelp(t *testing.T) {
	t.Parallel()
	p, err := notify.New(notify.Options{}, refusing{"away": notify.Transient("away", nil), "busy": notify.Wait(time.Minute, "busy", nil), "gone": notify.Dead("gone", nil)})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		by        escalation.Channel
		to        string
		fine, end bool
	}{
		"all have it":        {reach.Mail, "fine well", true, false},
		"one is away":        {reach.Mail, "fine away", false, false},
		"one asked to wait":  {reach.Mail, "busy gone", false, false},
		"one is gone":        {reach.Mail, "fine gone", false, true},
		"what is not set up": {reach.Push, "fine", false, true},
	} {
		var to []notify.Address
		for address := range strings.FieldsSeq(test.to) {
			to = append(to, notify.Address{To: address})
		}
		err := p.SendNotice(t.Context(), test.by, notify.Message{Urgency: reach.Low}, to)
		if forGood := strings.HasSuffix(fmt.Sprintf("%T", err), "permanent"); (err == nil) != test.fine || forGood != test.end {
			t.Errorf("%s: %v, for good: %t", name, err, forGood)
		}
	}
}
