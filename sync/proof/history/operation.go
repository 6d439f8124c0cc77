package history

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// operation is one thing that somebody did to an incident, or saw of it: one of command, head, glimpse and end.
type operation struct {
	lane int // whose order it keeps; none where it is negative
	turn int // its place in that order

	command *given
	sights  []sight // what was seen of the command
	// optional says that nobody knows whether a command happened: it may do so at any time, or not at all.
	optional bool
	head     *incident.Incident
	glimpse  *glimpse
	end      bool // nothing that matters comes behind it
}

// sight is what a reader saw of a command: its events, in order.
type sight struct {
	stream id.Stream
	reader string
	at     time.Duration
	first  uint64 // number of the first
	events []incident.Event
}

// last returns the number of the last event.
func (s sight) last() uint64 { return s.first + uint64(len(s.events)) - 1 }

// part is the history of one incident.
type part struct {
	stream  id.Stream
	history []porcupine.Operation
	lanes   map[string]int // number of each lane
	// floors holds, for each lane and each place in it, the lowest event at which what comes from there on was told or seen to
	// stand. Once the incident is beyond that, there is no place left for it.
	floors [][]uint64
	reads  int
}

// anywhere is the floor of what may stand at any event.
const anywhere = math.MaxUint64

// stands returns the event at which an operation stands, anywhere where that is not known.
func (o operation) stands() uint64 {
	switch {
	case o.head != nil:
		return o.head.Seq
	case o.command == nil:
		return anywhere
	case len(o.sights) > 0:
		return o.sights[0].last()
	case o.command.answer.Kind == stream.Accepted || o.command.answer.Kind == stream.Conflict:
		return o.command.answer.Seq
	default:
		return anywhere
	}
}

func (p *part) add(op operation, lane string, call, back time.Duration) {
	op.lane = -1
	if lane != "" {
		n, known := p.lanes[lane]
		if !known {
			n = len(p.floors)
			p.lanes[lane] = n
			p.floors = append(p.floors, nil)
		}
		op.lane, op.turn = n, len(p.floors[n])
		p.floors[n] = append(p.floors[n], op.stands())
	}
	who := max(op.lane, 0)
	p.history = append(p.history, porcupine.Operation{ClientId: who, Input: op, Call: int64(call), Return: int64(back)})
}

// parts returns the history of every incident, in a fixed order.
func (h *History) parts() []*part {
	all := map[id.Stream]*part{}
	of := func(s id.Stream) *part {
		if all[s] == nil {
			all[s] = &part{stream: s, lanes: map[string]int{}}
		}
		return all[s]
	}
	sights := h.seenOf(of)
	for _, g := range h.order {
		if g.sent {
			h.addCommand(of(g.Target), g, sights[g.ID])
		}
		delete(sights, g.ID)
	}
	h.addConsequences(of, sights)
	h.addHeads(of)
	h.addGlimpses(of)
	for c, list := range sights {
		for _, s := range list {
			h.refuse(s.stream, "%s saw event %d of command %s, which nobody gave", s.reader, s.first, c.Short())
		}
	}
	out := slices.SortedFunc(maps.Values(all), func(a, b *part) int { return a.stream.Compare(b.stream) })
	for _, p := range out {
		p.add(operation{end: true}, "", never-1, never)
		for _, floor := range p.floors {
			for i := len(floor) - 2; i >= 0; i-- {
				floor[i] = min(floor[i], floor[i+1])
			}
		}
	}
	return out
}

// addCommand adds a command with what was seen of it: it ended when the first heard of it, or saw it. One of which nobody
// heard or saw is over never: it can come behind all that anybody saw. One that may have been refused besides holds back none
// that its client gave later.
func (h *History) addCommand(p *part, g *given, sights []sight) {
	lane := fmt.Sprint("client ", g.Client)
	_, merges := g.Wish.(incident.Merge)
	doubtful := (g.Refusable || merges) && g.answer.Kind == 0 && len(sights) == 0
	if doubtful || g.loose {
		lane = ""
	}
	back := g.answered
	for _, s := range sights {
		back = min(back, s.at)
	}
	p.add(operation{command: g, sights: sights, optional: doubtful}, lane, g.call, back)
}

// addConsequences adds what may follow in other incidents from merging one, and from taking that back. Whether it did, only
// what is seen there tells.
func (h *History) addConsequences(of func(id.Stream) *part, sights map[id.Command][]sight) {
	into := map[id.Stream][]id.Incident{}
	for _, g := range h.order {
		if m, ok := g.Wish.(incident.Merge); ok && g.sent && !slices.Contains(into[g.Target], m.Into) {
			into[g.Target] = append(into[g.Target], m.Into)
		}
	}
	for _, g := range h.order {
		if !g.sent || g.answer.Kind == stream.Rejected || g.answer.Kind == stream.Conflict {
			continue
		}
		alone := incident.Incident{ID: id.Incident(g.Target), Seq: 1}
		merged := func(other id.Incident) incident.Incident {
			s := alone
			s.MergedInto = other
			return s
		}
		switch c := g.Wish.(type) {
		case incident.Merge:
			h.addFollowing(of, sights, g, alone, merged(c.Into))
			for _, other := range into[g.Target] {
				if other != c.Into {
					h.addFollowing(of, sights, g, merged(other), alone)
				}
			}
		case incident.ChangeStatus:
			for _, other := range into[g.Target] {
				h.addFollowing(of, sights, g, merged(other), alone)
			}
		}
	}
}

// addFollowing adds what follows from a command in others, should it make after of before. Whether it did is not known where
// nobody saw it.
func (h *History) addFollowing(of func(id.Stream) *part, sights map[id.Command][]sight, cause *given, before, after incident.Incident) {
	for _, c := range stream.Follow(cause.ID, before, after) {
		wish, ok := c.Command.(incident.Command)
		if !ok {
			continue
		}
		g := &given{Command: Command{ID: c.ID, By: cause.By, Target: c.Target, Wish: wish}, sent: true, call: cause.call, answered: never}
		seen := sights[c.ID]
		delete(sights, c.ID)
		back := never
		for _, s := range seen {
			back = min(back, s.at)
		}
		of(c.Target).add(operation{command: g, sights: seen, optional: len(seen) == 0}, "", g.call, back)
	}
}

// seenOf returns what was seen of each command, and counts it.
func (h *History) seenOf(of func(id.Stream) *part) map[id.Command][]sight {
	out := map[id.Command][]sight{}
	keys := slices.SortedFunc(maps.Keys(h.sights), func(a, b sightKey) int {
		return cmp.Or(cmp.Compare(a.reader, b.reader), a.stream.Compare(b.stream), a.command.Compare(b.command))
	})
	for _, key := range keys {
		seen := h.sights[key]
		of(key.stream).reads++
		s := sight{stream: key.stream, reader: key.reader, at: seen.first}
		for i, seq := range slices.Sorted(maps.Keys(seen.events)) {
			if i == 0 {
				s.first = seq
			}
			for s.last()+1 < seq {
				s.events = append(s.events, nil) // something else lies between: no command has its effects in parts
			}
			s.events = append(s.events, seen.events[seq])
		}
		out[key.command] = append(out[key.command], s)
	}
	return out
}

// addHeads adds the states that were seen. One of a copy may be as old as the last event in it.
func (h *History) addHeads(of func(id.Stream) *part) {
	heads := slices.Clone(h.heads)
	slices.SortStableFunc(heads, func(a, b Head) int { return cmp.Compare(a.Until, b.Until) })
	for _, r := range heads {
		p := of(id.Stream(r.State.ID))
		p.reads++
		from := r.From
		if from < 0 {
			from = 0
			if g := h.commands[h.numbers[place{id.Stream(r.State.ID), r.State.Seq}]]; g != nil {
				from = min(g.call, r.Until)
			}
		}
		p.add(operation{head: &r.State}, "reader "+r.Reader, from, r.Until)
	}
}
