package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (b *bundle) events(t *testing.T) int {
	t.Helper()
	_, n, err := b.Census(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// sameOutcomes compares what travels of outcomes: the cause of a fault never leaves the server.
func sameOutcomes(t *testing.T, got, want []stream.Outcome) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d answers, want %d", len(got), len(want))
	}
	for i := range got {
		if d := cmp.Diff(wire.EncodeOutcome(want[i]), wire.EncodeOutcome(got[i])); d != "" {
			t.Errorf("answer %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestARepeatedNumberGetsTheSameAnswerForEver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	o := newOutbox(b.ann)
	p := o.of(say(in, "a"), wish{in, incident.ChangeStatus{To: 99}}, wish{in, incident.ChangeSeverity{To: 1}}, say(in, "b"))
	first := b.push(t, p)
	wantOutcomes(t, first, stream.Accepted, stream.Rejected, stream.Conflict, stream.Accepted)
	events := b.events(t)
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.restart, b.crash} {
		happens(t)
		sameOutcomes(t, b.push(t, p), first)
		other := p // a copy of the outbox went on by itself: its words are not answered with those of another
		other.Submissions = o.of(say(in, "c"), say(in, "c"), say(in, "c"), say(in, "c")).Submissions
		o.mid -= 4
		for i := range other.Submissions {
			other.Submissions[i].Mid = uint64(i) + 1
		}
		if got := b.push(t, other); len(got) != 1 || got[0].Kind != stream.Retry || got[0].Fault.Kind != fault.Copied {
			t.Errorf("other commands under old numbers got %+v", got)
		}
		if n := b.events(t); n != events {
			t.Errorf("there are %d events, and were %d", n, events)
		}
	}
	next := b.push(t, o.of(say(in, "d")))
	wantOutcomes(t, next, stream.Accepted)
	if next[0].Seq != first[3].Seq+1 || b.events(t) != events+1 {
		t.Errorf("the next is event %d, %d in all", next[0].Seq, b.events(t))
	}
}

func TestAHoleStopsWhatLiesBehindIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	before := b.events(t)
	o := newOutbox(b.ann)
	whole := o.of(say(in, "a"), say(in, "b"), say(in, "c"))
	holed := whole
	holed.Submissions = []stream.Submission{whole.Submissions[0], whole.Submissions[2]}
	behind := whole
	behind.Submissions = whole.Submissions[1:]
	wantOutcomes(t, b.push(t, behind), stream.OutOfOrder)
	if n := b.events(t); n != before {
		t.Errorf("%d events were stored out of order", n-before)
	}
	wantOutcomes(t, b.push(t, holed), stream.Accepted, stream.OutOfOrder)
	got := b.push(t, whole)
	wantOutcomes(t, got, stream.Accepted, stream.Accepted, stream.Accepted)
	if n := b.events(t); n != before+4 { // joined, a, b, c
		t.Errorf("%d events were stored, want 4", n-before)
	}
}

func TestARejectedCommandConsumesItsNumber(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	unreadable := fault.New(fault.Invalid, "This version does not know the command.")
	for name, refused := range map[string]struct {
		wish   wish
		unread error
		kind   fault.Kind
	}{
		"wrong for the rules":       {wish{in, incident.ChangeStatus{To: 99}}, nil, fault.Invalid},
		"too large":                 {say(in, strings.Repeat("x", incident.MaxText+1)), nil, fault.TooLarge},
		"nothing there":             {say(id.New[id.Stream](), "a"), nil, fault.NotFound},
		"not allowed":               {wish{in, incident.Import{Key: "x"}}, nil, fault.Denied},
		"unreadable":                {wish{in, nil}, unreadable, fault.Invalid},
		"of another kind of stream": {wish{id.Stream(b.ann.Person), incident.Write{Text: "a"}}, nil, fault.Invalid},
		"of somebody else's stream": {wish{id.Reader(id.New[id.Person]()), workspace.MarkRead{Upto: 1}}, nil, fault.NotFound},
	} {
		o := newOutbox(b.ann)
		p := o.of(refused.wish, say(in, "next"))
		p.Faults = map[int]error{}
		if refused.unread != nil {
			p.Faults[0] = refused.unread
		}
		first := b.push(t, p)
		wantOutcomes(t, first, stream.Rejected, stream.Accepted)
		if first[0].Fault.Kind != refused.kind {
			t.Errorf("%s: %v", name, first[0].Fault)
		}
		sameOutcomes(t, b.push(t, p), first)
	}
}

// A storage that fails is no answer: the same numbers are tried again and then succeed.
func TestAFullDiskConsumesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	databasetest.File(t, b.db)
	in := b.declared(t)
	before := b.events(t)
	pages := func(n int) {
		t.Helper()
		if _, err := b.db.Writer().ExecContext(b.ctx, fmt.Sprint("PRAGMA max_page_count = ", n)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // SQLite takes the present size, and grows no more
	o := newOutbox(b.ann)
	p := o.of(say(in, strings.Repeat("x", 19_000)), say(in, strings.Repeat("y", 19_000)), say(in, strings.Repeat("z", 19_000)))
	for range 3 {
		_, err := b.Push(b.ctx, p)
		wantKind(t, err, fault.Storage)
		if _, err := b.Do(b.ctx, job(id.New[id.Stream](), clock.Moment{}, incident.Declare{Title: strings.Repeat("x", 300)})); err != nil {
			wantKind(t, err, fault.Storage)
		}
	}
	pages(1 << 20)
	got := b.push(t, p)
	wantOutcomes(t, got, stream.Accepted, stream.Accepted, stream.Accepted)
	if n := b.events(t); n < before+4 || got[2].Seq != 5 {
		t.Errorf("%d events, the last of the incident is %d", n, got[2].Seq)
	}
	b.dense(t)
}

// The same wish under a new client id, as after a renewal, is answered as before and done once.
func TestACommandIsDoneOnceUnderWhateverNumber(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	p := newOutbox(b.ann).of(say(in, "a"), wish{in, incident.ChangeStatus{To: 99}}, wish{in, incident.ChangeSeverity{To: 1}})
	first := b.push(t, p)
	wantOutcomes(t, first, stream.Accepted, stream.Rejected, stream.Conflict)
	events := b.events(t)
	for range 2 {
		again := newOutbox(b.ann).of(declare("before"), wishOf(p, 0), wishOf(p, 1), say(in, "between"), wishOf(p, 2))
		for i, of := range map[int]int{1: 0, 2: 1, 4: 2} {
			again.Submissions[i].ID = p.Submissions[of].ID
		}
		got := b.push(t, again)
		wantOutcomes(t, got, stream.Accepted, stream.Accepted, stream.Rejected, stream.Accepted, stream.Conflict)
		for i, of := range map[int]int{1: 0, 2: 1, 4: 2} {
			want := first[of]
			want.Mid = uint64(i) + 1
			sameOutcomes(t, got[i:i+1], []stream.Outcome{want})
		}
		sameOutcomes(t, b.push(t, again), got) // and that answer is stored under the new number
		if events += 2; b.events(t) != events {
			t.Errorf("there are %d events, want %d", b.events(t), events)
		}
	}
	b.dense(t)
}

// wishOf returns what a push wishes for in one of its places.
func wishOf(p ledger.Push, i int) wish {
	return wish{p.Submissions[i].Target, p.Submissions[i].Command}
}

func TestRepeatsInOneGroupDoNotHarmTheOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	bob := id.Actor{Person: id.New[id.Person]()}
	before := newOutbox(b.ann).of(say(in, "before"))
	b.push(t, before)
	twice := newOutbox(b.ann).of(say(in, "twice"))
	again := newOutbox(b.ann).of(say(in, "twice"), say(in, "before"), say(in, "more"))
	again.Submissions[0].ID, again.Submissions[1].ID = twice.Submissions[0].ID, before.Submissions[0].ID
	events := b.events(t)
	results := b.together(t, newOutbox(bob).of(say(in, "good")), twice, again, newOutbox(bob).of(say(in, "also good")))
	for i, want := range [][]stream.OutcomeKind{
		{stream.Accepted}, {stream.Accepted}, {stream.Accepted, stream.Accepted, stream.Accepted}, {stream.Accepted},
	} {
		wantOutcomes(t, results[i].Outcomes, want...)
		if results[i].LastMid != uint64(len(want)) {
			t.Errorf("push %d reached number %d", i, results[i].LastMid)
		}
	}
	if results[1].Outcomes[0].Seq != results[2].Outcomes[0].Seq {
		t.Error("one command has two answers")
	}
	if n := b.events(t) - events; n != 5 { // joined, good, twice, more, also good
		t.Errorf("%d events were stored, want 5", n)
	}
	b.dense(t)
}

// The same push twice in one group, as when a client was impatient.
func TestAPushThatOvertakesItselfIsAnsweredTwiceAndDoneOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	events := b.events(t)
	o := newOutbox(b.ann)
	p := o.of(say(in, "a"), say(in, "b"))
	restarted := p
	restarted.Generation, restarted.Former = []byte("second"), [][]byte{[]byte("first")}
	results := b.together(t, p, p, restarted)
	for _, r := range results[1:] {
		sameOutcomes(t, r.Outcomes, results[0].Outcomes)
	}
	if n := b.events(t) - events; n != 3 {
		t.Errorf("%d events were stored, want 3", n)
	}
	b.dense(t)
}

// bomb is a command whose rule makes a mistake.
type bomb struct{ incident.Command }

func (bomb) Stream() id.Kind { panic("boom") } //nolint:forbidigo // that is the mistake

func TestACommandThatFailsThreeTimesIsPutAside(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	o, other := newOutbox(b.ann), newOutbox(id.Actor{Person: id.New[id.Person]()})
	p := o.of(say(in, "a"), wish{in, bomb{}}, say(in, "b"))
	for try := range 2 {
		results := b.together(t, p, other.of(say(in, "not held up")))
		wantOutcomes(t, results[0].Outcomes, stream.Accepted, stream.Retry)
		wantOutcomes(t, results[1].Outcomes, stream.Accepted)
		if results[0].LastMid != 1 {
			t.Errorf("try %d consumed number %d", try, results[0].LastMid)
		}
	}
	got := b.push(t, p)
	wantOutcomes(t, got, stream.Accepted, stream.Rejected, stream.Accepted)
	if got[1].Fault.Kind != fault.Poison || got[1].Fault.Safe == "" || got[1].Fault.Do == "" {
		t.Errorf("the answer is %+v", got[1].Fault)
	}
	if n := strings.Count(b.logged.String(), "rule failed"); n != 3 {
		t.Errorf("it was logged %d times, want 3", n)
	}
	b.restart(t)
	sameOutcomes(t, b.push(t, p), got)
	b.dense(t)
}

func TestOutboxesThatWereCopiedAreToldApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	o := newOutbox(b.ann)
	wantOutcomes(t, b.push(t, o.of(say(in, "a"))), stream.Accepted)
	started := func(generation string, former ...string) {
		o.push.Generation, o.push.Former = []byte(generation), nil
		for _, f := range former {
			o.push.Former = append(o.push.Former, []byte(f))
		}
	}
	started("third", "first", "second") // restarted twice, once without reaching the server
	wantOutcomes(t, b.push(t, o.of(say(in, "b"))), stream.Accepted)
	b.restart(t)
	events := b.events(t)
	for _, wrong := range [][]string{{"first"}, {"second", "first"}, {"copy", "first", "second"}, {"copy"}} {
		started(wrong[0], wrong[1:]...)
		got := b.push(t, o.of(say(in, "c")))
		o.mid--
		wantOutcomes(t, got, stream.Retry)
		if got[0].Fault.Kind != fault.Copied {
			t.Errorf("the fault is %v", got[0].Fault)
		}
	}
	foreign := o.push
	foreign.Actor = id.Actor{Person: id.New[id.Person]()}
	foreign.Generation = []byte("third")
	foreign.Submissions = o.of(say(in, "c")).Submissions
	o.mid--
	if got := b.push(t, foreign); got[0].Fault.Kind != fault.Copied {
		t.Errorf("somebody else's outbox is taken: %+v", got)
	}
	if n := b.events(t); n != events {
		t.Errorf("%d events came from copies", n-events)
	}
	started("third")
	wantOutcomes(t, b.push(t, o.of(say(in, "c"))), stream.Accepted)
}

func TestAConflictKeepsBothWishes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	bob := id.Actor{Person: id.New[id.Person]()}
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(wish{in, incident.ChangeSeverity{To: 1, Base: incident.Base{Seq: 1}}})), stream.Accepted)
	p := newOutbox(bob).of(wish{in, incident.ChangeSeverity{To: 2, Base: incident.Base{Seq: 1}, Reason: "one shop"}}, say(in, "next"))
	got := b.push(t, p)
	wantOutcomes(t, got, stream.Conflict, stream.Accepted)
	if s := got[0].Fault.Standing; s == nil || s.Value != "SEV1" || s.Field != "severity" || got[0].Seq != 3 {
		t.Errorf("the answer is %+v with %+v", got[0], s)
	}
	events, err := timeline.Since(b.ctx, b.db.Reader(), in, 2)
	if err != nil || len(events) == 0 {
		t.Fatal(err)
	}
	e, err := wire.DecodeEvent(events[0].Kind, events[0].Payload)
	want := incident.Contested{Field: "severity", Wanted: "SEV2", Standing: "SEV1", Reason: "one shop"}
	if err != nil || !reflect.DeepEqual(e, want) || events[0].Actor != bob {
		t.Errorf("the audit has %+v by %v, %v", e, events[0].Actor, err)
	}
}

func TestAJobThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := b.db.Writer().ExecContext(b.ctx, "CREATE TABLE note (text TEXT)"); err != nil {
		t.Fatal(err)
	}
	note := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO note VALUES ('x')")
		return err
	}
	target, broken := id.New[id.Stream](), errors.New("broken")
	good := stream.Submission{ID: id.New[id.Command](), Target: target, Command: incident.Declare{}, Written: clock.Moment{Wall: noon}}
	bad := stream.Submission{ID: id.New[id.Command](), Target: target, Command: incident.ChangeStatus{To: 99}}
	events := b.events(t)
	for name, try := range map[string]struct {
		err         error
		submissions []stream.Submission
		effect      error
	}{
		"its own error":      {broken, []stream.Submission{good}, nil},
		"a refused command":  {nil, []stream.Submission{good, bad}, nil},
		"a refused effect":   {nil, []stream.Submission{good}, broken},
		"a conflict":         {nil, []stream.Submission{good, {ID: id.New[id.Command](), Target: target, Command: incident.ChangeSeverity{To: 1}}}, nil},
		"a fault of its own": {fault.New(fault.Denied, "This code does not work."), nil, nil},
	} {
		b.effects.failWith(try.effect)
		_, err := b.Do(b.ctx, func(ctx context.Context, tx *sql.Tx) (id.Actor, []stream.Submission, error) {
			return id.Actor{}, try.submissions, errors.Join(note(ctx, tx), try.err)
		})
		if err == nil {
			t.Errorf("%s passes", name)
		}
		b.effects.failWith(nil)
		var notes int
		if err := b.db.Reader().QueryRowContext(b.ctx, "SELECT count(*) FROM note").Scan(&notes); err != nil || notes != 0 || b.events(t) != events {
			t.Errorf("%s leaves %d notes and %d events, %v", name, notes, b.events(t)-events, err)
		}
	}
	if strings.Contains(b.logged.String(), "does not work") {
		t.Error("a wrong code is logged as if it were a mistake of the server")
	}
	b.do(t, target, incident.Declare{})
	b.dense(t)
}
