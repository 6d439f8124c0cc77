package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestAPageIsSentAndRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.link = func(at notify.Place, until time.Time) string {
		return "link/" + at.Page.Short() + until.Format("/15:04")
	}
	h.reach.Addresses = []notify.Address{phone, watch, {ID: phone.ID, To: "old"}, {ID: notify.AddressID{3}, To: "watch"}}
	f := &fake{channel: escalation.Push}
	if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.Push, 1)); err != nil {
		t.Fatal(err)
	}
	want := notify.Message{
		ID: notify.Attempt{Place: place, Channel: escalation.Push}.TaskID().String(), Page: page, Incident: id.Incident{2}, Person: ann, Name: "INC-47", Severity: 1,
		Urgency: escalation.High, Language: "en", Title: "SEV1 INC-47", Text: "Checkout is down",
		Spoken:  "This is Tsugi. You are being paged. SEV1, incident 47. Checkout is down.",
		Expires: noon.Add(5 * time.Minute), Collapse: page.String(), Code: notify.Code(page), Link: "link/00000000/12:05",
	}
	if diff := cmp.Diff([]notify.Message{want, want}, f.sent); diff != "" || !slices.Equal(f.reached(), []string{"phone", "watch"}) {
		t.Errorf("%v %s", f.reached(), diff)
	}
	report := notify.Report{
		Attempt: notify.Attempt{Place: place, Channel: escalation.Push}, Person: ann, Task: taken(escalation.Push, 1), At: noon, Final: true,
		Lines: []notify.Line{
			{Address: phone.ID, Reason: notify.ProviderAccepted, Ref: "ref of phone"}, {Address: watch.ID, Reason: notify.ProviderAccepted, Ref: "ref of watch"},
		},
		Reason: notify.ProviderAccepted, News: escalation.ByProvider,
	}
	if diff := cmp.Diff([]notify.Report{report}, h.reports, cmp.AllowUnexported(report.Task)); diff != "" {
		t.Error(diff)
	}
}

// Nothing is left out in silence: whatever stops an attempt says why, and whether the next channel is tried at once.
func TestWhateverIsNotSentSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(h *house)
		want   notify.Reason
		news   escalation.News
	}{
		"nowhere to send to": {func(h *house) { h.reach.Addresses = nil }, notify.NoAddress, escalation.InVain},
		"acknowledged":       {func(h *house) { h.standing.State = notify.Answered }, notify.AlreadyAcknowledged, 0},
		"expired":            {func(h *house) { h.standing.State = notify.Expired }, notify.TooLate, 0},
		"too old":            {func(h *house) { h.standing.Expires = noon }, notify.TooLate, 0},
		"called off":         {func(h *house) { h.standing.State = notify.Ended }, notify.CalledOff, 0},
		"ended otherwise":    {func(h *house) { h.standing.State = 9 }, notify.CalledOff, 0},
		"muted":              {func(h *house) { h.reach.Muted = noon.Add(time.Minute) }, notify.PersonMuted, escalation.InVain},
		"too many, heard": {func(h *house) {
			h.past.Lately, h.standing.Heard = 30, escalation.ChannelsOf(escalation.Push)
		}, notify.Throttled, 0},
		"too many, not urgent": {func(h *house) { h.past.Lately, h.standing.Urgency = 30, escalation.Low }, notify.Throttled, 0},
	} {
		h, f := newHouse(), &fake{channel: escalation.SMS}
		c.change(h)
		if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.SMS, 1)); err != nil || len(f.sent) > 0 {
			t.Errorf("%s: %v, sent was %v", name, err, f.to)
			continue
		}
		if got := h.last(t); got.Reason != c.want || got.News != c.news || !got.Final || len(got.Lines) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhatStopsNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(h *house){
		"an urgent page that nobody heard of": func(h *house) { h.past.Lately = 1000 },
		"one below the limit":                 func(h *house) { h.past.Lately, h.standing.Heard = 29, escalation.ChannelsOf(escalation.Push) },
		"a mute that is over":                 func(h *house) { h.reach.Muted = noon },
		"a limit on what has begun": func(h *house) {
			h.past = notify.Past{Lately: 1000, Accepted: []notify.AddressID{watch.ID}}
			h.standing.Heard = 6
		},
		"no limit":                             func(h *house) { h.limits, h.past.Lately, h.standing.Heard = nil, 1000, 6 },
		"the last moment in which it may ring": func(h *house) { h.standing.Expires = noon.Add(1) },
	} {
		h, f := newHouse(), &fake{channel: escalation.SMS}
		change(h)
		if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.SMS, 1)); err != nil || len(f.sent) != 1 {
			t.Errorf("%s: %v, %d sent", name, err, len(f.sent))
		}
	}
}

// What was held back is told of with what goes.
func TestWhatWasHeldBackIsTold(t *testing.T) {
	t.Parallel()
	for held, want := range map[int]string{
		0: "Checkout is down", 1: "Checkout is down (one more page was held back)", 7: "Checkout is down (7 more pages were held back)",
	} {
		h, f := newHouse(), &fake{channel: escalation.SMS}
		h.past.Held = held
		if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.SMS, 1)); err != nil || f.sent[0].Text != want {
			t.Errorf("%d: %v, %q", held, err, f.sent[0].Text)
		}
	}
}

// A channel that is not set up says so, and does not wait for somebody to set it up.
func TestAChannelThatIsNotSetUpSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse()
	if err := h.pipeline(t, &fake{channel: escalation.Push}).Deliver(t.Context(), taken(escalation.Call, 1)); err != nil {
		t.Fatal(err)
	}
	if got := h.last(t); got.Reason != notify.NoProvider || got.News != escalation.InVain || !got.Reason.Warns() {
		t.Errorf("%+v", got)
	}
}

func TestTasksThatCannotBeMeantAreDeadAtOnce(t *testing.T) {
	t.Parallel()
	p := newHouse().pipeline(t)
	unknown := taken(escalation.Push, 1)
	unknown.Body = notify.Attempt{Place: notify.Place{Incident: id.Incident{2}, Page: id.Page{9}}, Channel: escalation.Push}.Body()
	short := taken(escalation.Push, 1)
	short.Body = short.Body[:32]
	channel := taken(escalation.Push, 1)
	channel.Body = notify.Attempt{Place: place, Channel: 7}.Body()
	for _, one := range []struct {
		name string
		err  error
	}{{"unknown", p.Deliver(t.Context(), unknown)}, {"short", p.Deliver(t.Context(), short)}, {"channel", p.Deliver(t.Context(), channel)}} {
		if one.err == nil || !strings.HasPrefix(typeOf(one.err), "task.permanent") {
			t.Errorf("%s: %s %v", one.name, typeOf(one.err), one.err)
		}
	}
}

// A device that has it is not sent it again while another is tried once more.
func TestOnlyWhoLacksItIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.reach.Addresses = []notify.Address{phone, watch}
	f := &fake{channel: escalation.Push, do: func(_ context.Context, _ notify.Message, to notify.Address) error {
		if to == watch {
			return notify.Transient("busy", nil)
		}
		return nil
	}}
	p := h.pipeline(t, f)
	if err := p.Deliver(t.Context(), taken(escalation.Push, 1)); err == nil {
		t.Fatal("nobody would try the watch again")
	}
	if got := h.last(t); got.Final || got.Reason != notify.ProviderAccepted || got.News != escalation.ByProvider || got.Lines[1].Reason != notify.NotReached {
		t.Errorf("%+v", got)
	}
	f.do = nil
	if err := p.Deliver(t.Context(), taken(escalation.Push, 2)); err != nil {
		t.Fatal(err)
	}
	if f.sent[0].Repeat || !f.sent[2].Repeat {
		t.Error("a repeat is not told from the first")
	}
	if want := []string{"phone", "watch", "watch"}; !slices.Equal(f.reached(), want) || !h.last(t).Final {
		t.Errorf("%v, %+v", f.reached(), h.last(t))
	}
	before := len(h.reports)
	if err := p.Deliver(t.Context(), taken(escalation.Push, 3)); err != nil || len(f.sent) != 3 || len(h.reports) != before {
		t.Errorf("%v: it was sent again: %v", err, f.reached())
	}
}

// What was accepted while the database was away is recorded with the next try, and sent to nobody twice.
func TestWhatCouldNotBeRecordedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h, f := newHouse(), &fake{channel: escalation.SMS}
	p := h.pipeline(t, f)
	h.full = errors.New("the database is away")
	for n := range 2 {
		if err := p.Deliver(t.Context(), taken(escalation.SMS, n+1)); !errors.Is(err, h.full) {
			t.Fatal(err)
		}
	}
	h.full = nil
	if err := p.Deliver(t.Context(), taken(escalation.SMS, 3)); err != nil {
		t.Fatal(err)
	}
	if got := h.last(t); len(f.sent) != 1 || got.Reason != notify.ProviderAccepted || got.News != escalation.ByProvider || len(got.Lines) != 1 || got.Lines[0].Ref != "ref of phone" {
		t.Errorf("%d sent, %+v", len(f.sent), got)
	}
}

// An acknowledgement breaks off what is being sent. What was accepted is recorded all the same, and nobody has failed.
func TestWhatIsBrokenOffIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, accepted := range []bool{true, false} {
		h := newHouse()
		h.reach.Addresses = []notify.Address{phone, watch}
		ctx, cancel := context.WithCancelCause(t.Context())
		acknowledged := errors.New("acknowledged")
		f := &fake{channel: escalation.Push, do: func(ctx context.Context, _ notify.Message, to notify.Address) error {
			if to == phone && accepted {
				return nil
			}
			cancel(acknowledged)
			<-ctx.Done()
			return ctx.Err()
		}}
		if err := h.pipeline(t, f).Deliver(ctx, taken(escalation.Push, 1)); err == nil {
			t.Error("the task is done")
		}
		if !accepted {
			if len(h.reports) > 0 {
				t.Errorf("recorded was %+v", h.reports)
			}
			continue
		}
		if got := h.last(t); got.Final || len(got.Lines) != 1 || got.Lines[0].Address != phone.ID || got.News != escalation.ByProvider {
			t.Errorf("%+v", got)
		}
	}
}

func TestAProviderThatPanicsHasFailedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.reach.Addresses = []notify.Address{phone, watch}
	f := &fake{channel: escalation.Push, do: func(_ context.Context, _ notify.Message, to notify.Address) error {
		if to == phone {
			return errors.New(to.To[len(to.To)+1:])
		}
		return nil
	}}
	if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.Push, 1)); err != nil {
		t.Fatal(err)
	}
	if got := h.last(t); got.Lines[0].Reason != notify.Refused || got.Lines[1].Reason != notify.ProviderAccepted || got.Reason != notify.ProviderAccepted {
		t.Errorf("%+v", got)
	}
}

func TestAProviderHasOneChannel(t *testing.T) {
	t.Parallel()
	if _, err := notify.New(notify.Options{}, &fake{channel: escalation.Push}, &fake{channel: escalation.Push}); err == nil {
		t.Error("two providers have one channel")
	}
	if _, err := notify.New(notify.Options{}, stray{&fake{channel: escalation.Push}}); err == nil {
		t.Error("a provider has another's channel")
	}
}

// stray has a queue of pushes, and calls.
type stray struct{ *fake }

func (stray) Channel() escalation.Channel { return escalation.Call }
