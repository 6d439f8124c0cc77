package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// RotationRecord is one event of a rotation as a session hands it over.
type RotationRecord struct {
	Event   oncall.Event
	At      id.Envelope
	Pending bool
}

// Orders says how a rotation is ordered, a sentence for each layer.
func (v View) Orders(order oncall.Version) []string {
	var out []string
	for i, l := range ranked(order.Layers) {
		text := v.Order(l, order.Zone)
		switch {
		case i == 0:
		case l.Priority == ranked(order.Layers)[i-1].Priority:
			text = fmt.Sprintf(v.Words.OnCall.Together, text)
		default:
			text = fmt.Sprintf(v.Words.OnCall.StepsIn, text)
		}
		if l.Name != "" {
			text = fmt.Sprintf(v.Words.OnCall.LayerSays, l.Name, text)
		}
		out = append(out, text)
	}
	return out
}

// Order says in a sentence who takes turns in a layer, how long, and where they hand over.
func (v View) Order(l oncall.Layer, zone string) string {
	w := v.Words.OnCall
	places := make([]string, 0, len(l.Places))
	for _, p := range l.Places {
		names := make([]string, 0, len(p))
		for _, who := range p {
			names = append(names, v.Person(who).Name)
		}
		places = append(places, strings.Join(names, " + "))
	}
	if l.Zone != "" {
		zone = l.Zone
	}
	var text string
	switch len(places) {
	case 0:
		text = w.NobodyTurns
	case 1:
		return v.alone(l, zone)
	default:
		text = fmt.Sprintf(w.TakeTurns, v.Listed(places), v.Every(l), v.handover(l), zone)
	}
	if hours := v.HoursWords(l.Hours); hours != "" {
		text += " " + fmt.Sprintf(w.OnlyHours, hours)
	}
	return text
}

// alone says when those of a layer serve who take turns with nobody.
func (v View) alone(l oncall.Layer, zone string) string {
	w := v.Words.OnCall
	names := make([]string, 0, len(l.Places[0]))
	for _, who := range l.Places[0] {
		names = append(names, v.Person(who).Name)
	}
	always, hours := w.OneServes, w.OneAtHours
	if len(names) > 1 {
		always, hours = w.ManyServe, w.ManyAtHours
	}
	if at := v.HoursWords(l.Hours); at != "" {
		return fmt.Sprintf(hours, v.Listed(names), at, zone)
	}
	return fmt.Sprintf(always, v.Listed(names))
}

// Every says how long a turn is: "every week", "every 2 days".
func (v View) Every(l oncall.Layer) string {
	one, many := v.unitWords(l.Unit)
	return Count(l.Every, one, many)
}

func (v View) unitWords(u oncall.Unit) (one, many string) {
	w := v.Words.OnCall
	switch u {
	case oncall.Hour:
		return w.EveryHour, w.EveryHours
	case oncall.Day:
		return w.EveryDay, w.EveryDays
	case oncall.Month:
		return w.EveryMonth, w.EveryMonths
	case oncall.Year:
		return w.EveryYear, w.EveryYears
	default:
		return w.EveryWeek, w.EveryWeeks
	}
}

// handover says at which of the times that a unit has somebody hands over.
func (v View) handover(l oncall.Layer) string {
	at, w := wallTime(l.Anchor), v.Words.OnCall
	clock := at.Format("15:04")
	switch l.Unit {
	case oncall.Hour, oncall.Day:
		return fmt.Sprintf(w.AtClock, clock)
	case oncall.Month:
		return fmt.Sprintf(w.OnDay, at.Day(), clock)
	case oncall.Year:
		return fmt.Sprintf(w.OnWeekday, fmt.Sprintf(v.Words.Time.DayMonth, at.Day(), nth(v.Words.Time.Months, int(at.Month())-1)), clock)
	default:
		return fmt.Sprintf(w.OnWeekday, nth(v.Words.Time.WeekdaysLong, int(at.Weekday())), clock)
	}
}

// wallTime returns a reading of a wall clock as a date and a time of day. That it is in UTC means nothing.
func wallTime(w oncall.Wall) time.Time { return time.Unix(int64(w), 0).UTC() }

// HoursWords says on which hours of which weekdays a layer is on, or nothing for always.
func (v View) HoursWords(hours []oncall.Window) string {
	parts := make([]string, 0, len(hours))
	for _, h := range hours {
		parts = append(parts, fmt.Sprintf(v.Words.OnCall.DaysAt, v.daysWords(h.Days), clockOf(h.From), clockOf(h.Until)))
	}
	return strings.Join(parts, ", ")
}

func clockOf(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// week is the weekdays from Monday on.
func week() [7]time.Weekday {
	return [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// daysWords names weekdays, and those that follow each other by the first and the last.
func (v View) daysWords(days oncall.Days) string {
	var parts []string
	all := week()
	if days == oncall.DaysOf(all[:]...) {
		return v.Words.OnCall.Daily
	}
	name := func(i int) string { return nth(v.Words.Time.Weekdays, int(all[i])) }
	for i := 0; i < len(all); i++ {
		if !days.Has(all[i]) {
			continue
		}
		last := i
		for last+1 < len(all) && days.Has(all[last+1]) {
			last++
		}
		switch {
		case last >= i+2:
			parts = append(parts, name(i)+"–"+name(last))
		case last == i+1:
			parts = append(parts, name(i), name(last))
		default:
			parts = append(parts, name(i))
		}
		i = last
	}
	return strings.Join(parts, ", ")
}

// rotationEvent says what happened to a rotation, without who did it.
func (v View) rotationEvent(e oncall.Event, now time.Time) string {
	w := v.Words.OnCall
	switch e := e.(type) {
	case oncall.RotationCreated:
		return fmt.Sprintf(w.DidCreate, e.Name, Sentences(v.Orders(e.Version)))
	case oncall.RotationRenamed:
		return fmt.Sprintf(w.DidRename, e.Name)
	case oncall.RotationOrdered:
		if len(e.Version.Layers) == 0 {
			return fmt.Sprintf(w.DidEnd, v.Moment(e.Version.From, now))
		}
		return fmt.Sprintf(w.DidOrder, v.Moment(e.Version.From, now), Sentences(v.Orders(e.Version)))
	case oncall.OverrideAdded:
		return v.didOverride(e.Override, now)
	case oncall.OverrideEnded:
		return fmt.Sprintf(w.DidTakeBack, v.Moment(e.From, now))
	case oncall.CoverRequested:
		return fmt.Sprintf(w.DidAsk, v.Between(e.Cover.From, e.Cover.Until, now)) + reasonOf(e.Cover.Note, v.Words)
	case oncall.CoverWithdrawn:
		return w.DidWithdraw
	default:
		return w.DidOther
	}
}

func (v View) didOverride(o oncall.Override, now time.Time) string {
	w, when := v.Words.OnCall, v.Between(o.From, o.Until, now)
	switch {
	case !o.Cover.IsZero():
		return fmt.Sprintf(w.DidCover, v.Person(o.Out).Name, when)
	case o.Deed == oncall.Replace && o.In == o.By:
		return fmt.Sprintf(w.DidTake, v.Person(o.Out).Name, when)
	case o.Deed == oncall.Replace:
		return fmt.Sprintf(w.DidReplace, v.Person(o.Out).Name, v.Person(o.In).Name, when)
	case o.Deed == oncall.Add:
		return fmt.Sprintf(w.DidAdd, v.Person(o.In).Name, when)
	case o.Deed == oncall.Remove:
		return fmt.Sprintf(w.DidRemove, v.Person(o.Out).Name, when)
	default:
		return fmt.Sprintf(w.DidInstead, when)
	}
}

// rotationWish says what a command to a rotation asks for.
func (v View) rotationWish(c oncall.Command, now time.Time) string {
	w := v.Words.OnCall
	switch c := c.(type) {
	case oncall.CreateRotation:
		return v.rotationEvent(oncall.RotationCreated{Name: c.Name, Version: c.Version}, now)
	case oncall.RenameRotation:
		return v.rotationEvent(oncall.RotationRenamed{Name: c.Name}, now)
	case oncall.EditRotation:
		if c.Version.From.IsZero() {
			return fmt.Sprintf(w.WishOrder, Sentences(v.Orders(c.Version)))
		}
		return v.rotationEvent(oncall.RotationOrdered{Version: c.Version}, now)
	case oncall.EndRotation:
		if c.From.IsZero() {
			return w.WishEnd
		}
		return fmt.Sprintf(w.DidEnd, v.Moment(c.From, now))
	case oncall.AddOverride:
		o := c.Override
		o.By = v.Self.Person
		return v.didOverride(o, now)
	case oncall.RemoveOverride:
		return w.WishTakeBack
	case oncall.TakeShift:
		return fmt.Sprintf(w.WishTake, v.Person(c.From).Name)
	case oncall.RequestCover:
		return v.rotationEvent(oncall.CoverRequested{Cover: oncall.Cover{From: c.From, Until: c.Until, Note: c.Note}}, now)
	case oncall.WithdrawCover:
		return w.DidWithdraw
	case oncall.OfferCover:
		return w.WishCover
	default:
		return w.DidOther
	}
}
