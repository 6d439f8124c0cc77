package warroom

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// The tabs over the timeline.
const (
	everything = iota
	decisions
	audit
)

func (r *Page) buildTimeline() {
	w := r.p.View.Words.Room
	r.tabs.RemoveAll()
	r.tabs.Add(widget.NewTabs([]string{w.Everything, w.Decisions, w.Audit}, r.tab, func(i int) {
		r.tab = i
		r.buildTimeline()
		r.list.ScrollToEnd()
		r.Focus()
	}))
	r.buildStrip()
	items := []widget.Item{}
	if r.model.Earlier || r.model.Gap {
		items = append(items, widget.Item{Key: fmt.Sprint("earlier", r.model.Gap), Build: r.earlier})
	}
	r.prose.Know(present.NamesOf(r.model))
	r.entries = make(map[string]present.Entry, len(r.model.Entries))
	last, lastSaid := present.Entry{}, false
	for _, e := range r.model.Entries {
		if !r.wanted(e) {
			continue
		}
		named := e.Kind == present.Block && (!lastSaid || last.Person != e.Person || e.Late != "" || e.Pending)
		last, lastSaid = e, e.Kind == present.Block
		key := fmt.Sprint(r.tab, named, e.Key)
		r.entries[key] = e
		items = append(items, widget.Item{Key: key, Build: func() fyne.CanvasObject { return r.entry(e, key, named) }})
	}
	if len(items) == 0 {
		items = append(items, widget.Item{Key: "empty", Build: r.empty})
	}
	r.list.Set(items)
	r.middle.Refresh()
}

func (r *Page) wanted(e present.Entry) bool {
	switch r.tab {
	case decisions:
		return e.Kind == present.Line && !e.Contest
	case audit:
		return e.Kind != present.Break
	default:
		return !e.Contest
	}
}

// buildStrip says plainly when the incident itself has not left this device.
func (r *Page) buildStrip() {
	r.notSent.RemoveAll()
	if !r.model.Pending {
		return
	}
	text := widget.NewFlow(20, widget.Span{Words: r.p.View.Words.Room.NotSentStrip, Style: widget.Strong(theme.Body, theme.Sev2)})
	row := widget.RowTop(10, 1, widget.NewIcon("offline", 18, theme.Sev2), text)
	r.notSent.Add(widget.Pad(0, 0, 8, 0, widget.On(widget.NewBox(theme.Surface, theme.Sev2), widget.Pad(10, 14, 10, 14, row))))
}

func (r *Page) empty() fyne.CanvasObject {
	return widget.Pad(20, 12, 0, 12, widget.NewFlow(24, widget.Span{
		Words: r.p.View.Words.Room.Empty, Style: widget.Plain(theme.Body, theme.Muted),
	}))
}

func (r *Page) earlier() fyne.CanvasObject {
	w := r.p.View.Words.Room
	row := widget.Row(12, -1, widget.NewButton(widget.ButtonParams{Key: "earlier", Words: w.Earlier, Small: true}, r.loadEarlier))
	if r.model.Gap {
		row.Add(widget.NewText(w.Gap, widget.Plain(theme.Caption, theme.Muted)))
	}
	return widget.Pad(8, 12, 8, 12, row)
}

func (r *Page) loadEarlier() {
	r.Focus()
	if !r.model.Gap {
		r.limit += window
		r.Refresh()
		return
	}
	if r.loading {
		return
	}
	r.loading = true
	in := r.in
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.LoadEarlier(ctx, in)
		return func() {
			r.loading = false
			if err != nil {
				r.p.Failed(err)
				return
			}
			r.limit += window
			r.Refresh()
		}
	})
}

func (r *Page) entry(e present.Entry, key string, named bool) fyne.CanvasObject {
	switch {
	case e.Kind == present.Break:
		return widget.Pad(10, 12, 6, 12, widget.Row(12, 0, widget.NewRule(theme.Line),
			widget.NewText(present.Join(e.Parts), widget.Plain(theme.Caption, theme.Muted))))
	case r.tab == audit:
		return widget.NewTap(r.auditRow(e), func() { r.openAudit(key) })
	case e.Kind == present.Block:
		return r.selectable(r.block(e, named), key)
	default:
		return widget.NewTap(r.line(e), func() { r.openAudit(key) })
	}
}

// timeWide is the column of times.
const timeWide = 56

func (r *Page) line(e present.Entry) fyne.CanvasObject {
	spans := spansOf(e.Parts)
	if e.Pending {
		spans = append(spans, widget.Span{Words: "   " + r.p.View.Words.Room.NotSent, Style: widget.Plain(theme.Caption, theme.Sev2)})
	}
	time := widget.NewText(e.Time, widget.Plain(theme.Caption, theme.Muted))
	return widget.Pad(3, 12, 3, 12, widget.RowTop(0, 1, widget.Fixed(timeWide, widget.Pad(1, 0, 0, 0, time)), widget.NewFlow(20, spans...)))
}

func spansOf(parts []present.Part) []widget.Span {
	spans := make([]widget.Span, 0, len(parts))
	for _, p := range parts {
		spans = append(spans, widget.Span{
			Words: p.Words, Style: widget.Style{Size: theme.Caption, Bold: p.Strong, Tone: theme.Name(p.Tone)},
		})
	}
	return spans
}

// block is a person's words: initials, and above the words who it is, when it arrived late, and that
// it was not sent.
func (r *Page) block(e present.Entry, named bool) fyne.CanvasObject {
	words := widget.Column(0)
	var above []widget.Span
	if named {
		above = append(above, widget.Span{Words: e.Person.Name, Style: widget.Strong(theme.Caption, theme.Muted)})
	}
	add := func(text string, tone theme.Name) {
		if text == "" {
			return
		}
		if len(above) > 0 {
			text = "  ·  " + text
		}
		above = append(above, widget.Span{Words: text, Style: widget.Plain(theme.Caption, tone)})
	}
	add(e.Label, theme.Muted)
	if e.Late != "" {
		add(fmt.Sprintf(r.p.View.Words.Room.LateBlock, e.Time, e.Late), theme.Muted)
	}
	tone := theme.Text
	if e.Pending {
		tone = theme.Muted
		add(r.p.View.Words.Room.NotSent, theme.Sev2)
	}
	if len(above) > 0 {
		words.Add(widget.NewFlow(18, above...))
	}
	words.Add(r.written(e, tone))
	drop := float32(5) // the baseline of the words beside it
	if len(above) > 0 {
		drop = 0
	}
	time := widget.Fixed(timeWide, widget.Pad(drop, 0, 0, 0, widget.NewText(e.Time, widget.Plain(theme.Caption, theme.Muted))))
	mark := widget.Fixed(38, widget.Space(26, 0))
	if named {
		mark = widget.Fixed(38, widget.Row(0, -1, widget.NewAvatar(e.Person.Initials, 26)))
	}
	top := float32(6)
	if !named {
		top = 0
	}
	return widget.Pad(top, 12, 4, 12, widget.RowTop(0, 2, time, mark, words))
}

// auditRow tells everything about an event at once.
func (r *Page) auditRow(e present.Entry) fyne.CanvasObject {
	w, a := r.p.View.Words.Audit, e.Audit
	spans := spansOf(e.Parts)
	if e.Kind == present.Block {
		spans = []widget.Span{
			{Words: e.Person.Name + "  ", Style: widget.Strong(theme.Caption, theme.Text)},
			{Words: clip(e.Text, 160), Style: widget.Plain(theme.Caption, theme.Text)},
		}
	}
	if e.Contest {
		spans = append([]widget.Span{{Words: w.Refused + "  ", Style: widget.Strong(theme.Caption, theme.Sev2)}}, spans...)
	}
	muted := widget.Plain(theme.Caption, theme.Muted)
	origin := fmt.Sprintf("%s %s  ·  %s %s  ·  %s", w.Written, a.Written, w.Arrived, a.Arrived, a.Device)
	time := widget.Fixed(timeWide, widget.Pad(1, 0, 0, 0, widget.NewText(e.Time, muted)))
	words := widget.Column(0, widget.NewFlow(20, spans...), widget.NewFlow(18, widget.Span{Words: origin, Style: muted}))
	return widget.Pad(6, 12, 6, 12, widget.RowTop(0, 1, time, words))
}

// openAudit shows where one entry comes from.
func (r *Page) openAudit(key string) {
	e, ok := r.entries[key]
	if !ok {
		r.Focus()
		return
	}
	w, a := r.p.View.Words.Audit, e.Audit
	col := widget.Column(8, widget.NewFlow(24, widget.Span{Words: w.Title, Style: widget.Strong(theme.Entry, theme.Text)}))
	why := a.Why
	if why == "" && e.Kind == present.Line {
		why = w.NoReason
	}
	for _, row := range [][2]string{
		{w.Who, a.Who}, {w.What, a.What}, {w.Written, a.Written}, {w.Arrived, a.Arrived}, {w.Device, a.Device}, {w.Why, why},
	} {
		if row[1] == "" {
			continue
		}
		col.Add(widget.RowTop(12, 1,
			widget.Fixed(72, widget.NewText(row[0], widget.Plain(theme.Body, theme.Muted))),
			widget.NewFlow(20, widget.Span{Words: clip(row[1], 600), Style: widget.Plain(theme.Body, theme.Text)})))
	}
	c := r.p.Canvas
	var sheet *widget.Overlay
	closing := widget.NewButton(widget.ButtonParams{Words: r.p.View.Words.Common.Close}, func() { sheet.Dismiss() })
	copying := widget.NewButton(widget.ButtonParams{Words: r.p.View.Words.Common.Copy, Icon: "copy"}, func() {
		r.p.Copy(a.What)
		sheet.Dismiss()
	})
	col.Add(widget.Pad(8, 0, 0, 0, widget.Row(8, 0, widget.Space(0, 0), copying, closing)))
	sheet = widget.ShowSheet(c, col, 560)
	sheet.OnGone = r.Focus
	c.Focus(closing)
}
