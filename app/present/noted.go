package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// noteLine returns the sentence for an event about an entry or about what stands beside the timeline.
func (v View) noteLine(r Record, who Part) (parts []Part, reason string) {
	w := v.Words.Line
	switch e := r.Event.(type) {
	case incident.Edited:
		parts = sentence(w.Edited, who)
	case incident.Erased:
		parts, reason = sentence(w.Erased, who), e.Reason
	case incident.Starred:
		parts = sentence(either(e.Off, w.Unstarred, w.Starred), who)
	case incident.Pinned:
		parts = sentence(either(e.Off, w.Unpinned, w.Pinned), who)
	case incident.TimeCorrected:
		parts, reason = sentence(w.Retimed, who, plain(v.Exact(e.At))), e.Reason
	case incident.MilestoneMarked:
		parts = sentence(w.Milestone, who, strong(v.Milestone(e.Name)))
		if at := e.At; !at.IsZero() && at.Sub(r.At.Occurred).Abs() >= time.Minute {
			parts = append(parts, plain(fmt.Sprintf(w.MilestoneAt, v.Time(at, r.At.Occurred))))
		}
	case incident.MilestoneUnmarked:
		parts = sentence(w.NoMilestone, who, plain(v.Milestone(e.Name)))
	default:
		parts = v.factLine(r, who)
	}
	return parts, reason
}

func either(off bool, yes, no string) string {
	if off {
		return yes
	}
	return no
}

// factLine returns the sentence for an event about what stands beside the timeline.
func (v View) factLine(r Record, who Part) []Part {
	w := v.Words.Line
	if said := v.listLine(r.Event, who); said != nil {
		return said
	}
	switch e := r.Event.(type) {
	case incident.TaskAdded:
		if e.Person == r.At.Actor.Person && !e.Person.IsZero() {
			return sentence(w.TaskTaken, who, strong(e.Text))
		}
		return v.taskLine(w.TaskAdded, w.TaskAddedFor, who, e.Text, e.Person)
	case incident.TaskChanged:
		return v.taskChanged(e, who)
	case incident.TaskRemoved:
		return sentence(w.TaskRemoved, who, plain(e.Text))
	case incident.LinkAdded:
		return sentence(w.LinkAdded, who, plain(strings.TrimSpace(e.Label+" "+e.URL)))
	case incident.LinkRemoved:
		return sentence(w.LinkRemoved, who, plain(e.URL))
	case incident.UpdatePromised:
		if e.Within == 0 {
			return sentence(w.NoUpdate, who)
		}
		return sentence(w.Promised, who, strong(v.Span(e.Within)))
	case incident.KindChanged:
		return sentence(w.Kind, who, strong(KindWord(e.To, v.Words)))
	case incident.Merged:
		return sentence(w.Merged, who)
	case incident.Absorbed:
		return sentence(w.Absorbed, who, strong(e.Title))
	case incident.Released:
		return sentence(w.SetFree, who, strong(e.Title))
	case incident.GivenBack:
		return v.givenBack(e, who)
	default:
		return v.sightLine(r, who)
	}
}

// taskChanged tells the change of a task that matters most: that it is done, or not done after all, and else whose it
// is. Former versions did not say which of its fields a change meant.
func (v View) taskChanged(e incident.TaskChanged, who Part) []Part {
	w := v.Words.Line
	switch {
	case e.Fields.Has(incident.TaskDone) && e.Done:
		return sentence(w.TaskDone, who, strong(e.Text))
	case e.Fields == incident.TaskDone:
		return sentence(w.TaskReopened, who, strong(e.Text))
	case e.Fields.Has(incident.TaskPerson):
		return v.taskLine(w.TaskChanged, w.TaskChangedFor, who, e.Text, e.Person)
	default:
		return sentence(w.TaskChanged, who, strong(e.Text))
	}
}

func (v View) taskLine(nobodys, somebodys string, who Part, text string, p id.Person) []Part {
	if p.IsZero() {
		return sentence(nobodys, who, strong(text))
	}
	return sentence(somebodys, who, strong(text), strong(v.Person(p).Name))
}

// noteWish returns what a command about an entry or about what stands beside the timeline would do.
func (v View) noteWish(c incident.Command) string {
	if said := v.listWish(c); said != "" {
		return said
	}
	e := led(c)
	if e == nil {
		return Join(sentence(v.Words.Line.Unknown, v.self()))
	}
	parts, _ := v.noteLine(Record{Event: e, At: id.Envelope{Actor: v.Self}}, v.self())
	return Join(parts)
}

// self names whoever looks by name: a verb that fits it fits everybody, in every language.
func (v View) self() Part { return strong(v.Person(v.Self.Person).Name) }

// led returns what a command mostly leads to, for its words; nil for one that has words of its own.
func led(c incident.Command) incident.Event {
	switch c := c.(type) {
	case incident.Erase:
		return incident.Erased{Reason: c.Reason}
	case incident.Star:
		return incident.Starred{Off: c.Off}
	case incident.Pin:
		return incident.Pinned{Off: c.Off}
	case incident.CorrectTime:
		return incident.TimeCorrected{At: c.At, Reason: c.Reason}
	case incident.MarkMilestone:
		return incident.MilestoneMarked{Name: c.Name}
	case incident.UnmarkMilestone:
		return incident.MilestoneUnmarked{Name: c.Name}
	case incident.AddTask:
		return incident.TaskAdded{Text: c.Text, Person: c.Person}
	case incident.ChangeTask:
		return incident.TaskChanged{Fields: c.Fields, Text: c.Text, Person: c.Person, Done: c.Done}
	case incident.RemoveTask:
		return incident.TaskRemoved{}
	case incident.AddLink:
		return incident.LinkAdded{URL: c.URL, Label: c.Label}
	case incident.RemoveLink:
		return incident.LinkRemoved{URL: c.URL}
	case incident.PromiseUpdate:
		return incident.UpdatePromised{Within: c.Within}
	case incident.ChangeKind:
		return incident.KindChanged{To: c.To}
	case incident.Merge:
		return incident.Merged{Into: c.Into}
	case incident.Absorb:
		return incident.Absorbed{From: c.From, Title: c.Title}
	case incident.Conceal:
		return incident.Concealed{Admitted: c.Admit}
	case incident.Reveal:
		return incident.Revealed{}
	case incident.Admit:
		return incident.Admitted{Person: c.Person}
	case incident.Exclude:
		return incident.Excluded{Person: c.Person}
	default:
		return nil
	}
}

// Span returns a length of time as people say it: "30 min", "2 h".
func (v View) Span(d time.Duration) string {
	if d < 2*time.Hour {
		return fmt.Sprintf(v.Words.Time.SpanMinutes, int(d.Minutes()))
	}
	return fmt.Sprintf(v.Words.Time.SpanHours, int(d.Hours()))
}

// Transcript returns a room's timeline as plain text, a line for each entry that is shown. That of a private one says so.
func Transcript(r Room, v View) string {
	var out strings.Builder
	out.WriteString(strings.TrimSpace(r.Number+" "+r.Title) + "\n")
	if r.Private {
		out.WriteString(v.Words.Sight.CopyMark + "\n")
	}
	for _, e := range r.Entries {
		if e.Quiet {
			continue
		}
		switch e.Kind {
		case Break:
			fmt.Fprintf(&out, "\n%s\n", Join(e.Parts))
		case Block:
			fmt.Fprintf(&out, "%s  %s: %s\n", e.Time, e.Person.Name, strings.ReplaceAll(blockText(e), "\n", "\n       "))
		default:
			fmt.Fprintf(&out, "%s  %s\n", e.Time, Join(e.Parts))
		}
	}
	return out.String()
}

// blockText returns a block's words and the names of its files.
func blockText(e Entry) string {
	parts := make([]string, 0, len(e.Files)+1)
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	for _, f := range e.Files {
		parts = append(parts, "["+f.Name+"]")
	}
	return strings.Join(parts, " ")
}
