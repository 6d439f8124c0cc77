package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

var (
	start = time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	all   = escalation.ChannelsOf(escalation.Push, escalation.SMS, escalation.Call, escalation.Mail)
)

func channel(c escalation.Channel) string {
	return map[escalation.Channel]string{0: "app", escalation.Push: "push", escalation.SMS: "sms", escalation.Call: "call", escalation.Mail: "mail"}[c]
}

// tale writes down what happened to a page.
func tale(after time.Duration, events []escalation.PageEvent) string {
	var out strings.Builder
	for _, e := range events {
		fmt.Fprintf(&out, "%s ", after)
		switch e := e.(type) {
		case escalation.Attempted:
			fmt.Fprintf(&out, "%s, %s", channel(e.Channel), []string{"", "in time", "no receipt of " + channel(e.Why.After), channel(e.Why.After) + " failed"}[e.Why.Cause])
		case escalation.Reported:
			fmt.Fprintf(&out, "%s: %s", channel(e.Channel), []string{"", "accepted", "shown", "failed"}[e.News])
		case escalation.PageEnded:
			out.WriteString([]string{"", "acknowledged", "expired", "cancelled", "declined"}[e.End])
		case escalation.PageStarted:
			out.WriteString("started")
		}
		out.WriteString("; ")
	}
	return out.String()
}

// news is what happens to a page from outside.
type news struct {
	after time.Duration
	what  escalation.PageCommand
}

func reported(c escalation.Channel, n escalation.News) escalation.PageCommand {
	return escalation.Report{Channel: c, News: n}
}

// play runs a page by itself, with news in between, and tells what happened.
func play(c escalation.StartPage, come ...news) string {
	var p escalation.Page
	var out strings.Builder
	give := func(at time.Time, c escalation.PageCommand) {
		events := escalation.DecidePage(p, c, at)
		for _, e := range events {
			p = escalation.ApplyPage(p, at, e)
		}
		out.WriteString(tale(at.Sub(start), events))
	}
	give(start, c)
	for {
		due, running := p.Due()
		if len(come) > 0 && (!running || !start.Add(come[0].after).After(due)) {
			give(start.Add(come[0].after), come[0].what)
			come = come[1:]
		} else if running {
			give(due, escalation.ProceedPage{})
		} else {
			return strings.TrimSuffix(out.String(), "; ")
		}
	}
}

// page is one to a person who has these channels, for as long as the step waits.
func page(wait time.Duration, has escalation.Channels) escalation.StartPage {
	return escalation.StartPage{Effort: escalation.Effort{
		Page: id.Page{1}, Person: id.Person{1}, Urgency: escalation.High, Expires: start.Add(wait), Patience: 30 * time.Second,
		Rules: escalation.DefaultRules().For(escalation.High, has),
	}}
}

func TestAPageGoesThroughItsChannels(t *testing.T) {
	t.Parallel()
	s := time.Second
	for _, test := range []struct {
		name string
		page escalation.StartPage
		news []news
		want string
	}{
		{
			"nobody answers, but the device does", page(10*time.Minute, all),
			[]news{{s, reported(escalation.Push, escalation.ByProvider)}, {2 * s, reported(escalation.Push, escalation.ByDevice)}},
			"0s started; 0s push, in time; 1s push: accepted; 2s push: shown; 1m0s sms, in time; 3m0s call, in time; 5m0s mail, in time; 10m0s expired",
		},
		{
			"accepted is not shown", page(4*time.Minute, all),
			[]news{{s, reported(escalation.Push, escalation.ByProvider)}},
			"0s started; 0s push, in time; 1s push: accepted; 30s sms, no receipt of push; 3m0s call, in time; 4m0s expired",
		},
		{
			"a late receipt", page(4*time.Minute, all),
			[]news{{40 * s, reported(escalation.Push, escalation.ByDevice)}},
			"0s started; 0s push, in time; 30s sms, no receipt of push; 40s push: shown; 3m0s call, in time; 4m0s expired",
		},
		{
			"the provider refuses", page(2*time.Minute, all),
			[]news{{s, reported(escalation.Push, escalation.InVain)}, {3 * s, reported(escalation.SMS, escalation.InVain)}},
			"0s started; 0s push, in time; 1s push: failed; 1s sms, push failed; 3s sms: failed; 3s call, sms failed; 2m0s expired",
		},
		{
			"acknowledged from the SMS", page(10*time.Minute, all),
			[]news{{70 * s, escalation.AcknowledgePage{Through: escalation.SMS}}, {80 * s, escalation.AcknowledgePage{}}, {90 * s, reported(escalation.SMS, escalation.ByProvider)}},
			"0s started; 0s push, in time; 30s sms, no receipt of push; 1m10s acknowledged; 1m30s sms: accepted",
		},
		{
			"somebody else acknowledged", page(10*time.Minute, all),
			[]news{{20 * s, escalation.CancelPage{}}, {21 * s, escalation.CancelPage{}}},
			"0s started; 0s push, in time; 20s cancelled",
		},
		{
			"acknowledged after its time", page(time.Minute, all),
			[]news{{s, reported(escalation.Push, escalation.ByDevice)}, {2 * time.Minute, escalation.AcknowledgePage{}}},
			"0s started; 0s push, in time; 1s push: shown; 1m0s expired; 2m0s acknowledged",
		},
		{
			"nothing but mail, which is tried at once", page(2*time.Minute, escalation.ChannelsOf(escalation.Mail)), nil,
			"0s started; 0s mail, in time; 2m0s expired",
		},
		{
			"the same news twice, and of what was not tried", page(time.Minute, all),
			[]news{
				{s, reported(escalation.Push, escalation.ByDevice)},
				{2 * s, reported(escalation.Push, escalation.ByDevice)},
				{3 * s, reported(escalation.Push, escalation.InVain)},
				{4 * s, reported(escalation.Call, escalation.ByProvider)},
			},
			"0s started; 0s push, in time; 1s push: shown; 1m0s expired",
		},
		{"no channel", page(time.Minute, 0), nil, ""},
		{"too late", page(0, all), nil, ""},
	} {
		if have := play(test.page, test.news...); have != test.want {
			t.Errorf("%s:\nhave %s\nwant %s", test.name, have, test.want)
		}
	}
}

// A server that was down goes on where its clock is: what is overdue is done at once, and what is too old never rings.
func TestAPageGoesOnAfterTheServerWasDown(t *testing.T) {
	t.Parallel()
	started := escalation.StartPage{Effort: escalation.Effort{
		Page: id.Page{1}, Expires: start.Add(10 * time.Minute), Patience: time.Minute, Rules: escalation.DefaultRules().High,
	}}
	for after, want := range map[time.Duration]string{
		4 * time.Minute:  "4m0s sms, in time; 4m0s call, in time; ",
		10 * time.Minute: "10m0s expired; ",
		99 * time.Hour:   "99h0m0s expired; ",
	} {
		var p escalation.Page
		for _, e := range escalation.DecidePage(p, started, start) {
			p = escalation.ApplyPage(p, start, e)
		}
		p = escalation.ApplyPage(p, start, escalation.Reported{Channel: escalation.Push, News: escalation.ByDevice})
		if have := tale(after, escalation.DecidePage(p, escalation.ProceedPage{}, start.Add(after))); have != want {
			t.Errorf("have %q, want %q", have, want)
		}
	}
}

func TestNobodyIsForgottenForWantOfARule(t *testing.T) {
	t.Parallel()
	lost := escalation.Rules{High: []escalation.Rule{{Channel: escalation.SMS, After: time.Minute}}}
	odd := escalation.Rules{High: []escalation.Rule{{Channel: escalation.Call, After: 2 * time.Minute}, {Channel: escalation.Push, After: time.Minute}, {Channel: escalation.Push, After: 3 * time.Minute}}}
	for name, test := range map[string]struct {
		rules   escalation.Rules
		urgency escalation.Urgency
		has     escalation.Channels
		want    []escalation.Rule
	}{
		"none made":              {escalation.Rules{}, escalation.High, all, escalation.DefaultRules().High},
		"for what is lost":       {lost, escalation.High, escalation.ChannelsOf(escalation.Push), []escalation.Rule{{Channel: escalation.Push}}},
		"in order, each once":    {odd, escalation.High, all, []escalation.Rule{{Channel: escalation.Push, After: time.Minute}, {Channel: escalation.Call, After: 2 * time.Minute}}},
		"low wakes nobody":       {escalation.Rules{}, escalation.Low, all, []escalation.Rule{{Channel: escalation.Push, After: 0}, {Channel: escalation.Mail, After: 5 * time.Minute}}},
		"low, but only an SMS":   {escalation.Rules{}, escalation.Low, escalation.ChannelsOf(escalation.SMS), []escalation.Rule{{Channel: escalation.SMS}}},
		"no channels whatsoever": {escalation.DefaultRules(), escalation.High, 0, nil},
	} {
		if have := test.rules.For(test.urgency, test.has); !slices.Equal(have, test.want) {
			t.Errorf("%s: %v; want %v", name, have, test.want)
		}
	}
}

func TestThePatienceOfAPage(t *testing.T) {
	t.Parallel()
	if escalation.Patience(1) != 30*time.Second || escalation.Patience(2) != time.Minute || escalation.Patience(0) != time.Minute {
		t.Error("patience")
	}
}
