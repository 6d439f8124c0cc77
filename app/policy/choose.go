package policy

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// chooseRoute offers whom incidents of a severity can reach.
func (g *Page) chooseRoute(r present.Route, under fyne.CanvasObject) {
	w := g.p.View.Words.Policies
	to := func(p id.Policy, quiet bool) func() {
		return func() {
			g.change(workspace.RouteSeverity{Level: workspace.Level(r.Level), Policy: p, Quiet: quiet})
		}
	}
	var items []widget.MenuItem
	for _, row := range g.model.Policies {
		items = append(items, widget.MenuItem{Key: "to " + row.ID.String(), Icon: ticked(row.ID == r.Policy), Words: row.Name, Do: to(row.ID, r.Quiet)})
	}
	items = append(items, widget.MenuItem{Key: "to none", Icon: ticked(r.Policy.IsZero()), Words: w.RouteNone, Note: r.Default, Do: to(id.Policy{}, r.Quiet)})
	words, icon := w.BeQuiet, "moon"
	if r.Quiet {
		words, icon = w.BeLoud, "bell"
	}
	items = append(items, widget.MenuItem{Key: "quiet", Icon: icon, Words: words, Do: to(r.Policy, !r.Quiet)})
	g.menu(under, items)
}

// chooseRotation offers the rotations that can give a role.
func (g *Page) chooseRotation(r present.RoleRoute, under fyne.CanvasObject) {
	w := g.p.View.Words.Policies
	to := func(rotation id.Rotation) func() {
		return func() { g.change(workspace.DescribeRole{Key: r.Key, Name: r.Kept, Rotation: rotation}) }
	}
	var items []widget.MenuItem
	for _, s := range g.model.Rotations {
		items = append(items, widget.MenuItem{
			Key: "to " + s.Rotation.String(), Icon: ticked(s.Rotation == r.Rotation), Words: fmt.Sprintf(w.Whoever, s.Name), Do: to(s.Rotation),
		})
	}
	items = append(items, widget.MenuItem{Key: "to none", Icon: ticked(r.Rotation.IsZero()), Words: w.RoleNone, Do: to(id.Rotation{})})
	g.menu(under, items)
}

func (g *Page) menu(under fyne.CanvasObject, items []widget.MenuItem) {
	had := g.p.Canvas.Focused()
	widget.ShowMenu(g.p.Canvas, under, items).OnGone = func() {
		if had != nil {
			g.p.Canvas.Focus(had)
		}
	}
}

// ticked is the icon of what can be chosen.
func ticked(chosen bool) string {
	if chosen {
		return "tick"
	}
	return "hollow"
}
