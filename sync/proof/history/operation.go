package history

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// operation is one thing that somebody did to an incident, or saw of it: one of command, sight, head and end.
type operation struct {
	lane int // whose order it keeps; none where it is negative
	turn int // its place in that order

	command *given
	// optional says that nobody knows whether a command happened: it may do so at any time, or not at all.
	optional bool
	sight    *sight
	head     *incident.Incident
	end      bool // nothing that matters comes behind it
}

// sight is what a reader saw of a command: its events, in order.
type sight struct {
	command id.Command
	first   uint64 // number of the first
	events  []incident.Event
}

// part is the history of one incident.
type part struct {
	stream  id.Stream
	history []porcupine.Operation
	lanes   map[string]int // number of each lane
	turns   []int          // how many operations each lane has
	reads   int
}

func (p *part) add(op operation, lane string, call, back time.Duration) {
	op.lane = -1
	if lane != "" {
		n, known := p.lanes[lane]
		if !known {
			n = len(p.turns)
			p.lanes[lane] = n
			p.turns = append(p.turns, 0)
		}
		op.lane, op.turn = n, p.turns[n]
		p.turns[n]++
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
	for _, g := range h.order {
		if g.sent {
			h.addCommand(of(g.Target), g)
		}
	}
	h.addConsequences(of)
	h.addSights(of)
	h.addHeads(of)
	out := slices.SortedFunc(maps.Values(all), func(a, b *part) int { return a.stream.Compare(b.stream) })
	for _, p := range out {
		p.add(operation{end: true}, "", never-1, never)
	}
	return out
}

// addCommand adds a command. One of which no answer was heard is over never: it can come behind all that anybody saw. One
// that may have been refused besides holds back none that its client gave later.
func (h *History) addCommand(p *part, g *given) {
	lane := fmt.Sprint("client ", g.Client)
	_, merges := g.Wish.(incident.Merge)
	doubtful := (g.Refusable || merges) && g.answer.Kind == 0 && !g.seen
	if doubtful {
		lane = ""
	}
	p.add(operation{command: g, optional: doubtful}, lane, g.call, g.answered)
}

// addConsequences adds what may follow in other incidents from merging one, and from taking that back. Whether it did, only
// what is seen there tells.
func (h *History) addConsequences(of func(id.Stream) *part) {
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
			h.addFollowing(of, g, alone, merged(c.Into))
			for _, other := range into[g.Target] {
				if other != c.Into {
					h.addFollowing(of, g, merged(other), alone)
				}
			}
		case incident.ChangeStatus:
			for _, other := range into[g.Target] {
				h.addFollowing(of, g, merged(other), alone)
			}
		}
	}
}

// addFollowing adds what follows from a command in others, should it make after of before. It happens with its cause, which
// is known to have ended once it was answered; but whether it did is not.
func (h *History) addFollowing(of func(id.Stream) *part, cause *given, before, after incident.Incident) {
	for _, c := range stream.Follow(cause.ID, before, after) {
		wish, ok := c.Command.(incident.Command)
		if !ok {
			continue
		}
		g := &given{Command: Command{ID: c.ID, By: cause.By, Target: c.Target, Wish: wish}, call: cause.call, answered: never}
		of(c.Target).add(operation{command: g, optional: true}, "", g.call, never)
		if h.commands[c.ID] == nil {
			h.commands[c.ID] = g
		}
	}
}

// addSights adds what was seen of each command, by each reader. Nobody can have seen it before it was sent.
func (h *History) addSights(of func(id.Stream) *part) {
	keys := slices.SortedFunc(maps.Keys(h.sights), func(a, b sightKey) int {
		return cmp.Or(cmp.Compare(a.reader, b.reader), a.stream.Compare(b.stream), a.command.Compare(b.command))
	})
	for _, key := range keys {
		seen := h.sights[key]
		p := of(key.stream)
		p.reads++
		op := &sight{command: key.command}
		for i, seq := range slices.Sorted(maps.Keys(seen.events)) {
			if i == 0 {
				op.first = seq
			}
			if seq != op.first+uint64(i) {
				op.events = append(op.events, nil) // something else lies between: no command has its effects in parts
			}
			op.events = append(op.events, seen.events[seq])
		}
		g := h.commands[key.command]
		if g == nil || g.Target != key.stream {
			h.refuse(key.stream, "%s saw event %d of command %s, which nobody gave", key.reader, op.first, key.command.Short())
			continue
		}
		p.add(operation{sight: op}, "", min(g.call, seen.first), seen.first)
	}
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
