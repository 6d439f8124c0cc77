package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// DeedKind says what can be done with a span of a calendar.
type DeedKind uint8

// What can be done.
const (
	TakeNow       DeedKind = iota + 1 // serve from now on, in place of somebody
	TakeOver                          // serve in the span, in place of somebody
	Give                              // somebody else serves in place of somebody
	AddSomebody                       // somebody serves besides
	TakeOff                           // somebody does not serve
	WantCover                         // ask whether another would
	GiveCover                         // what somebody asked for
	WithdrawCover                     // ask no more
	TakeBack                          // an exception
)

// Selection is what is selected in a calendar.
type Selection struct {
	From, Until time.Time
	Bar         Bar // what was selected as a whole, or the zero Bar
}

// Deed is one thing that can be done with a selection.
type Deed struct {
	Kind        DeedKind
	Rotation    id.Rotation
	Words       string
	From, Until time.Time // not before now
	Out         Person    // whom it is about, for some
	Override    id.Override
	Cover       id.Cover
}

// Asks reports what a deed still needs: somebody who is to serve, another time, or a note.
func (d Deed) Asks() (who, when, note bool) {
	switch d.Kind {
	case Give, AddSomebody:
		return true, true, false
	case TakeOver, TakeOff:
		return false, true, false
	case WantCover:
		return false, true, true
	default:
		return false, false, false
	}
}

// Filled is what was filled in for a deed.
type Filled struct {
	Who         id.Person
	From, Until time.Time
	Note        string
}

// Command returns what the deed wishes for. fresh is a new id, as text of which the override or the request gets its own.
func (d Deed) Command(f Filled, self id.Person, fresh [16]byte) oncall.Command {
	override := func(deed oncall.Deed, out, in id.Person) oncall.Command {
		return oncall.AddOverride{Override: oncall.Override{
			ID: id.Override(fresh), Deed: deed, From: f.From, Until: f.Until, Out: out, In: in,
		}}
	}
	switch d.Kind {
	case TakeNow:
		return oncall.TakeShift{Override: id.Override(fresh), From: d.Out.ID}
	case TakeOver:
		return override(oncall.Replace, d.Out.ID, self)
	case Give:
		return override(oncall.Replace, d.Out.ID, f.Who)
	case AddSomebody:
		return override(oncall.Add, id.Person{}, f.Who)
	case TakeOff:
		return override(oncall.Remove, d.Out.ID, id.Person{})
	case WantCover:
		return oncall.RequestCover{Cover: id.Cover(fresh), From: f.From, Until: f.Until, Note: f.Note}
	case GiveCover:
		return oncall.OfferCover{Cover: d.Cover, Override: id.Override(fresh)}
	case WithdrawCover:
		return oncall.WithdrawCover{Cover: d.Cover}
	default:
		return oncall.RemoveOverride{Override: d.Override}
	}
}

// Deeds returns what can be done with a selection, the likeliest first. What is over can only be looked at: nothing is.
func (v View) Deeds(r oncall.Rotation, s Selection, now time.Time) []Deed {
	from, until := s.From, s.Until
	if from.Before(now) {
		from = now
	}
	if !until.IsZero() && !from.Before(until) {
		return nil
	}
	if until.IsZero() {
		until = from.Add(horizon)
	}
	w := v.Words.OnCall
	var out []Deed
	add := func(kind DeedKind, words string, who Person) {
		out = append(out, Deed{Kind: kind, Rotation: r.ID, Words: words, From: from, Until: until, Out: who})
	}
	out = append(out, v.coverDeeds(r, s, now)...)
	self := v.Self.Person
	for _, p := range servingIn(r, from, until) {
		who := v.Person(p)
		if p == self {
			add(WantCover, w.WantCover, who)
			add(Give, w.GiveOwn, who)
			continue
		}
		serves := from.Equal(now) && on(r, p, now)
		if serves {
			add(TakeNow, fmt.Sprintf(w.TakeNow, who.Name), who)
		}
		if !serves || s.Bar.From.IsZero() { // a whole shift that has begun is the same thing
			add(TakeOver, fmt.Sprintf(w.TakeOver, who.Name), who)
		}
		add(Give, fmt.Sprintf(w.Give, who.Name), who)
	}
	if len(servingIn(r, from, until)) == 0 {
		add(AddSomebody, w.FillGap, Person{})
	} else {
		add(AddSomebody, w.AddSomebody, Person{})
	}
	for _, p := range servingIn(r, from, until) {
		add(TakeOff, fmt.Sprintf(w.TakeOff, v.who(p)), v.Person(p))
	}
	if o, ok := r.Override(s.Bar.Override); ok && o.Until.After(now) {
		out = append(out, Deed{Kind: TakeBack, Rotation: r.ID, Words: fmt.Sprintf(w.TakeBack, v.exceptionWords(o, func(p id.Person) string { return v.Person(p).Name })), From: from, Until: until, Override: o.ID})
	}
	return out
}

// servingIn returns who is on call in a span, each once, in the order in which they begin.
func servingIn(r oncall.Rotation, from, until time.Time) []id.Person {
	var out []id.Person
	for _, s := range oncall.NewRoster(r).Shifts(from, until) {
		if !slices.Contains(out, s.Person) {
			out = append(out, s.Person)
		}
	}
	return out
}

func on(r oncall.Rotation, p id.Person, now time.Time) bool {
	return slices.ContainsFunc(oncall.NewRoster(r).At(now), func(s oncall.Shift) bool { return s.Person == p })
}

// coverDeeds are what can be done about requests in a selection.
func (v View) coverDeeds(r oncall.Rotation, s Selection, now time.Time) []Deed {
	w := v.Words.OnCall
	var out []Deed
	for _, c := range r.Covers {
		if !c.Until.After(now) || !overlap(c.From, c.Until, s.From, s.Until) || !s.Bar.Cover.IsZero() && s.Bar.Cover != c.ID {
			continue
		}
		d := Deed{Kind: GiveCover, Rotation: r.ID, From: c.From, Until: c.Until, Out: v.Person(c.Person), Cover: c.ID}
		d.Words = fmt.Sprintf(w.GiveCover, d.Out.Name, v.Between(c.From, c.Until, now))
		if c.Person == v.Self.Person {
			d.Kind, d.Words = WithdrawCover, w.WithdrawCover
		}
		out = append(out, d)
	}
	return out
}
