package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// OnCall is the page of who is on call.
type OnCall struct {
	Duties   []Duty
	Own      []OwnShift // of whoever looks, the next first
	Asks     []Ask
	Chosen   Chosen
	Calendar Calendar
	People   []Person  // everybody, by name
	Turn     time.Time // when somebody hands over next; zero where nobody ever does
	All      []oncall.Rotation
}

// Rotation returns the rotation r. It is false where there is none.
func (o OnCall) Rotation(r id.Rotation) (oncall.Rotation, bool) {
	for _, have := range o.All {
		if have.ID == r {
			return have, true
		}
	}
	return oncall.Rotation{}, false
}

// Duty is one rotation, as it stands now.
type Duty struct {
	Rotation id.Rotation
	Name     string
	On       []Person
	Self     bool // whoever looks is among them
	// Since and Until are of the first who hands over, or of the gap; zero where that is long ago or never.
	Since, Until time.Time
	When         string // both in words
	Next         string // who comes then, in words; empty where nobody hands over
	Ended        bool
	Planned      bool // it has not begun yet
}

// Nobody reports whether somebody should be on call, and is not.
func (d Duty) Nobody() bool { return len(d.On) == 0 && !d.Ended && !d.Planned }

// OwnShift is one span in which whoever looks serves.
type OwnShift struct {
	Rotation    id.Rotation
	Name        string // of the rotation
	From, Until time.Time
	When        string
	Now         bool
	Asked       bool // cover is asked for
}

// Ask is somebody's wish that another serve in their place.
type Ask struct {
	Rotation id.Rotation
	Name     string // of the rotation
	Cover    id.Cover
	Person   Person
	Self     bool
	Words    string
	Note     string
}

// Chosen is the rotation that the page shows more of.
type Chosen struct {
	ID       id.Rotation
	Name     string
	Zone     string
	Orders   []string // its layers as sentences
	Warnings []string
	Planned  string // how it is ordered later on, where that is known already
	Ended    bool
	History  []TermChange // newest first
	Rotation oncall.Rotation
	Base     oncall.Base // what a change of how it is ordered rests on
}

// OnCallQuery says what is to be shown of who is on call.
type OnCallQuery struct {
	Rotation id.Rotation // zero for the first
	Kind     CalendarKind
	Day      time.Time // any instant in what the calendar shows; zero for now
	Theirs   bool      // by the clocks of the rotation, not of whoever looks
}

// OnCallParams are what the page is built from.
type OnCallParams struct {
	Rotations []oncall.Rotation
	History   []RotationRecord // of the one that is chosen, oldest first
	Query     OnCallQuery
	Now       time.Time
}

// horizon is how far ahead shifts are looked for.
const horizon = 56 * 24 * time.Hour

// ownMost is how many of one's next shifts are shown.
const ownMost = 3

// Pick returns the rotation that a query means: the one that it names, else the first that has not ended, else the first. It is
// false where there is none.
func (q OnCallQuery) Pick(all []oncall.Rotation, now time.Time) (oncall.Rotation, bool) {
	for _, fits := range []func(oncall.Rotation) bool{
		func(r oncall.Rotation) bool { return r.ID == q.Rotation },
		func(r oncall.Rotation) bool { return !r.Ended(now) },
		func(oncall.Rotation) bool { return true },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i], true
		}
	}
	return oncall.Rotation{}, false
}

// OnCallFrom builds the page. Those rotations come first that have nobody on call, and last those that have ended.
func OnCallFrom(p OnCallParams, v View) OnCall {
	out := OnCall{Duties: DutiesFrom(p.Rotations, p.Now, v), People: v.Everybody(), All: p.Rotations}
	out.Turn = Turn(out.Duties)
	for _, r := range p.Rotations {
		out.Own = append(out.Own, v.ownShifts(r, p.Now)...)
		out.Asks = append(out.Asks, v.asks(r, p.Now)...)
	}
	slices.SortStableFunc(out.Own, func(a, b OwnShift) int { return a.From.Compare(b.From) })
	out.Own = out.Own[:min(len(out.Own), ownMost)]
	if r, any := p.Query.Pick(p.Rotations, p.Now); any {
		out.Chosen = v.chosen(r, p)
		out.Calendar = CalendarFrom(r, p, v)
	}
	return out
}

// DutiesFrom returns who is on call now by each rotation: the gaps first, and last the rotations that have ended.
func DutiesFrom(all []oncall.Rotation, now time.Time, v View) []Duty {
	out := make([]Duty, 0, len(all))
	for _, r := range all {
		out = append(out, v.duty(r, now))
	}
	rank := func(d Duty) int {
		switch {
		case d.Nobody():
			return 0
		case d.Ended:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(out, func(a, b Duty) int { return rank(a) - rank(b) })
	return out
}

// Turn returns when who is on call changes next by itself; zero where it never does.
func Turn(duties []Duty) time.Time {
	var next time.Time
	for _, d := range duties {
		if !d.Until.IsZero() && (next.IsZero() || d.Until.Before(next)) {
			next = d.Until
		}
	}
	return next
}

func (v View) duty(r oncall.Rotation, now time.Time) Duty {
	roster := oncall.NewRoster(r)
	d := Duty{Rotation: r.ID, Name: r.Name, Ended: r.Ended(now), Planned: len(r.Versions) > 0 && r.Versions[0].From.After(now)}
	on := roster.At(now)
	for _, s := range on {
		d.On = append(d.On, v.Person(s.Person))
		d.Self = d.Self || s.Person == v.Self.Person
		if d.Since.IsZero() || s.From.After(d.Since) {
			d.Since = s.From
		}
		if !s.Until.IsZero() && (d.Until.IsZero() || s.Until.Before(d.Until)) {
			d.Until = s.Until
		}
	}
	if len(on) == 0 {
		d.Since, d.Until = gap(roster, now)
	}
	d.When = v.dutyWhen(d, now)
	if d.Until.IsZero() {
		return d
	}
	d.Next = v.Words.OnCall.ThenNobody
	if next := v.serving(roster.At(d.Until)); next != "" {
		d.Next = fmt.Sprintf(v.Words.OnCall.Then, next)
	}
	return d
}

// gap returns since when nobody is on call, and until when; zero where that is longer than the horizon.
func gap(roster oncall.Roster, now time.Time) (since, until time.Time) {
	for _, s := range roster.Shifts(now.Add(-horizon), now) {
		if s.Until.After(since) {
			since = s.Until
		}
	}
	if next := roster.Next(id.Person{}, now, now.Add(horizon), 1); len(next) > 0 {
		until = next[0].From
	}
	return since, until
}

func (v View) dutyWhen(d Duty, now time.Time) string {
	w := v.Words.OnCall
	switch {
	case d.Ended:
		return w.Ended
	case d.Planned && !d.Until.IsZero():
		return fmt.Sprintf(w.Begins, v.Moment(d.Until, now))
	case d.Since.IsZero() && d.Until.IsZero():
		return w.Always
	case d.Until.IsZero():
		return fmt.Sprintf(w.Since, v.Moment(d.Since, now))
	case d.Since.IsZero():
		return fmt.Sprintf(w.Until, v.Moment(d.Until, now))
	default:
		return fmt.Sprintf(w.SinceUntil, v.Moment(d.Since, now), v.till(d.Since, d.Until, now))
	}
}

// serving names those who serve in some shifts, in words; whoever looks is "you".
func (v View) serving(shifts []oncall.Shift) string {
	ids := make([]id.Person, 0, len(shifts))
	for _, s := range shifts {
		ids = append(ids, s.Person)
	}
	return v.persons(ids)
}

// persons names people in words; whoever looks is "you".
func (v View) persons(ids []id.Person) string {
	names := make([]string, 0, len(ids))
	for _, p := range ids {
		names = append(names, v.who(p))
	}
	return v.Listed(names)
}

// who names one person; whoever looks is "you".
func (v View) who(p id.Person) string {
	if p == v.Self.Person && !p.IsZero() {
		return v.Words.Common.You
	}
	return v.Person(p).Name
}

func (v View) ownShifts(r oncall.Rotation, now time.Time) []OwnShift {
	if v.Self.Person.IsZero() {
		return nil
	}
	var out []OwnShift
	for _, s := range oncall.NewRoster(r).Next(v.Self.Person, now, now.Add(horizon), ownMost) {
		out = append(out, OwnShift{
			Rotation: r.ID, Name: r.Name, From: s.From, Until: s.Until, When: v.Between(s.From, s.Until, now), Now: !s.From.After(now),
			Asked: slices.ContainsFunc(r.Covers, func(c oncall.Cover) bool {
				return c.Person == s.Person && overlap(c.From, c.Until, s.From, s.Until)
			}),
		})
	}
	return out
}

func overlap(from, until, begin, end time.Time) bool {
	return (end.IsZero() || from.Before(end)) && (until.IsZero() || begin.Before(until))
}

func (v View) asks(r oncall.Rotation, now time.Time) []Ask {
	w := v.Words.OnCall
	var out []Ask
	for _, c := range r.Covers {
		if !c.Until.After(now) {
			continue
		}
		a := Ask{Rotation: r.ID, Name: r.Name, Cover: c.ID, Person: v.Person(c.Person), Self: c.Person == v.Self.Person, Note: c.Note}
		a.Words = fmt.Sprintf(w.Ask, a.Person.Name, v.Between(c.From, c.Until, now), r.Name)
		if a.Self {
			a.Words = fmt.Sprintf(w.AskOwn, v.Between(c.From, c.Until, now), r.Name)
		}
		out = append(out, a)
	}
	return out
}

func (v View) chosen(r oncall.Rotation, p OnCallParams) Chosen {
	c := Chosen{ID: r.ID, Name: r.Name, Ended: r.Ended(p.Now), Rotation: r, Base: oncall.Base{Seq: r.Ordered.Seq}}
	if slices.ContainsFunc(p.History, func(h RotationRecord) bool { return h.Pending && h.At.Command == r.Ordered.Command }) {
		c.Base = oncall.Base{Seq: 1, After: r.Ordered.Command} // its number is the server's to give: nobody else's may pass for it
	}
	order, running := r.Version(p.Now)
	if !running && len(r.Versions) > 0 {
		order = r.Versions[0]
	}
	c.Zone, c.Orders = order.Zone, v.Orders(order)
	if last := r.Versions[len(r.Versions)-1]; running && last.From.After(p.Now) {
		c.Planned = fmt.Sprintf(v.Words.OnCall.Planned, v.Moment(last.From, p.Now), Sentences(v.Orders(last)))
		if len(last.Layers) == 0 {
			c.Planned = fmt.Sprintf(v.Words.OnCall.PlannedEnd, v.Moment(last.From, p.Now))
		}
	}
	c.Warnings = v.warnings(r, p.Now)
	for _, h := range slices.Backward(p.History) {
		c.History = append(c.History, TermChange{
			Who: v.Person(h.At.Actor.Person).Name, What: v.rotationEvent(h.Event, p.Now),
			When: v.Ago(h.At.Occurred, p.Now), Exact: v.Exact(h.At.Occurred), Pending: h.Pending,
		})
	}
	return c
}
