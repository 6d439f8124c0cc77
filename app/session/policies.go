package session

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Policies returns whom incidents reach, and in which order. It reads this device's copy alone.
func (s *Session) Policies(ctx context.Context) (present.Policies, error) {
	staff, view, err := s.staff(ctx)
	if err != nil {
		return present.Policies{}, err
	}
	return present.PoliciesFrom(staff, view), nil
}

// ForeseePolicy returns whom a policy would reach when, if an incident began at some moment. Nothing is stored.
func (s *Session) ForeseePolicy(ctx context.Context, p escalation.Policy, at time.Time) (present.Night, error) {
	staff, view, err := s.staff(ctx)
	if err != nil {
		return present.Night{}, err
	}
	return present.NightFrom(p, at, staff, view), nil
}

// ChangePolicy stores a wish about a policy; it is sent when the server is reached.
func (s *Session) ChangePolicy(ctx context.Context, p id.Policy, c escalation.PolicyCommand) error {
	return s.submit(ctx, id.Stream(p), c)
}

// staff reads all that decides whom a policy reaches.
func (s *Session) staff(ctx context.Context) (present.Staff, present.View, error) {
	out, view := present.Staff{Now: s.Clock.Now()}, s.View()
	terms, lines, err := s.replica.Terms(ctx, termsHistory)
	if err != nil {
		return out, view, fmt.Errorf("read the terms: %w", err)
	}
	for _, l := range lines {
		if event, ok := l.Event.(workspace.TermsEvent); ok && l.Pending {
			out.Waiting = append(out.Waiting, event)
		}
	}
	view.Setup = view.Setup.WithTerms(terms)
	if out.Rotations, err = s.replica.Rotations(ctx); err != nil {
		return out, view, fmt.Errorf("read the rotations: %w", err)
	}
	if out.Reader, err = s.replica.Reader(ctx); err != nil {
		return out, view, fmt.Errorf("read how one is reached: %w", err)
	}
	policies, err := s.replica.Policies(ctx)
	if err != nil {
		return out, view, fmt.Errorf("read the policies: %w", err)
	}
	for _, p := range policies {
		out.Policies = append(out.Policies, present.PolicyRecord{State: p.State, Base: p.Base, Pending: p.Pending})
	}
	return out, view, nil
}

// naming returns the view that knows what policies and rotations are called.
func (s *Session) naming(ctx context.Context) (present.View, error) {
	staff, _, err := s.staff(ctx)
	view := s.View()
	view.Called = staff.Called()
	return view, err
}
