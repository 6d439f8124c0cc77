package sim

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// begin is when every run begins, by the only clock that is right.
func begin() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) }

// watch is a device's clocks.
type watch struct {
	offset time.Duration // of the wall clock
	drift  float64       // seconds a second
	boots  int
	since  time.Time // of the last boot, by the right clock
	silent bool      // this device does not tell how long ago it was booted
}

// moment returns what a device's clocks show.
func (w *world) moment(c *client) clock.Moment {
	if w.straight {
		return clock.Moment{Wall: w.now, Boot: w.now.Sub(begin()), BootID: c.name}
	}
	k := &c.watch
	m := clock.Moment{Wall: w.now.Add(k.offset + time.Duration(k.drift*float64(w.now.Sub(begin()))))}
	if !k.silent {
		m.Boot, m.BootID = w.now.Sub(k.since), fmt.Sprint(c.name, " ", k.boots)
	}
	return m
}

// jump sets a device's clocks to something else, or boots it.
func (w *world) jump() {
	c := w.anyone()
	k := &c.watch
	switch w.random.IntN(4) {
	case 0:
		k.offset = time.Duration(w.random.Int64N(int64(20*24*time.Hour))) - 10*24*time.Hour
	case 1:
		k.drift = w.random.Float64()/5 - 0.1
	case 2:
		k.boots, k.since = k.boots+1, w.now
	default:
		k.silent = !k.silent
	}
	w.count(Jumped)
	w.say("%s: its clocks jump: %+v", c.name, *k)
}
