package people

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRecentForgetsTheOldestAndStaysBounded(t *testing.T) {
	t.Parallel()
	const limit = 10
	rapid.Check(t, func(t *rapid.T) {
		r := newRecent[int, int](limit)
		var order []int
		for i, k := range rapid.SliceOfN(rapid.IntRange(0, 60), 0, 200).Draw(t, "keys") {
			r.put(k, i)
			order = append(order, k)
			for back := range min(limit, len(order)) {
				if _, ok := r.get(order[len(order)-1-back]); !ok {
					t.Fatalf("the key put %d puts ago is forgotten", back)
				}
			}
			if v, _ := r.get(k); v != i {
				t.Fatalf("key %d has the value %d, want %d", k, v, i)
			}
			if n := len(r.young) + len(r.old); n > 2*limit {
				t.Fatalf("%d keys are held", n)
			}
		}
		for k := range 61 {
			r.drop(k)
			if _, ok := r.get(k); ok {
				t.Fatalf("key %d was dropped and is still here", k)
			}
		}
	})
}

func TestTriesAtTheSameMomentAreCountedTogether(t *testing.T) {
	t.Parallel()
	tries := newTries()
	now := time.Unix(1_700_000_000, 0)
	var passed atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if tries.begin("one", now) == 0 {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n != maxWrong {
		t.Errorf("%d tries passed, want %d", n, maxWrong)
	}
	for i := range 3 * maxSources {
		tries.begin(fmt.Sprint(i), now)
	}
	if n := len(tries.of.young) + len(tries.of.old); n > 2*maxSources {
		t.Errorf("%d sources are remembered, at most %d may be", n, 2*maxSources)
	}
}

func TestAWrongTryIsForgottenAfterTenMinutes(t *testing.T) {
	t.Parallel()
	tries := newTries()
	now := time.Unix(1_700_000_000, 0)
	for range 20 { // one wrong code every ten minutes locks nobody
		if wait := tries.begin("slow", now); wait != 0 {
			t.Fatalf("locked for %s", wait)
		}
		now = now.Add(lockedFor)
	}
}

func FuzzCode(f *testing.F) {
	for _, seed := range []string{"", "7KQM-2XWD", "oil", "７KQM２XWD", "\xff", "--------"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		hash, ok := hashCode(typed)
		if ok != (len(hash) == 32) {
			t.Errorf("%q: ok is %v with %d bytes", typed, ok, len(hash))
		}
	})
}
