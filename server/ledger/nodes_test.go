package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
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
	return b.anotherBy(t, nil)
}

// anotherBy is another, by a clock of its own.
func (b *bundle) anotherBy(t *testing.T, c clock.Clock) *bundle {
	t.Helper()
	other := &bundle{ctx: b.ctx, dir: b.dir, clock: b.clock, hours: c, effects: &effects{}, logged: &logged{}, ann: b.ann}
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

// A server's own clock is hours off. What it writes down is the database's time all the same, which is also the others'.
func TestTheTimeIsTheDatabases(t *testing.T) {
	t.Parallel()
	b := nodes(t, 1)
	before := b[0].now(t)
	for _, off := range []time.Duration{-time.Hour, 0, 30 * 24 * time.Hour} {
		wrong := &hand{at: before.Add(off)}
		node := b[0].anotherBy(t, postgres.NewClock(wrong))
		in := node.declared(t)
		wrong.set(before.Add(-off)) // somebody sets it meanwhile, and wrongly again
		p := newOutbox(b[0].ann).of(say(in, "a"))
		p.Now = clock.Moment{Wall: before.Add(-2 * time.Minute)} // a client's clock, off too
		p.Submissions[0].Written = clock.Moment{Wall: before.Add(-3 * time.Minute)}
		wantOutcomes(t, node.push(t, p), stream.Accepted)
		for _, e := range node.of(t, in) {
			if now := b[0].now(t); e.Received.Before(before) || e.Received.After(now) || e.Occurred.After(e.Received) {
				t.Errorf("with a clock %s off, an event between %s and %s was received at %s and happened at %s", off, before, now, e.Received, e.Occurred)
			}
		}
	}
}

// now asks the database for its time.
func (b *bundle) now(t *testing.T) time.Time {
	t.Helper()
	var us int64
	if err := b.db.Reader().QueryRowContext(b.ctx, "SELECT "+postgres.TellTime).Scan(&us); err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(us).UTC()
}

// of returns all of a stream.
func (b *bundle) of(t *testing.T, s id.Stream) []stream.Stored {
	t.Helper()
	events, err := timeline.Since(b.ctx, b.db.Reader(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// A standby that lacked the last commits has taken over, and another server has written there since. Who remembers what is lost neither decides
// on top of it nor writes any of it down.
func TestAServerKnowsALogThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	b := nodes(t, 1)[0]
	_, b.sign, _ = ed25519.GenerateKey(nil)
	b.restart(t)
	in := b.declared(t)
	err := b.db.InTx(b.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.ctx, `UPDATE event SET hash = sha256('another history') WHERE seq = (SELECT max(seq) FROM event)`)
		if err == nil {
			_, err = tx.ExecContext(b.ctx, `UPDATE counter SET turn = turn + 1`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Push(b.ctx, newOutbox(b.ann).of(say(in, "a"))); !fault.Is(err, fault.Unavailable) {
		t.Errorf("it decides on top of a log that is not its own: %v", err)
	}
	b.stop()
	if signed, err := ledger.Checkpoints(b.ctx, b.db); err != nil || len(signed) > 0 {
		t.Errorf("it signs what is not there: %+v, %v", signed, err)
	}
}

// A client that was told of the log's new life by one server goes on at another, which has not heard of it yet.
func TestANewLifeIsKnownBeforeItIsDenied(t *testing.T) {
	t.Parallel()
	b := nodes(t, 1)[0]
	in := b.declared(t)
	late, err := ledger.Open(b.ctx, ledger.Options{
		DB: b.db, Clock: b.clock, Effects: &effects{}, SealKey: bytes.Repeat([]byte{7}, 32), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.BeginEpoch(b.ctx, b.db); err != nil {
		t.Fatal(err)
	}
	if err := b.Look(b.ctx); err != nil {
		t.Fatal(err)
	}
	cursor, resumed := b.Seal(id.Everyone(), 0, nil), make(chan error, 1)
	go func() {
		_, err := late.Resume(b.ctx, b.ann.Person, []stream.Cursor{cursor})
		resumed <- err
	}()
	ctx, cancel := context.WithCancel(b.ctx)
	var running sync.WaitGroup
	for late.Queued() == 0 && len(resumed) == 0 {
		runtime.Gosched()
	}
	running.Go(func() { late.Run(ctx) })
	if err := <-resumed; err != nil {
		t.Errorf("a cursor of the new life: %v", err)
	}
	got, err := late.Push(b.ctx, newOutbox(b.ann).of(say(in, "a")))
	if err != nil || got.Outcomes[0].Kind != stream.Accepted {
		t.Errorf("%+v, %v", got, err)
	}
	cancel()
	running.Wait()
	if err := late.Close(); err != nil {
		t.Error(err)
	}
}

// What was written at one server is erased at another, and neither goes on with the words.
func TestWhatIsErasedAtOneServerIsGone(t *testing.T) {
	t.Parallel()
	b := nodes(t, 2)
	in, entry := b[0].declared(t), id.New[id.Entry]()
	wantOutcomes(t, b[0].push(t, newOutbox(b[0].ann).of(wish{in, incident.Write{Entry: entry, Text: "hunter2"}}, say(in, "after it"))),
		stream.Accepted, stream.Accepted)
	wantOutcomes(t, b[1].push(t, newOutbox(b[0].ann).of(wish{in, incident.Erase{Entry: entry, Reason: "a password"}})), stream.Accepted)
	for i, node := range b {
		for _, e := range node.of(t, in) {
			if bytes.Contains(e.Payload, []byte("hunter2")) {
				t.Errorf("event %d still says it", e.StreamSeq)
			}
		}
		wantOutcomes(t, node.push(t, newOutbox(b[0].ann).of(say(in, fmt.Sprint("word ", i)))), stream.Accepted)
		node.folded(t)
	}
}
