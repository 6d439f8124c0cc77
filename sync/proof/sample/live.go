package sample

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// Cue is a line that is told after a pause, while somebody watches.
type Cue struct {
	After time.Duration
	Story Story // with the one line that is told
}

// Cues returns what happens while somebody watches: first what was written down, then a figure now
// and then, for ever. Each is told once in the life of a workspace.
func Cues(yield func(Cue) bool) {
	for i, l := range script() {
		if !yield(Cue{After: pauses[i%len(pauses)], Story: l}) {
			return
		}
	}
	for n := 1; ; n++ {
		if !yield(Cue{After: 2 * pauses[n%len(pauses)], Story: pulse(n)}) {
			return
		}
	}
}

// pauses are how long people think before they write.
var pauses = [...]time.Duration{4 * time.Second, 6 * time.Second, 3 * time.Second, 7 * time.Second, 5 * time.Second}

// pulse is the n-th figure that somebody tells.
func pulse(n int) Story {
	teller := []string{cleo, ben, ada}[n%3]
	text := fmt.Sprintf("Sample figure %d: %d orders a minute.", n, 380+(n*53)%90)
	return Story{"checkout", []Line{{Who: teller, Does: says(text)}}}
}

// script is told one line at a time.
func script() []Story {
	var out []Story
	for _, part := range []Story{
		{"checkout", []Line{
			{Who: cleo, Does: says("60 GB are free again. Replaying the orders that were held.")},
			{Who: ben, Does: says("140 calls became 90.")},
			{Who: dora, Does: says("The status page says: “Paying does not work at present. No order is lost.”")},
			{Who: ada, Does: says("Who can check the shops?")},
			{Who: fay, Does: says("I look after the two partners who have a contract about this.")},
			{Who: cleo, Does: updates("First replayed orders are through:\n- 212 of 1,840 done\n- **none failed**")},
		}},
		{"kiosk", []Line{
			{Who: ben, Does: declares("Self-service tills in shop south restart by themselves", 3, incident.Real, "shops")},
		}},
		{"checkout", []Line{
			{Who: ada, Does: says("The tills in shop south are a fire of their own: see the board.")},
			{Who: cleo, Does: says("900 of 1,840 done.")},
		}},
		{"kiosk", []Line{
			{Who: ada, Does: says("They get a new version since this morning. Stopping that.")},
			{Who: ada, Does: moves(incident.Mitigated, "no new version goes out")},
		}},
		{"checkout", []Line{
			{Who: dora, Does: says("A newspaper asks. I tell them what the status page says.")},
			{Who: cleo, Does: says("1,610 of 1,840 done. Runbook: https://wiki.example.com/db-7-disk-full")},
			{Who: ben, Does: says("31 calls left, and they get friendlier.")},
			{Who: ada, Does: tags("disk")},
			{Who: cleo, Does: says("All held orders are through. Watching.")},
		}},
	} {
		for _, l := range part.Lines {
			out = append(out, Story{part.Key, []Line{l}})
		}
	}
	return out
}

// Live lets the sample people go on writing until ctx ends. Whoever was away comes back in time.
// What cannot be done just now, because the server is not reached, is left for another time.
func (c *Cast) Live(ctx context.Context) error {
	for cue := range Cues {
		line, in := cue.Story.Lines[0], c.ids[cue.Story.Key]
		if done, err := c.heard(ctx, in, line); err != nil {
			return live(ctx, err)
		} else if done {
			continue
		}
		if !wait(ctx, cue.After) {
			return nil
		}
		if err := errors.Join(c.utter(ctx, in, line), c.tend(ctx)); err != nil {
			return live(ctx, fmt.Errorf("go on with the sample incident %q: %w", cue.Story.Key, err))
		}
	}
	return nil
}

// live returns err, unless it came of the time being over.
func live(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// heard reports whether a line was told before, or its teller is not here.
func (c *Cast) heard(ctx context.Context, in id.Incident, l Line) (bool, error) {
	desk, here := c.desks[l.Who]
	if !here {
		return true, nil
	}
	command, _, err := c.due(ctx, desk.Session, in, l)
	return err == nil && command == nil, err
}

// utter has a person do what a line says, and waits for nobody.
func (c *Cast) utter(ctx context.Context, in id.Incident, l Line) error {
	desk := c.desks[l.Who]
	command, err := c.drawn(ctx, desk, l.Does(in, c.person), l)
	if err == nil {
		err = desk.Submit(ctx, in, command)
	}
	if fault.Is(err, fault.NotFound) {
		return nil // its declarer has no network
	}
	return err
}

// tend lets those come back whose time it is, and gives up what the server refused: the others'
// value stands, and the audit keeps both.
func (c *Cast) tend(ctx context.Context) error {
	for _, p := range Colleagues() {
		if back, away := c.back[p.Key]; away && !c.Clock.Now().Before(back) {
			delete(c.back, p.Key)
			if err := c.sit(ctx, p); err != nil {
				return fmt.Errorf("let %s come back: %w", p.Name, err)
			}
		}
	}
	for _, desk := range c.desks {
		if err := giveUp(ctx, desk); err != nil {
			return err
		}
	}
	return nil
}

func giveUp(ctx context.Context, desk *proof.Desk) error {
	for _, p := range desk.Replica().Pending() {
		if !p.Refused() {
			continue
		}
		if err := desk.Discard(ctx, p.ID); err != nil {
			return fmt.Errorf("give up what was refused: %w", err)
		}
	}
	return nil
}
