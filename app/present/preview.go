package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// Preview is what a change of a rotation would do, before it is stored.
type Preview struct {
	Begins   string // when it begins; empty where that says nothing
	Lines    []PreviewLine
	More     int // how many lines there are besides
	Gaps     []string
	Totals   []string // who has more and who has less
	Warnings []string
	Quiet    string // what is said where nothing changes
}

// PreviewLine is a span in which other people are on call than without the change.
type PreviewLine struct {
	When          string
	Before, After string // Before is empty for a rotation that is not there yet
	Gap           bool
}

// What a preview names before it only counts.
const (
	linesMost  = 6
	gapsMost   = 3
	totalsMost = 6
)

// Foresee returns what wishes about a rotation would do, one after the other. What the rules refuse is returned as a fault.
func Foresee(before oncall.Rotation, wishes []oncall.Command, now time.Time, v View) (Preview, error) {
	after := before
	for _, c := range wishes {
		events, err := oncall.Decide(after, v.Setup, oncall.Rebase(c, after, after.Seq), v.Self, now)
		if err != nil {
			return Preview{}, err
		}
		for _, e := range events {
			at := id.Envelope{Stream: id.Stream(before.ID), Kind: id.KindRotation, StreamSeq: after.Seq + 1, Actor: v.Self, Occurred: now}
			after = oncall.Apply(after, at, e)
		}
	}
	if len(after.Versions) == 0 {
		return Preview{}, nil
	}
	return PreviewFrom(before, after, now, v), nil
}

// PreviewFrom compares a rotation with what it would become, from now on and eight weeks ahead, or as far as from where it begins.
func PreviewFrom(before, after oncall.Rotation, now time.Time, v View) Preview {
	from := now
	fresh := len(before.Versions) == 0
	if n := len(after.Versions); n > 0 && n+fewer(before) > len(before.Versions) && after.Versions[n-1].From.After(now) {
		from = after.Versions[n-1].From
	}
	a, b := oncall.NewRoster(before), oncall.NewRoster(after)
	until := from.Add(horizon)
	all := a.Compare(b, now, until)
	p := Preview{}
	if after.Ordered != before.Ordered || fresh {
		p.Begins = v.Words.OnCall.BeginsNow
		if from.After(now) {
			p.Begins = fmt.Sprintf(v.Words.OnCall.BeginsAt, v.Moment(from, now))
		}
	}
	for _, r := range repeated(all) {
		d := r.Difference
		line := PreviewLine{When: v.often(r.Span, r.times, now), Before: v.persons(d.Before), After: v.persons(d.After), Gap: len(d.After) == 0}
		line.Before = cmp.Or(line.Before, v.Words.Common.Nobody)
		line.After = cmp.Or(line.After, v.Words.Common.Nobody)
		if fresh {
			line.Before = ""
		}
		if len(p.Lines) < linesMost {
			p.Lines = append(p.Lines, line)
		} else {
			p.More++
		}
	}
	if len(all) == 0 {
		p.Quiet = v.Words.OnCall.NothingMoves
	}
	if fresh {
		for _, g := range b.Gaps(from, until) {
			all = append(all, oncall.Difference{Span: g})
		}
	} else {
		p.Totals = v.totals(all)
	}
	if !after.Ended(after.Versions[len(after.Versions)-1].From) { // that nobody is on call any more is what was asked for
		p.Gaps = v.gapsThatArise(all, now)
	}
	p.Warnings = v.otherWarnings(after, now)
	return p
}

// fewer is 1 where there is nothing before: then any version is a further one.
func fewer(r oncall.Rotation) int {
	if len(r.Versions) == 0 {
		return 1
	}
	return 0
}

// gapsThatArise words those differences after which nobody is on call.
func (v View) gapsThatArise(all []oncall.Difference, now time.Time) []string {
	var out []string
	arise := slices.DeleteFunc(slices.Clone(all), func(d oncall.Difference) bool { return len(d.After) > 0 })
	times := repeated(arise)
	for _, r := range times[:min(len(times), gapsMost)] {
		out = append(out, v.often(r.Span, r.times, now))
	}
	if n := len(times) - len(out); n > 0 {
		out = append(out, fmt.Sprintf(v.Words.OnCall.MoreGaps, n))
	}
	return out
}

// often says when something is that may be several times within a span.
func (v View) often(s oncall.Span, times int, now time.Time) string {
	when := v.Between(s.From, s.Until, now)
	if times > 1 {
		when = fmt.Sprintf(v.Words.OnCall.Times, when, times)
	}
	return when
}

// repetition is several differences of the same kind that follow each other within a day.
type repetition struct {
	oncall.Difference
	times int
}

// repeated puts such differences together: that somebody is replaced in office hours is one thing a week, and not five.
func repeated(all []oncall.Difference) []repetition {
	var out []repetition
	for _, d := range all {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if d.From.Sub(last.Until) < 24*time.Hour && slices.Equal(last.Before, d.Before) && slices.Equal(last.After, d.After) {
				last.Until, last.times = d.Until, last.times+1
				continue
			}
		}
		out = append(out, repetition{d, 1})
	}
	return out
}

// totals says how much more or less everybody serves, those with the greatest difference first.
func (v View) totals(all []oncall.Difference) []string {
	sums := map[id.Person]time.Duration{}
	for _, d := range all {
		for _, p := range d.Before {
			sums[p] -= d.Until.Sub(d.From)
		}
		for _, p := range d.After {
			sums[p] += d.Until.Sub(d.From)
		}
	}
	people := make([]id.Person, 0, len(sums))
	for p, sum := range sums {
		if sum.Abs() >= time.Minute {
			people = append(people, p)
		}
	}
	slices.SortFunc(people, func(a, b id.Person) int {
		return cmp.Or(cmp.Compare(sums[b].Abs(), sums[a].Abs()), a.Compare(b))
	})
	var out []string
	for _, p := range people[:min(len(people), totalsMost)] {
		format := v.Words.OnCall.Gains
		if sums[p] < 0 {
			format = v.Words.OnCall.Loses
		}
		out = append(out, fmt.Sprintf(format, v.Person(p).Name, v.Lasting(sums[p].Abs())))
	}
	return out
}

// warnings words what is wrong with a rotation within the horizon.
func (v View) warnings(r oncall.Rotation, now time.Time) []string {
	if r.Ended(now) {
		return nil
	}
	var out []string
	gaps := gapsIn(r, oncall.NewRoster(r), now, now.Add(horizon))
	if len(gaps) > 0 {
		out = append(out, fmt.Sprintf(v.Words.OnCall.WarnNobody, v.Between(gaps[0].From, gaps[0].Until, now)))
	}
	if more := len(gaps) - 1; more > 0 {
		out[0] += " " + Count(more, v.Words.OnCall.WarnNobodyOne, v.Words.OnCall.WarnNobodyMore)
	}
	return append(out, v.otherWarnings(r, now)...)
}

// otherWarnings words what is wrong besides gaps.
func (v View) otherWarnings(r oncall.Rotation, now time.Time) []string {
	var out []string
	for _, warning := range r.Warnings(v.Setup, now, now.Add(horizon)) {
		if text := v.Warning(warning, r, now); warning.Trouble != oncall.NobodyOnCall && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// Warning says what is wrong with a rotation.
func (v View) Warning(warning oncall.Warning, r oncall.Rotation, now time.Time) string {
	w := v.Words.OnCall
	switch warning.Trouble {
	case oncall.NobodyOnCall:
		return fmt.Sprintf(w.WarnNobody, v.Between(warning.Span.From, warning.Span.Until, now))
	case oncall.UnknownZone:
		return fmt.Sprintf(w.WarnZone, warning.Zone)
	case oncall.NobodyInLayer:
		return fmt.Sprintf(w.WarnLayer, v.layerOf(r, warning.Layer))
	case oncall.NobodyInPlace:
		return fmt.Sprintf(w.WarnPlace, v.layerOf(r, warning.Layer))
	case oncall.NeverBegins:
		return fmt.Sprintf(w.WarnNever, v.layerOf(r, warning.Layer))
	case oncall.PersonGone:
		return fmt.Sprintf(w.WarnGone, v.Person(warning.Person).Name)
	case oncall.NobodyReplaced:
		return fmt.Sprintf(w.WarnReplaced, v.Person(warning.Person).Name)
	default:
		return w.WarnOther
	}
}

// layerOf names a layer of whatever version has it.
func (v View) layerOf(r oncall.Rotation, l id.Layer) string {
	for _, order := range slices.Backward(r.Versions) {
		if i := slices.IndexFunc(order.Layers, func(o oncall.Layer) bool { return o.ID == l }); i >= 0 {
			return layerName(order.Layers[i], i, v)
		}
	}
	return v.Words.Common.SomebodyUnknown
}
