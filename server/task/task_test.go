package task_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	databasetest.Again(t)
}

func TestTheSameWishIsOneTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := of("a")
	other.Body, other.Due = []byte("another"), noon.Add(-time.Hour)
	b.enqueue(t, of("a"), other)
	b.enqueue(t, other)
	got := b.takes(t, "a")
	b.enqueue(t, other) // while it is carried out
	b.takes(t)
	b.record(t, got[0], nil)
	b.enqueue(t, other) // when it is done
	b.takes(t)
	if all, err := b.All(b.ctx); err != nil || len(all) != 1 {
		t.Errorf("there are %v, %v", all, err)
	}
}

// What is stored with an event is stored with it or not at all.
func TestATaskIsStoredWithItsCause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("waiting"))
	wrong := errors.New("wrong")
	err := b.db.InTx(b.ctx, func(tx *sql.Tx) error {
		return errors.Join(b.Enqueue(b.ctx, tx, of("a")), b.Cancel(b.ctx, tx, page, noon), wrong)
	})
	if !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	b.takes(t, "waiting")
	for _, bad := range []task.Task{{Queue: sms}, {ID: named("a")}, {ID: named("a"), Queue: sms, Rank: 2}} {
		if err := b.db.InTx(b.ctx, func(tx *sql.Tx) error { return b.Enqueue(b.ctx, tx, bad) }); err == nil {
			t.Errorf("%+v was stored", bad)
		}
	}
}

func TestTheMostImportantAndOfThemTheOldestIsFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := func(name string, rank task.Rank, after time.Duration) task.Task {
		one := of(name)
		one.Rank, one.Due = rank, noon.Add(after)
		return one
	}
	elsewhere := of("elsewhere")
	elsewhere.Queue = "mail"
	b.enqueue(
		t, at("normal", task.Normal, -2*time.Hour), at("later", task.Urgent, time.Second), at("new", task.Urgent, -time.Second),
		at("old", task.Urgent, -time.Minute), elsewhere, at("older", task.Normal, -3*time.Hour), at("same", task.Urgent, -time.Second),
	)
	if got := b.take(t, 1); len(got) != 1 || string(got[0].Body) != "old" || got[0].Try != 1 {
		t.Errorf("the first is %+v", got)
	}
	b.takes(t, "new", "same", "older", "normal")
	b.pass(t, time.Second-time.Microsecond)
	b.takes(t)
	b.pass(t, time.Microsecond)
	b.takes(t, "later")
}

// Who holds a task longer than its lease is overtaken: what they did is not recorded, neither by itself nor with an event.
func TestWhoWasOvertakenRecordsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("a"))
	slow := b.takes(t, "a")[0]
	b.pass(t, policy.Lease-time.Microsecond)
	b.takes(t)
	b.pass(t, time.Microsecond)
	second := b.takes(t, "a")[0]
	if second.Try != 2 || second.ID != slow.ID {
		t.Errorf("taken over was %+v", second)
	}
	for _, late := range []error{nil, errBusy, task.Permanent(errBusy)} {
		if b.record(t, slow, late) {
			t.Errorf("who was overtaken recorded %v", late)
		}
	}
	b.wantState(t, "a", task.Running)
	finish := func(taken task.Taken) error {
		return b.db.InTx(b.ctx, func(tx *sql.Tx) error {
			return errors.Join(b.Enqueue(b.ctx, tx, of("what follows "+taken.Token())), b.Finish(b.ctx, tx, taken))
		})
	}
	if err := finish(slow); !errors.Is(err, task.ErrOvertaken) {
		t.Errorf("with an event: %v", err)
	}
	if err := finish(second); err != nil {
		t.Errorf("who has it, with an event: %v", err)
	}
	if b.record(t, second, errBusy) {
		t.Error("what is done was recorded twice")
	}
	b.wantState(t, "a", task.Done)
	b.takes(t, "what follows "+second.Token())
}

// A result that comes late is true all the same: where nobody took the task over, it is not done twice.
func TestALateResultCountsUnlessSomebodyTookOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("a"))
	got := b.takes(t, "a")[0]
	b.pass(t, time.Hour)
	if !b.record(t, got, nil) {
		t.Error("it was not recorded")
	}
	b.takes(t)
	b.wantState(t, "a", task.Done)
	if body := b.stored(t, "a").Body; body != "" {
		t.Errorf("what is done is still known: %q", body)
	}
}

func TestTriesAreSpacedAndTheLastOneEndsInADeadTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("a"))
	for try, wait := range []time.Duration{time.Second, 2 * time.Second} {
		got := b.takes(t, "a")[0]
		if got.Try != try+1 {
			t.Errorf("try %d is number %d", try+1, got.Try)
		}
		b.record(t, got, errBusy)
		if due := b.stored(t, "a").Due; !due.Equal(b.clock.Now().Add(wait)) {
			t.Errorf("after try %d it waits until %s, want %s", try+1, due, b.clock.Now().Add(wait))
		}
		b.pass(t, wait-time.Microsecond)
		b.takes(t)
		b.pass(t, time.Microsecond)
	}
	b.record(t, b.takes(t, "a")[0], errBusy)
	b.pass(t, time.Hour)
	b.takes(t)
	letters, total, err := b.Dead(b.ctx, 10)
	if err != nil || total != 1 || len(letters) != 1 {
		t.Fatalf("dead are %+v of %d, %v", letters, total, err)
	}
	l := letters[0]
	if l.ID != named("a") || l.Queue != sms || l.About != page || l.Tries != 3 || l.Problem != errBusy.Error() || !l.Died.Equal(noon.Add(3*time.Second)) {
		t.Errorf("the letter is %+v", l)
	}
}

func TestAHandlerSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("a"))
	b.record(t, b.takes(t, "a")[0], fmt.Errorf("send: %w", task.RetryAfter(errBusy, time.Minute)))
	if got := b.stored(t, "a"); !got.Due.Equal(noon.Add(time.Minute)) || got.Problem != "send: "+errBusy.Error() {
		t.Errorf("asked to wait a minute, it is %+v", got)
	}
	b.pass(t, time.Minute)
	b.record(t, b.takes(t, "a")[0], task.RetryAfter(errBusy, 0))
	if got := b.stored(t, "a"); !got.Due.Equal(noon.Add(time.Minute + 2*time.Second)) {
		t.Errorf("asked to wait for less than it would, it is %+v", got)
	}
	b.enqueue(t, of("hopeless"))
	b.record(t, b.takes(t, "hopeless")[0], fmt.Errorf("send: %w", task.Permanent(errors.New("no\x00such\xffnumber"))))
	if got := b.stored(t, "hopeless"); got.State != task.Dead || got.Problem != "send: nosuch�number" || got.Body != "hopeless" {
		t.Errorf("without hope, it is %+v", got)
	}
}

// A task that takes its server down with it does so a few times, and then waits for an admin.
func TestATaskThatIsNeverFinishedDies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("deadly"))
	for range policy.MaxTries {
		b.takes(t, "deadly")
		b.pass(t, policy.Lease)
	}
	b.takes(t)
	if got := b.stored(t, "deadly"); got.State != task.Dead || got.Problem != "Try 3 did not end within its lease." {
		t.Errorf("it is %+v", got)
	}
}

func TestADeadTaskIsRunAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	short := of("short")
	short.End = noon.Add(time.Hour)
	b.enqueue(t, of("a"), short, of("b"))
	numbers := map[string]int64{}
	for _, got := range b.takes(t, "a", "short", "b") {
		numbers[string(got.Body)] = got.Number()
		b.record(t, got, task.Permanent(errBusy))
	}
	b.pass(t, time.Minute)
	if err := b.Again(b.ctx, numbers["a"], numbers["short"]); err != nil {
		t.Fatal(err)
	}
	for _, got := range b.takes(t, "a", "short") {
		if got.Try != 1 {
			t.Errorf("%s has had %d tries", got.Body, got.Try)
		}
		b.record(t, got, task.Permanent(errBusy))
	}
	wantKind := func(err error, kind fault.Kind) {
		t.Helper()
		if f := fault.Find(err); f == nil || f.Kind != kind || f.Safe == "" || f.Do == "" {
			t.Errorf("got %v", err)
		}
	}
	wantKind(b.Again(b.ctx, numbers["a"], 4711), fault.NotFound)
	b.takes(t) // all or none
	b.pass(t, time.Hour)
	wantKind(b.Again(b.ctx, numbers["short"]), fault.Gone)
	if anew, left, err := b.AgainAll(b.ctx, "mail"); err != nil || anew != 0 || left != 0 {
		t.Errorf("of another queue %d, %d, %v", anew, left, err)
	}
	if anew, left, err := b.AgainAll(b.ctx, sms); err != nil || anew != 2 || left != 1 {
		t.Errorf("of all %d anew, %d left, %v", anew, left, err)
	}
	b.takes(t, "a", "b")
	wantKind(b.Again(b.ctx, numbers["a"]), fault.NotFound) // it is being carried out
}

func TestWhatIsCancelledIsNotBegun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	later, other := of("later"), of("other page")
	later.Due, other.About = noon.Add(time.Minute), id.Stream{2}
	b.enqueue(t, of("sent"), of("failing"), of("dying"))
	running := b.takes(t, "sent", "failing", "dying")
	b.enqueue(t, of("a"), later, other)
	b.cancel(t, page)
	b.wantState(t, "a", task.Cancelled)
	b.wantState(t, "later", task.Cancelled)
	b.record(t, running[0], nil)
	b.record(t, running[1], errBusy)
	b.pass(t, time.Hour)
	b.takes(t, "other page")
	if err := b.Tidy(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.wantState(t, "sent", task.Done)
	b.wantState(t, "failing", task.Lapsed) // it is not tried again
	b.wantState(t, "dying", task.Lapsed)
	if b.record(t, running[2], nil) {
		t.Error("what is over was recorded once more")
	}
}

// A page of hours ago does not ring.
func TestWhatIsTooLateIsNotBegun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	until := func(name string, end time.Duration) task.Task {
		one := of(name)
		one.End = noon.Add(end)
		return one
	}
	b.enqueue(t, until("minute", time.Minute), until("hour", time.Hour), of("for ever"), until("sent", time.Second))
	b.record(t, b.take(t, 1)[0], errBusy) // minute
	b.pass(t, time.Minute-time.Microsecond)
	for _, got := range b.takes(t, "hour", "for ever", "minute") {
		b.record(t, got, errBusy)
	}
	b.wantState(t, "minute", task.Lapsed) // the next try would come too late
	if letters, _, err := b.Dead(b.ctx, 9); err != nil || len(letters) != 1 || !letters[0].End.Equal(b.clock.Now()) {
		t.Errorf("it could be run again: %+v, %v", letters, err)
	}
	b.pass(t, time.Hour)
	b.record(t, b.takes(t, "for ever")[0], nil)
	if err := b.Tidy(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.wantState(t, "hour", task.Lapsed)
	b.wantState(t, "sent", task.Lapsed)
	letters, total, err := b.Dead(b.ctx, 9)
	if err != nil || total != 2 || len(letters) != 2 || letters[0].Problem != errBusy.Error() || letters[0].End.After(b.clock.Now()) {
		t.Errorf("of those that failed until it was too late, an admin sees %+v of %d, %v", letters, total, err)
	}
}

// A runner is at a task whose time ends meanwhile: nobody sweeps it away under them.
func TestWhatIsBegunInTimeIsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := of("a")
	one.End = noon.Add(time.Second)
	b.enqueue(t, one)
	got := b.takes(t, "a")[0]
	b.pass(t, 2*time.Second)
	if err := b.Tidy(b.ctx); err != nil {
		t.Fatal(err)
	}
	if !b.record(t, got, nil) {
		t.Error("it is not recorded")
	}
}

func TestRecordsAreForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enqueue(t, of("done"), of("dead"), of("open"))
	got := b.takes(t, "done", "dead", "open")
	b.record(t, got[0], nil)
	b.record(t, got[1], task.Permanent(errBusy))
	count := func(after time.Duration, want int) {
		t.Helper()
		b.pass(t, after)
		err := b.Tidy(b.ctx)
		if all, failed := b.All(b.ctx); err != nil || failed != nil || len(all) != want {
			t.Errorf("%d are left, want %d, %v, %v", len(all), want, err, failed)
		}
	}
	count(task.Kept, 3)
	count(time.Second, 2)
	count(task.KeptDead, 1)
	b.enqueue(t, of("done")) // nothing is known of it any more
	b.takes(t, "done", "open")
}
