package app_test

import (
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// attending is what the fake knows of who attends what.
type attending struct {
	windows map[id.Incident]int // how many windows of this device show it
	writes  []bool              // what was said of whether one writes
	others  map[id.Incident][]presence.Attendee
	more    int
	unheard bool // the server has never heard of what is shown
	told    chan struct{}
}

func (f *fake) Attend(in id.Incident) func() {
	if f.windows == nil {
		f.windows = map[id.Incident]int{}
	}
	f.windows[in]++
	return func() { f.windows[in]-- }
}

func (f *fake) Type(_ id.Incident, writes bool) { f.writes = append(f.writes, writes) }

func (f *fake) Attendance(in id.Incident) present.Attendance {
	return present.AttendanceFrom(presence.Room{Incident: in, Attendees: f.others[in], More: f.more}, f.view())
}

func (f *fake) ObserveAttendance() (<-chan struct{}, func()) { return f.told, func() {} }
