// Package clock reads a device's clocks. A client's clock never decides order; it only tells the
// server how long ago something was done.
package clock

import "time"

// Moment is what a device's clocks said at one instant.
type Moment struct {
	Wall time.Time     // what the wall clock showed; may be wrong by years
	Boot time.Duration // since boot, suspend included; comparable only under one BootID
	// BootID names one boot of one machine. It is empty where the system does not tell.
	BootID string
}

// Age returns how long before m, on the same boot, the moment earlier was. It is false where the
// two cannot be compared.
func (m Moment) Age(earlier Moment) (time.Duration, bool) {
	if m.BootID == "" || m.BootID != earlier.BootID || earlier.Boot > m.Boot {
		return 0, false
	}
	return m.Boot - earlier.Boot, true
}

// Later returns what the same clocks show some time after m. A wall clock that tells nothing goes on telling nothing.
func (m Moment) Later(by time.Duration) Moment {
	if !m.Wall.IsZero() {
		m.Wall = m.Wall.Add(by)
	}
	m.Boot += by
	return m
}

// Clock tells the time. Only the mains make the real one; everything else is handed one.
type Clock interface {
	// Now returns the wall clock's time.
	Now() time.Time
	// Moment returns what all clocks say now.
	Moment() Moment
}

// System is the machine's real clocks. Make it with NewSystem.
type System struct{ bootID string }

// NewSystem returns the machine's clocks.
func NewSystem() System { return System{bootID: readBootID()} }

// Now returns the wall clock's time.
func (System) Now() time.Time { return time.Now() }

// Moment returns what all clocks say now.
func (s System) Moment() Moment {
	m := Moment{Wall: time.Now(), BootID: s.bootID}
	if boot, ok := sinceBoot(); ok {
		m.Boot = boot
	} else {
		m.BootID = ""
	}
	return m
}
