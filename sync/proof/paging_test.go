package proof_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/notify/notifytest"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// texts is Twilio, which takes everything.
type texts struct {
	mu   sync.Mutex
	sent []string
	told chan struct{}
}

func (s *texts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.sent = append(s.sent, r.FormValue("To")+": "+r.FormValue("Body"))
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"sid": "SM1"}) // whoever asked may be gone
	s.told <- struct{}{}
}

func (s *texts) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.sent, "\n")
}

// Somebody declares; the client of whoever a policy names rings and confirms that it was seen; who has none open gets an SMS, to the
// number that they have verified by one. When one of them answers, everybody sees who, and nothing rings any more.
func TestWhoeverIsPagedHearsOfItAndAnswers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home, sms := t.TempDir(), &texts{told: make(chan struct{}, 10)}
	o, err := proof.OpenNode(context.WithoutCancel(ctx), server.Options{
		Dir: filepath.Join(home, "server"), Listen: "127.0.0.1:0", Clock: clock.NewSystem(), Logger: proof.Quiet(),
		Paging: server.Paging{
			Twilio: &twilio.Settings{Account: "AC0123456789abcdef0123456789abcdef", AuthToken: "0123456789abcdef", From: "+4915112345678"},
			Web:    notifytest.Serve(t, sms),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close() //nolint:errcheck // it is only read
	desks := map[string]*proof.Desk{}
	for _, name := range []string{"Ann", "Bob", "Dee"} {
		d, err := o.Seat(ctx, home, name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		desks[name] = d
	}
	ann, bob, dee := desks["Ann"], desks["Bob"], desks["Dee"]
	verify(ctx, t, bob, sms)
	await(ctx, t, dee, func() (bool, error) {
		known := dee.View().Setup.People
		return known[ann.View().Self.Person].Seq > 0 && known[bob.View().Self.Person].Channels.Has(reach.SMS), nil
	})
	named := id.New[id.Policy]()
	step := escalation.Step{Wait: 5 * time.Minute, Targets: []escalation.Target{{Person: ann.View().Self.Person}, {Person: bob.View().Self.Person}}}
	succeeds(t, dee.ChangePolicy(ctx, named, escalation.DescribePolicy{Policy: escalation.Policy{Name: "On fire", Steps: []escalation.Step{step}}}))
	succeeds(t, dee.ChangeTerms(ctx, workspace.RouteSeverity{Level: 1, Policy: named}))
	succeeds(t, bob.ChooseRules(ctx, reach.Rules{High: []reach.Rule{{Channel: reach.SMS}}}))
	for _, d := range desks {
		await(ctx, t, d, func() (bool, error) {
			c, err := d.Connection(ctx)
			return c.Pending == 0, err
		})
	}
	in, err := dee.Declare(ctx, present.Declaration{Title: "Checkout fails", Level: 1})
	succeeds(t, err)
	rings := func(d *proof.Desk) (out []present.Ring) {
		c, err := d.Connection(ctx)
		succeeds(t, err)
		return c.Rings
	}
	await(ctx, t, ann, func() (bool, error) { return len(rings(ann)) == 1, nil })
	<-sms.told
	if last := sms.all(); !strings.HasSuffix(last, "+491707654321: SEV1 INC-1: Checkout fails") {
		t.Errorf("sent: %s", last)
	}
	succeeds(t, ann.Submit(ctx, in, incident.Confirm{Page: rings(ann)[0].Page}))
	succeeds(t, ann.Submit(ctx, in, incident.Acknowledge{}))
	for _, d := range desks {
		await(ctx, t, d, func() (bool, error) {
			i, err := d.Replica().Incident(ctx, in)
			_, answers := i.Paging.Answered(ann.View().Self.Person)
			return answers && len(rings(d)) == 0, err
		})
	}
}

// verify has somebody show that a number is theirs.
func verify(ctx context.Context, t *testing.T, d *proof.Desk, sms *texts) {
	t.Helper()
	succeeds(t, d.AddContact(ctx, "+49 170 7654321", reach.SMS))
	all, err := d.Contacts(ctx)
	if err != nil || len(all.Items) != 1 || !all.Sends.Has(reach.SMS) || all.Sends.Has(reach.Mail) {
		t.Fatalf("%+v, %v", all, err)
	}
	succeeds(t, d.SendCode(ctx, all.Items[0].ID))
	<-sms.told
	_, code, _ := strings.Cut(sms.all(), "Your code is ")
	succeeds(t, d.ConfirmContact(ctx, all.Items[0].ID, code[:6]))
}

func succeeds(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
