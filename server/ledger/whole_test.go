package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// sql changes the ledger's database from outside, as a disk that gives way at one place would.
func (b *bundle) sql(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := b.db.Writer().ExecContext(b.ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// breaks lets a change of a table fail, until mend is called: "INSERT ON", "event", "NEW.stream = 7".
func (b *bundle) breaks(t *testing.T, change, table, when string) (mend func()) {
	t.Helper()
	if when != "" {
		when = " WHEN (" + when + ")"
	}
	if !databasetest.OnPostgres() {
		b.sql(t, "CREATE TRIGGER broken BEFORE "+change+" "+table+when+" BEGIN SELECT RAISE(ABORT, 'no'); END")
		return func() { b.sql(t, "DROP TRIGGER broken") }
	}
	b.sql(t, refuse, "CREATE TRIGGER broken BEFORE "+change+" "+table+" FOR EACH ROW"+when+" EXECUTE FUNCTION refuse()")
	return func() { b.sql(t, "DROP FUNCTION refuse CASCADE") }
}

// refuse makes a function that lets the statement fail, on PostgreSQL.
const refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"

// breaksCommit lets every commit of an event fail, and nothing before it.
func (b *bundle) breaksCommit(t *testing.T) (mend func()) {
	t.Helper()
	if !databasetest.OnPostgres() {
		b.sql(t, "PRAGMA foreign_keys = ON", "CREATE TABLE promise (key INTEGER PRIMARY KEY) STRICT",
			"CREATE TABLE debt (promise INTEGER REFERENCES promise DEFERRABLE INITIALLY DEFERRED) STRICT",
			"CREATE TRIGGER broken AFTER INSERT ON event BEGIN INSERT INTO debt VALUES (1); END")
		return func() { b.sql(t, "DROP TRIGGER broken") }
	}
	b.sql(t, refuse, "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()")
	return func() { b.sql(t, "DROP FUNCTION refuse CASCADE") }
}

// Everything may be written and the commit itself fail. Then nobody may have heard of it, and what is remembered is
// what is stored.
func TestACommitThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	f := b.Hub().Follow(b.ann.Person, map[id.Scope]uint64{id.Everyone(): 2, id.Own(b.ann.Person): 0})
	defer f.Close()
	before, told := b.events(t), len(b.effects.committed)
	mend := b.breaksCommit(t)
	p := newOutbox(b.ann).of(say(in, "a"), declare("b"))
	for range 2 {
		if _, err := b.Push(b.ctx, p); err == nil || !strings.Contains(err.Error(), "commit") {
			t.Fatalf("the commit failed, and the push got %v", err)
		}
	}
	select {
	case <-f.Wake():
		t.Error("a follower was woken")
	default:
	}
	if raw, err := f.Take(nil); err != nil || len(raw) > 0 {
		t.Errorf("a follower was handed %d bytes, %v", len(raw), err)
	}
	if b.events(t) != before || len(b.effects.committed) != told {
		t.Errorf("%d events are stored and %d told", b.events(t)-before, len(b.effects.committed)-told)
	}
	mend()
	got := b.push(t, p)
	wantOutcomes(t, got, stream.Accepted, stream.Accepted)
	if told, _ := b.told(t, in); got[0].Seq != 1+uint64(len(told)) {
		t.Errorf("the answer names event %d of %d", got[0].Seq, 1+len(told))
	}
	if raw, err := f.Take(nil); err != nil || len(raw) == 0 {
		t.Errorf("then a follower was handed %d bytes, %v", len(raw), err)
	}
	b.dense(t)
	b.folded(t)
}

// Were events stored without the answer and the number that go with them, the command would be done again when it is
// sent again; the other way round it would be lost.
func TestEventsAndAnswersAreStoredTogether(t *testing.T) {
	t.Parallel()
	for name, place := range map[string][2]string{
		"the number": {"UPDATE OF last_mid ON", "client"}, "the answer": {"INSERT ON", "outcome"}, "the events": {"INSERT ON", "event"},
	} {
		b := setup(t)
		in := b.declared(t)
		before := b.events(t)
		p := newOutbox(b.ann).of(say(in, "a"), say(in, "b"))
		mend := b.breaks(t, place[0], place[1], "")
		if _, err := b.Push(b.ctx, p); err == nil {
			t.Errorf("%s cannot be stored, and the push is answered", name)
		}
		var answers, numbers int
		err := b.db.Reader().QueryRowContext(b.ctx, `SELECT (SELECT count(*) FROM outcome WHERE command IN (?, ?)),
		  (SELECT count(*) FROM client WHERE id = ? AND last_mid > 0)`, p.Submissions[0].ID[:], p.Submissions[1].ID[:], p.Client[:]).Scan(&answers, &numbers)
		if stored := b.events(t) - before; err != nil || stored != 0 || answers != 0 || numbers != 0 {
			t.Errorf("%s cannot be stored: there are %d events, %d answers and %d numbers, %v", name, stored, answers, numbers, err)
		}
		mend()
		b.crash(t)
		wantOutcomes(t, b.push(t, p), stream.Accepted, stream.Accepted)
		first := b.events(t)
		wantOutcomes(t, b.push(t, p), stream.Accepted, stream.Accepted)
		if b.events(t) != first {
			t.Errorf("%s: sent again, it is done again", name)
		}
		b.dense(t)
	}
}

// Whichever of the two incidents cannot be written, nothing of a merge is stored.
func TestAMergeIsStoredOnBothSidesOrOnNoneWhicheverFails(t *testing.T) {
	t.Parallel()
	for side := range 2 {
		b := setup(t)
		one, other := b.declared(t), b.declared(t)
		p := newOutbox(b.ann).of(merge(one, other))
		broken := []id.Stream{one, other}[side]
		var key int64
		if err := b.db.Reader().QueryRowContext(b.ctx, "SELECT key FROM stream WHERE id = ?", broken[:]).Scan(&key); err != nil {
			t.Fatal(err)
		}
		mend := b.breaks(t, "INSERT ON", "event", fmt.Sprint("NEW.stream = ", key))
		if _, err := b.Push(b.ctx, p); err == nil {
			t.Errorf("side %d cannot be stored, and the push is answered", side)
		}
		b.wantTold(t, one)
		b.wantTold(t, other)
		mend()
		wantOutcomes(t, b.push(t, p), stream.Accepted)
		b.wantTold(t, one, "Merged")
		b.wantTold(t, other, "Absorbed")
		b.dense(t)
	}
}

// A refused wish leaves no hole in any counter.
func TestWhatIsRefusedTakesNoNumber(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	long := strings.Repeat("x", incident.MaxText+1)
	p := newOutbox(b.ann).of(declare("a"), declare(long), say(in, long), declare("b"), wish{in, incident.ChangeSeverity{To: 1}}, declare(long), declare("c"))
	wantOutcomes(t, b.push(t, p), stream.Accepted, stream.Rejected, stream.Rejected, stream.Accepted, stream.Conflict, stream.Rejected, stream.Accepted)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(declare(long))), stream.Rejected)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(declare("d"))), stream.Accepted)
	b.dense(t)
	b.restart(t)
	wantOutcomes(t, b.push(t, newOutbox(b.ann).of(declare("e"))), stream.Accepted)
	b.dense(t)
}
