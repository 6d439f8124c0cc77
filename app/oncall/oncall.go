// Package oncall is the page of who is on call: now, in the calendar of a rotation, and how a rotation is ordered.
package oncall

import (
	"context"
	"reflect"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	rules "github.com/tsugi-app/tsugi/sync/oncall"
)

// Session is what the page asks of the client.
type Session interface {
	// OnCall returns who is on call now, and what the query asks for besides.
	OnCall(ctx context.Context, q present.OnCallQuery) (present.OnCall, error)
	// Foresee returns what wishes would do, and stores none of them.
	Foresee(ctx context.Context, r id.Rotation, wishes []rules.Command) (present.Preview, error)
	// Rotate stores wishes about a rotation; they are sent when the server is reached.
	Rotate(ctx context.Context, r id.Rotation, wishes []rules.Command) error
	Calendars
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas  // the window's
	View    present.View // zone and words
	Now     func() time.Time
	Failed  func(error)
	Copy    func(text string) // puts words on the clipboard
}

// Page shows who is on call, or the form in which a rotation is ordered.
type Page struct {
	p        Params
	fetch    *widget.Fetcher
	body     *fyne.Container
	scroll   *widget.Scroll
	query    present.OnCallQuery
	asked    atomic.Pointer[present.OnCallQuery] // the query, for where it is answered
	model    present.OnCall
	shown    bool
	known    present.Connection
	calendar *widget.Calendar // the one that is shown, or nil
	picked   *widget.CalendarPick
	all      bool        // of the history is shown
	editor   *editor     // the form that is shown in place of all else, or nil
	wanted   func(*Page) // what is to be done as soon as the page is there, or nil
	heir     *Page       // that took this one's place, or nil
	feeds    calendars
}

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	g := &Page{p: p, body: widget.Column(0), known: present.Connection{Reach: present.Live}}
	g.scroll = widget.NewScroll(widget.Pad(28, 36, 36, 36, widget.Middle(1304, g.body)))
	g.fetch = widget.NewFetcher(p.Work, g.get)
	g.feeds.fetch = widget.NewFetcher(p.Work, g.getFeeds)
	return g
}

// Content returns the page.
func (g *Page) Content() fyne.CanvasObject { return g.scroll }

// Refresh fetches again. A question that was asked here may be answered when another page has taken this one's place.
func (g *Page) Refresh() {
	if g.heir != nil {
		g.heir.Refresh()
		return
	}
	query := g.query
	g.asked.Store(&query)
	g.fetch.Ask()
}

// Leave forgets what was to be done, and what the server may know otherwise when the page is opened again. What is filled in stays.
func (g *Page) Leave() { g.wanted, g.feeds.asked = nil, false }

// Back leaves the form in which a rotation is ordered. It is false where none is shown.
func (g *Page) Back() bool {
	if g.editor == nil {
		return false
	}
	g.editor.leave()
	return true
}

// Inherit shows what another page shows, before it is read again.
func (g *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	before.heir = g
	g.query, g.known, g.picked, g.all = before.query, before.known, before.picked, before.all
	g.feeds.asked, g.feeds.known, g.feeds.feeds = before.feeds.asked, before.feeds.known, before.feeds.feeds
	g.wanted, before.wanted = before.wanted, nil
	if before.shown {
		g.model, g.shown = before.model, true
		if e := before.editor; e != nil {
			g.editor = newEditor(g, e.draft)
			g.editor.begun, g.editor.tried = e.begun, e.tried
		}
		g.build()
	}
}

// Connected tells the page whether the server is reached.
func (g *Page) Connected(c present.Connection) {
	if g.known.Reached() == c.Reached() && g.known.Since.Equal(c.Since) {
		return
	}
	g.known = c
	if g.shown && g.editor == nil {
		widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
		g.askFeeds()
	}
}

// freshFor is how long the line of the present stays where it is.
const freshFor = 10 * time.Minute

// Tick reads anew when somebody hands over, and when the present has moved on.
func (g *Page) Tick(now time.Time) {
	turn, drawn := g.model.Turn, g.model.Calendar.Now
	switch {
	case !g.shown:
	case !turn.IsZero() && !now.Before(turn):
		g.model.Turn = time.Time{} // once
		g.Refresh()
	case !drawn.IsZero() && now.Sub(drawn) >= freshFor:
		g.model.Calendar.Now = now // once
		g.Refresh()
	}
}

func (g *Page) get(ctx context.Context) func() {
	model, err := g.p.Session.OnCall(ctx, *g.asked.Load())
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case !g.shown || !reflect.DeepEqual(model, g.model):
			g.model, g.shown = model, true
			g.p.View = g.p.View.Knowing(model.People)
			if g.editor == nil { // what is being filled in is not for others to change
				widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
			} else {
				g.editor.foresee()
			}
		}
		if g.shown && len(g.model.Duties) > 0 {
			g.askFeeds()
		}
		if do := g.wanted; do != nil {
			g.wanted = nil
			if g.shown {
				do(g)
			}
		}
	}
}

// ask shows another part of the calendar, or another rotation.
func (g *Page) ask(q present.OnCallQuery) {
	g.query, g.picked = q, nil
	g.Refresh()
}

func (g *Page) build() {
	widget.Fill(g.body, g.rows)
	g.scroll.Fit()
}

func (g *Page) rows() {
	g.calendar = nil
	switch {
	case g.editor != nil:
		g.editor.rows(g.body)
	case len(g.model.Duties) == 0:
		g.emptyRows()
	default:
		g.nowRows()
		g.calendarRows()
		g.orderRows()
		g.feedRows()
	}
}

// emptyRows teach what belongs here.
func (g *Page) emptyRows() {
	w := g.p.View.Words.OnCall
	g.body.Add(widget.Row(16, 1, widget.NewIcon("clock", 40, theme.Gold),
		widget.NewFlow(40, widget.Span{Words: w.EmptyTitle, Style: widget.Strong(theme.Number, theme.Text)})))
	g.body.Add(widget.Space(0, 8))
	g.body.Add(widget.Narrow(680, widget.NewFlow(24, widget.Span{Words: w.EmptyText, Style: widget.Plain(theme.Entry, theme.Muted)})))
	g.body.Add(widget.Space(0, 16))
	g.body.Add(widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: "first rotation", Words: w.EmptyButton, Look: widget.Gold}, g.create)))
}

// create shows the form for a rotation that is not there yet.
func (g *Page) create() { g.open(present.NewRotationDraft(g.p.Now(), g.p.View)) }

// edit shows the form for the rotation that is chosen.
func (g *Page) edit() { g.open(present.DraftOf(g.model.Chosen)) }

func (g *Page) open(d present.RotationDraft) {
	g.editor = newEditor(g, d)
	g.build()
	g.scroll.Top()
	g.editor.focus()
	g.editor.foresee()
}

// close leaves the form.
func (g *Page) close() {
	g.editor = nil
	g.build()
	g.scroll.Top()
	g.Refresh()
}

// Focus gives the keyboard to the form, where it is shown.
func (g *Page) Focus() {
	if g.editor != nil {
		g.editor.focus()
	}
}
