package people

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// OwnName asks what whoever looks is called, as soon as the page is there.
func (g *Page) OwnName() {
	g.wanted = g.askOwnName
	g.Refresh()
}

// askOwnName asks with what is known so far, and the name marked: whoever is called otherwise just writes.
func (g *Page) askOwnName() {
	w, c := g.p.View.Words, g.p.Canvas
	name, department := widget.NewField(w.People.Name), widget.NewField(w.People.Department)
	for _, p := range g.model.People {
		if p.Self {
			name.SetWords(p.Name)
			department.SetWords(p.Department)
		}
	}
	var sheet *widget.Overlay
	save := func() {
		called := strings.TrimSpace(name.Words())
		if called == "" {
			c.Focus(name.Input())
			return
		}
		sheet.Dismiss()
		g.describeSelf(called, strings.TrimSpace(department.Words()))
	}
	name.OnSubmitted = func(string) { save() }
	department.OnSubmitted = func(string) { save() }
	col := widget.Column(12,
		widget.NewFlow(28, widget.Span{Words: w.People.OwnNameTitle, Style: widget.Strong(theme.Title, theme.Text)}),
		widget.NewFlow(22, widget.Span{Words: w.People.OwnNameText, Style: widget.Plain(theme.Body, theme.Muted)}),
		name, department,
		widget.Row(8, 0, widget.Space(0, 0),
			widget.NewButton(widget.ButtonParams{Words: w.Common.Cancel}, func() { sheet.Dismiss() }),
			widget.NewButton(widget.ButtonParams{Key: "save name", Words: w.People.Save, Look: widget.Gold}, save)))
	sheet = widget.ShowSheet(c, col, 480)
	c.Focus(name.Input())
	name.Input().TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (g *Page) describeSelf(name, department string) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.DescribeSelf(ctx, name, department)
		return func() {
			if err != nil {
				g.p.Failed(err)
			}
			g.Refresh()
		}
	})
}
