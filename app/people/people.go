// Package people is the page of people and their devices: who is here, who is invited, and which
// device is shut out.
package people

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
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Session is what the page asks of the client.
type Session interface {
	// People returns everybody and their devices.
	People(ctx context.Context) (present.People, error)
	// Invite makes a code for a new person, or for a further device; it needs the server.
	Invite(ctx context.Context, g present.Guest) (present.Invitation, error)
	// RevokeDevice shuts a device out.
	RevokeDevice(ctx context.Context, r present.Revocation) error
	// DescribeSelf changes what whoever looks is called, and where they work.
	DescribeSelf(ctx context.Context, name, department string) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Now     func() time.Time
	Failed  func(error)
	Copy    func(string)
	Reach   func() // opens the page of how whoever looks is reached
}

// Page is the list of people.
type Page struct {
	p       Params
	fetch   *widget.Fetcher
	body    *fyne.Container
	scroll  *widget.Scroll
	model   present.People
	lines   map[id.Device]fyne.CanvasObject // where each device is shown
	shown   bool
	reached bool
	wanted  func(*Page) // what is to be asked as soon as the page is there, or nil
	heir    *Page       // that took this one's place, or nil
}

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	g := &Page{p: p, body: widget.Column(0), reached: true, lines: map[id.Device]fyne.CanvasObject{}}
	g.scroll = widget.NewScroll(widget.Pad(28, 36, 28, 36, widget.Middle(860, g.body)))
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

// Leave forgets what was to be asked.
func (g *Page) Leave() { g.wanted = nil }

// Inherit shows what another page shows, before it is read again.
func (g *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	before.heir = g
	g.reached = before.reached
	g.wanted, before.wanted = before.wanted, nil
	if before.shown {
		g.model, g.shown = before.model, true
		g.build()
	}
}

// Connected tells the page whether invitations can be made.
func (g *Page) Connected(c present.Connection) {
	if g.reached != c.Reached() {
		g.reached = c.Reached()
		if g.shown {
			widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
		}
	}
}

func (g *Page) get(ctx context.Context) func() {
	model, err := g.p.Session.People(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case !g.shown || !reflect.DeepEqual(model, g.model):
			g.model, g.shown = model, true
			widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
		}
		if ask := g.wanted; ask != nil {
			g.wanted = nil // also where nothing came: it would be asked at a time when nobody thinks of it any more
			if g.shown {
				ask(g)
			}
		}
	}
}

func (g *Page) build() {
	g.lines = map[id.Device]fyne.CanvasObject{}
	widget.Fill(g.body, g.rows)
	g.scroll.Fit()
}

func (g *Page) rows() {
	w := g.p.View.Words.People
	title := widget.NewFlow(40, widget.Span{
		Words: present.Count(len(g.model.People), w.TitleOne, w.Title), Style: widget.Strong(theme.Number, theme.Text),
	})
	head := widget.Row(12, 0, title)
	if !g.reached {
		head.Add(widget.NewText(w.OnlineOnly, widget.Plain(theme.Caption, theme.Sev2)))
	}
	if g.model.MayInvite {
		invite := widget.NewButton(widget.ButtonParams{Key: "invite", Words: w.Invite, Icon: "plus"}, g.askInvite)
		invite.Allow(g.reached)
		head.Add(invite)
	}
	g.body.Add(widget.Pad(0, 0, 12, 0, head))
	for _, p := range g.model.People {
		g.body.Add(widget.NewRule(theme.Line))
		g.body.Add(g.person(p))
	}
}

func (g *Page) person(p present.Colleague) fyne.CanvasObject {
	w := g.p.View.Words
	name := widget.Row(10, -1, widget.NewText(p.Name, widget.Strong(theme.Entry, theme.Text)))
	if p.Self {
		name.Add(widget.NewTag(w.Common.You, theme.Gold))
	}
	if p.Admin {
		name.Add(widget.NewTag(w.People.AdminMark, theme.Muted))
	}
	name.Add(widget.NewText(p.Department, widget.Plain(theme.Body, theme.Muted)))
	head := widget.Row(12, 0, name)
	if p.Self {
		head.Add(widget.NewButton(widget.ButtonParams{Key: "own reach", Words: w.Reach.Go, Icon: "bell", Small: true}, g.p.Reach))
		head.Add(widget.NewButton(widget.ButtonParams{Key: "own name", Words: w.People.OwnName, Icon: "edit", Small: true}, g.askOwnName))
	}
	if p.MayInvite {
		head.Add(g.further(p))
	}
	col := widget.Column(0, widget.On(head, widget.Space(0, 32)), g.reachedBy(p))
	if len(p.Devices) == 0 {
		col.Add(widget.NewText(w.People.NoDevice, widget.Plain(theme.Caption, theme.Muted)))
	}
	for _, d := range p.Devices {
		col.Add(g.device(p, d))
	}
	return widget.Pad(12, 0, 12, 0, widget.RowTop(14, 1, widget.NewAvatar(p.Initials, 32), col))
}

// reachedBy says in which ways a person is reached, as everybody may know it.
func (g *Page) reachedBy(p present.Colleague) fyne.CanvasObject {
	icon, tone := "bell", theme.Muted
	if p.Hardly {
		icon, tone = "warn", theme.Sev2
	}
	return widget.On(widget.Row(10, 1, widget.NewIcon(icon, 18, tone), widget.NewText(p.Reached, widget.Plain(theme.Caption, theme.Muted))), widget.Space(0, 28))
}

// further is the button that makes a code for one more device of a person.
func (g *Page) further(p present.Colleague) fyne.CanvasObject {
	b := widget.NewButton(widget.ButtonParams{
		Key: "further " + p.ID.String(), Words: g.p.View.Words.People.FurtherDevice, Icon: "plus", Small: true,
	}, func() { g.inviteFurther(present.Guest{Person: p.ID, Name: p.Name}) })
	b.Allow(g.reached)
	return b
}

func (g *Page) device(p present.Colleague, d present.OwnDevice) fyne.CanvasObject {
	w, v := g.p.View.Words.People, g.p.View
	tone, state := theme.Text, fmt.Sprintf(w.Enrolled, v.Time(d.Enrolled, g.p.Now()))
	if d.By != "" {
		state = fmt.Sprintf(w.AddedBy, d.By, v.Time(d.Enrolled, g.p.Now()))
	}
	if !d.Revoked.IsZero() {
		out := fmt.Sprintf(w.Revoked, v.Time(d.Revoked, g.p.Now()))
		if d.By != "" { // who added it is still to be seen
			out = state + "  ·  " + out
		}
		tone, state = theme.Muted, out
	}
	stand := theme.Muted
	if d.Pending {
		state, stand = v.Words.Terms.Pending+"  ·  "+state, theme.Sev2
	}
	name := d.Name
	if d.Platform != "" {
		name += "  ·  " + d.Platform
	}
	row := widget.Row(10, 1, widget.NewIcon("device", 18, theme.Muted), widget.NewText(name, widget.Plain(theme.Body, tone)))
	if d.This {
		row.Add(widget.NewTag(w.ThisDevice, theme.Good))
	}
	row.Add(widget.NewTextRight(state, widget.Plain(theme.Caption, stand)))
	if d.MayShut {
		row.Add(widget.NewButton(widget.ButtonParams{Key: "revoke " + d.ID.String(), Words: w.Revoke, Small: true},
			func() { g.askRevoke(p, d) }))
	}
	line := widget.On(row, widget.Space(0, theme.RowTall))
	g.lines[d.ID] = line
	return line
}

// askRevoke asks first: a device that was shut out has to enrol again.
func (g *Page) askRevoke(p present.Colleague, d present.OwnDevice) {
	w := g.p.View.Words.People
	text := fmt.Sprintf(w.RevokeText, p.Name)
	if d.This {
		text = w.RevokeOwn + " " + text
	}
	g.ask(question{
		title: fmt.Sprintf(w.RevokeTitle, d.Name), text: text, fields: []*widget.Field{widget.NewField(w.RevokeReason)}, names: []string{"reason"},
		yes: w.Revoke, look: widget.Danger,
		wish: func(words []string) wish {
			r := present.Revocation{Person: p.ID, Device: d.ID, Reason: words[0]}
			return func(ctx context.Context) (func(), error) { return nil, g.p.Session.RevokeDevice(ctx, r) }
		},
	})
}

// ShowDevice brings a device into sight, with the keyboard where it is shut out.
func (g *Page) ShowDevice(d id.Device) {
	g.wanted = func(g *Page) {
		line := g.lines[d]
		if line == nil {
			return
		}
		g.scroll.Reveal(line)
		widget.Walk(line, func(o fyne.CanvasObject) bool {
			if b, ok := o.(*widget.Button); ok {
				g.p.Canvas.Focus(b)
			}
			return true
		})
	}
	g.Refresh()
}

// Invite asks whom to invite, as soon as it is known that whoever looks may. Who may not is told so; while the server is
// not reached, the page says it.
func (g *Page) Invite() {
	g.wanted = func(g *Page) {
		switch {
		case !g.model.MayInvite:
			g.p.Failed(workspace.AdminsAdd())
		case g.reached:
			g.askInvite()
		}
	}
	g.Refresh()
}

func (g *Page) askInvite() {
	w, admin := g.p.View.Words.People, false
	g.ask(question{
		title: w.InviteTitle, fields: []*widget.Field{widget.NewField(w.Name), widget.NewField(w.Department)}, names: []string{"name", "department"},
		below: widget.NewCheck(w.Admin, false, func(on bool) { admin = on }), yes: w.CreateCode, look: widget.Gold,
		wish: func(words []string) wish {
			return g.invite(present.Guest{Name: strings.TrimSpace(words[0]), Department: strings.TrimSpace(words[1]), Admin: admin})
		},
	})
}

// invite makes a code and shows it.
func (g *Page) invite(guest present.Guest) wish {
	return func(ctx context.Context) (func(), error) {
		inv, err := g.p.Session.Invite(ctx, guest)
		return func() { g.showInvitation(guest, inv) }, err
	}
}

// inviteFurther makes a code for one more device of somebody who is here: there is nothing to ask, and no question in
// which a refusal could be told.
func (g *Page) inviteFurther(guest present.Guest) {
	g.carryOut(g.invite(guest), nil, func(r *present.Refusal) bool { return r == nil })
}

func (g *Page) showInvitation(guest present.Guest, inv present.Invitation) {
	w, c := g.p.View.Words, g.p.Canvas
	title := w.People.InvitedTitle
	if !guest.Person.IsZero() {
		title = w.People.FurtherTitle
	}
	row := func(name, value string, size float32) fyne.CanvasObject {
		return widget.Row(12, 1, widget.Fixed(90, widget.NewText(name, widget.Plain(theme.Body, theme.Muted))),
			widget.NewText(value, widget.Strong(size, theme.Text)))
	}
	var sheet *widget.Overlay
	done := widget.NewButton(widget.ButtonParams{Words: w.Common.Close}, func() { sheet.Dismiss() })
	col := widget.Column(12,
		widget.NewFlow(28, widget.Span{Words: fmt.Sprintf(title, inv.Name), Style: widget.Strong(theme.Title, theme.Text)}),
		widget.NewFlow(22, widget.Span{Words: w.People.InvitedText, Style: widget.Plain(theme.Body, theme.Muted)}),
		row(w.People.Address, inv.Address, theme.Entry), row(w.People.Code, inv.Code, theme.Number),
		widget.NewText(fmt.Sprintf(w.People.Expires, g.p.View.Time(inv.Expires, g.p.Now())), widget.Plain(theme.Body, theme.Sev2)),
		widget.Row(8, 0, widget.Space(0, 0),
			widget.NewButton(widget.ButtonParams{Words: w.Common.Copy, Icon: "copy"}, func() { g.p.Copy(inv.Address + "\n" + inv.Code) }), done))
	sheet = widget.ShowSheet(c, col, 520)
	sheet.Lasts(func() { g.showInvitation(guest, inv) }) // the code is shown only once
	c.Focus(done)
}
