package reach

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// testPage lets whoever looks try out whether a page reaches them, and shows each step as it happens.
func (g *Page) testPage() fyne.CanvasObject {
	w, test := g.p.View.Words.TestPage, g.model.Test
	col := widget.Column(0, widget.Row(10, 1, widget.NewIcon("bell", 18, theme.Gold), widget.NewCaps(w.Caps)), widget.Space(0, 6), lead(w.Lead))
	if !test.Incident.IsZero() {
		col.Add(widget.Space(0, 12))
		g.testStands(col, test)
	}
	col.Add(widget.Space(0, 12))
	col.Add(g.testDeeds(test))
	return widget.Narrow(narrow, widget.NewCard(col))
}

// testStands is how far a test page has come.
func (g *Page) testStands(col *fyne.Container, test present.TestPage) {
	w, v := g.p.View.Words.TestPage, g.p.View
	if !test.Running {
		col.Add(caption(fmt.Sprintf(w.Last, v.Ago(test.Began, g.p.Now()))))
	}
	icon := map[present.Tone]string{present.Good: "tick", present.Gold: "clock"}[test.Tone]
	if icon == "" {
		icon = "warn"
	}
	flow := widget.NewFlow(22, widget.Span{Words: test.Says, Style: widget.Strong(theme.Body, theme.Text)},
		widget.Span{Words: " " + test.Do, Style: widget.Plain(theme.Body, theme.Muted)})
	col.Add(widget.Pad(4, 0, 4, 0, widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon(icon, 18, theme.Name(test.Tone))), flow)))
	for _, t := range test.Tries {
		col.Add(g.try(t))
	}
}

// try is one channel, with its stages in a row.
func (g *Page) try(t present.TestTry) fyne.CanvasObject {
	tone := theme.Text
	if t.Later {
		tone = theme.Muted
	}
	said := widget.Column(0, widget.NewText(g.p.View.Channel(t.Channel), widget.Strong(theme.Body, tone)))
	if t.Why != "" {
		said.Add(caption(t.Why))
	}
	if len(t.Stages) > 0 {
		row := widget.Wrap(14)
		for _, s := range t.Stages {
			icon := map[present.Tone]string{present.Good: "tick", present.Alarm: "warn"}[s.Tone]
			if icon == "" {
				icon = "clock"
			}
			row.Add(widget.Row(5, -1, widget.NewIcon(icon, 14, theme.Name(s.Tone)), widget.NewText(s.Words, widget.Plain(theme.Caption, theme.Name(s.Tone)))))
		}
		said.Add(widget.Pad(2, 0, 0, 0, row))
	}
	return widget.Pad(6, 0, 6, 0, widget.RowTop(12, 2,
		widget.Pad(1, 0, 0, 0, widget.NewText(t.At, widget.Plain(theme.Body, theme.Muted))),
		widget.Pad(1, 0, 0, 0, widget.NewIcon(present.ChannelIcon(t.Channel), 18, tone)), said))
}

// testDeeds is what can be done: to answer the one that rings, or else to send one.
func (g *Page) testDeeds(test present.TestPage) fyne.CanvasObject {
	w := g.p.View.Words.TestPage
	switch {
	case test.Rings:
		return widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: "test reached", Words: w.Got, Look: widget.Gold}, func() {
			g.run(func(ctx context.Context) error { return g.p.Session.Submit(ctx, test.Incident, incident.Acknowledge{}) })
		}))
	case test.Running:
		return widget.Space(0, 0)
	case !g.reached:
		return caption(w.Offline)
	}
	button := widget.ButtonParams{Key: "test page", Words: w.Again}
	if test.Incident.IsZero() {
		button.Words, button.Look = w.Send, widget.Gold
	}
	return widget.Row(0, -1, widget.NewButton(button, func() {
		g.run(g.p.Session.SendTestPage)
	}))
}
