package warroom

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// buildHeader shows what it is about, how bad it is, where it stands and for how long.
func (r *Page) buildHeader() {
	if !r.parts.changed(partHeader, r.headerShown()) {
		return
	}
	r.header.RemoveAll()
	r.running = nil
	if !r.shown {
		return
	}
	m, w := r.model, r.p.View.Words
	r.header.Add(widget.NewSeverity(m.Level, 18))
	title := widget.NewPress("title", widget.NewText(m.Title, widget.Strong(theme.Title, theme.Text)), nil)
	title.OnTapped = func() { r.askTitle(title, "") }
	r.header.Add(title)
	if m.Private {
		r.header.Add(r.lock())
	}
	tone := widget.SeverityTone(m.Level)
	severity := widget.NewButton(widget.ButtonParams{Key: "severity", Words: m.Severity, After: "down", Tone: tone, Small: true}, nil)
	severity.OnTapped = func() { r.askSeverity(severity, "") }
	status := widget.NewButton(widget.ButtonParams{Key: "status", Words: m.State, After: "down", Small: true}, nil)
	status.OnTapped = func() { r.askStatus(status, m.Status, "") }
	r.header.Add(severity)
	r.header.Add(status)
	r.header.Add(r.clock())
	if r.columns.known && r.columns.facts {
		facts := widget.NewButton(widget.ButtonParams{
			Key: "facts", Icon: "people", Small: true, Words: either(r.columns.fires, "", w.Room.FactsButton), Tip: either(r.columns.fires, w.Room.FactsButton, ""),
		}, nil)
		facts.OnTapped = func() { r.openDrawer(facts) }
		r.header.Add(facts)
	}
	if !r.columns.facts {
		next, words := present.Next(m.Status, r.p.View)
		onward := widget.NewButton(widget.ButtonParams{Key: "onward", Words: words, Small: true}, nil)
		onward.OnTapped = func() { r.askStatus(onward, next, "") }
		r.header.Add(onward)
		r.header.Add(widget.NewText(m.Number, widget.Plain(theme.Body, theme.Muted)))
	}
	if !r.columns.fires { // in a narrow window the title needs the room; the list of actions has it too
		r.header.Add(r.bell())
	}
	more := widget.NewButton(widget.ButtonParams{
		Key: "more", Icon: "more", Small: true, Look: widget.Bare, Tone: theme.Muted, Tip: w.Room.MoreHint,
	}, nil)
	more.OnTapped = func() { r.openMore(more) }
	r.header.Add(more)
	r.header.Refresh()
}

// clock runs while it burns and stands still once it is over.
func (r *Page) clock() fyne.CanvasObject {
	m, style := r.model, widget.Strong(theme.Title, theme.Muted)
	if m.Status == incident.Open {
		style.Tone = theme.Text
		if m.Level == 1 {
			style.Tone = theme.Sev1
		}
	}
	text := widget.NewText("", style)
	r.running = func(now time.Time) {
		if !m.Status.Burning() {
			now = m.StatusSince
		}
		span := present.ClockExact
		if r.columns.fires {
			span = present.Clock
		}
		text.Set(span(now.Sub(m.Since), r.p.View.Words), style.Tone)
	}
	r.running(r.now())
	return widget.NewHint(text, fmt.Sprintf(r.p.View.Words.Room.DeclaredAt, r.p.View.Exact(m.Since)))
}

// bell says whether whoever looks hears of the incident without being on call.
func (r *Page) bell() fyne.CanvasObject {
	w := r.p.View.Words.Room
	tone, tip := theme.Muted, w.Bell
	if r.model.Subscribed {
		tone, tip = theme.Gold, w.BellOn
	}
	return widget.NewButton(widget.ButtonParams{Key: "bell", Icon: "bell", Small: true, Look: widget.Bare, Tone: tone, Tip: tip}, r.toggleBell)
}

func (r *Page) toggleBell() {
	in, off := r.in, r.model.Subscribed
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.Hear(ctx, in, off)
		return func() {
			if err != nil {
				r.p.Failed(err)
			}
			r.Refresh()
		}
	})
	r.Focus()
}

// openMore lists everything that can be done in the room.
func (r *Page) openMore(under fyne.CanvasObject) {
	actions := r.Actions()
	items := make([]widget.MenuItem, 0, len(actions))
	for _, a := range actions {
		items = append(items, widget.MenuItem{Key: a.Key, Icon: a.Icon, Words: a.Words, Hint: "/" + a.Key, Do: a.Do})
	}
	widget.ShowMenu(r.p.Canvas, under, items).OnGone = r.Focus
}

func (r *Page) askKind() {
	var items []widget.MenuItem
	for k := incident.Real; k <= incident.Informational; k++ {
		items = append(items, widget.MenuItem{
			Key: strconv.Itoa(int(k)), Icon: "dot", Words: present.KindWord(k, r.p.View.Words), Do: func() { r.submit(incident.ChangeKind{To: k}) },
		})
	}
	widget.ShowMenu(r.p.Canvas, r.under("more"), items).OnGone = r.Focus
}

// openDrawer shows facts and people over the page, where there is no room beside the timeline.
func (r *Page) openDrawer(under fyne.CanvasObject) {
	r.folded = r.newPlace()
	r.buildAll(r.folded)
	r.drawer = widget.ShowUnder(r.p.Canvas, under, r.folded.col, factsWide+20)
	r.drawer.OnGone = func() { r.drawer, r.folded, r.side = nil, nil, nil; r.Focus() }
}

// buildFires lists what burns, the shown one marked with gold. A past incident stands there as well
// while one looks at it.
func (r *Page) buildFires() {
	found := false
	for _, f := range r.model.Burning {
		found = found || f.ID == r.in
	}
	list := r.model.Burning
	if !found {
		list = append([]present.Fire{r.model.Fire}, list...)
	}
	widget.Fill(r.fires, func() {
		for _, f := range list {
			r.fires.Add(r.fireRow(f))
		}
	})
}

func (r *Page) fireRow(f present.Fire) fyne.CanvasObject {
	here := f.ID == r.in
	style, edge := widget.Plain(theme.Body, theme.Text), theme.Clear
	if here {
		style, edge = widget.Strong(theme.Body, theme.Text), theme.Gold
	}
	state := widget.NewText(f.State, widget.Plain(theme.Caption, theme.Muted))
	if f.Status.Burning() {
		r.clocks = append(r.clocks, func(now time.Time) {
			state.Set(f.State+" "+present.Clock(now.Sub(f.Since), r.p.View.Words), theme.Muted)
		})
	}
	below := fyne.CanvasObject(state)
	if f.Private {
		below = widget.Row(6, 1, widget.NewIcon("lock", 12, theme.Muted), state)
	}
	words := widget.Column(0, widget.NewFlow(20, widget.Span{Words: clip(f.Title, 90), Style: style}), below)
	bar := widget.NewRule(edge)
	line := widget.Row(12, 1, widget.NewSeverity(f.Level, 16), words)
	if unread := r.unread(f); unread != "" {
		line.Add(widget.NewText(unread, widget.Strong(theme.Caption, theme.Gold)))
	}
	row := widget.Pad(10, 12, 10, 14, line)
	press := widget.NewPress("room "+f.ID.String(), widget.On(leftEdge(bar), row), func() { r.p.Open(f.ID) }).Square()
	press.Choose(here)
	return press
}

// leftEdge keeps a bar two pixels wide at the left of whatever height there is.
func leftEdge(bar fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: edge{}, Objects: []fyne.CanvasObject{bar}}
}

type edge struct{}

// Layout stretches the bar down.
func (edge) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(2, size.Height))
}

// MinSize is nothing: what lies over it says the size.
func (edge) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// clip shortens a title that somebody pasted a page into.
func clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
