package reminder

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reminder"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

const (
	// ahead is how far it is looked for the next thing to do, and again where there is nothing.
	ahead = 8 * 24 * time.Hour
	// justBegun is for how long after its beginning it is looked whether somebody is reached in a shift: they may have taken it over just now.
	justBegun = 10 * time.Minute
)

// look tells what is due of a rotation's shifts, and when it is to be looked again.
func (r *Reminders) look(ctx context.Context, t task.Taken) error {
	history, err := r.history(ctx, id.Rotation(t.About))
	if err != nil {
		return err
	}
	now := r.Clock.Now()
	told, next, err := r.due(ctx, history, now)
	if err != nil {
		return err
	}
	if next.IsZero() {
		return r.commit(ctx, t, told)
	}
	return r.commit(ctx, t, told, lookAt(id.Rotation(t.About), next, history[len(history)-1].Seq))
}

// history returns how a rotation became what it is.
func (r *Reminders) history(ctx context.Context, rotation id.Rotation) ([]ledger.RotationMoment, error) {
	history, err := r.Ledger.RotationHistory(ctx, rotation)
	if fault.Is(err, fault.NotFound) { // a log that was put back to its past
		err = task.Permanent(err)
	}
	return history, err
}

// due returns what is to be told now, and when there is more; zero for never, unless the rotation is changed.
func (r *Reminders) due(ctx context.Context, history []ledger.RotationMoment, now time.Time) (all []telling, next time.Time, err error) {
	last := history[len(history)-1]
	if last.Ended(now) {
		return nil, time.Time{}, nil
	}
	next = now.Add(ahead - reminder.DayBefore)
	changed := ordered(history)
	for _, d := range reminder.Plan(oncall.NewRoster(last.Rotation), now.Add(-justBegun), now.Add(ahead)) {
		if d.At.After(now) {
			if d.At.Before(next) {
				next = d.At
			}
			continue
		}
		// Who came into the shift later than that was told so, and who comes too late is not told what has begun.
		if soon := !d.Check; d.Tell && d.Shift.From.After(now) && !d.At.Before(changed) && (soon || now.Before(d.Shift.From.Add(-reminder.JustBefore))) {
			all = append(all, r.comes(last.Rotation, d))
		}
		if d.Check {
			more, err := r.check(ctx, history, d.Shift, now)
			if err != nil {
				return nil, next, err
			}
			all = append(all, more...)
		}
	}
	return all, next, nil
}

// ordered returns when it was last changed who serves.
func ordered(history []ledger.RotationMoment) (at time.Time) {
	for _, m := range history {
		if orders(m.Event) {
			at = m.At
		}
	}
	return at
}

// telling is a reminder for somebody.
type telling struct {
	id  id.Command // follows from what it is about
	to  id.Person
	say workspace.Reminded
	end time.Time // from when on it is of no use
}

func (r *Reminders) comes(rotation oncall.Rotation, d reminder.Due) telling {
	s := d.Shift
	return telling{
		id: id.Derive[id.Command](rotation.ID, fmt.Sprintf("%s has a shift at %d, said at %d", s.Person, s.From.UnixMicro(), d.At.UnixMicro())), to: s.Person, end: s.From,
		say: workspace.Reminded{About: workspace.ShiftComes, Rotation: rotation.ID, From: s.From, Until: s.Until},
	}
}

// commit tells, and ends the task, in one transaction with the further tasks. What was told before is not told again.
func (r *Reminders) commit(ctx context.Context, t task.Taken, all []telling, further ...task.Task) error {
	setup := r.Ledger.Setup()
	for _, one := range all {
		if _, known := setup.People[one.to]; !known {
			continue
		}
		more, err := r.posts(ctx, setup, one)
		if err != nil {
			return err
		}
		further = append(further, more...)
	}
	_, err := r.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		if err := r.Tasks.Finish(ctx, tx, t); err != nil {
			return id.Actor{}, nil, err
		}
		return id.Actor{}, r.submissions(setup, all), r.Tasks.Enqueue(ctx, tx, further...)
	})
	return err
}

func (r *Reminders) submissions(w workspace.Setup, all []telling) []stream.Submission {
	var out []stream.Submission
	for _, one := range all {
		if _, known := w.People[one.to]; known {
			out = append(out, stream.Submission{ID: one.id, Target: id.Reader(one.to), Written: r.Clock.Moment(), Command: workspace.Remind{To: one.to, Say: one.say}})
		}
	}
	return out
}
