package ledger

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// patience is how long a database may be silent, which is asked four times a second, when its writer need not wait for others. One that is
// started anew is back within it.
const patience = 3 * time.Second

// reach is whether the database of a server that shares it is reached. A file in this process always is.
type reach struct {
	quiet    *time.Timer // nil for a file
	patience time.Duration

	mu   sync.Mutex
	lost atomic.Pointer[chan struct{}] // closed while the database is not reached; mu is held to replace or close it
}

// newReach returns the reach of a database that has just been heard, and whose writer may have to wait for its turn. lose is called whenever
// it is not reached any more.
func newReach(shared bool, turn time.Duration, lose func()) *reach {
	r := &reach{patience: patience + turn}
	r.lost.Store(new(make(chan struct{})))
	if shared {
		r.quiet = time.AfterFunc(r.patience, func() {
			r.lose()
			lose()
		})
	}
	return r
}

// heard tells that the database has answered.
func (r *reach) heard() {
	if r.quiet == nil {
		return
	}
	r.quiet.Reset(r.patience)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isLost() {
		r.lost.Store(new(make(chan struct{})))
	}
}

func (r *reach) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isLost() {
		close(*r.lost.Load())
	}
}

func (r *reach) isLost() bool {
	select {
	case <-r.gone():
		return true
	default:
		return false
	}
}

// gone returns a channel that is closed while the database is not reached, or once it is not.
func (r *reach) gone() <-chan struct{} { return *r.lost.Load() }

func (r *reach) stop() {
	if r.quiet != nil {
		r.quiet.Stop()
	}
}

// Reached fails with an Unavailable fault while the database has been silent for too long. A server that says so to its clients
// tells them the truth: nobody decides on what they send, and nobody is paged.
func (l *Ledger) Reached() error {
	if l.reach.isLost() {
		return unreached()
	}
	return nil
}

func unreached() error {
	return fault.New(fault.Unavailable, "The server does not reach its database.").
		WithAdvice("What was answered is stored.", "The client tries again by itself.")
}
