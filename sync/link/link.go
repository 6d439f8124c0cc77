// Package link keeps a replica and its server in step: it pushes the outbox, follows the tail,
// fetches what is missing, and says honestly how that goes.
package link

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"connectrpc.com/connect"

	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// State says how things stand between this client and the server.
type State uint8

// The states.
const (
	Connecting  State = iota // nothing has been heard since the start
	Live                     // the server was heard within the last heartbeats
	Offline                  // the server is not reached
	NotEnrolled              // this device has never been let in
	ShutOut                  // the server no longer lets this device in
	Stuck                    // the server sent this client back to the start again and again
	Full                     // this device cannot store what comes
)

// Status is a State with what a person wants to know about it.
type Status struct {
	State  State
	Since  time.Time // when State began
	Cause  *fault.Fault
	People int // how many are connected, while Live; 0 while that is not known
}

// Timing of what is said to be lost, and of trying again.
const (
	firstWord   = 10 * time.Second // the first message of a tail
	silence     = 40 * time.Second // then no message for longer than two heartbeats
	unaryLimit  = 20 * time.Second
	shortestTry = 250 * time.Millisecond
	longestTry  = 10 * time.Second
	shutOutTry  = time.Minute
)

// Options says what a link works with.
type Options struct {
	Replica *replica.Replica
	Clock   clock.Clock
	Logger  *slog.Logger
	// Transport carries requests; nil takes one of its own.
	Transport http.RoundTripper
	// AuthorsFirst is how long a restored server hears of those first who did something, before this client gives back for
	// others; zero is two minutes.
	AuthorsFirst time.Duration
}

// Link is one client's connection. Make it with New, and Run it.
type Link struct {
	Options
	keys   *keys
	sync   tsugiv1connect.SyncServiceClient
	people tsugiv1connect.PeopleServiceClient
	files  tsugiv1connect.AttachmentServiceClient
	reach  tsugiv1connect.ReachServiceClient
	feeds  tsugiv1connect.CalendarServiceClient
	online chan struct{} // signalled, for the commands, when a tail begins
	upload chan struct{} // signalled, for the files, when a tail begins
	fill   chan struct{} // signalled when there may be something to fill
	back   chan struct{} // signalled when there may be something to give back

	attendance *attendance

	gate sync.Mutex // held while loops are started, and while somebody is enrolled

	mu       sync.Mutex
	halt     func() // stops the loops and waits for them; nil while there are none
	status   Status
	watchers map[chan struct{}]struct{}
}

// Transport returns the way to a server that every client uses: HTTP/1.1 with short timeouts for
// connecting and none for listening.
func Transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     90 * time.Second,
	}
}

// New returns a link for the replica.
func New(o Options) *Link {
	if o.Transport == nil {
		o.Transport = Transport()
	}
	if o.AuthorsFirst == 0 {
		o.AuthorsFirst = authorsFirst
	}
	l := &Link{
		Options: o, online: make(chan struct{}, 1), upload: make(chan struct{}, 1), fill: make(chan struct{}, 1), back: make(chan struct{}, 1),
		status: Status{State: Connecting, Since: o.Clock.Now()}, watchers: map[chan struct{}]struct{}{},
	}
	l.attendance = newAttendance(o.Clock)
	l.keys = &keys{replica: o.Replica, clock: o.Clock, http: l.http()}
	return l
}

func (l *Link) http() *http.Client { return &http.Client{Transport: l.Transport} }

// connect makes the clients for the server that this device is enrolled at.
func (l *Link) connect(server string) {
	with := connect.WithInterceptors(l.keys, connect.UnaryInterceptorFunc(l.dated))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sync = tsugiv1connect.NewSyncServiceClient(l.http(), server, with)
	l.people = tsugiv1connect.NewPeopleServiceClient(l.http(), server, with)
	l.files = tsugiv1connect.NewAttachmentServiceClient(l.http(), server, with)
	l.reach = tsugiv1connect.NewReachServiceClient(l.http(), server, with)
	l.feeds = tsugiv1connect.NewCalendarServiceClient(l.http(), server, with)
}

func (l *Link) clients() (tsugiv1connect.SyncServiceClient, tsugiv1connect.PeopleServiceClient, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sync == nil {
		return nil, nil, fault.New(fault.Unauthenticated, "This device is not enrolled yet.").
			WithAdvice("Nothing was lost.", "Enrol it with the server's address and a code.")
	}
	return l.sync, l.people, nil
}

// Run keeps the replica in step until ctx ends, and waits for everything that it started.
func (l *Link) Run(ctx context.Context) {
	changed, stop := l.Replica.Watch()
	defer stop()
	defer l.http().CloseIdleConnections()
	rebuilds := 0
	for ctx.Err() == nil {
		l.gate.Lock()
		device, ok := l.Replica.Device()
		if ok && !l.Replica.Damaged() {
			l.connect(device.Server)
			served := l.start(ctx)
			l.gate.Unlock()
			l.serve(served, device, changed)
			continue
		}
		l.gate.Unlock()
		if !ok {
			l.set(NotEnrolled, nil)
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		if err := l.Replica.Rebuild(ctx); err != nil {
			l.Logger.Error("rebuild the replica", "error", err)
			l.set(Offline, err)
		}
		pause(ctx, rebuilds, nil) // what damages it may do so again
		rebuilds++
	}
}

// start starts the loops and returns the context that ends with them.
func (l *Link) start(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	l.set(Connecting, nil)
	var loops sync.WaitGroup
	for _, loop := range []func(context.Context){l.pushLoop, l.tailLoop, l.fillLoop, l.uploadLoop, l.fetchLoop, l.attendLoop, l.giveBackLoop} {
		loops.Go(func() { loop(ctx) })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halt = func() {
		cancel()
		loops.Wait()
	}
	return ctx
}

// stop stops the loops, where there are any, and waits for them.
func (l *Link) stop() {
	l.mu.Lock()
	halt := l.halt
	l.mu.Unlock()
	if halt != nil {
		halt()
	}
}

// serve waits until the enrolment changes, the replica turns out to be damaged, or ctx ends, and stops
// the loops.
func (l *Link) serve(ctx context.Context, device replica.Device, changed <-chan struct{}) {
	defer l.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			now, ok := l.Replica.Device()
			if !ok || now.Server != device.Server || now.Actor != device.Actor || l.Replica.Damaged() {
				return
			}
		}
	}
}

// Status returns how things stand.
func (l *Link) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

// Watch returns a channel that is signalled when Status changes, and a function that ends it.
func (l *Link) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[c] = struct{}{}
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, c)
	}
}

func (l *Link) set(s State, cause error) {
	l.update(func(now *Status) {
		if now.State != s {
			now.Since = l.Clock.Now()
		}
		now.State, now.Cause = s, fault.Find(cause)
		if s != Live {
			now.People = 0
		}
	})
}

func (l *Link) update(change func(*Status)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.status
	change(&l.status)
	if l.status == before {
		return
	}
	for c := range l.watchers {
		signal(c)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pause waits after the n-th failure in a row, longer each time and never the same for two clients.
// It is cut short by hurry, and false when ctx has ended.
func pause(ctx context.Context, failures int, hurry <-chan struct{}) bool {
	wait := min(longestTry, shortestTry<<min(failures, 10))
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // jitter needs no secret
	return sleep(ctx, wait, hurry)
}

func sleep(ctx context.Context, wait time.Duration, hurry <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-hurry:
	}
	return true
}
