package warroom

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
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
		add("milestone", w.MarkMilestone, func() { r.askMilestone(e) })
		add("clock", w.CorrectTime, func() { r.askTime(e) })
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

// sheet is a question with one or more fields in the middle of the window; Enter in the last one answers it.
type sheet struct {
	title, text string
	fields      []*widget.Field
	yes         string
	look        widget.Look
	done        func(words []string)
}

func (r *Page) showSheet(q sheet) {
	w := r.p.View.Words
	col := widget.Column(10, widget.NewFlow(28, widget.Span{Words: q.title, Style: widget.Strong(theme.Title, theme.Text)}))
	if q.text != "" {
		col.Add(widget.NewFlow(22, widget.Span{Words: q.text, Style: widget.Plain(theme.Body, theme.Muted)}))
	}
	var o *widget.Overlay
	answer := func() {
		words := make([]string, len(q.fields))
		for i, f := range q.fields {
			words[i] = f.Words()
		}
		o.Dismiss()
		q.done(words)
	}
	for i, f := range q.fields {
		col.Add(f)
		f.OnSubmitted = func(string) { answer() }
		if i+1 < len(q.fields) {
			f.OnSubmitted = func(string) { r.p.Canvas.Focus(q.fields[i+1].Input()) }
		}
	}
	col.Add(widget.Pad(6, 0, 0, 0, widget.Row(8, 0, widget.Space(0, 0),
		widget.NewButton(widget.ButtonParams{Key: "no", Words: w.Common.Cancel}, func() { o.Dismiss() }),
		widget.NewButton(widget.ButtonParams{Key: "yes", Words: q.yes, Look: q.look}, answer))))
	o = widget.ShowSheet(r.p.Canvas, col, 560)
	o.OnGone = r.Focus
	if len(q.fields) > 0 {
		r.p.Canvas.Focus(q.fields[0].Input())
	}
}

func field(placeholder, words string) *widget.Field {
	f := widget.NewField(placeholder)
	f.SetWords(words)
	return f
}

// askEdit puts an entry's words into the composer, to be sent again in their place.
func (r *Page) askEdit(e present.Entry) {
	if r.editing.ID.IsZero() {
		r.aside = r.draft()
	}
	r.restore(draft{editing: e, words: e.Text})
	r.Focus()
}

func (r *Page) askErase(e present.Entry) {
	w := r.p.View.Words.Room
	reason := field(w.EraseReason, "")
	r.showSheet(sheet{
		title: w.EraseTitle, text: w.EraseText, fields: []*widget.Field{reason}, yes: strings.TrimSuffix(w.Erase, " …"), look: widget.Danger,
		done: func(words []string) { r.submit(incident.Erase{Entry: e.ID, Reason: words[0]}) },
	})
}

func (r *Page) askTime(e present.Entry) {
	w, v := r.p.View.Words.Room, r.p.View
	when := field(w.TimeField, e.Occurred.In(v.Zone).Format(time.DateTime)[:16])
	r.showSheet(sheet{
		title: w.TimeTitle, fields: []*widget.Field{when, field(w.Reason, "")}, yes: w.Save, look: widget.Gold,
		done: func(words []string) {
			at, ok := v.ParseTime(words[0], e.Occurred)
			if !ok {
				r.p.Failed(v.WrongTime())
				return
			}
			r.submit(incident.CorrectTime{Entry: e.ID, At: at, Reason: words[1]})
		},
	})
}

// askMilestone offers the milestones that there are words for, and any other.
func (r *Page) askMilestone(e present.Entry) {
	w, v := r.p.View.Words.Room, r.p.View
	mark := func(name string) { r.submit(incident.MarkMilestone{Name: name, Entry: e.ID, At: e.Occurred}) }
	var o *widget.Overlay
	var items []widget.MenuItem
	for _, name := range incident.KnownMilestones() {
		items = append(items, widget.MenuItem{Key: name, Icon: "milestone", Words: v.Milestone(name), Do: func() { mark(name) }})
	}
	own := field(w.MilestoneOwn, "")
	own.OnSubmitted = func(words string) { o.Dismiss(); mark(words) }
	menu := widget.NewMenu(items, func() { o.Dismiss() })
	o = widget.ShowSheet(r.p.Canvas, widget.Column(10,
		widget.NewFlow(28, widget.Span{Words: w.MilestoneTitle, Style: widget.Strong(theme.Title, theme.Text)}), menu, own), 480)
	o.OnGone = r.Focus
	r.p.Canvas.Focus(menu)
}

// Transcript returns the timeline as plain text.
func (r *Page) Transcript() string {
	return present.Transcript(strings.TrimSpace(r.model.Number+" "+r.model.Title), r.model.Entries)
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
