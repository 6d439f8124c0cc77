package reach

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// askWide is how wide a question is.
const askWide = 480

// contactList shows numbers and addresses, or says that the server alone has them.
func (g *Page) contactList(col *fyne.Container) {
	w := g.p.View.Words.Reach
	heading(col, w.Contacts)
	if !g.reached || g.contacts == nil {
		if !g.reached {
			col.Add(g.said("offline", theme.Sev2, w.ContactsOffline, g.known()))
		}
		return
	}
	if len(g.contacts.Items) == 0 {
		col.Add(lead(w.ContactsEmpty))
	}
	for _, c := range g.contacts.Items {
		col.Add(g.contact(c))
	}
	col.Add(widget.Pad(6, 0, 0, 0, widget.Wrap(8,
		widget.NewButton(widget.ButtonParams{Key: "add number", Words: w.AddNumber, Icon: "plus", Small: true}, g.askNumber),
		widget.NewButton(widget.ButtonParams{Key: "add mail", Words: w.AddMail, Icon: "plus", Small: true}, g.askMail))))
	if !g.sendsAll() {
		col.Add(widget.Pad(6, 0, 0, 0, caption(w.CannotSend)))
	}
}

// known says what everybody may know of the numbers and addresses, so that whoever is offline sees at least that they are there.
func (g *Page) known() string {
	if s := g.model.Channels.Without(reach.Push); s != 0 {
		return fmt.Sprintf(g.p.View.Words.Reach.ContactsKnown, g.p.View.Channels(s))
	}
	return ""
}

// sendsAll reports whether the server can send a code wherever one is needed.
func (g *Page) sendsAll() bool {
	for _, c := range g.contacts.Items {
		if !g.contacts.Sends.Has(c.Kind) && c.Verified.IsZero() {
			return false
		}
	}
	return g.contacts.Sends != 0
}

func (g *Page) contact(c present.Contact) fyne.CanvasObject {
	w, v := g.p.View.Words.Reach, g.p.View
	state, tone := w.NotVerified, theme.Sev2
	if !c.Verified.IsZero() {
		state, tone = fmt.Sprintf(w.Verified, v.Ago(c.Verified, g.p.Now())), theme.Muted
	}
	if !c.Tried.IsZero() {
		tried := w.Tried
		if c.Failed {
			tried, tone = w.TriedInVain, theme.Sev2
		}
		state += "  ·  " + fmt.Sprintf(tried, v.Ago(c.Tried, g.p.Now()))
	}
	said := widget.Column(0, widget.Row(10, -1, widget.NewText(c.Address, widget.Plain(theme.Body, theme.Text)), widget.NewText(v.Channel(c.Kind), widget.Plain(theme.Caption, theme.Muted))),
		widget.NewFlow(18, widget.Span{Words: state, Style: widget.Plain(theme.Caption, tone)}))
	icon := theme.Good
	if c.Verified.IsZero() {
		icon = theme.Muted
	}
	row := widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, widget.NewIcon(present.ChannelIcon(c.Kind), 18, icon)), said)
	if c.Verified.IsZero() && g.contacts.Sends.Has(c.Kind) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: "verify " + c.Address + " " + v.Channel(c.Kind), Words: w.Verify, Small: true}, func() { g.sendCode(c) }))
	}
	row.Add(widget.NewButton(widget.ButtonParams{Key: "remove " + c.Address + " " + v.Channel(c.Kind), Words: w.Remove, Small: true, Look: widget.Bare, Tone: theme.Muted},
		func() { g.askRemove(c) }))
	return widget.Pad(6, 0, 6, 0, row)
}

// question is asked over the page. The name is that under which the rules tell what is wrong with its field.
type question struct {
	title, text, name string
	field             *widget.Field // or nil
	below             fyne.CanvasObject
	yes               string
	look              widget.Look
	wish              func(ctx context.Context, word string) error
}

// ask shows a question. What is refused is told there, and the words stay.
func (g *Page) ask(q question) {
	c := g.p.Canvas
	had := c.Focused()
	var fields []*widget.Field
	if q.field != nil {
		fields = append(fields, q.field)
	}
	widget.ShowForm(widget.FormParams{
		Canvas: c, Title: q.title, Text: q.text, Fields: fields, Below: q.below,
		Yes: q.yes, No: g.p.View.Words.Common.Cancel, Look: q.look, Width: askWide, Lasting: true,
		Answer: func(words []string, told func(*present.Refusal) bool) { g.carryOut(q, append(words, "")[0], told) },
		Gone: func() {
			if had != nil {
				c.Focus(had)
			}
		},
	})
}

func (g *Page) carryOut(q question, word string, told func(*present.Refusal) bool) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := q.wish(ctx, word)
		return func() {
			if err != nil {
				refusal := present.RefusalFrom(err, []string{q.name}, g.p.View.Words)
				if !told(&refusal) {
					g.p.Failed(err)
				}
				return
			}
			told(nil)
			g.changed()
		}
	})
}

// changed asks the server again, after something was done that it alone knows.
func (g *Page) changed() {
	if g.heir != nil {
		g.heir.changed()
		return
	}
	g.askContacts()
	g.Refresh()
}

func (g *Page) askNumber() {
	w, call := g.p.View.Words.Reach, true
	g.ask(question{
		title: w.NumberTitle, text: w.NumberText, name: "number", field: widget.NewField(w.NumberField),
		below: widget.NewCheck(w.ByAlso, true, func(on bool) { call = on }), yes: w.Add, look: widget.Gold,
		wish: func(ctx context.Context, number string) error {
			kinds := []reach.Channel{reach.SMS}
			if call {
				kinds = append(kinds, reach.Call)
			}
			return g.p.Session.AddContact(ctx, number, kinds...)
		},
	})
}

func (g *Page) askMail() {
	w := g.p.View.Words.Reach
	g.ask(question{
		title: w.MailTitle, text: w.MailText, name: "address", field: widget.NewField(w.MailField), yes: w.Add, look: widget.Gold,
		wish: func(ctx context.Context, address string) error {
			return g.p.Session.AddContact(ctx, address, reach.Mail)
		},
	})
}

func (g *Page) askPublish() {
	w := g.p.View.Words.Reach
	g.ask(question{
		title: w.PublishTitle, text: w.PublishedLead, name: "number", field: widget.NewField(w.NumberField), yes: w.Publish, look: widget.Gold,
		wish: g.p.Session.PublishNumber,
	})
}

func (g *Page) askRemove(c present.Contact) {
	w := g.p.View.Words.Reach
	g.ask(question{
		title: fmt.Sprintf(w.RemoveTitle, c.Address), text: w.RemoveText, yes: w.Remove, look: widget.Danger,
		wish: func(ctx context.Context, _ string) error { return g.p.Session.RemoveContact(ctx, c.ID) },
	})
}

// sendCode has a code sent, and asks for it once it is on its way.
func (g *Page) sendCode(c present.Contact) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.SendCode(ctx, c.ID)
		return func() {
			if err != nil {
				g.p.Failed(err)
				return
			}
			g.askCode(c)
		}
	})
}

func (g *Page) askCode(c present.Contact) {
	w := g.p.View.Words.Reach
	g.ask(question{
		title: fmt.Sprintf(w.CodeTitle, c.Address), text: w.CodeText, field: widget.NewField(w.CodeField), name: "code", yes: w.CodeYes, look: widget.Gold,
		wish: func(ctx context.Context, code string) error { return g.p.Session.ConfirmContact(ctx, c.ID, code) },
	})
}
