package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/escalation"
)

func foreseen(f escalation.Foresight) string {
	var out []string
	for _, s := range escalation.Foresee(f) {
		out = append(out, fmt.Sprintf("%s %s%s", s.After, channel(s.Channel),
			[]string{"", "", " without a receipt of " + channel(s.Why.After), " as " + channel(s.Why.After) + " failed"}[s.Why.Cause]))
	}
	return strings.Join(out, ", ")
}

func TestWhatWouldHappenAtThree(t *testing.T) {
	t.Parallel()
	urgent := func(has escalation.Channels) escalation.Foresight {
		return escalation.Foresight{Rules: escalation.DefaultRules().For(escalation.High, has), Patience: 30 * time.Second, Wait: escalation.MaxForeseen}
	}
	shown, cut := urgent(all), urgent(all)
	shown.Shown, cut.Wait = true, 3*time.Minute
	for name, test := range map[string]struct {
		of   escalation.Foresight
		want string
	}{
		"a silent phone":       {urgent(all), "0s push, 30s sms without a receipt of push, 3m0s call, 5m0s mail"},
		"a phone that shows":   {shown, "0s push, 1m0s sms, 3m0s call, 5m0s mail"},
		"until the next step":  {cut, "0s push, 30s sms without a receipt of push"},
		"only push":            {urgent(escalation.ChannelsOf(escalation.Push)), "0s push"},
		"push and mail":        {urgent(escalation.ChannelsOf(escalation.Push, escalation.Mail)), "0s push, 30s mail without a receipt of push"},
		"nothing":              {urgent(0), ""},
		"a rule of the last m": {escalation.Foresight{Rules: []escalation.Rule{{Channel: escalation.Mail}, {Channel: escalation.Call, After: time.Hour}}, Wait: escalation.MaxForeseen}, "0s mail, 1h0m0s call"},
	} {
		if have := foreseen(test.of); have != test.want {
			t.Errorf("%s:\nhave %s\nwant %s", name, have, test.want)
		}
	}
}

// Whatever is foreseen tries each rule once, in order, and the first at once.
func TestForesightGoesThroughEveryRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		has := escalation.Channels(rapid.IntRange(1, 15).Draw(t, "has") << 1)
		rules := escalation.DefaultRules().For(rapid.SampledFrom([]escalation.Urgency{escalation.High, escalation.Low}).Draw(t, "urgency"), has)
		seen := escalation.Foresee(escalation.Foresight{
			Rules: rules, Patience: time.Duration(rapid.IntRange(1, 90).Draw(t, "patience")) * time.Second, Wait: escalation.MaxForeseen,
			Shown: rapid.Bool().Draw(t, "shown"),
		})
		if len(seen) != len(rules) || seen[0].After != 0 {
			t.Fatalf("%+v of %+v", seen, rules)
		}
		for i, s := range seen {
			if s.Channel != rules[i].Channel || i > 0 && s.After < seen[i-1].After || s.After > rules[i].After {
				t.Fatalf("%+v of %+v", seen, rules)
			}
		}
	})
}

func TestWhoIsReadyAndWhoIsNot(t *testing.T) {
	t.Parallel()
	has := escalation.ChannelsOf
	late := escalation.Rules{High: []escalation.Rule{{Channel: escalation.Mail}, {Channel: escalation.Call, After: 6 * time.Minute}}}
	for name, test := range map[string]struct {
		of   escalation.Standing
		want []escalation.Finding
	}{
		"everything":                    {escalation.Standing{Channels: has(escalation.Push, escalation.SMS, escalation.Call, escalation.Mail), Own: true}, nil},
		"nothing":                       {escalation.Standing{Channels: has(), Own: true}, []escalation.Finding{{Doubt: escalation.NoChannel}}},
		"nothing, though there will be": {escalation.Standing{Own: true, Contacts: []escalation.Address{{Channel: escalation.SMS}}}, []escalation.Finding{{Doubt: escalation.NoChannel}, {Doubt: escalation.Unverified, Channel: escalation.SMS}}},
		"only mail":                     {escalation.Standing{Channels: has(escalation.Mail)}, []escalation.Finding{{Doubt: escalation.NothingWakes}, {Doubt: escalation.NoPush}}},
		"only push":                     {escalation.Standing{Channels: has(escalation.Push)}, []escalation.Finding{{Doubt: escalation.OneChannel, Channel: escalation.Push}}},
		"only calls":                    {escalation.Standing{Channels: has(escalation.Call)}, []escalation.Finding{{Doubt: escalation.OneChannel, Channel: escalation.Call}, {Doubt: escalation.NoPush}}},
		"SMS and mail":                  {escalation.Standing{Channels: has(escalation.SMS, escalation.Mail)}, []escalation.Finding{{Doubt: escalation.NoPush}}},
		"late, by rules of their own":   {escalation.Standing{Channels: has(escalation.Mail, escalation.Call), Own: true, Rules: late}, []escalation.Finding{{Doubt: escalation.WakesLate, After: 6 * time.Minute}, {Doubt: escalation.NoPush}}},
		"rules that nobody else knows":  {escalation.Standing{Channels: has(escalation.Mail, escalation.Call), Rules: late}, []escalation.Finding{{Doubt: escalation.NoPush}}},
		"rules that skip push":          {escalation.Standing{Channels: has(escalation.Push, escalation.Call), Own: true, Rules: late}, []escalation.Finding{{Doubt: escalation.RulesSkip, Channel: escalation.Push}}},
		"rules that skip mail":          {escalation.Standing{Channels: has(escalation.Push, escalation.Call, escalation.Mail), Own: true, Rules: escalation.Rules{High: escalation.DefaultRules().High[:3]}}, nil},
		"the last try was in vain": {
			escalation.Standing{Channels: has(escalation.Push, escalation.SMS), Own: true, Contacts: []escalation.Address{{Channel: escalation.SMS, Verified: true, Failed: true}}},
			[]escalation.Finding{{Doubt: escalation.LastInVain, Channel: escalation.SMS}},
		},
		"no receipt for long":  {escalation.Standing{Channels: has(escalation.Push, escalation.SMS), Receipt: start, Now: start.Add(15 * 24 * time.Hour)}, []escalation.Finding{{Doubt: escalation.LongSilent, Since: start}}},
		"a receipt lately":     {escalation.Standing{Channels: has(escalation.Push, escalation.SMS), Receipt: start, Now: start.Add(14 * 24 * time.Hour)}, nil},
		"no device to be dumb": {escalation.Standing{Channels: has(escalation.Call, escalation.SMS), Receipt: start, Now: start.Add(1000 * time.Hour)}, []escalation.Finding{{Doubt: escalation.NoPush}}},
	} {
		have := escalation.Readiness(test.of)
		if !slices.Equal(have, test.want) {
			t.Errorf("%s: %+v; want %+v", name, have, test.want)
		}
	}
	if !escalation.WakesLate.Grave() || escalation.Unverified.Grave() {
		t.Error("what is grave")
	}
}
