package oncall

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Action is one thing that can be done on the page, for the box of commands.
type Action struct {
	Key, Icon, Words string
	Also             string // other words for it
	Do               func()
}

// Create shows the form for a rotation that is not there yet, as soon as the page is there.
func (g *Page) Create() {
	g.wanted = func(g *Page) {
		if g.editor == nil {
			g.create()
		}
	}
	g.Refresh()
}

// Show shows a rotation.
func (g *Page) Show(r id.Rotation) {
	if g.editor == nil { // what is being filled in is not for others to leave
		g.ask(present.OnCallQuery{Rotation: r, Theirs: g.query.Theirs})
	}
}

// Actions returns what can be done on the page now.
func (g *Page) Actions() []Action {
	if !g.shown || g.editor != nil || len(g.model.Duties) == 0 {
		return nil
	}
	w := g.p.View.Words.OnCall
	var out []Action
	add := func(key, icon, words string, do func()) {
		out = append(out, Action{Key: key, Icon: icon, Words: words, Do: do})
	}
	for i, d := range g.takes() {
		add(fmt.Sprint("take ", i), "tick", d.Words, func() { g.carry(d) })
	}
	for i, d := range g.gives() {
		add(fmt.Sprint("cover ", i), "megaphone", d.Words, func() { g.carry(d) })
	}
	for i, a := range g.model.Asks {
		if d, ok := g.deedOf(a); ok {
			add(fmt.Sprint("offer ", i), "tick", a.Name+"  ·  "+d.Words, func() { g.carry(d) })
		}
	}
	add("edit rotation", "edit", fmt.Sprintf(w.PaletteEdit, g.model.Chosen.Name), g.edit)
	feeds := g.p.View.Words.Calendar
	out = append(out, Action{Key: "show feeds", Icon: "link", Words: feeds.Palette, Also: feeds.Also, Do: g.ShowFeeds})
	for _, k := range []struct {
		kind  present.CalendarKind
		words string
	}{{present.Week, w.PaletteWeek}, {present.Month, w.PaletteMonth}, {present.Mine, w.PaletteMine}} {
		add(fmt.Sprint("calendar ", k.kind), "clock", k.words, func() {
			q := g.query
			q.Kind = k.kind
			g.ask(q)
		})
	}
	add("calendar today", "clock", w.PaletteToday, func() {
		q := g.query
		q.Day = time.Time{}
		g.ask(q)
	})
	for _, d := range g.model.Duties {
		add("duty "+d.Rotation.String(), "clock", w.Page+": "+d.Name, func() {
			g.ask(present.OnCallQuery{Rotation: d.Rotation, Theirs: g.query.Theirs})
		})
	}
	return out
}

// gives are the requests for cover that whoever looks can make for their next shifts.
func (g *Page) gives() []present.Deed {
	var out []present.Deed
	for _, s := range g.model.Own {
		r, ok := g.model.Rotation(s.Rotation)
		if !ok || s.Asked {
			continue
		}
		for _, d := range g.p.View.Deeds(r, present.Selection{From: s.From, Until: s.Until}, g.p.Now()) {
			if d.Kind == present.WantCover {
				d.Words = fmt.Sprintf(g.p.View.Words.OnCall.PaletteAsk, s.Name+", "+s.When)
				out = append(out, d)
			}
		}
	}
	return out
}
