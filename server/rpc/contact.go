package rpc

import (
	"context"
	"errors"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Courier sends the codes that show whose a number or an address is.
type Courier interface {
	// Sends returns the channels that the server can send through.
	Sends() reach.Channels
	// SendCode sends a code where it is to go. When it fails with a fault, whoever asked for the code is told that.
	SendCode(ctx context.Context, c people.Challenge) error
}

// nobody is the courier of a server that can send nothing.
type nobody struct{}

func (nobody) Sends() reach.Channels { return 0 }

func (nobody) SendCode(context.Context, people.Challenge) error { return cannotSend() }

func cannotSend() error {
	return fault.New(fault.Unavailable, "This server cannot send there yet.").
		WithAdvice("The number or address is kept.", "Ask whoever looks after the server to set it up.")
}

// Reach keeps how people are reached. It is the reach service of the wire. Everybody asks about themselves.
type Reach struct{ Options }

func (r *Reach) courier() Courier {
	if r.Courier == nil {
		return nobody{}
	}
	return r.Courier
}

// ListContacts returns the numbers and addresses of whoever asks.
func (r *Reach) ListContacts(ctx context.Context, _ *tsugiv1.ListContactsRequest) (*tsugiv1.ListContactsResponse, error) {
	all, err := r.People.Contacts(ctx, actor(ctx).Person)
	if err != nil {
		return nil, wire.Error(err)
	}
	resp := &tsugiv1.ListContactsResponse{Sends: uint32(r.courier().Sends())}
	for _, c := range all {
		resp.Contacts = append(resp.Contacts, contactTo(c))
	}
	return resp, nil
}

// AddContact stores a number or an address.
func (r *Reach) AddContact(ctx context.Context, req *tsugiv1.AddContactRequest) (*tsugiv1.AddContactResponse, error) {
	contact, err := contactID(req.GetContactId())
	if err != nil {
		return nil, wire.Error(err)
	}
	wanted := people.Contact{ID: contact, Person: actor(ctx).Person, Kind: wire.ChannelFrom(req.GetKind()), Address: people.Secret(req.GetAddress())}
	var stored people.Contact
	err = r.change(ctx, func(ctx context.Context, tx *sqlite.Tx) ([]id.Person, error) {
		var err error
		stored, err = r.People.AddContact(ctx, tx, wanted, r.Clock.Now())
		return []id.Person{wanted.Person}, err
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.AddContactResponse{Contact: contactTo(stored)}, nil
}

// RemoveContact forgets a number or an address.
func (r *Reach) RemoveContact(ctx context.Context, req *tsugiv1.RemoveContactRequest) (*tsugiv1.RemoveContactResponse, error) {
	contact, err := contactID(req.GetContactId())
	if err != nil {
		return nil, wire.Error(err)
	}
	p := actor(ctx).Person
	err = r.change(ctx, func(ctx context.Context, tx *sqlite.Tx) ([]id.Person, error) {
		return []id.Person{p}, r.People.RemoveContact(ctx, tx, p, contact, r.Clock.Now())
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.RemoveContactResponse{}, nil
}

// SendCode has a code sent, once it is stored.
func (r *Reach) SendCode(ctx context.Context, req *tsugiv1.SendCodeRequest) (*tsugiv1.SendCodeResponse, error) {
	contact, err := contactID(req.GetContactId())
	if err != nil {
		return nil, wire.Error(err)
	}
	p := actor(ctx).Person
	var sent people.Challenge
	_, err = r.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		var err error
		if sent, err = r.People.BeginVerify(ctx, tx, p, contact, r.Clock.Now()); err == nil && !r.courier().Sends().Has(sent.Kind) {
			err = cannotSend()
		}
		return id.Actor{}, nil, err
	})
	if err == nil {
		err = r.carry(ctx, sent)
	}
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.SendCodeResponse{ExpiresUs: wire.Micros(sent.Expires)}, nil
}

// carry sends a code; one that cannot be sent is void.
func (r *Reach) carry(ctx context.Context, c people.Challenge) error {
	failed := r.courier().SendCode(ctx, c)
	if failed == nil {
		return nil
	}
	_, err := r.Ledger.Do(context.WithoutCancel(ctx), func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, nil, r.People.AbandonVerify(ctx, tx, c)
	})
	return errors.Join(failed, err)
}

// ConfirmContact verifies a number or an address.
func (r *Reach) ConfirmContact(ctx context.Context, req *tsugiv1.ConfirmContactRequest) (*tsugiv1.ConfirmContactResponse, error) {
	contact, err := contactID(req.GetContactId())
	if err != nil {
		return nil, wire.Error(err)
	}
	p := actor(ctx).Person
	err = r.change(ctx, func(ctx context.Context, tx *sqlite.Tx) ([]id.Person, error) {
		return []id.Person{p}, r.People.Confirm(ctx, tx, people.Answer{Contact: contact, Person: p, Code: req.GetCode()}, r.Clock.Now())
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.ConfirmContactResponse{}, nil
}

// RegisterPush stores how the calling device is pushed to.
func (r *Reach) RegisterPush(ctx context.Context, req *tsugiv1.RegisterPushRequest) (*tsugiv1.RegisterPushResponse, error) {
	by := actor(ctx)
	err := r.change(ctx, func(ctx context.Context, tx *sqlite.Tx) ([]id.Person, error) {
		return r.People.RegisterPush(ctx, tx, people.PushToken{
			Device: by.Device, Platform: req.GetPlatform(), Token: people.Secret(req.GetToken()), At: r.Clock.Now(),
		})
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.RegisterPushResponse{}, nil
}

// change changes how people are reached, and tells everybody in the same transaction which ways there are to reach those whom work
// returns.
func (o Options) change(ctx context.Context, work func(ctx context.Context, tx *sqlite.Tx) ([]id.Person, error)) error {
	_, err := o.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		changed, err := work(ctx, tx)
		if err != nil {
			return id.Actor{}, nil, err
		}
		var tell []stream.Submission
		for _, p := range changed {
			reach, err := o.People.Reach(ctx, tx, p)
			if err != nil {
				return id.Actor{}, nil, err
			}
			tell = append(tell, own(o.Clock, id.Stream(p), workspace.TellReach{Person: p, Channels: reach.Channels, Devices: reach.Devices}))
		}
		return id.Actor{}, tell, nil
	})
	return err
}

func contactID(raw []byte) (id.Contact, error) {
	c, err := id.From[id.Contact](raw)
	if err != nil {
		return c, fault.Wrap(fault.Invalid, "The contact_id is no id.", err)
	}
	return c, nil
}

func contactTo(c people.Contact) *tsugiv1.ContactMethod {
	return &tsugiv1.ContactMethod{
		ContactId: c.ID.Bytes(), Kind: uint32(c.Kind), Address: string(c.Address), MadeUs: wire.Micros(c.Made),
		VerifiedUs: wire.Micros(c.Verified), TriedUs: wire.Micros(c.Tried), Failed: c.Failed,
	}
}
