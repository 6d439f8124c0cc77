package wire

import (
	"math"
	"time"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// ChannelsFrom reads a set of channels, without those of later versions.
func ChannelsFrom(set uint32) reach.Channels { return reach.Channels(set & math.MaxUint8) }

// ChannelFrom reads a channel. One beyond all becomes 255, which rules refuse.
func ChannelFrom(n uint32) reach.Channel { return reach.Channel(min(n, math.MaxUint8)) }

// rulesTo returns nil for no rules.
func rulesTo(r reach.Rules) *v1.NotificationRules {
	if len(r.High) == 0 && len(r.Low) == 0 {
		return nil
	}
	return &v1.NotificationRules{High: ruleListTo(r.High), Low: ruleListTo(r.Low)}
}

func ruleListTo(rules []reach.Rule) []*v1.NotificationRule {
	var out []*v1.NotificationRule
	for _, r := range rules {
		out = append(out, &v1.NotificationRule{Channel: uint32(r.Channel), AfterUs: r.After.Microseconds()})
	}
	return out
}

func rulesFrom(m *v1.NotificationRules) reach.Rules {
	return reach.Rules{High: ruleListFrom(m.GetHigh()), Low: ruleListFrom(m.GetLow())}
}

func ruleListFrom(rules []*v1.NotificationRule) []reach.Rule {
	var out []reach.Rule
	for _, m := range rules {
		out = append(out, reach.Rule{Channel: ChannelFrom(m.GetChannel()), After: span(m.GetAfterUs())})
	}
	return out
}

// span reads a duration. One that is too long for a duration becomes the longest, which rules refuse.
func span(us int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Microsecond)
	return time.Duration(max(-most, min(us, most))) * time.Microsecond
}

func reachableFrom(check *fault.Check, m *v1.ReachableThrough) workspace.ReachableThrough {
	return workspace.ReachableThrough{
		Channels: ChannelsFrom(m.GetChannels()), Devices: idsFrom[id.Device](check, "device_ids", m.GetDeviceIds()),
		Gone: ChannelFrom(m.GetGone()),
	}
}
