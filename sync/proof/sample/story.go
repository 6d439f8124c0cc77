package sample

import (
	"reflect"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Story is one sample incident, told by what people do in it, in order.
type Story struct {
	Key   string
	Lines []Line
}

// Line is one thing that somebody does.
type Line struct {
	Who  string // the key of a person
	Does Deed
	// Away says that it is done without network, and sent when the person is back.
	Away bool
	// Chart says that a picture goes with the words.
	Chart bool
}

// Deed returns the command for a deed, given the incident and who is who.
type Deed func(in id.Incident, who func(key string) id.Person) incident.Command

func does(c incident.Command) Deed {
	return func(id.Incident, func(string) id.Person) incident.Command { return c }
}

// declares takes the title, the severity, the kind and the tags. Every sample carries the tag that
// says so.
func declares(title string, level workspace.Level, kind incident.Kind, tags ...string) Deed {
	return does(incident.Declare{Title: title, Severity: level, Kind: kind, Tags: append(tags, "sample")})
}

// says gives an entry an id that belongs to its words: the same words are not said twice.
func says(text string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Write{Entry: entry(in, text), Text: text}
	}
}

// entry returns the id of the entry with those words.
func entry(in id.Incident, text string) id.Entry { return id.Derive[id.Entry](in, text) }

// updates says something to everybody who waits for news.
func updates(text string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Write{Entry: entry(in, text), Text: text, Update: true}
	}
}

// edits gives the entry with the words from other ones.
func edits(from, to string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Edit{Entry: entry(in, from), Text: to}
	}
}

func erases(text, reason string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Erase{Entry: entry(in, text), Reason: reason}
	}
}

func stars(text string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Star{Entry: entry(in, text)}
	}
}

func pins(text string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.Pin{Entry: entry(in, text)}
	}
}

func marks(milestone, text string) Deed {
	return func(in id.Incident, _ func(string) id.Person) incident.Command {
		return incident.MarkMilestone{Name: milestone, Entry: entry(in, text)}
	}
}

// asks wants something to be done by the person of a key.
func asks(key, task string) Deed {
	return func(in id.Incident, who func(string) id.Person) incident.Command {
		return incident.AddTask{Task: id.Derive[id.Task](in, task), Text: task, Person: who(key)}
	}
}

// finishes says that the task of the person of a key is done.
func finishes(key, task string) Deed {
	return func(in id.Incident, who func(string) id.Person) incident.Command {
		return incident.ChangeTask{Task: id.Derive[id.Task](in, task), Fields: incident.TaskDone, Text: task, Person: who(key), Done: true}
	}
}

func links(url, label string) Deed { return does(incident.AddLink{URL: url, Label: label}) }

func promises(within time.Duration) Deed { return does(incident.PromiseUpdate{Within: within}) }

func rates(to workspace.Level, reason string) Deed {
	return does(incident.ChangeSeverity{To: to, Reason: reason})
}

func moves(to incident.Status, reason string) Deed {
	return does(incident.ChangeStatus{To: to, Reason: reason})
}

// makes gives a role to the person of a key; the empty key releases it.
func makes(key string, role workspace.RoleKey) Deed {
	return func(_ id.Incident, who func(string) id.Person) incident.Command {
		return incident.AssignRole{Role: role, Person: who(key)}
	}
}

func tags(tag string) Deed       { return does(incident.AddTag{Tag: tag}) }
func retitles(title string) Deed { return does(incident.Retitle{Title: title}) }
func joins() Deed                { return does(incident.Join{}) }

// recorded returns the events of a timeline.
func recorded(t replica.Timeline) []stream.Recorded {
	out := make([]stream.Recorded, 0, len(t.Lines))
	for _, l := range t.Lines {
		out = append(out, l.Recorded)
	}
	return out
}

// told reports whether by has given c already: whether one of the events is what c leads to.
func told(events []stream.Recorded, by id.Person, c incident.Command) bool {
	return slices.ContainsFunc(events, func(e stream.Recorded) bool {
		return e.Actor.Person == by && follows(e.Event, c)
	})
}

// waiting reports whether c is among the commands that are on their way or were refused: some of them
// show nothing.
func waiting(pending []replica.Pending, in id.Incident, c incident.Command) bool {
	return slices.ContainsFunc(pending, func(p replica.Pending) bool {
		return p.Target == id.Stream(in) && reflect.DeepEqual(baseless(p.Command), stream.Command(c))
	})
}

// baseless returns a command as the stories have it, without what it was decided on.
func baseless(c stream.Command) stream.Command {
	switch c := c.(type) {
	case incident.ChangeSeverity:
		c.Base = incident.Base{}
		return c
	case incident.ChangeStatus:
		c.Base = incident.Base{}
		return c
	case incident.AssignRole:
		c.Base = incident.Base{}
		return c
	default:
		return c
	}
}

// follows reports whether e is what c leads to, or the trace of its refusal.
func follows(e stream.Event, c incident.Command) bool {
	switch e := e.(type) {
	case incident.Declared:
		_, same := c.(incident.Declare)
		return same
	case incident.Written:
		wish, same := c.(incident.Write)
		return same && wish.Entry == e.Entry
	case incident.SeverityChanged:
		wish, same := c.(incident.ChangeSeverity)
		return same && wish.To == e.To && wish.Reason == e.Reason
	case incident.StatusChanged:
		wish, same := c.(incident.ChangeStatus)
		return same && wish.To == e.To && wish.Reason == e.Reason
	case incident.RoleAssigned:
		wish, same := c.(incident.AssignRole)
		return same && wish.Role == e.Role && wish.Person == e.Person
	case incident.Contested:
		wish, same := c.(incident.ChangeSeverity)
		return same && wish.Reason == e.Reason
	case incident.Retitled:
		wish, same := c.(incident.Retitle)
		return same && wish.Title == e.To
	case incident.Tagged:
		wish, same := c.(incident.AddTag)
		return same && wish.Tag == e.Tag
	case incident.Joined:
		_, same := c.(incident.Join)
		return same
	default:
		return followsBeside(e, c)
	}
}

// followsBeside is follows for what is done with entries and beside the timeline.
func followsBeside(e stream.Event, c incident.Command) bool {
	switch e := e.(type) {
	case incident.Edited:
		wish, same := c.(incident.Edit)
		return same && wish.Entry == e.Entry
	case incident.Erased:
		wish, same := c.(incident.Erase)
		return same && wish.Entry == e.Entry
	case incident.Starred:
		wish, same := c.(incident.Star)
		return same && wish.Entry == e.Entry
	case incident.Pinned:
		wish, same := c.(incident.Pin)
		return same && wish.Entry == e.Entry
	case incident.MilestoneMarked:
		wish, same := c.(incident.MarkMilestone)
		return same && wish.Name == e.Name
	case incident.TaskAdded:
		wish, same := c.(incident.AddTask)
		return same && wish.Task == e.Task
	case incident.TaskChanged:
		wish, same := c.(incident.ChangeTask)
		return same && wish.Task == e.Task
	case incident.LinkAdded:
		wish, same := c.(incident.AddLink)
		return same && wish.URL == e.URL
	case incident.UpdatePromised:
		wish, same := c.(incident.PromiseUpdate)
		return same && wish.Within == e.Within
	default:
		return false
	}
}
