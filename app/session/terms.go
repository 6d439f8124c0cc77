package session

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// termsHistory is how many changes of the terms are shown.
const termsHistory = 100

// Terms returns what the company calls things, who changed it, and what whoever looks hears of.
func (s *Session) Terms(ctx context.Context) (present.Terms, error) {
	terms, lines, err := s.replica.Terms(ctx, termsHistory)
	if err != nil {
		return present.Terms{}, fmt.Errorf("read the terms: %w", err)
	}
	view, err := s.naming(ctx)
	if err != nil {
		return present.Terms{}, err
	}
	view.Setup = view.Setup.WithTerms(terms)
	var changes []present.TermRecord
	for _, l := range lines {
		if event, ok := l.Event.(workspace.TermsEvent); ok {
			changes = append(changes, present.TermRecord{Event: event, At: l.Envelope, Pending: l.Pending})
		}
	}
	reader, err := s.replica.Reader(ctx)
	if err != nil {
		return present.Terms{}, fmt.Errorf("read the subscriptions: %w", err)
	}
	out := present.TermsFrom(changes, s.Clock.Now(), view)
	for _, sub := range reader.Subscriptions {
		var about incident.Incident
		if !sub.Incident.IsZero() {
			if about, err = s.replica.Incident(ctx, sub.Incident); err != nil {
				return out, fmt.Errorf("read what one is subscribed to: %w", err)
			}
		}
		out.Subscriptions = append(out.Subscriptions, present.SubscriptionFrom(sub, about, view))
	}
	return out, nil
}

// ChangeTerms stores a wish about the company's terms; it is sent when the server is reached.
func (s *Session) ChangeTerms(ctx context.Context, c workspace.TermsCommand) error {
	return s.submit(ctx, id.Workspace(), c)
}

// Subscribe makes whoever looks hear of something, or with off no longer.
func (s *Session) Subscribe(ctx context.Context, to workspace.Subscription, off bool) error {
	d, _ := s.replica.Device()
	return s.submit(ctx, id.Reader(d.Actor.Person), workspace.Subscribe{To: to, Off: off})
}
