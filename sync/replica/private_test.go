package replica_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// canary is a word that is said in private only. It is sought without its first signs, which the index may share with others.
const canary = "zanderfilet"

// hidden is a private incident that somebody else has declared, and to which whoever is here was added.
func (b *bundle) hidden(t tester, commands ...stream.Command) id.Incident {
	t.Helper()
	in := id.New[id.Incident]()
	b.knows(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks", Severity: 2, Private: true, Admit: []id.Person{b.me.Person}})
	b.goOn(t, in, commands...)
	b.beat(t)
	return in
}

// knows lets the server know whoever acts beside.
func (b *bundle) knows(t tester) {
	t.Helper()
	p := b.other().Person
	if _, known := b.server.states[id.Stream(p)]; !known {
		b.server.do(t, id.Stream(p), id.Actor{}, workspace.AddPerson{Person: p, Name: "Bob"})
	}
}

func (b *bundle) goOn(t tester, in id.Incident, commands ...stream.Command) {
	t.Helper()
	for _, c := range commands {
		b.server.do(t, id.Stream(in), b.other(), c)
	}
}

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

// Whoever may see a private incident has it like any other: on the board, in searches, among similar titles, as news and by its number.
func TestAPrivateIncidentIsLikeAnyOtherForThoseWhoSeeIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.hidden(t, words("nobody is to know"), incident.AddTag{Tag: "legal"})
	number := fmt.Sprintf("P-%d", b.state(t, in).PrivateNumber())
	for range 2 {
		b.wantFound(t, "nobody", "The "+canary+" leaks", "  [nobody] is to know")
		b.wantFound(t, number, "The "+canary+" leaks")
		b.wantFound(t, "#legal ", "The "+canary+" leaks")
		if r := b.search(t, "nobody", false); !r.Complete {
			t.Errorf("the search says that something is missing since %s", r.Since)
		}
		burning, _, err := b.Board(b.ctx, 9)
		if err != nil || len(burning) != 1 || burning[0].ID != in || !burning[0].Private {
			t.Errorf("the board has %+v, %v", burning, err)
		}
		if like, err := b.Similar(b.ctx, "A "+canary+" again", 9); err != nil || len(like) != 1 {
			t.Errorf("similar are %+v, %v", like, err)
		}
		b.indexAgain(t)
	}
	b.wantIntegrity(t)
}

// What happens in private is news for those who see it, from when on they do.
func TestNewsOfPrivateIncidents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var mark replica.Mark
	news := func() string {
		t.Helper()
		fresh, next, err := b.Fresh(b.ctx, mark, 100)
		if err != nil {
			t.Fatal(err)
		}
		mark = next
		var out []string
		for _, e := range fresh {
			if _, quiet := e.Event.(incident.Joined); e.Kind == id.KindIncident && !quiet {
				out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", e.Event), "incident."))
			}
		}
		return strings.Join(out, " ")
	}
	news()
	in := b.hidden(t, words("first"))
	if have := news(); have != "Declared Written" {
		t.Errorf("declared for whoever is here: %q", have)
	}
	b.goOn(t, in, incident.Exclude{Person: b.me.Person})
	b.beat(t)
	b.goOn(t, in, words("meanwhile"), incident.Admit{Person: b.me.Person}, words("afterwards"))
	b.beat(t)
	if have := news(); have != "Admitted Written" {
		t.Errorf("added again: %q", have)
	}
	b.goOn(t, in, incident.Reveal{}, words("for all"))
	b.beat(t)
	if have := news(); have != "Revealed Written" {
		t.Errorf("revealed: %q", have)
	}
	b.goOn(t, in, incident.Conceal{Admit: []id.Person{b.me.Person}}, words("for few"))
	b.beat(t)
	if have := news(); have != "Concealed Written" {
		t.Errorf("concealed: %q", have)
	}
}

// A declaration for few is shown at once, and its files go where it will lie.
func TestAPrivateDeclarationIsShownBeforeTheServerHearsOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := id.New[id.Incident]()
	b.submit(t, in, incident.Declare{Title: "A " + canary, Severity: 1, Private: true})
	file := b.attach(t, "contract.pdf", "who signed")
	b.submit(t, in, with(file))
	state := b.state(t, in)
	if !state.Private || !state.Sees(b.me.Person) || state.Number != 0 || state.PrivateNumber() < 10_000 {
		t.Errorf("it is shown as %+v", state)
	}
	b.wantFound(t, canary, "A ["+canary+"]")
	who, answers := b.push(t)
	b.settle(t, who, answers)
	files, err := b.Uploads(b.ctx)
	if err != nil || len(files) != 1 || files[0].Scope != id.Private(in) {
		t.Errorf("to send are %+v, %v", files, err)
	}
	if err := b.Sees(b.ctx, nil); err != nil { // of a tail that was open before
		t.Fatal(err)
	}
	b.wantShown(t, in, "incident.Declared…", "look…")
	b.beat(t)
	b.wantShown(t, in, "incident.Declared", "look")
	b.wantFound(t, canary, "A ["+canary+"]")
}

// When an incident is concealed and revealed it never leaves the screen of those who see it all along, and its files on their way
// begin again in the other scope.
func TestMovingDoesNotFlicker(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"where it was", "where it is"} {
		t.Run(first+" is told first", func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.knows(t)
			in := b.told(t, "Checkout fails", words("one"))
			file := b.attach(t, "log.txt", "lines")
			b.submit(t, in, with(file))
			who, answers := b.push(t)
			b.settle(t, who, answers)
			b.tail(t)
			waiting := b.submit(t, in, words("waiting"))
			if err := b.Want(b.ctx, in, incident.Attachment{Content: id.Content{7}, Name: "b.txt", Size: 9}); err != nil {
				t.Fatal(err)
			}
			want := []string{"incident.Declared", "one", "look", "waiting…"}
			before, err := b.Uploads(b.ctx)
			if err != nil || len(before) != 1 {
				t.Fatal(before, err)
			}
			for _, move := range []incident.Command{incident.Conceal{Admit: []id.Person{b.me.Person}}, incident.Reveal{}} {
				from := []id.Scope{id.Everyone(), id.Private(in)}
				if b.state(t, in).Private {
					from = []id.Scope{id.Private(in), id.Everyone()}
				}
				b.goOn(t, in, move)
				if first == "where it is" {
					from[0], from[1] = from[1], from[0]
				}
				now := fmt.Sprintf("%Ted", move)
				moved := append(append(append([]string{}, want[:len(want)-1]...), now), "waiting…")
				for _, w := range b.Wants() { // as it is no longer to be had there
					b.Gone(w)
				}
				for _, scope := range from {
					if high := uint64(len(b.server.log[scope])); high > b.position(t, scope) {
						b.apply(t, b.server.batch(scope, b.position(t, scope), high))
					}
					if have := b.shown(t, in); !cmp.Equal(have, want) && !cmp.Equal(have, moved) {
						t.Errorf("in between %q is shown", have)
					}
				}
				want = moved
				b.beat(t)
				b.wantShown(t, in, want...)
				b.wantFound(t, "one", "Checkout fails", "  [one]")
				after, err := b.Uploads(b.ctx)
				if err != nil || len(after) != 1 || after[0].Scope == before[0].Scope || after[0].Key() == before[0].Key() {
					t.Errorf("the upload is %+v, and was %+v (%v)", after, before, err)
				}
				before = after
				if w := b.Wants(); len(w) != 1 || w[0].Scope != after[0].Scope {
					t.Errorf("looked for is %+v", w)
				}
			}
			if p := b.Pending(); len(p) != 1 || p[0].ID != waiting || p[0].Refused() {
				t.Errorf("pending is %+v", p)
			}
			b.wantIntegrity(t)
		})
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

// Wherever a purge is cut off, it begins again: here with what lay in one of the files before, and with a file that cannot be removed.
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

// What was private for a while, in which somebody was away or saw it fall, comes as it is now; nothing of it is there twice, and nothing
// that was done there meanwhile is given up.
func TestWhatWasPrivateMeanwhileComesAsItIs(t *testing.T) {
	t.Parallel()
	for _, saw := range []bool{false, true} {
		t.Run(fmt.Sprintf("saw it: %v", saw), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.knows(t)
			one := words("one " + canary)
			in := b.told(t, "Checkout fails", one)
			b.submit(t, in, words("waiting"))
			b.goOn(t, in, incident.Conceal{}, words("two"))
			if saw {
				b.tail(t)
			}
			b.goOn(t, in, incident.Reveal{}, words("three"))
			b.beat(t)
			b.wantShown(t, in, "incident.Declared", "one "+canary, "incident.Concealed", "two", "incident.Revealed", "three", "waiting…")
			b.wantFound(t, "two", "Checkout fails", "  [two]")
			b.wantFound(t, "zanderf", "Checkout fails", "  one ["+canary+"]")
			b.erases(t, in, one.Entry)
			b.scrub(t)
			if files := b.filesWith(t, canary[1:]); len(files) > 0 {
				t.Errorf("what was erased then is left in %v", files)
			}
			b.wantIntegrity(t)
		})
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
	b.restart(t)
	b.OnPurge(func(context.Context, id.Incident) ([]id.Content, error) {
		t.Error("something is purged")
		return nil, nil
	})
	if err := b.Sees(b.ctx, nil); err != nil || b.Left(in) {
		t.Error(err)
	}
}
