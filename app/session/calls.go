package session

import (
	"context"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
)

// calls returns whom one can call by oneself: nobody, unless the incident has not left this device and the server is not reached.
func (s *Session) calls(ctx context.Context, room present.Room, i incident.Incident) (present.Calls, error) {
	status := s.link.Status()
	if !room.Pending || status.State == link.Live {
		return present.Calls{}, nil
	}
	staff, view, err := s.staff(ctx)
	if err != nil {
		return present.Calls{}, err
	}
	asOf := status.Since
	if status.State != link.Offline { // it is not since then that this device knows nothing new
		asOf = time.Time{}
	}
	return staff.CallsFrom(i, asOf, view), nil
}
