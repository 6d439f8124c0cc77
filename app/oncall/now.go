package oncall

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// The widths of a card, and of what stands beside one's own shifts.
const (
	cardWide = 236
	asksFrom = 900
)

// nowRows say who is on call now, when whoever looks is, and who looks for somebody.
func (g *Page) nowRows() {
	w := g.p.View.Words.OnCall
	head := widget.Row(12, 0, widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)},
		widget.Span{Words: g.asOf(), Style: widget.Strong(theme.Body, theme.Sev2)}))
	take := widget.NewButton(widget.ButtonParams{Key: "take a shift", Words: w.TakeAShift}, nil)
	take.OnTapped = func() { g.showTakes(take) }
	head.Add(take)
	head.Add(widget.NewButton(widget.ButtonParams{Key: "new rotation", Words: w.New, Icon: "plus"}, g.create))
	g.body.Add(head)
	if !g.known.Reached() && !g.known.Since.IsZero() {
		g.body.Add(widget.Pad(2, 0, 10, 0, widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("offline", 16, theme.Sev2)),
			widget.NewFlow(20, widget.Span{Words: fmt.Sprintf(w.AsOfText, g.since()), Style: widget.Plain(theme.Body, theme.Muted)}))))
	}
	g.body.Add(widget.Space(0, 4))
	cards := widget.Cards(cardWide, 14)
	for _, d := range g.model.Duties {
		cards.Add(g.duty(d))
	}
	g.body.Add(cards)
	g.body.Add(widget.Space(0, 22))
	if len(g.model.Asks) == 0 {
		g.body.Add(g.own())
		return
	}
	g.body.Add(widget.Beside(asksFrom, g.own(), widget.Fixed(500, g.asks())))
}

func (g *Page) since() string { return g.p.View.Moment(g.known.Since, g.p.Now()) }

func (g *Page) asOf() string {
	if g.known.Reached() || g.known.Since.IsZero() {
		return ""
	}
	return "   " + fmt.Sprintf(g.p.View.Words.OnCall.AsOf, g.since())
}

// duty is the card of one rotation. A gap is told by its colour, by its mark and in a word.
func (g *Page) duty(d present.Duty) fyne.CanvasObject {
	w := g.p.View.Words
	stroke, chosen := theme.Line, d.Rotation == g.model.Chosen.ID && g.query.Kind != present.Mine
	who := widget.Column(4)
	switch {
	case d.Nobody():
		stroke = theme.Sev1
		who.Add(widget.Row(10, -1, widget.NewIcon("warn", 22, theme.Sev1), widget.NewText(w.OnCall.Nobody, widget.Strong(theme.Entry, theme.Sev1)), widget.Space(4, 28),
			widget.NewButton(widget.ButtonParams{Key: "fill " + d.Rotation.String(), Words: w.OnCall.FillGap, Small: true, Look: widget.Danger}, func() { g.fill(d) })))
	case len(d.On) == 0:
		who.Add(widget.Row(10, -1, widget.NewText(d.When, widget.Plain(theme.Entry, theme.Muted)), widget.Space(0, 28)))
	}
	for _, p := range d.On {
		name := p.Name
		if p.ID == g.p.View.Self.Person {
			name = w.Common.You
		}
		who.Add(widget.Row(10, 1, widget.NewAvatar(p.Initials, 28), widget.NewText(name, widget.Strong(theme.Entry, theme.Text))))
	}
	col := widget.Column(7, widget.NewText(d.Name, widget.Strong(theme.Body, theme.Muted)), who)
	if len(d.On) > 0 || d.Nobody() {
		col.Add(g.dutyWhen(d))
	}
	box := widget.NewBox(theme.Surface, stroke)
	switch {
	case d.Nobody():
		box.Fill = theme.Burning
		if chosen {
			box.Width = 2
		}
	case chosen:
		box.Stroke = theme.Gold
	}
	card := widget.On(box, widget.Pad(14, 16, 14, 16, col))
	return widget.NewPress("duty "+d.Rotation.String(), card, func() {
		q := g.query
		q.Rotation = d.Rotation
		if q.Kind == present.Mine {
			q.Kind = present.Week
		}
		g.ask(q)
	})
}

// dutyWhen says since when and until when somebody serves, and who comes then.
func (g *Page) dutyWhen(d present.Duty) fyne.CanvasObject {
	tone := theme.Muted
	if d.Next == g.p.View.Words.OnCall.ThenNobody {
		tone = theme.Sev1
	}
	said := []widget.Span{{Words: d.When, Style: widget.Plain(theme.Caption, theme.Muted)}}
	if d.Next != "" {
		said = append(said, widget.Span{Words: ", ", Style: widget.Plain(theme.Caption, theme.Muted)}, widget.Span{Words: d.Next, Style: widget.Plain(theme.Caption, tone)})
	}
	return widget.NewFlow(18, said...)
}

// own are the next shifts of whoever looks.
func (g *Page) own() fyne.CanvasObject {
	w := g.p.View.Words.OnCall
	col := widget.Column(0, widget.NewCaps(w.Own), widget.Space(0, 2))
	if len(g.model.Own) == 0 {
		col.Add(lead(w.OwnNone))
		return col
	}
	line := widget.Wrap(10)
	for _, s := range g.model.Own {
		row := widget.Row(8, -1, widget.NewText(s.Name, widget.Strong(theme.Body, theme.Text)), widget.NewText(s.When, widget.Plain(theme.Body, theme.Muted)))
		if s.Now {
			row.Add(widget.NewTag(w.OwnNow, theme.Good))
		}
		if s.Asked {
			row.Add(widget.NewTag(w.OwnAsked, theme.Sev2))
		}
		chip := widget.On(widget.NewBox(theme.Surface, theme.Line), widget.Pad(5, 12, 5, 12, row))
		line.Add(widget.NewPress("own "+s.Rotation.String()+s.From.String(), chip, func() {
			g.ask(present.OnCallQuery{Rotation: s.Rotation, Kind: present.Week, Day: s.From, Theirs: g.query.Theirs})
		}))
	}
	col.Add(line)
	return col
}

// asks are the requests that nobody has answered.
func (g *Page) asks() fyne.CanvasObject {
	w := g.p.View.Words.OnCall
	col := widget.Column(4, widget.NewCaps(w.Asks))
	for _, a := range g.model.Asks {
		said := widget.Column(0, widget.NewFlow(20, widget.Span{Words: a.Words, Style: widget.Plain(theme.Body, theme.Text)}))
		if a.Note != "" {
			said.Add(widget.NewFlow(18, widget.Span{Words: a.Note, Style: widget.Plain(theme.Caption, theme.Muted)}))
		}
		row := widget.RowTop(10, 1, widget.NewAvatar(a.Person.Initials, 24), said)
		if d, ok := g.deedOf(a); ok {
			words := w.DoBack
			if d.Kind == present.GiveCover {
				words = w.CoverShort
			}
			row.Add(widget.NewButton(widget.ButtonParams{Key: "ask " + a.Cover.String(), Words: words, Small: true}, func() { g.carry(d) }))
		}
		col.Add(row)
	}
	return col
}

// deedOf returns what can be done about a request.
func (g *Page) deedOf(a present.Ask) (present.Deed, bool) {
	r, ok := g.model.Rotation(a.Rotation)
	if !ok {
		return present.Deed{}, false
	}
	for _, c := range r.Covers {
		if c.ID != a.Cover {
			continue
		}
		for _, d := range g.p.View.Deeds(r, present.Selection{From: c.From, Until: c.Until, Bar: present.Bar{Cover: c.ID}}, g.p.Now()) {
			if d.Cover == c.ID {
				return d, true
			}
		}
	}
	return present.Deed{}, false
}

func lead(words string) *widget.Flow {
	return widget.NewFlow(22, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
}
