package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (f *fake) Terms(context.Context) (present.Terms, error) {
	v := f.view()
	v.Called = f.staff().Called()
	t := present.TermsFrom(f.changed[max(len(f.changed)-100, 0):], noon(), v) // as many as a session gives
	for _, s := range f.reader.Subscriptions {
		t.Subscriptions = append(t.Subscriptions, present.SubscriptionFrom(s, f.find(s.Incident), v))
	}
	return t, f.failure
}

func (f *fake) ChangeTerms(_ context.Context, c workspace.TermsCommand) error {
	events, err := workspace.DecideTerms(f.terms, c)
	for _, e := range events {
		at := id.Envelope{Stream: id.Workspace(), StreamSeq: f.terms.Seq + 1, Actor: f.self, Occurred: noon()}
		f.terms = workspace.ApplyTerms(f.terms, at, e)
		f.setup = f.setup.WithTerms(f.terms)
		f.changed = append(f.changed, present.TermRecord{Event: e, At: at, Pending: !f.conn.Reached()})
	}
	return err
}

func (f *fake) Subscribe(_ context.Context, to workspace.Subscription, off bool) error {
	events, err := workspace.DecideReader(f.reader, workspace.Subscribe{To: to, Off: off})
	for _, e := range events {
		f.reader = workspace.ApplyReader(f.reader, id.Envelope{}, e)
	}
	return err
}

func (f *fake) Mergeable(_ context.Context, in id.Incident, typed string) ([]present.Similar, error) {
	return present.MergeableFrom(f.incidents, present.MergeQuery{Not: in, Typed: typed, Now: noon()}, f.view()), nil
}

func (f *fake) MergeInto(ctx context.Context, from, into id.Incident, base incident.Base) error {
	return f.Submit(ctx, from, incident.Merge{Into: into, Base: base})
}

// declared declares one more incident.
func (f *fake) declared(t *testing.T, title string) id.Incident {
	t.Helper()
	in, err := f.Declare(t.Context(), present.Declaration{Title: title, Level: 3})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (f *fake) Draft(context.Context) (present.Declaration, error) { return f.draft, nil }

func (f *fake) KeepDraft(_ context.Context, d present.Declaration) error {
	f.draft = d
	return nil
}

// Similar compares beginnings only.
func (f *fake) Similar(_ context.Context, title string) (out []present.Similar, err error) {
	for _, s := range f.incidents {
		if len(title) > 3 && strings.HasPrefix(strings.ToLower(s.Title), strings.ToLower(title)) {
			out = append(out, present.SimilarFrom(s, noon(), f.view()))
		}
	}
	return out, nil
}

func (f *fake) RoomDraft(_ context.Context, in id.Incident) (present.Draft, error) {
	return f.drafts[in], f.illegible
}

// KeepRoomDraft keeps it as a file does: none of what was given is shared.
func (f *fake) KeepRoomDraft(_ context.Context, in id.Incident, d present.Draft) error {
	if f.keeps++; f.illegible != nil {
		return f.illegible
	}
	if f.drafts == nil {
		f.drafts = map[id.Incident]present.Draft{}
	}
	if delete(f.drafts, in); !d.Empty() {
		f.drafts[in] = d
	}
	return nil
}
