package attendance_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bundle is a register in a bubble in which time passes only as the test lets it.
type bundle struct {
	*attendance.Register
	ctx context.Context
	in  id.Incident

	mu    sync.Mutex
	blind map[id.Person]bool // who may not see the incident
	asked int                // how often it was asked who may
	fails int                // how often it cannot be said, from now on
}

// sight lets everybody see everything but the blind.
func (b *bundle) sight(_ context.Context, _ id.Incident, people ...id.Person) ([]id.Person, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	if b.fails > 0 {
		b.fails--
		return nil, fault.New(fault.Storage, "The disk cannot be read.")
	}
	may := slices.DeleteFunc(slices.Clone(people), func(p id.Person) bool { return b.blind[p] })
	if len(may) == 0 {
		return nil, fault.New(fault.NotFound, "There is no such stream.")
	}
	return may, nil
}

func inBubble(t *testing.T, test func(*testing.T, *bundle)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bundle{ctx: context.Background(), in: id.New[id.Incident](), blind: map[id.Person]bool{}}
		b.Register = attendance.New(clock.NewSystem(), b.sight)
		ctx, cancel := context.WithCancel(b.ctx)
		var running sync.WaitGroup
		running.Go(func() { b.Run(ctx) })
		pass(time.Second)
		test(t, b)
		cancel()
		running.Wait()
	})
}

// pass lets time pass, and everything happen that it brings.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// desk is a device with an open stream that takes whatever it is told at once.
type desk struct {
	id.Actor
	*attendance.Listener
	slow atomic.Bool // takes nothing

	mu       sync.Mutex
	messages int
	rooms    map[id.Incident]presence.Room // as last told
}

func (b *bundle) seat(t *testing.T, by id.Actor) *desk {
	t.Helper()
	d := &desk{Actor: by, rooms: map[id.Incident]presence.Room{}}
	nudged, ended := make(chan struct{}, 1), make(chan struct{})
	d.Listener = b.Listen(by, func() {
		select {
		case nudged <- struct{}{}:
		default:
		}
	})
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-nudged:
			}
			if d.slow.Load() {
				continue
			}
			d.take()
		}
	})
	t.Cleanup(func() {
		d.Close()
		close(ended)
		reading.Wait()
	})
	return d
}

func (d *desk) take() {
	rooms := d.Take()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(rooms) > 0 {
		d.messages++
	}
	for _, r := range rooms {
		d.rooms[r.Incident] = r
	}
}

// in returns what was told last of a room.
func (d *desk) in(in id.Incident) presence.Room {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rooms[in]
}

// heard returns how many messages came since it was last called.
func (d *desk) heard() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.messages
	d.messages = 0
	return n
}

func somebody() id.Actor { return id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()} }

// wantIn fails unless a desk was last told that just those people are in the room: a person for one who looks, with
// writes for one who types.
func (d *desk) wantIn(t *testing.T, in id.Incident, when string, want ...presence.Attendee) {
	t.Helper()
	if got := d.in(in); !slices.Equal(got.Attendees, want) || got.More != 0 {
		t.Errorf("%s there are %+v, want %+v", when, got, want)
	}
}

func looks(d *desk) presence.Attendee  { return presence.Attendee{Person: d.Person} }
func writes(d *desk) presence.Attendee { return presence.Attendee{Person: d.Person, Typing: true} }

func TestThoseWhoAttendTheSameAreToldOfEachOther(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob, eve := b.seat(t, somebody()), b.seat(t, somebody()), b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		pass(time.Second)
		b.Attend(bob.Actor, b.in, presence.Typing)
		b.Attend(eve.Actor, id.New[id.Incident](), presence.Looking)
		pass(time.Second)
		ann.wantIn(t, b.in, "when Bob types", writes(bob))
		bob.wantIn(t, b.in, "when Bob types", looks(ann))
		b.Attend(bob.Actor, b.in, presence.Looking)
		pass(time.Second)
		ann.wantIn(t, b.in, "when he has sent it", looks(bob))
		b.Attend(bob.Actor, b.in, presence.Left)
		pass(time.Second)
		ann.wantIn(t, b.in, "when he has left")
		if got, n := eve.in(b.in), eve.heard(); len(got.Attendees) != 0 || n > 1 { // that nobody is in her own room
			t.Errorf("who attends something else was told %d times: %+v", n, got)
		}
	})
}

func TestWhoMayNotBeReadJustNowIsToldAfterwards(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		b.Attend(bob.Actor, b.in, presence.Typing)
		pass(time.Second)
		b.mu.Lock()
		b.fails = 1
		b.mu.Unlock()
		b.Attend(bob.Actor, b.in, presence.Left)
		pass(2 * time.Second)
		ann.wantIn(t, b.in, "after a reading that failed once")
	})
}

func TestWhatIsNotSaidAgainIsForgotten(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		b.Attend(bob.Actor, b.in, presence.Typing)
		b.Attend(ann.Actor, b.in, presence.Looking)
		pass(5900 * time.Millisecond)
		ann.wantIn(t, b.in, "before six seconds", writes(bob))
		pass(700 * time.Millisecond)
		ann.wantIn(t, b.in, "after six seconds", looks(bob))
		pass(13 * time.Second)
		for range 5 {
			b.Attend(ann.Actor, b.in, presence.Looking)
			pass(5 * time.Second)
		}
		ann.wantIn(t, b.in, "before 45 seconds", looks(bob))
		pass(time.Second)
		ann.wantIn(t, b.in, "after 45 seconds")
		bob.wantIn(t, b.in, "to who forgot to say it again", looks(ann))
	})
}

// Whoever types faster than it is told sees no difference, and the server does no more.
func TestABurstIsAFewMessages(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann := b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		pass(time.Second)
		ann.heard()
		var others []id.Actor
		for range 40 {
			others = append(others, somebody())
		}
		const seconds = 10
		for i := range seconds * 100 { // forty people, each of whom starts and stops all the time
			b.Attend(others[i%40], b.in, presence.Attention(1+i/40%2))
			pass(10 * time.Millisecond)
		}
		if n := ann.heard(); n < seconds || n > 2*seconds+1 {
			t.Errorf("%d words were told in %d messages in %d seconds", seconds*100, n, seconds)
		}
		b.mu.Lock()
		if b.asked > 2*seconds+4 {
			t.Errorf("it was asked %d times who may see it", b.asked)
		}
		b.mu.Unlock()
		pass(7 * time.Second)
		ann.heard()
		for range 20 { // to say it again is no news
			for _, o := range append(others, ann.Actor) {
				b.Attend(o, b.in, presence.Looking)
			}
			pass(time.Second)
		}
		if n := ann.heard(); n != 0 {
			t.Errorf("what did not change was told %d times", n)
		}
	})
}

func TestFiftyAreNamedAndTheOthersCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann := b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		for range 60 {
			b.Attend(somebody(), b.in, presence.Looking)
		}
		last := somebody()
		b.Attend(last, b.in, presence.Typing)
		pass(2 * time.Second)
		got := ann.in(b.in)
		if len(got.Attendees) != 50 || got.More != 11 || got.Attendees[0] != (presence.Attendee{Person: last.Person, Typing: true}) {
			t.Errorf("named are %d and counted %d, first %+v", len(got.Attendees), got.More, got.Attendees[:1])
		}
	})
}

func TestADeviceAttendsAHandfulOfRooms(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), somebody()
		rooms := []id.Incident{b.in}
		for range 11 {
			rooms = append(rooms, id.New[id.Incident]())
		}
		there := 0
		for _, in := range rooms {
			b.Attend(bob, in, presence.Looking)
		}
		for group := range slices.Chunk(rooms, 4) { // Ann looks at a few at a time
			for _, in := range group {
				b.Attend(ann.Actor, in, presence.Looking)
			}
			pass(time.Second)
			for _, in := range group {
				there += len(ann.in(in).Attendees)
			}
		}
		if there != 8 || len(ann.in(rooms[0]).Attendees) != 0 {
			t.Errorf("Bob is in %d rooms, among them the first: %+v", there, ann.in(rooms[0]))
		}
	})
}

func TestWhoMayNotSeeItIsNeitherToldNorNamed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob, eve := b.seat(t, somebody()), b.seat(t, somebody()), b.seat(t, somebody())
		for _, d := range []*desk{ann, bob, eve} {
			b.Attend(d.Actor, b.in, presence.Looking)
		}
		pass(time.Second)
		b.mu.Lock()
		b.blind[eve.Person] = true // it was made private meanwhile
		b.mu.Unlock()
		eve.heard()
		b.Attend(bob.Actor, b.in, presence.Typing)
		pass(time.Second)
		ann.wantIn(t, b.in, "without Eve", writes(bob))
		if eve.heard() != 0 {
			t.Errorf("Eve was told %+v", eve.in(b.in))
		}
	})
}

func TestOnesOwnOtherDeviceIsNobodyElse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		phone := b.seat(t, id.Actor{Person: ann.Person, Device: id.New[id.Device]()})
		for _, d := range []*desk{ann, phone, bob} {
			b.Attend(d.Actor, b.in, presence.Looking)
			pass(time.Millisecond)
		}
		b.Attend(phone.Actor, b.in, presence.Typing)
		pass(time.Second)
		ann.wantIn(t, b.in, "besides Ann", looks(bob))
		phone.wantIn(t, b.in, "besides Ann", looks(bob))
		ann.heard()
		for i := range 10 {
			b.Attend(phone.Actor, b.in, presence.Attention(2-i%2))
			pass(time.Second)
		}
		if n := ann.heard(); n != 0 {
			t.Errorf("Ann was told %d times what she did herself", n)
		}
		b.Attend(phone.Actor, b.in, presence.Typing)
		pass(time.Second)
		bob.wantIn(t, b.in, "besides Bob", writes(ann))
		b.Attend(phone.Actor, b.in, presence.Left)
		pass(time.Second)
		bob.wantIn(t, b.in, "when Ann has left on one device", looks(ann))
	})
}

// A device that is switched off says nothing any more: its stream ends.
func TestWhoseStreamEndsHasLeft(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		again := b.seat(t, bob.Actor) // a new stream, before the server has noticed that the old one is dead
		b.Attend(ann.Actor, b.in, presence.Looking)
		b.Attend(bob.Actor, b.in, presence.Looking)
		pass(time.Second)
		bob.Close()
		pass(time.Second)
		ann.wantIn(t, b.in, "after the first of two streams has ended", looks(bob))
		again.wantIn(t, b.in, "on the other stream", looks(ann))
		again.Close()
		pass(time.Second)
		ann.wantIn(t, b.in, "after the last stream has ended")
	})
}

func TestASlowReaderMissesWhatIsOver(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		pass(time.Second)
		ann.slow.Store(true)
		for i := range 20 {
			b.Attend(bob.Actor, b.in, presence.Attention(1+i%2))
			pass(time.Second)
		}
		if got := ann.Take(); len(got) != 1 || !slices.Equal(got[0].Attendees, []presence.Attendee{writes(bob)}) {
			t.Errorf("kept for her were %+v", got)
		}
		if got := ann.Take(); got != nil {
			t.Errorf("and once more %+v", got)
		}
	})
}

// Who comes back is told all of it: what was told before is forgotten on the other end.
func TestWhoComesBackIsToldAnew(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		ann, bob := b.seat(t, somebody()), b.seat(t, somebody())
		b.Attend(ann.Actor, b.in, presence.Looking)
		b.Attend(bob.Actor, b.in, presence.Looking)
		pass(time.Second)
		for _, want := range [][]presence.Attendee{{looks(bob)}, nil} {
			b.Attend(ann.Actor, b.in, presence.Left)
			ann.mu.Lock()
			clear(ann.rooms)
			ann.mu.Unlock()
			if want == nil {
				b.Attend(bob.Actor, b.in, presence.Left)
			}
			pass(time.Second)
			ann.heard()
			b.Attend(ann.Actor, b.in, presence.Looking)
			pass(time.Second)
			ann.wantIn(t, b.in, fmt.Sprint("back, with ", len(want)), want...)
			if n := ann.heard(); n != 1 {
				t.Errorf("she was told %d times", n)
			}
		}
	})
}
