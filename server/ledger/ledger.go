// Package ledger is the authority: it decides every command by the shared rules, numbers what
// follows, drops repeats, and commits in groups. Nothing leaves it before the commit.
package ledger

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema returns the tables that this package needs besides the timeline's.
func Schema() (sqlite.Schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlite.Schema{}, fmt.Errorf("read migrations: %w", err)
	}
	return sqlite.Schema{Name: "ledger", Files: files}, nil
}

// Effects is what follows from events outside the log.
type Effects interface {
	// Store does what must be in the events' own transaction.
	Store(ctx context.Context, tx *sql.Tx, events []stream.Recorded) error
	// Committed is told after the commit.
	Committed(events []stream.Recorded)
}

// Options says what a ledger works with.
type Options struct {
	DB      database.DB
	Clock   clock.Clock
	Effects Effects
	Logger  *slog.Logger
	// SealKey seals cursors; 32 random bytes that outlive restarts.
	SealKey []byte
	// Sign signs where the log stands; without it no checkpoints are made.
	Sign ed25519.PrivateKey
}

// Push is what one client sends up at once.
type Push struct {
	Client      id.Client
	Actor       id.Actor
	Epoch       id.Epoch // the life of the log that the client knows; zero where it knows none
	Generation  []byte
	Former      [][]byte // generations before it, back to the last one that the server is known to have
	Now         clock.Moment
	Came        time.Time // when it reached the server, by the ledger's clock; zero for the moment of the call
	Submissions []stream.Submission
	// Faults holds, by position, why a submission could not even be read.
	Faults map[int]error
}

// Result answers a Push.
type Result struct {
	Outcomes []stream.Outcome
	LastMid  uint64
}

// Job is a change that the server itself makes. It runs in a transaction of its own: what it does
// to other tables and the events of the commands that it returns are stored together or not at all.
type Job func(ctx context.Context, tx *sql.Tx) (id.Actor, []stream.Submission, error)

// Ledger is the one writer of a server's log.
type Ledger struct {
	Options
	log   *timeline.Log
	stmts statements
	queue chan *work
	hub   *Hub
	// lacking is until when a restored log may lack what clients know; zero for one that never was restored.
	lacking time.Time

	shared bool          // other servers write to the database too
	moved  chan struct{} // one of them has, up to told
	told   atomic.Uint64
	reach  *reach

	// The rest belongs to the goroutine in Run.
	*Decider
	turn     uint64 // of the counters that is taken in
	last     last   // the last event that is taken in, where others write too
	clients  map[id.Client]*Account
	dirty    map[id.Stream]struct{}
	foreign  map[id.Stream]struct{} // moved by others, who store the heads unless they were stopped before
	blind    bool                   // what others commit cannot be seen now
	unclean  bool                   // erased words may still be in the journal
	signed   uint64                 // the last event that a checkpoint covers
	signedAt time.Time
}

// scopeEnd is the last position of a scope and the log's hash there.
type scopeEnd struct {
	pos  uint64
	hash []byte
}

// Folded is a stream's folded state in memory.
type Folded struct {
	kind  id.Kind
	scope id.Scope
	state stream.State
	seq   uint64
}

// NewFolded returns a stream of which seq events fold to state.
func NewFolded(kind id.Kind, scope id.Scope, state stream.State, seq uint64) *Folded {
	return &Folded{kind: kind, scope: scope, state: state, seq: seq}
}

// Account is what the ledger knows of one outbox.
type Account struct {
	key        int64
	person     id.Person
	generation []byte
	lastMid    uint64
	storedMid  uint64 // lastMid as it is in the database
}

// NewAccount returns an outbox whose first lastMid commands have their answers.
func NewAccount(person id.Person, generation []byte, lastMid uint64) *Account {
	return &Account{person: person, generation: generation, lastMid: lastMid}
}

// work is one thing for the writer to do.
type work struct {
	push   *Push
	job    Job
	gift   *Gift
	flush  bool
	look   bool     // for what others have committed
	forked id.Epoch // the life of the log that turned out to be forked; zero for other work
	result Result
	events []stream.Recorded // what a job caused
	taken  int               // of a gift
	answer chan error
	// left is set when whoever asked was told that the database is not reached, and asks again.
	left atomic.Bool
}

// cached is how many streams' states are kept in memory.
const cached = 8192

// Open reads what the log needs to go on from where it was. The database's schema must be up to date.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	l := &Ledger{
		Options: o, queue: make(chan *work, 1024),
		Decider: NewDecider(o.Logger, Standing{Setup: workspace.Default()}), clients: map[id.Client]*Account{},
		dirty: map[id.Stream]struct{}{}, foreign: map[id.Stream]struct{}{},
		shared: database.Shared(o.DB), moved: make(chan struct{}, 1),
	}
	l.hub = newHub(l.Sees, l.Clock)
	l.hub.reach = newReach(l.shared, database.Turn(o.DB), l.hub.rouse)
	l.reach = l.hub.reach
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context) error {
	var err error
	if l.log, err = timeline.NewLog(ctx, l.DB); err != nil {
		return err
	}
	if l.stmts, err = prepare(ctx, l.DB); err != nil {
		return err
	}
	if err := l.DB.InTx(ctx, func(tx *sql.Tx) error { return l.begin(ctx, tx) }); err != nil {
		return fmt.Errorf("open ledger: %w", err)
	}
	return nil
}

// Close gives the prepared statements back. Run must have returned.
func (l *Ledger) Close() error {
	l.reach.stop()
	errs := []error{l.stmts.close()}
	if l.log != nil {
		errs = append(errs, l.log.Close())
	}
	return errors.Join(errs...)
}

// Hub returns where followers of committed events subscribe.
func (l *Ledger) Hub() *Hub { return l.hub }

// Push decides and stores a client's commands. Its outcomes are final once they are stored; an error
// means that nothing is known to have been applied.
func (l *Ledger) Push(ctx context.Context, p Push) (Result, error) {
	if p.Came.IsZero() {
		p.Came = l.Clock.Now()
	}
	w := &work{push: &p, answer: make(chan error, 1)}
	if err := l.submit(ctx, w); err != nil {
		return Result{}, err // the writer may still be at it
	}
	return w.result, nil
}

// Do carries out a job of the server's own and returns the events that it caused; a command that was
// carried out before causes none. When it fails, nothing of it is stored.
func (l *Ledger) Do(ctx context.Context, job Job) ([]stream.Recorded, error) {
	w := &work{job: job, answer: make(chan error, 1)}
	if err := l.submit(ctx, w); err != nil {
		return nil, err
	}
	return w.events, nil
}

// Flush stores the heads of all streams that moved, so that readers need not fold.
func (l *Ledger) Flush(ctx context.Context) error {
	return l.submit(ctx, &work{flush: true, answer: make(chan error, 1)})
}

// submit hands w to the writer and waits until it is answered. It waits also when ctx ends, once
// the writer has taken w: an answer must never be guessed. When the database is not reached any more, it is known that nothing is
// known: whoever asks again hears what became of it.
func (l *Ledger) submit(ctx context.Context, w *work) error {
	gone := l.reach.gone()
	select {
	case l.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-gone:
		return unreached()
	}
	select {
	case err := <-w.answer:
		return err
	case <-l.hub.Done():
		return stopping()
	case <-gone:
		w.left.Store(true)
		return unreached()
	}
}

func stopping() error {
	return fault.New(fault.Unavailable, "The server is stopping.").
		WithAdvice("What was answered is stored.", "The client tries again by itself.")
}

// Run writes until ctx ends. It is the only goroutine that touches the log.
func (l *Ledger) Run(ctx context.Context) {
	defer l.hub.close()
	idle := time.NewTicker(250 * time.Millisecond)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			l.tidy(context.WithoutCancel(ctx))
			l.checkpoint(context.WithoutCancel(ctx), true)
			return
		case w := <-l.queue:
			l.handle(context.WithoutCancel(ctx), l.gather(w))
			l.checkpoint(ctx, false) // here too: a log that is never idle is signed as well
		case <-l.moved:
			if l.told.Load() > l.seq {
				l.watch(ctx)
			}
		case <-idle.C:
			l.watch(ctx)
			l.tidy(ctx)
		}
	}
}

// groupSize bounds how many commands share a commit: more would only make the first ones wait.
const groupSize = 256

// gather returns first and whatever else is waiting, so that one commit serves all of it.
func (l *Ledger) gather(first *work) []*work {
	group := []*work{first}
	size := first.size()
	for size < groupSize {
		select {
		case w := <-l.queue:
			group = append(group, w)
			size += w.size()
		default:
			return group
		}
	}
	return group
}

func (w *work) size() int {
	if w.push == nil {
		return 1
	}
	return len(w.push.Submissions)
}

// handle carries out a group: pushes together, everything else by itself and in its turn.
func (l *Ledger) handle(ctx context.Context, group []*work) {
	group = slices.DeleteFunc(group, func(w *work) bool { return w.left.Load() })
	start := 0
	for i, w := range group {
		if w.push != nil {
			continue
		}
		l.commit(ctx, group[start:i])
		l.alone(ctx, w)
		start = i + 1
	}
	l.commit(ctx, group[start:])
	if len(l.dirty) > 512 {
		l.tidy(ctx)
	}
}

func (l *Ledger) alone(ctx context.Context, w *work) {
	if w.flush {
		w.answer <- l.flush(ctx)
		return
	}
	if w.look {
		w.answer <- l.follow(ctx)
		return
	}
	if !w.forked.IsZero() {
		w.answer <- l.beginEpoch(ctx, w.forked)
		return
	}
	l.commit(ctx, []*work{w})
}

// tidy stores heads and empties the journal of erased words, while nothing else is to be done. A failure is no loss: heads only spare folding.
func (l *Ledger) tidy(ctx context.Context) {
	l.purge(ctx)
	l.checkpoint(ctx, false)
	if len(l.dirty) == 0 {
		return
	}
	if err := l.storeHeads(ctx); err != nil && ctx.Err() == nil {
		l.Logger.Warn("store heads", "error", err)
	}
}
