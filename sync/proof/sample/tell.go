package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// Fill tells the stories as far as they have not been told, and returns how many lines that were. Then it does what
// comes after them.
func (c *Cast) Fill(ctx context.Context) (int, error) {
	fresh := 0
	for _, story := range Stories() {
		for _, l := range story.Lines {
			n, err := c.tell(ctx, c.ids[story.Key], l)
			if err != nil {
				return fresh, fmt.Errorf("tell the sample incident %q, as %s: %w", story.Key, l.Who, err)
			}
			fresh += n
		}
	}
	return fresh, c.after(ctx)
}

// tell has a person do what a line says, unless it was done before, and waits until the server has
// it. It returns how many lines were new: 0 or 1.
func (c *Cast) tell(ctx context.Context, in id.Incident, l Line) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if desk, here := c.desks[l.Who]; here {
		return c.tellFrom(ctx, desk, in, l)
	}
	if l.Away {
		return c.tellAway(ctx, in, l)
	}
	return 0, nil // who is away has told everything that comes before
}

func (c *Cast) tellFrom(ctx context.Context, desk *proof.Desk, in id.Incident, l Line) (int, error) {
	command, seq, err := c.due(ctx, desk.Session, in, l)
	if err != nil || command == nil {
		c.known[in] = max(c.known[in], seq)
		return 0, err
	}
	if err := c.reach(ctx, desk, in); err != nil {
		return 0, err
	}
	if l.Away {
		if err := c.leave(l.Who); err != nil {
			return 0, err
		}
		c.back[l.Who] = c.Clock.Now().Add(c.Absence)
		return c.tellAway(ctx, in, l)
	}
	if command, err = c.drawn(ctx, desk, command, l); err != nil {
		return 0, err
	}
	if err := desk.Submit(ctx, in, command); err != nil {
		return 0, err
	}
	return 1, c.settle(ctx, desk, in)
}

// drawn returns the command of a line with the picture that goes with it.
func (c *Cast) drawn(ctx context.Context, desk *proof.Desk, command incident.Command, l Line) (incident.Command, error) {
	wish, words := command.(incident.Write)
	if !l.Chart || !words {
		return command, nil
	}
	picture, err := chart()
	if err != nil {
		return nil, err
	}
	a, err := desk.Attach(ctx, "orders per minute.png", bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("attach the sample chart: %w", err)
	}
	wish.Attachments = []incident.Attachment{a}
	return wish, nil
}

// tellAway has somebody do what a line says without network.
func (c *Cast) tellAway(ctx context.Context, in id.Incident, l Line) (fresh int, err error) {
	err = c.apart(ctx, l.Who, func(s *session.Session) error {
		command, _, err := c.due(ctx, s, in, l)
		if err != nil || command == nil {
			return err
		}
		fresh = 1
		return s.Submit(ctx, in, command)
	})
	return fresh, err
}

// due returns the command of a line, or nil where it was given before, and how far the incident has
// come at the teller's client.
func (c *Cast) due(ctx context.Context, s *session.Session, in id.Incident, l Line) (incident.Command, uint64, error) {
	line, err := s.Replica().Timeline(ctx, in, whole)
	if err != nil {
		return nil, 0, err
	}
	command := l.Does(in, c.person)
	if told(recorded(line), c.who[l.Who], command) || waiting(s.Replica().Pending(), in, command) {
		return nil, line.Canonical, nil
	}
	return command, line.Canonical, nil
}

// reach waits until a client has everything that was told before.
func (c *Cast) reach(ctx context.Context, desk *proof.Desk, in id.Incident) error {
	err := desk.Await(ctx, func() (bool, error) {
		s, err := desk.Replica().Incident(ctx, in)
		return s.Seq >= c.known[in], err
	})
	if err != nil {
		return fmt.Errorf("wait for what was told before: %w", err)
	}
	return nil
}

// settle waits until the server has taken everything of a client.
func (c *Cast) settle(ctx context.Context, desk *proof.Desk, in id.Incident) error {
	if err := desk.Await(ctx, func() (bool, error) { return desk.Replica().Unsent() == 0, nil }); err != nil {
		return fmt.Errorf("wait until the server has it: %w", err)
	}
	for _, p := range desk.Replica().Pending() {
		if p.Refused() {
			return errors.Join(p.Outcome.Fault, desk.Discard(ctx, p.ID))
		}
	}
	s, err := desk.Replica().Incident(ctx, in)
	c.known[in] = s.Seq
	return err
}
