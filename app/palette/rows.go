package palette

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// marked returns words whose found parts are bold and gold.
func marked(leading float32, like widget.Style, list []present.Piece) *widget.Flow {
	spans := make([]widget.Span, 0, len(list))
	for _, p := range list {
		style := like
		if p.Marked {
			style.Bold, style.Tone = true, theme.Gold
		}
		spans = append(spans, widget.Span{Words: p.Text, Style: style})
	}
	return widget.NewFlow(leading, spans...)
}

// result adds one incident, with lines of it at most. It opens at the first of them, and each opens at itself.
func (h *hunt) result(r present.Result, lines int) {
	first := present.ResultLine{}
	if len(r.Lines) > 0 {
		first = r.Lines[0]
	}
	h.add(row{key: r.ID.String(), do: func() { h.p.Open(r.ID, first) }, in: r.ID, found: first}, h.incident(r, lines))
}

func (h *hunt) incident(r present.Result, lines int) fyne.CanvasObject {
	muted := widget.Plain(theme.Caption, theme.Muted)
	first := widget.Row(12, 1, widget.NewSeverity(r.Level, 16), marked(22, widget.Plain(theme.Body, theme.Text), r.Title))
	if r.Kind != "" {
		first.Add(widget.NewText(r.Kind, muted))
	}
	tone := stateTone(r.Status)
	first.Add(widget.NewIcon(r.Status.String(), 14, tone))
	state := widget.Plain(theme.Caption, tone)
	first.Add(widget.Fixed(widget.Wide(64, state, present.StatusWords(h.p.View.Words)...), widget.NewText(r.State, state)))
	number := widget.Row(5, -1, widget.NewText(r.Number, muted))
	if r.Private {
		number.Add(widget.NewLock(13, present.SeenBy(r.Seers, h.p.View.Words)))
	}
	first.Add(widget.Fixed(76, number))
	first.Add(widget.Fixed(84, widget.NewTextRight(r.When, muted)))
	col := widget.Column(4, widget.On(first, widget.Space(0, 24)))
	for _, l := range r.Lines[:min(lines, len(r.Lines))] {
		col.Add(widget.Pad(0, 0, 0, 28, widget.NewTap(h.line(l), func() { h.p.Open(r.ID, l) })))
	}
	if lines >= len(r.Lines) && r.MoreLines != "" {
		col.Add(widget.Pad(0, 0, 0, 28, widget.NewText(r.MoreLines, muted)))
	}
	return widget.Pad(8, 0, 8, 0, col)
}

// stateTone is the colour of where an incident stands.
func stateTone(s incident.Status) theme.Name {
	switch s {
	case incident.Resolved, incident.Closed:
		return theme.Good
	case incident.Open, incident.Mitigated:
		return theme.Sev2
	default:
		return theme.Muted
	}
}

func (h *hunt) line(l present.ResultLine) fyne.CanvasObject {
	line := widget.RowTop(8, 1, widget.NewAvatar(l.Author.Initials, 20), marked(20, widget.Plain(theme.Body, theme.Muted), l.Pieces))
	if l.Pending {
		line.Add(widget.NewIcon("offline", 14, theme.Sev2))
	}
	line.Add(widget.Fixed(84, widget.NewTextRight(l.When, widget.Plain(theme.Caption, theme.Muted))))
	return line
}

func commandRow(c hit) fyne.CanvasObject {
	line := widget.Row(12, 1, widget.NewIcon(c.Icon, 16, theme.Muted), marked(22, widget.Plain(theme.Body, theme.Text), c.pieces))
	if c.Hint != "" {
		line.Add(keycap(c.Hint))
	}
	return widget.On(line, widget.Space(0, theme.RowTall))
}

// keycap shows a shortcut as it is written on a key.
func keycap(words string) fyne.CanvasObject {
	face := widget.NewBox(theme.Clear, theme.Line)
	face.Radius = 5
	return widget.On(face, widget.Pad(2, 7, 2, 7, widget.NewText(words, widget.Plain(theme.Caption, theme.Muted))))
}
