package declare

import (
	"context"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// typed looks for incidents that may be the same one, and keeps the draft.
func (d *Page) typed(title string) {
	d.draft.Title = title
	d.keep()
	if strings.TrimSpace(title) == "" {
		d.showSimilar(nil)
		return
	}
	d.lookAlike()
}

// lookAlike looks for incidents that may be the one whose title is in the form.
func (d *Page) lookAlike() {
	title := d.title.Words()
	d.ask(func(ctx context.Context) func(*Page) {
		alike, err := d.p.Session.Similar(ctx, title)
		return func(d *Page) {
			if err != nil {
				d.p.Failed(err)
				return
			}
			if d.title.Words() == title { // else more was typed meanwhile
				d.showSimilar(alike)
			}
		}
	})
}

// showSimilar lists what may be the same incident. It never stands in the way of declaring.
func (d *Page) showSimilar(alike []present.Similar) {
	if slices.Equal(alike, d.alike) {
		return
	}
	d.alike = alike
	widget.KeepFocus(d.p.Canvas, d.page, d.buildSimilar)
	d.fit()
}

func (d *Page) buildSimilar() {
	w, alike := d.p.View.Words.Declare, d.alike
	d.similar.RemoveAll()
	if len(alike) > 0 {
		d.similar.Add(widget.Space(0, 16))
		d.similar.Add(widget.NewCaps(w.Similar))
		d.similar.Add(widget.Space(0, 4))
		for _, s := range alike {
			d.similar.Add(d.similarRow(s))
		}
		d.similar.Add(widget.NewFlow(20, widget.Span{Words: w.SimilarHint, Style: widget.Plain(theme.Caption, theme.Muted)}))
	}
	d.similar.Refresh()
}

func (d *Page) similarRow(s present.Similar) *widget.Press {
	row := widget.Row(10, 1, widget.NewSeverity(s.Level, 16), widget.NewText(s.Title, widget.Strong(theme.Body, theme.Text)),
		widget.NewIcon(s.Status.String(), 14, theme.Muted),
		widget.NewText(s.State+"  ·  "+s.When+"  ·  "+s.Number, widget.Plain(theme.Caption, theme.Muted)))
	if s.Private {
		row.Add(widget.NewLock(14, present.SeenBy(s.Seers, d.p.View.Words)))
	}
	return widget.NewPress("similar "+s.ID.String(), widget.On(row, widget.Space(0, theme.RowTall)), func() { d.p.Open(s.ID) }).Wide()
}

// restore fills in what was kept, with its title selected. A title that was typed before it came stands in its place, as it
// would have a moment later.
func (d *Page) restore(draft present.Declaration) {
	typed := d.draft
	if draft.Title == "" {
		if typed.Title != "" {
			d.keep() // it was not known yet what that would overwrite
		}
		return
	}
	if typed.Title == d.suggested {
		typed.Title = ""
	}
	d.draft = draft
	for _, tag := range typed.Tags {
		d.draft.Tags = withTag(d.draft.Tags, tag)
	}
	d.draft.Private = d.draft.Private || typed.Private
	for _, p := range typed.Admit {
		if !slices.Contains(d.draft.Admit, p) {
			d.draft.Admit = append(d.draft.Admit, p)
		}
	}
	d.goes, d.former = true, draft.Title
	if typed.Title != "" {
		d.draft.Title = typed.Title
		d.keep()
	}
	d.title.SetWords(d.draft.Title)
	d.Connected(d.conn)
	if typed.Title == "" && d.p.Canvas.Focused() == d.title.Input() {
		d.title.SelectAll()
	}
}

// keep keeps what is filled in, so that a kill costs nobody their words.
func (d *Page) keep() {
	d.stamp()
	if !d.known {
		return
	}
	draft := d.draft
	if strings.TrimSpace(draft.Title) == "" {
		draft = present.Declaration{}
	}
	if d.keeping {
		d.owed = true // one at a time: an older draft must not come behind a newer one
		return
	}
	d.keeping = true
	d.ask(func(ctx context.Context) func(*Page) {
		err := d.p.Session.KeepDraft(ctx, draft)
		return func(d *Page) {
			d.keeping = false
			if err != nil {
				d.p.Failed(err)
			}
			if d.owed {
				d.owed = false
				d.keep()
			}
		}
	})
}
