package ledger

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestCommitsThatComeCloseTogetherShareAMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clocks := clock.NewSystem()
		hub := newHub(func(id.Person, id.Scope) bool { return true }, clocks)
		public, private := id.Everyone(), id.New[id.Scope]()
		f := hub.Follow(id.New[id.Person](), map[id.Scope]uint64{public: 0})
		defer f.Close()
		start := clocks.Now()
		var commits uint64
		commit := func(in id.Scope) {
			commits++
			hub.publish([]chunk{{scope: in, low: commits - 1, high: commits, bytes: []byte{byte(commits)}}})
		}
		next := func(want string, at time.Duration) {
			t.Helper()
			if err := f.Await(context.Background()); err != nil {
				t.Fatal(err)
			}
			if took := clocks.Now().Sub(start); took != at {
				t.Errorf("%q came after %s, want %s", want, took, at)
			}
			if got, err := f.Take(nil); string(got) != want || err != nil {
				t.Errorf("took %q, %v; want %q", got, err, want)
			}
		}
		commit(public)
		next("\x01", 0) // one alone is passed on at once
		pass(flushEvery / 4)
		commit(public)
		go func() {
			pass(flushEvery / 4)
			commit(public)
		}()
		next("\x02\x03", flushEvery)
		pass(2 * flushEvery)
		commit(private)
		next("", 3*flushEvery)
		commit(public) // what this reader does not see has held nothing back
		next("\x05", 3*flushEvery)
	})
}

// pass lets time go by in a bubble.
func pass(d time.Duration) { <-time.After(d) }
