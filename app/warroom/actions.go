package warroom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Action is something that can be done in a room, for its own commands and for whatever lists all there are.
type Action struct {
	Key   string // as one types it behind a slash
	Icon  string
	Words string
	Do    func()
	With  func(rest string) // does it with what was typed behind the key; where it is nil, that stays in the composer
	Also  string            // other words for it that people type
	Grave bool              // it may end the incident, or lets others see it or see it no longer: a guess never means it
	Exact bool              // no abbreviation of its key means it
}

// asking is an action that asks a question, into which what stands behind its key is filled in.
func asking(key, icon, words string, ask func(given string)) Action {
	return Action{Key: key, Icon: icon, Words: words, Do: func() { ask("") }, With: ask}
}

// also is an action that people type other words for, too.
func (a Action) also(words string) Action {
	a.Also = words
	return a
}

// grave marks an action as Grave.
func grave(a Action) Action {
	a.Grave = true
	return a
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
		{Key: "update", Icon: "megaphone", Words: a.Update, Do: func() { r.mean(true); r.Focus() }},
		asking("severity", "warn", a.Severity, func(given string) { r.askSeverity(r.under("severity"), given) }),
		grave(asking("status", next.String(), fmt.Sprintf(a.Status, present.StatusWord(next, w)), func(given string) {
			r.askStatus(r.under("status"), next, given)
		})),
		asking("title", "edit", a.Title, func(given string) { r.askTitle(r.under("title"), given) }),
		{Key: "task", Icon: "check", Words: a.Task, Do: r.focusTask, With: r.carryTask},
		asking("checklist", "checked", w.Checklist.Begin, func(given string) { r.askChecklist(r.under("begin checklist"), given) }).also(w.Checklist.BeginAlso),
		{Key: "tag", Icon: "plus", Words: a.Tag, Do: func() { r.askTag(r.under("add tag")) }, With: r.carryTags},
		{Key: "link", Icon: "link", Words: a.Link, Do: r.askLink, With: r.carryLink},
		{Key: "next", Icon: "clock", Words: a.Next, Do: func() { r.askNext(r.under("next update")) }},
		asking("milestone", "milestone", a.Milestone, func(given string) { r.askMilestone(present.Entry{}, given) }),
		{Key: "attach", Icon: "attach", Words: w.Room.Attach, Do: func() { r.p.Choose(r.choose) }},
		{Key: "kind", Icon: "info", Words: a.Kind, Do: r.askKind},
		{Key: "repeats", Icon: "copy", Words: w.Merge.Action, Do: func() { r.askMerge("") }, With: r.askMerge, Also: w.Merge.Also, Grave: true},
		{Key: "bell", Icon: "bell", Words: either(r.model.Subscribed, a.Unhear, a.Hear), Do: r.toggleBell},
		{Key: "copy", Icon: "copy", Words: w.Room.CopyAll, Do: func() { r.p.Copy(r.Transcript()); r.Focus() }},
	}
	if r.model.Private {
		list = slices.DeleteFunc(list, func(a Action) bool { return a.Key == "repeats" }) // those who see the other one would hear of it
	}
	list = append(r.responseActions(), append(list, r.sightActions()...)...)
	if r.p.Aside != nil {
		list = append(list, Action{Key: "window", Icon: "open", Words: w.Hands.Aside, Do: r.p.Aside})
	}
	for _, h := range r.model.Posts {
		role := asking(roleKey+h.Key, "people", h.Role, func(given string) { r.askRole(r.under(roleKey+h.Key), h, given) })
		role.Grave = r.model.Private // whoever is given it sees the incident
		list = append(list, role)
	}
	if r.model.Undo != nil {
		list = slices.Insert(list, 0, Action{Key: "undo", Icon: "back", Words: fmt.Sprintf(a.Undo, r.model.Undo.Words), Do: r.Undo, Exact: true})
	}
	if !r.model.Engaged {
		list = append(list, Action{Key: "join", Icon: "people", Words: w.Room.Join, Do: func() { r.submit(incident.Join{}); r.Focus() }})
	}
	return list
}

// roleKey is how the keys of actions on roles begin.
const roleKey = "role "

// Role reports whether the action is about who holds a role.
func (a Action) Role() bool { return strings.HasPrefix(a.Key, roleKey) }

// Undo takes one's own last action back, where it was a slip, and says so beneath the composer; also where there is none.
func (r *Page) Undo() {
	w, in, slip := r.p.View.Words.Room, r.in, r.model.Undo
	r.Focus()
	if slip == nil {
		r.say(w.NoUndo)
		return
	}
	r.model.Undo = nil // the second press of one who is in a hurry takes nothing else back
	r.wish(in, slip.Command, func(err error) {
		if err != nil {
			r.p.Failed(err)
			return
		}
		if in == r.in {
			r.say(fmt.Sprintf(w.Undone, slip.Words))
		}
		if !slip.Out.IsZero() {
			r.takeOut(in, slip)
		}
	})
}

// takeOut takes out again whom a slip that was taken back had let in, also where the room was left meanwhile. In the room it
// says which of the two holds from then on; what is no refusal is told like any other failure.
func (r *Page) takeOut(in id.Incident, slip *present.Undo) {
	w, name := r.p.View.Words, r.p.View.Person(slip.Out).Name
	r.wish(in, incident.Exclude{Person: slip.Out}, func(err error) {
		holds := fmt.Sprintf(w.Sight.SeesNot, name)
		switch {
		case err != nil && (in != r.in || !fault.Is(err, fault.Invalid)):
			r.p.Failed(err)
			return
		case in != r.in:
			return
		case err != nil: // somebody has decided otherwise since
			holds = fmt.Sprintf(w.Sight.StillSees, name, name)
		case !r.reached && !r.model.SeesNotYet(slip.Out):
			holds = fmt.Sprintf(w.Sight.StillYet, name)
		}
		r.say(fmt.Sprintf(w.Room.Undone, slip.Words) + ". " + holds)
	})
}

// say tells something beneath the composer, until something is written.
func (r *Page) say(words string) {
	r.said = words
	r.note()
}

// focusTask puts the keyboard where tasks are written, also in a narrow window.
func (r *Page) focusTask() {
	if r.columns.facts && r.drawer == nil {
		r.openDrawer(r.under("facts"))
	}
	shown := r.places()
	r.p.Canvas.Focus(shown[len(shown)-1].task.Input())
}
