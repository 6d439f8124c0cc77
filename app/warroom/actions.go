package warroom

import (
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Action is something that can be done in a room, for its own commands and for whatever lists all there are.
type Action struct {
	Key   string // as one types it behind a slash
	Icon  string
	Words string
	Do    func()
	Also  string // other words for it that people type
}

// Actions returns what can be done in the room that is shown. It is empty before one is.
func (r *Page) Actions() []Action {
	if !r.shown {
		return nil
	}
	w := r.p.View.Words
	a := w.Action
	next, _ := present.Next(r.model.Status, r.p.View)
	list := []Action{
		{"update", "megaphone", a.Update, func() { r.mean(true); r.Focus() }, ""},
		{"severity", "warn", a.Severity, func() { r.askSeverity(r.under("severity")) }, ""},
		{"status", next.String(), fmt.Sprintf(a.Status, present.StatusWord(next, w)), func() { r.askStatus(r.under("status"), next) }, ""},
		{"title", "edit", a.Title, func() { r.askTitle(r.under("title")) }, ""},
		{"task", "check", a.Task, r.focusTask, ""},
		{"tag", "plus", a.Tag, func() { r.askTag(r.under("add tag")) }, ""},
		{"link", "link", a.Link, r.askLink, ""},
		{"next", "clock", a.Next, func() { r.askNext(r.under("next update")) }, ""},
		{"milestone", "milestone", a.Milestone, func() { r.askMilestone(present.Entry{}) }, ""},
		{"attach", "attach", w.Room.Attach, func() { r.p.Choose(r.choose) }, ""},
		{"kind", "info", a.Kind, r.askKind, ""},
		{"repeats", "copy", w.Merge.Action, r.askMerge, w.Merge.Also},
		{"bell", "bell", either(r.model.Subscribed, a.Unhear, a.Hear), r.toggleBell, ""},
		{"copy", "copy", w.Room.CopyAll, func() { r.p.Copy(r.Transcript()); r.Focus() }, ""},
	}
	if r.model.Private {
		list = slices.DeleteFunc(list, func(a Action) bool { return a.Key == "repeats" }) // those who see the other one would hear of it
	}
	list = append(list, r.sightActions()...)
	if r.p.Aside != nil {
		list = append(list, Action{"window", "open", w.Hands.Aside, r.p.Aside, ""})
	}
	for _, h := range r.model.Posts {
		list = append(list, Action{"role " + h.Key, "people", h.Role, func() { r.askRole(r.under("role "+h.Key), h) }, ""})
	}
	if r.model.Undo != nil {
		list = append([]Action{{"undo", "back", fmt.Sprintf(a.Undo, r.model.Undo.Words), r.Undo, ""}}, list...)
	}
	if !r.model.Engaged {
		list = append(list, Action{"join", "people", w.Room.Join, func() { r.submit(incident.Join{}); r.Focus() }, ""})
	}
	return list
}

// Undo takes one's own last action back, where it was a slip.
func (r *Page) Undo() {
	if r.model.Undo != nil {
		r.submit(r.model.Undo.Command)
	}
	r.Focus()
}

// focusTask puts the keyboard where tasks are written, also in a narrow window.
func (r *Page) focusTask() {
	if r.columns.facts && r.drawer == nil {
		r.openDrawer(r.under("facts"))
	}
	if r.taskField != nil {
		r.p.Canvas.Focus(r.taskField.Input())
	}
}
