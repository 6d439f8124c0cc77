package warroom

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

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
	e, ok := r.listed(key)
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
	name := widget.Plain(theme.Body, theme.Muted)
	for _, row := range [][2]string{
		{w.Who, a.Who}, {w.What, a.What}, {w.Written, a.Written}, {w.Arrived, a.Arrived}, {w.Device, a.Device}, {w.Why, why},
	} {
		if row[1] == "" {
			continue
		}
		col.Add(widget.RowTop(12, 1,
			widget.Fixed(widget.Wide(72, name, w.Who, w.What, w.Written, w.Arrived, w.Device, w.Why), widget.NewText(row[0], name)),
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
