// Package attendance knows who has which incident open just now, and who writes there. All of it lies in memory: what
// is not said again is forgotten, and so is everything when the server ends. It knows the devices that speak to this
// process: where several nodes share one log, each tells of its own.
package attendance

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

const (
	// tellEvery is how often it is told who attends, at most: whatever changed meanwhile is told at once.
	tellEvery = 500 * time.Millisecond
	// roomsMost is how many incidents one device can attend. The one that it said longest ago gives way to another.
	roomsMost = 8
	// namesMost is how many people are named; the others are counted.
	namesMost = 50
)

// Sight returns those of some people who may see an incident now, or a fault of kind NotFound where none of them may.
// Only they are told, and only they are named. After any other error it is asked again.
type Sight func(ctx context.Context, in id.Incident, people ...id.Person) ([]id.Person, error)

// Register is who attends what. Make it with New, and Run it.
type Register struct {
	clock   clock.Clock
	sight   Sight
	stirred chan struct{} // signalled when somebody is to be told something

	mu        sync.Mutex
	rooms     map[id.Incident]*room
	attended  map[id.Device][]id.Incident // what a device said last stands last
	listeners map[id.Device][]*Listener
}

// room is one incident that is attended.
type room struct {
	seats map[id.Device]*seat
	stale bool // who attends it is to be told
}

// seat is one device in a room.
type seat struct {
	person  id.Person
	since   time.Time
	until   time.Time
	writing time.Time // until when its person is said to write
}

// New returns a register in which nobody attends anything.
func New(c clock.Clock, sight Sight) *Register {
	return &Register{
		clock: c, sight: sight, stirred: make(chan struct{}, 1), rooms: map[id.Incident]*room{},
		attended: map[id.Device][]id.Incident{}, listeners: map[id.Device][]*Listener{},
	}
}

// Attend notes how a device attends an incident. Whether its person may see it has been asked before.
func (r *Register) Attend(by id.Actor, in id.Incident, how presence.Attention) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if how == presence.Left {
		r.leave(by.Device, in)
		return
	}
	r.makeRoom(by.Device, in)
	at := r.rooms[in]
	if at == nil {
		at = &room{seats: map[id.Device]*seat{}}
		r.rooms[in] = at
	}
	now := r.clock.Now()
	s := at.seats[by.Device]
	if s == nil {
		s = &seat{person: by.Person, since: now}
		at.seats[by.Device] = s
		at.stale = true
	}
	wrote, writes := !s.writing.IsZero(), how == presence.Typing
	s.until, s.writing = now.Add(presence.LookingFor), time.Time{}
	if writes {
		s.writing = now.Add(presence.TypingFor)
	}
	if at.stale = at.stale || wrote != writes; at.stale {
		r.stir()
	}
}

// makeRoom notes that a device says something of an incident, in place of what it said longest ago where it attends
// too much.
func (r *Register) makeRoom(d id.Device, in id.Incident) {
	others := slices.DeleteFunc(r.attended[d], func(o id.Incident) bool { return o == in })
	r.attended[d] = append(others, in)
	if len(r.attended[d]) > roomsMost {
		r.leave(d, r.attended[d][0])
	}
}

// leave takes a device out of a room.
func (r *Register) leave(d id.Device, in id.Incident) {
	at := r.rooms[in]
	if at == nil || at.seats[d] == nil {
		return
	}
	delete(at.seats, d)
	at.stale = true
	if r.attended[d] = slices.DeleteFunc(r.attended[d], func(o id.Incident) bool { return o == in }); len(r.attended[d]) == 0 {
		delete(r.attended, d)
	}
	for _, l := range r.listeners[d] {
		l.forget(in)
	}
	r.stir()
}

func (r *Register) stir() {
	select {
	case r.stirred <- struct{}{}:
	default:
	}
}

// Run tells listeners what changes until ctx ends. While nobody attends anything, it sleeps without a timer.
func (r *Register) Run(ctx context.Context) {
	due, rest := time.NewTimer(0), time.NewTimer(0)
	defer due.Stop()
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.stirred:
		case <-due.C:
		}
		next := r.turn(ctx)
		rest.Reset(tellEvery)
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		if due.Stop(); !next.IsZero() {
			due.Reset(next.Sub(r.clock.Now()))
		}
	}
}

// turn forgets what no longer holds, tells what has changed, and returns when something ceases to hold next, or the
// zero time.
func (r *Register) turn(ctx context.Context) time.Time {
	stale, next := r.changed(r.clock.Now())
	for in, now := range stale {
		may, err := r.sight(ctx, in, now.people()...)
		switch {
		case err == nil:
			r.tell(now, may)
		case fault.Is(err, fault.NotFound): // nobody may see it
		default:
			r.again(in)
		}
	}
	return next
}

// again has a room told of at the next turn: nobody knew who may see it.
func (r *Register) again(in id.Incident) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := r.rooms[in]; at != nil {
		at.stale = true
		r.stir()
	}
}

// tell tells those who may see a room, and attend it still, who else of them does.
func (r *Register) tell(now telling, may []id.Person) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range now.listeners {
		if slices.Contains(may, l.person) && slices.Contains(r.attended[l.device], now.in) {
			l.hear(now.without(l.person, may))
		}
	}
}

// changed returns the rooms of which something is to be told at a time, and when the next word ceases to hold.
func (r *Register) changed(now time.Time) (stale map[id.Incident]telling, next time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stale = map[id.Incident]telling{}
	for in, at := range r.rooms {
		next = earlier(next, r.expire(in, at, now))
		if len(at.seats) == 0 {
			delete(r.rooms, in)
		} else if at.stale {
			at.stale = false
			stale[in] = r.tellingOf(in, at)
		}
	}
	return stale, next
}

// expire forgets what was said of a room too long ago, and returns when the next word of it ceases to hold.
func (r *Register) expire(in id.Incident, at *room, now time.Time) (next time.Time) {
	for d, s := range at.seats {
		if !s.until.After(now) {
			r.leave(d, in)
			continue
		}
		next = earlier(next, s.until)
		switch {
		case s.writing.IsZero():
		case s.writing.After(now):
			next = earlier(next, s.writing)
		default:
			s.writing, at.stale = time.Time{}, true
		}
	}
	return next
}

// earlier returns the earlier of two times, of which either may be none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
