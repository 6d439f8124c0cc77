// Package engine is the server's clock: it has an incident's paging go on when something of it falls due. What is due is a task, stored
// in the transaction of the events that it follows from; so a server that was down goes on where its clock is, and of several servers one
// does it.
package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/delivery"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Queue is that of the incidents whose paging is to go on.
const Queue task.Queue = "paging"

// Attempt is a channel that is to be tried now.
type Attempt struct {
	Incident id.Incident
	Page     escalation.Page
	Channel  escalation.Channel
}

// Store takes and cancels tasks in the transaction of what they follow from.
type Store interface {
	Enqueue(ctx context.Context, tx *sqlite.Tx, tasks ...task.Task) error
	Cancel(ctx context.Context, tx *sqlite.Tx, about id.Stream, at time.Time) error
}

// Carrier carries out the server's own commands.
type Carrier interface {
	Carry(ctx context.Context, by id.Actor, target id.Stream, c stream.Command) error
	Incident(ctx context.Context, i id.Incident) (incident.Incident, error)
}

// New returns the engine of a server: what it has tried is sent by notify's queues.
func New(tasks Store, ringing Ringing) Engine {
	return Engine{Tasks: tasks, Ringing: ringing, Send: func(a Attempt) task.Task {
		return notify.Attempt{Place: notify.Place{Incident: a.Incident, Page: a.Page.Page}, Channel: a.Channel}.Task()
	}}
}

// Engine keeps the tasks of paging. It is safe for concurrent use.
type Engine struct {
	Tasks Store
	// Send returns the task of an attempt. Its ID follows from the page and the channel. It has no queue for a channel of a later version.
	Send func(Attempt) task.Task
	// Ringing keeps which pages ring.
	Ringing Ringing
}

// Ringing keeps which pages ring, in the transaction of what tells so.
type Ringing interface {
	Begin(ctx context.Context, tx *sqlite.Tx, p delivery.Page) error
	End(ctx context.Context, tx *sqlite.Tx, page id.Page) error
}

// Follow stores what falls due because of some events, in their own transaction: that the paging of their incidents goes on, and that
// channels are tried. What is not wanted any more is cancelled.
func (e Engine) Follow(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded, after ledger.States) error {
	moved := map[id.Stream]move{}
	for _, event := range events {
		what, ok := event.Event.(incident.Event)
		if !ok {
			continue
		}
		paged, ok := what.(incident.Paged)
		if stirs := incident.Stirs(what); ok || stirs {
			moved[event.Stream] = move{at: event.Received, stirs: stirs || moved[event.Stream].stirs}
		}
		if !ok {
			continue
		}
		if err := e.page(ctx, tx, event, paged.Event, after); err != nil {
			return err
		}
	}
	for s, m := range moved {
		if err := e.goOn(ctx, tx, s, m, after); err != nil {
			return err
		}
	}
	return nil
}

// move is when a stream was moved, and whether its paging goes on at once and not when it says itself.
type move struct {
	at    time.Time
	stirs bool
}

// page stores that a channel is tried, or cancels what was to be tried of a page that has ended.
func (e Engine) page(ctx context.Context, tx *sqlite.Tx, at stream.Recorded, event escalation.Event, after ledger.States) error {
	of, ok := event.(escalation.OfPage)
	if !ok {
		return nil
	}
	switch what := of.Event.(type) {
	case escalation.Attempted:
		state, _ := after(at.Stream).(incident.Incident)
		page, there := state.Paging.Page(of.Page)
		if !there || page.Ended != escalation.EndRunning {
			return nil // it ended in the same breath
		}
		t := e.Send(Attempt{Incident: state.ID, Page: page, Channel: what.Channel})
		if t.Queue == "" {
			return nil
		}
		t.About, t.Due, t.End, t.Rank = id.Stream(of.Page), at.Received, what.Expires, task.Normal
		if page.Urgency == escalation.High {
			t.Rank = task.Urgent
		}
		return e.Tasks.Enqueue(ctx, tx, t)
	case escalation.PageStarted:
		return e.Ringing.Begin(ctx, tx, delivery.Page{Page: of.Page, Incident: id.Incident(at.Stream), Person: of.Person, Begun: at.Received})
	case escalation.PageEnded:
		if err := e.Tasks.Cancel(ctx, tx, id.Stream(of.Page), at.Received); err != nil {
			return err
		}
		return e.Ringing.End(ctx, tx, of.Page)
	default:
		return nil
	}
}

// goOn stores when an incident's paging goes on, in place of when it was to.
func (e Engine) goOn(ctx context.Context, tx *sqlite.Tx, s id.Stream, m move, after ledger.States) error {
	state, ok := after(s).(incident.Incident)
	if !ok {
		return nil
	}
	due, any := state.PagingDue()
	if m.stirs || due.Before(m.at) {
		due = m.at
	}
	any = any || m.stirs
	if err := e.Tasks.Cancel(ctx, tx, s, m.at); err != nil || !any {
		return err
	}
	return e.Tasks.Enqueue(ctx, tx, task.Task{
		ID: id.Derive[task.ID](s, fmt.Sprintf("paging after %d", state.Seq)), Queue: Queue, About: s, Rank: task.Urgent, Due: due,
	})
}

// Interrupted returns what no task is to be carried out about any more, because of some events that are committed.
func Interrupted(events []stream.Recorded) (over []id.Stream) {
	for _, event := range events {
		paged, _ := event.Event.(incident.Paged)
		of, _ := paged.Event.(escalation.OfPage)
		if _, ended := of.Event.(escalation.PageEnded); ended {
			over = append(over, id.Stream(of.Page))
		}
	}
	return over
}

// errNotYet is why a task of Queue is tried again though nothing went wrong.
var errNotYet = errors.New("nothing is due yet")

// Handler returns how the tasks of Queue are carried out.
func Handler(c Carrier, hours clock.Clock) task.Handler {
	return task.Handler{
		Policy: task.Policy{
			Lease: 10 * time.Second, MaxTries: 1000, Backoff: task.Backoff{First: 100 * time.Millisecond, Most: 5 * time.Second},
		},
		Concurrency: 64, // they share commits
		Do: func(ctx context.Context, t task.Taken) error {
			err := proceed(ctx, c, hours, id.Incident(t.About))
			if fault.Is(err, fault.NotFound) {
				return task.Permanent(err)
			}
			return err
		},
	}
}

// proceed has the paging of an incident go on. Where that leads to something, the next task is stored with it. Where it leads to nothing,
// because what stirred the incident changes nothing of it, or because the clock by which the task fell due is ahead of the one that
// decides, this task is the one that is left, and waits for what is due next.
func proceed(ctx context.Context, c Carrier, hours clock.Clock, i id.Incident) error {
	before, err := c.Incident(ctx, i)
	if err != nil {
		return err
	}
	if err := c.Carry(ctx, id.Actor{}, id.Stream(i), incident.Proceed{}); err != nil {
		return err
	}
	after, err := c.Incident(ctx, i)
	if err != nil {
		return err
	}
	was, _ := before.PagingDue()
	due, left := after.PagingDue()
	if !left || !due.Equal(was) {
		return nil
	}
	return task.RetryAfter(errNotYet, max(0, due.Sub(hours.Now())))
}
