package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// ring shows the pages that ring over whatever else is shown, and confirms those that did not ring before: from now on they were seen
// on a device.
func (d *Desk) ring(former []present.Ring) {
	now := d.known.Rings
	d.frame.showRings(now, d.p.View, d.p.Now())
	if d.first != nil {
		return // the first window confirms
	}
	for _, r := range now {
		if slices.ContainsFunc(former, func(f present.Ring) bool { return f.Page == r.Page }) {
			continue
		}
		d.p.Work.Go(func(ctx context.Context) func() {
			err := d.p.Session.Submit(ctx, r.Incident, incident.Confirm{Page: r.Page})
			return func() {
				if err != nil {
					d.failed(fmt.Errorf("confirm a page: %w", err))
				}
			}
		})
	}
}

// answer answers a page, or without a command opens its room.
func (d *Desk) answer(r present.Ring, c incident.Command) {
	switch {
	case c == nil && r.Test:
		d.Open(onReach)
		return
	case c == nil:
		d.OpenRoom(r.Incident)
		return
	}
	d.p.Work.Go(func(ctx context.Context) func() {
		err := d.p.Session.Submit(ctx, r.Incident, c)
		return func() {
			if err != nil {
				d.failed(err)
			}
		}
	})
}

// showRings shows the pages that ring, each with what can be answered.
func (f *frame) showRings(rings []present.Ring, v present.View, now time.Time) {
	if slices.Equal(rings, f.rung) {
		return
	}
	f.rung = slices.Clone(rings)
	widget.KeepFocus(f.calls.canvas, f.rings, func() {
		f.rings.RemoveAll()
		for _, r := range rings {
			f.rings.Add(f.ringing(r, v, now))
		}
	})
	widget.Relay(f.root)
}

func (f *frame) ringing(r present.Ring, v present.View, now time.Time) fyne.CanvasObject {
	w := f.words.Reached
	tone, key := widget.SeverityTone(r.Level), r.Page.String()
	mark := widget.NewSeverity(r.Level, 22)
	head, title, open := fmt.Sprintf(w.YouArePaged, r.Severity, v.Time(r.Since, now)), r.Title, w.Open
	if test := f.words.TestPage; r.Test {
		tone, mark, open = theme.Gold, widget.NewIcon("bell", 22, theme.Gold), test.Open
		head, title = fmt.Sprintf(test.Ring, v.Time(r.Since, now)), test.RingText
	}
	said := widget.Column(2, widget.NewText(head, widget.Strong(theme.Caption, tone)), widget.NewText(title, widget.Strong(theme.Entry, theme.Text)))
	row := widget.Row(12, 1, mark, said)
	button := func(p widget.ButtonParams, c incident.Command) {
		row.Add(widget.NewButton(p, func() { f.calls.answer(r, c) }))
	}
	if !r.Test { // nobody else is to be reached by a test
		button(widget.ButtonParams{Key: "decline " + key, Words: w.Decline, Small: true}, incident.Decline{})
	}
	button(widget.ButtonParams{Key: "open " + key, Words: open, Small: true}, nil)
	button(widget.ButtonParams{Key: "acknowledge " + key, Words: w.Acknowledge, Look: widget.Gold}, incident.Acknowledge{})
	return widget.On(widget.NewBox(theme.Surface, tone), widget.Pad(12, 16, 12, 16, row))
}
