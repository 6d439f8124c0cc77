package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// nodes returns several ledgers that work on one database.
func nodes(t *testing.T, n int) []*bundle {
	t.Helper()
	if !databasetest.OnPostgres() {
		t.Skip("a file has one server")
	}
	all := []*bundle{setup(t)}
	for len(all) < n {
		all = append(all, all[0].another(t))
	}
	return all
}

// another opens a further ledger on the same database.
func (b *bundle) another(t *testing.T) *bundle {
	t.Helper()
	other := &bundle{ctx: b.ctx, dir: b.dir, clock: b.clock, effects: &effects{}, logged: &logged{}, ann: b.ann}
	other.open(t)
	t.Cleanup(func() { other.close(t) })
	return other
}

// follow returns a follower of everybody's scope from its beginning, and closes it when the test ends.
func (b *bundle) follow(t *testing.T) *ledger.Follower {
	t.Helper()
	f := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): uint64(len(b.all(t, id.Everyone())))})
	t.Cleanup(f.Close)
	return f
}

// await takes what a follower is told until it has as many bytes as wanted: cursors are sealed alike, and the batches are the
// commits', or several at once.
func await(t *testing.T, f *ledger.Follower, events int, count func([]byte) int) []byte {
	t.Helper()
	var raw []byte
	for count(raw) < events {
		<-f.Wake()
		var err error
		if raw, err = f.Take(raw); err != nil {
			t.Fatal(err)
		}
	}
	return raw
}

// written counts the entries that people wrote in an incident.
func (b *bundle) written(t *testing.T, in id.Stream) (n int) {
	t.Helper()
	told, _ := b.told(t, in)
	for _, what := range told {
		if what == "Written" {
			n++
		}
	}
	return n
}

// What one server commits the followers of the others hear, in the same order, and what is outside the log follows there too.
func TestWhatOneServerCommitsTheOthersTell(t *testing.T) {
	t.Parallel()
	b := nodes(t, 3)
	followers := []*ledger.Follower{b[0].follow(t), b[1].follow(t), b[2].follow(t)}
	in := b[0].declared(t)
	const rounds = 20
	for i := range rounds {
		wantOutcomes(t, b[i%3].push(t, newOutbox(b[0].ann).of(say(in, fmt.Sprintf("word %02d.", i)))), stream.Accepted)
	}
	for i, f := range followers {
		words := await(t, f, rounds, func(raw []byte) int { return bytes.Count(raw, []byte("word ")) })
		for w := range rounds {
			at := bytes.Index(words, fmt.Appendf(nil, "word %02d.", w))
			if at < 0 || w > 0 && at < bytes.Index(words, fmt.Appendf(nil, "word %02d.", w-1)) {
				t.Errorf("server %d tells word %d out of order", i, w)
			}
		}
		b[i].effects.mu.Lock()
		told := len(b[i].effects.committed)
		b[i].effects.mu.Unlock()
		if told < rounds+1 {
			t.Errorf("of %d events that were committed, server %d was told of %d", rounds+1, i, told)
		}
	}
	b[2].dense(t)
	b[2].folded(t) // also the heads of what others have moved, who may have been stopped
}

// A client goes to another server with every push, and comes back: whatever it was answered, and by whom, each command is done once
// and its number is known.
func TestAClientGoesFromServerToServer(t *testing.T) {
	t.Parallel()
	b := nodes(t, 3)
	o, in := newOutbox(b[0].ann), b[0].declared(t)
	for round := range 12 {
		refused := o.of(say(in, strings.Repeat("x", incident.MaxText+1))) // an answer without an event
		wantOutcomes(t, b[round%3].push(t, refused), stream.Rejected)
		p := o.of(say(in, "a"), say(in, "b"))
		got := b[(round+1)%3].push(t, p)
		wantOutcomes(t, got, stream.Accepted, stream.Accepted)
		sameOutcomes(t, b[(round+2)%3].push(t, p), got)
		sameOutcomes(t, b[round%3].push(t, p), got)
		if round == 6 {
			o.push.Former, o.push.Generation = [][]byte{o.push.Generation}, []byte("second")
		}
	}
	if n := b[1].written(t, in); n != 24 {
		t.Errorf("24 entries were written, and %d are there", n)
	}
	b[1].dense(t)
}

// Everybody writes at once, and two decide on what the others have just changed.
func TestCountersHaveNoHolesHoweverManyServersWrite(t *testing.T) {
	t.Parallel()
	b := nodes(t, 3)
	in := b[0].declared(t)
	var all sync.WaitGroup
	for i := range 9 {
		all.Go(func() {
			o := newOutbox(b[0].ann)
			for round := range 15 {
				p := o.of(say(in, "word"), declare("Another"), wish{in, incident.AddTag{Tag: fmt.Sprint("t", i, "-", round)}})
				got := b[i%3].push(t, p)
				kinds := []stream.OutcomeKind{got[0].Kind, got[1].Kind}
				if !slices.Equal(kinds, []stream.OutcomeKind{stream.Accepted, stream.Accepted}) {
					t.Errorf("answered %+v", got)
				}
			}
		})
	}
	all.Wait()
	for _, each := range b {
		each.dense(t)
		each.folded(t)
	}
	if n, _, err := b[0].Census(b[0].ctx); err != nil || n != 1+9*15 {
		t.Errorf("%d incidents, %v", n, err)
	}
}

// The set-up that a server decides by is the one that was committed last, wherever that was.
func TestTheSetUpIsTheOthersToo(t *testing.T) {
	t.Parallel()
	b := nodes(t, 2)
	bob := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	b[0].add(t, bob.Person, "Bob")
	if err := b[1].Look(b[1].ctx); err != nil || b[1].Setup().People[bob.Person].Name != "Bob" {
		t.Errorf("the other server has looked, and knows nobody, %v", err)
	}
	in := b[0].declared(t)
	take := wish{in, incident.AssignRole{Person: bob.Person, Role: workspace.IMOC}}
	wantOutcomes(t, b[1].push(t, newOutbox(b[1].ann).of(take)), stream.Accepted)
	if name := b[1].Setup().People[bob.Person].Name; name != "Bob" {
		t.Errorf("the other server knows %q", name)
	}
}

// A server that dies in the middle of a commit leaves nothing of it, and the others go on; its clients are answered by them.
func TestAServerThatDiesLeavesTheOthersGoing(t *testing.T) {
	t.Parallel()
	b := nodes(t, 2)
	dying := b[0].another(t)
	in := b[0].declared(t)
	dying.effects.failWith(errors.New("the machine is gone"))
	p := newOutbox(b[0].ann).of(say(in, "a"))
	if _, err := dying.Push(context.Background(), p); err == nil {
		t.Fatal("it is stored")
	}
	wantOutcomes(t, b[1].push(t, p), stream.Accepted)
	dying.effects.failWith(nil)
	wantOutcomes(t, dying.push(t, p), stream.Accepted)
	if n := b[0].written(t, in); n != 1 {
		t.Errorf("it is written %d times", n)
	}
	b[0].dense(t)
}
