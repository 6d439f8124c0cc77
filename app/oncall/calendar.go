package oncall

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// calendarRows are the heading of the rotation that is chosen, and its calendar.
func (g *Page) calendarRows() {
	w, c := g.p.View.Words.OnCall, g.model.Calendar
	g.body.Add(widget.Space(0, 26))
	g.body.Add(widget.Facing(12, g.heading(), g.turning()))
	g.body.Add(widget.Space(0, 10))
	if c.Kind == present.Mine && len(c.Lanes) == 0 {
		g.body.Add(lead(w.MineEmpty))
		return
	}
	g.calendar = widget.NewCalendar(g.drawn(c))
	if g.picked != nil {
		g.calendar.Select(*g.picked)
	}
	g.body.Add(g.calendar)
	g.body.Add(widget.Pad(8, 0, 0, 0, widget.NewFlow(18, widget.Span{Words: w.Keys, Style: widget.Plain(theme.Caption, theme.Muted)})))
}

func (g *Page) heading() fyne.CanvasObject {
	w, c := g.p.View.Words.OnCall, g.model.Calendar
	if c.Kind == present.Mine {
		return widget.Row(12, -1, widget.NewText(w.Mine, widget.Strong(theme.Title, theme.Text)))
	}
	row := widget.Row(12, -1, widget.NewText(g.model.Chosen.Name, widget.Strong(theme.Title, theme.Text)))
	if !c.Choice {
		row.Add(widget.NewTag(g.model.Chosen.Zone, theme.Muted))
	} else {
		words := fmt.Sprintf(w.SwitchTheirs, g.model.Chosen.Zone)
		if c.Theirs {
			words = w.SwitchOwn
		}
		row.Add(widget.NewTag(c.Zone, theme.Text))
		row.Add(widget.NewButton(widget.ButtonParams{Key: "zone", Words: words, Small: true}, func() {
			q := g.query
			q.Theirs = !q.Theirs
			g.ask(q)
		}))
	}
	if g.model.Chosen.Ended {
		row.Add(widget.NewTag(w.Ended, theme.Muted))
	}
	return row
}

// turning are the buttons that show other times.
func (g *Page) turning() fyne.CanvasObject {
	w, c := g.p.View.Words.OnCall, g.model.Calendar
	row := widget.Row(8, -1)
	add := func(key, icon, words, tip string, on bool, q present.OnCallQuery) {
		look := widget.ButtonParams{Key: key, Words: words, Icon: icon, Tip: tip, Small: true}
		if on {
			look.Tone = theme.Gold
		}
		b := widget.NewButton(look, func() { g.ask(q) })
		b.Choose(on)
		row.Add(b)
	}
	at := func(kind present.CalendarKind) present.OnCallQuery {
		q := g.query
		q.Kind = kind
		return q
	}
	today := g.query
	today.Day = time.Time{}
	add("earlier", "left", "", w.Earlier, false, c.Turned(g.query, -1))
	row.Add(widget.NewText(c.Title, widget.Strong(theme.Body, theme.Text)))
	add("later", "right", "", w.Later, false, c.Turned(g.query, 1))
	add("today", "", w.Today, "", false, today)
	row.Add(widget.Space(4, 0))
	add("week", "", w.Week, "", c.Kind == present.Week, at(present.Week))
	add("month", "", w.Month, "", c.Kind == present.Month, at(present.Month))
	add("mine", "", w.Mine, "", c.Kind == present.Mine, at(present.Mine))
	return row
}

// drawn returns the calendar as its widget takes it.
func (g *Page) drawn(c present.Calendar) widget.CalendarParams {
	out := widget.CalendarParams{
		Key: "calendar", Now: -1, Slots: c.Slots(), Dense: c.Kind != present.Week,
		Picked: func(pick widget.CalendarPick, any bool) {
			if g.picked = nil; any {
				g.picked = &pick
			}
		},
		Open: g.openPick,
		Turn: func(by int) { g.ask(c.Turned(g.query, by)) },
	}
	for _, d := range c.Days {
		out.Days = append(out.Days, widget.CalendarDay{Name: d.Name, Note: d.Note, Today: d.Today, Weekend: d.Weekend})
	}
	if now := c.Now; !now.Before(c.From()) && now.Before(c.Until()) {
		out.Now = c.Place(now)
	}
	for _, l := range c.Lanes {
		lane := widget.CalendarLane{Name: l.Name, Rows: l.Rows, Counts: l.Kind == present.Counts}
		for _, b := range l.Bars {
			from, until := c.Span(b)
			lane.Bars = append(lane.Bars, widget.CalendarBar{
				From: c.Place(from), To: c.Place(until), Row: b.Row, Title: b.Title, Brief: b.Brief, Text: b.Text, Short: b.Short,
				Edge: edge(b), Gap: b.Gap, Wanted: b.Wanted, Faint: b.Faint,
			})
		}
		out.Lanes = append(out.Lanes, lane)
	}
	return out
}

// edge returns the colour that says what a bar is: an exception, one's own shift, or another's.
func edge(b present.Bar) theme.Name {
	switch {
	case b.Exception:
		return theme.Gold
	case b.Self:
		return theme.Good
	default:
		return theme.Sev4
	}
}

// selection returns what is selected as the rules know it. It is false where the calendar has changed under it.
func (g *Page) selection(pick widget.CalendarPick) (present.Lane, present.Selection, bool) {
	c := g.model.Calendar
	if pick.Lane >= len(c.Lanes) {
		return present.Lane{}, present.Selection{}, false
	}
	lane := c.Lanes[pick.Lane]
	s := present.Selection{From: c.At(pick.From), Until: c.At(pick.To)}
	if pick.Bar >= 0 && pick.Bar < len(lane.Bars) {
		s.Bar = lane.Bars[pick.Bar]
		s.From, s.Until = s.Bar.From, s.Bar.Until
	}
	return lane, s, true
}

// orderRows say how the rotation is ordered, what is wrong with it, and who changed it.
func (g *Page) orderRows() {
	w, c := g.p.View.Words.OnCall, g.model.Chosen
	if g.model.Calendar.Kind == present.Mine {
		return
	}
	for _, warning := range c.Warnings {
		g.body.Add(widget.Pad(10, 0, 0, 0, widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("warn", 16, theme.Sev1)),
			widget.NewFlow(20, widget.Span{Words: warning, Style: widget.Strong(theme.Body, theme.Sev1)}))))
	}
	g.body.Add(widget.Space(0, 24))
	g.body.Add(widget.Row(12, 0, widget.NewCaps(w.HowItIsOrdered),
		widget.NewButton(widget.ButtonParams{Key: "edit rotation", Words: w.Edit, Icon: "edit", Small: true}, g.edit)))
	for _, order := range c.Orders {
		g.body.Add(widget.Pad(4, 0, 0, 0, widget.NewFlow(22, widget.Span{Words: order, Style: widget.Plain(theme.Body, theme.Text)})))
	}
	if c.Planned != "" {
		g.body.Add(widget.Pad(4, 0, 0, 0, widget.NewFlow(22, widget.Span{Words: c.Planned, Style: widget.Plain(theme.Body, theme.Sev2)})))
	}
	g.historyRows()
}

// historyMost is how many changes are shown at first.
const historyMost = 5

func (g *Page) historyRows() {
	w, history := g.p.View.Words, g.model.Chosen.History
	g.body.Add(widget.Space(0, 20))
	g.body.Add(widget.NewCaps(w.OnCall.History))
	n := len(history)
	if !g.all {
		n = min(n, historyMost)
	}
	for _, c := range history[:n] {
		when, tone := c.Exact, theme.Muted
		if c.Pending {
			when, tone = w.Terms.Pending, theme.Sev2
		}
		g.body.Add(widget.Pad(4, 0, 0, 0, widget.RowTop(12, 0, widget.NewFlow(22,
			widget.Span{Words: c.Who + " ", Style: widget.Strong(theme.Body, theme.Text)},
			widget.Span{Words: c.What, Style: widget.Plain(theme.Body, theme.Text)}),
			widget.NewText(when, widget.Plain(theme.Caption, tone)))))
	}
	if more := len(history) - n; more > 0 {
		g.body.Add(widget.Row(0, -1, widget.NewButton(widget.ButtonParams{
			Key: "all history", Words: fmt.Sprintf(w.OnCall.HistoryMore, more), Small: true, Look: widget.Bare, Tone: theme.Muted,
		}, func() {
			g.all = true
			widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
		})))
	}
}
