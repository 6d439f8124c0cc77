package app_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (f *fake) Reach(context.Context) (present.Ways, error) {
	w := present.WaysFrom(f.reader, f.view())
	w.Test = present.TestPageFrom(f.lastTest(), f.undeclared()[f.lastTest().ID], f.view())
	return w, f.failure
}

// board returns the incidents without test pages.
func (f *fake) board() []incident.Incident {
	return slices.DeleteFunc(slices.Clone(f.incidents), func(s incident.Incident) bool { return s.Kind == incident.TestPage })
}

// lastTest returns the last test page.
func (f *fake) lastTest() (last incident.Incident) {
	for _, s := range f.incidents {
		if s.Kind == incident.TestPage && !s.DeclaredAt.Before(last.DeclaredAt) {
			last = s
		}
	}
	return last
}

func (f *fake) SendTestPage(context.Context) error {
	return f.submit(id.New[id.Incident](), f.self, noon(), noon(), incident.Declare{Kind: incident.TestPage})
}

// tests lets the server do something about the last test page, some time after noon.
func (f *fake) tests(after time.Duration, by id.Actor, c incident.Command) {
	channels := f.setup.People[f.self.Person].Channels
	f.paging.World = escalation.World{
		Reached: func(id.Person) bool { return channels != 0 },
		Rules:   func(_ id.Person, u escalation.Urgency) []escalation.Rule { return f.reader.Rules.For(u, channels) },
	}
	if told, ok := c.(incident.Tell); ok {
		page, _ := f.lastTest().Paging.Reaching(f.self.Person)
		told.Page = page.Page
		c = told
	}
	_ = f.submit(f.lastTest().ID, by, noon().Add(after), noon().Add(after), c)
}

// rings lets ring what the server has begun; a desk that shows it confirms it.
func (f *fake) rings() { f.conn.Rings = present.RingsFrom(f.incidents, noon(), f.view()) }

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
