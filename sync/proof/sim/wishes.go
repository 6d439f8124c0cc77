package sim

import (
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// mostIncidents bounds a run's incidents: on few of them everybody is in everybody's way.
const mostIncidents = 7

// stumbling is what somebody writes that the server's rules do not survive.
const stumbling = "the rules stumble over this"

// bomb is a command by which a rule of the server panics.
type bomb struct{ incident.Write }

// Stream fails.
func (b bomb) Stream() id.Kind { return []id.Kind(nil)[len(b.Text)] }

// since returns the version that began to know a command.
func since(c stream.Command) int {
	switch c.(type) {
	case incident.Pin:
		return 1
	case incident.Star:
		return 2
	default:
		return 0
	}
}

// sinceEvent returns the version that began to know an event.
func sinceEvent(e stream.Event) int {
	switch e.(type) {
	case incident.Pinned:
		return 1
	case incident.Starred:
		return 2
	default:
		return 0
	}
}

// latest is the newest version there is: N+1.
const latest = 2

// wish returns what a person might want next, and of which stream.
func (c *client) wish() (id.Stream, stream.Command) {
	r := c.w.random
	var known []id.Stream
	for _, s := range c.copy.order {
		if i, ok := c.copy.states[s].(incident.Incident); ok && i.Exists() {
			known = append(known, s)
		}
	}
	for _, p := range c.out.Pending {
		if _, ok := p.Command.(incident.Declare); ok && !p.Refused() {
			known = append(known, p.Target)
		}
	}
	if len(known) == 0 || c.w.declared < mostIncidents && r.IntN(16) == 0 {
		return c.declare()
	}
	target := known[r.IntN(len(known))]
	if r.IntN(20) == 0 {
		return id.Reader(c.actor.Person), workspace.MarkRead{Incident: id.Incident(target), Upto: uint64(r.IntN(40))}
	}
	if entries := c.w.entries[target]; len(entries) > 0 && r.IntN(8) == 0 {
		return target, c.mark(entries[r.IntN(len(entries))])
	}
	if i, _ := c.copy.states[target].(incident.Incident); r.IntN(12) == 0 || i.Private && r.IntN(6) == 0 {
		return target, c.sight(target, i.Private)
	}
	return target, c.matter(target, known)
}

// declare returns a wish for a new incident; every third is private, and every second of these stays so.
func (c *client) declare() (id.Stream, stream.Command) {
	r, target := c.w.random, makeID[id.Stream](c.w)
	c.w.declared++
	d := incident.Declare{Title: fmt.Sprint("incident ", c.w.declared), Severity: workspace.Level(r.IntN(4)), Private: r.IntN(3) == 0}
	if d.Private {
		d.Admit, c.w.sealed[target] = c.some(), r.IntN(2) == 0
	}
	return target, d
}

// some returns some of the people.
func (c *client) some() []id.Person {
	var out []id.Person
	for range c.w.random.IntN(people) {
		out = append(out, c.w.anyone().actor.Person)
	}
	return out
}

// sight returns a wish about who sees an incident.
func (c *client) sight(target id.Stream, private bool) incident.Command {
	r := c.w.random
	switch n := r.IntN(10); {
	case !private:
		return incident.Conceal{Admit: c.some()}
	case n < 4:
		return incident.Admit{Person: c.w.anyone().actor.Person}
	case n < 8 || c.w.sealed[target]:
		return incident.Exclude{Person: c.w.anyone().actor.Person}
	default:
		return incident.Reveal{}
	}
}

// unsealed returns one of the incidents that are not sealed: into another, something of a sealed one would lead.
func (c *client) unsealed(known []id.Stream) id.Stream {
	s := known[c.w.random.IntN(len(known))]
	if c.w.sealed[s] {
		return id.Stream{}
	}
	return s
}

// mark returns a wish about an entry that this version of the client can have.
func (c *client) mark(entry id.Entry) incident.Command {
	r := c.w.random
	off := r.IntN(3) == 0
	if r.IntN(4) == 0 {
		return incident.Erase{Entry: entry}
	}
	if r.IntN(2) == 0 && c.version >= 2 {
		return incident.Star{Entry: entry, Off: off}
	}
	if c.version >= 1 {
		return incident.Pin{Entry: entry, Off: off}
	}
	return incident.Join{}
}

func (c *client) matter(target id.Stream, known []id.Stream) incident.Command {
	r := c.w.random
	switch n := r.IntN(40); {
	case n < 10:
		return incident.ChangeSeverity{To: workspace.Level(1 + r.IntN(3))}
	case n < 16:
		return incident.ChangeStatus{To: incident.Status(r.IntN(5))}
	case n < 18:
		return incident.AddTag{Tag: fmt.Sprint("tag", r.IntN(5))}
	case n < 20:
		return incident.RemoveTag{Tag: fmt.Sprint("tag", r.IntN(5))}
	case n < 23:
		return incident.AssignRole{Role: workspace.IMOC, Person: c.w.clients[r.IntN(len(c.w.clients))].actor.Person}
	case n < 24:
		return incident.Retitle{Title: fmt.Sprint("title ", r.IntN(100))}
	case n < 26:
		return incident.Merge{Into: id.Incident(c.unsealed(known))}
	default:
		return c.words(target)
	}
}

func (c *client) words(target id.Stream) incident.Command {
	w := incident.Write{Entry: makeID[id.Entry](c.w), Text: fmt.Sprint("words ", c.w.random.IntN(1000), " ", marked(target))}
	if c.w.random.IntN(150) == 0 {
		w.Text = stumbling
	}
	c.w.entries[target] = append(c.w.entries[target], w.Entry)
	return w
}
