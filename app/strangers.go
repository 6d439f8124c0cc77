package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/people"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// warn shows above every page which devices were added as whoever looks. Each stays, also through a restart, until somebody
// has answered it or has shut the device out: it is no use to be told while one looks elsewhere.
func (d *Desk) warn() {
	standing := make([]fyne.CanvasObject, 0, len(d.strangers))
	for _, s := range d.strangers {
		key, w := s.Device.String(), d.p.View.Words
		standing = append(standing, widget.NewWarning(widget.Trouble(s.Banner),
			widget.NewButton(widget.ButtonParams{Key: "show device " + key, Words: w.News.DeviceShow, Small: true}, func() { d.showDevice(s.Device) }),
			widget.NewButton(widget.ButtonParams{Key: "known device " + key, Words: w.Common.Close, Small: true}, func() { d.familiar(s.Device) })))
	}
	d.frame.warn(standing)
}

// meet warns of those devices that were not answered yet.
func (d *Desk) meet(all []present.Stranger) {
	answered := strings.Fields(d.recalled().Answered)
	left := slices.DeleteFunc(all, func(s present.Stranger) bool { return slices.Contains(answered, s.Device.String()) })
	if !slices.Equal(left, d.strangers) {
		d.strangers = left
		d.warn()
	}
}

// familiar takes the word of a device away for good.
func (d *Desk) familiar(device id.Device) {
	d.keep(func(s *settings.Settings) { s.Answered = strings.TrimSpace(s.Answered + " " + device.String()) })
	d.strangers = slices.DeleteFunc(slices.Clone(d.strangers), func(s present.Stranger) bool { return s.Device == device })
	d.warn()
}

// showDevice leads to where a device can be shut out. That is no answer yet.
func (d *Desk) showDevice(device id.Device) {
	d.Open(onPeople)
	if p, ok := d.pages[onPeople].(*people.Page); ok {
		p.ShowDevice(device)
	}
}
