package notify

import (
	"slices"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
)

// memory is what was accepted and could not be recorded, since the database was not reached.
type memory struct {
	mu   *sync.Mutex
	kept map[task.ID]unstored
}

type unstored struct {
	lines []Line
	until time.Time
}

func newMemory() memory { return memory{mu: &sync.Mutex{}, kept: map[task.ID]unstored{}} }

// of returns the lines of a task that wait to be recorded.
func (m memory) of(t task.ID) []Line {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.kept[t].lines)
}

// keep remembers what a report says was accepted, until its page has expired: later nobody asks.
func (m memory) keep(r Report, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for t, k := range m.kept {
		if k.until.Before(r.At) {
			delete(m.kept, t)
		}
	}
	lines := slices.DeleteFunc(slices.Clone(r.Lines), func(l Line) bool { return l.Reason != ProviderAccepted })
	if len(lines) > 0 {
		m.kept[r.Task.ID] = unstored{lines, until}
	}
}

func (m memory) forget(t task.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, t)
}
