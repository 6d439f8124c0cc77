package warroom

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// addChecklists shows what is gone through here. Of what somebody else is to do, and of what is done, only how far it has come.
func (r *Page) addChecklists(into *fyne.Container) {
	w := r.p.View.Words.Checklist
	if len(r.model.Checklists)+len(r.model.Offered) == 0 {
		return
	}
	section(into, w.Section)
	for _, c := range r.model.Checklists {
		into.Add(r.checklistHead(c))
		if r.unfolded(c) {
			for _, i := range c.Items {
				into.Add(r.checkItem(c, i))
			}
			into.Add(widget.Space(0, 8))
		}
	}
	if len(r.model.Offered) > 0 {
		begin := widget.NewPress("begin checklist", widget.On(widget.Pad(0, 6, 0, 0, widget.Row(8, -1, widget.NewIcon("plus", 14, theme.Gold),
			widget.NewText(w.Begin, widget.Plain(theme.Caption, theme.Gold)))), widget.Space(0, 30)), nil)
		begin.OnTapped = func() { r.askChecklist(begin, "") }
		into.Add(widget.Row(0, -1, begin))
	}
}

// unfolded reports whether the items of a checklist are shown: those that are one's own to do, unless one wants it otherwise.
func (r *Page) unfolded(c present.Checklist) bool {
	if open, said := r.lists[c.ID]; said {
		return open
	}
	return c.Mine && !c.Done()
}

// listsShown is what the checklists show.
func (r *Page) listsShown() []any {
	open := make([]bool, 0, len(r.model.Checklists))
	for _, c := range r.model.Checklists {
		open = append(open, r.unfolded(c))
	}
	return []any{r.in, r.now().In(r.p.View.Zone).Format(time.DateOnly), r.model.Checklists, r.model.Offered, open}
}

func (r *Page) checklistHead(c present.Checklist) fyne.CanvasObject {
	key, icon, tone := c.ID.String(), "right", theme.Muted
	if r.unfolded(c) {
		icon = "down"
	}
	if c.Done() {
		tone = theme.Good
	}
	words := widget.Column(0, widget.NewFlow(20, widget.Span{Words: c.Name, Style: widget.Strong(theme.Body, theme.Text)}))
	if c.For != "" {
		words.Add(widget.NewFlow(17, widget.Span{Words: c.For, Style: widget.Plain(theme.Caption, theme.Muted)}))
	}
	fold := widget.NewPress("checklist "+key, widget.Pad(6, 4, 6, 0, widget.RowTop(8, 1, widget.Pad(3, 0, 0, 0, widget.NewIcon(icon, 14, theme.Muted)),
		words, widget.Pad(2, 0, 0, 0, widget.NewText(c.Progress(r.p.View), widget.Plain(theme.Caption, tone))))), func() { r.fold(c) }).Wide()
	more := widget.NewPress("put away "+key, widget.Pad(9, 5, 5, 5, widget.NewIcon("more", 16, theme.Muted)), nil)
	more.OnTapped = func() {
		widget.ShowMenu(r.p.Canvas, more, []widget.MenuItem{{Key: "drop", Icon: "close", Words: r.p.View.Words.Checklist.Drop, Do: func() {
			r.submit(incident.DropChecklist{Checklist: c.ID})
		}}}).OnGone = r.Focus
	}
	return widget.RowTop(0, 0, fold, more)
}

func (r *Page) fold(c present.Checklist) {
	if r.lists == nil {
		r.lists = map[id.Checklist]bool{}
	}
	r.lists[c.ID] = !r.unfolded(c)
	widget.KeepFocus(r.p.Canvas, r.focusRoot(), r.buildSide)
}

// checkItem is one thing to do; all of it is pressed to tick it.
func (r *Page) checkItem(c present.Checklist, i present.CheckItem) fyne.CanvasObject {
	style, icon, tone := widget.Plain(theme.Body, theme.Text), "check", theme.Muted
	words := widget.Column(0)
	if i.Done {
		style.Tone, icon, tone = theme.Muted, "checked", theme.Good
	}
	words.Add(widget.NewFlow(20, widget.Span{Words: i.Text, Style: style}))
	if i.Done {
		by := fmt.Sprintf(r.p.View.Words.Checklist.TickedBy, i.By.Name, r.p.View.Time(i.At, r.now()))
		words.Add(widget.NewFlow(17, widget.Span{Words: by, Style: widget.Plain(theme.Caption, theme.Muted)}))
	}
	row := widget.RowTop(0, 1, widget.Pad(2, 6, 0, 0, widget.NewIcon(icon, 18, tone)), words)
	return widget.NewPress("item "+c.ID.String()+" "+i.ID.String(), widget.Pad(5, 4, 5, 0, row), func() {
		r.submit(incident.TickItem{Checklist: c.ID, Item: i.ID, Off: i.Done})
	}).Wide()
}

// askChecklist asks which checklist is to be gone through.
func (r *Page) askChecklist(under fyne.CanvasObject, given string) {
	var sheet *widget.Overlay
	w, nothing := r.p.View.Words.Checklist, widget.NewFlow(20)
	finder := widget.NewFinder(w.Find, func() {
		if sheet != nil {
			sheet.Fit()
		}
	})
	offer := func(typed string) {
		var options []widget.Option
		for _, c := range present.MatchChecklists(r.model.Offered, typed, 8) {
			options = append(options, widget.Option{Key: c.ID.String(), Mark: widget.NewIcon("checked", 18, theme.Muted), Words: c.Name, Note: c.Note})
		}
		nothing.Hidden = len(r.model.Offered) > 0
		finder.SetOptions(options)
	}
	finder.OnTyped = offer
	finder.OnPick = func(o widget.Option) {
		if c, err := id.Parse[id.Checklist](o.Key); err == nil {
			sheet.Dismiss()
			r.submit(incident.BeginChecklist{Checklist: c})
		}
	}
	words := w.NoneWritten
	if r.model.Written {
		words = w.AllBegun
	}
	nothing.Set(widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
	col := widget.Column(10, widget.NewFlow(24, widget.Span{Words: w.BeginTitle, Style: widget.Strong(theme.Entry, theme.Text)}), finder, nothing)
	offer("")
	sheet = widget.ShowUnder(r.p.Canvas, under, col, 380)
	sheet.OnGone = r.Focus
	r.p.Canvas.Focus(finder.Input())
	finder.SetWords(given)
}
