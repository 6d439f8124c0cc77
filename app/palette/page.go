package palette

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Page is the page for searching at length; without any words it is the way to all incidents.
type Page struct {
	hunt
	root *fyne.Container
}

// pageWide is how wide lines become at most.
const pageWide = 1060

// NewPage returns the page. It shows nothing until Refresh.
func NewPage(p Params) *Page {
	s := &Page{}
	s.whole = true
	s.init(p, p.View.Words.Search.Field, 1e6)
	s.build, s.changed = s.rowsOf, s.pane.Fit
	s.root = &fyne.Container{Layout: above{}, Objects: []fyne.CanvasObject{
		widget.Pad(28, 36, 8, 36, widget.Middle(pageWide, s.field)),
		widget.Pad(0, 26, 20, 26, widget.Middle(pageWide+20, s.pane)),
	}}
	return s
}

// Content returns the page.
func (s *Page) Content() fyne.CanvasObject { return s.root }

// Inherit shows what another page shows, before it is looked for again.
func (s *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	s.best = before.best
	s.field.SetWords(before.field.Words())
	s.found, s.typed, s.shown, s.rows, s.at = before.found, before.typed, before.shown, before.rows, before.at
	s.show()
}

// Refresh searches again.
func (s *Page) Refresh() { s.ask() }

// Focus puts the keyboard where one types.
func (s *Page) Focus() { s.p.Canvas.Focus(s.field.Input()) }

// Find searches for words.
func (s *Page) Find(words string) { s.set(words) }

// Chosen returns the incident whose row is chosen, and what was found there.
func (s *Page) Chosen() (id.Incident, present.ResultLine, bool) { return s.chosen() }

func (s *Page) rowsOf() {
	w := s.p.View.Words
	typed := strings.TrimSpace(s.typed)
	s.offers()
	for _, hint := range s.found.Hints {
		s.note("info", hint, theme.Muted)
	}
	if typed == "" {
		s.teach()
	}
	switch {
	case len(s.found.Items) > 0 && typed == "":
		s.heading(strings.ToUpper(w.Hands.All), false)
	case len(s.found.Items) > 0:
		s.heading(w.Hands.Found, true)
	case typed != "" && (s.found.Searched || len(s.found.Hints) == 0):
		s.note("search", fmt.Sprintf(w.Search.Nothing, typed), theme.Muted)
	}
	for _, r := range s.found.Items[:min(s.shown, len(s.found.Items))] {
		s.result(r, len(r.Lines))
		s.body.Add(widget.Pad(0, 10, 0, 10, widget.NewRule(theme.Line)))
	}
	s.further(len(s.found.Items) - s.shown)
	if s.found.More {
		s.note("info", w.Search.More, theme.Muted)
	}
	s.note("offline", s.found.Missing, theme.Sev2)
}

// further adds the row that shows more, where there are n.
func (s *Page) further(n int) {
	if n > 0 {
		words := fmt.Sprintf(s.p.View.Words.Hands.Further, n)
		s.add(row{key: "further", do: func() { s.shown += shownAtOnce; s.show() }},
			commandRow(hit{Command: Command{Icon: "down"}, pieces: []present.Piece{{Text: words}}}))
	}
}

// teach says how to ask, with examples to press.
func (s *Page) teach() {
	w := s.p.View.Words.Search
	examples := widget.Wrap(8)
	for _, e := range []string{"is:burning", "sev:1", "by:me", "#checkout", "after:7d"} {
		examples.Add(widget.NewButton(widget.ButtonParams{Key: "example " + e, Words: e, Small: true}, func() { s.set(e + " ") }))
	}
	s.body.Add(widget.Pad(12, 10, 12, 10, widget.Column(8,
		widget.NewFlow(30, widget.Span{Words: w.EmptyTitle, Style: widget.Strong(theme.Title, theme.Text)}),
		widget.Narrow(640, widget.NewFlow(22, widget.Span{Words: w.EmptyText, Style: widget.Plain(theme.Body, theme.Muted)})),
		examples)))
}

// above gives the first object the height it needs and the second the rest.
type above struct{}

// Layout puts the two under each other.
func (above) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := widget.HeightFor(o[0], size.Width)
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[1].Move(fyne.NewPos(0, h))
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-h, 0)))
}

// MinSize is the first's with some room below it.
func (above) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize().AddWidthHeight(0, 80) }
