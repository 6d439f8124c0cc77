// Package reminder tells people of their shifts: that one comes, that theirs are others now, and a day before one what keeps them from being
// reached, which whoever made the rotation is told too. What is told is an event in the person's own scope, so that a client that is open
// shows it and all their devices know of it; beside it go a push and a mail, where the person has them and their rules for what can wait do
// not leave them out. No reminder rings: pages do.
//
// What is due is a task. Nothing is kept besides: a reminder's command has an id that follows from what it is about, so that it is told once,
// however often it is looked.
package reminder

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// The queues: what is to be told of a rotation's shifts, whose shifts a change has moved, and what is to be sent.
const (
	LookQueue   task.Queue = "shifts"
	ChangeQueue task.Queue = "shift changes"
	SendQueue   task.Queue = "reminders"
)

// Settle is for how long nobody must have changed a rotation before people are told how it stands: whoever orders one tries this and that. Who
// goes on for longer than MaxBurst is not waited for.
const (
	Settle   = 2 * time.Minute
	MaxBurst = time.Hour
)

// Store takes and cancels tasks in the transaction of what they follow from.
type Store interface {
	Enqueue(ctx context.Context, tx *sqlite.Tx, tasks ...task.Task) error
	Cancel(ctx context.Context, tx *sqlite.Tx, about id.Stream, at time.Time) error
}

// Watch has rotations looked at that were changed.
type Watch struct{ Tasks Store }

// Follow stores, in the transaction of some events, that their rotations are to be looked at, and that people are told whose shifts moved.
func (w Watch) Follow(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded) error {
	last := map[id.Stream]stream.Recorded{}
	for _, e := range events {
		if !orders(e.Event) {
			continue
		}
		last[e.Stream] = e
		err := w.Tasks.Enqueue(ctx, tx, task.Task{
			ID: id.Derive[task.ID](e.Stream, fmt.Sprintf("shifts changed by %d", e.StreamSeq)), Queue: ChangeQueue, Rank: task.Normal,
			About: id.Derive[id.Stream](e.Stream, "changes"), Due: e.Received.Add(Settle), Body: change{id.Rotation(e.Stream), e.StreamSeq}.bytes(),
		})
		if err != nil {
			return err
		}
	}
	for s, e := range last {
		if err := w.Tasks.Cancel(ctx, tx, s, e.Received); err != nil {
			return err
		}
		if err := w.Tasks.Enqueue(ctx, tx, lookAt(id.Rotation(s), e.Received.Add(Settle), e.StreamSeq)); err != nil {
			return err
		}
	}
	return nil
}

// lookAt returns the task that looks at a rotation at a time. Whoever knows the rotation up to the same event and comes to the same time
// stores the same task.
func lookAt(r id.Rotation, due time.Time, seq uint64) task.Task {
	return task.Task{
		ID: id.Derive[task.ID](r, fmt.Sprintf("shifts at %d, after %d", due.UnixMicro(), seq)), Queue: LookQueue, Rank: task.Normal, About: id.Stream(r), Due: due,
	}
}

// orders reports whether an event may change who serves.
func orders(e stream.Event) bool {
	switch e.(type) {
	case oncall.RotationCreated, oncall.RotationOrdered, oncall.OverrideAdded, oncall.OverrideEnded:
		return true
	default:
		return false
	}
}

// change names the event by which a rotation was changed.
type change struct {
	rotation id.Rotation
	seq      uint64
}

func (c change) bytes() []byte { return binary.BigEndian.AppendUint64(c.rotation.Bytes(), c.seq) }

func changeFrom(raw []byte) (change, error) {
	if len(raw) != 24 {
		return change{}, fmt.Errorf("read a change: it has %d bytes", len(raw))
	}
	return change{id.Rotation(raw[:16]), binary.BigEndian.Uint64(raw[16:])}, nil
}

// Post sends what rings nowhere. It is a notify.Pipeline.
type Post interface {
	Sends() escalation.Channels
	SendNotice(ctx context.Context, c escalation.Channel, m notify.Message, to []notify.Address) error
}

// Reminders carries the tasks out. It is safe for concurrent use.
type Reminders struct {
	Ledger *ledger.Ledger
	People *people.Store
	Tasks  *task.Store
	Post   Post // nil where nothing can be sent: then clients that are open tell, and nobody is said not to be reached
	Clock  clock.Clock
	// Language is what is sent is written in, as words.For takes it; clients that are open speak their own.
	Language string
}

// Register has the tasks carried out by a runner.
func (r *Reminders) Register(runner *task.Runner) error {
	p := task.Policy{Lease: 30 * time.Second, MaxTries: 1000, Backoff: task.Backoff{First: time.Second, Most: time.Minute}}
	sending := task.Policy{Lease: 15 * time.Second, MaxTries: 20, Backoff: task.Backoff{First: 5 * time.Second, Most: 10 * time.Minute}}
	return errors.Join(
		runner.Register(LookQueue, task.Handler{Policy: p, Concurrency: 2, Do: r.look}),
		runner.Register(ChangeQueue, task.Handler{Policy: p, Concurrency: 2, Do: r.tellChange}),
		runner.Register(SendQueue, task.Handler{Policy: sending, Concurrency: 4, Do: r.send}),
	)
}

// Begin has all rotations looked at, once the ledger runs: those that were made by a version without reminders too.
func (r *Reminders) Begin(ctx context.Context) error {
	all, err := r.Ledger.Rotations(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	_, err = r.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		now := r.Clock.Now()
		looks := make([]task.Task, 0, len(all))
		for _, rotation := range all {
			looks = append(looks, lookAt(rotation.ID, now, rotation.Seq))
		}
		return id.Actor{}, nil, r.Tasks.Enqueue(ctx, tx, looks...)
	})
	if err != nil {
		return fmt.Errorf("look at the rotations: %w", err)
	}
	return nil
}

// sends returns the channels that the server can send through.
func (r *Reminders) sends() escalation.Channels {
	if r.Post == nil {
		return 0
	}
	return r.Post.Sends()
}
