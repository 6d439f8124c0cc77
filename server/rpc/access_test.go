package rpc_test

import (
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func wantKind(t *testing.T, name string, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.Find(wire.FromError(err)); f == nil || f.Kind != kind || f.Message == "" {
		t.Errorf("%s: %v, want a fault of kind %d", name, err, kind)
	}
}

func TestNobodyIsLetInWithoutAGoodToken(t *testing.T) {
	t.Parallel()
	o, elsewhere := setup(t), setup(t)
	expired := o.admin.tokens.GetAccess()
	o.clock.pass(11 * time.Minute)
	good, err := o.refresh(o.admin, o.admin.tokens.GetRefresh())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good.GetAccess(), ".")
	for procedure, streams := range procedures() {
		if strings.Contains(procedure, "AccessService") {
			continue
		}
		content, body := "application/json", []byte("{}")
		if streams {
			content, body = "application/connect+json", envelope(body)
		}
		for name, header := range map[string]string{
			"none": "", "empty": "Bearer ", "garbage": "Bearer garbage", "another scheme": "Basic " + good.GetAccess(), "no scheme": good.GetAccess(),
			"expired": "Bearer " + expired, "of another server": "Bearer " + elsewhere.admin.tokens.GetAccess(),
			"a refresh token": "Bearer " + good.GetRefresh(), "very long": "Bearer " + strings.Repeat("x", 10_000),
			"unsigned": "Bearer " + parts[0] + "." + parts[1] + ".", "signed otherwise": "Bearer " + parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
			"of no algorithm": "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + ".",
		} {
			got := o.asked(t, http.MethodPost, procedure, map[string]string{"Content-Type": content, "Authorization": header}, body)
			if want := http.StatusUnauthorized; !streams && got.status != want || !strings.Contains(got.body, `"unauthenticated"`) {
				t.Errorf("%s with a token that is %s: status %d: %s", procedure, name, got.status, got.body)
			}
		}
	}
	o.admin.tokens = good
	o.admin.declare(t, o)
	o.noMistake(t)
}

func (o *office) refresh(d *device, token string) (*tsugiv1.Tokens, error) {
	resp, err := o.access().Refresh(o.ctx, &tsugiv1.RefreshRequest{Refresh: token, Signature: ed25519.Sign(d.key, id.RefreshMessage(token))})
	return resp.GetTokens(), err
}

func TestWrongCodesLockTheirSource(t *testing.T) {
	t.Parallel()
	o := setup(t)
	code := o.invite(t, "Bob", false)
	try := func(code string) error {
		_, err := o.access().Enrol(o.ctx, &tsugiv1.EnrolRequest{Code: code, DeviceName: "desk", PublicKey: make([]byte, 32)})
		return err
	}
	for _, wrong := range []string{"0000-0000", "", "no code at all", strings.Repeat("x", 10_000), "0000-0001"} {
		wantKind(t, "a wrong code", try(wrong), fault.Denied)
	}
	err := try(code.GetCode())
	wantKind(t, "the right code from a locked source", err, fault.TooMany)
	if connect.CodeOf(err) != connect.CodeResourceExhausted {
		t.Errorf("the code is %v", connect.CodeOf(err))
	}
	o.clock.pass(10*time.Minute + time.Second)
	wantKind(t, "a code after ten minutes", try(code.GetCode()), fault.Denied)
	fresh := o.invite(t, "Bob", false)
	if err := try(fresh.GetCode()); err != nil {
		t.Errorf("a good code from a source that is free again: %v", err)
	}
	wantKind(t, "the same code again", try(fresh.GetCode()), fault.Denied)
	o.noMistake(t)
}

// What fails after the code was looked at leaves it good: the person tries again with the same one.
func TestAnEnrolmentThatFailsLeavesTheCodeGood(t *testing.T) {
	t.Parallel()
	o := setup(t)
	invitation := o.invite(t, "Bob", false)
	_, err := o.access().Enrol(o.ctx, &tsugiv1.EnrolRequest{Code: invitation.GetCode(), DeviceName: "desk", PublicKey: []byte("short")})
	wantKind(t, "a short key", err, fault.Invalid)
	_, err = o.access().Enrol(o.ctx, &tsugiv1.EnrolRequest{Code: invitation.GetCode(), DeviceName: strings.Repeat("x", 1000), PublicKey: make([]byte, 32)})
	wantKind(t, "a long name", err, fault.Invalid)
	bob := o.enrol(t, invitation)
	if p := o.options.Ledger.Setup().People[bob.actor.Person]; p.Name != "Bob" || len(p.Devices) != 1 {
		t.Errorf("the person is %+v", p)
	}
}

func TestOnlyAdminsInviteOthers(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	_, err := bob.people.Invite(o.ctx, &tsugiv1.InviteRequest{Name: "Eve"})
	wantKind(t, "somebody new", err, fault.Denied)
	_, err = bob.people.Invite(o.ctx, &tsugiv1.InviteRequest{PersonId: o.admin.actor.Person.Bytes()})
	wantKind(t, "somebody else's device", err, fault.Denied)
	own, err := bob.people.Invite(o.ctx, &tsugiv1.InviteRequest{PersonId: bob.actor.Person.Bytes()})
	if err != nil || own.GetAddress() != "http://here" {
		t.Fatalf("a device of one's own: %+v, %v", own, err)
	}
	if again := o.enrol(t, own); again.actor.Person != bob.actor.Person || again.actor.Device == bob.actor.Device {
		t.Errorf("enrolled was %+v", again.actor)
	}
	eve, err := o.admin.people.Invite(o.ctx, &tsugiv1.InviteRequest{Name: "Eve", Department: "Sales"})
	if err != nil {
		t.Fatal(err)
	}
	o.enrol(t, eve)
	if p := o.options.Ledger.Setup().People[id.Person(eve.GetPersonId())]; p.Name != "Eve" || p.Admin {
		t.Errorf("the person is %+v", p)
	}
}

func TestAStolenKeyShutsTheDeviceOut(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	thief := &device{key: o.admin.key}
	_, err := o.refresh(thief, bob.tokens.GetRefresh())
	wantKind(t, "a refresh with another key", err, fault.Unauthenticated)
	_, err = bob.sync.Pull(o.ctx, &tsugiv1.PullRequest{})
	wantKind(t, "the access token afterwards", err, fault.Unauthenticated)
	o.admin.declare(t, o) // nobody else is touched
	if d, ok := o.options.Ledger.Setup().People[bob.actor.Person].Device(bob.actor.Device); !ok || d.Revoked.IsZero() {
		t.Errorf("the theft is not on record: %+v", d)
	}
	before := o.outcomes(t)
	for range 3 { // a device that is shut out asks again, every minute
		_, err := o.refresh(bob, bob.tokens.GetRefresh())
		wantKind(t, "the owner's refresh", err, fault.Unauthenticated)
	}
	if n := o.outcomes(t) - before; n != 0 {
		t.Errorf("asking in vain has left %d answers in the database", n)
	}
}

func (o *office) outcomes(t *testing.T) (n int) {
	t.Helper()
	if err := o.db.Reader().QueryRowContext(o.ctx, "SELECT count(*) FROM outcome").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) revoke(t *testing.T, d *device) {
	t.Helper()
	out := o.admin.push(t, o, id.Stream(d.actor.Person), workspace.RevokeDevice{Person: d.actor.Person, Device: d.actor.Device})
	if out[0].Kind != stream.Accepted {
		t.Fatalf("revoke: %+v", out[0])
	}
}

// A device that is revoked hears nothing more from that moment on, whatever it has open.
func TestARevokedDevicesTailEndsAtOnce(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	tail, err := bob.sync.Tail(o.ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, bob)})
	if err != nil || !tail.Receive() {
		t.Fatalf("the tail: %v", err)
	}
	o.revoke(t, bob)
	for tail.Receive() {
		if len(tail.Msg().GetBatches()) > 0 {
			t.Error("the tail told of something after the revocation")
		}
	}
	wantKind(t, "the tail", tail.Err(), fault.Unauthenticated)
	if err := tail.Close(); err != nil {
		t.Error(err)
	}
	_, err = o.refresh(bob, bob.tokens.GetRefresh())
	wantKind(t, "the refresh", err, fault.Unauthenticated)
	for procedure, streams := range procedures() {
		if strings.Contains(procedure, "AccessService") || streams {
			continue
		}
		got := o.asked(t, http.MethodPost, procedure, map[string]string{
			"Content-Type": "application/json", "Authorization": "Bearer " + bob.tokens.GetAccess(),
		}, []byte("{}"))
		if got.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d: %s", procedure, got.status, got.body)
		}
	}
}

func TestARevokedDevicesPullBringsNothing(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	ends, pulled := o.ends(t, bob), make(chan error)
	go func() {
		_, err := bob.sync.Pull(o.ctx, &tsugiv1.PullRequest{Cursors: ends, WaitMs: 50_000})
		pulled <- err
	}()
	o.followed(t)
	o.revoke(t, bob)
	wantKind(t, "the pull", <-pulled, fault.Unauthenticated)
}

// Whoever lets in a device of somebody else is named: it reads all that they may read.
func TestWhoLetInADeviceOfSomebodyElseIsOnRecord(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	further := func(by *device) id.Device {
		t.Helper()
		invitation, err := by.people.Invite(o.ctx, &tsugiv1.InviteRequest{PersonId: bob.actor.Person.Bytes()})
		if err != nil {
			t.Fatal(err)
		}
		return o.enrol(t, invitation).actor.Device
	}
	byAdmin, byBob := further(o.admin), further(bob)
	for device, want := range map[id.Device]id.Person{bob.actor.Device: {}, byAdmin: o.admin.actor.Person, byBob: {}} {
		if got, known := o.options.Ledger.Setup().People[bob.actor.Person].Device(device); !known || got.By != want {
			t.Errorf("%+v was let in by %s, want %s", got, got.By, want)
		}
	}
}
