// Package unsent is the page of changes that the server has not confirmed: what waits, what was
// refused, and where somebody was faster.
package unsent

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Session is what the page asks of the client.
type Session interface {
	// Unsent returns all changes that the server has not taken, oldest first.
	Unsent(ctx context.Context) (present.Unsent, error)
	// Retry sends a refused change again; a conflicting one on the base that stands now.
	Retry(ctx context.Context, c id.Command) error
	// Discard forgets a refused change.
	Discard(ctx context.Context, c id.Command) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Now     func() time.Time
	Open    func(id.Incident)
	Failed  func(error)
	Copy    func(string)
}

// Page is the list of unsent changes.
type Page struct {
	p      Params
	fetch  *widget.Fetcher
	body   *fyne.Container
	scroll *widget.Scroll
	model  present.Unsent
	shown  bool
	clocks []func(time.Time)
}

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	u := &Page{p: p, body: widget.Column(10)}
	u.scroll = widget.NewScroll(widget.Pad(28, 36, 28, 36, widget.Middle(860, u.body)))
	u.fetch = widget.NewFetcher(p.Work, u.get)
	return u
}

// Content returns the page.
func (u *Page) Content() fyne.CanvasObject { return u.scroll }

// Refresh fetches again.
func (u *Page) Refresh() { u.fetch.Ask() }

// Inherit shows what another page shows, before it is read again.
func (u *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	if before.shown {
		u.model, u.shown = before.model, true
		u.build()
	}
}

// Tick brings the running times up to date.
func (u *Page) Tick(now time.Time) {
	for _, set := range u.clocks {
		set(now)
	}
}

func (u *Page) get(ctx context.Context) func() {
	model, err := u.p.Session.Unsent(ctx)
	return func() {
		switch {
		case err != nil:
			u.p.Failed(err)
		case !u.shown || !reflect.DeepEqual(model, u.model):
			u.model, u.shown = model, true
			widget.KeepFocus(u.p.Canvas, u.scroll, u.build)
		}
	}
}

func (u *Page) build() {
	widget.Fill(u.body, u.rows)
	u.Tick(u.p.Now())
	u.scroll.Fit()
}

func (u *Page) rows() {
	w := u.p.View.Words.Unsent
	u.clocks = nil
	title, lead := w.Title, u.lead()
	if len(u.model.Items) == 0 {
		title, lead = w.EmptyTitle, w.EmptyText
	}
	u.body.Add(widget.NewFlow(40, widget.Span{Words: title, Style: widget.Strong(theme.Number, theme.Text)}))
	u.body.Add(widget.Narrow(640, widget.NewFlow(24, widget.Span{Words: lead, Style: widget.Plain(theme.Entry, theme.Muted)})))
	u.body.Add(widget.Space(0, 6))
	for _, c := range u.model.Items {
		u.body.Add(u.card(c))
	}
}

// lead says what is true of everything that is shown.
func (u *Page) lead() string {
	lost := 0
	for _, c := range u.model.Items {
		if c.State == present.OutOfSight {
			lost++
		}
	}
	switch w := u.p.View.Words.Unsent; lost {
	case 0:
		return w.Lead
	case len(u.model.Items):
		return w.LeadLost
	default:
		return w.LeadMixed
	}
}

func (u *Page) card(c present.Change) fyne.CanvasObject {
	icon, state, tone := u.state(c.State)
	at := widget.NewTextRight("", widget.Plain(theme.Caption, theme.Muted))
	u.clocks = append(u.clocks, func(now time.Time) { at.Set(u.p.View.Ago(c.At, now), theme.Muted) })
	head := widget.Row(10, 2, widget.NewIcon(icon, 18, tone),
		widget.NewText(state, widget.Strong(theme.Caption, tone)),
		widget.NewText(c.Title, widget.Plain(theme.Caption, theme.Muted)), widget.Fixed(90, at))
	col := widget.Column(6, head, widget.Pad(0, 0, 0, 28,
		widget.NewFlow(24, widget.Span{Words: clip(c.What), Style: widget.Plain(theme.Entry, theme.Text)})))
	if why := u.why(c); why != "" {
		col.Add(widget.Pad(0, 0, 0, 28, widget.NewFlow(20, widget.Span{Words: why, Style: widget.Plain(theme.Body, theme.Muted)})))
	}
	col.Add(widget.Pad(6, 0, 0, 28, u.buttons(c)))
	return widget.NewCard(col)
}

func (u *Page) state(s present.State) (icon, words string, tone theme.Name) {
	w := u.p.View.Words.Unsent
	switch s {
	case present.Refused:
		return "close", w.Refused, theme.Sev1
	case present.Conflict:
		return "warn", w.Conflict, theme.Sev2
	case present.OutOfSight:
		return "lock", u.p.View.Words.Sight.UnsentState, theme.Muted
	default:
		return "clock", w.Waiting, theme.Muted
	}
}

func (u *Page) why(c present.Change) string {
	switch c.State {
	case present.Conflict:
		return fmt.Sprintf(u.p.View.Words.Unsent.StandsNow, c.Standing, u.p.View.Time(c.Since, u.p.Now()))
	case present.Refused, present.OutOfSight:
		return strings.TrimSpace(strings.Join([]string{c.Trouble.What, c.Trouble.Safe, c.Trouble.Do}, " "))
	default:
		return ""
	}
}

func (u *Page) buttons(c present.Change) fyne.CanvasObject {
	w := u.p.View.Words
	row, key := widget.Row(8, -1), c.Command.String()
	small := func(name, words string, tapped func()) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: name + key, Words: words, Small: true}, tapped))
	}
	switch c.State {
	case present.Conflict:
		small("theirs", fmt.Sprintf(w.Unsent.Theirs, c.Standing), func() { u.do(u.p.Session.Discard, c.Command) })
		small("mine", fmt.Sprintf(w.Unsent.Mine, c.Wanted), func() { u.do(u.p.Session.Retry, c.Command) })
	case present.Refused:
		small("retry", w.Unsent.Retry, func() { u.do(u.p.Session.Retry, c.Command) })
		small("discard", w.Unsent.Discard, func() { u.askDiscard(c.Command) })
	case present.OutOfSight: // of which nothing is left to try again or to copy
		small("discard", w.Sight.UnsentRemove, func() { u.do(u.p.Session.Discard, c.Command) })
		return row
	case present.Waiting: // there is nothing to decide
	}
	small("copy", w.Common.Copy, func() { u.p.Copy(c.Text) })
	if !c.Incident.IsZero() {
		small("open", w.Unsent.Open, func() { u.p.Open(c.Incident) })
	}
	return row
}

func (u *Page) do(what func(context.Context, id.Command) error, c id.Command) {
	u.p.Work.Go(func(ctx context.Context) func() {
		err := what(ctx, c)
		return func() {
			if err != nil {
				u.p.Failed(err)
			}
			u.Refresh()
		}
	})
}

// askDiscard asks before words are lost for good.
func (u *Page) askDiscard(c id.Command) {
	w := u.p.View.Words
	widget.Confirm(u.p.Canvas, widget.Question{
		Title: w.Unsent.DiscardTitle, Text: w.Unsent.DiscardText, Yes: w.Unsent.Discard, No: w.Common.Cancel,
	}, func() { u.do(u.p.Session.Discard, c) })
}

// clip shortens long words: the page is for deciding, the room for reading.
func clip(s string) string {
	const most = 300
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
