// Package reach is by what a person can be reached, and by what rules of their own: what the set-up keeps of it and what paging rests on.
// It is pure, and below both.
package reach

// Channel is a way to reach somebody. The numbers are stored: they are only ever added to.
type Channel uint8

// The channels.
const (
	Push Channel = 1 // the device says itself that it has shown it
	SMS  Channel = 2
	Call Channel = 3
	Mail Channel = 4
)

// AllChannels returns every channel, in the order in which the usual rules try them.
func AllChannels() []Channel { return []Channel{Push, SMS, Call, Mail} }

// Tells reports whether whoever is reached through the channel sends a receipt by themselves.
func (c Channel) Tells() bool { return c == Push }

// Wakes reports whether the channel can be set up to wake somebody who sleeps.
func (c Channel) Wakes() bool { return c != Mail }

// Dials reports whether the channel goes to a telephone number.
func (c Channel) Dials() bool { return c == SMS || c == Call }

// Channels is a set of channels.
type Channels uint8

// ChannelsOf returns the set of some channels.
func ChannelsOf(channels ...Channel) Channels {
	var all Channels
	for _, c := range channels {
		all |= 1 << c
	}
	return all
}

// Has reports whether c is in the set.
func (s Channels) Has(c Channel) bool { return c < 8 && s>>c&1 == 1 }

// Without returns the set without c.
func (s Channels) Without(c Channel) Channels { return s &^ ChannelsOf(c) }

// List returns the channels of the set, in the order of AllChannels.
func (s Channels) List() []Channel {
	var out []Channel
	for _, c := range AllChannels() {
		if s.Has(c) {
			out = append(out, c)
		}
	}
	return out
}
