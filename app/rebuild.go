package app

import (
	"github.com/tsugi-app/tsugi/app/warroom"
	"github.com/tsugi-app/tsugi/app/widget"
)

// heir is a page that goes on where the page was whose place it takes. All are, but two that are handed over by hand: the
// room, only where it is shown, and the first page, which is made with what was filled in.
type heir interface{ Inherit(former any) }

// rebuildAll makes anew what the first window and all others show.
func (d *Desk) rebuildAll() {
	d.rebuild()
	for _, other := range d.aside {
		other.rebuild()
	}
}

// rebuild makes anew what the window shows, from what is known: nothing that was shown waits until it is read again, and
// what is told or asked over the page stays, for it may be what the text was enlarged for. It is laid out at once, because
// the toolkit finds the window of what has the keyboard only then, and the next key may come before the next picture.
func (d *Desk) rebuild() {
	lasting := widget.ShowAgain(d.window.Canvas())
	d.dismissAll() // what lies over the page belongs to what goes
	had, former, room, told := d.window.Canvas().Focused(), d.pages, d.room, d.frame.told
	room.Retire()
	d.p.Preset = d.enrol.Filled()
	d.furnish()
	d.inherit(former)
	d.showAgain(room)
	if told != nil && d.frame.told == nil {
		d.frame.notice(*told)
	}
	widget.Refocus(d.window.Canvas(), d.frame.root, had)
	lasting()
	widget.Settle(d.window.Canvas())
}

// showAgain shows the page that was shown, of which the room was made anew like all others.
func (d *Desk) showAgain(former *warroom.Page) {
	if d.fresh {
		d.welcome()
		return
	}
	d.frame.connection(d.known, d.p.View)
	if in := former.Incident(); d.at == onRoom && !in.IsZero() {
		d.room.Inherit(former)
		d.OpenRoom(in)
	} else {
		d.Open(d.at)
	}
}

// inherit lets the pages go on where the former ones are, also those that are not shown: what is filled in there waits
// for whoever comes back.
func (d *Desk) inherit(former map[string]page) {
	for name, p := range d.pages {
		if next, ok := p.(heir); ok {
			next.Inherit(former[name])
		}
	}
}
