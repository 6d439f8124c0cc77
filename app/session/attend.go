package session

import (
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Attend tells whoever else has an incident open that it is shown here, until the returned function is called. It
// promises nothing: without the server nobody is told.
func (s *Session) Attend(in id.Incident) (leave func()) { return s.link.Attend(in) }

// Type tells them that whoever looks writes there, or with false no longer. It may be called at every key.
func (s *Session) Type(in id.Incident, writes bool) { s.link.Type(in, writes) }

// Attendance returns who else has an incident open just now. It is the one thing that is shown and not read from the
// replica: it would be wrong as soon as it was stored. It is asked of memory, and never waits.
func (s *Session) Attendance(in id.Incident) present.Attendance {
	return present.AttendanceFrom(s.link.Attending(in), s.View())
}

// ObserveAttendance returns a channel that is signalled when Attendance has changed, and a function that ends it.
// Observe does not tell of it: nothing has to be read again because somebody types.
func (s *Session) ObserveAttendance() (<-chan struct{}, func()) { return s.link.WatchAttendance() }
