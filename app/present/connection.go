package present

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
)

// Reach says how the server can be reached.
type Reach uint8

// The states of a connection.
const (
	Connecting Reach = iota
	Live
	Offline // the server is not reached
	ShutOut // the server no longer admits this device
	Stuck   // the server sends this device back to the start again and again
	Full    // this device cannot store what comes
)

// Connection is what is true about the server now.
type Connection struct {
	Reach   Reach
	Since   time.Time
	People  int  // who are connected
	Pending int  // changes not sent
	Refused int  // changes that wait for a decision
	Lost    int  // of those that were refused: how many of which nothing is left, as they are to what can no longer be seen
	Rebuilt bool // the local copy was damaged, and is fetched again
	Smeared bool // erased words could not be taken out of the files of this device yet

	Unfolded bool   // the disk failed once: what is stored takes ever more space until the program is started again
	Rings    []Ring // the pages that ring for whoever looks, the worst first
}

// Reached reports whether the server hears us.
func (c Connection) Reached() bool { return c.Reach == Live }

// Why returns the words for what is kept here instead of being sent: those for want of a network, or
// those for every other reason.
func (c Connection) Why(offline, other string) string {
	if c.Reach == Offline {
		return offline
	}
	return other
}

// Badge returns the short words and their colour for the top of the window.
func (c Connection) Badge(v View) (string, Tone) {
	w, since := v.Words.Shell, c.Since.In(v.Zone).Format("15:04")
	switch c.Reach {
	case Live:
		if c.People == 0 {
			return w.LiveOnly, Good
		}
		if c.People == 1 {
			return w.LiveAlone, Good
		}
		return fmt.Sprintf(w.Live, c.People), Good
	case Offline:
		return fmt.Sprintf(w.Offline, since), Warn
	case ShutOut:
		return fmt.Sprintf(w.ShutOut, since), Alarm
	case Stuck:
		return fmt.Sprintf(w.Stuck, since), Alarm
	case Full:
		return fmt.Sprintf(w.Full, since), Alarm
	default:
		return w.Connecting, Muted
	}
}

// Strip returns the whole truth for the bottom of the window, empty while the server is reached.
func (c Connection) Strip(v View) string {
	w := v.Words.Shell
	switch c.Reach {
	case Offline:
		pending := count(c.Pending, w.StripNone, w.StripPendingOne, w.StripPending)
		return fmt.Sprintf(w.StripOffline, c.Since.In(v.Zone).Format("15:04")) + "; " + pending + "; " + w.StripNobody + "."
	case ShutOut:
		return fmt.Sprintf(w.StripShutOut, c.kept(w))
	case Stuck:
		return fmt.Sprintf(w.StripStuck, c.kept(w))
	case Full:
		return w.StripFull
	default:
		return ""
	}
}

func (c Connection) kept(w words.Shell) string {
	return count(c.Pending+c.Refused-c.Lost, w.KeptNone, w.KeptOne, w.Kept)
}

// count returns the words for none, one, or many of something.
func count(n int, none, one, many string) string {
	if n == 0 {
		return none
	}
	return Count(n, one, many)
}

// Count returns the words for one, or for another number of something.
func Count(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// Undone tells what has become of own changes that were not made since a former state of the connection, of those alone, and where
// to decide. It is false where there are no more of them.
func (c Connection) Undone(former Connection, v View) (t Trouble, more bool) {
	w := v.Words.Shell
	kept, lost := c.Refused-c.Lost-(former.Refused-former.Lost), c.Lost-former.Lost
	switch {
	case kept > 0 && lost > 0:
		return Trouble{
			What: Count(kept, w.RefusedWhat, w.RefusedMany) + " " + plural(kept, w.RefusedSafe, w.RefusedSafeMany),
			Safe: Count(lost, w.LostWhat, w.LostMany) + " " + plural(lost, w.LostSafe, w.LostSafeMany), Do: w.RefusedDo,
		}, true
	case kept > 0:
		return Trouble{What: Count(kept, w.RefusedWhat, w.RefusedMany), Safe: plural(kept, w.RefusedSafe, w.RefusedSafeMany), Do: w.RefusedDo}, true
	case lost > 0:
		return Trouble{What: Count(lost, w.LostWhat, w.LostMany), Safe: plural(lost, w.LostSafe, w.LostSafeMany)}, true
	default:
		return Trouble{}, false
	}
}

// plural returns the words for one, or for another number that they do not name.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Damaged tells that the local copy is fetched again.
func (v View) Damaged() Trouble {
	w := v.Words.Shell
	return Trouble{What: w.DamagedWhat, Safe: w.DamagedSafe, Do: w.DamagedDo}
}

// Unfolded tells that the program is to be started again.
func (v View) Unfolded() Trouble {
	w := v.Words.Shell
	return Trouble{What: w.UnfoldedWhat, Safe: w.UnfoldedSafe, Do: w.UnfoldedDo}
}

// Smeared tells that erased words are still in a file of this device.
func (v View) Smeared() Trouble {
	w := v.Words.Shell
	return Trouble{What: w.SmearedWhat, Safe: w.SmearedSafe, Do: w.SmearedDo}
}
