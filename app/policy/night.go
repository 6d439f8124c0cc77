package policy

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// night says what the form would do at some moment, before it is stored.
type night struct {
	of   *editor
	body *fyne.Container
	last *present.Night // what was foreseen last; nil while the form is not filled in
}

func newNight(e *editor) *night { return &night{of: e, body: widget.Column(6)} }

// content is the sentences, the moment that is foreseen, and what would happen then.
func (n *night) content() fyne.CanvasObject {
	e, w := n.of, n.of.page.p.View.Words.Policies
	n.fill()
	at := widget.Column(4, widget.NewCaps(w.NightHead), lead(w.NightLead), n.moments(), e.field("moment", w.Moment, &e.moment))
	e.mark(at, "moment")
	return widget.On(widget.NewBox(theme.Raised, theme.Clear), widget.Pad(14, 16, 16, 16, widget.Column(12, at, n.body)))
}

// moments are those that one looks at first.
func (n *night) moments() fyne.CanvasObject {
	e, v, now := n.of, n.of.page.p.View, n.of.page.p.Now()
	row := widget.Wrap(6)
	add := func(key, words string, at time.Time) {
		written := v.WriteMoment(at)
		b := widget.NewButton(widget.ButtonParams{Key: key, Words: words, Small: true, Tone: chosenTone(e.moment == written)}, func() {
			e.moment = written
			e.rebuild()
		})
		b.Choose(e.moment == written)
		row.Add(b)
	}
	sunday, next := v.NextSunday(now), v.NextNight(now)
	add("begin sunday", v.Moment(sunday, now), sunday)
	if !next.Equal(sunday) {
		add("begin next", v.Moment(next, now), next)
	}
	add("begin now", v.Words.Policies.NightNow, now)
	return row
}

func chosenTone(chosen bool) theme.Name {
	if chosen {
		return theme.Gold
	}
	return theme.Muted
}

// quiet says why there is nothing to show yet.
func (n *night) quiet() {
	n.last = nil
	n.fill()
	n.of.page.scroll.Fit()
}

// show says who would be paged when.
func (n *night) show(foreseen present.Night) {
	n.last = &foreseen
	n.fill()
	n.of.page.scroll.Fit()
}

func (n *night) fill() {
	w := n.of.page.p.View.Words.Policies
	widget.Fill(n.body, func() {
		if n.last == nil {
			n.body.Add(lead(w.Incomplete))
			return
		}
		for i, l := range n.last.Lines {
			if n.last.More > 0 && i == len(n.last.Lines)-1 {
				n.body.Add(widget.RowTop(10, 1, widget.Fixed(whenWide, widget.Space(0, 0)), lead(fmt.Sprintf(w.More, n.last.More))))
			}
			n.body.Add(line(l))
		}
		for _, warning := range n.last.Warnings {
			n.body.Add(warned(warning))
		}
		n.body.Add(widget.Pad(8, 0, 0, 0, widget.NewCaps(w.Says)))
		n.body.Add(spoken(n.last.Says, 22, theme.Body))
	})
}

// whenWide is how wide moments stand, so that who is paged stands under each other.
const whenWide = 84

func line(l present.NightLine) fyne.CanvasObject {
	when := widget.Fixed(whenWide, widget.NewText(l.When, widget.Strong(theme.Body, theme.Text)))
	return widget.RowTop(10, 1, when, widget.NewFlow(20, widget.Span{Words: l.Words, Style: widget.Plain(theme.Body, theme.Name(l.Tone))}))
}
