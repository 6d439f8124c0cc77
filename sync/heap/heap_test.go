package heap

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestAHeapOfWhichLittleIsInUseMayGrowToItsFloor(t *testing.T) {
	t.Parallel()
	const floor = 32 << 20
	for _, c := range []struct {
		name        string
		live, roots uint64
		want        int
	}{
		{"nothing yet", 0, 0, 800},
		{"a megabyte of 32: the runtime's own least grows along", 1 << 20, 0, 775},
		{"eight of 32", 8 << 20, 0, 300},
		{"eight of 32, and as much on stacks", 8 << 20, 8 << 20, 150},
		{"just under half", 16<<20 - 1, 0, 100},
		{"half", 16 << 20, 0, usual},
		{"more than the floor", 1 << 30, 0, usual},
	} {
		if got := percent(c.live, c.roots, floor); got != c.want {
			t.Errorf("%s: may grow by %d %%, want %d", c.name, got, c.want)
		}
	}
}

// What is set is the whole program's, so this test is alone in its package that sets it.
func TestAProgramThatNeedsLittleCollectsSeldom(t *testing.T) { //nolint:paralleltest // it sets what the whole program goes by
	if testing.Short() {
		t.Skip("allocates some hundred megabytes")
	}
	t.Setenv("GOGC", "") // as in a program whose environment says nothing
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	runtime.GC()
	before := collections()
	churn(512 << 20)
	usually := collections() - before
	Floor(64 << 20)
	runtime.GC() // which Floor hears of
	before = collections()
	churn(512 << 20)
	if now := collections() - before; now == 0 || now*3 > usually {
		t.Errorf("collected %d times with a floor, and %d without", now, usually)
	}
}

// sink keeps the compiler from leaving out what is allocated.
type sink struct{ last []byte }

// churn allocates so many bytes, and keeps none.
func churn(bytes int) {
	var s sink
	for range bytes >> 14 {
		s.last = make([]byte, 1<<14)
	}
	runtime.KeepAlive(&s)
}

// collections returns how often garbage was collected so far.
func collections() uint64 {
	s := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
