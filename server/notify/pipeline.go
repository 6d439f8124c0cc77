package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Options says what a pipeline works with.
type Options struct {
	Pages   Pages
	Book    Book
	Journal Journal
	Clock   clock.Clock
	Limits  Limits
	// Link returns where a page is acknowledged with a browser until it expires. It is nil where there is no such place.
	Link func(at Place, until time.Time) string
}

// Pipeline carries out attempts. Make it with New. It is safe for concurrent use.
type Pipeline struct {
	Options
	providers map[escalation.Channel]Provider
	unstored  memory
}

// New returns a pipeline with providers for at most one channel each. Channels without one are said not to be set up.
func New(o Options, providers ...Provider) (*Pipeline, error) {
	p := &Pipeline{Options: o, providers: map[escalation.Channel]Provider{}, unstored: newMemory()}
	for _, provider := range providers {
		c := provider.Channel()
		if _, there := p.providers[c]; there || provider.Queue() != QueueOf(c) {
			return nil, fmt.Errorf("take the provider of the queue %q: it has another's channel or queue", provider.Queue())
		}
		p.providers[c] = provider
	}
	return p, nil
}

const (
	// SendTime is how long a provider has for one message.
	SendTime = 7 * time.Second
	// recordTime is how long it may take to record what became of it, also when the task was cancelled meanwhile.
	recordTime = 3 * time.Second
)

// Deliver carries out one try of an attempt, as a task.Handler does. It returns nil when there is nothing more to be done.
func (p *Pipeline) Deliver(ctx context.Context, t task.Taken) error {
	a, err := ReadAttempt(t.Body)
	if err != nil {
		return task.Permanent(err)
	}
	d, err := p.look(ctx, a, t)
	if fault.Is(err, fault.NotFound) {
		return task.Permanent(err)
	}
	if err != nil {
		return err
	}
	for _, s := range policy(p.Limits) {
		var why Reason
		if d, why = s(d); why != 0 {
			return p.stopped(ctx, d, t, why)
		}
	}
	tries := p.send(ctx, d, t)
	return p.conclude(ctx, d, t, tries)
}

// look reads all that the steps go by. What could not be recorded of a former try counts as recorded.
func (p *Pipeline) look(ctx context.Context, a Attempt, t task.Taken) (draft, error) {
	d := draft{Attempt: a, now: p.Clock.Now()}
	_, d.provided = p.providers[a.Channel]
	var err error
	if d.standing, err = p.Pages.Standing(ctx, a.Place); err != nil {
		return d, fmt.Errorf("look at page %s: %w", a.Page, err)
	}
	if d.reach, err = p.Book.Reach(ctx, d.standing.Person, a.Channel); err != nil {
		return d, fmt.Errorf("find how %s is reached: %w", d.standing.Person, err)
	}
	if d.past, err = p.Journal.Past(ctx, a, d.standing.Person, d.now.Add(-Window)); err != nil {
		return d, fmt.Errorf("read what was sent of page %s: %w", a.Page, err)
	}
	for _, line := range p.unstored.of(t.ID) {
		d.past.Accepted = append(d.past.Accepted, line.Address)
	}
	return d, nil
}

// stopped tells why nothing is sent.
func (p *Pipeline) stopped(ctx context.Context, d draft, t task.Taken, why Reason) error {
	r := p.report(d, t, p.unstored.of(t.ID))
	r.Final, r.Reason, r.News = true, why, why.News()
	if len(r.Lines) > 0 { // of a former try
		r.Reason, r.News = ProviderAccepted, ProviderAccepted.News()
	} else if why == SentBefore {
		return nil
	}
	return p.record(ctx, d, r)
}

func (p *Pipeline) report(d draft, t task.Taken, lines []Line) Report {
	return Report{Attempt: d.Attempt, Person: d.standing.Person, Task: t, At: p.Clock.Now(), Lines: lines}
}

// record stores a report, also when ctx has ended: what was sent was sent. What cannot be stored is remembered, so that the next try
// sends it to nobody again.
func (p *Pipeline) record(ctx context.Context, d draft, r Report) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if err := p.Journal.Record(ctx, r); err != nil {
		p.unstored.keep(r, d.standing.Expires)
		return fmt.Errorf("record what became of page %s: %w", r.Page, err)
	}
	p.unstored.forget(r.Task.ID)
	return nil
}

// conclude records what became of a try, strikes out what is gone, and says what is to become of the task.
func (p *Pipeline) conclude(ctx context.Context, d draft, t task.Taken, tries []try) error {
	last := t.Try >= Policy(d.Channel).MaxTries
	end := judge(d, tries, last)
	if errors.Is(ctx.Err(), context.Canceled) && end.err != nil {
		// The page was acknowledged while it was sent, or the server stops: what failed because of that is nobody's failure.
		end.lines, end.reason = end.accepted(), 0
		if len(end.lines) == 0 {
			return context.Cause(ctx)
		}
		end.reason = ProviderAccepted
	}
	r := p.report(d, t, append(p.unstored.of(t.ID), end.lines...))
	r.Final, r.Reason, r.News, r.Wait = end.err == nil, end.reason, end.news, end.wait
	err := p.record(ctx, d, r)
	for _, gone := range tries {
		if gone.refused != nil && gone.refused.Reason == AddressDead {
			err = errors.Join(err, p.strike(ctx, d, gone.to))
		}
	}
	if err != nil {
		return err
	}
	return end.err
}

func (p *Pipeline) strike(ctx context.Context, d draft, a Address) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	if err := p.Book.Strike(ctx, d.standing.Person, d.Channel, a); err != nil {
		return fmt.Errorf("strike out an address of %s: %w", d.standing.Person, err)
	}
	return nil
}
