package app_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// attend lets people of the fake look at an incident; the first of them write there.
func (f *fake) attend(in id.Incident, writing int, names ...string) {
	f.others = map[id.Incident][]presence.Attendee{}
	for i, name := range names {
		for _, p := range f.setup.People {
			if p.Name == name {
				f.others[in] = append(f.others[in], presence.Attendee{Person: p.ID, Typing: i < writing})
			}
		}
	}
}

// othersRoom is a room in which others are, of whom some write.
func othersRoom(t *testing.T, look theme.Choice) *app.Desk {
	f, in := full()
	f.read[in] = 15
	f.person("Fay Sample", "Partners", false, "fay-desk")
	d := desk(t, f, look)
	d.OpenRoom(in)
	f.attend(in, 2, "Cleo Sample", "Dora Sample", "Eli Sample", "Fay Sample")
	d.Attended()
	return d
}
