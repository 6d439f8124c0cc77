package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

func typeOf(err error) string { return fmt.Sprintf("%T", err) }

// What becomes of a task, of the page and of the address, for every answer of a provider, alone and beside a device that was reached.
func TestEveryRefusalIsActedOn(t *testing.T) {
	t.Parallel()
	const again, later, dead, done = "*errors.joinError", "task.later", "task.permanent", "<nil>"
	for name, c := range map[string]struct {
		refused error
		try     int
		want    notify.Reason
		news    escalation.News
		task    string
		beside  string // what becomes of the task when another device was reached
		struck  bool
	}{
		"gone":              {notify.Dead("404", nil), 1, notify.AddressDead, escalation.InVain, done, done, true},
		"set up wrongly":    {notify.Misconfigured("auth_token", "401", nil), 1, notify.InstallationWrong, escalation.InVain, dead, done, false},
		"refused":           {notify.Permanent("400", nil), 1, notify.Refused, escalation.InVain, dead, done, false},
		"not reached":       {notify.Transient("503", nil), 1, notify.NotReached, 0, again, again, false},
		"something else":    {errors.New("no route to host"), 1, notify.NotReached, 0, again, again, false},
		"no time":           {context.DeadlineExceeded, 1, notify.NotReached, 0, again, again, false},
		"a short wait":      {notify.Wait(30*time.Second, "429", nil), 1, notify.AskedToWait, 0, later, later, false},
		"a long wait":       {notify.Wait(31*time.Second, "429", nil), 1, notify.AskedToWait, escalation.InVain, later, later, false},
		"a wait past it":    {notify.Wait(6*time.Minute, "429", nil), 1, notify.GaveUp, escalation.InVain, dead, done, false},
		"for the last time": {notify.Transient("503", nil), 10, notify.GaveUp, escalation.InVain, dead, done, false},
	} {
		for _, beside := range []bool{false, true} {
			h := newHouse()
			if beside {
				h.reach.Addresses = append(h.reach.Addresses, watch)
			}
			f := &fake{channel: escalation.Push, do: func(_ context.Context, _ notify.Message, to notify.Address) error {
				if to == phone {
					return c.refused
				}
				return nil
			}}
			err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.Push, c.try))
			got := h.last(t)
			want, news, becomes := c.want, c.news, c.task
			if beside {
				want, news, becomes = notify.ProviderAccepted, escalation.ByProvider, c.beside
			}
			if got.Reason != want || got.News != news || typeOf(err) != becomes || got.Final != (err == nil) || slices.Contains(h.struck, phone) != c.struck || len(h.struck) > 1 {
				t.Errorf("%s, beside another %t: %s %v, struck %v, %+v", name, beside, typeOf(err), err, h.struck, got)
			}
		}
	}
}

// The timeline says of each address that it was the last time.
func TestTheLastTryIsSaidToBe(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.reach.Addresses = append(h.reach.Addresses, watch)
	f := &fake{channel: escalation.SMS, do: func(_ context.Context, _ notify.Message, to notify.Address) error {
		if to == watch {
			return notify.Dead("21211", nil)
		}
		return notify.Transient("503", nil)
	}}
	if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.SMS, notify.Policy(escalation.SMS).MaxTries)); typeOf(err) != "task.permanent" {
		t.Errorf("%v", err)
	}
	if got := h.last(t); got.Lines[0].Reason != notify.GaveUp || got.Lines[1].Reason != notify.AddressDead || got.Reason != notify.GaveUp {
		t.Errorf("%+v", got)
	}
}

// What an admin reads names the setting, and no address.
func TestAnAdminReadsWhatToDo(t *testing.T) {
	t.Parallel()
	h := newHouse()
	f := &fake{channel: escalation.SMS, do: func(context.Context, notify.Message, notify.Address) error {
		return notify.Misconfigured("auth_token in twilio.json", "Twilio says 401, error 20003", nil)
	}}
	err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.SMS, 1))
	const want = "the installation is set up wrongly: check auth_token in twilio.json: Twilio says 401, error 20003"
	if err == nil || err.Error() != want || h.last(t).Lines[0].Setting != "auth_token in twilio.json" {
		t.Errorf("%v, %+v", err, h.last(t))
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": 7 * time.Second, "soon": 7 * time.Second, "0": time.Second, "12": 12 * time.Second, "-5": 7 * time.Second, "99999": time.Hour, "1.5": 7 * time.Second,
		"Thu, 20 Nov 2025 12:00:09 GMT": 9 * time.Second, "Thu, 20 Nov 2025 11:00:00 GMT": time.Second, "99999999999999999999": 7 * time.Second,
	} {
		if got := notify.RetryAfter(header, noon, 7*time.Second, time.Hour); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("12")
	f.Add("Thu, 20 Nov 2025 12:00:09 GMT")
	f.Fuzz(func(t *testing.T, header string) {
		if got := notify.RetryAfter(header, noon, 7*time.Second, time.Hour); got < time.Second || got > time.Hour {
			t.Errorf("%q: %s", header, got)
		}
	})
}

func FuzzReadAttempt(f *testing.F) {
	f.Add(notify.Attempt{Place: place, Channel: escalation.Push}.Body())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if a, err := notify.ReadAttempt(body); err == nil && (!slices.Equal(a.Body(), body) || notify.QueueOf(a.Channel) == "") {
			t.Errorf("%x was read as %+v", body, a)
		}
	})
}
