package ledger_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// history imports an incident of n updates, n+1 events in one command, and returns its stream.
func (b *bundle) history(t *testing.T, n int, words ...string) id.Stream {
	t.Helper()
	target := id.New[id.Stream]()
	i := incident.Import{Source: "statuspage", Key: target.String(), Title: "Mail is down", Declared: noon}
	closed := incident.Closed
	for u := range n {
		i.Updates = append(i.Updates, incident.ImportedUpdate{Key: fmt.Sprint(u), At: noon, Body: strings.Join(words, " "), Status: &closed})
	}
	b.do(t, target, i)
	return target
}

func (b *bundle) bootstrap(t *testing.T, p id.Person) (heads map[id.Stream]stream.Head, events []stream.Stored, cursors []stream.Cursor) {
	t.Helper()
	heads = map[id.Stream]stream.Head{}
	err := b.Bootstrap(b.ctx, p, func(part ledger.Part) error {
		for _, h := range part.Heads {
			heads[h.Stream] = h
		}
		events = append(events, part.Events...)
		cursors = append(cursors, part.Cursors...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return heads, events, cursors
}

func (b *bundle) backlog(t *testing.T, p id.Person, from map[id.Scope]uint64) (batches []stream.Batch, reached map[id.Scope]uint64) {
	t.Helper()
	reached, err := b.Backlog(b.ctx, p, from, func(batch stream.Batch) error {
		batches = append(batches, batch)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return batches, reached
}

// sameEvents compares events but for their seals, which only what is sent has.
func sameEvents(t *testing.T, got, want []stream.Stored) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d events, want %d", len(got), len(want))
		return
	}
	for i := range got {
		sent := got[i]
		sent.Seal = want[i].Seal
		if !reflect.DeepEqual(sent, want[i]) {
			t.Errorf("event %d is %+v, want %+v", i, got[i].Envelope, want[i].Envelope)
			return
		}
	}
}

func TestABootstrapIsTheWholePicture(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ended, burning := b.history(t, 5), b.declared(t)
	b.push(t, newOutbox(b.ann).of(say(burning, "a"), wish{id.Reader(b.ann.Person), workspace.MarkRead{Incident: id.Incident(burning), Upto: 2}}))
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.crash} { // what moved just before a crash has no head yet
		happens(t)
		heads, events, cursors := b.bootstrap(t, b.ann.Person)
		for s, want := range map[id.Stream]uint64{ended: 6, burning: 3, id.Stream(b.ann.Person): 1, id.Reader(b.ann.Person): 1} {
			if heads[s].Seq != want {
				t.Errorf("the head of %s is at %d, want %d", s, heads[s].Seq, want)
			}
			state, err := wire.DecodeState(heads[s])
			if err != nil || stream.Seq(state) != want {
				t.Errorf("the state is %+v, %v", state, err)
			}
		}
		whole := slices.DeleteFunc(slices.Clone(events), func(e stream.Stored) bool { return e.Stream != burning })
		if len(whole) != 3 || slices.ContainsFunc(events, func(e stream.Stored) bool { return e.Stream == ended }) {
			t.Errorf("of the burning incident there are %d events, of all %d", len(whole), len(events))
		}
		if len(cursors) != 2 {
			t.Fatalf("cursors: %+v", cursors)
		}
		from, err := b.Resume(b.ctx, b.ann.Person, cursors)
		if err != nil || from[id.Everyone()] != uint64(len(b.all(t, id.Everyone()))) || from[id.Own(b.ann.Person)] != 1 {
			t.Errorf("the tail goes on at %v, %v", from, err)
		}
	}
}

// picture is what a client can put together: the heads, and which events it was sent.
type picture struct {
	heads   map[id.Stream]stream.Head
	events  map[id.Stream]map[uint64]bool
	cursors []stream.Cursor
}

// add takes events, and reports the first that was there already.
func (p *picture) add(events []stream.Stored) (again *stream.Stored) {
	for _, e := range events {
		if p.events[e.Stream] == nil {
			p.events[e.Stream] = map[uint64]bool{}
		}
		if p.events[e.Stream][e.StreamSeq] {
			again = &e
		}
		p.events[e.Stream][e.StreamSeq] = true
	}
	return again
}

// A head and what follows it must be one picture, whatever is committed while it is sent.
func TestABootstrapDuringCommitsHasNoHole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	burning, ended := b.declared(t), b.history(t, 1) // of the ended one only the head is sent
	var enough atomic.Bool
	var writers sync.WaitGroup
	for range 2 {
		writers.Go(func() {
			for o := newOutbox(b.ann); !enough.Load(); {
				if _, err := b.Push(b.ctx, o.of(say(burning, "a"), say(ended, "b"), declare("c"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 10 {
		b.whole(t)
	}
	enough.Store(true)
	writers.Wait()
}

// whole bootstraps and catches up, and fails unless every event is there, once behind the cursors.
func (b *bundle) whole(t *testing.T) {
	t.Helper()
	p := &picture{heads: map[id.Stream]stream.Head{}, events: map[id.Stream]map[uint64]bool{}}
	err := b.Bootstrap(b.ctx, b.ann.Person, func(part ledger.Part) error {
		for _, h := range part.Heads {
			p.heads[h.Stream] = h
		}
		p.add(part.Events)
		p.cursors = append(p.cursors, part.Cursors...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	from, err := b.Resume(b.ctx, b.ann.Person, p.cursors)
	if err != nil {
		t.Fatal(err)
	}
	batches, reached := b.backlog(t, b.ann.Person, from)
	for _, batch := range batches {
		if again := p.add(batch.Events); again != nil {
			t.Errorf("event %d of %s is in the bootstrap and behind it", again.StreamSeq, again.Stream)
		}
	}
	for _, e := range b.all(t, id.Everyone()) {
		if e.ScopePos <= reached[id.Everyone()] && e.StreamSeq > p.heads[e.Stream].Seq && !p.events[e.Stream][e.StreamSeq] {
			t.Fatalf("event %d of %s is missing; the head is at %d", e.StreamSeq, e.Stream, p.heads[e.Stream].Seq)
		}
	}
}

func TestABacklogIsEveryEventInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 70 {
		b.history(t, 32) // 2,310 events: more than two pages, that commands of 33 do not fit into
	}
	all := b.all(t, id.Everyone())
	for _, low := range []uint64{0, 1, 999, uint64(len(all)) - 1, uint64(len(all))} {
		batches, reached := b.backlog(t, b.ann.Person, map[id.Scope]uint64{id.Everyone(): low})
		var got []stream.Stored
		for i, batch := range batches {
			got = append(got, batch.Events...)
			if batch.Gap != nil || len(batch.Heads) > 0 || batch.Cursor.Pos != low+uint64(len(got)) {
				t.Errorf("batch %d ends at %d after %d events, gap %v", i, batch.Cursor.Pos, len(got), batch.Gap)
			}
			if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{batch.Cursor}); err != nil {
				t.Errorf("the cursor of batch %d: %v", i, err)
			}
			if next := low + uint64(len(got)); next < uint64(len(all)) && all[next].Command == all[next-1].Command {
				t.Errorf("batch %d cuts a command in two: an own one would vanish until the rest is here", i)
			}
		}
		sameEvents(t, got, all[low:])
		if reached[id.Everyone()] != uint64(len(all)) {
			t.Errorf("reached %v", reached)
		}
	}
}

func TestWhoIsFarBehindGetsHeadsTheNewestAndAGap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long, short := b.history(t, 5000), b.declared(t)
	for range 60 {
		b.history(t, 30)
	}
	end := uint64(len(b.all(t, id.Everyone())))
	batches, reached := b.backlog(t, b.ann.Person, map[id.Scope]uint64{id.Everyone(): 1})
	heads, newest := map[id.Stream]uint64{}, map[id.Stream][]uint64{}
	for i, batch := range batches {
		for _, h := range batch.Heads {
			heads[h.Stream] = h.Seq
		}
		for _, e := range batch.Events {
			newest[e.Stream] = append(newest[e.Stream], e.StreamSeq)
		}
		last := i == len(batches)-1
		if want := (&stream.Gap{Scope: id.Everyone(), Low: 1, High: end}); last != (batch.Gap != nil) || last && *batch.Gap != *want {
			t.Errorf("batch %d of %d has the gap %v", i+1, len(batches), batch.Gap)
		}
		if pos := batch.Cursor.Pos; last && pos != end || !last && pos != 1 {
			t.Errorf("batch %d of %d has the cursor %d", i+1, len(batches), pos)
		}
		if len(batch.Events) > 1100 {
			t.Errorf("batch %d has %d events in one message", i+1, len(batch.Events))
		}
		if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{batch.Cursor}); err != nil {
			t.Errorf("the cursor of batch %d: %v", i, err)
		}
	}
	if heads[long] != 5001 || heads[short] != 1 || len(heads) != 62 {
		t.Errorf("%d heads, of the long one at %d, of the short one at %d", len(heads), heads[long], heads[short])
	}
	slices.Sort(newest[long])
	if n := newest[long]; len(n) != 50 || n[0] != 4952 || n[49] != 5001 {
		t.Errorf("of the long one there are %v", n)
	}
	if reached[id.Everyone()] != end {
		t.Errorf("reached %v", reached)
	}
}

func TestBackfillAndFillComeDownFromTheNewest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.history(t, 2100)
	all := b.all(t, id.Everyone())
	for _, c := range []struct {
		before uint64
		limit  int
		want   int
	}{{2102, 200, 200}, {10, 200, 9}, {2102, 5000, 1000}, {2102, 0, 1}, {1, 200, 0}, {0, 200, 0}} {
		got, err := b.Backfill(b.ctx, b.ann.Person, in, c.before, c.limit)
		if err != nil || len(got) != c.want || len(got) > 0 && got[0].StreamSeq != c.before-1 {
			t.Errorf("before %d, at most %d: %d events, %v", c.before, c.limit, len(got), err)
		}
	}
	for _, gap := range []stream.Gap{
		{Scope: id.Everyone(), Low: 0, High: uint64(len(all)) + 1},
		{Scope: id.Everyone(), Low: 100, High: 2000},
		{Scope: id.Everyone(), Low: 1000, High: 2001},
		{Scope: id.Everyone(), Low: 5, High: 6},
		{Scope: id.Everyone(), Low: 1 << 63, High: 1<<64 - 1},
	} {
		var got []stream.Stored
		low := gap.High
		err := b.Fill(b.ctx, b.ann.Person, gap, func(p ledger.Part) error {
			got = append(got, p.Events...)
			if p.Low >= low && len(got) > 0 {
				t.Errorf("the fill came from %d to %d", low, p.Low)
			}
			low = p.Low
			if n := len(got); n > 0 && got[n-1].ScopePos <= low {
				t.Errorf("above %d there should be everything, but %d was sent", low, got[n-1].ScopePos)
			}
			return nil
		})
		var want []stream.Stored
		for _, e := range all {
			if e.ScopePos > gap.Low && e.ScopePos < gap.High {
				want = append(want, e)
			}
		}
		slices.Reverse(want)
		sameEvents(t, got, want)
		if err != nil || low != gap.Low {
			t.Errorf("%+v: down to %d, %d of %d events, %v", gap, low, len(got), len(want), err)
		}
	}
	stop := errors.New("stop")
	if err := b.Fill(b.ctx, b.ann.Person, stream.Gap{Scope: id.Everyone(), High: 9}, func(ledger.Part) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the reader's error became %v", err)
	}
}

func TestCursorsOfAnotherLogAreSentBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.declared(t)
	_, _, cursors := b.bootstrap(t, b.ann.Person)
	good := cursors[slices.IndexFunc(cursors, func(c stream.Cursor) bool { return c.Scope == id.Everyone() })]
	if from, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{good}); err != nil || from[id.Everyone()] != 2 || len(from) != 2 {
		t.Errorf("a good cursor: %v, %v", from, err)
	}
	if from, err := b.Resume(b.ctx, b.ann.Person, nil); err != nil || from[id.Everyone()] != 0 || len(from) != 2 {
		t.Errorf("no cursor: %v, %v", from, err)
	}
	change := func(change func(*stream.Cursor)) stream.Cursor {
		c := good
		c.Hash, c.Seal = slices.Clone(c.Hash), slices.Clone(c.Seal)
		change(&c)
		return c
	}
	for name, c := range map[string]stream.Cursor{
		"another seal":     change(func(c *stream.Cursor) { c.Seal[0]++ }),
		"no seal":          change(func(c *stream.Cursor) { c.Seal = nil }),
		"another hash":     change(func(c *stream.Cursor) { c.Hash[0]++ }), // which the seal covers
		"another epoch":    change(func(c *stream.Cursor) { c.Epoch = id.New[id.Epoch]() }),
		"another position": change(func(c *stream.Cursor) { c.Pos-- }),
	} {
		if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{c}); !fault.Is(err, fault.Reset) || ledger.IsFork(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A former state of the database under the same name is told by the first cursor that names what it lacks. Then everybody
// has to hear of it: a new epoch begins while the server runs, and whoever follows is sent back.
func TestAForkBeginsANewEpoch(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		pos  uint64
		hash byte
	}{"ahead": {99, 0}, "another history": {1, 1}, "beyond all": {1<<64 - 1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.declared(t)
			_, _, cursors := b.bootstrap(t, b.ann.Person)
			good := cursors[slices.IndexFunc(cursors, func(c stream.Cursor) bool { return c.Scope == id.Everyone() })]
			from, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{good})
			if err != nil {
				t.Fatal(err)
			}
			follower := b.Hub().Follow(b.ann.Person, from)
			defer follower.Close()
			former, hash := b.Epoch(), slices.Clone(good.Hash)
			hash[0] += of.hash
			stranger := b.Seal(id.Everyone(), of.pos, hash)
			for range 2 { // the second time it is of another life already, which changes nothing
				if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{stranger}); !fault.Is(err, fault.Reset) {
					t.Errorf("it was followed: %v", err)
				}
			}
			life := b.Epoch()
			if life == former {
				t.Error("no new epoch began")
			}
			if _, err := follower.Take(nil); !fault.Is(err, fault.Resume) {
				t.Errorf("whoever follows is told %v", err)
			}
			if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{good}); !fault.Is(err, fault.Reset) || ledger.IsFork(err) {
				t.Errorf("with a cursor of the former epoch: %v", err)
			}
			b.declared(t)
			mark, err := ledger.ReadMark(b.ctx, b.DB)
			if err != nil || mark.Number != 2+ledger.Skipped {
				t.Errorf("the next incident was INC-%d, %v", mark.Number, err)
			}
			if b.restart(t); b.Epoch() != life {
				t.Errorf("after a restart it is in epoch %s, want %s", b.Epoch(), life)
			}
		})
	}
}

// To a server that went back to its past, what it lost is given back before anything newer: so it takes nothing from whoever
// does not know of its new life yet.
func TestNothingIsTakenFromWhoeverKnowsAnotherLife(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	o := newOutbox(b.ann)
	p := o.of(say(in, "a"), say(in, "b"))
	before := b.events(t)
	for range 2 {
		p.Epoch = id.New[id.Epoch]()
		for _, out := range b.push(t, p) {
			if out.Kind.Final() || !fault.Is(out.Fault, fault.Reset) {
				t.Errorf("it is answered %+v", out)
			}
		}
	}
	if n := b.events(t); n != before {
		t.Errorf("%d events were stored", n-before)
	}
	p.Epoch = b.Epoch()
	wantOutcomes(t, b.push(t, p), stream.Accepted, stream.Accepted)
}
