package replica_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// keeps fails unless something, or nothing, is kept of an incident for a restored server.
func (b *bundle) keeps(t *testing.T, in id.Incident, want bool) {
	t.Helper()
	kept, err := b.Kept(b.ctx)
	if err != nil || slices.Contains(kept, id.Stream(in)) != want {
		t.Errorf("kept is something of %v, %v", kept, err)
	}
}

// whispered returns a private incident that the client has seen, with seals, and a file that somebody attached to it.
func (b *bundle) whispered(t *testing.T) id.Incident {
	t.Helper()
	in := id.New[id.Incident]()
	b.knows(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks", Private: true, Admit: []id.Person{b.me.Person}})
	b.goOn(t, in, words("an unheard "+canary), with(b.attach(t, "kept.txt", "a kept "+canary)))
	b.server.seal()
	b.beat(t)
	return in
}

// While a restored server knows nothing of a private incident, what others did there is kept for it. Once it knows it, and says that
// whoever is here may not see it any more, nothing of it is in any file.
func TestWhatIsKeptOfAPrivateIncidentIsPurgedWithIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.whispered(t)
	b.reborn(t)
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.crash} {
		happens(t)
		b.beat(t) // which does not name it
		b.keeps(t, in, true)
	}
	b.knows(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks", Private: true, Admit: []id.Person{b.me.Person}})
	b.beat(t)
	b.keeps(t, in, true)
	b.goOn(t, in, incident.Exclude{Person: b.me.Person})
	b.beat(t)
	b.keeps(t, in, false)
	b.wantPurged(t, in)
	b.crash(t)
	b.wantPurged(t, in)
}

// public returns an incident that everybody sees, and that the client has seen, with seals.
func (b *bundle) public(t *testing.T) id.Incident {
	t.Helper()
	in := id.New[id.Incident]()
	b.knows(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks"})
	b.goOn(t, in, words("an overheard "+canary))
	b.server.seal()
	b.beat(t)
	return in
}

// What was taken out of everybody's scope is not kept, though no heartbeat has said yet whether whoever is here may see it.
func TestWhatWasWithdrawnIsNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.public(t)
	beside := b.sealed(t, words("nothing special"))
	b.goOn(t, in, incident.Conceal{})
	b.server.seal()
	b.tail(t)
	b.reborn(t)
	b.keeps(t, in, false)
	b.keeps(t, beside, true)
}

// What everybody saw is kept, until the restored server says that it was concealed since.
func TestWhatIsKeptIsPurgedWhenItIsConcealed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.public(t)
	b.reborn(t)
	b.keeps(t, in, true)
	b.knows(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "The " + canary + " leaks"})
	b.goOn(t, in, incident.Conceal{})
	b.beat(t)
	b.keeps(t, in, false)
	b.wantPurged(t, in)
}

// What a server does not take, because whoever is here may not see it, is in no file any more.
func TestWhatMayNotBeGivenBackLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.public(t)
	b.reborn(t)
	gifts, _ := b.gifts(t, in)
	if len(gifts) == 0 {
		t.Fatal("nothing is kept")
	}
	for _, g := range gifts {
		if err := b.Unseen(b.ctx, g); err != nil {
			t.Fatal(err)
		}
	}
	b.keeps(t, in, false)
	b.wantPurged(t, in)
}

// However long it is, who sees an incident is given back with its beginning.
func TestWhoSeesAnIncidentIsGivenBackWithItsBeginning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	said := []stream.Command{}
	for range 40 {
		said = append(said, words(strings.Repeat("much to say ", 1600)))
	}
	in := b.sealed(t, said...)
	b.knows(t)
	b.goOn(t, in, incident.Conceal{Admit: []id.Person{b.me.Person}}, words("in private"), incident.Reveal{}, words("again"),
		incident.Conceal{Admit: []id.Person{b.me.Person}}, words("and again"))
	b.server.seal()
	b.beat(t)
	b.reborn(t)
	gifts, all := b.gifts(t, in)
	first, err := wire.DecodeGift(gifts[0].Records())
	if err != nil || len(gifts) < 3 {
		t.Fatalf("%d pieces, %v", len(gifts), err)
	}
	var kinds []string
	for _, e := range first {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			t.Fatal(err)
		}
		switch event.(type) {
		case incident.Declared, incident.Concealed, incident.Revealed:
			kinds = append(kinds, fmt.Sprintf("%T", event))
		}
	}
	if strings.Join(kinds, " ") != "incident.Declared incident.Concealed incident.Revealed incident.Concealed" || len(all) < 46 {
		t.Errorf("the first of %d events are %v", len(all), kinds)
	}
}
