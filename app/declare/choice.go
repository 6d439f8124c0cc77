package declare

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// choice is one of several values beside each other; the chosen one is framed in gold.
type choice struct {
	key    string
	mark   fyne.CanvasObject // or nil
	words  string
	chosen bool
	choose func()
}

// group returns the choices as presses. The arrow keys choose the neighbour, and take the keyboard there.
func (d *Page) group(choices []choice) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(choices))
	for i, c := range choices {
		press := widget.NewPress(c.key, c.look(), c.choose)
		press.OnArrow = func(step int) {
			next := choices[min(max(i+step, 0), len(choices)-1)]
			next.choose()
			d.focusKey(next.key)
		}
		out = append(out, press)
	}
	return out
}

func (c choice) look() fyne.CanvasObject {
	box, style := widget.NewBox(theme.Clear, theme.Line), widget.Plain(theme.Body, theme.Muted)
	if c.chosen {
		box, style = widget.NewBox(theme.Raised, theme.Gold), widget.Strong(theme.Body, theme.Text)
	}
	row := widget.Row(8, -1)
	if c.mark != nil {
		row.Add(c.mark)
	}
	row.Add(widget.NewText(c.words, style))
	return widget.On(box, widget.Pad(0, 14, 0, 14, row), widget.Space(0, theme.RowTall))
}

func (d *Page) focusKey(key string) {
	widget.Walk(d.scroll, func(o fyne.CanvasObject) bool {
		p, ok := o.(*widget.Press)
		if !ok || p.FocusKey() != key {
			return true
		}
		d.p.Canvas.Focus(p)
		return false
	})
}

func (d *Page) buildLevels() {
	choices := make([]choice, 0, len(d.form.Severities))
	for _, s := range d.form.Severities {
		chosen := s.Level == d.draft.Level
		choices = append(choices, choice{"level " + s.Name, widget.NewSeverity(s.Level, 18), s.Name, chosen, func() {
			d.draft.Level = s.Level
			d.keep()
			d.build()
		}})
		if chosen {
			d.hint.Set(widget.Span{Words: s.Hint, Style: widget.Plain(theme.Body, theme.Muted)})
		}
	}
	d.levels.Objects = d.group(choices)
	d.levels.Refresh()
}

func (d *Page) buildKinds() {
	var choices []choice
	for k := incident.Real; k <= incident.Informational; k++ {
		words := present.KindWord(k, d.p.View.Words)
		choices = append(choices, choice{"kind " + words, nil, words, k == d.draft.Kind, func() {
			d.draft.Kind = k
			d.keep()
			d.build()
			d.Connected(d.conn)
		}})
	}
	d.kinds.Objects = d.group(choices)
	d.kinds.Refresh()
	d.meaning.Set(widget.Span{Words: present.KindMeaning(d.draft.Kind, d.p.View.Words), Style: widget.Plain(theme.Body, theme.Muted)})
}
