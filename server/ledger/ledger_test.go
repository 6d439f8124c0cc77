package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	databasetest.Again(t)
}

var noon = time.Date(2025, 11, 20, 12, 0, 0, 123_456_000, time.UTC)

// hand is a clock that is set by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.Now()} }

func (h *hand) set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

// effects note what they are told; a transaction fails with the error that is set.
type effects struct {
	mu        sync.Mutex
	fail      error
	committed []stream.Recorded
}

func (e *effects) Store(context.Context, *sql.Tx, []stream.Recorded, ledger.States) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fail
}

func (e *effects) Committed(events []stream.Recorded) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.committed = append(e.committed, events...)
}

func (e *effects) failWith(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = err
}

// bundle is a ledger at work on a folder of its own, with one person in it.
type bundle struct {
	ctx     context.Context
	dir     string
	clock   *hand
	hours   clock.Clock // of the ledger; nil takes clock
	effects *effects
	logged  *logged
	db      databasetest.DB
	stop    func()
	ann     id.Actor
	sign    ed25519.PrivateKey
	skipped int64 // INC numbers, by new lives of the log
	*ledger.Ledger
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{
		ctx: context.Background(), dir: t.TempDir(), clock: &hand{at: noon}, effects: &effects{}, logged: &logged{},
		ann: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
	}
	b.open(t)
	t.Cleanup(func() { b.close(t) })
	b.add(t, b.ann.Person, "Ann")
	return b
}

func (b *bundle) open(t *testing.T) {
	t.Helper()
	var err error
	b.db = databasetest.Open(t, filepath.Join(b.dir, "x.db"), timeline.Schema, ledger.Schema)
	if b.hours == nil {
		b.hours = b.clock
	}
	b.Ledger, err = ledger.Open(b.ctx, ledger.Options{
		DB: b.db, Clock: b.hours, Effects: b.effects, SealKey: bytes.Repeat([]byte{7}, 32), Sign: b.sign,
		Logger: slog.New(slog.NewTextHandler(b.logged, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-ended
	}
}

func (b *bundle) close(t *testing.T) {
	t.Helper()
	b.stop()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := b.db.Close(); err != nil {
		t.Error(err)
	}
}

func (b *bundle) restart(t *testing.T) {
	t.Helper()
	b.close(t)
	b.open(t)
}

// crash goes on with what a power cut would leave of the database now.
func (b *bundle) crash(t *testing.T) {
	t.Helper()
	b.crashAnd(t, nil)
}

// crashAnd is crash, and changes what is left before anybody goes on with it.
func (b *bundle) crashAnd(t *testing.T, change func(databasetest.DB)) {
	t.Helper()
	left := t.TempDir()
	b.leave(t, left)
	b.close(t)
	b.dir = left
	if change != nil {
		db := databasetest.Open(t, filepath.Join(b.dir, "x.db"), timeline.Schema, ledger.Schema)
		change(db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b.open(t)
}

// leave puts what a power cut would leave into a folder.
func (b *bundle) leave(t *testing.T, left string) {
	t.Helper()
	if databasetest.OnPostgres() {
		databasetest.Cut(t, filepath.Join(b.dir, "x.db"), filepath.Join(left, "x.db"))
		return
	}
	for _, name := range []string{"x.db", "x.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// do carries out a command of the server itself.
func (b *bundle) do(t *testing.T, target id.Stream, c stream.Command) []stream.Recorded {
	t.Helper()
	events, err := b.Do(b.ctx, job(target, b.clock.Moment(), c))
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return events
}

func job(target id.Stream, written clock.Moment, c stream.Command) ledger.Job {
	s := stream.Submission{ID: id.New[id.Command](), Target: target, Written: written, Command: c}
	return func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, []stream.Submission{s}, nil
	}
}

func (b *bundle) add(t *testing.T, p id.Person, name string) {
	t.Helper()
	b.do(t, id.Stream(p), workspace.AddPerson{Person: p, Name: name})
}

// outbox is one client: it numbers what it pushes.
type outbox struct {
	push ledger.Push
	mid  uint64
}

func newOutbox(who id.Actor) *outbox {
	return &outbox{push: ledger.Push{
		Client: id.New[id.Client](), Actor: who, Generation: []byte("first"), Now: clock.Moment{Wall: noon}, Faults: map[int]error{},
	}}
}

// wish is a command and the stream that it is for.
type wish struct {
	target  id.Stream
	command stream.Command
}

// of returns the next push, with numbers and ids.
func (o *outbox) of(wishes ...wish) ledger.Push {
	p := o.push
	for _, w := range wishes {
		o.mid++
		p.Submissions = append(p.Submissions, stream.Submission{
			Mid: o.mid, ID: id.New[id.Command](), Target: w.target, Written: p.Now, Command: w.command,
		})
	}
	return p
}

func (b *bundle) push(t *testing.T, p ledger.Push) []stream.Outcome {
	t.Helper()
	result, err := b.Push(b.ctx, p)
	if err != nil {
		t.Fatalf("push: %v", err)
	}
	return result.Outcomes
}

// declared returns the stream of a new incident.
func (b *bundle) declared(t *testing.T) id.Stream {
	t.Helper()
	target := id.New[id.Stream]()
	b.do(t, target, incident.Declare{Title: "Checkout fails"})
	return target
}

func declare(title string) wish {
	return wish{id.New[id.Stream](), incident.Declare{Title: title}}
}

func say(target id.Stream, text string) wish {
	return wish{target, incident.Write{Entry: id.New[id.Entry](), Text: text}}
}

// all returns every event of a scope.
func (b *bundle) all(t *testing.T, scope id.Scope) []stream.Stored {
	t.Helper()
	events, err := timeline.After(b.ctx, b.db.Reader(), scope, 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// hold keeps the writer busy until the returned function is called, so that what is pushed meanwhile
// is committed as one group.
func (b *bundle) hold(t *testing.T) func() {
	t.Helper()
	busy, release, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_, err := b.Do(b.ctx, func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
			close(busy)
			<-release
			return id.Actor{}, nil, nil
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-busy
	return func() {
		close(release)
		<-done
	}
}

// together pushes all at once, in one group, and returns the answers in the same order.
func (b *bundle) together(t *testing.T, pushes ...ledger.Push) []ledger.Result {
	t.Helper()
	release := b.hold(t)
	out := make([]ledger.Result, len(pushes))
	var all sync.WaitGroup
	for i, p := range pushes {
		all.Go(func() {
			var err error
			if out[i], err = b.Push(b.ctx, p); err != nil {
				t.Errorf("push %d: %v", i, err)
			}
		})
		for b.Queued() <= i {
			runtime.Gosched()
		}
	}
	release()
	all.Wait()
	return out
}

// logged keeps what was logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func wantKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.Find(err); f == nil || f.Kind != kind {
		t.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
}

// wantOutcomes fails unless the kinds of the outcomes are these.
func wantOutcomes(t *testing.T, got []stream.Outcome, want ...stream.OutcomeKind) {
	t.Helper()
	var kinds []stream.OutcomeKind
	for _, o := range got {
		kinds = append(kinds, o.Kind)
	}
	if !slices.Equal(kinds, want) {
		t.Fatalf("the outcomes are %v, want %v: %+v", kinds, want, got)
	}
}
