package declare

import (
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// newGuests returns the choice of who sees a private incident beside whoever declares it.
func (d *Page) newGuests() *widget.Guests {
	return widget.NewGuests(widget.GuestsParams{
		Canvas: d.p.Canvas, Placeholder: d.p.View.Words.Sight.Find, Fit: d.fit, Empty: d.send,
		Changed: func(chosen []id.Person) {
			d.draft.Admit = chosen
			d.keep()
			widget.KeepFocus(d.p.Canvas, d.page, d.buildFoot)
			d.fit()
		},
	})
}

// buildSight shows the switch, and who is added where it is on.
func (d *Page) buildSight() {
	w := d.p.View.Words.Sight
	d.sight.RemoveAll()
	d.sight.Add(widget.Row(0, -1, widget.NewCheck(w.Switch, d.draft.Private, d.makePrivate)))
	hint := widget.NewFlow(22, widget.Span{Words: w.Hint, Style: widget.Plain(theme.Body, theme.Muted)})
	d.sight.Add(widget.Pad(0, 0, 0, 30, hint))
	if d.draft.Private {
		d.sight.Add(widget.Pad(10, 0, 0, 30, d.guests.Content()))
	}
	d.sight.Refresh()
}

// Private turns the switch on.
func (d *Page) Private() { d.makePrivate(true) }

func (d *Page) makePrivate(on bool) {
	d.draft.Private = on
	d.keep()
	d.build()
	d.Connected(d.conn)
}

// audience is the word under the button while the server is reached: who will see it, and whether anybody is paged.
func (d *Page) audience() string {
	w := d.p.View.Words
	switch pages := d.draft.Kind.Pages(); {
	case d.draft.Private && pages:
		return w.Sight.Online
	case d.draft.Private:
		return w.Sight.Quiet
	case pages:
		return w.Declare.Online
	default:
		return w.Declare.Quiet
	}
}
