// Package reach is the page of how whoever looks is reached: their devices, numbers and addresses, the rules by which they are tried,
// and what would happen at three in the morning.
package reach

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
	"github.com/tsugi-app/tsugi/sync/reach"
)

// Session is what the page asks of the client.
type Session interface {
	// Reach returns how whoever looks is reached, as far as this device knows it.
	Reach(ctx context.Context) (present.Ways, error)
	// ChooseRules stores a wish for other rules; it is sent when the server is reached.
	ChooseRules(ctx context.Context, r reach.Rules) error
	// PublishNumber stores a wish that everybody see a number, or none; it is sent when the server is reached.
	PublishNumber(ctx context.Context, number string) error
	// Contacts returns the numbers and addresses. Like all that changes them it needs the server.
	Contacts(ctx context.Context) (present.Contacts, error)
	// AddContact adds one, once for each way in which it is to be used.
	AddContact(ctx context.Context, address string, kinds ...reach.Channel) error
	// RemoveContact forgets one.
	RemoveContact(ctx context.Context, c id.Contact) error
	// SendCode has a code sent to one.
	SendCode(ctx context.Context, c id.Contact) error
	// ConfirmContact brings the code back.
	ConfirmContact(ctx context.Context, c id.Contact, code string) error
	// SendTestPage has the server page whoever looks, and nobody else, to see whether it reaches them.
	SendTestPage(ctx context.Context) error
	// Submit stores an answer to a test page.
	Submit(ctx context.Context, in id.Incident, c incident.Command) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Now     func() time.Time
	Failed  func(error)
	People  func() // opens the page of people and devices
}

// Page is how whoever looks is reached.
type Page struct {
	p       Params
	fetch   *widget.Fetcher
	body    *fyne.Container
	scroll  *widget.Scroll
	model   present.Ways
	shown   bool
	reached bool
	silent  bool // it is assumed that the person's device shows nothing
	heir    *Page

	server   *widget.Fetcher
	contacts *present.Contacts // nil while they are not known
	asked    bool              // they were asked for since the page was opened
	of       reach.Channels    // what everybody knew then
}

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	g := &Page{p: p, body: widget.Column(0), reached: true, silent: true}
	g.scroll = widget.NewScroll(widget.Pad(28, 36, 36, 36, widget.Middle(1120, g.body)))
	g.fetch = widget.NewFetcher(p.Work, g.get)
	g.server = widget.NewFetcher(p.Work, g.getContacts)
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

// Leave forgets the numbers and addresses: the server may know others when the page is opened again.
func (g *Page) Leave() { g.contacts, g.asked = nil, false }

// Inherit shows what another page shows, before it is read again.
func (g *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	before.heir = g
	g.reached, g.silent, g.contacts, g.asked, g.of = before.reached, before.silent, before.contacts, before.asked, before.of
	if before.shown {
		g.model, g.shown = before.model, true
		g.build()
	}
}

// Connected tells the page whether the server can be asked.
func (g *Page) Connected(c present.Connection) {
	if g.reached != c.Reached() {
		g.reached = c.Reached()
		g.again()
		g.askContacts()
	}
}

func (g *Page) get(ctx context.Context) func() {
	model, err := g.p.Session.Reach(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
			return
		case !g.shown || !reflect.DeepEqual(model, g.model):
			g.model, g.shown = model, true
			g.again()
		}
		if !g.asked || g.of != model.Channels { // something was verified or removed, perhaps on another device
			g.askContacts()
		}
	}
}

// askContacts asks the server for what it alone knows. That it is not reached is said on the page already. Where it fails it is not asked
// again until there is a reason.
func (g *Page) askContacts() {
	if g.reached {
		g.asked, g.of = true, g.model.Channels
		g.server.Ask()
	}
}

func (g *Page) getContacts(ctx context.Context) func() {
	contacts, err := g.p.Session.Contacts(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case g.contacts == nil || !reflect.DeepEqual(contacts, *g.contacts):
			g.contacts = &contacts
			g.again()
		}
	}
}

// again draws what has changed.
func (g *Page) again() {
	if g.shown {
		widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
	}
}

func (g *Page) build() {
	widget.Fill(g.body, g.rows)
	g.scroll.Fit()
}

func (g *Page) rows() {
	w := g.p.View.Words.Reach
	g.body.Add(widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)}))
	g.body.Add(lead(w.Lead))
	g.readiness()
	g.body.Add(widget.Pad(28, 0, 0, 0, widget.Beside(beside, g.rules(), g.atThree())))
	below := widget.Column(0)
	g.contactList(below)
	g.published(below)
	g.body.Add(widget.Narrow(narrow, below))
}

// beside is the width from which what would happen stands beside what is set.
const beside = 800

// narrow is how wide rows are at most: what can be done with a number stands near it.
const narrow = 780

// readiness says first what speaks against being reached.
func (g *Page) readiness() {
	w := g.p.View.Words.Reach
	doubts := g.p.View.Doubts(g.model, g.contacts, g.p.Now())
	for _, d := range doubts {
		tone := theme.Sev2
		if d.Grave {
			tone = theme.Sev1
		}
		g.body.Add(widget.Pad(8, 0, 0, 0, g.said("warn", tone, d.What, d.Do)))
	}
	if len(doubts) == 0 {
		text := w.FineText
		if g.contacts == nil {
			text = w.FineUnknown
		}
		g.body.Add(widget.Pad(8, 0, 0, 0, g.said("tick", theme.Good, w.Fine, text)))
	}
	for _, sound := range g.p.View.Sound(g.model, g.contacts, g.p.Now()) {
		g.body.Add(widget.Pad(4, 0, 0, 0, g.said("tick", theme.Good, sound, "")))
	}
	g.body.Add(widget.Pad(20, 0, 0, 0, g.testPage()))
}

// said is one thing to know, and what to do about it.
func (g *Page) said(icon string, tone theme.Name, what, do string) fyne.CanvasObject {
	style := widget.Strong(theme.Body, theme.Text)
	if do == "" {
		style = widget.Plain(theme.Body, theme.Muted)
	}
	flow := widget.NewFlow(22, widget.Span{Words: what, Style: style}, widget.Span{Words: " " + do, Style: widget.Plain(theme.Body, theme.Muted)})
	return widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon(icon, 18, tone)), flow)
}

// rules is what this device can change and show by itself.
func (g *Page) rules() fyne.CanvasObject {
	w := g.p.View.Words.Reach
	col := widget.Column(0)
	g.ruleList(col, section{w.High, w.HighLead, reach.High})
	g.ruleList(col, section{w.Low, w.LowLead, reach.Low})
	g.deviceList(col)
	return col
}

// section is one of the two lists of rules.
type section struct {
	caps, lead string
	urgency    reach.Urgency
}

func (g *Page) deviceList(col *fyne.Container) {
	w := g.p.View.Words
	heading(col, w.Reach.Devices)
	if len(g.model.Devices) == 0 {
		col.Add(lead(w.Reach.NoDevices))
	}
	for _, d := range g.model.Devices {
		name, state, tone := d.Name, w.Reach.NotPushed, theme.Muted
		if d.Platform != "" {
			name += "  ·  " + d.Platform
		}
		if d.Pushed {
			state, tone = w.Reach.Pushed, theme.Good
		}
		first := widget.Row(10, -1, widget.NewText(name, widget.Plain(theme.Body, theme.Text)))
		if d.This {
			first.Add(widget.NewTag(w.People.ThisDevice, theme.Good))
		}
		col.Add(widget.Pad(6, 0, 6, 0, widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon("device", 18, tone)),
			widget.Column(0, first, caption(state)))))
	}
	col.Add(widget.Pad(4, 0, 0, 0, widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: "devices", Words: w.Reach.ToDevices, Small: true}, g.p.People))))
}

// published is the number that everybody may call.
func (g *Page) published(col *fyne.Container) {
	w := g.p.View.Words.Reach
	heading(col, w.Published)
	col.Add(lead(w.PublishedLead))
	if g.model.Number == "" {
		col.Add(widget.Pad(4, 0, 0, 0, widget.Row(12, -1, widget.NewButton(widget.ButtonParams{Key: "publish", Words: w.Publish, Icon: "plus", Small: true}, g.askPublish),
			caption(w.PublishedNone))))
		return
	}
	away := widget.NewButton(widget.ButtonParams{Key: "unpublish", Words: w.Unpublish, Small: true}, func() {
		g.run(func(ctx context.Context) error { return g.p.Session.PublishNumber(ctx, "") })
	})
	col.Add(widget.On(widget.Row(12, 1, widget.NewIcon("phone", 18, theme.Good), widget.NewText(g.model.Number, widget.Plain(theme.Entry, theme.Text)), away),
		widget.Space(0, theme.RowTall)))
}

func heading(col *fyne.Container, caps string) {
	col.Add(widget.Space(0, 28))
	col.Add(widget.NewCaps(caps))
	col.Add(widget.Space(0, 6))
}

func lead(words string) *widget.Flow {
	return widget.NewFlow(22, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
}

func caption(words string) fyne.CanvasObject {
	return widget.NewFlow(18, widget.Span{Words: words, Style: widget.Plain(theme.Caption, theme.Muted)})
}

// atThree is what would happen, computed by the rules that page people.
func (g *Page) atThree() fyne.CanvasObject {
	w := g.p.View.Words.Reach
	col := widget.Column(0,
		widget.Row(10, 1, widget.NewIcon("moon", 18, theme.Gold), widget.NewCaps(w.At3)),
		widget.Space(0, 6), lead(w.At3Lead), widget.Space(0, 10))
	steps := g.p.View.At3(g.model, reach.High, g.silent)
	if len(steps) == 0 {
		col.Add(g.said("warn", theme.Sev1, w.At3Nothing, ""))
		return card(col)
	}
	for _, s := range steps {
		col.Add(step(s))
	}
	if g.model.Channels.Has(reach.Push) {
		col.Add(widget.Pad(8, 0, 0, 0, widget.NewCheck(w.Silent, g.silent, func(on bool) { g.silent = on; g.again() })))
	}
	col.Add(widget.Pad(8, 0, 0, 0, caption(w.At3End)))
	return card(col)
}

const cardWide = 340

func card(col fyne.CanvasObject) fyne.CanvasObject {
	return widget.Fixed(cardWide, widget.NewCard(col))
}

func step(s present.Step) fyne.CanvasObject {
	return widget.Pad(5, 0, 5, 0, widget.RowTop(12, 2,
		widget.Pad(1, 0, 0, 0, widget.NewText(s.At, widget.Plain(theme.Body, theme.Muted))),
		widget.Pad(1, 0, 0, 0, widget.NewIcon(present.ChannelIcon(s.Channel), 18, theme.Text)),
		widget.Column(0, widget.NewText(s.What, widget.Strong(theme.Body, theme.Text)), caption(s.Why))))
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

func (g *Page) later(rule reach.Rule) string {
	return fmt.Sprintf(g.p.View.Words.Reach.Rule, g.p.View.After(rule.After), g.p.View.Channel(rule.Channel))
}
