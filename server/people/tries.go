package people

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// maxWrong is how many wrong codes one source may try.
	maxWrong = 5
	// lockedFor is how long it then has to wait, and how long a wrong code is remembered.
	lockedFor = 10 * time.Minute
	// maxSources bounds the memory: at least that many sources are remembered.
	maxSources = 10_000
)

// tries counts wrong codes per source. It lives outside the transactions, so that a try counts
// although everything else about it is rolled back.
type tries struct {
	mu sync.Mutex
	of recent[string, tried]
}

// tried is how many wrong codes came from one source, and until when that is remembered.
type tried struct {
	wrong int
	until time.Time
}

func newTries() *tries { return &tries{of: newRecent[string, tried](maxSources)} }

// begin counts a try as wrong before its code is looked at, so that tries at the same moment cannot
// slip past the limit together. It returns how long a locked source has to wait, else zero.
func (t *tries) begin(source string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	had, _ := t.of.get(source)
	if !now.Before(had.until) {
		had = tried{}
	}
	if had.wrong >= maxWrong {
		return had.until.Sub(now)
	}
	t.of.put(source, tried{wrong: had.wrong + 1, until: now.Add(lockedFor)})
	return 0
}

// right forgets the source: its code was right.
func (t *tries) right(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of.drop(source)
}

// undo takes one try back: the server could not tell whether its code was right.
func (t *tries) undo(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if had, ok := t.of.get(source); ok {
		had.wrong = max(0, had.wrong-1)
		t.of.put(source, had)
	}
}

// origin returns what counts as one source: an IPv4 address, or the /64 of an IPv6 address, of
// which one customer has as many addresses as he likes.
func origin(source string) string {
	addr, err := netip.ParseAddr(source)
	if err != nil {
		return source
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
