package oncall

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// preview says what a change would do, before it is stored.
type preview struct {
	view present.View
	body *fyne.Container
	fit  func() // its height has changed
}

func newPreview(v present.View, fit func()) *preview {
	p := &preview{view: v, body: widget.Column(4), fit: fit}
	p.say(v.Words.OnCall.Reading, theme.Muted)
	return p
}

func (p *preview) content() fyne.CanvasObject {
	return widget.On(widget.NewBox(theme.Raised, theme.Clear), widget.Pad(12, 14, 14, 14, p.body))
}

func (p *preview) fill(build func()) {
	widget.Fill(p.body, func() {
		p.body.Add(widget.NewCaps(p.view.Words.OnCall.Changes))
		build()
	})
	p.fit()
}

func (p *preview) say(words string, tone theme.Name) {
	p.fill(func() {
		p.body.Add(widget.NewFlow(20, widget.Span{Words: words, Style: widget.Plain(theme.Body, tone)}))
	})
}

// quiet says why there is nothing to show yet.
func (p *preview) quiet(words string) { p.say(words, theme.Muted) }

// refused says why the change would not be taken.
func (p *preview) refused(words string) { p.say(words, theme.Sev1) }

// show says who gains and who loses which shift. A request moves nobody, and that is no news.
func (p *preview) show(v present.Preview, request bool) {
	w := p.view.Words.OnCall
	p.fill(func() {
		if v.Begins != "" {
			p.body.Add(plain(v.Begins, theme.Text))
		}
		for _, l := range v.Lines {
			p.body.Add(p.line(l))
		}
		if v.More > 0 {
			p.body.Add(plain(fmt.Sprintf(w.More, v.More), theme.Muted))
		}
		if v.Quiet != "" {
			p.body.Add(plain(v.Quiet, theme.Muted))
		}
		if len(v.Gaps) > 0 {
			p.alarm(w.GapArises, v.Gaps)
		}
		for _, t := range v.Totals {
			p.body.Add(plain(t, theme.Muted))
		}
		for _, warning := range v.Warnings {
			p.body.Add(marked("warn", warning, theme.Sev2))
		}
		if !request {
			p.body.Add(plain(w.PastStays, theme.Muted))
		}
	})
}

func (p *preview) line(l present.PreviewLine) fyne.CanvasObject {
	tone := theme.Text
	if l.Gap {
		tone = theme.Sev1
	}
	who := l.After
	if l.Before != "" {
		who = fmt.Sprintf(p.view.Words.OnCall.Arrow, l.Before, l.After)
	}
	return widget.NewFlow(20, widget.Span{Words: l.When + "   ", Style: widget.Strong(theme.Body, theme.Text)}, widget.Span{Words: who, Style: widget.Plain(theme.Body, tone)})
}

// alarm tells of gaps by a mark, in a colour and in words.
func (p *preview) alarm(head string, gaps []string) {
	p.body.Add(marked("warn", head, theme.Sev1))
	for _, g := range gaps {
		p.body.Add(widget.Pad(0, 0, 0, 26, plain(g, theme.Sev1)))
	}
}

func plain(words string, tone theme.Name) fyne.CanvasObject {
	return widget.NewFlow(20, widget.Span{Words: words, Style: widget.Plain(theme.Body, tone)})
}

func marked(icon, words string, tone theme.Name) fyne.CanvasObject {
	return widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon(icon, 16, tone)),
		widget.NewFlow(20, widget.Span{Words: words, Style: widget.Strong(theme.Body, tone)}))
}
