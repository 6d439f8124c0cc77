package warroom

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// written draws what somebody wrote. The text is read once, however often its row is built.
func (r *Page) written(e present.Entry, tone theme.Name) fyne.CanvasObject {
	return widget.NewProse(r.prose.Of(e.Text), widget.ProseParams{
		Tone: tone, Self: r.p.View.Self.Person, Opens: r.opens, OnOpen: r.follow,
	})
}

// selectable lets one select and copy words in a row.
func (r *Page) selectable(row fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewSelect(row, widget.SelectParams{
		Tapped: r.Focus, Copy: r.p.Copy, Leave: r.Focus,
	})
}

// opens reports whether there is a way to where a span leads.
func (r *Page) opens(s prose.Span) bool {
	switch s.Kind {
	case prose.Link:
		return r.p.Visit != nil
	case prose.Incident:
		_, known := r.numbered(s.Words)
		return known
	default:
		return false
	}
}

// follow goes where a span leads. What leaves the client is opened by the system.
func (r *Page) follow(s prose.Span) {
	r.Focus()
	if s.Kind == prose.Link {
		r.p.Visit(s.Target)
		return
	}
	if f, known := r.numbered(s.Words); known {
		r.p.Open(f.ID)
	}
}

// numbered finds a fire by its number as people write it.
func (r *Page) numbered(number string) (present.Fire, bool) {
	for _, f := range r.model.Burning {
		if f.Number == number {
			return f, true
		}
	}
	return present.Fire{}, false
}
