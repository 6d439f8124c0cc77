package proof_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// postbox keeps the codes that were sent.
type postbox struct {
	mu   sync.Mutex
	sent []people.Challenge
}

func (*postbox) Sends() reach.Channels {
	return reach.ChannelsOf(reach.SMS, reach.Call)
}

func (p *postbox) SendCode(_ context.Context, c people.Challenge) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, c)
	return nil
}

func (p *postbox) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.sent[len(p.sent)-1].Code)
}

// A person verifies a number on one device, with rules of their own. Their other device has the rules, and everybody knows that there is
// a number; nobody but the server knows which.
func TestEverybodyKnowsThatThereIsANumberAndNotWhich(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	post, home := &postbox{}, t.TempDir()
	o, err := proof.OpenNode(context.WithoutCancel(ctx), server.Options{
		Dir: filepath.Join(home, "server"), Listen: "127.0.0.1:0", Clock: clock.NewSystem(), Logger: proof.Quiet(), Courier: post,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close() //nolint:errcheck // it is only read
	seat := func(name, folder string) *proof.Desk {
		t.Helper()
		invitation, err := proof.InviteFrom(ctx, o.Dir, name, false)
		if err != nil {
			t.Fatal(err)
		}
		d, err := proof.OpenDesk(ctx, filepath.Join(home, folder), o.Clock, o.Logger)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if err := d.Enrol(ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: folder}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	ann, second, bob := seat("Ann", "ann"), seat("Ann", "ann's laptop"), seat("Bob", "bob")
	if err := ann.AddContact(ctx, "+49 170 7654321", reach.SMS, reach.Call); err != nil {
		t.Fatal(err)
	}
	all, err := second.Contacts(ctx)
	if err != nil || len(all.Items) != 2 || all.Sends != post.Sends() {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := ann.SendCode(ctx, all.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := second.ConfirmContact(ctx, all.Items[0].ID, post.last()); err != nil {
		t.Fatal(err)
	}
	rules := reach.Rules{High: []reach.Rule{{Channel: reach.Call}, {Channel: reach.SMS, After: 30 * time.Second}}}
	if err := ann.ChooseRules(ctx, rules); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, second, func() (bool, error) {
		have, err := second.Reach(ctx)
		return have.Rules.Equal(rules) && have.Channels == post.Sends(), err
	})
	await(ctx, t, bob, func() (bool, error) {
		have, err := bob.People(ctx)
		for _, p := range have.People {
			if p.Name == "Ann" && p.Reached == "reached by text message, call" {
				return true, err
			}
		}
		return false, err
	})
	if theirs, err := bob.Contacts(ctx); err != nil || len(theirs.Items) > 0 {
		t.Errorf("Bob is shown %+v, %v", theirs, err)
	}
	if have, err := bob.Reach(ctx); err != nil || len(have.Rules.High) > 0 {
		t.Errorf("Bob has Ann's rules: %+v, %v", have, err)
	}
	for _, of := range []string{"ann", "ann's laptop", "bob"} {
		holdsNot(t, filepath.Join(home, of), "7654321")
	}
}

func await(ctx context.Context, t *testing.T, d *proof.Desk, ok func() (bool, error)) {
	t.Helper()
	if err := d.Await(ctx, ok); err != nil {
		t.Fatal(err)
	}
}

// holdsNot fails when a file below a folder holds a text.
func holdsNot(t *testing.T, folder, text string) {
	t.Helper()
	read := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		read += len(raw)
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("%s holds %q", path, text)
		}
		return err
	})
	if err != nil || read == 0 {
		t.Errorf("%d bytes were looked at: %v", read, err)
	}
}

var _ rpc.Courier = (*postbox)(nil)
