package sample

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// after does what needs all stories to have been told: a duplicate is merged, an entry is told at the time at which it
// happened, and the admin hears of what they are not on call for. What was done before is not done again.
func (c *Cast) after(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for what, do := range map[string]func(context.Context) error{
		"merge the sample duplicate": c.mergeTwice, "correct a sample entry's time": c.correct, "subscribe the sample admin": c.hear,
	} {
		if err := do(ctx); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// here brings an incident to the client of a person, as far as it was told.
func (c *Cast) here(ctx context.Context, key, story string) (*proof.Desk, incident.Incident, error) {
	desk, in := c.desks[key], c.ids[story]
	if desk == nil {
		return nil, incident.Incident{}, nil
	}
	if err := c.reach(ctx, desk, in); err != nil {
		return nil, incident.Incident{}, err
	}
	s, err := desk.Replica().Incident(ctx, in)
	return desk, s, err
}

func (c *Cast) mergeTwice(ctx context.Context) error {
	desk, s, err := c.here(ctx, ada, twice().Key)
	if err != nil || desk == nil || !s.MergedInto.IsZero() {
		return err
	}
	into := c.ids[Checkout().Key]
	if err := c.reach(ctx, desk, into); err != nil {
		return err
	}
	if err := desk.MergeInto(ctx, s.ID, into, incident.BasesOf(s, s.Seq).Status); err != nil {
		return err
	}
	if err := c.settle(ctx, desk, s.ID); err != nil {
		return err
	}
	return c.settle(ctx, desk, into)
}

// earlier is how long before it was written something happened.
const earlier = 25 * time.Minute

func (c *Cast) correct(ctx context.Context) error {
	desk, s, err := c.here(ctx, ada, Checkout().Key)
	if err != nil || desk == nil {
		return err
	}
	line, err := desk.Replica().Timeline(ctx, s.ID, whole)
	if err != nil {
		return err
	}
	for _, e := range recorded(line) {
		if _, done := e.Event.(incident.TimeCorrected); done {
			return nil
		}
	}
	wish := incident.CorrectTime{Entry: entry(s.ID, whitePage), At: s.DeclaredAt.Add(-earlier), Reason: "as the first caller said"}
	if err := desk.Submit(ctx, s.ID, wish); err != nil {
		return err
	}
	return c.settle(ctx, desk, s.ID)
}

// hear lets the admin hear of one incident and of one tag.
func (c *Cast) hear(ctx context.Context) error {
	desk, s, err := c.here(ctx, admin, Checkout().Key)
	if err != nil || desk == nil {
		return err
	}
	reader, err := desk.Replica().Reader(ctx)
	if err != nil || len(reader.Subscriptions) > 0 {
		return err
	}
	if err := desk.Hear(ctx, s.ID, false); err != nil {
		return err
	}
	if err := desk.Subscribe(ctx, workspace.Subscription{Tag: "payroll"}, false); err != nil {
		return err
	}
	return desk.Await(ctx, func() (bool, error) { return desk.Replica().Unsent() == 0, nil })
}
