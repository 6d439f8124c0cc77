package notify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// end is what the tries at all addresses come to.
type end struct {
	lines  []Line
	reason Reason // of the attempt as a whole
	news   escalation.News
	wait   time.Duration
	err    error // what becomes of the task: nil when it is done
}

// judge says what is to follow from the tries of one attempt. It is pure. One address that has it is enough for the page; the others are
// tried again all the same.
func judge(d draft, tries []try, last bool) end {
	var out end
	var open, refused []error
	for _, t := range tries {
		out.lines = append(out.lines, t.line(last))
		switch {
		case t.refused == nil:
		case t.refused.open():
			open, out.wait = append(open, t.refused), max(out.wait, t.refused.Wait)
		default:
			refused = append(refused, t.refused)
		}
	}
	reached := len(out.accepted())+len(d.past.Accepted) > 0
	if d.now.Add(out.wait).After(d.standing.Expires) {
		last = true
	}
	switch {
	case len(open) > 0 && !last:
		out.reason = firstOf(out.lines, AskedToWait, NotReached)
		out.err = errors.Join(open...)
		if out.wait > 0 {
			out.err = task.RetryAfter(out.err, out.wait)
		}
		if out.wait > d.standing.Patience && !reached { // the next channel does not wait for it
			out.news = escalation.InVain
		}
	case reached:
		// done
	case len(open) > 0:
		out.reason, out.err = GaveUp, task.Permanent(fmt.Errorf("%s: %w", GaveUp, errors.Join(open...)))
	default:
		out.reason = firstOf(out.lines, InstallationWrong, Refused, AddressDead)
		if out.reason != AddressDead { // which is told of and mended by itself
			out.err = task.Permanent(errors.Join(refused...))
		}
	}
	if reached {
		out.reason = ProviderAccepted
	}
	if out.news == 0 {
		out.news = out.reason.News()
	}
	return out
}

// accepted returns the lines of who has it.
func (e end) accepted() []Line {
	return slices.DeleteFunc(slices.Clone(e.lines), func(l Line) bool { return l.Reason != ProviderAccepted })
}

// open reports whether trying again may help.
func (r *Refusal) open() bool { return r.Reason == NotReached || r.Reason == AskedToWait }

func (t try) line(last bool) Line {
	if t.refused == nil {
		return Line{Address: t.to.ID, Reason: ProviderAccepted, Ref: t.ref}
	}
	line := Line{Address: t.to.ID, Reason: t.refused.Reason, Setting: t.refused.Setting, Detail: t.refused.Detail}
	if last && t.refused.open() {
		line.Reason = GaveUp
	}
	return line
}

// firstOf returns the first of some reasons that is in the lines.
func firstOf(lines []Line, reasons ...Reason) Reason {
	for _, r := range reasons {
		if slices.ContainsFunc(lines, func(l Line) bool { return l.Reason == r }) {
			return r
		}
	}
	return Refused
}
