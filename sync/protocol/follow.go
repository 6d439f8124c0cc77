package protocol

import (
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Renewal says whether an outbox needs a new client id.
type Renewal uint8

// The renewals.
const (
	Keep       Renewal = iota // it keeps its own
	TakeNumber                // another device numbers under it
	OfferAll                  // the server has forgotten commands that it once answered: offer it all that is kept
)

// Answered says what answers mean for what comes next: how many are final, whether the outbox needs a new client id, and
// why the rest has to wait, nil where it need not.
func Answered(outcomes []stream.Outcome) (settled int, next Renewal, wait error) {
	for _, o := range outcomes {
		switch {
		case o.Kind.Final():
			settled++
		case o.Fault != nil && o.Fault.Kind == fault.Copied:
			return settled, TakeNumber, nil
		case o.Kind == stream.OutOfOrder:
			if o.Fault == nil { // nil would be no error
				return settled, OfferAll, unable()
			}
			return settled, OfferAll, o.Fault
		case o.Fault != nil:
			return settled, Keep, o.Fault
		default:
			return settled, Keep, unable()
		}
	}
	return settled, Keep, nil
}

func unable() error { return fault.New(fault.Unavailable, "The server could not take a change now.") }

// MaxResets is how often in a row a client starts again from Bootstrap before it stops and says so.
const MaxResets = 5

// Trouble is what a person is told of a tail that ended.
type Trouble uint8

// The troubles.
const (
	None      Trouble = iota // nothing yet: it may be over at once
	Unreached                // the server is not reached
	SentBack                 // it sent this client back to the start again and again
	ShutOut                  // it does not let this device in
	Full                     // this device cannot store what comes
)

// Rest is how long a client waits before it follows again.
type Rest uint8

// The rests.
const (
	NoRest   Rest = iota
	Short         // the shortest, as after the first failure
	Longer        // longer after each failure
	TryLater      // a minute: nothing will have changed before
)

// Following is what a client remembers from one tail to the next.
type Following struct {
	Afresh   bool // the server does not know our cursors
	Failures int  // in a row

	resets, refusals int
}

// Ended says what to do, and what to tell, when a tail has ended for a reason. heard tells whether anything had come.
func (f *Following) Ended(heard bool, why fault.Kind) (Trouble, Rest) {
	if heard {
		f.Failures, f.resets, f.refusals = 0, 0, 0
	}
	switch why {
	case fault.Reset, fault.NotFound: // another log, or a scope that is no longer ours
		return f.sentBack(heard)
	case fault.Resume:
		if heard {
			return None, NoRest
		}
		return None, Longer
	case fault.Unauthenticated, fault.Denied:
		f.refusals++
		if f.refusals == 1 { // it may have been an old token
			return None, Short
		}
		return ShutOut, TryLater
	case fault.Storage: // the server is there, and what it says cannot be kept
		return Full, Longer
	default:
		f.refusals = 0
		return Unreached, Longer
	}
}

func (f *Following) sentBack(heard bool) (Trouble, Rest) {
	f.Afresh = true
	f.resets++
	switch {
	case f.resets > MaxResets:
		f.resets = 1
		return SentBack, TryLater
	case heard: // a server that lets us in and sends us back must not keep us busy
		return None, Short
	default:
		return None, NoRest
	}
}
