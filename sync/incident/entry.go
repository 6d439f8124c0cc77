package incident

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of what one incident may gather about its entries.
const (
	MaxStars         = 500
	MaxErased        = 500
	MaxPins          = 50
	MaxMilestones    = 30
	MaxMilestoneName = 60 // code points
)

// The milestones that have words of their own; any other short line may be one too.
const (
	Began     = "began"     // the harm began
	Detected  = "detected"  // somebody or something noticed
	CauseNow  = "cause"     // the root cause is known
	Relieved  = "mitigated" // it no longer hurts
	Informed  = "informed"  // those who are affected know
	Recovered = "recovered" // all is as it should be
)

// KnownMilestones returns the milestones that have words of their own, in the order in which they mostly come.
func KnownMilestones() []string {
	return []string{Began, Detected, CauseNow, Relieved, Informed, Recovered}
}

// Milestone is a moment that the postmortem will tell of.
type Milestone struct {
	Name  string
	Entry id.Entry // what it is marked on; zero for the moment alone
	At    time.Time
	By    id.Person
}

// EntryCommand is a wish about an entry that was written before.
type EntryCommand interface {
	Command
	entryCommand()
}

type entryWish struct{ wish }

func (entryWish) entryCommand() {}

// Edit wishes for other words in an entry of one's own. The former ones stay in the audit. Whose an entry
// is, is not in the state: of somebody else's entry an edit counts for nothing, see Thread.
type Edit struct {
	entryWish
	Entry id.Entry
	Text  string
}

// Erase wishes that an entry's words and files vanish everywhere, also from the audit. Anybody may: who
// sees a pasted secret does not look for its author first.
type Erase struct {
	entryWish
	Entry  id.Entry
	Reason string
}

// Star wishes to keep an entry for the postmortem, or, with Off, no longer.
type Star struct {
	entryWish
	Entry id.Entry
	Off   bool
}

// Pin wishes to keep an entry in everybody's sight, or, with Off, no longer.
type Pin struct {
	entryWish
	Entry id.Entry
	Off   bool
}

// CorrectTime wishes that an entry be told at another time than the one at which it was written.
type CorrectTime struct {
	entryWish
	Entry  id.Entry
	At     time.Time
	Reason string
}

// MarkMilestone wishes to call a moment a milestone; one of the same name moves there. At is the time of the
// entry as it is shown; zero takes the moment of the wish.
type MarkMilestone struct {
	entryWish
	Name  string
	Entry id.Entry
	At    time.Time
}

// UnmarkMilestone wishes that a milestone be forgotten.
type UnmarkMilestone struct {
	entryWish
	Name string
}

// Edited says that the author gave an entry other words.
type Edited struct {
	fact
	Entry id.Entry
	Text  string
	Was   id.Content // as in Written
}

// Erased says that an entry's words and files were taken away everywhere.
type Erased struct {
	fact
	Entry  id.Entry
	Reason string
}

// Starred says that an entry was kept for the postmortem, or with Off that it no longer is.
type Starred struct {
	fact
	Entry id.Entry
	Off   bool
}

// Pinned says that an entry was kept in sight, or with Off that it no longer is.
type Pinned struct {
	fact
	Entry id.Entry
	Off   bool
}

// TimeCorrected says that an entry is told at another time.
type TimeCorrected struct {
	fact
	Entry  id.Entry
	At     time.Time
	Reason string
}

// MilestoneMarked says that a moment was called a milestone. A zero At is the moment of the event.
type MilestoneMarked struct {
	fact
	Name  string
	Entry id.Entry
	At    time.Time
}

// MilestoneUnmarked says that a milestone was forgotten.
type MilestoneUnmarked struct {
	fact
	Name string
}

// Milestone returns the milestone of a name.
func (s Incident) Milestone(name string) (Milestone, bool) {
	for _, m := range s.Milestones {
		if m.Name == name {
			return m, true
		}
	}
	return Milestone{}, false
}

func decideEntry(s Incident, c EntryCommand) ([]Event, error) {
	switch c := c.(type) {
	case Edit:
		return decideEdit(s, c)
	case Erase:
		if slices.Contains(s.Erased, c.Entry) {
			return nil, nil
		}
		reason, err := line(c.Reason, MaxReason, "reason")
		return one(Erased{Entry: c.Entry, Reason: reason}, err)
	case Star:
		if slices.Contains(s.Starred, c.Entry) != c.Off {
			return nil, nil
		}
		return one(Starred{Entry: c.Entry, Off: c.Off}, room(c.Off, "stars", len(s.Starred), MaxStars))
	case Pin:
		if slices.Contains(s.Pinned, c.Entry) != c.Off {
			return nil, nil
		}
		return one(Pinned{Entry: c.Entry, Off: c.Off}, room(c.Off, "pins", len(s.Pinned), MaxPins))
	case CorrectTime:
		return decideTime(c)
	case MarkMilestone:
		return decideMilestone(s, c)
	case UnmarkMilestone:
		name, _ := line(c.Name, MaxMilestoneName, "milestone")
		if _, marked := s.Milestone(name); !marked {
			return nil, nil
		}
		return one(MilestoneUnmarked{Name: name}, nil)
	default:
		return nil, unknownCommand(c)
	}
}

// one returns the one event that a command leads to, or the fault that keeps it from happening.
func one(e Event, err error) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// room reports a list that has no place for one more.
func room(off bool, what string, have, most int) error {
	if !off && have >= most {
		return tooMany(what, have+1, most)
	}
	return nil
}

func decideEdit(s Incident, c Edit) ([]Event, error) {
	switch {
	case slices.Contains(s.Erased, c.Entry):
		return nil, fault.New(fault.NotFound, "This entry was erased.").
			WithAdvice("Nothing was changed.", "Write a new one, without what was erased.")
	case c.Text == "": // what is left of an edit whose words were erased
		return nil, nil
	}
	text, err := prose(c.Text)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, fault.New(fault.Invalid, "An entry cannot be edited to nothing.").
			WithAdvice("Its words are as they were.", "Erase it if it should not be read.")
	}
	return []Event{Edited{Entry: c.Entry, Text: text}}, nil
}

func decideTime(c CorrectTime) ([]Event, error) {
	reason, err := line(c.Reason, MaxReason, "reason")
	if err != nil {
		return nil, err
	}
	if c.At.IsZero() {
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "The time was not corrected.",
			Fields: []fault.Field{{Name: "time", Problem: "is missing"}},
		}
	}
	return []Event{TimeCorrected{Entry: c.Entry, At: c.At, Reason: reason}}, nil
}

func decideMilestone(s Incident, c MarkMilestone) ([]Event, error) {
	name, err := line(c.Name, MaxMilestoneName, "milestone")
	if err != nil || name == "" {
		return nil, err
	}
	have, marked := s.Milestone(name)
	if marked && have.Entry == c.Entry && (c.At.IsZero() || have.At.Equal(c.At)) {
		return nil, nil
	}
	return one(MilestoneMarked{Name: name, Entry: c.Entry, At: c.At}, room(marked, "milestones", len(s.Milestones), MaxMilestones))
}

func (s Incident) written(at id.Envelope, e Written) Incident {
	s.Entries++
	if e.Update && s.UpdateEvery > 0 {
		s.UpdateDue = at.Occurred.Add(s.UpdateEvery)
	}
	return s
}

// toggled returns list with e at its end, or without it.
func toggled[T comparable](list []T, e T, off bool) []T {
	out := slices.DeleteFunc(slices.Clone(list), func(have T) bool { return have == e })
	if !off {
		out = append(out, e)
	}
	return out
}

func (s Incident) marked(at id.Envelope, e MilestoneMarked) Incident {
	next := Milestone{Name: e.Name, Entry: e.Entry, At: e.At, By: at.Actor.Person}
	if next.At.IsZero() {
		next.At = at.Occurred
	}
	s.Milestones = append(without(s.Milestones, e.Name), next)
	slices.SortStableFunc(s.Milestones, func(a, b Milestone) int { return a.At.Compare(b.At) })
	return s
}

func without(list []Milestone, name string) []Milestone {
	return slices.DeleteFunc(slices.Clone(list), func(m Milestone) bool { return m.Name == name })
}

// retold moves the milestones of an entry with its time.
func (s Incident) retold(e TimeCorrected) Incident {
	if e.Entry.IsZero() {
		return s
	}
	s.Milestones = slices.Clone(s.Milestones)
	for i := range s.Milestones {
		if s.Milestones[i].Entry == e.Entry {
			s.Milestones[i].At = e.At
		}
	}
	slices.SortStableFunc(s.Milestones, func(a, b Milestone) int { return a.At.Compare(b.At) })
	return s
}

// without returns s after an entry was erased.
func (s Incident) without(entry id.Entry) Incident {
	s.Erased = toggled(s.Erased, entry, false)
	if most := MaxErased; len(s.Erased) > most {
		s.Erased = s.Erased[len(s.Erased)-most:]
	}
	return s
}
