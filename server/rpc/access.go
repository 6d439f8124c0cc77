package rpc

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Access lets devices in. It is the access service of the wire.
type Access struct{ Options }

// Enrol trades a code for a place on the list of devices: the code is used up, the key stored and
// the device announced in one transaction.
func (a *Access) Enrol(ctx context.Context, req *tsugiv1.EnrolRequest) (*tsugiv1.EnrolResponse, error) {
	var (
		device = people.Device{ID: id.New[id.Device](), PublicKey: ed25519.PublicKey(req.GetPublicKey()), Created: a.Clock.Now()}
		tokens people.Tokens
	)
	_, err := a.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		invitation, err := a.People.Redeem(ctx, tx, req.GetCode(), source(ctx), a.Clock.Now())
		if err != nil {
			return id.Actor{}, nil, err
		}
		person, first, err := a.owner(ctx, tx, invitation, req)
		if err != nil {
			return id.Actor{}, nil, err
		}
		device.Person = person
		if err := a.People.AddDevice(ctx, tx, device); err != nil {
			return id.Actor{}, nil, err
		}
		if tokens, err = a.People.Issue(ctx, tx, device.ID, a.Clock.Now()); err != nil {
			return id.Actor{}, nil, err
		}
		return id.Actor{}, append(first, own(a.Clock, id.Stream(person), workspace.EnrolDevice{
			Person: person, Device: device.ID, Name: req.GetDeviceName(), Platform: req.GetPlatform(), By: inviter(invitation.MadeBy, person),
		})), nil
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.EnrolResponse{
		PersonId: device.Person.Bytes(), DeviceId: device.ID.Bytes(),
		PersonName: a.Ledger.Setup().People[device.Person].Name, Tokens: tokensTo(tokens),
	}, nil
}

// inviter returns who let in a device of somebody else, or zero: its person is told of what they did not do themselves.
func inviter(madeBy, person id.Person) id.Person {
	if madeBy == person {
		return id.Person{}
	}
	return madeBy
}

// Refresh trades a refresh token for a new pair.
func (a *Access) Refresh(ctx context.Context, req *tsugiv1.RefreshRequest) (*tsugiv1.RefreshResponse, error) {
	tokens, who, err := a.People.Refresh(ctx, people.Proof{Token: req.GetRefresh(), Signature: req.GetSignature()}, a.Clock.Now())
	if err != nil {
		a.tellTheft(ctx, who)
		return nil, wire.Error(err)
	}
	return &tsugiv1.RefreshResponse{Tokens: tokensTo(tokens)}, nil
}

// tellTheft puts on record that a device was shut out because its tokens were in the wrong hands.
func (a *Access) tellTheft(ctx context.Context, who id.Actor) {
	if device, ok := a.Ledger.Setup().People[who.Person].Device(who.Device); !ok || !device.Revoked.IsZero() {
		return // it is on record already; a device that is shut out goes on asking
	}
	_, err := a.Ledger.Do(ctx, func(context.Context, *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, []stream.Submission{own(a.Clock, id.Stream(who.Person), workspace.RevokeDevice{
			Person: who.Person, Device: who.Device, Reason: "its refresh token was used by somebody else",
		})}, nil
	})
	if err != nil {
		a.Logger.ErrorContext(ctx, "put a shut out device on record", "device", who.Device, "error", err)
	}
}

func tokensTo(t people.Tokens) *tsugiv1.Tokens {
	return &tsugiv1.Tokens{Access: t.Access, ExpiresInS: uint32(t.ExpiresIn / time.Second), Refresh: t.Refresh, Certificate: t.Certificate}
}

// source returns where a request comes from, for counting wrong codes.
func source(ctx context.Context) string {
	info, ok := connect.CallInfoForHandlerContext(ctx)
	if !ok {
		return ""
	}
	host, _, err := net.SplitHostPort(info.Peer().Addr)
	if err != nil {
		return info.Peer().Addr
	}
	return host
}

// own returns a command that the server itself gives now.
func own(c clock.Clock, target id.Stream, command stream.Command) stream.Submission {
	return stream.Submission{ID: id.New[id.Command](), Target: target, Written: c.Moment(), Command: command}
}

// People invites people. It is the people service of the wire.
type People struct{ Options }

// Invite makes a code for a person, who is added where there is none.
func (p *People) Invite(ctx context.Context, req *tsugiv1.InviteRequest) (*tsugiv1.InviteResponse, error) {
	return p.invite(ctx, actor(ctx), req)
}

// invite adds the person and makes the code in one transaction. Admins invite anybody, everybody
// else a further device of their own.
func (o Options) invite(ctx context.Context, by id.Actor, req *tsugiv1.InviteRequest) (*tsugiv1.InviteResponse, error) {
	if err := o.Ledger.Look(ctx); err != nil {
		return nil, wire.Error(err)
	}
	person, known, err := o.invited(req)
	if err != nil {
		return nil, wire.Error(err)
	}
	if admin := by.Person.IsZero() || o.Ledger.Setup().People[by.Person].Admin; !admin && by.Person != person {
		return nil, wire.Error(fault.New(fault.Denied, "Only admins add people.").
			WithAdvice("Nothing was changed.", "Ask an admin to invite them."))
	}
	var (
		code    string
		expires time.Time
	)
	_, err = o.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		var err error
		if code, expires, err = o.People.Invite(ctx, tx, person, by.Person, o.Clock.Now()); err != nil || known {
			return by, nil, err
		}
		return by, []stream.Submission{own(o.Clock, id.Stream(person), workspace.AddPerson{
			Person: person, Name: req.GetName(), Department: req.GetDepartment(), Admin: req.GetAdmin(),
		})}, nil
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.InviteResponse{Address: o.Address, Code: code, ExpiresUs: wire.Micros(expires), PersonId: person.Bytes()}, nil
}

// invited returns whom a request means: somebody who is here, or a new id.
func (o Options) invited(req *tsugiv1.InviteRequest) (person id.Person, known bool, err error) {
	if len(req.GetPersonId()) == 0 {
		return id.New[id.Person](), false, nil
	}
	if person, err = id.From[id.Person](req.GetPersonId()); err != nil {
		return person, false, fault.Wrap(fault.Invalid, "The person_id is no id.", err)
	}
	if _, known = o.Ledger.Setup().People[person]; !known {
		return person, false, fault.New(fault.NotFound, fmt.Sprintf("There is no person %s.", person.Short()))
	}
	return person, true, nil
}
