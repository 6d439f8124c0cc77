package warroom

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// openMenu shows what can be done with an entry. What is no block has only an origin.
func (r *Page) openMenu(key string) {
	e, ok := r.listed(key)
	if !ok || e.Kind != present.Block || r.tab == audit {
		r.openAudit(key)
		return
	}
	under := r.list.Row(key)
	if under == nil {
		under = r.composer
	}
	widget.ShowMenu(r.p.Canvas, under, r.menuOf(e, key)).OnGone = r.Focus
}

func (r *Page) menuOf(e present.Entry, key string) []widget.MenuItem {
	w := r.p.View.Words.Room
	items := []widget.MenuItem{}
	add := func(icon, words string, do func()) {
		items = append(items, widget.MenuItem{Key: icon, Icon: icon, Words: words, Do: do})
	}
	if !e.Erased {
		if e.Mine {
			add("edit", w.Edit, func() { r.askEdit(e) })
		}
		add("star", either(e.Starred, w.Unstar, w.Star), func() { r.star(e) })
		add("pin", either(e.Pinned, w.Unpin, w.Pin), func() { r.submit(incident.Pin{Entry: e.ID, Off: e.Pinned}) })
		add("milestone", w.MarkMilestone, func() { r.askMilestone(e, "") })
		add("clock", w.CorrectTime, func() { r.askTime(e) })
		if f := r.foldOf(key); f != nil {
			add("down", either(r.whole[e.ID], w.ShowLess, w.ShowWhole), f.Turn)
		}
		add("copy", w.CopyWords, func() { r.p.Copy(r.prose.Of(e.Text).String()) })
	}
	add("info", w.Origin, func() { r.openAudit(key) })
	if !e.Erased {
		items = append(items, widget.MenuItem{
			Key: "erase", Icon: "erase", Words: w.Erase, Tone: theme.Sev1, Do: func() { r.askErase(e) },
		})
	}
	return items
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// askEdit puts an entry's words into the composer, to be sent again in their place.
func (r *Page) askEdit(e present.Entry) {
	if r.editing.ID.IsZero() {
		former := r.draft()
		r.aside = &former
	}
	r.restore(draft{editing: e, words: e.Text, aside: r.aside})
	r.Focus()
}

func (r *Page) askErase(e present.Entry) {
	w := r.p.View.Words.Room
	r.showSheet(sheet{
		key: "erase " + e.ID.String(), title: w.EraseTitle, text: w.EraseText, yes: strings.TrimSuffix(w.Erase, " …"), look: widget.Danger, wide: 560,
		fields: []*widget.Field{field(w.EraseReason, "")}, names: []string{"reason"},
		wish: func(words []string) (incident.Command, *present.Refusal) {
			return incident.Erase{Entry: e.ID, Reason: words[0]}, nil
		},
	})
}

func (r *Page) askTime(e present.Entry) {
	w, v := r.p.View.Words.Room, r.p.View
	r.showSheet(sheet{
		key: "time " + e.ID.String(), title: w.TimeTitle, yes: w.Save, look: widget.Gold, wide: 560,
		fields: []*widget.Field{field(w.TimeField, e.Occurred.In(v.Zone).Format(time.DateTime)[:16]), field(w.Reason, "")},
		names:  []string{"time", "reason"},
		wish: func(words []string) (incident.Command, *present.Refusal) {
			at, ok := v.ParseTime(words[0], e.Occurred)
			if !ok {
				return nil, &present.Refusal{At: map[int]string{0: w.TimeWrong}}
			}
			return incident.CorrectTime{Entry: e.ID, At: at, Reason: words[1]}, nil
		},
	})
}

// milestoneKey is under which the question for a milestone of an entry is kept, or of none.
func milestoneKey(entry id.Entry) string { return "milestone " + entry.String() }

// askMilestone offers the milestones that there are words for, and any other. The keyboard is where words already are.
func (r *Page) askMilestone(e present.Entry, given string) {
	w, v := r.p.View.Words.Room, r.p.View
	mark := func(name string) incident.Command {
		return incident.MarkMilestone{Name: name, Entry: e.ID, At: e.Occurred}
	}
	var form *widget.Form
	var items []widget.MenuItem
	for _, name := range incident.KnownMilestones() {
		items = append(items, widget.MenuItem{Key: name, Icon: "milestone", Words: v.Milestone(name), Do: func() { r.submit(mark(name)) }})
	}
	menu := widget.NewMenu(items, func() { form.Dismiss() })
	r.begin(milestoneKey(e.ID), given)
	begun := len(r.begun[milestoneKey(e.ID)]) > 0
	form = r.showSheet(sheet{
		key: milestoneKey(e.ID), title: w.MilestoneTitle, above: menu, yes: w.Save, look: widget.Gold, wide: 480,
		fields: []*widget.Field{field(w.MilestoneOwn, "")}, names: []string{"milestone"},
		wish: func(words []string) (incident.Command, *present.Refusal) { return mark(words[0]), nil },
	})
	if !begun {
		r.p.Canvas.Focus(menu)
	}
}

// Transcript returns the timeline as plain text.
func (r *Page) Transcript() string {
	return present.Transcript(r.model, r.p.View)
}

// under returns where a question about something in the header or beside the timeline is shown.
func (r *Page) under(key string) fyne.CanvasObject {
	var found fyne.CanvasObject = r.header
	for _, root := range []fyne.CanvasObject{r.header, r.root} {
		widget.Walk(root, func(o fyne.CanvasObject) bool {
			if k, ok := o.(widget.Keyed); ok && k.FocusKey() == key {
				found = o
				return false
			}
			return true
		})
	}
	return found
}
