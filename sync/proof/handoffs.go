package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof/handoff"
)

// handoffsFrom is the first year that is walked through in each zone.
const handoffsFrom = 2020

// HandoffYear is what a walk through one year of one zone found.
type HandoffYear struct {
	Code string `json:"code"`
	Year int    `json:"year"`
	handoff.Result
	Seconds float64 `json:"seconds"` // on one core
}

func (p *Prover) handoffRecord() string { return filepath.Join(p.Out, "oncall.jsonl") }

// handoffRuns walks through the years that are missing. It returns ErrUnclean where somebody else was on call than a wall clock
// says, and ErrNotMet where nothing was handed over in a gap or an overlap.
func (p *Prover) handoffRuns(ctx context.Context, code string) error {
	if p.Years == 0 {
		return nil
	}
	var missing []HandoffYear
	for _, zone := range handoff.Zones() {
		for year := handoffsFrom; year < handoffsFrom+p.Years; year++ {
			if !slices.ContainsFunc(p.handoffs, func(done HandoffYear) bool { return done.Zone == zone && done.Year == year }) {
				missing = append(missing, HandoffYear{Code: code, Year: year, Result: handoff.Result{Zone: zone}})
			}
		}
	}
	err := each(ctx, p.Parallel, missing, p.handoffRun)
	if wrote := p.writeHandoffs(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	sum := p.handoffSum()
	if len(sum.Wrong) > 0 {
		return ErrUnclean
	}
	if sum.Gaps == 0 || sum.Overlaps == 0 || sum.Skipped == 0 {
		return fmt.Errorf("%w: %d handoffs in gaps, %d in overlaps, %d turns left out", ErrNotMet, sum.Gaps, sum.Overlaps, sum.Skipped)
	}
	return nil
}

// handoffRun walks through a year of a zone, and appends what it found to the record.
func (p *Prover) handoffRun(ctx context.Context, r HandoffYear) error {
	begun := p.Clock.Now()
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	found, err := handoff.Run{Zone: r.Zone, From: year(r.Year), Until: year(r.Year + 1)}.Walk(ctx)
	if err != nil {
		return err
	}
	r.Result, r.Seconds = found, p.Clock.Now().Sub(begun).Seconds()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handoffs = append(p.handoffs, r)
	say(p.Progress, "oncall: %s, %d: %d looks, %d shifts, %d wrong, %.1f s\n", r.Zone, r.Year, r.Looks, r.Shifts, len(r.Wrong), r.Seconds)
	return appendRecord(p.handoffRecord(), r)
}

func (p *Prover) handoffSum() HandoffYear {
	var sum HandoffYear
	for _, r := range p.handoffs {
		sum.Add(r.Result)
		sum.Seconds += r.Seconds
	}
	return sum
}

const handoffWords = `# Who is on call, by a wall clock

Ten years in each of twelve zones are walked through in steps of half a minute. At every step the wall clock of the zone is read,
and whoever is on duty hands over when it has come to the next wall time on a list that is written with a calendar of its own. In
ten layers, of hours, days, weeks, months and years, handed over at hours at which clocks are changed somewhere, exactly that
person must be on call by the shifts that ` + "`sync/oncall`" + ` computes for the year: one at every instant, one shift ending where the
next begins. Every handoff must be at the wall time of its anchor, or at the first instant behind a gap that swallowed it. Within
six hours of every change of the clocks, and every hour elsewhere, the instant is asked for by itself too, and the answer must be
the very shift that the year has there.

` + "`build/proof prove --only oncall`" + ` repeats it. The tests walk through a year of every zone, with fewer steps where nothing happens.

| | |
|---|---|
`

// writeHandoffs sums the record up for people.
func (p *Prover) writeHandoffs(code string) error {
	var text strings.Builder
	text.WriteString(handoffWords)
	sum := p.handoffSum()
	row := func(name, format string, args ...any) {
		say(&text, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	row("code", "%s", code)
	row("machine", "%s", Machine())
	row("written", "%s", p.Clock.Now().UTC().Format(time.RFC3339))
	row("zones", "%s", strings.Join(handoff.Zones(), ", "))
	row("years walked through", "%d of %d", len(p.handoffs), p.Years*len(handoff.Zones()))
	row("looks, each in ten layers", "%d", sum.Looks)
	row("of them asked for by themselves", "%d", sum.Asked)
	row("shifts compared", "%d", sum.Shifts)
	row("changes of clocks", "%d", sum.Changes)
	row("handoffs at wall times that there were not", "%d", sum.Gaps)
	row("handoffs at wall times that there were twice", "%d", sum.Overlaps)
	row("turns that lay in a gap as a whole", "%d", sum.Skipped)
	row("time", "%.0f s of one core", sum.Seconds)
	row("**wrong**", "**%d**", len(sum.Wrong))
	for _, w := range sum.Wrong {
		say(&text, "\n- %s", w)
	}
	return os.WriteFile(filepath.Join(p.Out, "oncall.md"), []byte(text.String()), 0o644)
}
