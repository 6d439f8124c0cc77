package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// TellTime is the expression for the database's own time, in microseconds since 1970, when the statement reaches it; now() would be
// when the transaction began to wait for its turn.
const TellTime = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"

// Clock tells the database's time, which all servers that share it have in common, however wrong the machine's own clock is. It
// goes on with the machine's clock from what the database said last. Make it with DB.Clock.
type Clock struct {
	machine clock.Clock
	ahead   atomic.Pointer[instant]
	telling sync.Mutex
}

// instant is a moment at which both times are known.
type instant struct {
	machine, database time.Time
}

// Clock asks the database for its time, and returns the clock that goes on from there.
func (db *DB) Clock(ctx context.Context, machine clock.Clock) (*Clock, error) {
	c := NewClock(machine)
	told := c.Asking()
	var us int64
	if err := db.Read.QueryRowContext(ctx, "SELECT "+TellTime).Scan(&us); err != nil {
		return nil, fmt.Errorf("ask the database for its time: %w", Fault(err))
	}
	told(time.UnixMicro(us))
	return c, nil
}

// NewClock returns a clock that tells the machine's time until it is told another.
func NewClock(machine clock.Clock) *Clock {
	c := &Clock{machine: machine}
	now := machine.Now()
	c.ahead.Store(&instant{machine: now, database: now})
	return c
}

// Now returns the database's time.
func (c *Clock) Now() time.Time { return c.ahead.Load().at(c.machine.Now()) }

// Moment returns what the machine's clocks say now, with the database's time on the wall.
func (c *Clock) Moment() clock.Moment {
	m := c.machine.Moment()
	m.Wall = c.ahead.Load().at(m.Wall)
	return m
}

// Asking is called just before the database is asked for its time, and the function that it returns with the answer. The time lies
// between the two moments: what is told by then is left as it is while it can be true, and else moved as little as makes
// it so. A slow answer therefore spoils nothing that a fast one has told.
func (c *Clock) Asking() (told func(database time.Time)) {
	asked := c.machine.Now()
	return func(database time.Time) {
		c.telling.Lock()
		defer c.telling.Unlock()
		answered := c.machine.Now()
		now := c.ahead.Load().at(answered)
		latest := database.Add(answered.Sub(asked))
		switch {
		case now.Before(database):
			now = database
		case now.After(latest):
			now = latest
		}
		c.ahead.Store(&instant{machine: answered, database: now})
	}
}

// at returns the database's time at a moment of the machine's. A machine's clock that is set in between does not change it, where
// the moments carry what the machine counts besides.
func (i *instant) at(machine time.Time) time.Time { return i.database.Add(machine.Sub(i.machine)) }
