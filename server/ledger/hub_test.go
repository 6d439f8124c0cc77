package ledger_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestAFollowerIsWokenAfterTheCommitAndNotBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): 1})
	defer f.Close()
	in := b.declared(t)
	<-f.Wake()
	if len(b.all(t, id.Everyone())) != 2 {
		t.Error("woken before the event is stored")
	}
	raw, err := f.Take(nil)
	if err != nil || len(raw) == 0 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	if raw, err = f.Take(raw[:0]); err != nil || len(raw) != 0 {
		t.Errorf("the same again: %d bytes, %v", len(raw), err)
	}
	b.push(t, newOutbox(b.ann).of(say(in, "a")))
	f.Known(id.Everyone(), 4) // as the backlog tells
	if raw, err = f.Take(raw[:0]); err != nil || len(raw) != 0 {
		t.Errorf("what is known already: %d bytes, %v", len(raw), err)
	}
}

func TestAFollowerOfOneScopeHearsNothingOfOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Own(b.ann.Person): 0})
	defer f.Close()
	b.declared(t)
	if raw, err := f.Take(nil); err != nil || len(raw) != 0 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}

func TestASlowFollowerIsToldToResume(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): 1})
	defer slow.Close()
	quick := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): 1})
	defer quick.Close()
	for range 17 { // more bytes than the hub keeps
		b.history(t, 100, strings.Repeat("x", 20_000))
		raw, err := quick.Take(nil)
		if err != nil || len(raw) < 2_000_000 {
			t.Fatalf("a follower that keeps up has %d bytes, %v", len(raw), err)
		}
	}
	if _, err := slow.Take(nil); !fault.Is(err, fault.Resume) {
		t.Errorf("a slow follower: %v", err)
	}
}

func TestPeopleAreCountedOnceHoweverManyDevices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.Hub().Follow(b.ann.Person, nil), b.Hub().Follow(b.ann.Person, nil)
	other := b.Hub().Follow(id.New[id.Person](), nil)
	if n := b.Hub().People(); n != 2 {
		t.Errorf("%d people", n)
	}
	first.Close()
	other.Close()
	if n := b.Hub().People(); n != 2 {
		t.Errorf("%d people while one of them may be about to come back", n)
	}
	b.clock.set(b.clock.Now().Add(5 * time.Second))
	if n := b.Hub().People(); n != 1 {
		t.Errorf("%d people after two have gone", n)
	}
	second.Close()
}

func TestAwaitEndsWithWhateverComesFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): 1})
	defer f.Close()
	f.Nudge()
	if err := f.Await(b.ctx); err != nil {
		t.Errorf("a nudge: %v", err)
	}
	b.declared(t)
	if err := f.Await(b.ctx); err != nil {
		t.Errorf("a commit: %v", err)
	}
	f.Take(nil) //nolint:errcheck // it is only emptied
	ended, cancel := context.WithCancel(b.ctx)
	defer context.AfterFunc(ended, f.Nudge)()
	cancel()
	if err := f.Await(ended); err == nil {
		t.Error("it waits on after its end")
	}
	b.stop()
	if err := f.Await(b.ctx); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the server stops: %v", err)
	}
	_, err := b.Push(b.ctx, newOutbox(b.ann).of(declare("too late")))
	wantKind(t, err, fault.Unavailable)
}
