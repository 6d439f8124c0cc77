package notify

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
)

// draft is an attempt on its way through the steps, with all that they look at.
type draft struct {
	Attempt
	now      time.Time
	provided bool // whether the channel is set up
	standing Standing
	reach    Reach
	past     Past
	to       []Address // from Route on: who is to get it
}

// step narrows an attempt down. A reason other than zero says why nothing is sent. It is pure.
type step func(draft) (draft, Reason)

// policy is what every attempt goes through before it is sent.
func policy(limits Limits) []step {
	return []step{route, mute, dedup, limits.throttle}
}

// route finds where the person is reached by the channel.
func route(d draft) (draft, Reason) {
	if !d.provided {
		return d, NoProvider
	}
	d.to = slices.Clone(d.reach.Addresses)
	if len(d.to) == 0 {
		return d, NoAddress
	}
	return d, 0
}

// mute keeps still what is not to ring any more, or not with this person.
func mute(d draft) (draft, Reason) {
	switch state := d.standing.State; {
	case state == Answered:
		return d, AlreadyAcknowledged
	case state == Expired, state == Ringing && !d.now.Before(d.standing.Expires):
		return d, TooLate
	case state != Ringing:
		return d, CalledOff
	case d.now.Before(d.reach.Muted):
		return d, PersonMuted
	}
	return d, 0
}

// dedup leaves out who has the message already, by a former try, and who is named twice.
func dedup(d draft) (draft, Reason) {
	var once []Address
	for _, a := range d.to {
		named := slices.ContainsFunc(once, func(o Address) bool { return o.ID == a.ID || o.To == a.To })
		if !named && !slices.Contains(d.past.Accepted, a.ID) {
			once = append(once, a)
		}
	}
	d.to = once
	if len(once) == 0 {
		return d, SentBefore
	}
	return d, 0
}

// Limits say how many messages a person gets by each channel within Window.
type Limits map[escalation.Channel]int

// Window is what Limits count in.
const Window = time.Hour

// DefaultLimits are far beyond what a bad night has: they are for an hour in which everything fails at once, and a phone that does
// nothing but ring cannot be used to help.
func DefaultLimits() Limits {
	return Limits{escalation.Push: 120, escalation.SMS: 30, escalation.Call: 12, escalation.Mail: 120}
}

// throttle holds back what is too much. It never holds back an urgent page that no provider has accepted yet: whoever is woken hears of it
// once at least, but for a test page, which anybody may ask for again and again. What is held back is told of with the next that goes, see Past.Held. The channel has not failed: the next is tried when its
// rule says so, or else an SMS too many would have the telephone ring at once.
func (l Limits) throttle(d draft) (draft, Reason) {
	limit, limited := l[d.Channel]
	first := d.standing.Urgency != escalation.Low && d.standing.Heard == 0 && !d.standing.Brief.Test
	begun := len(d.past.Accepted) > 0 // a former try got through to another device
	if !limited || first || begun || d.past.Lately < limit {
		return d, 0
	}
	return d, Throttled
}
