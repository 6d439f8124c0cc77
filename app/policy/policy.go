// Package policy is the page of whom incidents reach, and in which order: the escalation policies as sentences, which severity goes by
// which, and how a policy is written.
package policy

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Session is what the page asks of the client.
type Session interface {
	// Policies returns whom incidents reach, and in which order.
	Policies(ctx context.Context) (present.Policies, error)
	// ForeseePolicy returns whom a policy would reach when, if an incident began at some moment, and stores nothing.
	ForeseePolicy(ctx context.Context, p escalation.Policy, at time.Time) (present.Night, error)
	// ChangePolicy stores a wish about a policy; it is sent when the server is reached.
	ChangePolicy(ctx context.Context, p id.Policy, c escalation.PolicyCommand) error
	// ChangeTerms stores a wish about the terms, of which the routes of severities are; it is sent when the server is reached.
	ChangeTerms(ctx context.Context, c workspace.TermsCommand) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas  // the window's
	View    present.View // zone and words
	Now     func() time.Time
	Failed  func(error)
}

// Page shows all policies, or the form in which one is written.
type Page struct {
	p      Params
	fetch  *widget.Fetcher
	body   *fyne.Container
	scroll *widget.Scroll
	model  present.Policies
	shown  bool
	read   time.Time // when the model was read
	known  present.Connection
	editor *editor     // the form that is shown in place of all else, or nil
	wanted func(*Page) // what is to be done as soon as the page is there, or nil
	heir   *Page       // that took this one's place, or nil
}

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	g := &Page{p: p, body: widget.Column(0), known: present.Connection{Reach: present.Live}}
	g.scroll = widget.NewScroll(widget.Pad(28, 36, 36, 36, widget.Middle(1104, g.body)))
	g.fetch = widget.NewFetcher(p.Work, g.get)
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
	g.fetch.Ask()
}

// Leave forgets what was to be done. What is filled in stays.
func (g *Page) Leave() { g.wanted = nil }

// Back leaves the form in which a policy is written. It is false where none is shown.
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
	g.known, g.read = before.known, before.read
	g.wanted, before.wanted = before.wanted, nil
	if before.shown {
		g.model, g.shown = before.model, true
		if e := before.editor; e != nil {
			g.editor = e.heir(g)
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
	}
}

// freshFor is how long it is believed who is on call: warnings come and go as people hand over.
const freshFor = 5 * time.Minute

// Tick reads anew when the present has moved on.
func (g *Page) Tick(now time.Time) {
	if g.shown && now.Sub(g.read) >= freshFor {
		g.read = now // once
		g.Refresh()
	}
}

func (g *Page) get(ctx context.Context) func() {
	model, err := g.p.Session.Policies(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case !g.shown || !reflect.DeepEqual(model, g.model):
			g.model, g.shown, g.read = model, true, g.p.Now()
			if g.editor == nil { // what is being filled in is not for others to change
				widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
			} else {
				g.editor.foresee()
			}
		default:
			g.read = g.p.Now()
		}
		if do := g.wanted; do != nil {
			g.wanted = nil
			if g.shown {
				do(g)
			}
		}
	}
}

func (g *Page) build() {
	widget.Fill(g.body, g.rows)
	g.scroll.Fit()
}

// create shows the form for a policy that is not there yet. The first is meant for every incident that has none.
func (g *Page) create() {
	d := present.NewPolicyDraft()
	if len(g.model.Policies) == 0 {
		for _, r := range g.model.Routes {
			d.For(r.Level, true)
		}
	}
	g.open(d)
}

// edit shows the form for one that is there.
func (g *Page) edit(row present.PolicyRow) { g.open(present.PolicyDraftOf(row)) }

func (g *Page) open(d present.PolicyDraft) {
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

// run carries something out and reads everything again.
func (g *Page) run(do func(context.Context) error) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := do(ctx)
		return func() {
			if err != nil {
				g.p.Failed(err)
			}
			g.Refresh()
		}
	})
}

func (g *Page) change(c workspace.TermsCommand) {
	g.run(func(ctx context.Context) error { return g.p.Session.ChangeTerms(ctx, c) })
}
