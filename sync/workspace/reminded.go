package workspace

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// About says what a reminder is about. The numbers are stored: they are only ever added to.
type About uint8

// What there is to be told of shifts.
const (
	ShiftComes     About = 1 // From is near
	ShiftsChanged  About = 2 // see Changes
	NotReady       About = 3 // the person is not reached as they should be in a shift of theirs that comes, see Doubts
	TheirsNotReady About = 4 // Person is not
)

// DutyChange is a span in which somebody is on call now and was not before, or with Off the reverse.
type DutyChange struct {
	From, Until time.Time
	Off         bool
}

// ReachDoubt is a reason for which somebody may not be reached: an escalation.Finding, as it is stored.
type ReachDoubt struct {
	Doubt   uint8
	Channel reach.Channel
	After   time.Duration // to the second
}

// innerReader marks a command that only the server gives: it has no wire form, so that nobody can send it.
type innerReader struct{ readerWish }

// Remind wishes to tell a person something about their shifts. The server gives it, each under an id that follows from what it is about, so
// that nothing is told twice.
type Remind struct {
	innerReader
	To  id.Person
	Say Reminded
}

// Reminded says that a person was told something about their shifts. Nobody is woken by it, and nothing follows from it: who is on call is in
// the rotations.
type Reminded struct {
	readerFact
	About    About
	Rotation id.Rotation
	From     time.Time // when the shift begins; zero for ShiftsChanged
	Until    time.Time // when it ends; zero where it does not
	Person   id.Person // for TheirsNotReady
	Changes  []DutyChange
	More     int // how many others there are
	Doubts   []ReachDoubt
}

func decideRemind(c Remind) ([]ReaderEvent, error) {
	if c.Say.About < ShiftComes || c.Say.About > TheirsNotReady {
		return nil, fault.New(fault.Invalid, "Nobody knows what is to be told.")
	}
	return []ReaderEvent{c.Say}, nil
}
