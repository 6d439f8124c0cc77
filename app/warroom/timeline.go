package warroom

import (
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// The tabs over the timeline.
const (
	everything = iota
	decisions
	starred
	files
	audit
)

func (r *Page) buildTimeline() {
	r.buildTabs()
	r.buildStrip()
	r.prose.Know(present.NamesOf(r.model))
	r.extend()
	items := r.listing.items
	if len(items) == 0 {
		items = []widget.Item{{Key: fmt.Sprint("empty", r.tab), Build: r.empty}}
	}
	r.list.Set(items)
	widget.Relay(r.middle)
}

// listing is what is listed, and of what. What is in its slices stays as it is; more is put behind it.
type listing struct {
	tab          int
	seen         uint64
	earlier, gap bool
	entries      []present.Entry // those that were gone through
	last         *present.Entry  // the one that was listed before
	here         bool            // the line is there that says up to where it was seen
	items        []widget.Item
	rows         []row
}

// extend lists those entries that are not listed yet: only the new ones, where the others are the same as before.
func (r *Page) extend() {
	l, m := &r.listing, r.model
	if l.tab != r.tab || l.seen != r.seen || l.earlier != m.Earlier || l.gap != m.Gap || !present.Continues(l.entries, m.Entries) {
		*l = listing{tab: r.tab, seen: r.seen, earlier: m.Earlier, gap: m.Gap}
		if m.Earlier || m.Gap {
			l.items = append(l.items, widget.Item{Key: fmt.Sprint("earlier", m.Gap), Build: r.earlier})
		}
	}
	for i := len(l.entries); i < len(m.Entries); i++ {
		r.addRow(l, &m.Entries[i])
	}
	l.entries = m.Entries
}

// addRow lists one more entry, where it is wanted.
func (r *Page) addRow(l *listing, e *present.Entry) {
	if !r.wanted(e) {
		return
	}
	if r.tab == everything && !l.here && r.fresh(e) {
		l.here, l.last = true, nil
		l.items = append(l.items, widget.Item{Key: fmt.Sprint("here", r.seen), Build: r.wereHere})
	}
	last := l.last
	named := e.Kind == present.Block && (last == nil || last.Kind != present.Block || last.Person != e.Person || e.Late != "" || e.Pending)
	l.last = e
	key := r.rowKey(e, named)
	l.rows = append(l.rows, row{key: key, entry: e})
	l.items = append(l.items, widget.Item{Key: key, Build: func() fyne.CanvasObject { return r.entry(*e, key, named) }})
}

// row is one entry of the timeline as it is listed.
type row struct {
	key   string
	entry *present.Entry
}

// rowKey names all that an entry's row shows.
func (r *Page) rowKey(e *present.Entry, named bool) string {
	if r.tab == audit {
		return "audit " + e.Key
	}
	key := e.Key
	if named {
		key = "named " + key
	}
	if e.Kind == present.Block && r.whole[e.ID] {
		key += opened
	}
	return key
}

// listed returns the entry of a row.
func (r *Page) listed(key string) (present.Entry, bool) {
	for _, have := range r.listing.rows {
		if have.key == key {
			return *have.entry, true
		}
	}
	return present.Entry{}, false
}

func (r *Page) buildTabs() {
	w := r.p.View.Words.Room
	names := []string{w.Everything, w.Decisions, fmt.Sprintf(w.Starred, r.model.Starred), fmt.Sprintf(w.Files, r.model.Files), w.Audit}
	if !r.parts.changed(partTabs, append(names, strconv.Itoa(r.tab))) {
		return
	}
	r.tabs.RemoveAll()
	r.tabs.Add(widget.NewTabs(names, r.tab, r.turn))
}

// turn shows another choice of the timeline.
func (r *Page) turn(tab int) {
	r.tab = tab
	r.buildTimeline()
	r.list.ScrollToEnd()
	r.Focus()
}

func (r *Page) wanted(e *present.Entry) bool {
	switch r.tab {
	case decisions:
		return e.Kind == present.Line && !e.Quiet
	case starred:
		return e.Kind == present.Block && e.Starred
	case files:
		return e.Kind == present.Block && len(e.Files) > 0
	case audit:
		return e.Kind != present.Break
	default:
		return !e.Quiet
	}
}

// fresh reports whether an entry came after the room was last seen, from somebody else.
func (r *Page) fresh(e *present.Entry) bool {
	return r.seen > 0 && e.Seq > r.seen && !e.Mine && !e.Pending && e.Kind != present.Break
}

// wereHere is the line between what was seen and what is new.
func (r *Page) wereHere() fyne.CanvasObject {
	words := widget.NewText(r.p.View.Words.Room.YouWereHere, widget.Plain(theme.Caption, theme.Gold))
	return widget.Pad(8, 12, 8, 12, widget.On(widget.Space(0, 18), &fyne.Container{
		Layout: between{}, Objects: []fyne.CanvasObject{widget.NewRule(theme.Gold), words, widget.NewRule(theme.Gold)},
	}))
}

// buildStrip says plainly when the incident goes on in another one, and when it has not left this device.
func (r *Page) buildStrip() {
	if !r.parts.changed(partStrip, []any{r.model.Pending, r.model.Repeats, r.model.Response, r.model.Calls}) {
		return
	}
	r.notSent.RemoveAll()
	r.addGoesOn()
	if !r.model.Pending {
		r.addResponse()
		return
	}
	text := widget.NewFlow(20, widget.Span{Words: r.p.View.Words.Room.NotSentStrip, Style: widget.Strong(theme.Body, theme.Sev2)})
	told := widget.Column(10, text)
	if calls := r.calls(); calls != nil {
		told.Add(calls)
	}
	row := widget.RowTop(10, 1, widget.NewIcon("offline", 18, theme.Sev2), told)
	r.notSent.Add(widget.Pad(0, 0, 8, 0, widget.On(widget.NewBox(theme.Surface, theme.Sev2), widget.Pad(10, 14, 10, 14, row))))
}

func (r *Page) empty() fyne.CanvasObject {
	w := r.p.View.Words.Room
	words := w.Empty
	switch r.tab {
	case starred:
		words = w.EmptyStarred
	case files:
		words = w.EmptyFiles
	}
	return widget.Pad(20, 12, 0, 12, widget.NewFlow(24, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)}))
}

func (r *Page) earlier() fyne.CanvasObject {
	w := r.p.View.Words.Room
	row := widget.Row(12, -1, widget.NewButton(widget.ButtonParams{Key: "earlier", Words: w.Earlier, Small: true}, r.loadEarlier))
	if r.model.Gap {
		row.Add(widget.NewText(w.Gap, widget.Plain(theme.Caption, theme.Muted)))
	}
	return widget.Pad(8, 12, 8, 12, row)
}

func (r *Page) loadEarlier() {
	r.Focus()
	if !r.model.Gap {
		r.limit += window
		r.Refresh()
		return
	}
	r.loadBeyond()
}

func (r *Page) entry(e present.Entry, key string, named bool) fyne.CanvasObject {
	switch {
	case e.Kind == present.Break:
		return widget.Pad(10, 12, 6, 12, widget.Row(12, 0, widget.NewRule(theme.Line),
			widget.NewText(present.Join(e.Parts), widget.Plain(theme.Caption, theme.Muted))))
	case r.tab == audit:
		return widget.NewTap(r.auditRow(e), func() { r.openAudit(key) })
	case e.Kind == present.Block:
		return r.selectable(r.block(e, named, key))
	default:
		return widget.NewTap(r.line(e), func() { r.openAudit(key) })
	}
}
