package terms

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// itemLines is how many items are seen at once while they are written.
const itemLines = 8

// buildChecklists shows what the company has written down that people are to do.
func (g *Page) buildChecklists() {
	w := g.p.View.Words.Checklist
	g.section(w.Section, either(len(g.model.Checklists) == 0, w.None))
	for _, c := range g.model.Checklists {
		g.body.Add(g.checklist(c))
	}
	row := widget.Wrap(8)
	row.Add(widget.NewButton(widget.ButtonParams{Key: "add checklist", Words: w.Add, Icon: "plus", Small: true}, func() {
		g.askChecklist(w.Add, workspace.Checklist{ID: id.New[id.Checklist]()})
	}))
	if len(g.model.Checklists) == 0 {
		row.Add(widget.NewButton(widget.ButtonParams{Key: "example checklist", Words: w.Example, Small: true}, func() { g.askChecklist(w.Add, g.example()) }))
	}
	g.body.Add(widget.Pad(6, 0, 0, 0, row))
}

// example is a checklist to begin with, for whoever leads.
func (g *Page) example() workspace.Checklist {
	w := g.p.View.Words.Checklist
	return workspace.Checklist{
		ID: id.New[id.Checklist](), Name: w.ExampleName, Role: workspace.IMOC, From: workspace.Level(g.model.Severities[min(1, len(g.model.Severities)-1)].Level),
		Items: present.ItemsOf(w.ExampleItems, nil, id.New[id.Item]),
	}
}

func (g *Page) checklist(c present.WrittenChecklist) fyne.CanvasObject {
	key := c.ID.String()
	words := widget.Column(0, widget.NewText(c.Name, widget.Strong(theme.Body, theme.Text)), widget.NewText(c.Summary, widget.Plain(theme.Caption, theme.Muted)))
	edit := widget.NewPress("checklist "+key, widget.Pad(6, 0, 6, 0, widget.RowTop(14, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("checked", 18, theme.Muted)), words)), func() {
		g.askChecklist(g.p.View.Words.Checklist.Change, c.Checklist)
	}).Wide()
	return widget.Row(8, 0, edit, g.small("remove checklist "+key, g.p.View.Words.Terms.Remove, func() { g.change(workspace.RemoveChecklist{Checklist: c.ID}) }))
}

// askChecklist asks how a checklist is to be written.
func (g *Page) askChecklist(title string, c workspace.Checklist) {
	w := g.p.View.Words.Checklist
	name, items := filled(w.Name, c.Name), widget.NewLines(w.ItemsField, itemLines)
	items.SetWords(present.ItemLines(c.Items))
	former := c.Items
	g.show(sheet{
		title: title, fields: []*widget.Field{name, items}, heads: []string{w.Name, w.Items}, names: []string{"name", "items"}, wide: 640,
		extra: g.checklistChoices(&c),
		wish: func(words []string) workspace.TermsCommand {
			c.Name, c.Items = words[0], present.ItemsOf(words[1], former, id.New[id.Item])
			return workspace.DescribeChecklist{Checklist: c}
		},
	})
}

// checklistChoices lets one choose whose a checklist is and when it begins by itself.
func (g *Page) checklistChoices(c *workspace.Checklist) fyne.CanvasObject {
	w, col := g.p.View.Words.Checklist, widget.Column(6)
	var build func()
	chosen := func(key, words string, on bool, choose func()) fyne.CanvasObject {
		p := widget.ButtonParams{Key: key, Words: words, Small: true}
		if on {
			p.Icon, p.Tone = "tick", theme.Gold
		}
		b := widget.NewButton(p, func() {
			choose()
			widget.KeepFocus(g.p.Canvas, col, build)
		})
		b.Choose(on)
		return b
	}
	build = func() {
		roles := widget.Wrap(6)
		roles.Add(chosen("for anybody", w.Anybody, c.Role == "", func() { c.Role = "" }))
		for _, r := range g.model.Roles {
			roles.Add(chosen("for "+string(r.Key), g.p.View.RoleName(r.Key), c.Role == r.Key, func() { c.Role = r.Key }))
		}
		levels := widget.Wrap(6)
		for _, s := range g.model.Severities {
			level := workspace.Level(s.Level)
			levels.Add(chosen(fmt.Sprint("from ", s.Level), g.p.View.AndWorse(level), c.From == level, func() { c.From = level }))
		}
		levels.Add(chosen("by hand", w.ByHand, c.From == 0, func() { c.From = 0 }))
		widget.Fill(col, func() {
			col.Add(head(w.ForWhom))
			col.Add(roles)
			col.Add(widget.Pad(6, 0, 0, 0, head(w.Begins)))
			col.Add(levels)
		})
	}
	build()
	return col
}

func head(words string) fyne.CanvasObject {
	return widget.NewText(words, widget.Plain(theme.Caption, theme.Muted))
}
