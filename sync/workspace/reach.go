package workspace

import (
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// PublishNumber wishes that everybody find a telephone number on which the person is called while on call: also a device that
// reaches no server has it. Nobody does so for somebody else. An empty Number takes it back.
type PublishNumber struct {
	personWish
	Person id.Person
	Number string
}

// NumberPublished says on which number a person is called while on call; an empty one that it was taken back.
type NumberPublished struct {
	personFact
	Number string
}

// innerPerson marks a command that only the server gives: it has no wire form, so that nobody can send it.
type innerPerson struct{ personWish }

// TellReach wishes to tell everybody which ways there are to reach a person. The server gives it with every change of what it keeps of
// that: the addresses themselves are told to nobody.
type TellReach struct {
	innerPerson
	Person   id.Person
	Channels reach.Channels
	Devices  []id.Device // that can be pushed to
	Gone     reach.Channel
}

// ReachableThrough says which ways there are to reach a person.
type ReachableThrough struct {
	personFact
	Channels reach.Channels
	Devices  []id.Device
	// Gone is the channel of which an address was taken out since it turned out to be gone; zero for another cause.
	Gone reach.Channel
}

func decidePublish(p Person, c PublishNumber, by id.Actor) ([]PersonEvent, error) {
	if p.Seq == 0 || !p.Is.IsZero() {
		return nil, noSuchPerson()
	}
	if by.Person != p.ID {
		return nil, fault.New(fault.Denied, "Only they themselves publish somebody's number.").
			WithAdvice("Nothing was changed.", "Ask them to do it.")
	}
	number := ""
	if c.Number != "" {
		var problem string
		if number, problem = NormalNumber(c.Number); problem != "" {
			return nil, &fault.Fault{
				Kind: fault.Invalid, Message: "The number was not published.", Fields: []fault.Field{{Name: "number", Problem: problem}},
			}
		}
	}
	if number == p.Number {
		return nil, nil
	}
	return []PersonEvent{NumberPublished{Number: number}}, nil
}

// decideTellReach tells nothing that everybody knows already. That an address is gone is always told: there may be others of its channel.
func decideTellReach(p Person, c TellReach) ([]PersonEvent, error) {
	if p.Seq == 0 {
		return nil, noSuchPerson()
	}
	told := ReachableThrough{Channels: c.Channels, Devices: c.Devices, Gone: c.Gone}
	then := p.reached(told)
	if c.Gone == 0 && then.Channels == p.Channels && slices.Equal(then.Devices, p.Devices) {
		return nil, nil
	}
	return []PersonEvent{told}, nil
}

// reached returns p as it was told to be reached.
func (p Person) reached(e ReachableThrough) Person {
	p.Channels, p.Devices = e.Channels, slices.Clone(p.Devices)
	for i, d := range p.Devices {
		p.Devices[i].Pushed = d.Revoked.IsZero() && slices.Contains(e.Devices, d.ID)
	}
	return p
}

// shutOut returns p without a device: where no other can be pushed to, nothing reaches p by push any more.
func (p Person) shutOut(d id.Device, at id.Envelope) Person {
	p.Devices = slices.Clone(p.Devices)
	pushed := false
	for i := range p.Devices {
		if p.Devices[i].ID == d {
			p.Devices[i].Revoked, p.Devices[i].RevokedBy, p.Devices[i].Pushed = at.Occurred, at.Actor.Person, false
		}
		pushed = pushed || p.Devices[i].Pushed
	}
	if !pushed {
		p.Channels = p.Channels.Without(reach.Push)
	}
	return p
}

// Ways returns through what the person can be reached: what was told of it, and any device of theirs, on which the client that is open
// shows a page by itself.
func (p Person) Ways() reach.Channels {
	if slices.ContainsFunc(p.Devices, func(d Device) bool { return d.Revoked.IsZero() }) {
		return p.Channels | reach.ChannelsOf(reach.Push)
	}
	return p.Channels
}
