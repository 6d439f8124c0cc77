package session

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// Unsent returns all own changes that the server has not taken, oldest first.
func (s *Session) Unsent(ctx context.Context) (present.Unsent, error) {
	var out present.Unsent
	view, err := s.naming(ctx)
	if err != nil {
		return out, err
	}
	for _, p := range s.shownPending() {
		change := present.Change{Command: p.ID, At: p.Written.Wall}
		if p.Command.Stream() == id.KindIncident {
			change.Incident = id.Incident(p.Target)
			about, err := s.replica.Incident(ctx, change.Incident)
			if err != nil {
				return out, fmt.Errorf("read what a change is about: %w", err)
			}
			change.Title = about.Title
			if !about.Exists() {
				change.Incident = id.Incident{} // there is no room to open
			}
		}
		if p.Command.Stream() == id.KindPolicy {
			change.Title = view.Called.Policies[id.Policy(p.Target)]
		}
		if wish, ok := p.Command.(oncall.Command); ok {
			name, err := s.rotationName(ctx, id.Rotation(p.Target), wish)
			if err != nil {
				return out, err
			}
			change.Title = name
		}
		out.Items = append(out.Items, present.ChangeFrom(change, p.Command, refusal(p), view))
	}
	return out, nil
}

func refusal(p replica.Pending) error {
	if !p.Refused() || p.Outcome.Fault == nil {
		return nil
	}
	return p.Outcome.Fault
}
