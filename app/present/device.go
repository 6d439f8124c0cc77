package present

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// DeviceNews tells that a device was added as whoever looks, on all others of theirs: whoever has it reads what they read. It
// is told however late it is heard of, and is false for this device itself and for one that has been shut out since.
func DeviceNews(e workspace.DeviceEnrolled, at id.Envelope, now time.Time, v View) (News, bool) {
	self := v.Self.Person
	if self.IsZero() || at.Stream != id.Stream(self) || e.Device == v.Self.Device {
		return News{}, false
	}
	if d, known := v.Setup.People[self].Device(e.Device); known && !d.Revoked.IsZero() {
		return News{}, false
	}
	w, when := v.Words.News, v.Time(at.Occurred, now)
	n := News{Device: e.Device, Title: w.DeviceTitle, Urgent: true, Personal: true}
	n.Text, n.Banner = fmt.Sprintf(w.DeviceNote, e.Name, when), Trouble{What: fmt.Sprintf(w.Device, e.Name, when), Safe: w.DeviceMay, Do: w.DeviceDo}
	if !e.By.IsZero() {
		by := v.Person(e.By).Name
		n.Text, n.Banner.What = fmt.Sprintf(w.DeviceNoteBy, e.Name, by, when), fmt.Sprintf(w.DeviceBy, e.Name, by, when)
	}
	return n, true
}
