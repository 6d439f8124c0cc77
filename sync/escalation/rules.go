// Package escalation holds the rules of paging: whom an escalation policy pages and when, and through which channels one page
// tries to reach one person. It is pure: what happens comes in as commands, and what falls due next is computed from the state,
// so that a server which was down goes on where its clock is now.
//
// Two machines work together. An Escalation walks through the steps of a policy until somebody acknowledges; every step that
// falls starts a Page for each person in it. A Page walks through the channels of its person until it is acknowledged, or until
// the next step falls. Paging is all of that for one incident, whose stream its events are written in.
package escalation

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/reach"
)

// How a person is reached is kept with the set-up too, which knows nothing of paging; here it has the same names.
type (
	// Channel is a way to reach somebody.
	Channel = reach.Channel
	// Channels is a set of channels.
	Channels = reach.Channels
	// Urgency says how a page is meant.
	Urgency = reach.Urgency
	// Rule says when a channel is tried, counted from the beginning of a page.
	Rule = reach.Rule
	// Rules are how one person wants to be reached.
	Rules = reach.Rules
)

// The channels.
const (
	Push = reach.Push // the device says itself that it has shown it
	SMS  = reach.SMS
	Call = reach.Call
	Mail = reach.Mail
)

// The urgencies.
const (
	High = reach.High // wakes
	Low  = reach.Low  // can wait until its reader looks
)

// ChannelsOf returns the set of some channels.
func ChannelsOf(channels ...Channel) Channels { return reach.ChannelsOf(channels...) }

// DefaultRules returns the rules of whoever has made no others.
func DefaultRules() Rules { return reach.DefaultRules() }

// Patience returns how long a page of a severity, of which 1 is the worst, waits for the receipt of a channel that sends one before it
// goes on to the next.
func Patience(level uint8) time.Duration {
	if level == 1 {
		return 30 * time.Second
	}
	return time.Minute
}
