package task

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// State is where a task stands. The numbers are stored.
type State uint8

// The states. The first two are open, the others are ended for good, but that a dead task can be run again.
const (
	Waiting   State = 0
	Running   State = 1 // somebody holds it until its lease ends
	Done      State = 2
	Dead      State = 3 // it failed too often, or for good: an admin is to look
	Cancelled State = 4
	Lapsed    State = 5 // its end came before it was done
)

// Policy is how a queue treats its tasks.
type Policy struct {
	// Lease is how long one try may take. Whoever has not recorded a result by then may be dead: the task is due again.
	Lease time.Duration
	// MaxTries is how often a task is tried before it is dead.
	MaxTries int
	Backoff  Backoff
}

// row is a stored task.
type row struct {
	Task
	number  int64
	due     time.Time // as Task.Due, and while it is carried out the end of the lease
	state   State
	tries   int
	fence   int64
	ended   time.Time
	problem string
}

// taken returns whether the task is to be carried out now, and what it is then; where that is not so, what else became of
// it. A task that is not due, or has ended, stays as it is.
//
// There is no rescue of those whose holder died: where a lease has ended the task is due again, and is taken like any other.
// The try counts, so that one that takes its server down with it does so a few times only.
func (r row) taken(now time.Time, p Policy) (row, bool) {
	switch {
	case r.state > Running || r.due.After(now):
		return r, false
	case r.late(now):
		return r.end(Lapsed, now), false
	case r.tries >= p.MaxTries:
		if r.state == Running {
			r.problem = unfinished(r.tries, r.problem)
		}
		return r.end(Dead, now), false
	}
	r.state, r.due = Running, now.Add(p.Lease)
	r.tries++
	r.fence++
	return r, true
}

func unfinished(tries int, before string) string {
	said := fmt.Sprintf("Try %d did not end within its lease.", tries)
	if before != "" {
		said += " Before: " + before
	}
	return legible(said)
}

// late reports whether the task is not to be begun any more.
func (r row) late(at time.Time) bool { return !r.End.IsZero() && !r.End.After(at) }

// result is how a try ended.
type result struct {
	queue  Queue
	number int64
	fence  int64
	err    error // nil for done
	back   bool  // it was not tried, or broken off because the server stops
}

// settled returns what a result makes of the task, and whether it may be recorded at all: not by somebody who was overtaken. One
// whose lease has ended while nobody else took the task over may record it, because it is true all the same, and the task is not
// done twice. chance is between 0 and 1.
func (r row) settled(now time.Time, got result, p Policy, chance float64) (row, bool) {
	if r.fence != got.fence || r.state != Running {
		return r, false
	}
	if got.err == nil && !got.back {
		return r.end(Done, now), true
	}
	if got.back {
		r.state, r.due = Waiting, now
		r.tries--
		return r, true
	}
	return r.failed(now, got.err, p, chance), true
}

// failed returns the task after a try that went wrong.
func (r row) failed(now time.Time, why error, p Policy, chance float64) row {
	if errors.Is(why, errCancelled) && r.late(now) { // which is nothing that an admin should look at
		r.problem = ""
		return r.end(Cancelled, now)
	}
	r.problem = legible(why.Error())
	if _, forGood := errors.AsType[permanent](why); r.late(now) {
		return r.end(Lapsed, now)
	} else if forGood || r.tries >= p.MaxTries {
		return r.end(Dead, now)
	}
	wait := p.Backoff.after(r.tries, chance)
	if asked, ok := errors.AsType[later](why); ok {
		wait = max(wait, asked.wait)
	}
	r.state, r.due = Waiting, now.Add(wait)
	if r.late(r.due) { // it would never be tried again
		return r.end(Lapsed, now)
	}
	return r
}

// end returns the task as it is when it is over. What it was about is forgotten, unless it may be run again.
func (r row) end(as State, now time.Time) row {
	r.state, r.ended = as, now
	if as != Dead {
		r.Body = nil
	}
	return r
}

// over returns from when on the task cannot be run again: one that would have been tried too late has lapsed before its end. Zero is never.
func (r row) over() time.Time {
	if r.state == Lapsed && r.ended.Before(r.End) {
		return r.ended
	}
	return r.End
}

// again returns a dead task as it is when it is run once more, and whether it is not too late for that.
func (r row) again(now time.Time) (row, bool) {
	if r.state != Dead || r.late(now) {
		return r, false
	}
	r.state, r.due, r.ended, r.tries, r.problem = Waiting, now, time.Time{}, 0, ""
	r.fence++
	return r, true
}

// maxProblem is how much of what went wrong is kept, in bytes.
const maxProblem = 500

// legible returns what went wrong as both engines store it.
func legible(said string) string {
	said = strings.ToValidUTF8(strings.ReplaceAll(said, "\x00", ""), "�")
	if len(said) > maxProblem {
		said = strings.ToValidUTF8(said[:maxProblem], "") + "…"
	}
	return said
}
