package task

import (
	"errors"
	"fmt"
	"time"
)

// ErrOvertaken says that somebody else has the task, because the lease had ended: what was done is not recorded.
var ErrOvertaken = errors.New("the task was taken over by another")

// permanent is why there is no use in trying again.
type permanent struct{ error }

// Unwrap returns what it says.
func (p permanent) Unwrap() error { return p.error }

// Permanent returns err as what a handler ends a task with that trying again would not help: it is dead at once.
func Permanent(err error) error { return permanent{err} }

// later asks for some time.
type later struct {
	error
	wait time.Duration
}

// Unwrap returns what it says.
func (l later) Unwrap() error { return l.error }

// RetryAfter returns err as what a handler ends a try with when a provider said how long to wait at least.
func RetryAfter(err error, wait time.Duration) error { return later{err, wait} }

// Backoff is how long to wait between tries: full jitter, between nothing and the smaller of Most and First times two for each
// try before, so that those who failed together do not come again together.
// Source: Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
type Backoff struct{ First, Most time.Duration }

// after returns how long to wait after the n-th try.
func (b Backoff) after(n int, chance float64) time.Duration {
	most := b.First
	for range n - 1 {
		if most >= b.Most {
			break
		}
		most *= 2
	}
	return time.Duration(chance * float64(min(most, b.Most)))
}

// check fails unless the policy can be followed.
func (p Policy) check() error {
	if p.Lease <= 0 || p.MaxTries < 1 || p.Backoff.First <= 0 || p.Backoff.Most < p.Backoff.First {
		return fmt.Errorf("the policy %+v cannot be followed", p)
	}
	return nil
}
