package task_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/server/task"
)

func TestWaitsDoubleUpToTheLongest(t *testing.T) {
	t.Parallel()
	b := task.Backoff{First: time.Second, Most: 10 * time.Second}
	for n, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second, 10 * time.Second} {
		if got := b.After(n+1, 1); got != want {
			t.Errorf("after try %d it waits up to %s, want %s", n+1, got, want)
		}
	}
	if got := b.After(3, 0.25); got != time.Second {
		t.Errorf("a quarter of four seconds is %s", got)
	}
}

// However often somebody has tried, and whatever chance says, the wait is neither negative nor longer than the longest.
func TestWaitsStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		first := time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(r, "first"))
		b := task.Backoff{First: first, Most: first + time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(r, "more"))}
		n, chance := rapid.IntRange(1, 100_000).Draw(r, "try"), rapid.Float64Range(0, 1).Draw(r, "chance")
		if got := b.After(n, chance); got < 0 || got > b.Most || n == 1 && got > first {
			r.Errorf("after try %d of %+v it waits %s", n, b, got)
		}
	})
}
