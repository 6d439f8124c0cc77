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
		Init: func() any { return &room{turns: make([]int, len(p.turns))} },
		Step: func(state, input, _ any) (bool, any) {
			r, _ := state.(*room)
			op, _ := input.(operation)
			return r.step(op)
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

// step says whether an operation can come next, and what is behind it.
func (r *room) step(op operation) (bool, *room) {
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
	case op.sight != nil:
		ok = r.showed(*op.sight)
	case op.optional:
		ok, next = r.perhaps(op.command.Command)
	default:
		ok, next = r.carryOut(op.command)
	}
	if !ok || op.lane < 0 {
		return ok, next
	}
	taken := *next
	taken.turns = slices.Clone(r.turns)
	taken.turns[op.lane]++
	return true, &taken
}

// carryOut does what a command wants, when that is what its client was told.
func (r *room) carryOut(g *given) (bool, *room) {
	if g.answer.Kind == stream.Rejected && g.Refusable {
		return true, r
	}
	events, kind := r.decide(g.Command)
	_, merges := g.Wish.(incident.Merge) // what it is merged into may have something against it
	if merges && g.answer.Kind == stream.Rejected && kind == stream.Accepted && len(events) > 0 {
		return true, r
	}
	next := r.after(g.Command, events)
	switch {
	case !known(g.Wish):
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

// showed reports whether what somebody saw is what the last command did.
func (r *room) showed(s sight) bool {
	if r.cause != s.command || s.first+uint64(len(s.events)) != r.seq+1 {
		return false
	}
	return slices.EqualFunc(r.caused, s.events, func(want, seen incident.Event) bool { return seen != nil && matches(want, seen) })
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
	r := &room{turns: make([]int, len(p.turns))}
	placed := map[string]int{}
	for _, o := range best {
		op, _ := o.Input.(operation)
		_, r = r.step(op)
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
	case o.sight != nil:
		var events []string
		for _, e := range o.sight.events {
			events = append(events, show(e))
		}
		return fmt.Sprintf("seen: command %s from event %d on: %s", o.sight.command.Short(), o.sight.first, strings.Join(events, ", "))
	case o.optional:
		return fmt.Sprintf("perhaps command %s: %T%+v", o.command.ID.Short(), o.command.Wish, o.command.Wish)
	default:
		return fmt.Sprintf("client %d, command %s: %s; answered %s", o.command.Client, o.command.ID.Short(), show(o.command.Wish), told(o.command.answer))
	}
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
