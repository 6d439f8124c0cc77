package people

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// OwnName asks what whoever looks is called, as soon as the page is there.
func (g *Page) OwnName() {
	g.wanted = (*Page).askOwnName
	g.Refresh()
}

// askOwnName asks with what is known so far, and the name marked: whoever is called otherwise just writes.
func (g *Page) askOwnName() {
	w := g.p.View.Words.People
	name, department := widget.NewField(w.Name), widget.NewField(w.Department)
	for _, p := range g.model.People {
		if p.Self {
			name.SetWords(p.Name)
			department.SetWords(p.Department)
		}
	}
	g.ask(question{
		title: w.OwnNameTitle, text: w.OwnNameText, fields: []*widget.Field{name, department}, names: []string{"name", "department"},
		yes: w.Save, look: widget.Gold,
		wish: func(words []string) wish {
			return func(ctx context.Context) (func(), error) {
				return nil, g.p.Session.DescribeSelf(ctx, words[0], words[1])
			}
		},
	})
	name.Input().TypedShortcut(&fyne.ShortcutSelectAll{})
}
