package incident

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Given is what a decision may rest on besides the incident that it changes.
type Given struct {
	workspace.Setup
	// At is when it is decided, by the clock of whoever decides: what is ordered from now on begins then.
	At time.Time
	// Others are the incidents that Beside names, as whoever gives the command may see them. One that is missing
	// does not exist for them.
	Others map[id.Incident]Incident
	// Paging is what Proceed rests on; the zero Paging for any other command.
	Paging Paging
}

// Merge wishes to end an incident as a repetition of another. That the other one notes it follows by itself, see
// Follow.
type Merge struct {
	wish
	Base Base // of the status
	Into id.Incident
}

// Absorb wishes to note that another incident repeats this one. It follows from Merge; of clients only former
// versions send it, and then it says nothing that did not happen.
type Absorb struct {
	wish
	From  id.Incident
	Title string // the other's
}

// inner marks a command that only follows from others: it has no wire form, so that nobody can send it.
type inner struct{ wish }

// Release wishes to note that another incident does not repeat this one any more. It follows from whatever takes a
// merge back.
type Release struct {
	inner
	From  id.Incident
	Title string // the other's
}

// Merged says that the incident ended as a repetition of another.
type Merged struct {
	fact
	Into id.Incident
}

// Absorbed says that another incident repeats this one.
type Absorbed struct {
	fact
	From  id.Incident
	Title string
}

// Released says that another incident does not repeat this one after all.
type Released struct {
	fact
	From  id.Incident
	Title string
}

// Consequence is a command that follows from what happened in another stream. It is carried out together with that,
// by the same actor, and never asked for.
type Consequence struct {
	Target  id.Incident
	Command Command
	name    string
}

// ID returns the consequence's own id, which is always the same for what one command leads to.
func (c Consequence) ID(cause id.Command) id.Command {
	return id.Derive[id.Command](cause, c.name+" "+c.Target.String())
}

// Follow says what follows in other streams once before has become after: an incident that was merged is absorbed by
// the other one, and released again when it goes on by itself or goes to a third. The other stream is told the title;
// where its readers may not see that, it is told WithoutTitle.
func Follow(before, after Incident) []Consequence {
	if before.MergedInto == after.MergedInto {
		return nil
	}
	var out []Consequence
	if into := before.MergedInto; !into.IsZero() {
		out = append(out, Consequence{Target: into, Command: Release{From: after.ID, Title: after.Title}, name: "release"})
	}
	if into := after.MergedInto; !into.IsZero() {
		out = append(out, Consequence{Target: into, Command: Absorb{From: after.ID, Title: after.Title}, name: "absorb"})
	}
	return out
}

// WithoutTitle returns a command without the title of another incident, for readers who may not see that one.
func WithoutTitle(c Command) Command {
	switch c := c.(type) {
	case Absorb:
		c.Title = ""
		return c
	case Release:
		c.Title = ""
		return c
	default:
		return c
	}
}

// Leads reports whether something may follow in other streams from a command: only these change what Follow compares.
// It spares whoever shows many pending commands the folding of all others.
func Leads(c Command) bool {
	switch c.(type) {
	case Merge, ChangeStatus, Conceal:
		return true
	default:
		return false
	}
}

// chainMost is how many incidents are looked at to say where a merged one went.
const chainMost = 8

// Beside loads the incidents that a decision on c rests on: the one that it names and, for a merge into one that was
// merged itself, those that it went to. Most commands name none. load returns the zero incident for one that does not
// exist.
func Beside(c Command, load func(id.Incident) (Incident, error)) (map[id.Incident]Incident, error) {
	switch c := c.(type) {
	case Merge:
		return chain(c.Into, chainMost, load)
	case Absorb:
		return chain(c.From, 1, load)
	case Release:
		return chain(c.From, 1, load)
	default:
		return nil, nil
	}
}

// chain loads an incident and those that it was merged into, at most so many.
func chain(next id.Incident, most int, load func(id.Incident) (Incident, error)) (map[id.Incident]Incident, error) {
	out := map[id.Incident]Incident{}
	for range most {
		if _, again := out[next]; again || next.IsZero() {
			break
		}
		other, err := load(next)
		if err != nil {
			return nil, fmt.Errorf("load incident %s: %w", next, err)
		}
		out[next], next = other, other.MergedInto
	}
	return out, nil
}

func decideMerge(s Incident, g Given, c Merge) ([]Event, error) {
	switch {
	case c.Into.IsZero() || c.Into == s.ID:
		return nil, fault.New(fault.Invalid, "An incident cannot be merged into itself.").
			WithAdvice("Nothing was changed.", "Choose the incident that it repeats.")
	case c.Into == s.MergedInto:
		return nil, nil
	case s.Private || g.Others[c.Into].Private: // the other's readers would hear of it
		return nil, fault.New(fault.Invalid, "A private incident cannot be merged with another.").
			WithAdvice("Nothing was changed.", "Make it visible to everybody first, or write a link into the other one.")
	case s.StatusMark.Moved(c.Base):
		return contest(s, s.StatusMark, Contested{Field: "status", Wanted: Invalid.String(), Standing: s.Status.String()})
	}
	return one(Merged{Into: c.Into}, s.repeatable(g.Others[c.Into], g))
}

// repeatable reports why s cannot be merged into another: only one that stands for itself can be repeated. Merges so
// never form a ring. One that is over can be: a late alarm repeats what was repaired an hour ago.
func (s Incident) repeatable(into Incident, g Given) error {
	switch {
	case !into.Exists():
		return unknown()
	case into.MergedInto == s.ID:
		return fault.New(fault.Invalid, fmt.Sprintf("%s was merged into this incident.", into.called())).
			WithAdvice("Nothing was changed.", "Reopen the other one first, if it is this one that repeats it.")
	case !into.MergedInto.IsZero():
		last := into.last(g)
		if last.ID == into.ID {
			return fault.New(fault.Invalid, fmt.Sprintf("%s was merged into another incident.", into.called())).
				WithAdvice("Nothing was changed.", "Merge this one into that one too, or reopen the other one first.")
		}
		return fault.New(fault.Invalid, fmt.Sprintf("%s was merged into %s.", into.called(), last.called())).
			WithAdvice("Nothing was changed.", fmt.Sprintf("Merge this one into %s too.", last.called()))
	case into.Status == Invalid:
		return fault.New(fault.Invalid, fmt.Sprintf("%s was declared by mistake.", into.called())).
			WithAdvice("Nothing was changed.", "Reopen the other one first, or end this one as invalid too.")
	default:
		return room(false, "merged incidents", len(into.Absorbed), MaxTasks)
	}
}

// last returns the incident that a merged one went to in the end, as far as that is known.
func (s Incident) last(g Given) Incident {
	for range chainMost {
		next, known := g.Others[s.MergedInto]
		if !known || !next.Exists() {
			break
		}
		s = next
	}
	return s
}

// called returns what people call an incident: its number or, before it has one, its title.
func (s Incident) called() string {
	if s.Number == 0 {
		return fmt.Sprintf("%q", s.Title)
	}
	return fmt.Sprintf("INC-%d", s.Number)
}

// decideAbsorb notes what is so: the other is merged into this one, and that is not noted yet.
func decideAbsorb(s Incident, g Given, c Absorb) ([]Event, error) {
	if c.From.IsZero() || g.Others[c.From].MergedInto != s.ID || slices.Contains(s.Absorbed, c.From) {
		return nil, nil
	}
	title, err := line(c.Title, MaxTitle, "title")
	return one(Absorbed{From: c.From, Title: title}, err)
}

// decideRelease notes what is so: the other is not merged into this one, though that is noted.
func decideRelease(s Incident, g Given, c Release) ([]Event, error) {
	if g.Others[c.From].MergedInto == s.ID || !slices.Contains(s.Absorbed, c.From) {
		return nil, nil
	}
	title, err := line(c.Title, MaxTitle, "title")
	return one(Released{From: c.From, Title: title}, err)
}
