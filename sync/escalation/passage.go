package escalation

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Passage is an escalation that nobody has begun yet.
type Passage struct {
	Need  Need
	At    time.Time                // when it would begin
	World func(at time.Time) World // what steps would rest on at an instant
}

// Happening is an event of the future.
type Happening struct {
	At    time.Time
	Event Event
}

// MaxPassage is how many events of a passage are foreseen.
const MaxPassage = 5000

// ForeseePassage returns what would happen if nobody answered, and every channel worked. It is no second telling of the rules: the paging
// of an incident is gone through as a server does. A passage that is longer than MaxPassage breaks off there.
func ForeseePassage(f Passage) []Happening {
	var (
		paging Paging
		out    []Happening
	)
	for at := f.At; len(out) < MaxPassage; {
		events := paging.Proceed(f.Need, f.World(at), id.Escalation{1}, at)
		for _, e := range events {
			paging = ApplyPaging(paging, at, e)
			out = append(out, Happening{At: at, Event: e})
		}
		due, goesOn := paging.Due()
		if !goesOn || len(events) == 0 && !due.After(at) {
			return out
		}
		if due.After(at) {
			at = due
		}
	}
	return out
}
