package replica_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// talked returns an incident of n entries that only the server knows, and where its events lie.
func (b *bundle) talked(t tester, n int) (in id.Incident, low, high uint64) {
	t.Helper()
	in, low = id.New[id.Incident](), uint64(len(b.server.log[id.Everyone()]))
	b.server.do(t, id.Stream(in), id.Actor{}, incident.Declare{Title: "Checkout fails", Tags: []string{"checkout"}})
	for i := range n {
		b.server.do(t, id.Stream(in), id.Actor{}, words(fmt.Sprint("word ", i+1)))
	}
	return in, low, uint64(len(b.server.log[id.Everyone()]))
}

func (b *bundle) wantSeq(t tester, in id.Incident, want uint64) {
	t.Helper()
	if got, err := b.Incident(b.ctx, in); err != nil || got.Seq != want {
		t.Errorf("folded up to %d, want %d, %v", got.Seq, want, err)
	}
}

func TestEventsBehindAHoleAreFoldedWhenItIsFilled(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{
		"one behind": {0, 2, 1}, "many behind": {0, 5, 3, 4, 2, 1}, "two holes": {0, 4, 2, 1, 3, 5}, "backwards": {5, 4, 3, 2, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			in, low, _ := b.talked(t, 5)
			log := b.server.log[id.Everyone()][low:]
			have := map[int]bool{}
			for n, i := range order {
				if n == 0 { // nothing earlier is taken of what is not here
					b.apply(t, stream.Batch{Events: log[i : i+1], Cursor: b.server.cursor(id.Everyone(), low)})
				} else if err := b.Backfilled(b.ctx, id.Epoch{}, log[i:i+1]); err != nil {
					t.Fatal(err)
				}
				have[i] = true
				want := uint64(0)
				for have[int(want)] {
					want++
				}
				b.wantSeq(t, in, want)
			}
			for i := range order {
				if e, err := b.Incident(b.ctx, in); err != nil || e.Entries != uint64(len(order)-1) {
					t.Errorf("event %d: %d entries, %v", i, e.Entries, err)
				}
			}
		})
	}
}

func TestATimelineStopsAtAHole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, low, high := b.talked(t, 9) // events 1 to 10
	log := b.server.log[id.Everyone()][low:high]
	b.apply(t, stream.Batch{ // as for a client that was far behind: the head, the newest three, a gap
		Heads: []stream.Head{b.server.heads[id.Stream(in)]}, Events: log[7:],
		Gap: &stream.Gap{Scope: id.Everyone(), Low: low, High: high}, Cursor: b.server.cursor(id.Everyone(), high),
	})
	line, err := b.Timeline(b.ctx, in, 100)
	if err != nil || len(line.Lines) != 3 || !line.Earlier || !line.Missing || line.Oldest != 8 || line.Incident.Entries != 9 {
		t.Errorf("%d lines, earlier %v, missing %v, oldest %d, %d entries, %v", len(line.Lines), line.Earlier, line.Missing, line.Oldest, line.Incident.Entries, err)
	}
	if line, err = b.Timeline(b.ctx, in, 2); err != nil || len(line.Lines) != 2 || !line.Earlier || line.Missing || line.Oldest != 9 {
		t.Errorf("%d lines, earlier %v, missing %v, oldest %d, %v", len(line.Lines), line.Earlier, line.Missing, line.Oldest, err)
	}
	if err := b.Backfilled(b.ctx, id.Epoch{}, log[:7]); err != nil {
		t.Fatal(err)
	}
	if line, err = b.Timeline(b.ctx, in, 100); err != nil || len(line.Lines) != 10 || line.Earlier || line.Missing || line.Oldest != 1 {
		t.Errorf("%d lines, earlier %v, missing %v, oldest %d, %v", len(line.Lines), line.Earlier, line.Missing, line.Oldest, err)
	}
	if line, err = b.Timeline(b.ctx, id.New[id.Incident](), 100); err != nil || len(line.Lines) != 0 || line.Earlier || line.Incident.Exists() {
		t.Errorf("an unknown incident: %+v, %v", line, err)
	}
}

func TestAGapShrinksAsItIsFilled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, low, high := b.talked(t, 9)
	gap := stream.Gap{Scope: id.Everyone(), Low: low, High: high}
	b.apply(t, stream.Batch{Heads: []stream.Head{b.server.heads[id.Stream(in)]}, Gap: &gap, Cursor: b.server.cursor(id.Everyone(), high)})
	fill := func(from stream.Gap, above uint64, want ...stream.Gap) {
		t.Helper()
		if err := b.Filled(b.ctx, from, b.server.log[id.Everyone()][above:from.High], above); err != nil {
			t.Fatal(err)
		}
		b.restart(t)
		got, err := b.Gaps(b.ctx)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v\n%s", err, d)
		}
	}
	_, _, complete, err := b.Census(b.ctx)
	if err != nil || complete {
		t.Errorf("a replica with a gap calls itself complete, or %v", err)
	}
	half := stream.Gap{Scope: id.Everyone(), Low: low, High: low + 4}
	fill(gap, low+4, half)
	fill(half, low)
	incidents, events, complete, err := b.Census(b.ctx)
	if err != nil || !complete || incidents != 1 || events != uint64(len(b.server.log[id.Everyone()])) {
		t.Errorf("%d incidents, %d events, complete %v, %v", incidents, events, complete, err)
	}
	b.wantSeq(t, in, 10)
}

// A cursor that were ahead of the events behind it would lose them for ever: nothing asks for them again.
func TestTheCursorNeverPassesWhatIsNotStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	from := b.position(t, id.Everyone())
	for _, text := range []string{"one", "two"} {
		b.server.do(t, id.Stream(in), b.other(), words(text))
	}
	db, err := sqlite.Open(b.ctx, filepath.Join(b.dir, "replica.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing of it is waited for
	statement := func(s string) {
		t.Helper()
		if _, err := db.Write.ExecContext(b.ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	high := uint64(len(b.server.log[id.Everyone()]))
	statement(fmt.Sprintf("CREATE TRIGGER broken BEFORE INSERT ON event WHEN NEW.scope_pos = %d BEGIN SELECT RAISE(ABORT, 'no'); END", high))
	if err := b.Apply(b.ctx, []stream.Batch{b.server.batch(id.Everyone(), from, high)}); err == nil {
		t.Error("the second event cannot be stored, and nobody says so")
	}
	for _, happens := range []func(tester){func(tester) {}, b.restart} {
		happens(t)
		if pos := b.position(t, id.Everyone()); pos != from {
			t.Errorf("the cursor moved from %d to %d, of %d", from, pos, high)
		}
		wantShown(t, b, in, "incident.Declared")
	}
	statement("DROP TRIGGER broken")
	b.tail(t)
	wantShown(t, b, in, "incident.Declared", "one", "two")
}

func TestABootstrapReplacesEverythingCanonical(t *testing.T) {
	t.Parallel()
	b := setup(t)
	former := b.declared(t)
	b.submit(t, former, words("mine"))
	fresh := newAuthority() // another life of the server, without that incident
	fresh.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	b.server = fresh
	in, _, high := b.talked(t, 3)
	if err := b.Bootstrap(b.ctx, fresh.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	for _, happens := range []func(tester){func(tester) {}, b.restart} {
		happens(t)
		b.wantSeq(t, in, 4)
		burning, others, err := b.Board(b.ctx, 10)
		if err != nil || len(burning)+len(others) != 1 || burning[0].ID != in {
			t.Errorf("the board has %+v, %+v, %v", burning, others, err)
		}
		if n := b.Unsent(); n != 1 {
			t.Errorf("%d own changes are kept", n)
		}
		if _, known := b.Setup().People[b.me.Person]; !known || len(b.Setup().People) != 1 {
			t.Errorf("the people are %v", b.Setup().People)
		}
		gaps, err := b.Gaps(b.ctx)
		if d := cmp.Diff([]stream.Gap{{Scope: id.Everyone(), High: high}}, gaps); d != "" || err != nil {
			t.Errorf("%v\n%s", err, d)
		}
		cursors, err := b.Cursors(b.ctx)
		slices.SortFunc(cursors, func(x, y stream.Cursor) int { return x.Scope.Compare(y.Scope) })
		if d := cmp.Diff([]stream.Cursor{fresh.cursor(id.Everyone(), high), fresh.cursor(id.Own(b.me.Person), 0)}, cursors); d != "" || err != nil {
			t.Errorf("%v\n%s", err, d)
		}
		if tags, err := b.Tags(b.ctx, "#Check", 10); err != nil || len(tags) != 1 || tags[0] != "checkout" {
			t.Errorf("tags are %v, %v", tags, err)
		}
	}
}

func TestAnOlderHeadChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, _, _ := b.talked(t, 2)
	older := b.server.heads[id.Stream(in)]
	b.server.do(t, id.Stream(in), id.Actor{}, incident.ChangeSeverity{To: 1, Base: incident.Base{Seq: 3}})
	b.tail(t)
	b.apply(t, stream.Batch{Heads: []stream.Head{older}, Cursor: b.server.cursor(id.Everyone(), b.position(t, id.Everyone()))})
	for _, happens := range []func(tester){func(tester) {}, b.restart} {
		happens(t)
		if got, err := b.Incident(b.ctx, in); err != nil || got.Seq != 4 || got.Severity != 1 {
			t.Errorf("event %d, SEV%d, %v", got.Seq, got.Severity, err)
		}
	}
}

// What a later version of the server wrote must be kept as it came, and must not stop what is known.
func TestEventsOfALaterVersionAreKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, low, _ := b.talked(t, 3)
	log := b.server.log[id.Everyone()]
	later := &log[low+2]
	later.Payload = []byte{0xfa, 0x3f, 0x03, 'n', 'e', 'w'} // field 1023 of the event
	b.tail(t)
	b.wantSeq(t, in, 4)
	line, err := b.Timeline(b.ctx, in, 10)
	if err != nil || len(line.Lines) != 4 || line.Incident.Entries != 2 {
		t.Fatalf("%d lines, %d entries, %v", len(line.Lines), line.Incident.Entries, err)
	}
	if _, unknown := line.Lines[2].Event.(stream.Unknown); !unknown {
		t.Errorf("the later event is a %T", line.Lines[2].Event)
	}
}

func TestReadingMarksAreTheReadersOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, _, _ := b.talked(t, 4)
	b.tail(t)
	state, err := b.Incident(b.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	unread := func(want uint64) {
		t.Helper()
		got, err := b.Unread(b.ctx, []incident.Incident{state})
		if err != nil || got[in] != want {
			t.Errorf("%d are unread, want %d, %v", got[in], want, err)
		}
	}
	unread(5)
	if _, err := b.Submit(b.ctx, id.Reader(b.me.Person), workspace.MarkRead{Incident: in, Upto: 3}); err != nil {
		t.Fatal(err)
	}
	unread(2)
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	unread(2)
	b.server.do(t, id.Reader(b.me.Person), b.me, workspace.MarkRead{Incident: in, Upto: 5}) // on another device
	b.tail(t)
	b.restart(t)
	unread(0)
}

func TestEverybodyWhoWatchesIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, stopFirst := b.Watch()
	second, stopSecond := b.Watch()
	defer stopSecond()
	b.declared(t)
	b.declared(t) // many changes are one signal
	for i, c := range []<-chan struct{}{first, second} {
		select {
		case <-c:
		default:
			t.Errorf("watcher %d was not told", i)
		}
		select {
		case <-c:
			t.Errorf("watcher %d was told twice", i)
		default:
		}
	}
	stopFirst()
	b.declared(t)
	select {
	case <-first:
		t.Error("told after it was ended")
	default:
	}
}
