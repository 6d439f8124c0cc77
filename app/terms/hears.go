package terms

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// buildHears shows what whoever looks hears of without being on call.
func (g *Page) buildHears() {
	w := g.p.View.Words.Terms
	g.section(w.Hears, w.HearsLead)
	if len(g.model.Subscriptions) == 0 {
		g.body.Add(lead(w.HearsNothing))
	}
	for _, s := range g.model.Subscriptions {
		g.body.Add(g.heard(s))
	}
	row := widget.Wrap(8)
	for _, s := range g.model.Severities {
		to := workspace.Subscription{Level: workspace.Level(s.Level)}
		if !g.hears(to) {
			row.Add(widget.NewButton(widget.ButtonParams{
				Key: "hear " + s.Name, Words: fmt.Sprintf(w.AndWorse, s.Name), Icon: "plus", Small: true,
			}, func() { g.subscribe(to, false) }))
		}
	}
	row.Add(widget.NewButton(widget.ButtonParams{Key: "hear tag", Words: w.HearTag, Icon: "plus", Small: true}, g.askHear))
	g.body.Add(widget.Pad(6, 0, 0, 0, row))
}

func (g *Page) heard(s present.Subscription) fyne.CanvasObject {
	mark := fyne.CanvasObject(widget.NewIcon("bell", 16, theme.Gold))
	if s.Level > 0 {
		mark = widget.NewSeverity(s.Level, 16)
	}
	return widget.On(widget.Row(10, 1, mark, widget.NewText(s.Words, widget.Plain(theme.Body, theme.Text)),
		g.small("end "+s.Words, g.p.View.Words.Terms.Ends, func() { g.subscribe(s.To, true) })), widget.Space(0, theme.RowTall))
}

func (g *Page) hears(to workspace.Subscription) bool {
	return slices.ContainsFunc(g.model.Subscriptions, func(s present.Subscription) bool { return s.To == to })
}

func (g *Page) subscribe(to workspace.Subscription, off bool) {
	g.run(func(ctx context.Context) error { return g.p.Session.Subscribe(ctx, to, off) })
}

func (g *Page) askHear() {
	w := g.p.View.Words
	tag := filled(w.Terms.Tag, "")
	var o *widget.Overlay
	tag.OnSubmitted = func(words string) {
		o.Dismiss()
		g.subscribe(workspace.Subscription{Tag: words}, false)
	}
	had := g.p.Canvas.Focused()
	o = widget.ShowSheet(g.p.Canvas, widget.Column(10,
		widget.NewFlow(28, widget.Span{Words: w.Terms.HearTag, Style: widget.Strong(theme.Title, theme.Text)}), tag), 480)
	o.OnGone = func() { g.p.Canvas.Focus(had) }
	g.p.Canvas.Focus(tag.Input())
}
