package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// entryCommandTo returns nil for what is no command about an entry.
func entryCommandTo(c incident.Command) *v1.Command {
	switch c := c.(type) {
	case incident.Edit:
		return &v1.Command{Body: &v1.Command_Edit{Edit: &v1.Edit{EntryId: bytesOf(c.Entry), Text: text(c.Text)}}}
	case incident.Erase:
		return &v1.Command{Body: &v1.Command_Erase{Erase: &v1.Erase{
			EntryId: bytesOf(c.Entry), Reason: text(c.Reason),
		}}}
	case incident.Star:
		return &v1.Command{Body: &v1.Command_Star{Star: &v1.Star{EntryId: bytesOf(c.Entry), Off: c.Off}}}
	case incident.Pin:
		return &v1.Command{Body: &v1.Command_Pin{Pin: &v1.Pin{EntryId: bytesOf(c.Entry), Off: c.Off}}}
	case incident.CorrectTime:
		return &v1.Command{Body: &v1.Command_CorrectTime{CorrectTime: &v1.CorrectTime{
			EntryId: bytesOf(c.Entry), AtUs: Micros(c.At), Reason: text(c.Reason),
		}}}
	case incident.MarkMilestone:
		return &v1.Command{Body: &v1.Command_MarkMilestone{MarkMilestone: &v1.MarkMilestone{
			Name: text(c.Name), EntryId: bytesOf(c.Entry), AtUs: Micros(c.At),
		}}}
	case incident.UnmarkMilestone:
		return &v1.Command{Body: &v1.Command_UnmarkMilestone{UnmarkMilestone: &v1.UnmarkMilestone{Name: text(c.Name)}}}
	default:
		return nil
	}
}

// entryCommandFrom returns nil for what is no command about an entry.
func entryCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_Edit:
		d := b.Edit
		return incident.Edit{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Text: d.GetText()}
	case *v1.Command_Erase:
		d := b.Erase
		return incident.Erase{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Reason: d.GetReason()}
	case *v1.Command_Star:
		d := b.Star
		return incident.Star{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Off: d.GetOff()}
	case *v1.Command_Pin:
		d := b.Pin
		return incident.Pin{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Off: d.GetOff()}
	case *v1.Command_CorrectTime:
		d := b.CorrectTime
		return incident.CorrectTime{
			Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), At: Time(d.GetAtUs()),
			Reason: d.GetReason(),
		}
	case *v1.Command_MarkMilestone:
		d := b.MarkMilestone
		return incident.MarkMilestone{
			Name: d.GetName(), Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()),
			At: Time(d.GetAtUs()),
		}
	case *v1.Command_UnmarkMilestone:
		d := b.UnmarkMilestone
		return incident.UnmarkMilestone{Name: d.GetName()}
	default:
		return nil
	}
}

// entryEventTo returns nil for what is no event about an entry.
func entryEventTo(e incident.Event) *v1.Event {
	switch e := e.(type) {
	case incident.Edited:
		return &v1.Event{Body: &v1.Event_Edited{Edited: &v1.Edited{
			EntryId: bytesOf(e.Entry), Text: text(e.Text), Was: contentTo(e.Was),
		}}}
	case incident.Erased:
		return &v1.Event{Body: &v1.Event_Erased{Erased: &v1.Erased{EntryId: bytesOf(e.Entry), Reason: text(e.Reason)}}}
	case incident.Starred:
		return &v1.Event{Body: &v1.Event_Starred{Starred: &v1.Starred{EntryId: bytesOf(e.Entry), Off: e.Off}}}
	case incident.Pinned:
		return &v1.Event{Body: &v1.Event_Pinned{Pinned: &v1.Pinned{EntryId: bytesOf(e.Entry), Off: e.Off}}}
	case incident.TimeCorrected:
		return &v1.Event{Body: &v1.Event_TimeCorrected{TimeCorrected: &v1.TimeCorrected{
			EntryId: bytesOf(e.Entry), AtUs: Micros(e.At), Reason: text(e.Reason),
		}}}
	case incident.MilestoneMarked:
		return &v1.Event{Body: &v1.Event_MilestoneMarked{MilestoneMarked: &v1.MilestoneMarked{
			Name: text(e.Name), EntryId: bytesOf(e.Entry), AtUs: Micros(e.At),
		}}}
	case incident.MilestoneUnmarked:
		return &v1.Event{Body: &v1.Event_MilestoneUnmarked{MilestoneUnmarked: &v1.MilestoneUnmarked{
			Name: text(e.Name),
		}}}
	default:
		return nil
	}
}

// entryEventFrom returns nil for what is no event about an entry.
func entryEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_Edited:
		d := b.Edited
		return incident.Edited{
			Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Text: d.GetText(),
			Was: contentFrom(check, "was", d.GetWas()),
		}
	case *v1.Event_Erased:
		d := b.Erased
		return incident.Erased{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Reason: d.GetReason()}
	case *v1.Event_Starred:
		d := b.Starred
		return incident.Starred{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Off: d.GetOff()}
	case *v1.Event_Pinned:
		d := b.Pinned
		return incident.Pinned{Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Off: d.GetOff()}
	case *v1.Event_TimeCorrected:
		d := b.TimeCorrected
		return incident.TimeCorrected{
			Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), At: Time(d.GetAtUs()),
			Reason: d.GetReason(),
		}
	case *v1.Event_MilestoneMarked:
		d := b.MilestoneMarked
		return incident.MilestoneMarked{
			Name: d.GetName(), Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()),
			At: Time(d.GetAtUs()),
		}
	case *v1.Event_MilestoneUnmarked:
		d := b.MilestoneUnmarked
		return incident.MilestoneUnmarked{Name: d.GetName()}
	default:
		return nil
	}
}
