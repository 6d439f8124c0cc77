package proof_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// whisper is a word that is said in private only.
const whisper = "zanderfilet"

// sees waits until an incident is shown at a desk, or is no longer.
func (b *bundle) sees(t *testing.T, d *proof.Desk, in id.Incident, yes bool) {
	t.Helper()
	err := d.Await(b.ctx, func() (bool, error) {
		state, err := d.Replica().Incident(b.ctx, in)
		return state.Exists() == yes, err
	})
	if err != nil {
		state, _ := d.Replica().Incident(context.WithoutCancel(b.ctx), in)
		t.Fatalf("waiting for it to be shown: %v; %v; it is %+v", yes, err, state)
	}
}

// whispered is a private incident of Ann's, with a file.
func (b *bundle) whispered(t *testing.T, admit ...id.Person) (id.Incident, incident.Attachment) {
	t.Helper()
	in := id.New[id.Incident]()
	b.change(t, b.ann, in, incident.Declare{Kind: quiet, Title: "The " + whisper, Severity: 2, Private: true, Admit: admit})
	file := b.attach(t, b.ann, "list.txt", bytes.Repeat([]byte("every "+whisper+" "), 500))
	b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Text: "the " + whisper + " list", Attachments: []incident.Attachment{file}})
	return in, file
}

// hushed waits until no file of a desk has the word.
func (b *bundle) hushed(t *testing.T, d *proof.Desk, name string) {
	t.Helper()
	err := d.Await(b.ctx, func() (bool, error) {
		if err := d.Replica().Scrub(b.ctx); err != nil && !fault.Is(err, fault.Unavailable) {
			return false, err
		}
		return len(found(t, filepath.Join(b.home, name), whisper[1:])) == 0, nil
	})
	if err != nil {
		t.Fatalf("%v: the word is still in %v", err, found(t, filepath.Join(b.home, name), whisper[1:]))
	}
}

// Whoever is added has all of it, with its files; whoever is taken out has nothing left, in no file, and hears that what was on its way
// there came to nothing. Those who never were in it have never had a byte.
func TestAPrivateIncidentIsOnTheDesksOfThoseWhoSeeIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.seat(t, "Cem")
	public := b.shared(t)
	b.settled(t, cem, public, 1)
	in, file := b.whispered(t)
	b.settled(t, b.ann, in, 2)
	b.change(t, b.ann, in, incident.Admit{Person: person(b.bob)})
	b.settled(t, b.ann, in, 3, b.bob)
	if d := cmp.Diff(b.texts(t, b.ann, in), b.texts(t, b.bob, in)); d != "" {
		t.Errorf("the two desks show different rooms:\n%s", d)
	}
	if err := b.bob.Replica().Want(b.ctx, in, file); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, b.bob, file.Content, func(s attachment.Status) bool { return s.State == attachment.Here })
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "my " + whisper})
	b.settled(t, b.bob, in, 5, b.ann) // joined, written
	if n := len(found(t, filepath.Join(b.home, "Bob"), whisper[1:])); n < 3 {
		t.Fatalf("the word was in %d files only", n)
	}
	address := b.stop(t)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "never sent " + whisper})
	b.change(t, b.bob, public, incident.Write{Entry: id.New[id.Entry](), Text: "behind it"})
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	b.change(t, b.ann, in, incident.Exclude{Person: person(b.bob)})
	b.settled(t, b.ann, in, 6)
	b.bob = b.reopen(t, filepath.Join(b.home, "Bob"))
	b.sees(t, b.bob, in, false)
	b.settled(t, b.bob, public, 3, b.ann, cem) // joined, written
	b.hushed(t, b.bob, "Bob")
	pending := b.bob.Replica().Pending()
	if len(pending) != 1 || !pending[0].Refused() || pending[0].Outcome.Fault.Kind != fault.Gone {
		t.Errorf("what came to nothing is told as %+v", pending)
	}
	if files := found(t, filepath.Join(b.home, "Cem"), whisper[1:]); len(files) > 0 {
		t.Errorf("somebody who never was in it has the word in %v", files)
	}
	b.sees(t, cem, in, false)
	b.change(t, b.ann, in, incident.Admit{Person: person(b.bob)})
	b.settled(t, b.bob, in, 7, b.ann)
	if d := cmp.Diff(b.texts(t, b.ann, in), b.texts(t, b.bob, in)); d != "" {
		t.Errorf("added again, the two desks show different rooms:\n%s", d)
	}
}

// flickers counts how often an incident is not shown at a desk whenever that has changed, until the returned function is called.
func flickers(ctx context.Context, d *proof.Desk, in id.Incident) (stop func() int) {
	ctx, cancel := context.WithCancel(ctx)
	changed, end := d.Observe()
	n, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
			if state, err := d.Replica().Incident(context.WithoutCancel(ctx), in); err == nil && !state.Exists() {
				n++
			}
		}
	}()
	return func() int {
		cancel()
		<-done
		end()
		return n
	}
}

// insists waits until a desk shows that everybody sees an incident, and says again there what was not meant for everybody when it was
// said: whoever said it is asked.
func (b *bundle) insists(t *testing.T, d *proof.Desk, in id.Incident) {
	t.Helper()
	b.await(t, func() (bool, error) {
		state, err := d.Replica().Incident(b.ctx, in)
		return !state.Private && d.Replica().Unsent() == 0, err
	})
	for _, p := range d.Replica().Pending() {
		if !p.Refused() || p.Outcome.Fault.Kind != fault.Conflict {
			continue
		}
		if err := d.Retry(b.ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// Concealed and revealed again and again: for those who stay it never leaves the screen, and what they write meanwhile arrives, once and
// in order; from the others' files it is gone each time.
func TestConcealingAndRevealingInTheMiddleOfAConversation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.seat(t, "Cem")
	in := b.shared(t)
	b.settled(t, cem, in, 1)
	watch := flickers(b.ctx, b.bob, in)
	say := func(text string) { // of somebody who may be sent back just now
		t.Helper()
		b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	for range 3 {
		b.change(t, b.ann, in, incident.Conceal{Admit: []id.Person{person(b.bob)}})
		say("said while it is concealed")
		b.sees(t, cem, in, false)
		b.await(t, func() (bool, error) {
			state, err := b.ann.Replica().Incident(b.ctx, in)
			return state.Private && b.ann.Replica().Unsent()+b.bob.Replica().Unsent() == 0, err
		})
		say("the " + whisper)
		b.level(t, in)
		b.hushed(t, cem, "Cem") // in later rounds they had it meanwhile
		b.change(t, b.ann, in, incident.Reveal{})
		say("said while it is revealed")
		b.sees(t, cem, in, true)
		b.insists(t, b.bob, in)
		b.level(t, in)
		state, err := b.ann.Replica().Incident(b.ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		b.settled(t, cem, in, state.Seq, b.bob)
		b.change(t, b.ann, in, incident.Conceal{Admit: []id.Person{person(b.bob)}})
		b.sees(t, cem, in, false)
		b.hushed(t, cem, "Cem")
		b.change(t, b.ann, in, incident.Reveal{})
		b.sees(t, cem, in, true)
	}
	if n := watch(); n > 0 {
		t.Errorf("for who stays it was gone %d times", n)
	}
	if pending := b.bob.Replica().Pending(); len(pending) > 0 {
		t.Errorf("of who stays there is left %+v", pending)
	}
	b.level(t, in)
	want := b.texts(t, b.ann, in)
	if n := strings.Count(strings.Join(want, "\n"), "said while it is revealed"); n != 3 {
		t.Errorf("what was said then is there %d times", n)
	}
	if d := cmp.Diff(want, b.texts(t, b.bob, in)); d != "" {
		t.Errorf("the desks differ:\n%s", d)
	}
	fresh := b.seat(t, "Dee")
	state, err := b.ann.Replica().Incident(b.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	b.settled(t, fresh, in, state.Seq, cem)
	for _, d := range []*proof.Desk{fresh, cem} {
		if diff := cmp.Diff(want, b.texts(t, d, in)); diff != "" {
			t.Errorf("who came later differs:\n%s", diff)
		}
	}
}

// A desk whose copy was damaged and put aside while its person was taken out leaves nothing either.
func TestADamagedCopyIsPurgedToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.shared(t)
	in, _ := b.whispered(t, person(b.bob))
	b.settled(t, b.ann, in, 2, b.bob)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "my " + whisper})
	b.settled(t, b.bob, in, 4, b.ann)
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	b.change(t, b.ann, in, incident.Exclude{Person: person(b.bob)})
	b.settled(t, b.ann, in, 5)
	dir := filepath.Join(b.home, "Bob")
	raw, err := os.ReadFile(filepath.Join(dir, "replica.db"))
	if err != nil {
		t.Fatal(err)
	}
	copy(raw, "this is no database")
	if err := os.WriteFile(filepath.Join(dir, "replica.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.bob = b.reopen(t, dir)
	if _, err := os.Stat(filepath.Join(dir, "replica.db.damaged")); err != nil {
		t.Fatal("nothing was put aside:", err)
	}
	b.hushed(t, b.bob, "Bob")
	b.sees(t, b.bob, in, false)
}

// A server that went back to before a private incident is given it back by those who were in it; what they did there comes
// back with it, and nobody else hears of it.
func TestARestoredServerIsGivenBackWhatWasPrivate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.seat(t, "Cem")
	b.settled(t, cem, b.shared(t), 1)
	address := b.stop(t)
	own, backup := filepath.Join(b.home, "server"), filepath.Join(b.home, "backup")
	if err := os.CopyFS(backup, os.DirFS(own)); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	in, _ := b.whispered(t, person(b.bob))
	b.settled(t, b.ann, in, 2, b.bob)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "my " + whisper})
	b.settled(t, b.bob, in, 4, b.ann) // joined, written
	before := b.texts(t, b.ann, in)
	if err := b.bob.Close(); err != nil { // whoever declared it comes back first
		t.Fatal(err)
	}
	b.stop(t)
	if err := errors.Join(os.RemoveAll(own), os.Rename(backup, own)); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	b.settled(t, b.ann, in, 2)
	b.bob = b.reopen(t, filepath.Join(b.home, "Bob"))
	b.settled(t, b.bob, in, 4, b.ann)
	if d := cmp.Diff(before, b.texts(t, b.ann, in)); d != "" {
		t.Errorf("it came back as something else:\n%s", d)
	}
	if d := cmp.Diff(before, b.texts(t, b.bob, in)); d != "" {
		t.Errorf("at who was added it came back as something else:\n%s", d)
	}
	b.sees(t, cem, in, false)
}
