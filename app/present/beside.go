package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Beside is what stands beside a room's timeline.
type Beside struct {
	Checklists []Checklist       // what whoever looks is to do stands first
	Offered    []ChecklistChoice // that can be begun
	Written    bool              // the company has written any
	Tasks      []Task
	Links      []Link
	Pins       []Pin
	Milestones []Milestone
	Every      time.Duration // how long after one update the next is promised; 0 for none
	Starred    int           // entries here that are starred
	Files      int           // entries here that carry files
	Repeats    *Repeated     // the incident that this one repeats
	Seen       uint64        // up to which event it was read before it was opened, on any device
	Subscribed bool          // whoever looks hears of it without being on call
	Undo       *Undo         // what whoever looks did last and may take back
}

// Undo takes one's own last action back.
type Undo struct {
	Words   string // what was done
	Command incident.Command
	// Out is whom it let in: taken back whole, they see the incident no longer. It is zero where it let nobody in.
	Out id.Person
}

// undoFor is how long an action can be taken back as a slip.
const undoFor = 10 * time.Minute

// undoFrom returns what whoever looks did last, where that can still be taken back. Words that were sent since cover it:
// whoever takes back then means the words. What took something back is not taken back itself: pressed twice in a hurry,
// the slip would stand again.
func undoFrom(p RoomParams, v View) *Undo {
	own := ownDecisions(p, v)
	if len(own) == 0 || p.Now.Sub(own[0].At.Occurred) > undoFor || len(own) > 1 && incident.Undoes(own[0].Event, own[1].Event) || takenOut(own) {
		return nil
	}
	c, ok := incident.Undo(p.Incident, own[0].Event)
	if !ok {
		return nil
	}
	parts, _ := v.line(own[0])
	return &Undo{Words: Join(parts), Command: c, Out: letIn(own)}
}

// letIn returns whom the newest of one's own decisions let see the incident, besides what it says.
func letIn(own []Record) id.Person {
	given, is := own[0].Event.(incident.RoleAssigned)
	if !is || len(own) < 2 || own[0].At.Command != own[1].At.Command {
		return id.Person{}
	}
	if in, is := own[1].Event.(incident.Admitted); is && in.Person == given.Person {
		return in.Person
	}
	return id.Person{}
}

// takenOut reports whether somebody was taken out last whom one had let in oneself shortly before: pressed twice in a hurry,
// taking back must not let them in again.
func takenOut(own []Record) bool {
	out, is := own[0].Event.(incident.Excluded)
	return is && slices.ContainsFunc(own[1:], func(r Record) bool { return r.Event == incident.Event(incident.Admitted{Person: out.Person}) })
}

// ownLately is how many of one's own decisions are looked at: a role that let somebody in and its taking back are four.
const ownLately = 4

// ownDecisions returns the last things that whoever looks did since words of theirs were sent, newest first.
func ownDecisions(p RoomParams, v View) []Record {
	var out []Record
	for _, r := range slices.Backward(p.Records) {
		if r.At.Actor.Person != v.Self.Person || v.Self.Person.IsZero() {
			continue
		}
		switch r.Event.(type) {
		case incident.Joined: // it only goes with something else
			continue
		case incident.Written, incident.Edited:
			return out
		case incident.ChecklistBegun:
			if len(out) > 0 && out[len(out)-1].At.Command == r.At.Command { // it followed from what was decided
				continue
			}
		}
		if out = append(out, r); len(out) == ownLately {
			return out
		}
	}
	return out
}

// Task is something to do in a room.
type Task struct {
	ID     id.Task
	Text   string
	Person Person // zero while it is nobody's
	Mine   bool
	Done   bool
}

// Link leads out of a room.
type Link struct {
	URL   string
	Words string
}

// Pin is an entry that is kept in sight.
type Pin struct {
	Entry id.Entry
	Text  string // the beginning of its words
	Who   string
}

// Milestone is a moment that the postmortem will tell of.
type Milestone struct {
	Name  string // as it is stored
	Words string
	Entry id.Entry
	At    time.Time
}

// Repeated is the incident that another one repeats.
type Repeated struct {
	ID     id.Incident
	Title  string
	Number string
}

// PictureQuery asks for an image of an entry.
type PictureQuery struct {
	Incident      id.Incident
	File          File
	Width, Height int // the most pixels that are wanted
}

// Arrival says how much of a file is on this device.
type Arrival struct {
	Percent int
	Missing bool // the server has no such file: its entry may have been erased
}

// pinMost is how much of a pinned entry is shown, in code points.
const pinMost = 120

func besideFrom(s incident.Incident, entries []Entry, v View) Beside {
	b := Beside{Every: s.UpdateEvery, Checklists: checklistsFrom(s, v), Offered: choicesFrom(s, v), Written: len(v.Setup.Checklists) > 0}
	for _, t := range s.Tasks {
		task := Task{ID: t.ID, Text: t.Text, Done: t.Done, Mine: !t.Person.IsZero() && t.Person == v.Self.Person}
		if !t.Person.IsZero() {
			task.Person = v.Person(t.Person)
		}
		b.Tasks = append(b.Tasks, task)
	}
	for _, l := range s.Links {
		words := l.Label
		if words == "" {
			words = l.URL
		}
		b.Links = append(b.Links, Link{URL: l.URL, Words: words})
	}
	for _, m := range s.Milestones {
		b.Milestones = append(b.Milestones, Milestone{Name: m.Name, Words: v.Milestone(m.Name), Entry: m.Entry, At: m.At})
	}
	known := map[id.Entry]*Entry{}
	for i := range entries {
		e := &entries[i]
		if e.Kind != Block {
			continue
		}
		if e.Pinned {
			known[e.ID] = e
		}
		if e.Starred {
			b.Starred++
		}
		if len(e.Files) > 0 {
			b.Files++
		}
	}
	for _, p := range s.Pinned {
		pin := Pin{Entry: p, Text: v.Words.Room.PinElsewhere}
		if e, here := known[p]; here {
			pin.Text, pin.Who = Clip(e.Text, pinMost), e.Person.Name
			if e.Text == "" && len(e.Files) > 0 {
				pin.Text = e.Files[0].Name
			}
		}
		b.Pins = append(b.Pins, pin)
	}
	return b
}

// Clip shortens words that somebody pasted a page into.
func Clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// Milestone returns the words for a milestone: our own for the known ones, else its name.
func (v View) Milestone(name string) string {
	w := v.Words.Milestone
	if words, known := map[string]string{
		incident.Began: w.Began, incident.Detected: w.Detected, incident.CauseNow: w.Cause,
		incident.Relieved: w.Mitigated, incident.Informed: w.Informed, incident.Recovered: w.Recovered,
	}[name]; known {
		return words
	}
	return name
}

// Countdown returns how long it is until due, "12:00", or with true how long it is overdue.
func Countdown(due, now time.Time, v View) (words string, overdue bool) {
	left := due.Sub(now)
	if left < 0 {
		left, overdue = -left, true
	}
	if left >= time.Hour {
		return Clock(left, v.Words) + fmt.Sprintf(":%02d", int(left.Seconds())%60), overdue
	}
	return fmt.Sprintf("%02d:%02d", int(left.Minutes()), int(left.Seconds())%60), overdue
}

// ParseTime reads a time of day, on the day of near, or a day and a time, as people of the viewer's zone write them.
func (v View) ParseTime(words string, near time.Time) (time.Time, bool) {
	words, near = strings.TrimSpace(words), near.In(v.Zone)
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.ParseInLocation(form, words, v.Zone); err == nil {
			return time.Date(near.Year(), near.Month(), near.Day(), t.Hour(), t.Minute(), t.Second(), 0, v.Zone), true
		}
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2.1.2006 15:04", "2.1.2006 15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(form, words, v.Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
