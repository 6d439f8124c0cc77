package policy

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

func (g *Page) rows() {
	if g.editor != nil {
		g.editor.rows(g.body)
		return
	}
	g.headRows()
	if len(g.model.Policies) == 0 {
		g.emptyRows()
	}
	g.routeRows()
	if len(g.model.Policies) > 0 {
		g.section(g.p.View.Words.Policies.ListHead, "")
	}
	for _, row := range g.model.Policies {
		g.body.Add(widget.Pad(0, 0, 14, 0, g.policy(row)))
	}
	g.roleRows()
	g.retiredRows()
}

// headRows say what the page is, and what is wrong before it matters.
func (g *Page) headRows() {
	w := g.p.View.Words.Policies
	head := widget.Row(12, 0, widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)}))
	if len(g.model.Policies) > 0 {
		head.Add(widget.NewButton(widget.ButtonParams{Key: "new policy", Words: w.New, Icon: "plus"}, g.create))
	}
	g.body.Add(head)
	g.body.Add(lead(w.Lead))
	if !g.known.Reached() && !g.known.Since.IsZero() {
		g.body.Add(widget.Pad(8, 0, 0, 0, said("offline", theme.Sev2, fmt.Sprintf(w.AsOf, g.p.View.Moment(g.known.Since, g.p.Now())))))
	}
	for _, warning := range g.model.Warnings {
		g.body.Add(widget.Pad(8, 0, 0, 0, warned(warning)))
	}
}

// emptyRows teach what belongs here.
func (g *Page) emptyRows() {
	w := g.p.View.Words.Policies
	g.body.Add(widget.Space(0, 28))
	g.body.Add(widget.NewCard(widget.Column(0,
		widget.NewFlow(28, widget.Span{Words: w.EmptyTitle, Style: widget.Strong(theme.Title, theme.Text)}), widget.Space(0, 6),
		widget.Narrow(760, widget.NewFlow(24, widget.Span{Words: w.EmptyText, Style: widget.Plain(theme.Entry, theme.Muted)})), widget.Space(0, 14),
		widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: "first policy", Words: w.EmptyButton, Look: widget.Gold}, g.create)))))
}

// nameWide is how wide what a route or a role is called stands.
const nameWide = 132

// routeRows say which incidents reach whom, to be chosen otherwise.
func (g *Page) routeRows() {
	g.section(g.p.View.Words.Policies.RouteHead, g.p.View.Words.Policies.RouteText)
	for _, r := range g.model.Routes {
		g.body.Add(g.route(r))
	}
}

func (g *Page) route(r present.Route) fyne.CanvasObject {
	w := g.p.View.Words.Policies
	name := widget.Row(10, -1, widget.NewSeverity(r.Level, 18), widget.NewText(r.Name, widget.Strong(theme.Body, theme.Text)))
	tone := theme.Text
	if _, chosen := g.model.Policy(r.Policy); !chosen {
		tone = theme.Muted
	}
	row := widget.Row(14, -1, widget.Fixed(nameWide, name), widget.NewText(r.Words, widget.Plain(theme.Entry, tone)), widget.NewIcon("down", 14, theme.Muted))
	if r.Quiet {
		row.Add(widget.NewTag(w.RouteQuiet, theme.Muted))
	}
	g.pending(row, r.Pending)
	press := widget.NewPress(fmt.Sprint("route ", r.Level), widget.Pad(0, 8, 0, 8, widget.On(row, widget.Space(0, theme.RowTall))), nil).Wide()
	press.OnTapped = func() { g.chooseRoute(r, press) }
	if r.Warning == "" {
		return press
	}
	warning := widget.RowTop(14, 1, widget.Fixed(nameWide, widget.Space(0, 0)), warned(present.PolicyWarning{Words: r.Warning}))
	return widget.Column(0, press, widget.Pad(0, 8, 6, 8, warning))
}

// policy is the card of one policy: what it says, and what is wrong with it.
func (g *Page) policy(row present.PolicyRow) fyne.CanvasObject {
	w := g.p.View.Words
	head := widget.Row(12, -1, widget.NewText(row.Name, widget.Strong(theme.Title, theme.Text)))
	for _, l := range row.Levels {
		head.Add(widget.NewSeverity(l, 16))
	}
	head.Add(widget.NewText(row.For, widget.Plain(theme.Caption, theme.Muted)))
	g.pending(head, row.Pending)
	edit := widget.NewButton(widget.ButtonParams{Key: "edit " + row.ID.String(), Words: w.Policies.Edit, Icon: "edit", Small: true}, func() { g.edit(row) })
	col := widget.Column(8, widget.Row(12, 0, head, edit), widget.Narrow(860, spoken(row.Says, 24, theme.Entry)))
	for _, warning := range row.Warnings {
		col.Add(warned(warning))
	}
	return widget.NewCard(col)
}

// roleRows say who gets which role when an incident begins.
func (g *Page) roleRows() {
	w := g.p.View.Words.Policies
	g.section(w.RolesHead, w.RolesText)
	for _, r := range g.model.Roles {
		tone := theme.Text
		if r.Rotation.IsZero() {
			tone = theme.Muted
		}
		row := widget.Row(14, -1, widget.Fixed(nameWide, widget.NewText(r.Name, widget.Strong(theme.Body, theme.Text))),
			widget.NewText(r.Words, widget.Plain(theme.Entry, tone)), widget.NewIcon("down", 14, theme.Muted))
		g.pending(row, r.Pending)
		press := widget.NewPress("role "+string(r.Key), widget.Pad(0, 8, 0, 8, widget.On(row, widget.Space(0, theme.RowTall))), nil).Wide()
		press.OnTapped = func() { g.chooseRotation(r, press) }
		g.body.Add(press)
	}
}

// retiredRows are the policies that are no longer in force.
func (g *Page) retiredRows() {
	w := g.p.View.Words
	if len(g.model.Retired) == 0 {
		return
	}
	g.section(w.Policies.Retired, w.Policies.RetiredLead)
	for _, row := range g.model.Retired {
		back := widget.NewButton(widget.ButtonParams{Key: "take up " + row.ID.String(), Words: w.Policies.TakeUp, Small: true}, func() {
			g.run(func(ctx context.Context) error {
				return g.p.Session.ChangePolicy(ctx, row.ID, escalation.DescribePolicy{Base: row.Record.Base, Policy: row.Record.State.Policy})
			})
		})
		name := widget.Row(12, -1, widget.NewText(row.Name, widget.Strong(theme.Body, theme.Muted)))
		g.pending(name, row.Pending)
		g.body.Add(widget.Pad(0, 8, 0, 8, widget.On(widget.Row(12, 0, name, back), widget.Space(0, theme.RowTall))))
	}
}

// pending marks what has not been confirmed.
func (g *Page) pending(row *fyne.Container, is bool) {
	if is {
		row.Add(widget.NewTag(g.p.View.Words.Terms.Pending, theme.Sev2))
	}
}

// section puts a heading, and under it what it is about.
func (g *Page) section(caps, about string) {
	g.body.Add(widget.Space(0, 28))
	g.body.Add(widget.NewCaps(caps))
	g.body.Add(widget.Space(0, 4))
	if about != "" {
		g.body.Add(lead(about))
	}
	g.body.Add(widget.Space(0, 4))
}

// spoken is a policy as sentences. What holds for every policy stands behind, and is quieter.
func spoken(says []string, leading, size float32) fyne.CanvasObject {
	own := max(len(says)-present.Shared, 0)
	spans := []widget.Span{{Words: present.Sentences(says[:own]), Style: widget.Plain(size, theme.Text)}}
	if own > 0 {
		spans[0].Words += " "
	}
	return widget.NewFlow(leading, append(spans, widget.Span{Words: present.Sentences(says[own:]), Style: widget.Plain(theme.Body, theme.Muted)})...)
}

func lead(words string) *widget.Flow {
	return widget.NewFlow(22, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
}

// said is one thing to know.
func said(icon string, tone theme.Name, words string) fyne.CanvasObject {
	return widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon(icon, 16, tone)),
		widget.NewFlow(20, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)}))
}

// warned is told by a mark, in a colour and in words.
func warned(w present.PolicyWarning) fyne.CanvasObject {
	tone := theme.Sev2
	switch {
	case w.Meant:
		return said("moon", theme.Muted, w.Words)
	case w.Grave:
		tone = theme.Sev1
	}
	return widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("warn", 16, tone)),
		widget.NewFlow(20, widget.Span{Words: w.Words, Style: widget.Strong(theme.Body, tone)}))
}
