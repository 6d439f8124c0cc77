package link

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Address returns a server's address as requests need it. "localhost:7310" becomes
// "http://localhost:7310"; a bare name elsewhere gets https.
func Address(text string) (string, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	if text != "" && !strings.Contains(text, "://") {
		scheme := "https://"
		if host, _, _ := strings.Cut(text, ":"); host == "localhost" || host == "127.0.0.1" || strings.HasPrefix(text, "[::1]") {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || (u.Scheme != "http" && u.Scheme != "https") {
		return "", &fault.Fault{
			Kind: fault.Invalid, Message: "This is no server's address.", Do: "It looks like https://tsugi.example.org.",
			Fields: []fault.Field{{Name: "address", Problem: fmt.Sprintf("%q cannot be read", text)}},
		}
	}
	return text, nil
}

// Enrolment is what a person types to be let in.
type Enrolment struct {
	Address string
	Code    string
	Device  string // what the person calls this device
}

// Enrol trades the code for a place on the server's list of devices and stores it. The device's key
// is made here and never leaves. Where this device was enrolled before, the server is shown that: should it have been
// restored to a time before it, the person goes on as who they were, with all that is kept here.
func (l *Link) Enrol(ctx context.Context, e Enrolment) error {
	server, err := Address(e.Address)
	if err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	former, err := l.former(ctx, public)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := tsugiv1connect.NewAccessServiceClient(&http.Client{Transport: l.Transport}, server).Enrol(ctx, &tsugiv1.EnrolRequest{
		Code: e.Code, DeviceName: e.Device, Platform: runtime.GOOS, PublicKey: public, Former: former,
	})
	if err != nil {
		return wire.FromError(err)
	}
	d := replica.Device{
		Server: server, Name: resp.GetPersonName(), Seed: private.Seed(),
		Refresh: resp.GetTokens().GetRefresh(), Certificate: resp.GetTokens().GetCertificate(),
	}
	if d.Actor.Person, err = id.From[id.Person](resp.GetPersonId()); err != nil {
		return fmt.Errorf("read the enrolment: %w", err)
	}
	if d.Actor.Device, err = id.From[id.Device](resp.GetDeviceId()); err != nil {
		return fmt.Errorf("read the enrolment: %w", err)
	}
	return l.admit(ctx, d)
}

// former returns what shows how this device was enrolled before, signed for an enrolment with another key. It is nil
// on one that never was.
func (l *Link) former(ctx context.Context, public ed25519.PublicKey) (*tsugiv1.FormerEnrolment, error) {
	d, ok := l.Replica.Device()
	if !ok || d.Certificate == "" {
		return nil, nil //nolint:nilnil // a device that is new is no error
	}
	epoch, err := l.Replica.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	name := d.Name
	if p, known := l.Replica.Setup().People[d.Actor.Person]; known {
		name = p.Name
	}
	return &tsugiv1.FormerEnrolment{
		Certificate: d.Certificate, Name: name, EpochId: epoch.Bytes(),
		Signature: ed25519.Sign(ed25519.NewKeyFromSeed(d.Seed), id.FormerMessage(public, d.Certificate)),
	}, nil
}

// admit stores an enrolment while no loop runs: what was fetched for the person before must not reach
// the replica of the one who comes.
func (l *Link) admit(ctx context.Context, d replica.Device) error {
	l.gate.Lock()
	defer l.gate.Unlock()
	l.stop()
	if err := l.Replica.Enrolled(ctx, d); err != nil {
		return err
	}
	l.keys.forgetAll()
	return nil
}

// forgetAll drops whatever token there is: another person may use this folder now.
func (k *keys) forgetAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.access = ""
}

// Invitation is a code that lets one device of a person in.
type Invitation struct {
	Address string
	Code    string
	Expires time.Time
}

// Invite asks the server to add a person, or a further device of one who is here, and returns the
// code for it.
func (l *Link) Invite(ctx context.Context, name, department string, person id.Person, admin bool) (Invitation, error) {
	_, api, err := l.clients()
	if err != nil {
		return Invitation{}, err
	}
	req := &tsugiv1.InviteRequest{Name: name, Department: department, Admin: admin}
	if !person.IsZero() {
		req.PersonId = person.Bytes()
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := api.Invite(ctx, req)
	if err != nil {
		return Invitation{}, wire.FromError(err)
	}
	return Invitation{Address: resp.GetAddress(), Code: resp.GetCode(), Expires: wire.Time(resp.GetExpiresUs())}, nil
}
