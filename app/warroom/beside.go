package warroom

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// section puts a heading and what belongs under it at the end of the facts.
func section(into *fyne.Container, caps string, parts ...fyne.CanvasObject) {
	into.Add(widget.Space(0, 22))
	into.Add(widget.NewCaps(caps))
	for _, p := range parts {
		into.Add(p)
	}
}

// addNext shows how long it is until the promised update; an overdue one nags.
func (r *Page) addNext(into *fyne.Container) {
	w, v := r.p.View.Words.Room, r.p.View
	if r.model.Due.IsZero() {
		if !r.model.Status.Burning() {
			return
		}
		press := widget.NewPress("next update", widget.On(widget.Row(8, 0,
			widget.NewText(w.NextNone, widget.Plain(theme.Body, theme.Muted)),
			widget.NewText(w.NextSet, widget.Plain(theme.Caption, theme.Gold))), widget.Space(0, theme.RowTall)), nil).Wide()
		press.OnTapped = func() { r.askNext(press) }
		section(into, w.NextUpdate, press)
		return
	}
	due := r.model.Due
	words, overdue := present.Countdown(due, r.now(), v)
	caps, tone := w.NextUpdate, theme.Text
	if overdue {
		caps, tone = w.NextOverdue, theme.Sev1
	}
	count := widget.NewText(words, widget.Strong(theme.Number, tone))
	press := widget.NewPress("next update", widget.On(count, widget.Space(0, 44)), nil).Wide()
	press.OnTapped = func() { r.askNext(press) }
	section(into, caps, press)
	r.dues = append(r.dues, func(now time.Time) {
		words, late := present.Countdown(due, now, v)
		if late && !overdue {
			overdue, r.stale = true, true
		}
		count.Set(words, tone)
	})
}

// spans are the promises that are offered.
func spans() []time.Duration {
	return []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
}

func (r *Page) askNext(under fyne.CanvasObject) {
	w := r.p.View.Words.Room
	var items []widget.MenuItem
	for _, d := range spans() {
		items = append(items, widget.MenuItem{
			Key: d.String(), Icon: "clock", Words: r.p.View.Span(d), Do: func() { r.submit(incident.PromiseUpdate{Within: d}) },
		})
	}
	if r.model.Every > 0 {
		items = append(items, widget.MenuItem{Key: "none", Icon: "close", Words: w.NextEnd, Do: func() { r.submit(incident.PromiseUpdate{}) }})
	}
	widget.ShowMenu(r.p.Canvas, under, items).OnGone = r.Focus
}

func (r *Page) addTasks(into *fyne.Container) {
	section(into, r.p.View.Words.Room.Tasks)
	for _, t := range r.model.Tasks {
		into.Add(r.task(t))
	}
}

// newTaskField returns where tasks are written.
func (r *Page) newTaskField() *widget.Field {
	f := field(r.p.View.Words.Room.TaskField, r.taskDraft)
	f.OnChanged = r.draftTask
	f.OnSubmitted = func(words string) {
		if !blank(words) {
			r.addTask(words)
		}
	}
	return f
}

// draftTask takes over what is written of the next task, wherever the facts are shown.
func (r *Page) draftTask(words string) {
	r.taskDraft = words
	for _, p := range r.places() {
		if p.task.Words() != words {
			p.task.SetWords(words)
		}
	}
}

// addTask asks for something to be done. Words that are refused stay where they were written.
func (r *Page) addTask(words string) {
	if r.tasking {
		return // the second press of one who is in a hurry asks for it once
	}
	in := r.in
	r.tasking = true
	r.wish(in, incident.AddTask{Task: id.New[id.Task](), Text: words}, func(err error) {
		r.tasking = false
		switch {
		case err != nil:
			r.p.Failed(err)
		case in == r.in && r.taskDraft == words:
			r.draftTask("")
		}
	})
}

func (r *Page) task(t present.Task) fyne.CanvasObject {
	style, icon, tone := widget.Plain(theme.Body, theme.Text), "check", theme.Muted
	if t.Done {
		style.Tone, icon, tone = theme.Muted, "checked", theme.Good
	}
	key := t.ID.String()
	tick := widget.NewPress("task "+key, widget.Pad(6, 6, 6, 0, widget.NewIcon(icon, 18, tone)), func() {
		r.changeTask(t, incident.TaskDone, t.Person.ID, !t.Done)
	})
	whose := widget.NewAvatar(t.Person.Initials, 26)
	if t.Person.ID.IsZero() {
		whose = widget.Pad(5, 5, 5, 5, widget.NewIcon("plus", 16, theme.Muted))
	}
	give := widget.NewPress("give "+key, whose, nil)
	give.OnTapped = func() { r.askTask(give, t) }
	words := widget.Pad(8, 0, 8, 4, widget.NewFlow(20, widget.Span{Words: t.Text, Style: style}))
	return widget.RowTop(0, 1, tick, words, widget.Pad(4, 0, 0, 0, give))
}

func (r *Page) askTask(under fyne.CanvasObject, t present.Task) {
	w := r.p.View.Words.Room
	give := func(p id.Person) { r.changeTask(t, incident.TaskPerson, p, t.Done) }
	r.findPerson(under, whose{
		title: w.TaskTitle, among: r.model.People, admits: true, found: give,
		others: []widget.ButtonParams{{Key: "nobody", Words: w.TaskNobody, Small: true}, {Key: "gone", Words: w.TaskGone, Small: true}},
		other: func(key string) {
			if key == "gone" {
				r.submit(incident.RemoveTask{Task: t.ID})
				return
			}
			give(id.Person{})
		},
	})
}

// changeTask changes one field of a task. The others are told as they are shown, for whoever reads the wish before it is
// carried out, and do not count.
func (r *Page) changeTask(t present.Task, field incident.TaskFields, whose id.Person, done bool) {
	r.submit(incident.ChangeTask{Task: t.ID, Fields: field, Text: t.Text, Person: whose, Done: done})
}

func (r *Page) addPins(into *fyne.Container) {
	if len(r.model.Pins) == 0 {
		return
	}
	section(into, r.p.View.Words.Room.Pins)
	for i, p := range r.model.Pins {
		spans := []widget.Span{}
		if p.Who != "" {
			spans = append(spans, widget.Span{Words: p.Who + "  ", Style: widget.Strong(theme.Caption, theme.Muted)})
		}
		spans = append(spans, widget.Span{Words: p.Text, Style: widget.Plain(theme.Body, theme.Text)})
		into.Add(widget.NewPress("pin "+strconv.Itoa(i), widget.Pad(5, 0, 5, 0, widget.NewFlow(20, spans...)), func() { r.goTo(p.Entry) }).Wide())
	}
}

func (r *Page) addMilestones(into *fyne.Container) {
	if len(r.model.Milestones) == 0 {
		return
	}
	v := r.p.View
	section(into, v.Words.Room.MilestonesHead)
	for _, m := range r.model.Milestones {
		row := widget.Row(8, 1, widget.NewIcon("dot", 10, theme.Good), widget.NewText(m.Words, widget.Plain(theme.Body, theme.Text)),
			widget.NewText(v.Time(m.At, r.now()), widget.Plain(theme.Caption, theme.Muted)))
		press := widget.NewPress("milestone "+m.Name, widget.On(row, widget.Space(0, 30)), nil).Wide()
		press.OnTapped = func() { r.openMilestone(press, m) }
		into.Add(press)
	}
}

// openMilestone shows what can be done with a milestone. To take it away is never the first.
func (r *Page) openMilestone(under fyne.CanvasObject, m present.Milestone) {
	w := r.p.View.Words.Room
	var items []widget.MenuItem
	if !m.Entry.IsZero() {
		items = append(items, widget.MenuItem{Key: "go", Icon: "open", Words: w.GoToEntry, Do: func() { r.goTo(m.Entry) }})
	}
	items = append(items, widget.MenuItem{
		Key: "unmark", Icon: "erase", Words: w.Unmark, Do: func() { r.submit(incident.UnmarkMilestone{Name: m.Name}) },
	})
	widget.ShowMenu(r.p.Canvas, under, items).OnGone = r.Focus
}

// goTo brings an entry into sight, where it is loaded.
func (r *Page) goTo(entry id.Entry) {
	if r.tab != everything {
		r.turn(everything)
	}
	for _, have := range r.listing.rows {
		if have.entry.ID == entry && have.entry.Kind == present.Block {
			r.list.Reveal(have.key)
			r.p.Canvas.Focus(r.list)
			return
		}
	}
}

func (r *Page) linkRow() fyne.CanvasObject {
	row := widget.Wrap(6)
	for _, l := range r.model.Links {
		row.Add(widget.NewPress("link "+l.URL, widget.Row(5, -1, widget.NewIcon("link", 14, theme.Gold),
			widget.NewText(present.Clip(l.Words, 40), widget.Plain(theme.Caption, theme.Gold))), func() { r.p.Visit(l.URL) }))
	}
	add := widget.NewPress("add link", widget.NewTag(r.p.View.Words.Room.AddLink, theme.Gold), nil)
	add.OnTapped = r.askLink
	row.Add(add)
	return row
}

func (r *Page) askLink() { r.showSheet(r.linkSheet()) }

func (r *Page) linkSheet() sheet {
	w := r.p.View.Words.Room
	return sheet{
		key: "link", title: w.LinkTitle, fields: []*widget.Field{field(w.LinkField, ""), field(w.LinkLabel, "")}, names: []string{"link", "label"},
		yes: w.Save, look: widget.Gold, wide: 560,
		wish: func(words []string) (incident.Command, *present.Refusal) {
			return incident.AddLink{URL: words[0], Label: words[1]}, nil
		},
	}
}
