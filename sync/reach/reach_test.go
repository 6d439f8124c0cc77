package reach_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/reach"
)

func TestASetOfChannels(t *testing.T) {
	t.Parallel()
	some := reach.ChannelsOf(reach.Mail, reach.Push)
	if !slices.Equal(some.List(), []reach.Channel{reach.Push, reach.Mail}) || some.Has(reach.SMS) || some.Has(0) || some.Has(12) {
		t.Errorf("%b is %v", some, some.List())
	}
	if left := some.Without(reach.Push).Without(reach.Call); left != reach.ChannelsOf(reach.Mail) {
		t.Errorf("%b", left)
	}
}

// Whatever is chosen, somebody who has a channel is tried, by each at most once, and never by one that they have not.
func TestWhateverIsChosenSomebodyIsTried(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.Custom(func(t *rapid.T) reach.Rule {
			return reach.Rule{
				Channel: reach.Channel(rapid.IntRange(0, 5).Draw(t, "channel")),
				After:   time.Duration(rapid.IntRange(-1, 61).Draw(t, "after")) * time.Minute,
			}
		})
		rules := reach.Rules{High: rapid.SliceOfN(rule, 0, 5).Draw(t, "high"), Low: rapid.SliceOfN(rule, 0, 5).Draw(t, "low")}
		if kept, wrong := rules.Normal(); len(wrong) == 0 {
			if again, wrong := kept.Normal(); len(wrong) > 0 || !again.Equal(kept) {
				t.Fatalf("%+v is kept as %+v, %v", kept, again, wrong)
			}
			rules = kept
		}
		has := reach.Channels(rapid.IntRange(0, 15).Draw(t, "has") << 1)
		urgency := rapid.SampledFrom([]reach.Urgency{reach.High, reach.Low}).Draw(t, "urgency")
		tried := reach.Channels(0)
		for _, r := range rules.For(urgency, has) {
			if !has.Has(r.Channel) || tried.Has(r.Channel) {
				t.Fatalf("%+v for %v", r, has.List())
			}
			tried |= reach.ChannelsOf(r.Channel)
		}
		if (has == 0) != (tried == 0) {
			t.Fatalf("%v is tried for somebody who has %v", tried.List(), has.List())
		}
	})
}
