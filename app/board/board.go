// Package board is the first page: what burns now, who responds, and what was lately.
package board

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Session is what the board asks of the client.
type Session interface {
	// Board returns what the replica knows.
	Board(ctx context.Context) (present.Board, error)
}

// Params is what a board needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas  // the window's
	View    present.View // zone and words
	Now     func() time.Time
	Open    func(id.Incident)
	Declare func()
	All     func() // shows all incidents there are
	Duties  func() // shows who is on call
	Failed  func(error)
}

// Page is the board.
type Page struct {
	p      Params
	fetch  *widget.Fetcher
	body   *fyne.Container
	scroll *widget.Scroll
	model  present.Board
	shown  bool
	clocks []func(now time.Time)
}

// wide is the width from which the legend of severities stands beside the past.
const wide = 980

// tagsMost is how many tags a fire shows; the room shows them all.
const tagsMost = 3

// New returns the board. It shows nothing until Refresh.
func New(p Params) *Page {
	b := &Page{p: p, body: widget.Column(0)}
	b.scroll = widget.NewScroll(widget.Pad(28, 36, 28, 36, widget.Middle(1304, b.body)))
	b.fetch = widget.NewFetcher(p.Work, b.get)
	return b
}

// Content returns the page.
func (b *Page) Content() fyne.CanvasObject { return b.scroll }

// Refresh fetches again.
func (b *Page) Refresh() { b.fetch.Ask() }

// Inherit shows what another page shows, before it is read again.
func (b *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	if before.shown {
		b.show(before.model)
	}
}

// Tick brings the running times up to date.
func (b *Page) Tick(now time.Time) {
	if turn := b.model.Turn; !turn.IsZero() && !now.Before(turn) { // somebody hands over
		b.model.Turn = time.Time{}
		b.Refresh()
	}
	for _, set := range b.clocks {
		set(now)
	}
}

func (b *Page) get(ctx context.Context) func() {
	model, err := b.p.Session.Board(ctx)
	return func() {
		if err != nil {
			b.p.Failed(err)
			return
		}
		b.show(model)
	}
}

func (b *Page) show(model present.Board) {
	if b.shown && reflect.DeepEqual(model, b.model) {
		return
	}
	b.model, b.shown = model, true
	widget.KeepFocus(b.p.Canvas, b.scroll, b.build)
}

func (b *Page) build() {
	widget.Fill(b.body, b.rows)
	b.Tick(b.p.Now())
	b.scroll.Fit()
}

func (b *Page) rows() {
	b.clocks = nil
	if len(b.model.Fires) == 0 && len(b.model.Lately) == 0 {
		w := b.p.View.Words.Board
		b.body.Add(b.calm(w.EmptyTitle, w.EmptyText, true))
		b.body.Add(widget.Space(0, 24))
		b.body.Add(b.onCall())
	} else {
		b.addFires()
		b.body.Add(widget.Space(0, 24))
		b.body.Add(b.onCall())
		b.body.Add(widget.Space(0, 28))
		b.body.Add(widget.Beside(wide, b.lately(), widget.Fixed(380, b.legend())))
	}
}

func (b *Page) addFires() {
	if len(b.model.Fires) == 0 {
		w := b.p.View.Words.Board
		b.body.Add(b.calm(w.CalmTitle, w.CalmText, false))
		return
	}
	headline, beside := b.model.Headline(b.p.View)
	b.body.Add(widget.NewFlow(40, widget.Span{Words: headline, Style: widget.Strong(theme.Number, theme.Text)},
		widget.Span{Words: "   " + beside, Style: widget.Plain(theme.Body, theme.Muted)}))
	b.body.Add(widget.Space(0, 10))
	for i, f := range b.model.Fires {
		if i > 0 {
			b.body.Add(widget.Space(0, 10))
		}
		b.body.Add(b.fire(f))
	}
}

// calm is what stands where nothing burns: quiet, and with the one button where nothing ever did.
func (b *Page) calm(title, text string, button bool) fyne.CanvasObject {
	col := widget.Column(8,
		widget.Row(16, 1,
			widget.NewIcon("bowl", 40, theme.Gold),
			widget.NewFlow(40, widget.Span{Words: title, Style: widget.Strong(theme.Number, theme.Text)})),
		widget.Narrow(640, widget.NewFlow(24, widget.Span{Words: text, Style: widget.Plain(theme.Entry, theme.Muted)})))
	if button {
		words := b.p.View.Words.Common.Declare
		col.Add(widget.Space(0, 8))
		col.Add(widget.Row(0, -1, widget.NewButton(
			widget.ButtonParams{Key: "first declare", Words: words, Look: widget.Gold}, b.p.Declare)))
	}
	return widget.Pad(20, 0, 12, 0, col)
}

func (b *Page) fire(f present.Fire) fyne.CanvasObject {
	hot := f.Level == 1 && f.Status == incident.Open
	fill, stroke, title, clock := theme.Surface, theme.Line, widget.Plain(theme.Entry, theme.Text), widget.Plain(theme.Title, theme.Muted)
	if hot {
		fill, stroke = theme.Burning, theme.Sev1
		title, clock = widget.Strong(theme.Entry, theme.Text), widget.Strong(theme.Title, theme.Sev1)
	} else if f.Status == incident.Open {
		clock = widget.Plain(theme.Title, theme.Text)
	}
	running := widget.NewTextRight("", clock)
	b.clocks = append(b.clocks, func(now time.Time) {
		running.Set(present.Clock(now.Sub(f.Since), b.p.View.Words), clock.Tone)
	})
	first := widget.Row(12, 1, widget.NewSeverity(f.Level, 18), widget.NewText(f.Title, title))
	if f.Kind != "" {
		first.Add(widget.NewTag(f.Kind, theme.Sev4))
	}
	if f.Status != incident.Open {
		first.Add(widget.NewTag(f.State, theme.Muted))
	}
	if unread := f.UnreadWords(b.p.View); unread != "" {
		first.Add(widget.NewText(fmt.Sprintf(b.p.View.Words.Board.Unread, unread), widget.Strong(theme.Body, theme.Gold)))
	}
	switch {
	case f.Private:
		first.Add(widget.Row(6, -1, widget.NewLock(16, present.SeenBy(f.Seers, b.p.View.Words)), widget.NewText(f.Number, widget.Plain(theme.Body, theme.Muted))))
	case !f.Pending:
		first.Add(widget.NewText(f.Number, widget.Plain(theme.Body, theme.Muted)))
	}
	first.Add(widget.Fixed(84, running))
	rows := widget.Column(10, first, b.second(f))
	if f.Pending {
		rows.Add(widget.Pad(0, 0, 0, 30, widget.Row(8, -1, widget.NewIcon("offline", 16, theme.Sev2),
			widget.NewText(b.p.View.Words.Board.Unsent, widget.Strong(theme.Body, theme.Sev2)))))
	}
	card := widget.On(widget.NewBox(fill, stroke), widget.Pad(16, 20, 16, 20, rows))
	return widget.NewPress("fire "+f.ID.String(), card, func() { b.p.Open(f.ID) })
}

// second is who responds at the left, and tags, the last change and the promised update at the right.
func (b *Page) second(f present.Fire) fyne.CanvasObject {
	w, muted := b.p.View.Words.Board, widget.Plain(theme.Body, theme.Muted)
	who := widget.Wrap(8)
	add := func(o ...fyne.CanvasObject) {
		who.Add(widget.Pad(0, 16, 0, 0, widget.Row(8, -1, o...), widget.Space(0, 26)))
	}
	for _, h := range f.Roles {
		add(widget.NewText(h.Role, muted), widget.NewHint(widget.NewAvatar(h.Person.Initials, 26), h.Person.Name))
	}
	switch {
	case len(f.Roles) == 0 && f.Others == 0:
		add(widget.NewText(w.NoRoles, muted))
	case f.Others > 0:
		add(widget.NewText(fmt.Sprintf(w.Responding, f.Others+len(f.Roles)), muted))
	}
	updated := widget.NewTextRight("", widget.Plain(theme.Caption, theme.Muted))
	b.clocks = append(b.clocks, func(now time.Time) {
		text, tone := fmt.Sprintf(w.Changed, b.p.View.Ago(f.Updated, now)), theme.Muted
		if !f.Due.IsZero() {
			left, late := present.Countdown(f.Due, now, b.p.View)
			if text += fmt.Sprintf(w.NextIn, left); late {
				text, tone = fmt.Sprintf(w.Changed, b.p.View.Ago(f.Updated, now))+fmt.Sprintf(w.NextLate, left), theme.Sev2
			}
		}
		updated.Set(text, tone)
	})
	var tags []fyne.CanvasObject
	shown := min(len(f.Tags), tagsMost)
	for _, tag := range f.Tags[:shown] {
		tags = append(tags, widget.NewTag("#"+tag, theme.Text))
	}
	if more := len(f.Tags) - shown; more > 0 {
		tags = append(tags, widget.NewText(fmt.Sprintf("+%d", more), widget.Plain(theme.Caption, theme.Muted)))
	}
	wide := float32(128)
	if !f.Due.IsZero() {
		wide = 310
	}
	row := widget.Row(12, len(tags), append(tags, widget.Space(0, 0), widget.Fixed(wide, widget.NewHint(updated, b.p.View.Exact(f.Updated))))...)
	return widget.Pad(0, 0, 0, 30, widget.Facing(12, who, row))
}

func (b *Page) lately() fyne.CanvasObject {
	w := b.p.View.Words.Board
	col := widget.Column(0, widget.NewCaps(w.Lately), widget.Space(0, 4))
	if len(b.model.Lately) == 0 {
		col.Add(widget.NewFlow(20, widget.Span{Words: w.LatelyEmpty, Style: widget.Plain(theme.Body, theme.Muted)}))
	}
	for _, p := range b.model.Lately {
		col.Add(b.past(p))
		col.Add(widget.NewRule(theme.Line))
	}
	if len(b.model.Lately) > 0 {
		col.Add(widget.Pad(8, 0, 0, 0, widget.Row(0, -1, widget.NewButton(widget.ButtonParams{
			Key: "all", Words: w.All, Icon: "search", Small: true, Look: widget.Bare,
		}, b.p.All))))
	}
	if b.model.Missing > 0 {
		col.Add(widget.Pad(8, 0, 0, 0, widget.NewFlow(20, widget.Span{
			Words: fmt.Sprintf(w.Filling, b.model.Missing), Style: widget.Plain(theme.Caption, theme.Muted),
		})))
	}
	return col
}

func (b *Page) past(p present.Past) fyne.CanvasObject {
	ended := widget.NewTextRight("", widget.Plain(theme.Caption, theme.Muted))
	b.clocks = append(b.clocks, func(now time.Time) { ended.Set(b.p.View.Ago(p.Ended, now), theme.Muted) })
	row := widget.Row(12, 1, widget.NewSeverity(p.Level, 16), widget.NewText(p.Title, widget.Plain(theme.Body, theme.Text)))
	if p.Kind != "" {
		row.Add(widget.NewText(p.Kind, widget.Plain(theme.Caption, theme.Muted)))
	}
	tone := theme.Good
	if p.Status != incident.Resolved && p.Status != incident.Closed {
		tone = theme.Muted
	}
	row.Add(widget.NewIcon(p.Status.String(), 14, tone))
	state := widget.Plain(theme.Caption, tone)
	row.Add(widget.Fixed(widget.Wide(60, state, present.StatusWords(b.p.View.Words)...), widget.NewText(p.State, state)))
	number := widget.Row(5, -1, widget.NewText(p.Number, widget.Plain(theme.Caption, theme.Muted)))
	if p.Private {
		number.Add(widget.NewLock(13, present.SeenBy(p.Seers, b.p.View.Words)))
	}
	row.Add(widget.Fixed(76, number))
	row.Add(widget.Fixed(84, widget.NewHint(ended, b.p.View.Exact(p.Ended))))
	return widget.NewPress("past "+p.ID.String(), widget.On(row, widget.Space(0, 43)), func() { b.p.Open(p.ID) }).Wide()
}

// legend says what the severities mean: whoever declares next has seen it before.
func (b *Page) legend() fyne.CanvasObject {
	col := widget.Column(0, widget.NewCaps(b.p.View.Words.Board.HowBad), widget.Space(0, 4))
	for _, s := range b.model.Severities {
		text := widget.NewFlow(20,
			widget.Span{Words: s.Name + "  ", Style: widget.Strong(theme.Body, theme.Text)},
			widget.Span{Words: s.Hint, Style: widget.Plain(theme.Body, theme.Muted)})
		col.Add(widget.Pad(11, 0, 12, 0, widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewSeverity(s.Level, 16)), text)))
		col.Add(widget.NewRule(theme.Line))
	}
	return col
}
