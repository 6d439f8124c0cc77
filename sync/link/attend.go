package link

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// attendLimit is how long the server may take to hear who attends what. Later it would no longer be true.
const attendLimit = 5 * time.Second

// attendance is what this device attends, and who else does, as far as the server told. All of it lies in memory, and
// the others are forgotten as soon as the tail ends: nobody knows then whether they are still there.
type attendance struct {
	clock clock.Clock
	due   chan struct{} // signalled when there may be something to say

	mu       sync.Mutex
	live     bool // a tail is open
	rooms    map[id.Incident]*attended
	others   map[id.Incident]presence.Room
	watchers map[chan struct{}]struct{}
}

// attended is one incident that is shown on this device.
type attended struct {
	windows int                // in how many
	want    presence.Attention // what is to be said; 0 while there is nothing
	saidAt  time.Time          // when something was said last
	typedAt time.Time          // when it was last wanted to say that somebody writes
}

func newAttendance(c clock.Clock) *attendance {
	return &attendance{
		clock: c, due: make(chan struct{}, 1), rooms: map[id.Incident]*attended{}, others: map[id.Incident]presence.Room{},
		watchers: map[chan struct{}]struct{}{},
	}
}

// Attend tells whoever else attends an incident that it is shown here, until the returned function is called. Several
// windows with the same incident are one presence. Nothing is promised: what cannot be said now is not said.
func (l *Link) Attend(in id.Incident) (leave func()) {
	a := l.attendance
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.rooms[in]
	if at == nil {
		at = &attended{}
		a.rooms[in] = at
	}
	if at.windows++; at.windows == 1 {
		at.want = presence.Looking
		signal(a.due)
	}
	return sync.OnceFunc(func() { a.leave(in) })
}

func (a *attendance) leave(in id.Incident) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.rooms[in]
	if at.windows--; at.windows > 0 {
		return
	}
	at.want = presence.Left // who comes back before that is said has never left
	if !a.live {
		delete(a.rooms, in)
	}
	signal(a.due)
}

// Type tells whoever else attends an incident that is shown here that its person writes there, or with false that they
// write no longer. It may be called at every key: it is said once every few seconds.
func (l *Link) Type(in id.Incident, writes bool) {
	a := l.attendance
	a.mu.Lock()
	defer a.mu.Unlock()
	at, now := a.rooms[in], a.clock.Now()
	switch {
	case at == nil || at.windows == 0 || !a.live:
		return
	case writes && now.Sub(at.typedAt) >= presence.TypingEvery:
		at.want, at.typedAt = presence.Typing, now
	case !writes && !at.typedAt.IsZero():
		at.want, at.typedAt = presence.Looking, time.Time{}
	default:
		return
	}
	signal(a.due)
}

// Attending returns who else attends an incident that is shown here.
func (l *Link) Attending(in id.Incident) presence.Room {
	l.attendance.mu.Lock()
	defer l.attendance.mu.Unlock()
	return l.attendance.others[in]
}

// WatchAttendance returns a channel that is signalled when what Attending returns has changed, and a function that
// ends it.
func (l *Link) WatchAttendance() (<-chan struct{}, func()) {
	a, c := l.attendance, make(chan struct{}, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watchers[c] = struct{}{}
	return c, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, c)
	}
}

// attendLoop says what this device attends, and says it again before it is forgotten. While nothing is shown it waits
// without a timer. What fails is not tried again: it will have changed.
func (l *Link) attendLoop(ctx context.Context) {
	renew := time.NewTimer(0)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.attendance.due:
		case <-renew.C:
		}
		for in, how := range l.attendance.words() {
			l.say(ctx, in, how)
		}
		if renew.Stop(); l.attendance.goesOn() {
			renew.Reset(presence.RenewEvery)
		}
	}
}

// say tells the server how an incident is attended.
func (l *Link) say(ctx context.Context, in id.Incident, how presence.Attention) {
	api, _, err := l.clients()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, attendLimit)
	defer cancel()
	_, _ = api.Attend(ctx, wire.AttendTo(in, how))
}

// words returns what is to be said now, and takes it for said.
func (a *attendance) words() map[id.Incident]presence.Attention {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.live {
		return nil
	}
	out, now := map[id.Incident]presence.Attention{}, a.clock.Now()
	for in, at := range a.rooms {
		if at.want == 0 && now.Sub(at.saidAt) >= presence.RenewEvery {
			at.want = presence.Looking
		}
		if at.want == 0 {
			continue
		}
		out[in] = at.want
		at.saidAt, at.want = now, 0
		if at.windows == 0 {
			delete(a.rooms, in)
			delete(a.others, in)
		}
	}
	return out
}

// goesOn reports whether something is to be said again.
func (a *attendance) goesOn() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.live && len(a.rooms) > 0
}

// begin notes that a tail is open: the server knows nothing of this device yet.
func (a *attendance) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live = true
	for _, at := range a.rooms {
		at.want, at.typedAt = presence.Looking, time.Time{}
	}
	signal(a.due)
}

// end notes that the tail has ended.
func (a *attendance) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live = false
	for in, at := range a.rooms {
		if at.windows == 0 {
			delete(a.rooms, in)
		}
	}
	if len(a.others) > 0 {
		clear(a.others)
		a.changed()
	}
	signal(a.due)
}

// hear notes who else attends what is shown here.
func (a *attendance) hear(rooms []presence.Room) {
	if len(rooms) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range rooms {
		if a.rooms[r.Incident] == nil {
			continue
		}
		if former := a.others[r.Incident]; former.More == r.More && slices.Equal(former.Attendees, r.Attendees) {
			continue
		}
		if a.others[r.Incident] = r; r.Empty() {
			delete(a.others, r.Incident)
		}
		a.changed()
	}
}

func (a *attendance) changed() {
	for c := range a.watchers {
		signal(c)
	}
}
