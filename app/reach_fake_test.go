package app_test

import (
	"context"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (f *fake) Reach(context.Context) (present.Ways, error) {
	return present.WaysFrom(f.reader, f.view()), f.failure
}

func (f *fake) ChooseRules(_ context.Context, r reach.Rules) error {
	events, err := workspace.DecideReader(f.reader, workspace.ChooseRules{Rules: r})
	for _, e := range events {
		f.reader = workspace.ApplyReader(f.reader, id.Envelope{}, e)
	}
	return err
}

func (f *fake) tell(c workspace.PersonCommand) error {
	p := f.setup.People[f.self.Person]
	events, err := workspace.DecidePerson(p, f.setup, c, f.self)
	for _, e := range events {
		p = workspace.ApplyPerson(p, id.Envelope{Stream: id.Stream(p.ID), StreamSeq: p.Seq + 1, Occurred: noon()}, e)
	}
	f.setup = f.setup.With(p)
	return err
}

func (f *fake) PublishNumber(_ context.Context, number string) error {
	return f.tell(workspace.PublishNumber{Person: f.self.Person, Number: number})
}

// unreached is what a client says that reaches no server.
func unreached() error { return fault.New(fault.Unavailable, "The server is not reached.") }

func (f *fake) Contacts(context.Context) (present.Contacts, error) {
	if !f.conn.Reached() {
		return present.Contacts{}, unreached()
	}
	f.asked++
	return present.Contacts{Items: slices.Clone(f.contacts.Items), Sends: f.contacts.Sends}, f.refuses
}

func (f *fake) AddContact(_ context.Context, address string, kinds ...reach.Channel) error {
	for _, kind := range kinds {
		if kind.Dials() {
			number, problem := workspace.NormalNumber(address)
			if problem != "" {
				return &fault.Fault{Kind: fault.Invalid, Message: "It was not added.", Fields: []fault.Field{{Name: "number", Problem: problem}}}
			}
			address = number
		} else if !strings.Contains(address, "@") {
			return &fault.Fault{Kind: fault.Invalid, Message: "It was not added.", Fields: []fault.Field{{Name: "address", Problem: "has no @"}}}
		}
		f.contacts.Items = append(f.contacts.Items, present.Contact{ID: id.New[id.Contact](), Kind: kind, Address: address})
	}
	return f.reach()
}

// reach tells everybody in which ways the person is reached.
func (f *fake) reach() error {
	p := f.setup.People[f.self.Person]
	tell := workspace.TellReach{Person: p.ID}
	for _, d := range p.Devices {
		if d.Pushed {
			tell.Channels, tell.Devices = reach.ChannelsOf(reach.Push), append(tell.Devices, d.ID)
		}
	}
	for _, c := range f.contacts.Items {
		if !c.Verified.IsZero() {
			tell.Channels |= reach.ChannelsOf(c.Kind)
		}
	}
	return f.tell(tell)
}

func (f *fake) RemoveContact(_ context.Context, c id.Contact) error {
	f.contacts.Items = slices.DeleteFunc(slices.Clone(f.contacts.Items), func(have present.Contact) bool { return have.ID == c })
	return f.reach()
}

func (f *fake) SendCode(context.Context, id.Contact) error { return f.failure }

// ConfirmContact takes 123456.
func (f *fake) ConfirmContact(_ context.Context, c id.Contact, code string) error {
	if code != "123456" {
		return fault.New(fault.Denied, "This code does not fit.")
	}
	items := slices.Clone(f.contacts.Items)
	at := slices.IndexFunc(items, func(have present.Contact) bool { return have.ID == c })
	for i := range items {
		if items[i].Address == items[at].Address {
			items[i].Verified = noon()
		}
	}
	f.contacts.Items = items
	return f.reach()
}
