package session

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Reach returns how whoever looks is reached, as far as this device knows it.
func (s *Session) Reach(ctx context.Context) (present.Ways, error) {
	reader, err := s.replica.Reader(ctx)
	if err != nil {
		return present.Ways{}, fmt.Errorf("read the notification rules: %w", err)
	}
	out := present.WaysFrom(reader, s.View())
	test, err := s.replica.TestPage(ctx, testsAmong)
	if err != nil {
		return out, fmt.Errorf("read the last test page: %w", err)
	}
	out.Test = present.TestPageFrom(test, s.undeclared()[test.ID], s.View())
	for _, p := range s.replica.Pending() {
		if _, ok := p.Command.(workspace.ChooseRules); ok && !p.Refused() {
			out.Waits = true
		}
	}
	return out, nil
}

// testsAmong is among how many ended incidents the last test page is looked for.
const testsAmong = 500

// SendTestPage has the server page whoever looks, and nobody else, to see whether it reaches them.
func (s *Session) SendTestPage(ctx context.Context) error {
	return s.submit(ctx, id.New[id.Stream](), incident.Declare{Kind: incident.TestPage, Private: true})
}

// ChooseRules changes how whoever looks is reached; it is sent when the server is reached.
func (s *Session) ChooseRules(ctx context.Context, r reach.Rules) error {
	d, _ := s.replica.Device()
	return s.submit(ctx, id.Reader(d.Actor.Person), workspace.ChooseRules{Rules: r})
}

// PublishNumber lets everybody call whoever looks while they are on call; an empty number takes it back. It is sent when the server is
// reached.
func (s *Session) PublishNumber(ctx context.Context, number string) error {
	d, _ := s.replica.Device()
	return s.submit(ctx, id.Stream(d.Actor.Person), workspace.PublishNumber{Person: d.Actor.Person, Number: number})
}

// Contacts asks the server for the numbers and addresses of whoever looks.
func (s *Session) Contacts(ctx context.Context) (present.Contacts, error) {
	all, sends, err := s.link.Contacts(ctx)
	out := present.Contacts{Sends: sends}
	for _, c := range all {
		out.Items = append(out.Items, present.Contact(c))
	}
	return out, err
}

// AddContact has the server store a number or an address, once for each way in which it is to be used.
func (s *Session) AddContact(ctx context.Context, address string, kinds ...reach.Channel) error {
	for _, kind := range kinds {
		if err := s.link.AddContact(ctx, link.Contact{ID: id.New[id.Contact](), Kind: kind, Address: address}); err != nil {
			return err
		}
	}
	return nil
}

// RemoveContact has the server forget a number or an address.
func (s *Session) RemoveContact(ctx context.Context, c id.Contact) error {
	return s.link.RemoveContact(ctx, c)
}

// SendCode has the server send a code to a number or an address.
func (s *Session) SendCode(ctx context.Context, c id.Contact) error {
	_, err := s.link.SendCode(ctx, c)
	return err
}

// ConfirmContact brings the code back that was sent there.
func (s *Session) ConfirmContact(ctx context.Context, c id.Contact, code string) error {
	return s.link.ConfirmContact(ctx, c, code)
}
