package app

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
)

// The size of a window for one room.
const (
	asideWide = 1100
	asideTall = 760
)

// OpenAside opens a room in a window of its own, over the same session, or shows the one that it has. Closing it closes
// nothing else, unless no other window is left.
func (d *Desk) OpenAside(in id.Incident) *Desk {
	if d.first != nil {
		return d.first.OpenAside(in)
	}
	if own := d.windowOf(in); own != nil {
		own.Raise()
		return own
	}
	p := d.p
	p.Around = Around{} // the first window alone is remembered, and has the tray
	p.own = true
	other := newDesk(p)
	other.first = d
	other.known = d.known
	other.window.Resize(fyne.NewSize(asideWide, asideTall))
	other.window.SetOnClosed(func() {
		other.room.Retire()
		d.aside = slices.DeleteFunc(slices.Clone(d.aside), func(o *Desk) bool { return o == other })
		if d.hidden {
			d.out.ending(func(bool) {})
		}
	})
	d.aside = append(d.aside, other)
	other.OpenRoom(in)
	other.reach.Ask()
	other.window.Show()
	return other
}

// windowOf returns the window of its own in which a room is shown, or nil.
func (d *Desk) windowOf(in id.Incident) *Desk {
	for _, other := range d.aside {
		if other.at == onRoom && other.in == in {
			return other
		}
	}
	return nil
}

// vanished leaves a room that whoever looks may not see any more, and says so: the window of its own goes, the first one
// shows the board.
func (d *Desk) vanished(id.Incident) {
	w := d.p.View.Words.Sight
	d.leaveRoom(present.Trouble{What: w.GoneWhat, Safe: w.GoneSafe, Do: w.GoneDo})
}

// missed leaves a room that is not here, without anybody having been shut out of it.
func (d *Desk) missed(id.Incident) {
	w := d.p.View.Words.Sight
	d.leaveRoom(present.Trouble{What: w.MissedWhat, Safe: w.MissedSafe, Do: w.MissedDo})
}

func (d *Desk) leaveRoom(said present.Trouble) {
	d.dismissAll() // what lies over the page is about the room
	if d.first != nil {
		d.window.Close()
		d.first.frame.say("lock", said)
		return
	}
	if d.at == onRoom {
		d.Open(onBoard)
	}
	d.frame.say("lock", said)
}

// shows reports whether a room is open in one of the windows. Whether that window is the one in front, the toolkit does
// not tell.
func (d *Desk) shows(in id.Incident) bool {
	return d.at == onRoom && d.in == in && !d.hidden || d.windowOf(in) != nil
}

// entitle names the window after the room that it shows.
func (d *Desk) entitle() {
	title := "Tsugi"
	if d.at == onRoom {
		if name := d.room.FullName(); name != "" {
			title = name + " – " + title
		}
	}
	if d.window.Title() != title {
		d.window.SetTitle(title)
	}
}

// canAside reports whether there is a room to open in a window of its own.
func (d *Desk) canAside() bool { return d.box != nil || d.at == onSearch || d.at == onRoom }

// openAside opens what is chosen in the box or on the page for searching, or the room that is shown.
func (d *Desk) openAside() {
	switch {
	case d.box != nil:
		d.box.Aside()
	case d.at == onSearch:
		if in, at, ok := d.search.Chosen(); ok {
			d.OpenAside(in).room.Seek(at)
		}
	case d.at == onRoom && d.first == nil:
		d.OpenAside(d.room.Incident())
	}
}
