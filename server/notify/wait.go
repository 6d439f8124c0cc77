package notify

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter returns how long a header Retry-After asks to wait from now, at least a second and no longer than most. Where it asks for
// nothing that can be read, it is otherwise.
func RetryAfter(header string, now time.Time, otherwise, most time.Duration) time.Duration {
	wait := otherwise
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil && seconds >= 0 {
		wait = max(time.Duration(seconds)*time.Second, time.Second)
	} else if at, err := http.ParseTime(header); err == nil {
		wait = max(at.Sub(now), time.Second)
	}
	return min(wait, most)
}
