package app

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/people"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// warn shows above every page which devices were added as whoever looks. Each stays until somebody has answered it: it is
// no use to be told while one looks elsewhere.
func (d *Desk) warn() {
	standing := make([]fyne.CanvasObject, 0, len(d.strangers))
	for _, n := range d.strangers {
		key, w := n.Device.String(), d.p.View.Words
		standing = append(standing, widget.NewWarning(widget.Trouble(n.Banner),
			widget.NewButton(widget.ButtonParams{Key: "show device " + key, Words: w.News.DeviceShow, Small: true}, func() { d.showDevice(n.Device) }),
			widget.NewButton(widget.ButtonParams{Key: "known device " + key, Words: w.Common.Close, Small: true}, func() { d.answered(n.Device) })))
	}
	d.frame.warn(standing)
}

// answered takes the word of a device away.
func (d *Desk) answered(device id.Device) {
	d.strangers = slices.DeleteFunc(d.strangers, func(n present.News) bool { return n.Device == device })
	d.warn()
}

// showDevice leads to where a device can be shut out.
func (d *Desk) showDevice(device id.Device) {
	d.answered(device)
	d.Open(onPeople)
	if p, ok := d.pages[onPeople].(*people.Page); ok {
		p.ShowDevice(device)
	}
}
