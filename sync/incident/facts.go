package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Limits of an incident's facts.
const (
	MaxTasks   = 200
	MaxLinks   = 50
	MaxLink    = 2_000 // code points of an address
	MaxLabel   = 120   // code points of a link's words, and of a task's
	MaxPromise = 7 * 24 * time.Hour
)

// Task is something that somebody is to do while the incident lasts.
type Task struct {
	ID     id.Task
	Text   string
	Person id.Person // zero while it is nobody's
	Done   bool
	Turned time.Time // when it was last changed
}

// Link leads out: to a dashboard, a video room, a runbook.
type Link struct {
	URL   string
	Label string
}

// FactCommand is a wish about what stands beside the timeline.
type FactCommand interface {
	Command
	factCommand()
}

type factWish struct{ wish }

func (factWish) factCommand() {}

// AddTask wishes for something to be done.
type AddTask struct {
	factWish
	Task   id.Task
	Text   string
	Person id.Person
}

// TaskFields says which fields of a task are meant. None means all: former versions did not say. The bits are stored:
// they are only ever added to.
type TaskFields uint32

// The fields of a task.
const (
	TaskText   TaskFields = 1
	TaskPerson TaskFields = 2
	TaskDone   TaskFields = 4
)

// Has reports whether a field is meant.
func (f TaskFields) Has(field TaskFields) bool { return f == 0 || f&field != 0 }

// ChangeTask wishes that fields of a task be as told: its words, whose it is, whether it is done. The fields that are
// not meant stay as they are, so that two people can change two of them at once; of one field the last change counts,
// and the timeline keeps both.
type ChangeTask struct {
	factWish
	Task   id.Task
	Fields TaskFields
	Text   string
	Person id.Person
	Done   bool
}

// RemoveTask wishes that a task be forgotten.
type RemoveTask struct {
	factWish
	Task id.Task
}

// AddLink wishes for a way out; one to the same address gets the new words.
type AddLink struct {
	factWish
	URL   string
	Label string
}

// RemoveLink wishes that a link be forgotten.
type RemoveLink struct {
	factWish
	URL string
}

// PromiseUpdate wishes to promise the next update within a span, and each further one as long after the one
// before. A zero span ends the promise.
type PromiseUpdate struct {
	factWish
	Within time.Duration
}

// ChangeKind wishes that the incident be counted as another kind.
type ChangeKind struct {
	wish
	To Kind
}

// TaskAdded says that something is to be done.
type TaskAdded struct {
	fact
	Task   id.Task
	Text   string
	Person id.Person
}

// TaskChanged says what has become of a task, in all its fields, and which of them were changed.
type TaskChanged struct {
	fact
	Task   id.Task
	Fields TaskFields
	Text   string
	Person id.Person
	Done   bool
}

// TaskRemoved says that a task was forgotten. Text is what it was.
type TaskRemoved struct {
	fact
	Task id.Task
	Text string
}

// LinkAdded says that a way out was added.
type LinkAdded struct {
	fact
	URL   string
	Label string
}

// LinkRemoved says that a link was forgotten.
type LinkRemoved struct {
	fact
	URL string
}

// UpdatePromised says that the next update was promised within a span, or with zero that none is any more.
type UpdatePromised struct {
	fact
	Within time.Duration
}

// KindChanged says that the incident counts as another kind.
type KindChanged struct {
	fact
	From, To Kind
}

// Task returns the task t.
func (s Incident) Task(t id.Task) (Task, bool) {
	for _, have := range s.Tasks {
		if have.ID == t {
			return have, true
		}
	}
	return Task{}, false
}

// Link returns the link to an address.
func (s Incident) Link(address string) (Link, bool) {
	for _, have := range s.Links {
		if have.URL == address {
			return have, true
		}
	}
	return Link{}, false
}

func unknownCommand(c Command) error {
	return fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
}

func decideFact(s Incident, w workspace.Setup, c FactCommand) ([]Event, error) {
	switch c := c.(type) {
	case AddTask:
		return decideAddTask(s, w, c)
	case ChangeTask:
		return decideChangeTask(s, w, c)
	case RemoveTask:
		have, ok := s.Task(c.Task)
		if !ok {
			return nil, nil
		}
		return one(TaskRemoved{Task: c.Task, Text: have.Text}, nil)
	case AddLink:
		return decideAddLink(s, c)
	case RemoveLink:
		if _, ok := s.Link(c.URL); !ok {
			return nil, nil
		}
		return one(LinkRemoved{URL: c.URL}, nil)
	case PromiseUpdate:
		return decidePromise(s, c)
	case BeginChecklist:
		return decideBeginChecklist(s, w, c)
	case DropChecklist:
		return decideDropChecklist(s, c)
	case TickItem:
		return decideTick(s, c)
	default:
		return nil, unknownCommand(c)
	}
}

func decideAddTask(s Incident, w workspace.Setup, c AddTask) ([]Event, error) {
	if _, known := s.Task(c.Task); known {
		return nil, nil
	}
	text, err := taskText(w, c.Text, c.Person)
	if err == nil {
		err = room(false, "tasks", len(s.Tasks), MaxTasks)
	}
	if err != nil {
		return nil, err
	}
	return s.admitting(c.Person, TaskAdded{Task: c.Task, Text: text, Person: c.Person})
}

func decideChangeTask(s Incident, w workspace.Setup, c ChangeTask) ([]Event, error) {
	have, known := s.Task(c.Task)
	if !known {
		return nil, fault.New(fault.NotFound, "There is no such task.").
			WithAdvice("Nothing was changed.", "Somebody may have removed it; add it again if it is still to be done.")
	}
	next := c.over(have)
	text, err := taskText(w, next.Text, next.Person)
	next.Text = text
	changed := have.differs(next)
	if err != nil || changed == 0 {
		return nil, err
	}
	fact := TaskChanged{Task: c.Task, Fields: changed, Text: next.Text, Person: next.Person, Done: next.Done}
	if !changed.Has(TaskPerson) { // who had it and was taken out since is not let in by a tick
		return []Event{fact}, nil
	}
	return s.admitting(next.Person, fact)
}

// over returns a task with the fields that are meant as they are wished for.
func (c ChangeTask) over(t Task) Task {
	if c.Fields.Has(TaskText) {
		t.Text = c.Text
	}
	if c.Fields.Has(TaskPerson) {
		t.Person = c.Person
	}
	if c.Fields.Has(TaskDone) {
		t.Done = c.Done
	}
	return t
}

// differs returns the fields in which two tasks are not the same.
func (t Task) differs(other Task) TaskFields {
	var f TaskFields
	if t.Text != other.Text {
		f |= TaskText
	}
	if t.Person != other.Person {
		f |= TaskPerson
	}
	if t.Done != other.Done {
		f |= TaskDone
	}
	return f
}

// taskText returns a task's words as they are stored, or what is wrong with them or with whose it is to be.
func taskText(w workspace.Setup, text string, p id.Person) (string, error) {
	text, err := line(text, MaxLabel, "task")
	if err != nil {
		return "", err
	}
	var check fault.Check
	if text == "" {
		check.Add("task", "is empty")
	}
	if !p.IsZero() && !w.Nameable(p) {
		check.Add("person", "is unknown here")
	}
	return text, check.Err("The task was not stored.")
}

func decideAddLink(s Incident, c AddLink) ([]Event, error) {
	address, err := line(c.URL, MaxLink, "link")
	if err != nil {
		return nil, err
	}
	label, err := line(c.Label, MaxLabel, "label")
	if err != nil {
		return nil, err
	}
	if !leadsOut(address) {
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "The link was not added.", Safe: "Nothing was changed.",
			Fields: []fault.Field{{Name: "link", Problem: "is no address that begins with http:// or https://"}},
		}
	}
	have, known := s.Link(address)
	if known && have.Label == label {
		return nil, nil
	}
	return one(LinkAdded{URL: address, Label: label}, room(known, "links", len(s.Links), MaxLinks))
}

// leadsOut reports whether an address is one of the web: it begins as they do and names a host.
func leadsOut(address string) bool {
	scheme, rest, found := strings.Cut(address, "://")
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	known := strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
	return found && known && host != "" && !strings.ContainsAny(address, " \t\r\n")
}

func decidePromise(s Incident, c PromiseUpdate) ([]Event, error) {
	within := c.Within.Truncate(time.Second)
	if within < 0 || within > MaxPromise || within > 0 && within < time.Minute {
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "The next update was not promised.",
			Fields: []fault.Field{{Name: "time", Problem: "must lie between a minute and a week"}},
		}
	}
	if within == 0 && s.UpdateEvery == 0 {
		return nil, nil
	}
	return []Event{UpdatePromised{Within: within}}, nil
}

func decideKind(s Incident, c ChangeKind) []Event {
	to := c.To.coerced()
	if to == s.Kind {
		return nil
	}
	return []Event{KindChanged{From: s.Kind, To: to}}
}

// noted folds what stands beside the timeline.
func (s Incident) noted(at id.Envelope, mark Mark, e Event) Incident {
	switch e := e.(type) {
	case Starred:
		s.Starred = toggled(s.Starred, e.Entry, e.Off)
	case Pinned:
		s.Pinned = toggled(s.Pinned, e.Entry, e.Off)
	case TimeCorrected:
		s = s.retold(e)
	case MilestoneMarked:
		s = s.marked(at, e)
	case MilestoneUnmarked:
		s.Milestones = without(s.Milestones, e.Name)
	case TaskAdded:
		s = s.tasked(Task{ID: e.Task, Text: e.Text, Person: e.Person, Turned: at.Occurred})
	case TaskChanged:
		s = s.tasked(Task{ID: e.Task, Text: e.Text, Person: e.Person, Done: e.Done, Turned: at.Occurred})
	case TaskRemoved:
		s.Tasks = slices.DeleteFunc(slices.Clone(s.Tasks), func(t Task) bool { return t.ID == e.Task })
	case LinkAdded:
		s.Links = append(unlinked(s.Links, e.URL), Link{URL: e.URL, Label: e.Label})
	case LinkRemoved:
		s.Links = unlinked(s.Links, e.URL)
	case UpdatePromised:
		s = s.promised(at, e)
	case KindChanged:
		s.Kind = e.To
	case Merged:
		s = s.turned(Invalid, mark)
		s.MergedInto = e.Into
	case Absorbed:
		s.Absorbed = toggled(s.Absorbed, e.From, false)
	case Released:
		s.Absorbed = toggled(s.Absorbed, e.From, true)
	default:
		s = s.listed(at, e)
	}
	return s
}

// tasked puts a task where it was, or at the end.
func (s Incident) tasked(t Task) Incident {
	s.Tasks = slices.Clone(s.Tasks)
	for i := range s.Tasks {
		if s.Tasks[i].ID == t.ID {
			s.Tasks[i] = t
			return s
		}
	}
	s.Tasks = append(s.Tasks, t)
	return s
}

func unlinked(list []Link, address string) []Link {
	return slices.DeleteFunc(slices.Clone(list), func(l Link) bool { return l.URL == address })
}

func (s Incident) promised(at id.Envelope, e UpdatePromised) Incident {
	s.UpdateEvery, s.UpdateDue = e.Within, time.Time{}
	if e.Within > 0 {
		s.UpdateDue = at.Occurred.Add(e.Within)
	}
	return s
}
