package oncall

import (
	"context"
	"fmt"
	"reflect"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	rules "github.com/tsugi-app/tsugi/sync/oncall"
)

// Calendars keeps the addresses under which calendars of whoever looks read who is on call. The server alone has them.
type Calendars interface {
	// Feeds returns the addresses, without what is secret of them.
	Feeds(ctx context.Context) ([]present.Feed, error)
	// MakeFeed makes an address and returns it. Nobody can read it again.
	MakeFeed(ctx context.Context, kind rules.FeedKind, r id.Rotation) (address string, err error)
	// RevokeFeed ends one.
	RevokeFeed(ctx context.Context, f id.Feed) error
}

// feedsWide is how wide rows are at most: what can be done with an address stands near it.
const feedsWide = 780

// calendars is what the page knows of the addresses.
type calendars struct {
	fetch *widget.Fetcher
	asked bool
	known bool
	feeds []present.Feed
	title fyne.CanvasObject // of the part, for whoever is led there
}

// askFeeds asks the server once for the addresses. That it is not reached is said on the page already.
func (g *Page) askFeeds() {
	if g.known.Reached() && !g.feeds.asked {
		g.feeds.asked = true
		g.feeds.fetch.Ask()
	}
}

// feedsChanged asks again, after something was done that the server alone knows.
func (g *Page) feedsChanged() {
	if g.heir != nil {
		g.heir.feedsChanged()
		return
	}
	g.feeds.asked = false
	g.askFeeds()
}

func (g *Page) getFeeds(ctx context.Context) func() {
	all, err := g.p.Session.Feeds(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case !g.feeds.known || !reflect.DeepEqual(all, g.feeds.feeds):
			g.feeds.feeds, g.feeds.known = all, true
			if g.shown && g.editor == nil {
				widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
			}
		}
	}
}

// feedRows list the addresses, and offer others.
func (g *Page) feedRows() {
	w := g.p.View.Words.Calendar
	col := widget.Column(0)
	g.feeds.title = widget.NewCaps(w.Title)
	col.Add(g.feeds.title)
	col.Add(widget.Pad(2, 0, 6, 0, lead(w.Lead)))
	switch {
	case !g.known.Reached():
		col.Add(widget.RowTop(10, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("offline", 16, theme.Sev2)), lead(w.Offline)))
	case g.feeds.known:
		if len(g.feeds.feeds) == 0 {
			col.Add(lead(w.Empty))
		}
		for _, f := range g.feeds.feeds {
			col.Add(g.feedRow(f))
		}
		col.Add(widget.Pad(6, 0, 0, 0, g.feedButtons()))
	}
	g.body.Add(widget.Space(0, 26))
	g.body.Add(widget.Narrow(feedsWide, col))
}

func (g *Page) feedRow(f present.Feed) fyne.CanvasObject {
	v, now := g.p.View, g.p.Now()
	said := widget.Column(0, widget.NewFlow(20, widget.Span{Words: v.FeedShows(f), Style: widget.Plain(theme.Body, theme.Text)}),
		widget.NewFlow(18, widget.Span{Words: v.FeedMade(f, now) + "  ·  " + v.FeedRead(f, now), Style: widget.Plain(theme.Caption, theme.Muted)}))
	return widget.Pad(6, 0, 6, 0, widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("link", 18, theme.Muted)), said,
		widget.NewButton(widget.ButtonParams{Key: "revoke " + f.ID.String(), Words: v.Words.Calendar.Revoke, Small: true, Look: widget.Bare, Tone: theme.Muted},
			func() { g.askRevoke(f) })))
}

// feedButtons make an address for whatever a calendar can show.
func (g *Page) feedButtons() fyne.CanvasObject {
	w, r := g.p.View.Words.Calendar, g.model.Chosen
	row := widget.Wrap(8)
	add := func(key, words string, kind rules.FeedKind, of id.Rotation) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: key, Words: words, Icon: "plus", Small: true}, func() { g.makeFeed(kind, of) }))
	}
	add("feed mine", w.Mine, rules.OwnShifts, id.Rotation{})
	if !r.ID.IsZero() {
		add("feed rotation", fmt.Sprintf(w.Of, r.Name), rules.OneRotation, r.ID)
	}
	add("feed all", w.Everything, rules.AllShifts, id.Rotation{})
	return widget.Column(4, widget.NewText(w.Add, widget.Plain(theme.Caption, theme.Muted)), row)
}

// makeFeed has an address made, and shows it this once.
func (g *Page) makeFeed(kind rules.FeedKind, of id.Rotation) {
	g.p.Work.Go(func(ctx context.Context) func() {
		address, err := g.p.Session.MakeFeed(ctx, kind, of)
		return func() {
			if err != nil {
				g.p.Failed(err)
				return
			}
			g.feedsChanged()
			g.showAddress(address)
		}
	})
}

func (g *Page) showAddress(address string) {
	w := g.p.View.Words
	field := widget.NewField("").Name("feed address")
	field.SetWords(address)
	field.SelectAll()
	widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: w.Calendar.Once, Text: w.Calendar.OnceText, Fields: []*widget.Field{field},
		Yes: w.Common.Copy, No: w.Common.Close, Look: widget.Gold, Width: 560, Lasting: true,
		Answer: func(_ []string, told func(*present.Refusal) bool) {
			g.p.Copy(address) // whatever was typed over it
			told(nil)
		},
		Gone: g.refocus(),
	})
}

func (g *Page) askRevoke(f present.Feed) {
	w := g.p.View.Words
	widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: fmt.Sprintf(w.Calendar.RevokeTitle, g.p.View.FeedShows(f)), Text: w.Calendar.RevokeText,
		Yes: w.Calendar.Revoke, No: w.Common.Cancel, Look: widget.Danger, Width: 480, Lasting: true, Gone: g.refocus(),
		Answer: func(_ []string, told func(*present.Refusal) bool) {
			g.p.Work.Go(func(ctx context.Context) func() {
				err := g.p.Session.RevokeFeed(ctx, f.ID)
				return func() {
					if err != nil {
						refusal := present.RefusalFrom(err, nil, w)
						if !told(&refusal) {
							g.p.Failed(err)
						}
						return
					}
					told(nil)
					g.feedsChanged()
				}
			})
		},
	})
}

// refocus returns what gives the keyboard back to whoever has it now.
func (g *Page) refocus() func() {
	c := g.p.Canvas
	had := c.Focused()
	return func() {
		if had != nil {
			c.Focus(had)
		}
	}
}

// ShowFeeds leads to the addresses, as soon as the page is there.
func (g *Page) ShowFeeds() {
	g.wanted = func(g *Page) {
		if g.editor == nil && g.feeds.title != nil {
			g.scroll.Reveal(g.feeds.title)
		}
	}
	g.Refresh()
}
