package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// rotationHistory is how many changes of a rotation are shown.
const rotationHistory = 100

// OnCall returns who is on call now by each rotation, and what is asked for of one of them. It reads this device's copy alone:
// while the server is not reached, it is as of when it was.
func (s *Session) OnCall(ctx context.Context, q present.OnCallQuery) (present.OnCall, error) {
	all, err := s.replica.Rotations(ctx)
	if err != nil {
		return present.OnCall{}, fmt.Errorf("read the rotations: %w", err)
	}
	p := present.OnCallParams{Rotations: all, Query: q, Now: s.Clock.Now()}
	if chosen, any := q.Pick(all, p.Now); any {
		if p.History, err = s.rotationRecords(ctx, chosen.ID); err != nil {
			return present.OnCall{}, err
		}
	}
	return present.OnCallFrom(p, s.View()), nil
}

func (s *Session) rotationRecords(ctx context.Context, r id.Rotation) ([]present.RotationRecord, error) {
	_, lines, err := s.replica.Rotation(ctx, r, rotationHistory)
	if err != nil {
		return nil, fmt.Errorf("read who changed a rotation: %w", err)
	}
	var out []present.RotationRecord
	for _, l := range lines {
		if event, ok := l.Event.(oncall.Event); ok {
			out = append(out, present.RotationRecord{Event: event, At: l.Envelope, Pending: l.Pending})
		}
	}
	return out, nil
}

// Duties returns who is on call now by each rotation.
func (s *Session) Duties(ctx context.Context) ([]present.Duty, error) {
	all, err := s.replica.Rotations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the rotations: %w", err)
	}
	return present.DutiesFrom(all, s.Clock.Now(), s.View()), nil
}

// Foresee returns what changes of a rotation would do, one after the other, without storing any. What the rules refuse is
// returned as a fault.
func (s *Session) Foresee(ctx context.Context, r id.Rotation, wishes []oncall.Command) (present.Preview, error) {
	before, _, err := s.replica.Rotation(ctx, r, 0)
	if err != nil {
		return present.Preview{}, fmt.Errorf("read a rotation: %w", err)
	}
	return present.Foresee(before, wishes, s.Clock.Now(), s.View())
}

// Rotate stores wishes about a rotation, one after the other; they are sent when the server is reached. Where one is refused,
// those before it are stored all the same.
func (s *Session) Rotate(ctx context.Context, r id.Rotation, wishes []oncall.Command) error {
	for _, c := range wishes {
		if err := s.submit(ctx, id.Stream(r), c); err != nil {
			return err
		}
	}
	return nil
}

// rotationName returns what a rotation is called, also one whose creation was refused: then it is what it was to be called.
func (s *Session) rotationName(ctx context.Context, r id.Rotation, c oncall.Command) (string, error) {
	if create, ok := c.(oncall.CreateRotation); ok {
		return create.Name, nil
	}
	state, _, err := s.replica.Rotation(ctx, r, 0)
	if err != nil {
		return "", fmt.Errorf("read what a change is about: %w", err)
	}
	return state.Name, nil
}

// boardDuties returns who is on call, for the line on the board, and when that changes by itself.
func (s *Session) boardDuties(ctx context.Context) ([]present.Duty, time.Time, error) {
	duties, err := s.Duties(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	duties = slices.DeleteFunc(duties, func(d present.Duty) bool { return d.Ended })
	return duties, present.Turn(duties), nil
}
