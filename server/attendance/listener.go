package attendance

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// Listener hears, for one open stream, who else attends what its device attends. Of each room it keeps only the
// newest word: a slow reader misses what was told in between, and loses nothing.
type Listener struct {
	register *Register
	person   id.Person
	device   id.Device
	nudge    func()
	fresh    atomic.Bool // there is something to Take

	mu    sync.Mutex
	told  map[id.Incident]presence.Room // what it heard last, of each room that it has heard of
	heard map[id.Incident]presence.Room // what was not taken yet
}

// Listen returns a listener for a stream to a device. nudge is called when there is something to Take, from any
// goroutine, and must not wait. Close the listener.
func (r *Register) Listen(to id.Actor, nudge func()) *Listener {
	l := &Listener{
		register: r, person: to.Person, device: to.Device, nudge: nudge,
		told: map[id.Incident]presence.Room{}, heard: map[id.Incident]presence.Room{},
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listeners[to.Device] = append(r.listeners[to.Device], l)
	for _, in := range r.attended[to.Device] {
		r.rooms[in].stale = true
		r.stir()
	}
	return l
}

// Close ends listening. A device to which no stream is open any more attends nothing: it has been switched off, or is
// no longer reached.
func (l *Listener) Close() {
	r := l.register
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listeners[l.device] = slices.DeleteFunc(r.listeners[l.device], func(o *Listener) bool { return o == l })
	if len(r.listeners[l.device]) > 0 {
		return
	}
	delete(r.listeners, l.device)
	for _, in := range slices.Clone(r.attended[l.device]) {
		r.leave(l.device, in)
	}
}

// Take returns the rooms in which something has changed since it was last called. Where nothing has, which is nearly
// always, it costs next to nothing.
func (l *Listener) Take() []presence.Room {
	if !l.fresh.CompareAndSwap(true, false) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]presence.Room, 0, len(l.heard))
	for _, r := range l.heard {
		out = append(out, r)
	}
	clear(l.heard)
	return out
}

// hear notes who else attends a room, where that is another than was told. An empty room is told as well: the other
// end may remember something from before it left.
func (l *Listener) hear(r presence.Room) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, told := l.told[r.Incident]
	if told && last.More == r.More && slices.Equal(last.Attendees, r.Attendees) {
		return
	}
	l.told[r.Incident], l.heard[r.Incident] = r, r
	l.fresh.Store(true)
	l.nudge()
}

// forget notes that the device attends a room no longer.
func (l *Listener) forget(in id.Incident) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.told, in)
	delete(l.heard, in)
}
