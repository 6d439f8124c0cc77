package policy

import "fmt"

// Action is one thing that can be done on the page, for the box of commands.
type Action struct {
	Key, Icon, Words string
	Do               func()
}

// Create shows the form for a policy that is not there yet, as soon as the page is there.
func (g *Page) Create() {
	g.wanted = func(g *Page) {
		if g.editor == nil {
			g.create()
		}
	}
	g.Refresh()
}

// Actions returns what can be done on the page now.
func (g *Page) Actions() []Action {
	if !g.shown || g.editor != nil {
		return nil
	}
	var out []Action
	for _, row := range g.model.Policies {
		out = append(out, Action{"edit " + row.ID.String(), "edit", fmt.Sprintf(g.p.View.Words.Policies.EditCommand, row.Name), func() { g.edit(row) }})
	}
	return out
}
