package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// listCommandTo returns nil for what is no command about a checklist of an incident.
func listCommandTo(c incident.Command) *v1.Command {
	switch c := c.(type) {
	case incident.BeginChecklist:
		return &v1.Command{Body: &v1.Command_BeginChecklist{BeginChecklist: &v1.BeginChecklist{ChecklistId: bytesOf(c.Checklist)}}}
	case incident.DropChecklist:
		return &v1.Command{Body: &v1.Command_DropChecklist{DropChecklist: &v1.DropChecklist{ChecklistId: bytesOf(c.Checklist)}}}
	case incident.TickItem:
		return &v1.Command{Body: &v1.Command_TickItem{TickItem: &v1.TickItem{
			ChecklistId: bytesOf(c.Checklist), ItemId: bytesOf(c.Item), Off: c.Off,
		}}}
	default:
		return nil
	}
}

// listCommandFrom returns nil for what is no command about a checklist of an incident.
func listCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_BeginChecklist:
		return incident.BeginChecklist{Checklist: ident[id.Checklist](check, "checklist_id", b.BeginChecklist.GetChecklistId())}
	case *v1.Command_DropChecklist:
		return incident.DropChecklist{Checklist: ident[id.Checklist](check, "checklist_id", b.DropChecklist.GetChecklistId())}
	case *v1.Command_TickItem:
		d := b.TickItem
		return incident.TickItem{
			Checklist: ident[id.Checklist](check, "checklist_id", d.GetChecklistId()), Item: ident[id.Item](check, "item_id", d.GetItemId()), Off: d.GetOff(),
		}
	default:
		return nil
	}
}

// listEventTo returns nil for what is no event of a checklist of an incident.
func listEventTo(e incident.Event) *v1.Event {
	switch e := e.(type) {
	case incident.ChecklistBegun:
		return &v1.Event{Body: &v1.Event_ChecklistBegun{ChecklistBegun: &v1.ChecklistBegun{Checklist: checklistTo(e.Checklist)}}}
	case incident.ChecklistDropped:
		return &v1.Event{Body: &v1.Event_ChecklistDropped{ChecklistDropped: &v1.ChecklistDropped{
			ChecklistId: bytesOf(e.Checklist), Name: text(e.Name),
		}}}
	case incident.ItemTicked:
		return &v1.Event{Body: &v1.Event_ItemTicked{ItemTicked: &v1.ItemTicked{
			ChecklistId: bytesOf(e.Checklist), ItemId: bytesOf(e.Item), Text: text(e.Text), Off: e.Off,
		}}}
	default:
		return nil
	}
}

// listEventFrom returns nil for what is no event of a checklist of an incident.
func listEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_ChecklistBegun:
		return incident.ChecklistBegun{Checklist: checklistFrom(check, b.ChecklistBegun.GetChecklist())}
	case *v1.Event_ChecklistDropped:
		d := b.ChecklistDropped
		return incident.ChecklistDropped{Checklist: ident[id.Checklist](check, "checklist_id", d.GetChecklistId()), Name: d.GetName()}
	case *v1.Event_ItemTicked:
		d := b.ItemTicked
		return incident.ItemTicked{
			Checklist: ident[id.Checklist](check, "checklist_id", d.GetChecklistId()), Item: ident[id.Item](check, "item_id", d.GetItemId()),
			Text: d.GetText(), Off: d.GetOff(),
		}
	default:
		return nil
	}
}

func checklistTo(c workspace.Checklist) *v1.Checklist {
	m := &v1.Checklist{ChecklistId: bytesOf(c.ID), Name: text(c.Name), Role: text(string(c.Role)), From: uint32(c.From)}
	for _, i := range c.Items {
		m.Items = append(m.Items, &v1.ChecklistItem{ItemId: bytesOf(i.ID), Text: text(i.Text)})
	}
	return m
}

func checklistFrom(check *fault.Check, m *v1.Checklist) workspace.Checklist {
	c := workspace.Checklist{
		ID: ident[id.Checklist](check, "checklist_id", m.GetChecklistId()), Name: m.GetName(), Role: workspace.RoleKey(m.GetRole()), From: level(m.GetFrom()),
	}
	for _, i := range m.GetItems() {
		c.Items = append(c.Items, workspace.ChecklistItem{ID: ident[id.Item](check, "item_id", i.GetItemId()), Text: i.GetText()})
	}
	return c
}

func goneThroughTo(c incident.Checklist) *v1.ChecklistState {
	m := &v1.ChecklistState{Checklist: checklistTo(c.Checklist), Dropped: c.Dropped}
	for _, t := range c.Ticks {
		m.Ticks = append(m.Ticks, &v1.ItemTick{ItemId: bytesOf(t.Item), By: bytesOf(t.By), AtUs: Micros(t.At)})
	}
	return m
}

func goneThroughFrom(check *fault.Check, m *v1.ChecklistState) incident.Checklist {
	c := incident.Checklist{Checklist: checklistFrom(check, m.GetChecklist()), Dropped: m.GetDropped()}
	for _, t := range m.GetTicks() {
		c.Ticks = append(c.Ticks, incident.Tick{
			Item: ident[id.Item](check, "ticks.item_id", t.GetItemId()), By: ident[id.Person](check, "ticks.by", t.GetBy()), At: Time(t.GetAtUs()),
		})
	}
	return c
}
