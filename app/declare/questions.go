package declare

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// answer is what somebody answered to a question; the zero answer is none.
type answer uint8

const (
	yes answer = iota + 1
	no
)

// buildQuestions shows the few questions that find a severity, once somebody asked for them.
func (d *Page) buildQuestions() {
	w := d.p.View.Words.Declare
	d.asking.RemoveAll()
	if len(d.form.Questions) > 0 {
		words := w.NotSure
		if d.asked {
			words = w.Sure
		}
		toggle := widget.NewButton(widget.ButtonParams{Key: "not sure", Words: words, Small: true}, func() {
			d.asked = !d.asked
			d.build()
		})
		d.asking.Add(widget.Pad(8, 0, 0, 0, widget.Row(0, -1, toggle)))
	}
	if d.asked {
		col := widget.Column(10, widget.NewFlow(22, widget.Span{Words: w.Questions, Style: widget.Plain(theme.Body, theme.Muted)}))
		for i, q := range d.form.Questions {
			col.Add(d.question(i, q))
		}
		if why := d.why(); why != "" {
			col.Add(widget.NewFlow(22, widget.Span{Words: why, Style: widget.Strong(theme.Body, theme.Gold)}))
		}
		d.asking.Add(widget.NewCard(col))
	}
	d.asking.Refresh()
}

func (d *Page) question(i int, text string) fyne.CanvasObject {
	w, n := d.p.View.Words.Declare, strconv.Itoa(i+1)
	row := widget.Row(8, 0, widget.NewFlow(22, widget.Span{Words: text, Style: widget.Plain(theme.Body, theme.Text)}))
	for _, o := range d.group([]choice{
		{"yes " + n, nil, w.Yes, d.answers[i] == yes, func() { d.reply(i, yes) }},
		{"no " + n, nil, w.No, d.answers[i] == no, func() { d.reply(i, no) }},
	}) {
		row.Add(o)
	}
	return row
}

// reply takes an answer, and chooses the severity that all of them lead to.
func (d *Page) reply(i int, a answer) {
	d.answers[i] = a
	d.draft.Level, _ = d.form.Advise(d.said())
	d.keep()
	d.build()
}

func (d *Page) said() []bool {
	out := make([]bool, len(d.answers))
	for i, a := range d.answers {
		out[i] = a == yes
	}
	return out
}

// why says what the answers lead to, as long as that is what is chosen.
func (d *Page) why() string {
	for _, a := range d.answers {
		if a == 0 {
			continue
		}
		if level, why := d.form.Advise(d.said()); level == d.draft.Level {
			return why
		}
	}
	return ""
}
