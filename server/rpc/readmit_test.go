package rpc_test

import (
	"crypto/ed25519"
	"testing"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// showing is an enrolment of a device that was enrolled before, as whoever holds key shows it.
func showing(code *tsugiv1.InviteResponse, f *tsugiv1.FormerEnrolment, key ed25519.PrivateKey) *tsugiv1.EnrolRequest {
	public := make([]byte, 32)
	if f.Signature == nil {
		f.Signature = ed25519.Sign(key, id.FormerMessage(public, f.GetCertificate()))
	}
	return &tsugiv1.EnrolRequest{Code: code.GetCode(), DeviceName: "desk", PublicKey: public, Former: f}
}

// Nobody becomes a person whom the server knows by showing a device of theirs, and nobody is asked for more than a code
// who shows one of another server, or has seen what this one has to tell.
func TestAFormerEnrolmentTakesOverNobody(t *testing.T) {
	t.Parallel()
	o, elsewhere := setup(t), setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	own, epoch := bob.tokens.GetCertificate(), o.options.Ledger.Epoch().Bytes()
	code := o.invite(t, "Eve", false)
	for name, test := range map[string]struct {
		former *tsugiv1.FormerEnrolment
		key    ed25519.PrivateKey
	}{
		"the key of another":     {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve", EpochId: epoch}, o.admin.key},
		"no signature":           {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve", EpochId: epoch, Signature: []byte{}}, nil},
		"a signature of refresh": {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve", Signature: ed25519.Sign(bob.key, id.RefreshMessage(own))}, nil},
		"another key's sign":     {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve", Signature: ed25519.Sign(bob.key, id.FormerMessage(make([]byte, 31), own))}, nil},
		"no certificate":         {&tsugiv1.FormerEnrolment{Name: "Eve"}, bob.key},
		"half a certificate":     {&tsugiv1.FormerEnrolment{Certificate: own[:len(own)-20], Name: "Eve"}, bob.key},
		"the owner, who is here": {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve"}, bob.key},
		"of a former epoch":      {&tsugiv1.FormerEnrolment{Certificate: own, Name: "Eve", EpochId: make([]byte, 16)}, bob.key},
	} {
		_, err := o.access().Enrol(o.ctx, showing(code, test.former, test.key))
		wantKind(t, name, err, fault.Denied)
	}
	if n := len(o.options.Ledger.Setup().People[bob.actor.Person].Devices); n != 1 {
		t.Errorf("Bob has %d devices", n)
	}
	resp, err := o.access().Enrol(o.ctx, showing(code, &tsugiv1.FormerEnrolment{Certificate: own, Name: "Bob", EpochId: epoch}, bob.key))
	if err != nil || id.Person(resp.GetPersonId()) != id.Person(code.GetPersonId()) {
		t.Errorf("a desk that is handed on belongs to %x, %v", resp.GetPersonId(), err)
	}
	foreign := elsewhere.enrol(t, elsewhere.invite(t, "Kim", false))
	kim := o.invite(t, "Kim", false)
	resp, err = o.access().Enrol(o.ctx, showing(kim, &tsugiv1.FormerEnrolment{Certificate: foreign.tokens.GetCertificate(), Name: "Kim"}, foreign.key))
	if err != nil || id.Person(resp.GetPersonId()) != id.Person(kim.GetPersonId()) {
		t.Errorf("a desk of another server's belongs to %x, %v", resp.GetPersonId(), err)
	}
	o.noMistake(t)
}
