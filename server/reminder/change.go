package reminder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reminder"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// changesAhead is how far ahead somebody's shifts are looked at for changes: as far as their calendars show them.
const changesAhead = 366 * 24 * time.Hour

// outOfUse is how long after a change it is of use to send word of it.
const outOfUse = 24 * time.Hour

var errUnsettled = errors.New("the rotation is being changed still")

// tellChange tells those whose shifts were moved by an event and those that followed it at once, but for who did all of it.
func (r *Reminders) tellChange(ctx context.Context, t task.Taken) error {
	c, err := changeFrom(t.Body)
	if err != nil {
		return task.Permanent(err)
	}
	history, err := r.history(ctx, c.rotation)
	if err != nil {
		return err
	}
	b, first := burstOf(history, c.seq)
	if !first {
		return nil // what went before tells of it
	}
	now := r.Clock.Now()
	if wait := b.until.Sub(now); wait > 0 {
		return task.RetryAfter(errUnsettled, wait)
	}
	var all []telling
	for _, moved := range reminder.Changes(oncall.NewRoster(b.before), oncall.NewRoster(b.after), now, now.Add(changesAhead)) {
		if slices.ContainsFunc(b.by, func(p id.Person) bool { return p != moved.Person }) {
			all = append(all, changed(c, moved, now))
		}
	}
	return r.commit(ctx, t, all)
}

func changed(c change, moved reminder.Change, now time.Time) telling {
	say := workspace.Reminded{About: workspace.ShiftsChanged, Rotation: c.rotation}
	for _, s := range moved.Spans[:min(len(moved.Spans), reminder.MaxChanges)] {
		say.Changes = append(say.Changes, workspace.DutyChange{From: s.From, Until: s.Until, Off: s.Off})
	}
	say.More = len(moved.Spans) - len(say.Changes)
	return telling{
		id: id.Derive[id.Command](c.rotation, fmt.Sprintf("shifts of %s changed by %d", moved.Person, c.seq)), to: moved.Person, end: now.Add(outOfUse), say: say,
	}
}

// burst is events that followed each other so fast that people are told once what came of all of them.
type burst struct {
	before, after oncall.Rotation
	by            []id.Person
	until         time.Time // from when on no event can belong to it any more
}

// burstOf returns the burst that begins with the event of a stream_seq. It is false where that event belongs to an earlier one. It rests on
// what the log says alone, so that whoever asks is told the same.
func burstOf(history []ledger.RotationMoment, seq uint64) (b burst, first bool) {
	var former oncall.Rotation
	var began, last time.Time
	for _, m := range history {
		before := former
		former = m.Rotation
		if !orders(m.Event) {
			continue
		}
		begins := last.IsZero() || m.At.Sub(last) >= Settle || m.At.Sub(began) >= MaxBurst
		last = m.At
		if begins {
			if first {
				return b, true
			}
			began = m.At
			if first = m.Seq == seq; first {
				b.before = before
			}
		}
		if first {
			b.after, b.by = m.Rotation, append(b.by, m.By)
			b.until = m.At.Add(Settle)
			if end := began.Add(MaxBurst); end.Before(b.until) {
				b.until = end
			}
		}
	}
	return b, first
}
