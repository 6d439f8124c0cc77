package replica_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func wantShown(t tester, b *bundle, in id.Incident, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, b.shown(t, in)); d != "" {
		t.Errorf("shown:\n%s", d)
	}
}

// An answer and the event itself arrive in either order, and the client may be restarted or lose its
// power between any two steps: the own words are on the screen once, all the time.
func TestAnOwnCommandNeverVanishesAndIsNeverDoubled(t *testing.T) {
	t.Parallel()
	quiet := func(*bundle, *testing.T) {}
	between := map[string]func(*bundle, *testing.T){
		"nothing": quiet,
		"restart": func(b *bundle, t *testing.T) { t.Helper(); b.restart(t) },
		"crash":   func(b *bundle, t *testing.T) { t.Helper(); b.crash(t) },
	}
	for order, steps := range map[string][]string{
		"answer, tail": {"answer", "tail"}, "tail, answer": {"push", "tail", "answer"},
		"lost answer, answer, tail": {"push", "answer", "tail"}, "tail, tail again, answer": {"push", "tail", "repeat", "answer"},
		"answer, bootstrap": {"answer", "bootstrap"}, "tail, bootstrap, answer": {"push", "tail", "bootstrap", "answer"},
		"bootstrap, answer, tail": {"push", "bootstrap", "answer", "tail"},
	} {
		for name, happens := range between {
			t.Run(order+" with "+name+" between", func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				in := b.declared(t)
				b.submit(t, in, words("db-7 is full"))
				for _, step := range steps {
					happens(b, t)
					b.once(t, in, "before "+step)
					b.step(t, step)
					b.once(t, in, "after "+step)
				}
				happens(b, t)
				wantShown(t, b, in, "incident.Declared", "db-7 is full")
				if n := len(b.Pending()) + b.Unsent(); n != 0 {
					t.Errorf("%d changes wait although all is confirmed", n)
				}
			})
		}
	}
}

func (b *bundle) step(t *testing.T, step string) {
	t.Helper()
	switch step {
	case "push": // the server has it, but its answer is lost
		b.push(t)
	case "answer":
		who, answers := b.push(t)
		b.settle(t, who, answers)
	case "tail":
		b.tail(t)
	case "repeat": // as after a crash of the server before it knew that the client had it
		b.apply(t, b.server.batch(id.Everyone(), 0, uint64(len(b.server.log[id.Everyone()]))))
	case "bootstrap":
		if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
			t.Fatal(err)
		}
		// A bootstrap brings heads; the events behind them come with the fill.
		if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: b.position(t, id.Everyone())}, b.server.log[id.Everyone()], 0); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *bundle) once(t *testing.T, in id.Incident, when string) {
	t.Helper()
	if n := strings.Count(strings.Join(b.shown(t, in), "\n"), "db-7 is full"); n != 1 {
		t.Errorf("%s the words are shown %d times", when, n)
	}
	state, err := b.Incident(b.ctx, in)
	if err != nil || state.Entries != 1 {
		t.Errorf("%s the incident has %d entries, %v", when, state.Entries, err)
	}
}

func TestRefusedChangesStayUntilTheyAreDiscarded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	mine := b.submit(t, in, incident.ChangeSeverity{To: 2})
	b.server.do(t, id.Stream(in), b.other(), incident.ChangeSeverity{To: 1, Base: incident.Base{Seq: 1}})
	person := b.submit(t, id.Incident(b.me.Person), workspace.DescribePerson{Person: b.me.Person, Name: "Anna"})
	who, answers := b.push(t)
	if answers[0].Kind != stream.Conflict {
		t.Fatalf("the answer is %+v", answers[0])
	}
	answers[1] = stream.Refusal(answers[1].Mid, fault.New(fault.Denied, "No."))
	b.settle(t, who, answers)
	b.tail(t)
	for _, happens := range []func(tester){func(tester) {}, b.restart} {
		happens(t)
		refused := b.Pending()
		if len(refused) != 2 || !refused[0].Refused() || !refused[1].Refused() || b.Unsent() != 0 {
			t.Fatalf("refused are %+v, unsent %d", refused, b.Unsent())
		}
		if s := refused[0].Outcome.Fault.Standing; s == nil || s.Value != "SEV1" {
			t.Errorf("the standing value is %+v", s)
		}
		wantShown(t, b, in, "incident.Declared", "SEV3 to SEV1", "incident.Contested")
	}
	for _, c := range []id.Command{mine, person} {
		if err := b.Discard(b.ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	b.restart(t)
	if left := b.Pending(); len(left) != 0 {
		t.Errorf("still there after it was discarded: %+v", left)
	}
}

func TestAChangeOnItsWayCannotBeCalledBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	own := b.submit(t, in, words("a"))
	wantAdvice(t, b.Discard(b.ctx, own), fault.Invalid)
	wantShown(t, b, in, "incident.Declared", "a…")
	if err := b.Discard(b.ctx, id.New[id.Command]()); err != nil {
		t.Errorf("discarding what is not there: %v", err)
	}
}

func TestAnswersThatAreNotFinalChangeNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	who, out, err := b.Outgoing(b.ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	b.settle(t, who, []stream.Outcome{
		stream.Refusal(1, fault.New(fault.Unavailable, "Later.")), stream.Refusal(1, fault.New(fault.OutOfOrder, "Missing.")), {Mid: 1, Kind: 77},
	})
	b.restart(t)
	_, again, err := b.Outgoing(b.ctx, 10)
	if err != nil || !reflect.DeepEqual(out, again) {
		t.Errorf("what is to be sent was %+v and is %+v, %v", out, again, err)
	}
}

func TestWhatIsConfirmedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	b.submit(t, in, words("b"))
	who, answers := b.push(t)
	b.tail(t)
	b.settle(t, who, answers[:1])
	b.restart(t)
	b.close(t)
	if n := b.count(t, "replica.db", "SELECT count(*) FROM delivered"); n != 1 {
		t.Errorf("%d deliveries are remembered, though one command is unanswered", n)
	}
	b.open(t)
	wantShown(t, b, in, "incident.Declared", "a", "b")
}

// A server that was restored to its past lacks what it had delivered. It must not count as here.
func TestABootstrapForgetsWhatWasDeliveredBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	past := *b.server
	past.heads = copied(b.server.heads)
	b.submit(t, in, words("a"))
	b.push(t)
	b.tail(t)
	wantShown(t, b, in, "incident.Declared", "a")
	s := past.snapshot(id.Everyone(), id.Own(b.me.Person))
	s.Events = b.server.log[id.Everyone()][:2]
	if err := b.Bootstrap(b.ctx, s); err != nil {
		t.Fatal(err)
	}
	for _, happens := range []func(tester){func(tester) {}, b.restart} {
		happens(t)
		wantShown(t, b, in, "incident.Declared", "a…")
		if n := b.Unsent(); n != 1 {
			t.Errorf("%d are unsent", n)
		}
	}
}

// Settle is for the outbox that asked: after a renewal the same numbers mean other commands.
func TestAnAnswerForAFormerNumberingIsNotTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	b.submit(t, in, words("b"))
	b.submit(t, in, words("c"))
	former, answers := b.push(t) // numbers 2 and 3
	if err := b.Renew(b.ctx, true); err != nil {
		t.Fatal(err)
	}
	b.submit(t, in, words("d")) // a, b, c, d are now 1, 2, 3, 4
	b.settle(t, former, answers)
	if n := b.Unsent(); n != 4 {
		t.Errorf("%d of 4 changes are still to be sent", n)
	}
	who, answers = b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	wantShown(t, b, in, "incident.Declared", "a", "b", "c", "d")
	if n := b.Unsent() + len(b.Pending()); n != 0 {
		t.Errorf("%d changes wait", n)
	}
}

func TestRenewalKeepsOrderAndIDs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	var ids []id.Command
	for _, text := range []string{"a", "b", "c", "d"} {
		ids = append(ids, b.submit(t, in, words(text)))
	}
	who, out, err := b.Outgoing(b.ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	answers := b.server.push(t, who, b.me, out)
	answers[1] = stream.Refusal(2, fault.New(fault.Denied, "No."))
	b.settle(t, who, answers)                    // a is accepted and not confirmed, b refused, c and d on their way
	want := []id.Command{ids[0], ids[2], ids[3]} // what was refused stays refused
	for _, all := range []bool{false, true} {
		if err := b.Renew(b.ctx, all); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			renewed, out, err := b.Outgoing(b.ctx, 10)
			if err != nil || renewed.Client == who.Client {
				t.Fatalf("the client is the same, or %v", err)
			}
			var got []id.Command
			for i, s := range out {
				if s.Mid != uint64(i)+1 {
					t.Errorf("number %d is %d", i+1, s.Mid)
				}
				got = append(got, s.ID)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("all=%v:\n%s", all, d)
			}
			b.restart(t)
		}
	}
	if next := b.submit(t, in, words("e")); next.IsZero() {
		t.Error("no id")
	}
	if _, out, err := b.Outgoing(b.ctx, 10); err != nil || out[len(out)-1].Mid != 4 {
		t.Errorf("the next number is %d, %v", out[len(out)-1].Mid, err)
	}
}

// A server that was restored to its past is offered everything that is kept, and nothing twice.
func TestARestoredServerGetsBackWhatItLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	backup := *b.server
	restored := newAuthority()
	restored.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	restored.do(t, id.Stream(in), b.other(), incident.Declare{Title: "Checkout fails"})
	for _, server := range []*authority{restored, &backup} { // one lacks it, one has it
		b.server = server
		if err := b.Renew(b.ctx, true); err != nil {
			t.Fatal(err)
		}
		b.step(t, "bootstrap")
		who, answers := b.push(t)
		b.settle(t, who, answers)
		b.tail(t)
		wantShown(t, b, in, "incident.Declared", "a")
		if n := b.Unsent() + len(b.Pending()); n != 0 {
			t.Errorf("%d changes wait", n)
		}
	}
}

func TestWhatTheRulesRefuseIsNotStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	for _, wish := range []struct {
		target  id.Stream
		command stream.Command
		kind    fault.Kind
	}{
		{id.New[id.Stream](), words("nowhere"), fault.NotFound},
		{id.Stream(in), words(strings.Repeat("x", incident.MaxText+1)), fault.TooLarge},
		{id.Stream(in), incident.Import{Key: "x"}, fault.Denied},
		{id.Reader(b.other().Person), workspace.MarkRead{Incident: in, Upto: 1}, fault.NotFound},
		{id.Stream(in), workspace.DescribePerson{Person: b.me.Person, Name: "Anna"}, fault.Invalid},
	} {
		_, err := b.Submit(b.ctx, wish.target, wish.command)
		wantKind(t, err, wish.kind)
	}
	if n := b.Unsent(); n != 0 {
		t.Errorf("%d are stored", n)
	}
	stranger := &bundle{ctx: b.ctx, dir: t.TempDir(), clock: b.clock}
	stranger.open(t)
	defer stranger.Close() //nolint:errcheck // nothing is in it
	_, err := stranger.Submit(b.ctx, id.Stream(in), words("a"))
	wantAdvice(t, err, fault.Unauthenticated)
}

func TestOnesOwnEarlierChangeIsTheBaseOfTheNext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	first := b.submit(t, in, incident.ChangeSeverity{To: 2})
	b.submit(t, in, incident.ChangeSeverity{To: 1})
	_, out, err := b.Outgoing(b.ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := incident.Base{Seq: 1, After: first}
	if got := out[1].Command.(incident.ChangeSeverity).Base; got != want {
		t.Errorf("the base is %+v, want %+v", got, want)
	}
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	wantShown(t, b, in, "incident.Declared", "SEV3 to SEV2", "SEV2 to SEV1")
}

func TestPendingChangesAreSeenByAllThatAsk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := id.New[id.Incident]()
	signal, stop := b.Watch()
	defer stop()
	b.submit(t, in, incident.Declare{Title: "Mail is down", Severity: 2})
	select {
	case <-signal:
	default:
		t.Error("nobody was told")
	}
	if _, err := b.Submit(b.ctx, id.Reader(b.me.Person), workspace.MarkRead{Incident: in, Upto: 1}); err != nil {
		t.Fatal(err)
	}
	burning, others, err := b.Board(b.ctx, 10)
	if err != nil || len(burning) != 1 || len(others) != 0 || burning[0].Severity != 2 {
		t.Fatalf("the board has %+v and %+v, %v", burning, others, err)
	}
	b.submit(t, in, incident.ChangeStatus{To: incident.Closed})
	if burning, others, err = b.Board(b.ctx, 10); err != nil || len(burning) != 0 || len(others) != 1 {
		t.Fatalf("the board has %+v and %+v, %v", burning, others, err)
	}
	unread, err := b.Unread(b.ctx, others)
	if err != nil || unread[in] != 1 {
		t.Errorf("unread are %v, %v", unread, err)
	}
}
