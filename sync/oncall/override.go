package oncall

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Limits of exceptions.
const (
	MaxSpan     = 366 * 24 * time.Hour // of an override, and of a request
	MaxPostings = 200                  // of an override that stands instead of the rotation
	MaxAhead    = 1_000                // overrides and requests that are not over
	MaxNote     = 300                  // in code points
)

// decideOverride says what becomes of an override. One that would change nothing is refused, and so is one that would bring
// somebody whom another has brought for some of the time already: two people would believe that they had arranged it.
func decideOverride(s Rotation, w workspace.Setup, o Override, by id.Actor, at time.Time) ([]Event, error) {
	if _, again := s.Override(o.ID); again {
		return nil, nil
	}
	o.By = by.Person
	o, err := o.normal(w, at)
	if err != nil {
		return nil, err
	}
	ahead := 0
	for _, have := range s.Overrides {
		if have.Until.After(at) {
			ahead++
		}
	}
	if ahead >= MaxAhead {
		return nil, fault.New(fault.TooLarge, "There are too many exceptions to this rotation.").
			WithAdvice("Nothing was changed.", "Edit the rotation, or take some of them back.")
	}
	before := NewRoster(s).Shifts(o.From, o.Until)
	for _, shift := range before {
		if !o.In.IsZero() && shift.Person == o.In && !shift.Reason.Override.IsZero() {
			return nil, fault.New(fault.Invalid, "Another exception brings this person at that time already.").
				WithAdvice("Nothing was changed.", "Choose another time, or take the other exception back.")
		}
	}
	s.Overrides = append(slices.Clip(s.Overrides), o)
	if after := NewRoster(s).Shifts(o.From, o.Until); o.Deed != Instead && samePresence(before, after) {
		return nil, fault.New(fault.Invalid, "That would change nothing.").
			WithAdvice("The same people are on call at that time.", "Look at who is, and choose again.")
	}
	return []Event{OverrideAdded{Override: o}}, nil
}

// samePresence reports whether the same people are on call at the same times.
func samePresence(a, b []Shift) bool {
	return slices.EqualFunc(a, b, func(a, b Shift) bool {
		return a.Person == b.Person && a.From.Equal(b.From) && a.Until.Equal(b.Until)
	})
}

// normal returns o as it is stored, without what lies before an instant and with nothing that its deed has no use for.
func (o Override) normal(w workspace.Setup, at time.Time) (Override, error) {
	var check fault.Check
	o.From, o.Until = stored(o.From), stored(o.Until)
	if o.From.Before(at) {
		o.From = at
	}
	checkSpan(&check, o.From, o.Until, at)
	if o.ID.IsZero() {
		check.Add("id", "is missing")
	}
	if o.Deed == Replace || o.Deed == Add {
		checkPerson(&check, "person", o.In, w)
	} else {
		o.In = id.Person{}
	}
	if o.Deed == Replace || o.Deed == Remove {
		if o.Out.IsZero() {
			check.Add("whoever is replaced", "is missing")
		}
	} else {
		o.Out = id.Person{}
	}
	switch {
	case o.Deed < Replace || o.Deed > Instead:
		check.Add("exception", "does nothing that is known here")
	case o.Deed == Replace && o.In == o.Out:
		check.Add("person", "would replace themselves")
	case o.Deed == Instead:
		o.Shifts = o.postings(&check, w)
	}
	if o.Deed != Instead {
		o.Shifts = nil
	}
	return o, check.Err("The exception was not made.")
}

// postings returns the shifts of an override that stands instead of a rotation, cut to its span.
func (o Override) postings(check *fault.Check, w workspace.Setup) []Posting {
	checkCount(check, "shifts", len(o.Shifts), MaxPostings)
	var out []Posting
	for i, p := range o.Shifts {
		name := fmt.Sprintf("shift %d", i+1)
		p.From, p.Until, p.Place = laterOf(stored(p.From), o.From), stored(p.Until), p.Place.normal()
		if p.Until.After(o.Until) {
			p.Until = o.Until
		}
		if len(p.Place) == 0 {
			check.Add(name, "has nobody in it")
		}
		checkCount(check, name, len(p.Place), MaxTogether)
		for _, person := range p.Place {
			checkPerson(check, name, person, w)
		}
		if p.From.Before(p.Until) {
			out = append(out, p)
		}
	}
	return out
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// checkSpan notes what is wrong with a span that begins at an instant or later.
func checkSpan(check *fault.Check, from, until, at time.Time) {
	switch {
	case !from.Before(until):
		check.Add("time", "is over, or ends before it begins")
	case until.Sub(from) > MaxSpan:
		check.Add("time", "is longer than a year")
	case from.Sub(at) > maxAhead:
		check.Add("time", "begins in more than three years")
	}
}

func decideRemove(s Rotation, c RemoveOverride, at time.Time) ([]Event, error) {
	o, found := s.Override(c.Override)
	if !found || !o.Until.After(at) {
		return nil, fault.New(fault.NotFound, "There is no such exception any more.").
			WithAdvice("What is over stays as it was.", "Look at who is on call now.")
	}
	return []Event{OverrideEnded{Override: o.ID, From: laterOf(o.From, at)}}, nil
}

func decideTake(s Rotation, w workspace.Setup, c TakeShift, by id.Actor, at time.Time) ([]Event, error) {
	if _, again := s.Override(c.Override); again {
		return nil, nil
	}
	on := NewRoster(s).At(at)
	i := slices.IndexFunc(on, func(shift Shift) bool { return shift.Person == c.From })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "This person is not on call any more.").
			WithAdvice("Nothing was changed.", "Look at who is, and take theirs.")
	}
	until := stored(c.Until)
	if end := on[i].Until; until.IsZero() && !end.IsZero() {
		until = end
	} else if until.IsZero() {
		until = at.AddDate(0, 0, 1)
	}
	o, err := Override{ID: c.Override, Deed: Replace, From: at, Until: until, Out: c.From, In: by.Person, By: by.Person}.normal(w, at)
	if err != nil {
		return nil, err
	}
	return []Event{OverrideAdded{Override: o}}, nil
}

func decideRequest(s Rotation, c RequestCover, by id.Actor, at time.Time) ([]Event, error) {
	if _, again := s.cover(c.Cover); again {
		return nil, nil
	}
	cover := Cover{ID: c.Cover, Person: by.Person, From: laterOf(stored(c.From), at), Until: stored(c.Until), Note: line(c.Note)}
	var check fault.Check
	checkSpan(&check, cover.From, cover.Until, at)
	if cover.ID.IsZero() {
		check.Add("id", "is missing")
	}
	if n := utf8.RuneCountInString(cover.Note); n > MaxNote {
		check.Add("note", fmt.Sprintf("has %d characters; %d are allowed", n, MaxNote))
	}
	checkCount(&check, "requests", len(s.Covers)+1, MaxAhead)
	if err := check.Err("Nobody was asked."); err != nil {
		return nil, err
	}
	if by.Person.IsZero() || len(NewRoster(s).Next(by.Person, cover.From, cover.Until, 1)) == 0 {
		return nil, fault.New(fault.Invalid, "You are not on call at that time.").
			WithAdvice("Nobody was asked.", "Choose one of your own shifts.")
	}
	return []Event{CoverRequested{Cover: cover}}, nil
}

// cover returns the request c. It is false where there is none.
func (r Rotation) cover(c id.Cover) (Cover, bool) {
	for _, have := range r.Covers {
		if have.ID == c {
			return have, true
		}
	}
	return Cover{}, false
}

func noSuchCover() error {
	return fault.New(fault.NotFound, "Nobody asks for that any more.").
		WithAdvice("Somebody else has offered it, or it was taken back.", "Look at who is on call now.")
}

func decideWithdraw(s Rotation, c WithdrawCover) ([]Event, error) {
	if _, found := s.cover(c.Cover); !found {
		return nil, noSuchCover()
	}
	return []Event{CoverWithdrawn{Cover: c.Cover}}, nil
}

func decideOffer(s Rotation, w workspace.Setup, c OfferCover, by id.Actor, at time.Time) ([]Event, error) {
	if _, again := s.Override(c.Override); again {
		return nil, nil
	}
	asked, found := s.cover(c.Cover)
	if !found || !asked.Until.After(at) {
		return nil, noSuchCover()
	}
	return decideOverride(s, w, Override{
		ID: c.Override, Deed: Replace, From: asked.From, Until: asked.Until, Out: asked.Person, In: by.Person, Cover: asked.ID,
	}, by, at)
}
