package warroom

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// opened ends the key of a row whose long entry is shown whole.
const opened = " whole"

// folding shows what somebody wrote, and of what is long its beginning. What was opened stays so while the room is open.
func (r *Page) folding(e present.Entry, key string, tone theme.Name) fyne.CanvasObject {
	w := r.p.View.Words.Room
	return widget.NewFold(r.written(e, tone), widget.FoldParams{
		Open: r.whole[e.ID], Less: w.ShowLess, Turn: func() { r.turnFold(key) },
		More: func(lines int) string { return present.Count(lines, w.ShowAllOne, w.ShowAll) },
	})
}

// turnFold shows an entry whole, or its beginning again. Whoever reads stays where they are.
func (r *Page) turnFold(key string) {
	e, ok := r.listed(key)
	if !ok || e.Kind != present.Block {
		return
	}
	r.whole[e.ID] = !r.whole[e.ID]
	turned, was := strings.CutSuffix(key, opened)
	if !was {
		turned += opened
	}
	r.listing = listing{}
	r.extend()
	r.list.Change(r.listing.items, key, turned)
}

// unfold lists an entry whole: what was looked for may stand in what is hidden.
func (r *Page) unfold(e *present.Entry) {
	if e.Kind != present.Block || r.whole[e.ID] {
		return
	}
	r.whole[e.ID] = true
	r.listing = listing{}
	r.extend()
	r.list.Set(r.listing.items)
}

// foldOf returns the fold in the row of a long entry while it is in sight, else nil.
func (r *Page) foldOf(key string) *widget.Fold {
	var found *widget.Fold
	if row := r.list.Row(key); row != nil {
		widget.Walk(row, func(o fyne.CanvasObject) bool {
			if f, is := o.(*widget.Fold); is && f.Long() {
				found = f
			}
			return found == nil
		})
	}
	return found
}

// turnMarked is what Space does on an entry of the timeline: it opens or closes a long one.
func (r *Page) turnMarked(key string) {
	if f := r.foldOf(key); f != nil {
		f.Turn()
	}
}
