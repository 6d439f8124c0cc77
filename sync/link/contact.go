package link

import (
	"context"
	"fmt"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Contact is one number or mail address of whoever has this device. It is on the server alone, never in a file of this device.
type Contact struct {
	ID       id.Contact
	Kind     reach.Channel // SMS, Call or Mail
	Address  string
	Verified time.Time // zero until a code that was sent there came back
	Tried    time.Time // when it was last tried to reach the person there; zero for never
	Failed   bool      // whether that was in vain
}

// Contacts asks for one's own numbers and addresses, and through which channels the server can send at all.
func (l *Link) Contacts(ctx context.Context) ([]Contact, reach.Channels, error) {
	var all []Contact
	resp, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.ListContactsResponse, error) {
		return api.ListContacts(ctx, &tsugiv1.ListContactsRequest{})
	})
	if err != nil {
		return nil, 0, err
	}
	for _, m := range resp.GetContacts() {
		c := Contact{
			Kind: wire.ChannelFrom(m.GetKind()), Address: m.GetAddress(), Verified: wire.Time(m.GetVerifiedUs()),
			Tried: wire.Time(m.GetTriedUs()), Failed: m.GetFailed(),
		}
		if c.ID, err = id.From[id.Contact](m.GetContactId()); err != nil {
			return nil, 0, fmt.Errorf("read the contacts: %w", err)
		}
		all = append(all, c)
	}
	return all, wire.ChannelsFrom(resp.GetSends()), nil
}

// AddContact has the server store a number or a mail address.
func (l *Link) AddContact(ctx context.Context, c Contact) error {
	_, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.AddContactResponse, error) {
		return api.AddContact(ctx, &tsugiv1.AddContactRequest{ContactId: c.ID.Bytes(), Kind: uint32(c.Kind), Address: c.Address})
	})
	return err
}

// RemoveContact has the server forget one.
func (l *Link) RemoveContact(ctx context.Context, c id.Contact) error {
	_, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.RemoveContactResponse, error) {
		return api.RemoveContact(ctx, &tsugiv1.RemoveContactRequest{ContactId: c.Bytes()})
	})
	return err
}

// SendCode has a code sent to one, and returns until when it is good.
func (l *Link) SendCode(ctx context.Context, c id.Contact) (time.Time, error) {
	resp, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.SendCodeResponse, error) {
		return api.SendCode(ctx, &tsugiv1.SendCodeRequest{ContactId: c.Bytes()})
	})
	return wire.Time(resp.GetExpiresUs()), err
}

// ConfirmContact brings the code back.
func (l *Link) ConfirmContact(ctx context.Context, c id.Contact, code string) error {
	_, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.ConfirmContactResponse, error) {
		return api.ConfirmContact(ctx, &tsugiv1.ConfirmContactRequest{ContactId: c.Bytes(), Code: code})
	})
	return err
}

// RegisterPush says how this device is pushed to.
func (l *Link) RegisterPush(ctx context.Context, token, platform string) error {
	_, err := ask(ctx, l, func(ctx context.Context, api tsugiv1connect.ReachServiceClient) (*tsugiv1.RegisterPushResponse, error) {
		return api.RegisterPush(ctx, &tsugiv1.RegisterPushRequest{Token: token, Platform: platform})
	})
	return err
}

// ask asks the server about how one is reached. It fails with an Unauthenticated fault on a device that is not enrolled.
func ask[T any](ctx context.Context, l *Link, call func(context.Context, tsugiv1connect.ReachServiceClient) (T, error)) (T, error) {
	return unary(ctx, l, func() tsugiv1connect.ReachServiceClient { return l.reach }, call)
}

// unary asks the server for something that it alone knows, also where Run does not run. api is called while the clients are locked.
func unary[T, A any](ctx context.Context, l *Link, api func() A, call func(context.Context, A) (T, error)) (T, error) {
	var none T
	if _, _, err := l.clients(); err != nil {
		device, enrolled := l.Replica.Device()
		if !enrolled {
			return none, err
		}
		l.connect(device.Server)
	}
	l.mu.Lock()
	with := api()
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := call(ctx, with)
	if err != nil {
		return none, wire.FromError(err)
	}
	return resp, nil
}
