package people

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
)

// askWide is how wide a question is.
const askWide = 480

// question is asked over the page. The names are those under which the rules tell what is wrong with a field.
type question struct {
	title, text string
	fields      []*widget.Field
	names       []string
	below       fyne.CanvasObject // or nil
	yes         string
	look        widget.Look
	wish        func(words []string) wish
}

// wish carries out what was filled in, and returns what is to be shown then, or nil.
type wish func(ctx context.Context) (then func(), err error)

// ask shows a question. What is refused is told there, and the words stay.
func (g *Page) ask(q question) {
	c := g.p.Canvas
	had := c.Focused()
	widget.ShowForm(widget.FormParams{
		Canvas: c, Title: q.title, Text: q.text, Fields: q.fields, Below: q.below,
		Yes: q.yes, No: g.p.View.Words.Common.Cancel, Look: q.look, Width: askWide,
		Lasting: true,
		Answer:  func(words []string, told func(*present.Refusal) bool) { g.carryOut(q.wish(words), q.names, told) },
		Gone: func() {
			if had != nil {
				c.Focus(had)
			}
		},
	})
}

func (g *Page) carryOut(do wish, names []string, told func(*present.Refusal) bool) {
	g.p.Work.Go(func(ctx context.Context) func() {
		then, err := do(ctx)
		return func() {
			if err != nil {
				refusal := present.RefusalFrom(err, names, g.p.View.Words)
				if !told(&refusal) {
					g.p.Failed(err)
				}
				return
			}
			told(nil)
			g.Refresh()
			if then != nil {
				then()
			}
		}
	})
}
