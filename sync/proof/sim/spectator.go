package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	told "github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// spectator collects what clients send, hear and see of the first life of the log. When that ends, because it is put back to a
// former state, or when all is done, porcupine must find one order of it for every incident. What clients see of a log of which
// something was lost, no order could explain.
type spectator struct {
	seen *told.History // nil when it is over
	now  time.Duration // passes by one with whatever happens
}

// orderPatience is how long an order is looked for. None has taken a hundredth of it.
const orderPatience = 20 * time.Second

func (p *spectator) tick() time.Duration {
	p.now++
	return p.now
}

// give notes a command when a client sends it for the first time.
func (p *spectator) give(c *client, s stream.Submission) {
	wish, ok := s.Command.(incident.Command)
	if !ok {
		return
	}
	write, _ := wish.(incident.Write)
	p.seen.Give(told.Command{
		ID: s.ID, Client: slices.Index(c.w.clients, c), By: c.actor.Person, Target: s.Target, Wish: wish,
		Refusable: since(wish) > 0 || write.Text == stumbling,
	})
}

// sent notes commands that go on their way.
func (p *spectator) sent(c *client, submissions []stream.Submission) {
	if p.seen == nil {
		return
	}
	at := p.tick()
	for _, s := range submissions {
		p.give(c, s)
		p.seen.Send(s.ID, at)
	}
}

// heard notes answers that have come.
func (p *spectator) heard(submissions []stream.Submission, outcomes []stream.Outcome) {
	if p.seen == nil {
		return
	}
	at := p.tick()
	for i, o := range outcomes {
		p.seen.Answer(submissions[i].ID, at, o)
	}
}

// gaveUp notes that a client has given a command up.
func (p *spectator) gaveUp(c id.Command) {
	if p.seen != nil {
		p.seen.GiveUp(c)
	}
}

// saw notes what a client has taken over: events, and the states that they made.
func (p *spectator) saw(c *client, t *tx) {
	if p.seen == nil {
		return
	}
	at := p.tick()
	for _, e := range t.fresh {
		p.seen.See(told.Sight{Reader: c.reader(), Person: c.actor.Person, At: at, Event: stream.Recorded{Envelope: e.Envelope, Event: c.w.decoded[&e.Payload[0]]}})
	}
	for _, s := range t.order {
		p.read(c, s, -1)
	}
}

// reader names a client's copy as long as it goes on: of an incident that was lost, and comes again, former states come first.
func (c *client) reader() string { return fmt.Sprint(c.name, ".", c.begun) }

// read notes the state of an incident as a client shows it. A program of a former version knows too little of it.
func (p *spectator) read(c *client, s id.Stream, from time.Duration) {
	if state, ok := c.copy.states[s].(incident.Incident); ok && c.version == latest && c.copy.fold == latest {
		p.seen.Read(told.Head{Reader: c.reader(), Person: c.actor.Person, State: state, From: from, Until: p.tick()})
	}
}

// judge looks for an order of all that was seen, and sees no more.
func (p *spectator) judge(w *world) {
	if p.seen == nil {
		return
	}
	r := p.seen.Check(orderPatience)
	p.seen = nil
	w.tally[Histories] += r.Incidents
	w.tally[Ordered] += r.Commands
	w.tally[Unheard] += r.Unheard
	w.tally[Reads] += r.Reads
	for _, refused := range r.Refused {
		w.fail(1, "what clients saw is of no ledger: %s", refused)
	}
}

// judgeAll is judge when all has arrived: what clients hold then is all that there is.
func (p *spectator) judgeAll(w *world) {
	if p.seen == nil {
		return
	}
	for _, c := range w.clients {
		for _, s := range c.copy.order {
			p.read(c, s, p.tick())
		}
	}
	p.judge(w)
}
