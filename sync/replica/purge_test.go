package replica_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// filesWith returns the files of the data folder in which a word is.
func (b *bundle) filesWith(t tester, word string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(word)) {
			out = append(out, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatalf("look for a word: %v", err)
	}
	return out
}

// wantPurged fails where anything is left of an incident.
func (b *bundle) wantPurged(t tester, in id.Incident) {
	t.Helper()
	if err := b.Scrub(b.ctx); err != nil {
		t.Fatalf("scrub: %v", err)
	}
	if files := b.filesWith(t, canary[1:]); len(files) > 0 {
		t.Errorf("a private word is left in %v", files)
	}
	if state := b.state(t, in); state.Exists() {
		t.Errorf("the incident is still shown: %+v", state)
	}
	for _, where := range []string{canary, "P-", "INC-"} {
		for _, f := range b.search(t, where, false).Found {
			if f.Incident.ID == in {
				t.Errorf("it is still found by %q", where)
			}
		}
	}
	if tags, err := b.Tags(b.ctx, canary, 9); err != nil || len(tags) > 0 {
		t.Errorf("its tag is still offered: %v, %v", tags, err)
	}
}

// scene is a private incident with all that can lie on a device of one, and a public one beside.
type scene struct {
	*bundle
	in, beside id.Incident
}

func (b *bundle) scene(t *testing.T) scene {
	t.Helper()
	s := scene{bundle: b, beside: b.told(t, "Checkout fails", words("nothing "+"special"), incident.AddTag{Tag: "shop"})}
	edited := words("the " + canary + " was found")
	s.in = b.hidden(t, edited, incident.AddTag{Tag: canary}, incident.RemoveTag{Tag: canary}, incident.AddTag{Tag: "shop"},
		incident.Retitle{Title: "All " + canary + "s leak"})
	b.server.do(t, id.Stream(s.in), b.other(), incident.Edit{Entry: edited.Entry, Text: "the " + canary + "s were found"})
	b.submit(t, s.in, with(b.attach(t, "sent.txt", "a sent "+canary)))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.beat(t)
	b.submit(t, s.in, words("an unsent "+canary))
	b.submit(t, s.in, with(b.attach(t, "unsent.txt", "an unsent "+canary)))
	b.submit(t, s.beside, words("behind it"))
	if n := len(b.filesWith(t, canary[1:])); n < 4 { // the replica, the outbox and two files
		t.Fatalf("the word was in %d files only", n)
	}
	return s
}

// exclude takes whoever is here out of the incident.
func (s scene) exclude(t tester) {
	t.Helper()
	s.goOn(t, s.in, incident.Exclude{Person: s.me.Person})
}

// wantGone fails where the commands to the incident are not what is left of them, or hold up those behind.
func (s scene) wantGone(t tester) {
	t.Helper()
	s.wantPurged(t, s.in)
	gone := 0
	for _, p := range s.Pending() {
		if p.Target == id.Stream(s.in) {
			gone++
			if !p.Refused() || p.Outcome.Fault == nil || p.Outcome.Fault.Kind != fault.Gone {
				t.Errorf("a command has become %+v", p)
			}
		}
	}
	if gone != 2 {
		t.Errorf("%d commands are told to be gone", gone)
	}
	who, answers := s.push(t)
	s.settle(t, who, answers)
	s.beat(t)
	if n := s.Unsent(); n != 0 || len(answers) != 1 || answers[0].Kind != stream.Accepted {
		t.Errorf("behind them %d are unsent, and the answers are %+v", n, answers)
	}
	s.wantShown(t, s.beside, "incident.Declared", "nothing special", "incident.Tagged", "behind it")
	s.wantFound(t, "special", "Checkout fails", "  nothing [special]")
	if tags, err := s.Tags(s.ctx, "", 9); err != nil || !cmp.Equal(tags, []string{"shop"}) {
		t.Errorf("tags are %v, %v", tags, err)
	}
}

// Who was taken out of a private incident keeps nothing of it, and what is still under way brings nothing back.
func TestAPurgeLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.scene(t)
	late := b.server.batch(id.Private(s.in), 0, uint64(len(b.server.log[id.Private(s.in)])))
	if err := b.Scrub(b.ctx); err != nil { // of a new index
		t.Fatal(err)
	}
	s.exclude(t)
	b.beat(t)
	for _, file := range []string{"replica.db", "outbox.db"} {
		if n := b.count(t, file, "PRAGMA user_version"); n == 0 {
			t.Errorf("%s would not be written anew", file)
		}
	}
	s.wantGone(t)
	if err := b.Filled(b.ctx, stream.Gap{Scope: id.Private(s.in), High: 9, Epoch: b.server.epoch}, late.Events, 0); err != nil {
		t.Fatal(err)
	}
	if err := b.Backfilled(b.ctx, b.server.epoch, late.Events); err != nil {
		t.Fatal(err)
	}
	s.wantPurged(t, s.in)
	if !b.Left(s.in) {
		t.Error("drafts of it would still be kept")
	}
	for _, p := range b.Pending() {
		if err := b.Discard(b.ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Renew(b.ctx, true); err != nil { // for a server that was restored
		t.Fatal(err)
	}
	for _, p := range b.Pending() {
		if p.Target == id.Stream(s.in) {
			t.Errorf("%+v would be given back", p)
		}
	}
	b.goOn(t, s.in, incident.Admit{Person: b.me.Person})
	b.beat(t)
	if r := b.search(t, canary, false); len(r.Found) != 1 || r.Found[0].Incident.ID != s.in {
		t.Errorf("added again, it is found as %q", found(r))
	}
	b.wantIntegrity(t)
}

// Wherever a purge is cut off, it begins again: here with what lay in one of the files before.
func TestAPurgeThatIsCutOffBeginsAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ when, file string }{
		{"the replica was purged", "outbox.db"}, {"the outbox was purged", "replica.db"},
	} {
		t.Run("before "+c.when, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			s := b.scene(t)
			b.close(t)
			former, err := os.ReadFile(filepath.Join(b.dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			b.open(t)
			s.exclude(t)
			b.beat(t)
			b.close(t)
			if err := os.WriteFile(filepath.Join(b.dir, c.file), former, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.file == "replica.db" { // it was the last to be done but for this
				b.raw(t, "outbox.db", fmt.Sprintf("INSERT INTO private (incident, epoch) VALUES (x'%x', x'%x')", s.in[:], b.server.epoch[:]))
			}
			b.open(t)
			b.beat(t)
			s.wantGone(t)
			b.wantIntegrity(t)
		})
	}
}

// It begins again also where something stood in its way: a file, or what is kept beside.
func TestAPurgeThatCannotGoOnBeginsAgain(t *testing.T) {
	t.Parallel()
	t.Run("by a file", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.scene(t)
		s.exclude(t)
		files, err := b.Uploads(b.ctx)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		path := filepath.Join(b.dir, "attachments", files[0].Content.String())
		if err := errors.Join(os.Rename(path, path+".aside"), os.MkdirAll(filepath.Join(path, "in the way"), 0o700)); err != nil {
			t.Fatal(err)
		}
		b.tail(t)
		if err := b.Sees(b.ctx, nil); err == nil {
			t.Fatal("the file was removed: there is nothing to see here")
		}
		if err := errors.Join(os.RemoveAll(path), os.Rename(path+".aside", path)); err != nil {
			t.Fatal(err)
		}
		b.restart(t)
		b.beat(t)
		s.wantGone(t)
	})
	t.Run("by what lies beside", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.scene(t)
		s.exclude(t)
		asked := 0
		b.OnPurge(func(_ context.Context, in id.Incident) ([]id.Content, error) {
			if asked++; in != s.in || !b.Left(in) {
				t.Errorf("asked for %s", in)
			}
			if asked == 1 {
				return nil, errors.New("the disk is full")
			}
			return nil, nil
		})
		if err := b.Sees(b.ctx, nil); err == nil {
			t.Error("it is purged all the same")
		}
		b.beat(t)
		s.wantGone(t)
		b.beat(t)
		if asked != 2 {
			t.Errorf("it was purged %d times", asked)
		}
	})
}

// What everybody saw and few may see now is purged by the others: when they hear of it, when they fetch everything anew, and also when
// their copy is lost before.
func TestWhatIsConcealedIsPurgedByTheOthers(t *testing.T) {
	t.Parallel()
	for how, hear := range map[string]func(*testing.T, *bundle){
		"the tail": func(t *testing.T, b *bundle) {
			t.Helper()
			b.tail(t)
			b.restart(t)
		},
		"a bootstrap": func(t *testing.T, b *bundle) {
			t.Helper()
			b.anew(t)
		},
		"a tail before the copy is lost": func(t *testing.T, b *bundle) {
			t.Helper()
			b.tail(t)
			b.loseCopy(t)
			b.anew(t)
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.knows(t)
			s := scene{bundle: b, beside: b.told(t, "Checkout fails", words("nothing special"), incident.AddTag{Tag: "shop"})}
			s.in = b.told(t, "The "+canary+" leaks", incident.AddTag{Tag: canary}, words("a "+canary))
			late := b.server.batch(id.Everyone(), 0, uint64(len(b.server.log[id.Everyone()])))
			for _, text := range []string{"one " + canary, "another " + canary} {
				b.submit(t, s.in, words(text))
			}
			b.submit(t, s.beside, words("behind it"))
			b.goOn(t, s.in, incident.Conceal{})
			hear(t, b)
			b.beat(t)
			s.wantGone(t)
			if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: 9, Epoch: b.server.epoch}, late.Events, 0); err != nil {
				t.Fatal(err)
			}
			s.wantPurged(t, s.in)
			b.goOn(t, s.in, incident.Reveal{})
			b.beat(t)
			if state := b.state(t, s.in); state.Seq != b.server.heads[id.Stream(s.in)].Seq || state.Number == 0 {
				t.Errorf("when it is revealed there is %+v", state)
			}
			b.beat(t)
			if b.state(t, s.in).Seq == 0 || b.Left(s.in) {
				t.Error("then it is purged again")
			}
			b.wantFound(t, "leaks", "The "+canary+" [leaks]")
			b.wantIntegrity(t)
		})
	}
}

// What was done in an incident that was concealed while the copy was lost is given up once a fill tells of that: no tail does.
func TestWhatWasConcealedWhileTheCopyWasLostIsPurged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t)
	in := b.told(t, "The "+canary+" leaks")
	b.submit(t, in, words("a "+canary))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.loseCopy(t)
	b.goOn(t, in, incident.Conceal{})
	b.anew(t)
	b.beat(t)
	b.wantPurged(t, in)
}

// A restore that comes between a bootstrap and the first heartbeat behind it takes nothing away that was done in a private incident.
func TestABootstrapSaysInWhichLifeAnIncidentWasPrivate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t)
	in := id.New[id.Incident]()
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks", Private: true, Admit: []id.Person{b.me.Person}})
	b.bootstrap(t)
	b.submit(t, in, words("from here"))
	past := newAuthority()
	past.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	b.server = past
	b.bootstrap(t)
	b.beat(t)
	if p := b.Pending(); len(p) != 1 || p[0].Refused() {
		t.Errorf("pending is %+v", p)
	}
}

// Whoever declares a private incident and is taken out before they hear of it gives it up with the next tail, but not before: what was
// just accepted may be on its way.
func TestWhoIsTakenOutBeforeTheyHearOfItGivesItUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t)
	in := id.New[id.Incident]()
	b.submit(t, in, incident.Declare{Title: "The " + canary + " leaks", Private: true, Admit: []id.Person{b.other().Person}})
	who, answers := b.push(t)
	for i := range answers {
		answers[i].Epoch = b.server.epoch
	}
	b.settle(t, who, answers)
	if err := b.Sees(b.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if p := b.Pending(); len(p) != 0 || b.state(t, in).Title == "" {
		t.Errorf("what is on its way is given up: %+v", p)
	}
	b.goOn(t, in, incident.Exclude{Person: b.me.Person})
	if err := b.Expect(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.beat(t)
	b.wantPurged(t, in)
}

// What is concealed or revealed while a bootstrap is sent comes twice in it, and lies where it came last.
func TestWhatMovesWhileABootstrapIsSentLiesWhereItCameLast(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t)
	in := b.told(t, "Checkout fails", words("one"))
	for _, move := range []incident.Command{incident.Conceal{Admit: []id.Person{b.me.Person}}, incident.Reveal{}, incident.Conceal{Admit: []id.Person{b.me.Person}}} {
		private := b.server.private(b.me.Person)
		all := b.server.snapshot(append([]id.Scope{id.Everyone(), id.Own(b.me.Person)}, private...)...)
		settled := map[id.Scope]uint64{}
		for _, c := range all.Cursors {
			all.Events = append(all.Events, b.server.batch(c.Scope, 0, c.Pos).Events...)
			settled[c.Scope] = c.Pos
		}
		b.goOn(t, in, move)
		all.Cursors = nil
		for _, scope := range append([]id.Scope{id.Everyone(), id.Own(b.me.Person)}, b.server.private(b.me.Person)...) {
			high := uint64(len(b.server.log[scope]))
			if high > settled[scope] {
				all.Events = append(all.Events, b.server.batch(scope, settled[scope], high).Events...)
			}
			all.Cursors = append(all.Cursors, b.server.cursor(scope, high))
		}
		if err := b.Bootstrap(b.ctx, all); err != nil {
			t.Fatal(err)
		}
		b.beat(t)
		for range 20 { // so that its places there are behind all of everybody's
			b.goOn(t, in, words(fmt.Sprintf("after %T", move)))
		}
		b.beat(t)
		if have := b.shown(t, in); len(have) < 2 || have[0] != "incident.Declared" || have[1] != "one" {
			t.Errorf("after %T %q is shown", move, have)
		}
	}
	b.wantIntegrity(t)
}

// bootstrap does what the link does where the cursors are not taken.
func (b *bundle) bootstrap(t *testing.T) {
	t.Helper()
	scopes := append([]id.Scope{id.Everyone(), id.Own(b.me.Person)}, b.server.private(b.me.Person)...)
	if err := b.OfferAgain(b.ctx, b.server.epoch, true); err != nil {
		t.Fatal(err)
	}
	if err := b.Bootstrap(b.ctx, b.server.snapshot(scopes...)); err != nil {
		t.Fatal(err)
	}
}

// anew fetches everything again, and fills it.
func (b *bundle) anew(t *testing.T) {
	t.Helper()
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	high := uint64(len(b.server.log[id.Everyone()]))
	all := b.server.batch(id.Everyone(), 0, high).Events
	if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: high, Epoch: b.server.epoch}, all, 0); err != nil {
		t.Fatal(err)
	}
}

// A server that went back to its past may have forgotten a private incident. Until whoever declared it has given it back, what was done
// there from here is kept.
func TestWhatARestoredServerForgotIsNotForsaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.scene(t)
	past := newAuthority()
	past.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	b.server = past
	all := past.snapshot(id.Everyone(), id.Own(b.me.Person))
	if err := b.OfferAgain(b.ctx, past.epoch, true); err != nil {
		t.Fatal(err)
	}
	if err := b.Bootstrap(b.ctx, all); err != nil {
		t.Fatal(err)
	}
	b.beat(t)
	if err := b.Scrub(b.ctx); err != nil {
		t.Fatal(err)
	}
	if b.holds(t, canary[1:]) {
		t.Error("what was dropped is still on a page of the copy")
	}
	_, out, err := b.Outgoing(b.ctx, 99)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, o := range out {
		if w, ok := o.Command.(incident.Write); ok && o.Target == id.Stream(s.in) && w.Text != "" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d of three entries are offered", n)
	}
}

// Somebody else's folder knows nothing of what one could see.
func TestAnotherPersonHasNothingToPurge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.hidden(t)
	if err := b.Enrolled(b.ctx, b.device(b.other())); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.OnPurge(func(context.Context, id.Incident) ([]id.Content, error) {
			t.Error("something is purged")
			return nil, nil
		})
		if err := b.Sees(b.ctx, nil); err != nil || b.Left(in) {
			t.Error(err)
		}
		b.restart(t)
	}
}
