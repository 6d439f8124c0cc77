package wire

import (
	"time"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// factCommandTo returns nil for what is no command about what stands beside the timeline.
func factCommandTo(c incident.Command) *v1.Command {
	switch c := c.(type) {
	case incident.AddTask:
		return &v1.Command{Body: &v1.Command_AddTask{AddTask: &v1.AddTask{
			TaskId: bytesOf(c.Task), Text: text(c.Text), PersonId: bytesOf(c.Person),
		}}}
	case incident.ChangeTask:
		return &v1.Command{Body: &v1.Command_ChangeTask{ChangeTask: &v1.ChangeTask{
			TaskId: bytesOf(c.Task), Text: text(c.Text), PersonId: bytesOf(c.Person), Done: c.Done, Fields: uint32(c.Fields),
		}}}
	case incident.RemoveTask:
		return &v1.Command{Body: &v1.Command_RemoveTask{RemoveTask: &v1.RemoveTask{TaskId: bytesOf(c.Task)}}}
	case incident.AddLink:
		return &v1.Command{Body: &v1.Command_AddLink{AddLink: &v1.AddLink{Url: text(c.URL), Label: text(c.Label)}}}
	case incident.RemoveLink:
		return &v1.Command{Body: &v1.Command_RemoveLink{RemoveLink: &v1.RemoveLink{Url: text(c.URL)}}}
	case incident.PromiseUpdate:
		return &v1.Command{Body: &v1.Command_PromiseUpdate{PromiseUpdate: &v1.PromiseUpdate{
			WithinUs: c.Within.Microseconds(),
		}}}
	case incident.ChangeKind:
		return &v1.Command{Body: &v1.Command_ChangeKind{ChangeKind: &v1.ChangeKind{To: uint32(c.To)}}}
	case incident.Merge:
		return &v1.Command{Body: &v1.Command_Merge{Merge: &v1.Merge{Base: baseTo(c.Base), IntoId: bytesOf(c.Into)}}}
	case incident.Absorb:
		return &v1.Command{Body: &v1.Command_Absorb{Absorb: &v1.Absorb{FromId: bytesOf(c.From), Title: text(c.Title)}}}
	default:
		return listCommandTo(c)
	}
}

// factCommandFrom returns nil for what is no command about what stands beside the timeline.
func factCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_AddTask:
		d := b.AddTask
		return incident.AddTask{
			Task: ident[id.Task](check, "task_id", d.GetTaskId()), Text: d.GetText(),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
		}
	case *v1.Command_ChangeTask:
		d := b.ChangeTask
		return incident.ChangeTask{
			Task: ident[id.Task](check, "task_id", d.GetTaskId()), Text: d.GetText(),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()), Done: d.GetDone(), Fields: incident.TaskFields(d.GetFields()),
		}
	case *v1.Command_RemoveTask:
		d := b.RemoveTask
		return incident.RemoveTask{Task: ident[id.Task](check, "task_id", d.GetTaskId())}
	case *v1.Command_AddLink:
		d := b.AddLink
		return incident.AddLink{URL: d.GetUrl(), Label: d.GetLabel()}
	case *v1.Command_RemoveLink:
		d := b.RemoveLink
		return incident.RemoveLink{URL: d.GetUrl()}
	case *v1.Command_PromiseUpdate:
		d := b.PromiseUpdate
		return incident.PromiseUpdate{Within: micros(d.GetWithinUs())}
	case *v1.Command_ChangeKind:
		d := b.ChangeKind
		return incident.ChangeKind{To: incidentKind(d.GetTo())}
	case *v1.Command_Merge:
		d := b.Merge
		return incident.Merge{
			Base: baseFrom(check, d.GetBase()), Into: ident[id.Incident](check, "into_id", d.GetIntoId()),
		}
	case *v1.Command_Absorb:
		d := b.Absorb
		return incident.Absorb{From: ident[id.Incident](check, "from_id", d.GetFromId()), Title: d.GetTitle()}
	default:
		return listCommandFrom(check, m)
	}
}

// factEventTo returns nil for what is no event about what stands beside the timeline.
func factEventTo(e incident.Event) *v1.Event {
	switch e := e.(type) {
	case incident.TaskAdded:
		return &v1.Event{Body: &v1.Event_TaskAdded{TaskAdded: &v1.TaskAdded{
			TaskId: bytesOf(e.Task), Text: text(e.Text), PersonId: bytesOf(e.Person),
		}}}
	case incident.TaskChanged:
		return &v1.Event{Body: &v1.Event_TaskChanged{TaskChanged: &v1.TaskChanged{
			TaskId: bytesOf(e.Task), Text: text(e.Text), PersonId: bytesOf(e.Person), Done: e.Done, Fields: uint32(e.Fields),
		}}}
	case incident.TaskRemoved:
		return &v1.Event{Body: &v1.Event_TaskRemoved{TaskRemoved: &v1.TaskRemoved{
			TaskId: bytesOf(e.Task), Text: text(e.Text),
		}}}
	case incident.LinkAdded:
		return &v1.Event{Body: &v1.Event_LinkAdded{LinkAdded: &v1.LinkAdded{Url: text(e.URL), Label: text(e.Label)}}}
	case incident.LinkRemoved:
		return &v1.Event{Body: &v1.Event_LinkRemoved{LinkRemoved: &v1.LinkRemoved{Url: text(e.URL)}}}
	case incident.UpdatePromised:
		return &v1.Event{Body: &v1.Event_UpdatePromised{UpdatePromised: &v1.UpdatePromised{
			WithinUs: e.Within.Microseconds(),
		}}}
	case incident.KindChanged:
		return &v1.Event{Body: &v1.Event_KindChanged{KindChanged: &v1.KindChanged{
			From: uint32(e.From), To: uint32(e.To),
		}}}
	case incident.Merged:
		return &v1.Event{Body: &v1.Event_Merged{Merged: &v1.Merged{IntoId: bytesOf(e.Into)}}}
	case incident.Absorbed:
		return &v1.Event{Body: &v1.Event_Absorbed{Absorbed: &v1.Absorbed{
			FromId: bytesOf(e.From), Title: text(e.Title),
		}}}
	case incident.Released:
		return &v1.Event{Body: &v1.Event_Released{Released: &v1.Released{
			FromId: bytesOf(e.From), Title: text(e.Title),
		}}}
	case incident.GivenBack:
		m := &v1.GivenBack{First: e.First}
		for _, p := range e.Authors {
			m.AuthorIds = append(m.AuthorIds, bytesOf(p))
		}
		return &v1.Event{Body: &v1.Event_GivenBack{GivenBack: m}}
	default:
		return listEventTo(e)
	}
}

// factEventFrom returns nil for what is no event about what stands beside the timeline.
func factEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_TaskAdded:
		d := b.TaskAdded
		return incident.TaskAdded{
			Task: ident[id.Task](check, "task_id", d.GetTaskId()), Text: d.GetText(),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
		}
	case *v1.Event_TaskChanged:
		d := b.TaskChanged
		return incident.TaskChanged{
			Task: ident[id.Task](check, "task_id", d.GetTaskId()), Text: d.GetText(),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()), Done: d.GetDone(), Fields: incident.TaskFields(d.GetFields()),
		}
	case *v1.Event_TaskRemoved:
		d := b.TaskRemoved
		return incident.TaskRemoved{Task: ident[id.Task](check, "task_id", d.GetTaskId()), Text: d.GetText()}
	case *v1.Event_LinkAdded:
		d := b.LinkAdded
		return incident.LinkAdded{URL: d.GetUrl(), Label: d.GetLabel()}
	case *v1.Event_LinkRemoved:
		d := b.LinkRemoved
		return incident.LinkRemoved{URL: d.GetUrl()}
	case *v1.Event_UpdatePromised:
		d := b.UpdatePromised
		return incident.UpdatePromised{Within: micros(d.GetWithinUs())}
	case *v1.Event_KindChanged:
		d := b.KindChanged
		return incident.KindChanged{From: incidentKind(d.GetFrom()), To: incidentKind(d.GetTo())}
	case *v1.Event_Merged:
		d := b.Merged
		return incident.Merged{Into: ident[id.Incident](check, "into_id", d.GetIntoId())}
	case *v1.Event_Absorbed:
		d := b.Absorbed
		return incident.Absorbed{From: ident[id.Incident](check, "from_id", d.GetFromId()), Title: d.GetTitle()}
	case *v1.Event_Released:
		d := b.Released
		return incident.Released{From: ident[id.Incident](check, "from_id", d.GetFromId()), Title: d.GetTitle()}
	case *v1.Event_GivenBack:
		e := incident.GivenBack{First: b.GivenBack.GetFirst()}
		for _, p := range b.GivenBack.GetAuthorIds() {
			e.Authors = append(e.Authors, ident[id.Person](check, "author_ids", p))
		}
		return e
	default:
		return listEventFrom(check, m)
	}
}

// micros returns the span of us microseconds. One that no span can have becomes the longest, which rules refuse.
func micros(us int64) time.Duration {
	const most = int64(1<<63-1) / int64(time.Microsecond)
	return time.Duration(min(max(us, -most), most)) * time.Microsecond
}
