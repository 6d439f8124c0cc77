package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
)

func TestACodeIsSentAtOnce(t *testing.T) {
	t.Parallel()
	f := &fake{channel: escalation.SMS}
	p := newHouse().pipeline(t, f)
	code := notify.Proof{ID: "1", Channel: escalation.SMS, To: phone, Code: "123456", Language: "de", Expires: noon.Add(15 * time.Minute)}
	if err := p.SendProof(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	want := []notify.Message{{
		ID: "1", Urgency: escalation.Low, Language: "de", Expires: noon.Add(15 * time.Minute), Title: "Tsugi",
		Text: "Der Code ist 123456. Er gilt eine Viertelstunde und ist für niemanden sonst.", Spoken: "Hier ist Tsugi. Der Code ist: 1, 2, 3, 4, 5, 6.",
	}}
	if diff := cmp.Diff(want, f.sent); diff != "" || f.to[0] != "phone" {
		t.Error(f.to, diff)
	}
	if got := p.Sends(); !got.Has(escalation.SMS) || got.Has(escalation.Push) {
		t.Errorf("it sends by %b", got)
	}
}

func TestWhoAskedForACodeIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel escalation.Channel
		refused error
		kind    fault.Kind
		says    string
	}{
		"not set up":  {escalation.Call, nil, fault.Unavailable, "This server cannot send there yet."},
		"gone":        {escalation.SMS, notify.Dead("21211", nil), fault.Invalid, "Nobody can be reached there."},
		"wrong":       {escalation.SMS, notify.Misconfigured("auth_token", "", nil), fault.Unavailable, "is not set up rightly"},
		"not reached": {escalation.SMS, errors.New("no route"), fault.Unavailable, "could not be sent just now"},
	} {
		f := &fake{channel: escalation.SMS, do: func(context.Context, notify.Message, notify.Address) error { return c.refused }}
		err := newHouse().pipeline(t, f).SendProof(t.Context(), notify.Proof{Channel: c.channel, To: phone, Code: "123456"})
		if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "123456") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
