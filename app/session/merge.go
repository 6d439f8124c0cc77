package session

import (
	"context"
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Mergeable returns the incidents that another one may repeat: those that burn and the recent ones,
// whose titles hold what was typed.
func (s *Session) Mergeable(ctx context.Context, in id.Incident, typed string) ([]present.Similar, error) {
	burning, others, err := s.replica.Board(ctx, lately)
	if err != nil {
		return nil, fmt.Errorf("read the board: %w", err)
	}
	return present.MergeableFrom(append(burning, others...), present.MergeQuery{
		Not: in, Typed: strings.TrimSpace(typed), Now: s.Clock.Now(),
	}, s.View()), nil
}

// MergeInto ends an incident as a repetition of another, which notes that by itself. The base says on which status of
// the first that was decided.
func (s *Session) MergeInto(ctx context.Context, from, into id.Incident, base incident.Base) error {
	return s.Submit(ctx, from, incident.Merge{Into: into, Base: base})
}

// repeated returns the incident that i repeats, or none.
func (s *Session) repeated(ctx context.Context, i incident.Incident) (incident.Incident, error) {
	if i.MergedInto.IsZero() {
		return incident.Incident{}, nil
	}
	other, err := s.replica.Incident(ctx, i.MergedInto)
	if err != nil {
		return other, fmt.Errorf("read what an incident repeats: %w", err)
	}
	return other, nil
}
