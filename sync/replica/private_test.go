package replica_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// What happens in an incident once it is concealed takes nothing of it away from those who still see it.
func TestAConcealedIncidentGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t)
	in := b.told(t, "Checkout fails", words("one"))
	b.goOn(t, in, incident.Conceal{Admit: []id.Person{b.me.Person}})
	b.beat(t)
	b.goOn(t, in, words("two"))
	b.beat(t)
	b.goOn(t, in, words("three"))
	b.beat(t)
	b.wantShown(t, in, "incident.Declared", "one", "incident.Concealed", "two", "three")
	b.wantFound(t, "one", "Checkout fails", "  [one]")
	b.wantIntegrity(t)
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
