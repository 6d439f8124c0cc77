package rpc_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// postman keeps the codes that he is to carry.
type postman struct {
	carried []people.Challenge
	fails   error
}

func (*postman) Sends() reach.Channels {
	return reach.ChannelsOf(reach.SMS, reach.Mail)
}

func (p *postman) SendCode(_ context.Context, c people.Challenge) error {
	if p.fails == nil {
		p.carried = append(p.carried, c)
	}
	return p.fails
}

// posted is an office with a postman.
func posted(t *testing.T) (*office, *postman) {
	t.Helper()
	o, p := setup(t), &postman{}
	o.web.Close()
	o.options.Courier = p
	o.web = httptest.NewServer(rpc.Handler(o.options))
	t.Cleanup(o.web.Close)
	return o, p
}

func (o *office) reaching(d *device) tsugiv1connect.ReachServiceClient {
	return tsugiv1connect.NewReachServiceClient(o.web.Client(), o.web.URL, connect.WithInterceptors(bearing{d}))
}

func (o *office) addContact(t *testing.T, d *device, kind reach.Channel, address string) *tsugiv1.ContactMethod {
	t.Helper()
	resp, err := o.reaching(d).AddContact(o.ctx, &tsugiv1.AddContactRequest{ContactId: id.New[id.Contact]().Bytes(), Kind: uint32(kind), Address: address})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetContact()
}

func (o *office) known(d *device) workspace.Person {
	return o.options.Ledger.Setup().People[d.actor.Person]
}

func TestANumberIsAddedAndVerified(t *testing.T) {
	t.Parallel()
	o, post := posted(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	api := o.reaching(bob)
	added := o.addContact(t, bob, reach.SMS, "0049 170 1234567")
	if added.GetAddress() != "+491701234567" || added.GetVerifiedUs() != 0 {
		t.Errorf("%+v", added)
	}
	sent, err := api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: added.GetContactId()})
	if err != nil || wire.Time(sent.GetExpiresUs()) != o.clock.Now().Add(people.ConfirmLife) {
		t.Fatal(sent, err)
	}
	_, err = api.ConfirmContact(o.ctx, &tsugiv1.ConfirmContactRequest{ContactId: added.GetContactId(), Code: "no"})
	wantKind(t, "a wrong code", err, fault.Denied)
	if o.known(bob).Channels != 0 {
		t.Error("he is reached before he is")
	}
	code := string(post.carried[0].Code)
	if _, err := api.ConfirmContact(o.ctx, &tsugiv1.ConfirmContactRequest{ContactId: added.GetContactId(), Code: code}); err != nil {
		t.Fatal(err)
	}
	if o.known(bob).Channels != reach.ChannelsOf(reach.SMS) {
		t.Errorf("everybody knows of %v", o.known(bob).Channels.List())
	}
	list, err := api.ListContacts(o.ctx, &tsugiv1.ListContactsRequest{})
	if err != nil || len(list.GetContacts()) != 1 || list.GetContacts()[0].GetVerifiedUs() == 0 || reach.Channels(list.GetSends()) != post.Sends() {
		t.Errorf("%+v, %v", list, err)
	}
	if voice := o.addContact(t, bob, reach.Call, "+491701234567"); voice.GetVerifiedUs() == 0 || !o.known(bob).Channels.Has(reach.Call) {
		t.Errorf("a call to the same number: %+v", voice)
	} else if _, err := api.RemoveContact(o.ctx, &tsugiv1.RemoveContactRequest{ContactId: voice.GetContactId()}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.RemoveContact(o.ctx, &tsugiv1.RemoveContactRequest{ContactId: added.GetContactId()}); err != nil {
		t.Fatal(err)
	}
	if o.known(bob).Channels != 0 {
		t.Error("he is still said to be reached")
	}
	o.secret(t, "1701234567", code)
	o.noMistake(t)
}

// secret fails for what is in the log of events, or of the server, and should not be.
func (o *office) secret(t *testing.T, secrets ...string) {
	t.Helper()
	rows, err := o.db.Reader().QueryContext(o.ctx, "SELECT payload FROM event UNION ALL SELECT head FROM stream UNION ALL SELECT body FROM outcome")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	told := [][]byte{[]byte(o.logged.String())}
	for rows.Next() {
		var payload []byte
		if err := rows.Scan(&payload); err != nil {
			t.Fatal(err)
		}
		told = append(told, payload)
	}
	if err := rows.Err(); err != nil || len(told) < 4 {
		t.Fatal(len(told), err)
	}
	for _, secret := range secrets {
		for _, text := range told {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%q was told: %q", secret, text)
			}
		}
	}
}

func TestNobodyManagesTheNumbersOfOthers(t *testing.T) {
	t.Parallel()
	o, post := posted(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	his := o.addContact(t, bob, reach.Mail, "bob@example.com").GetContactId()
	api := o.reaching(o.admin)
	list, err := api.ListContacts(o.ctx, &tsugiv1.ListContactsRequest{})
	if err != nil || len(list.GetContacts()) > 0 {
		t.Errorf("the admin sees %+v, %v", list, err)
	}
	for name, try := range map[string]func(contact []byte) error{
		"remove": func(c []byte) error {
			_, err := api.RemoveContact(o.ctx, &tsugiv1.RemoveContactRequest{ContactId: c})
			return err
		},
		"send": func(c []byte) error {
			_, err := api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: c})
			return err
		},
		"confirm": func(c []byte) error {
			_, err := api.ConfirmContact(o.ctx, &tsugiv1.ConfirmContactRequest{ContactId: c, Code: "000000"})
			return err
		},
	} {
		theirs, nobodys := try(his), try(id.New[id.Contact]().Bytes())
		wantKind(t, name, theirs, fault.NotFound)
		if nobodys == nil || theirs.Error() != nobodys.Error() {
			t.Errorf("%s: of Bob's it is said %v, of nobody's %v", name, theirs, nobodys)
		}
		wantKind(t, name+" what is no id", try([]byte("x")), fault.Invalid)
	}
	if len(post.carried) > 0 {
		t.Error("a code was sent")
	}
	_, err = api.AddContact(o.ctx, &tsugiv1.AddContactRequest{ContactId: id.New[id.Contact]().Bytes(), Kind: 2, Address: "0170 1234567"})
	wantKind(t, "a number without its country", err, fault.Invalid)
	o.secret(t, "bob@example.com", "1234567")
	o.noMistake(t)
}

func TestWhatCannotBeSentIsSaid(t *testing.T) {
	t.Parallel()
	o, post := posted(t)
	api := o.reaching(o.admin)
	voice := o.addContact(t, o.admin, reach.Call, "+491701234567").GetContactId()
	_, err := api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: voice})
	wantKind(t, "a channel that the server has not", err, fault.Unavailable)
	text := o.addContact(t, o.admin, reach.SMS, "+14155552671").GetContactId()
	post.fails = fault.New(fault.Unavailable, "The provider is not reached.")
	_, err = api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: text})
	wantKind(t, "a provider that is not reached", err, fault.Unavailable)
	post.fails = nil
	if _, err = api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: text}); err != nil {
		t.Errorf("at once again: %v", err)
	}
	_, err = api.SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: text})
	wantKind(t, "while one is under way", err, fault.TooMany)
	elsewhere := setup(t)
	c := elsewhere.addContact(t, elsewhere.admin, reach.SMS, "+14155552671")
	_, err = elsewhere.reaching(elsewhere.admin).SendCode(o.ctx, &tsugiv1.SendCodeRequest{ContactId: c.GetContactId()})
	wantKind(t, "a server that sends nothing", err, fault.Unavailable)
}

func TestADeviceIsPushedToUntilItIsShutOut(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	register := func(token string) {
		t.Helper()
		if _, err := o.reaching(bob).RegisterPush(o.ctx, &tsugiv1.RegisterPushRequest{Token: token, Platform: "android"}); err != nil {
			t.Fatal(err)
		}
	}
	seq := func() uint64 { return o.known(bob).Seq }
	register("fcm-token")
	if p := o.known(bob); p.Channels != reach.ChannelsOf(reach.Push) || !p.Devices[0].Pushed {
		t.Errorf("%+v", p)
	}
	before := seq()
	register("fcm-token-2")
	if seq() != before {
		t.Error("a new token of the same device is told to everybody")
	}
	_, err := o.reaching(bob).RegisterPush(o.ctx, &tsugiv1.RegisterPushRequest{Platform: "android"})
	wantKind(t, "no token", err, fault.Invalid)
	o.revoke(t, bob)
	if p := o.known(bob); p.Channels != 0 || p.Devices[0].Pushed {
		t.Errorf("shut out: %+v", p)
	}
	tokens, err := o.options.People.PushTokens(o.ctx, bob.actor.Person)
	if err != nil || len(tokens) > 0 {
		t.Errorf("%d tokens, %v", len(tokens), err)
	}
	o.secret(t, "fcm-token")
	_, err = o.reaching(bob).RegisterPush(o.ctx, &tsugiv1.RegisterPushRequest{Token: "x"})
	wantKind(t, "shut out", err, fault.Unauthenticated)
}

// What was installed anew has the token of before: whoever had the device does not hear what is meant for its new owner.
func TestATokenChangesItsOwner(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	for _, d := range []*device{bob, o.admin} {
		if _, err := o.reaching(d).RegisterPush(o.ctx, &tsugiv1.RegisterPushRequest{Token: "token"}); err != nil {
			t.Fatal(err)
		}
	}
	if his, hers := o.known(bob).Channels, o.known(o.admin).Channels; his != 0 || !hers.Has(reach.Push) {
		t.Errorf("Bob is reached through %v, the admin through %v", his.List(), hers.List())
	}
	if o.clock.pass(time.Minute); strings.Contains(o.logged.String(), "token=") {
		t.Error(o.logged.String())
	}
}
