package ledger_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// assigns reports whether a task can be given to somebody whom the log does not know.
func (b *bundle) assigns(t *testing.T, in id.Stream) bool {
	t.Helper()
	nobody := incident.AddTask{Task: id.New[id.Task](), Text: "Ask the bank", Person: id.New[id.Person]()}
	return b.push(t, newOutbox(b.ann).of(wish{in, nobody}))[0].Kind == stream.Accepted
}

// For as long as clients keep what they did, counted from when the restored log is first served, they may name people
// whom it does not know yet.
func TestARestoredLogHearsOfPeopleWhomItHasForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	if b.assigns(t, in) {
		t.Error("a log that was never restored takes a person that does not exist")
	}
	if _, err := ledger.BeginEpoch(b.ctx, b.db); err != nil {
		t.Fatal(err)
	}
	b.clock.set(noon.Add(100 * 24 * time.Hour)) // it was put back, and lay there
	b.restart(t)
	for _, test := range []struct {
		when  string
		after time.Duration
		want  bool
	}{{"at first", 0, true}, {"in the last second", stream.GiveBack - time.Second, true}, {"then", stream.GiveBack, false}} {
		b.clock.set(noon.Add(100*24*time.Hour + test.after))
		if got := b.assigns(t, in); got != test.want {
			t.Errorf("%s: %v", test.when, got)
		}
		b.restart(t) // which begins nothing anew
		if got := b.assigns(t, in); got != test.want {
			t.Errorf("%s, started again: %v", test.when, got)
		}
	}
}
