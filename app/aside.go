package app

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/sync/id"
)

// The size of a window for one room.
const (
	asideWide = 1100
	asideTall = 760
)

// OpenAside opens a room in a window of its own, over the same session. Closing it closes nothing else.
func (d *Desk) OpenAside(in id.Incident) *Desk {
	p := d.p
	p.Around = Around{} // the first window alone is remembered, and has the tray
	other := newDesk(p)
	other.alone = true
	other.known = d.known
	other.window.Resize(fyne.NewSize(asideWide, asideTall))
	other.window.SetOnClosed(func() {
		other.room.Retire()
		d.aside = slices.DeleteFunc(d.aside, func(o *Desk) bool { return o == other })
	})
	d.aside = append(d.aside, other)
	other.OpenRoom(in)
	other.reach.Ask()
	other.window.Show()
	return other
}

// canAside reports whether there is a room to open in a window of its own.
func (d *Desk) canAside() bool { return d.box != nil || d.at == onSearch || d.at == onRoom }

// openAside opens what is chosen in the box or on the page for searching, or the room that is shown.
func (d *Desk) openAside() {
	switch {
	case d.box != nil:
		d.box.Aside()
	case d.at == onSearch:
		if in, ok := d.search.Chosen(); ok {
			d.OpenAside(in)
		}
	case d.at == onRoom && !d.alone:
		d.OpenAside(d.room.Incident())
	}
}
