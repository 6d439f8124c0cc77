package oncall

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Trouble says what is to be warned of.
type Trouble uint8

// The troubles.
const (
	NobodyOnCall   Trouble = iota + 1 // in a span
	UnknownZone                       // whose clocks are taken for those of UTC; a newer version of the zones may know it
	NobodyInLayer                     // the layer has no places, or hands over after no time
	NobodyInPlace                     // the layer has a turn in which nobody serves
	NeverBegins                       // the layer ends before it begins
	PersonGone                        // somebody whose turn comes is not in the workspace
	NobodyReplaced                    // the override's Out is not on call in its whole span
)

// Warning is something about a rotation that somebody should look at before it hurts.
type Warning struct {
	Trouble  Trouble
	Span     Span // of NobodyOnCall
	Layer    id.Layer
	Override id.Override
	Person   id.Person
	Zone     string
}

// Warnings returns what is wrong with a rotation between from and until: first all times in which nobody is on call, then
// what else there is, each once.
func (r Rotation) Warnings(w workspace.Setup, from, until time.Time) []Warning {
	var out []Warning
	warn := func(n Warning) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, gap := range NewRoster(r).Gaps(from, until) {
		warn(Warning{Trouble: NobodyOnCall, Span: gap})
	}
	for i, v := range r.Versions {
		over := i+1 < len(r.Versions) && !r.Versions[i+1].From.After(from)
		if over || !v.From.Before(until) {
			continue
		}
		for _, l := range v.Layers {
			l.warn(warn, v, w)
		}
	}
	r.warnOfOverrides(warn, w, Span{from, until})
	return out
}

// warn tells of what is wrong with a layer of v.
func (l Layer) warn(warn func(Warning), v Version, w workspace.Setup) {
	if zone := l.zoneIn(v); !known(zone) {
		warn(Warning{Trouble: UnknownZone, Layer: l.ID, Zone: zone})
	}
	if len(l.Places) == 0 || !l.measured() || !l.anchored() {
		warn(Warning{Trouble: NobodyInLayer, Layer: l.ID})
	}
	if !l.lasting() {
		warn(Warning{Trouble: NeverBegins, Layer: l.ID})
	}
	for _, p := range l.Places {
		if len(p) == 0 {
			warn(Warning{Trouble: NobodyInPlace, Layer: l.ID})
		}
		for _, person := range p {
			if !w.Nameable(person) {
				warn(Warning{Trouble: PersonGone, Layer: l.ID, Person: person})
			}
		}
	}
}

func known(zone string) bool {
	_, err := zoneOf(zone)
	return err == nil
}

// warnOfOverrides tells of overrides in a span that name somebody who is gone, or would replace somebody who does not serve.
func (r Rotation) warnOfOverrides(warn func(Warning), w workspace.Setup, in Span) {
	for i, o := range r.Overrides {
		if !o.From.Before(in.Until) || !in.From.Before(o.Until) {
			continue
		}
		for _, person := range o.brings() {
			if !w.Nameable(person) {
				warn(Warning{Trouble: PersonGone, Override: o.ID, Person: person})
			}
		}
		before := r
		before.Overrides = r.Overrides[:i]
		if !o.Out.IsZero() && len(NewRoster(before).Next(o.Out, o.From, o.Until, 1)) == 0 {
			warn(Warning{Trouble: NobodyReplaced, Override: o.ID, Person: o.Out})
		}
	}
}

// brings returns whom the override puts on call.
func (o Override) brings() []id.Person {
	var out []id.Person
	if o.Deed == Replace || o.Deed == Add {
		out = append(out, o.In)
	}
	for _, p := range o.Shifts {
		out = append(out, p.Place...)
	}
	return out
}
