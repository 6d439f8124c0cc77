package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Checklist is one that is gone through in a room.
type Checklist struct {
	ID    id.Checklist
	Name  string
	For   string // the role that it is for, and who holds it; empty for everybody's
	Mine  bool   // it is for a role that whoever looks holds, or for everybody
	Items []CheckItem
	Ticks int // how many items are done
}

// CheckItem is one thing to do.
type CheckItem struct {
	ID   id.Item
	Text string
	Done bool
	By   Person // who did it
	At   time.Time
}

// Done reports whether nothing of it is left to do.
func (c Checklist) Done() bool { return c.Ticks == len(c.Items) }

// Progress says how far it has come: "2 of 5".
func (c Checklist) Progress(v View) string {
	w := v.Words.Checklist
	switch {
	case c.Done() && len(c.Items) == 1:
		return w.Of1
	case c.Done():
		return fmt.Sprintf(w.Done, len(c.Items))
	default:
		return fmt.Sprintf(w.Of, c.Ticks, len(c.Items))
	}
}

// ChecklistChoice is a checklist of the company that can be begun.
type ChecklistChoice struct {
	ID         id.Checklist
	Name, Note string
}

// checklistsFrom returns what is gone through in an incident: what whoever looks is to do stands first.
func checklistsFrom(s incident.Incident, v View) []Checklist {
	var mine, others []Checklist
	for _, c := range s.Checklists {
		if c.Dropped {
			continue
		}
		if list := checklistFrom(s, c, v); list.Mine {
			mine = append(mine, list)
		} else {
			others = append(others, list)
		}
	}
	return append(mine, others...)
}

func checklistFrom(s incident.Incident, c incident.Checklist, v View) Checklist {
	w := v.Words.Checklist
	out := Checklist{ID: c.ID, Name: c.Name, Mine: true}
	if c.Role != "" {
		holder, held := s.Holder(c.Role)
		out.Mine = held && holder.Person == v.Self.Person
		out.For = fmt.Sprintf(w.RoleVacant, v.RoleName(c.Role))
		if held {
			out.For = fmt.Sprintf(w.RoleHeld, v.RoleName(c.Role), v.Person(holder.Person).Name)
		}
	}
	for _, i := range c.Items {
		item := CheckItem{ID: i.ID, Text: i.Text}
		if tick, done := c.Tick(i.ID); done {
			item.Done, item.By, item.At = true, v.Person(tick.By), tick.At
			out.Ticks++
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// choicesFrom returns the checklists that can be begun in an incident.
func choicesFrom(s incident.Incident, v View) []ChecklistChoice {
	var out []ChecklistChoice
	for _, c := range v.Setup.Checklists {
		if have, known := s.Checklist(c.ID); known && !have.Dropped {
			continue
		}
		out = append(out, ChecklistChoice{ID: c.ID, Name: c.Name, Note: v.forWhom(c)})
	}
	return out
}

// MatchChecklists returns those whose name contains what was typed, most of them.
func MatchChecklists(all []ChecklistChoice, typed string, most int) []ChecklistChoice {
	typed = strings.ToLower(strings.TrimSpace(typed))
	out := slices.DeleteFunc(slices.Clone(all), func(c ChecklistChoice) bool { return !strings.Contains(strings.ToLower(c.Name), typed) })
	return out[:min(len(out), most)]
}

// RoleName returns what a role is called.
func (v View) RoleName(key workspace.RoleKey) string {
	if r, known := v.Setup.Role(key); known {
		return v.Words.Phrases.Say(r.Name)
	}
	return string(key)
}

func (v View) forWhom(c workspace.Checklist) string {
	if c.Role == "" {
		return ""
	}
	return fmt.Sprintf(v.Words.Checklist.For, v.RoleName(c.Role))
}

// WrittenChecklist is a checklist as the company has written it.
type WrittenChecklist struct {
	workspace.Checklist
	Summary string // for whom, when it begins, and how long it is
}

func writtenFrom(v View) []WrittenChecklist {
	w := v.Words.Checklist
	var out []WrittenChecklist
	for _, c := range v.Setup.Checklists {
		parts := []string{v.forWhom(c), w.BeginsByHand, fmt.Sprintf(w.Count, len(c.Items))}
		if c.From > 0 {
			parts[1] = fmt.Sprintf(w.BeginsIn, v.AndWorse(c.From))
		}
		if len(c.Items) == 1 {
			parts[2] = w.One
		}
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		out = append(out, WrittenChecklist{Checklist: c, Summary: strings.Join(parts, "  ·  ")})
	}
	return out
}

// AndWorse names a severity and those that are worse, where there are any.
func (v View) AndWorse(l workspace.Level) string {
	name := v.Severity(l).Name
	if list := v.Setup.Severities; len(list) > 0 && l <= list[0].Level {
		return name
	}
	return fmt.Sprintf(v.Words.Checklist.From, name)
}

// ItemLines returns the items of a checklist as they are written, one in a line.
func ItemLines(items []workspace.ChecklistItem) string {
	lines := make([]string, 0, len(items))
	for _, i := range items {
		lines = append(lines, i.Text)
	}
	return strings.Join(lines, "\n")
}

// ItemsOf reads lines as items. One whose words stand among the former ones is the same; of the others each takes the place
// of the former one that is gone from there, as somebody does who words it anew; what is left is new.
func ItemsOf(lines string, former []workspace.ChecklistItem, fresh func() id.Item) []workspace.ChecklistItem {
	var out []workspace.ChecklistItem
	for line := range strings.Lines(lines) {
		if text := strings.Join(strings.Fields(line), " "); text != "" {
			out = append(out, workspace.ChecklistItem{Text: text})
		}
	}
	used := map[id.Item]bool{}
	take := func(into *workspace.ChecklistItem, is func(workspace.ChecklistItem) bool) {
		for _, f := range former {
			if into.ID.IsZero() && !used[f.ID] && is(f) {
				into.ID, used[f.ID] = f.ID, true
			}
		}
	}
	for i := range out {
		take(&out[i], func(f workspace.ChecklistItem) bool { return f.Text == out[i].Text })
	}
	for i := range out {
		take(&out[i], func(f workspace.ChecklistItem) bool { return i < len(former) && former[i].ID == f.ID })
		if out[i].ID.IsZero() {
			out[i].ID = fresh()
		}
	}
	return out
}

// listLine returns the sentence for an event of a checklist, or nothing for another one.
func (v View) listLine(e incident.Event, who Part) []Part {
	w := v.Words.Checklist
	switch e := e.(type) {
	case incident.ChecklistBegun:
		if e.Checklist.Role == "" {
			return sentence(w.Begun, strong(e.Checklist.Name))
		}
		return sentence(w.BegunFor, strong(e.Checklist.Name), plain(v.RoleName(e.Checklist.Role)))
	case incident.ChecklistDropped:
		return sentence(w.Dropped, who, plain(e.Name))
	case incident.ItemTicked:
		return sentence(either(e.Off, w.Unticked, w.Ticked), who, strong(e.Text))
	default:
		return nil
	}
}

// listWish says what a command about a checklist would do, or nothing for another one. A command names a checklist by its id
// alone: it is worded as far as the company still has it.
func (v View) listWish(c incident.Command) string {
	w, who := v.Words.Checklist, v.self()
	switch c := c.(type) {
	case incident.BeginChecklist:
		list, known := v.Setup.Checklist(c.Checklist)
		if !known {
			return w.Begin
		}
		return Join(v.listLine(incident.ChecklistBegun{Checklist: list}, who))
	case incident.DropChecklist:
		if list, known := v.Setup.Checklist(c.Checklist); known {
			return Join(sentence(w.Dropped, who, plain(list.Name)))
		}
		return Join(sentence(w.DropWish, who))
	case incident.TickItem:
		list, _ := v.Setup.Checklist(c.Checklist)
		for _, i := range list.Items {
			if i.ID == c.Item {
				return Join(v.listLine(incident.ItemTicked{Text: i.Text, Off: c.Off}, who))
			}
		}
		return Join(sentence(either(c.Off, w.UntickWish, w.TickWish), who))
	default:
		return ""
	}
}
