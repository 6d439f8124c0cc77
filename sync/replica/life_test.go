package replica_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// answered pushes what waits and takes the answers, which say in which life of the log the server gave them.
func (b *bundle) answered(t *testing.T) {
	t.Helper()
	who, answers := b.push(t)
	for i := range answers {
		answers[i].Epoch = b.server.epoch
	}
	b.settle(t, who, answers)
}

// restored puts a server in place of the former one that knows nothing but an incident of somebody else's.
func (b *bundle) restored(t *testing.T, in id.Incident) {
	t.Helper()
	b.server = newAuthority()
	b.server.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "Checkout fails"})
}

// A server that went back to its past counts anew: what it says of places in its streams is nothing about the copy of its
// former life.
func TestAnAnswerOfAnotherLifeConfirmsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	for _, text := range []string{"a", "b", "c"} {
		b.submit(t, in, words(text))
		b.answered(t)
		b.tail(t)
	}
	last := b.submit(t, in, words("late"))
	b.restored(t, in)
	b.answered(t) // event 3 there, while 5 are here
	shows := func(when string) {
		t.Helper()
		if lines := b.shown(t, in); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "late") }) {
			t.Errorf("%s, it has vanished: %v", when, lines)
		}
	}
	shows("answered")
	b.restart(t)
	shows("after a restart")
	all := b.server.snapshot(id.Everyone(), id.Own(b.me.Person))
	all.Events = b.server.log[id.Everyone()]
	if err := b.OfferAgain(b.ctx, stream.EpochOf(all.Cursors), false); err != nil {
		t.Fatal(err)
	}
	if err := b.Bootstrap(b.ctx, all); err != nil {
		t.Fatal(err)
	}
	b.answered(t)
	b.tail(t)
	shows("at the end")
	if n := b.Unsent() + len(b.Pending()); n != 0 || len(b.server.log[id.Everyone()]) != 7 { // Ann, declared, joined, and four entries
		t.Errorf("%d wait, of which the last is %s; the log: %d", n, last, len(b.server.log[id.Everyone()]))
	}
}

func TestEventsOfAnotherLifeAreNotFilledIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.said(t, in, "a")
	all := b.server.snapshot(id.Everyone(), id.Own(b.me.Person))
	if err := b.Bootstrap(b.ctx, all); err != nil {
		t.Fatal(err)
	}
	gaps, err := b.Gaps(b.ctx)
	if err != nil || len(gaps) == 0 {
		t.Fatalf("nothing is missing, %v", err)
	}
	events := b.server.log[id.Everyone()]
	foreign := gaps[0]
	foreign.Epoch = id.New[id.Epoch]()
	if err := b.Filled(b.ctx, foreign, events, 0); !fault.Is(err, fault.Reset) {
		t.Errorf("a fill was taken: %v", err)
	}
	if err := b.Backfilled(b.ctx, foreign.Epoch, events); !fault.Is(err, fault.Reset) {
		t.Errorf("a backfill was taken: %v", err)
	}
	if now, err := b.Gaps(b.ctx); err != nil || !slices.Equal(now, gaps) {
		t.Errorf("missing is %v, %v", now, err)
	}
	own := gaps[0]
	own.Epoch = b.server.epoch
	if err := b.Filled(b.ctx, own, events, 0); err != nil {
		t.Error(err)
	}
}

// Where the copy is lost, and its cursors with it, the outbox still knows which life of the log it was a copy of; and where
// there never was one, in which its commands were accepted.
func TestALostCopyDoesNotHideThatTheServerWentBack(t *testing.T) {
	t.Parallel()
	for name, copied := range map[string]bool{"a copy was there": true, "there never was one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			in := b.declared(t)
			if copied {
				if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
					t.Fatal(err)
				}
			}
			b.submit(t, in, words("a"))
			b.answered(t)
			b.tail(t)
			former := b.server.epoch
			b.loseCopy(t)
			b.offers(t, former, 0)
			if err := b.OfferAgain(b.ctx, former, false); err != nil {
				t.Fatal(err)
			}
			b.offers(t, former, 0)
			b.restored(t, in)
			if err := b.OfferAgain(b.ctx, b.server.epoch, false); err != nil {
				t.Fatal(err)
			}
			if _, out, err := b.Outgoing(b.ctx, 10); err != nil || len(out) != 1 {
				t.Errorf("to another life %d are offered, %v", len(out), err)
			}
		})
	}
}

// What was forsaken stays so: an answer that comes once more must not make it one that was carried out, which a restored server would be
// offered with nothing left in it, and which nothing would ever confirm.
func TestALateAnswerBringsNothingForsakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.hidden(t)
	b.submit(t, in, words("the "+canary+" is sold"))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.beat(t)
	b.goOn(t, in, incident.Exclude{Person: b.me.Person})
	b.beat(t)
	b.wantPurged(t, in)
	b.settle(t, who, answers)
	b.restored(t, id.New[id.Incident]())
	b.bootstrap(t)
	if _, out, err := b.Outgoing(b.ctx, 99); err != nil || len(out) > 0 {
		t.Errorf("a restored server is offered %+v, %v", out, err)
	}
}

// loseCopy takes away the file that can be fetched again.
func (b *bundle) loseCopy(t *testing.T) {
	t.Helper()
	b.close(t)
	for _, name := range []string{"replica.db", "replica.db-wal", "replica.db-shm"} {
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	b.open(t)
}

// offers sees to it that the client pushes to a life of the log, and how much.
func (b *bundle) offers(t *testing.T, life id.Epoch, want int) {
	t.Helper()
	who, out, err := b.Outgoing(b.ctx, 10)
	if err != nil || len(out) != want || who.Life != life {
		t.Errorf("%d are offered to life %s, want %d to %s, %v", len(out), who.Life, want, life, err)
	}
}
