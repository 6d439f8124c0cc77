package ledger

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// doubtful is how far a device's wall clock may be off before a time that rests on it is marked as
// uncertain.
const doubtful = 2 * time.Minute

// occurredAt says when a command was given, as well as can be told: by the time since boot where
// the device has not been restarted, else by its wall clock corrected by what it shows now. The
// result never lies after received or before floor. A clock that tells nothing, or a time before
// 1970, is as good as none: then the command is taken to be given when it was received.
func occurredAt(written, now clock.Moment, received, floor time.Time) (at time.Time, uncertain bool) {
	age, ok := now.Age(written)
	switch {
	case ok:
		at = received.Add(-age)
	case written.Wall.IsZero() || now.Wall.IsZero():
		return received, true
	default:
		offset := received.Sub(now.Wall)
		at = written.Wall.Add(offset)
		uncertain = offset.Abs() > doubtful
	}
	clamped := at
	if clamped.Before(floor) {
		clamped = floor
	}
	if clamped.After(received) || clamped.Unix() <= 0 {
		clamped = received
	}
	uncertain = uncertain || at.Sub(clamped).Abs() > doubtful
	return clamped.UTC().Truncate(time.Microsecond), uncertain
}

// floor returns the time before which nothing can have been done to a stream.
func floor(s stream.State) time.Time {
	if i, ok := s.(incident.Incident); ok && i.Exists() {
		return i.DeclaredAt
	}
	return time.Time{}
}
