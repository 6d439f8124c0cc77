package present

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// DeviceNews tells that a device was added as whoever looks, on all others of theirs: whoever has it reads what they read. It
// is told however late it is heard of, also where somebody else has shut the device out since. It is false for this device
// itself, and for one that its own person has shut out.
func DeviceNews(e workspace.DeviceEnrolled, at id.Envelope, now time.Time, v View) (News, bool) {
	self := v.Self.Person
	d, known := v.Setup.People[self].Device(e.Device)
	if self.IsZero() || at.Stream != id.Stream(self) || d.ID == v.Self.Device || !known || dealtWith(d, self) {
		return News{}, false
	}
	n := News{Device: d.ID, Title: v.Words.News.DeviceTitle, Urgent: true, Personal: true}
	n.Text, _ = v.strange(d, now)
	return n, true
}

// Stranger is a device that was added as whoever looks, with what stays above the page until they have answered it.
type Stranger struct {
	Device id.Device
	Banner Trouble
}

// Strangers returns the devices other than this one that were added as whoever looks by somebody else, at any time, or by
// whomever after this one. Those that they have shut out themselves are not among them.
func (v View) Strangers(now time.Time) []Stranger {
	var out []Stranger
	self := v.Self.Person
	person := v.Setup.People[self]
	this, known := person.Device(v.Self.Device)
	for _, d := range person.Devices {
		later := known && d.Enrolled.After(this.Enrolled)
		if d.ID != v.Self.Device && (later || !d.By.IsZero()) && !dealtWith(d, self) {
			_, banner := v.strange(d, now)
			out = append(out, Stranger{Device: d.ID, Banner: banner})
		}
	}
	return out
}

// dealtWith reports whether a device was shut out by whose it is.
func dealtWith(d workspace.Device, person id.Person) bool {
	return !d.Revoked.IsZero() && d.RevokedBy == person
}

// strange says, in short and at length, that a device was added as whoever looks.
func (v View) strange(d workspace.Device, now time.Time) (note string, banner Trouble) {
	w, when := v.Words.News, v.Time(d.Enrolled, now)
	banner.Safe, banner.Do = w.DeviceMay, w.DeviceDo
	if !d.Revoked.IsZero() {
		when = fmt.Sprintf(w.DeviceOut, when, v.Time(d.Revoked, now))
		banner.Safe, banner.Do = w.DeviceMight, w.DeviceOutDo
	}
	note, banner.What = fmt.Sprintf(w.DeviceNote, d.Name, when), fmt.Sprintf(w.Device, d.Name, when)
	if !d.By.IsZero() {
		by := v.Person(d.By).Name
		note, banner.What = fmt.Sprintf(w.DeviceNoteBy, d.Name, by, when), fmt.Sprintf(w.DeviceBy, d.Name, by, when)
	}
	return note + " " + banner.Do, banner
}
