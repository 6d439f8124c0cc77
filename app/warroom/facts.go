package warroom

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// addPeople shows the roles with who has them, and who responds besides.
func (r *Page) addPeople(into *fyne.Container) {
	into.Add(r.peopleHead())
	for _, h := range r.model.Posts {
		into.Add(r.post(h))
	}
	r.addOthers(into)
}

// addFacts shows what it is about, and how it came to be.
func (r *Page) addFacts(into *fyne.Container) {
	section(into, r.p.View.Words.Room.Facts, widget.Space(0, 6), r.tagRow(), widget.Space(0, 8), r.linkRow(), widget.Space(0, 10))
	for _, fact := range r.factLines() {
		into.Add(widget.NewFlow(22, widget.Span{Words: fact, Style: widget.Plain(theme.Caption, theme.Muted)}))
	}
}

func (r *Page) post(h present.Holder) fyne.CanvasObject {
	w := r.p.View.Words
	role := widget.Fixed(118, widget.NewText(h.Role, widget.Plain(theme.Body, theme.Muted)))
	row := widget.Row(8, 1, role,
		widget.NewText(w.Common.Nobody, widget.Plain(theme.Body, theme.Muted)),
		widget.NewText(w.Room.Assign, widget.Plain(theme.Caption, theme.Gold)))
	if !h.Vacant {
		row = widget.Row(8, 2, role, r.person(h.Person, 26),
			widget.NewText(h.Person.Name, widget.Plain(theme.Body, theme.Text)))
		if contact := r.contact(h.Reached); contact != nil {
			row = widget.Row(8, 2, role, r.person(h.Person, 26),
				widget.Column(0, widget.NewText(h.Person.Name, widget.Plain(theme.Body, theme.Text)), contact))
		}
	}
	press := widget.NewPress("role "+h.Key, widget.On(row, widget.Space(0, theme.RowTall)), nil).Wide()
	press.OnTapped = func() { r.askRole(press, h, "") }
	return press
}

// contact shows how far somebody has been reached; nil for somebody whom nothing was to reach.
func (r *Page) contact(c present.Reached) fyne.CanvasObject {
	words := c.Words(r.p.View, r.now())
	if words == "" {
		return nil
	}
	return widget.NewText(words, widget.Plain(theme.Caption, theme.Name(c.Tone())))
}

func (r *Page) addOthers(into *fyne.Container) {
	w := r.p.View.Words.Room
	others := append(slices.Clone(r.model.Others), r.model.Paged...)
	if len(others) > 0 {
		into.Add(widget.Space(0, 16))
		into.Add(widget.NewCaps(w.Responders))
	}
	for _, p := range others {
		name := widget.NewText(p.Name, widget.Plain(theme.Body, theme.Text))
		note := p.Department
		if !r.model.Sees(p.ID) {
			note = r.p.View.Words.Sight.Blind
		}
		if r.model.SeesStill(p.ID) {
			note = r.p.View.Words.Sight.BlindYet
		}
		var dept fyne.CanvasObject = widget.NewText(note, widget.Plain(theme.Caption, theme.Muted))
		if contact := r.contact(r.model.Reached[p.ID]); contact != nil {
			dept = contact
		}
		into.Add(widget.On(widget.Row(8, 1, r.person(p, 26), name, dept), widget.Space(0, theme.RowTall)))
	}
	if r.model.Status.Burning() {
		into.Add(r.pagePress())
	}
	if r.model.Engaged {
		return
	}
	into.Add(widget.Pad(12, 0, 0, 0, widget.Row(10, 1,
		widget.NewText(w.JoinTitle, widget.Plain(theme.Caption, theme.Muted)), widget.Space(0, 0),
		widget.NewButton(widget.ButtonParams{Key: "join", Words: w.Join, Small: true}, func() {
			r.submit(incident.Join{})
			r.Focus()
		}))))
}

// pagePress brings somebody else in: whoever is found is paged.
func (r *Page) pagePress() fyne.CanvasObject {
	press := widget.NewPress("page somebody", widget.On(widget.Pad(0, 6, 0, 0, widget.Row(8, -1, widget.NewIcon("bell", 14, theme.Gold),
		widget.NewText(r.p.View.Words.Reached.Page, widget.Plain(theme.Caption, theme.Gold)))), widget.Space(0, 30)), nil)
	press.OnTapped = func() { r.askPage(press, "") }
	return widget.Pad(6, 0, 0, 0, widget.Row(0, -1, press))
}

func (r *Page) tagRow() fyne.CanvasObject {
	row := widget.Wrap(6)
	for _, tag := range r.model.Tags {
		row.Add(widget.NewTagRemovable("#"+tag, func() {
			r.submit(incident.RemoveTag{Tag: tag})
			r.Focus()
		}))
	}
	add := widget.NewPress("add tag", widget.NewTag(r.p.View.Words.Room.AddTag, theme.Gold), nil)
	add.OnTapped = func() { r.askTag(add) }
	row.Add(add)
	return row
}

func (r *Page) factLines() []string {
	m, v := r.model, r.p.View
	now := r.now()
	var out []string
	if m.Kind != "" {
		out = append(out, m.Kind)
	}
	if m.Declarer.Name != "" {
		out = append(out, fmt.Sprintf(v.Words.Room.DeclaredBy, m.Declarer.Name, v.Time(m.Since, now)))
	}
	if m.Origin != "" {
		out = append(out, fmt.Sprintf(v.Words.Room.ImportedFrom, m.Origin))
	}
	return append(out, fmt.Sprintf(v.Words.Room.StatusSince, m.State, v.Time(m.StatusSince, now)))
}
