package history

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// model returns what porcupine is to hold a part against.
func (p *part) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return &room{turns: make([]int, len(p.floors))} },
		Step: func(state, input, _ any) (bool, any) {
			r, _ := state.(*room)
			op, _ := input.(operation)
			return p.step(r, op)
		},
		Equal: func(a, b any) bool {
			one, _ := a.(*room)
			other, _ := b.(*room)
			return one.path == other.path && one.ended == other.ended && slices.Equal(one.turns, other.turns)
		},
		Hash: func(state any) uint64 {
			r, _ := state.(*room)
			return r.path
		},
		DescribeOperation: func(input, _ any) string { return fmt.Sprint(input) },
		DescribeState:     func(state any) string { return fmt.Sprint(state) },
	}
}

// step says whether an operation can come next, and what is behind it. Where that leaves behind what was told or seen to
// stand before, it cannot: nothing that could come later would mend it, and porcupine need not try.
func (p *part) step(r *room, op operation) (bool, *room) {
	if op.lane >= 0 && r.turns[op.lane] != op.turn {
		return false, r
	}
	next, ok := r, true
	switch {
	case op.end:
		own := *r
		own.ended, next = true, &own
	case op.head != nil:
		ok = r.shows(*op.head)
	case op.glimpse != nil:
		ok = r.glimpsed(*op.glimpse)
	case op.optional:
		ok, next = r.perhaps(op.command.Command)
	default:
		ok, next = r.carryOut(op.command, op.sights)
	}
	if !ok {
		return false, r
	}
	if op.lane >= 0 {
		taken := *next
		taken.turns = slices.Clone(r.turns)
		taken.turns[op.lane]++
		next = &taken
	}
	return p.within(next), next
}

// within reports whether there is still a place for all that is left.
func (p *part) within(r *room) bool {
	for lane, turn := range r.turns {
		if turn < len(p.floors[lane]) && p.floors[lane][turn] < r.seq {
			return false
		}
	}
	return true
}

// carryOut does what a command wants, when that is what its client was told and everybody saw.
func (r *room) carryOut(g *given, sights []sight) (bool, *room) {
	if g.answer.Kind == stream.Rejected && g.Refusable {
		return len(sights) == 0, r
	}
	events, kind := r.decide(g.Command)
	_, merges := g.Wish.(incident.Merge) // what it is merged into may have something against it
	if merges && g.answer.Kind == stream.Rejected && len(events) > 0 {
		return len(sights) == 0, r
	}
	next := r.after(g.Command, events)
	switch {
	case g.blanked && len(sights) == 0 && g.answer.Kind == stream.Accepted && g.answer.Seq == r.seq:
		return true, r
	case !known(g.Wish) || !next.showed(events, sights):
		return false, r
	case g.answer.Kind == 0 || kind == stream.Rejected && g.answer.Kind == kind:
		return true, next
	default:
		return g.answer.Kind == kind && g.answer.Seq == next.seq, next
	}
}

// perhaps does what a command wants, of which nobody knows whether it was done. Before the end it has an effect or did not
// happen yet, and what did not happen until then never did.
func (r *room) perhaps(c Command) (bool, *room) {
	if r.ended {
		return true, r
	}
	events, _ := r.decide(c)
	return len(events) > 0, r.after(c, events)
}

// showed reports whether what was seen of a command is of its events, the last of which the room stands at. Who has seen a
// part of them will see the rest.
func (r *room) showed(events []incident.Event, sights []sight) bool {
	first := r.seq + 1 - uint64(len(events))
	for _, s := range sights {
		for i, seen := range s.events {
			at := s.first + uint64(i)
			if at < first || at > r.seq || seen == nil || !matches(events[at-first], seen) {
				return false
			}
		}
	}
	return true
}

// judge returns why no order of the part is right, empty where one is.
func (p *part) judge(patience time.Duration) string {
	result, info := porcupine.CheckOperationsVerbose(p.model(), p.history, patience)
	switch result {
	case porcupine.Ok:
		return ""
	case porcupine.Unknown:
		return fmt.Sprintf("no order of %d operations was found within %s, and none was shown to be impossible", len(p.history), patience)
	default:
		return p.explain(info)
	}
}

// shownMost is how many operations that fit nowhere a refusal tells of.
const shownMost = 6

// explain says how far the best order came, and what then did not fit.
func (p *part) explain(info porcupine.LinearizationInfo) string {
	var best []porcupine.Operation
	for _, partial := range info.PartialLinearizationsOperations()[0] {
		if len(partial) > len(best) {
			best = partial
		}
	}
	r := &room{turns: make([]int, len(p.floors))}
	placed := map[string]int{}
	for _, o := range best {
		op, _ := o.Input.(operation)
		_, r = p.step(r, op)
		placed[fmt.Sprint(o.Call, o.Return, op)]++
	}
	rest := slices.Clone(p.history)
	slices.SortFunc(rest, func(a, b porcupine.Operation) int { return int(min(1, max(-1, a.Return-b.Return))) })
	var out strings.Builder
	say(&out, "no order of %d operations is right; the best has %d, up to %s, and then none of these fits:", len(p.history), len(best), r)
	for told, i := 0, 0; i < len(rest) && told < shownMost; i++ {
		key := fmt.Sprint(rest[i].Call, rest[i].Return, rest[i].Input)
		op, _ := rest[i].Input.(operation)
		if placed[key]--; placed[key] < 0 && !op.end {
			say(&out, "\n  %s to %s: %s", time.Duration(rest[i].Call), until(rest[i].Return), op)
			told++
		}
	}
	return out.String()
}

func say(out *strings.Builder, format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }

func until(back int64) string {
	if back >= int64(never-1) {
		return "ever"
	}
	return time.Duration(back).String()
}

// String tells what was done or seen.
func (o operation) String() string {
	switch {
	case o.end:
		return "the end"
	case o.head != nil:
		return fmt.Sprintf("read: event %d, severity %d, status %s, tags %v, %d entries, %d roles", o.head.Seq, o.head.Severity, o.head.Status, o.head.Tags, o.head.Entries, len(o.head.Roles))
	case o.glimpse != nil:
		return fmt.Sprintf("%s is shown what stands at event %d", o.glimpse.person.Short(), o.glimpse.seq)
	case o.optional:
		return fmt.Sprintf("perhaps command %s: %T%+v", o.command.ID.Short(), o.command.Wish, o.command.Wish)
	default:
		return fmt.Sprintf("client %d, command %s: %s; answered %s; %s",
			o.command.Client, o.command.ID.Short(), show(o.command.Wish), told(o.command.answer), o.seen())
	}
}

// seen tells what was seen of a command; of what readers saw alike, once.
func (o operation) seen() string {
	var ways []string
	for _, s := range o.sights {
		var events []string
		for _, e := range s.events {
			events = append(events, show(e))
		}
		way := fmt.Sprintf("seen from event %d on: %s", s.first, strings.Join(events, ", "))
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		return "seen by nobody"
	}
	return strings.Join(ways, "; ")
}

// String tells how the room stands.
func (r *room) String() string {
	return fmt.Sprintf("event %d of command %s, severity %d, status %s, tags %v, %d entries", r.seq, r.cause.Short(), r.level(), r.stand(), r.tags, r.entries)
}

func show(what any) string {
	switch w := what.(type) {
	case nil:
		return "something else"
	case incident.Write:
		return fmt.Sprintf("Write %s", w.Entry.Short())
	case incident.Written:
		return fmt.Sprintf("Written %s", w.Entry.Short())
	case incident.ChangeSeverity:
		return fmt.Sprintf("ChangeSeverity to %d on event %d, %s", w.To, w.Base.Seq, after(w.Base.After))
	case incident.ChangeStatus:
		return fmt.Sprintf("ChangeStatus to %s on event %d, %s", w.To, w.Base.Seq, after(w.Base.After))
	default:
		return strings.TrimPrefix(fmt.Sprintf("%T%+v", what, what), "incident.")
	}
}

func after(c id.Command) string {
	if c.IsZero() {
		return "nothing of one's own"
	}
	return "own command " + c.Short()
}

func told(o stream.Outcome) string {
	switch o.Kind {
	case stream.Accepted:
		return fmt.Sprintf("accepted at event %d", o.Seq)
	case stream.Conflict:
		return fmt.Sprintf("conflict at event %d", o.Seq)
	case stream.Rejected:
		return "rejected"
	default:
		return "nothing"
	}
}
