package rpc

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// owner returns whose device an enrolment makes, and what is to happen before it. That is whoever was invited, but for
// a device that was let in after the state that this server was restored to: its owner is not known here, was invited as
// somebody new, and goes on under their former id; else what the device keeps of theirs would be given up. For the
// same reason a device that has not given back yet what it keeps is admitted for nobody but its owner.
func (a *Access) owner(ctx context.Context, tx *sqlite.Tx, got people.Invitation, req *tsugiv1.EnrolRequest) (id.Person, []stream.Submission, error) {
	was, ours, err := a.former(req)
	if err != nil || !ours || was.Actor.Person == got.Person {
		return got.Person, nil, err
	}
	setup, f := a.Ledger.Setup(), req.GetFormer()
	invited := setup.People[got.Person]
	if known, ok := setup.People[was.Actor.Person]; ok {
		return got.Person, nil, a.another(f, invited, known.Name)
	}
	if !workspace.SameName(f.GetName(), invited.Name) {
		return id.Person{}, nil, anothersCode(invited.Name, f.GetName())
	}
	if err := a.People.Reassign(ctx, tx, got.Person, was.Actor.Person); err != nil {
		return id.Person{}, nil, err
	}
	return was.Actor.Person, []stream.Submission{
		own(a.Clock, id.Stream(was.Actor.Person), workspace.ReadmitPerson{
			Person: was.Actor.Person, Device: was.Actor.Device, Invited: got.Person, By: got.MadeBy,
		}),
		own(a.Clock, id.Stream(got.Person), workspace.RecognizePerson{Person: got.Person, As: was.Actor.Person}),
	}, nil
}

// another says why a device of somebody who is known here does not become another's. There is no reason for one that
// has seen the log's present life: it has given back what it kept, or refuses by itself.
func (a *Access) another(f *tsugiv1.FormerEnrolment, invited workspace.Person, owner string) error {
	switch {
	case bytes.Equal(f.GetEpochId(), a.Ledger.Epoch().Bytes()):
		return nil
	case workspace.SameName(owner, invited.Name):
		return workspace.HereAlready(owner)
	default:
		return anothersCode(invited.Name, owner)
	}
}

// former returns how a device was enrolled before. It is false for one that was not, or elsewhere.
func (a *Access) former(req *tsugiv1.EnrolRequest) (was people.Certificate, ours bool, err error) {
	f := req.GetFormer()
	if f == nil {
		return was, false, nil
	}
	if was, ours, err = a.People.ReadCertificate(f.GetCertificate()); err != nil || !ours {
		return was, false, err
	}
	if !ed25519.Verify(was.Key, id.FormerMessage(req.GetPublicKey(), f.GetCertificate()), f.GetSignature()) {
		return was, false, people.BadCertificate(fmt.Errorf("who showed it does not hold the key of device %s", was.Actor.Device))
	}
	return was, true, nil
}

// anothersCode is the fault of a device whose owner must not become somebody else.
func anothersCode(invited, owner string) error {
	return fault.New(fault.Denied, fmt.Sprintf("This code was made for %s, and this device is %s's.", invited, owner)).
		WithAdvice("Nothing was changed, and what is on this device is kept.",
			fmt.Sprintf("Ask for a code for %s, with the name written like this, or take another data folder.", owner))
}
