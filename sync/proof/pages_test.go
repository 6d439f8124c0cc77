package proof_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof"
)

// A message may come twice when the server was killed that had it in its hands, and under its id.
func TestARepeatNeedsAKillThatExplainsIt(t *testing.T) {
	t.Parallel()
	at := func(s float64) time.Time { return time.Unix(0, 0).Add(time.Duration(s * float64(time.Second))) }
	for name, c := range map[string]struct {
		kill   float64
		second proof.Message
		found  int
	}{
		"killed while it was on its way": {kill: 10.1, second: proof.Message{At: at(11), ID: "a"}},
		"another id":                     {kill: 10.1, second: proof.Message{At: at(11), ID: "b"}, found: 1},
		"killed before":                  {kill: 9, second: proof.Message{At: at(11), ID: "a"}, found: 1},
		"killed long after":              {kill: 20, second: proof.Message{At: at(21), ID: "a"}, found: 1},
		"killed after both":              {kill: 10.5, second: proof.Message{At: at(10.2), ID: "a"}, found: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := proof.RepeatsOf([]time.Time{at(c.kill)}, proof.Message{At: at(10), ID: "a"}, c.second)
			if len(got.Doubled) != c.found || got.Repeated != 1 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// What is due comes within five seconds, counted from the start where the server was down; of several servers what one of them had in its
// hands comes when its lease is over.
func TestWhatIsDueComesInTime(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	for name, c := range map[string]struct {
		shared       bool
		down         [2]int
		falls, was   int
		late, missed int
	}{
		"at once":                       {down: [2]int{50, 60}, falls: 10, was: 14},
		"late":                          {down: [2]int{50, 60}, falls: 10, was: 16, late: 1},
		"due while it was down":         {down: [2]int{5, 60}, falls: 10, was: 64, missed: 1},
		"late after it was down":        {down: [2]int{5, 60}, falls: 10, was: 66, late: 1, missed: 1},
		"in hand when it was killed":    {down: [2]int{11, 20}, falls: 10, was: 24},
		"down long before":              {down: [2]int{1, 2}, falls: 10, was: 16, late: 1},
		"another has it after a lease":  {shared: true, down: [2]int{11, 90}, falls: 10, was: 26, missed: 1},
		"another has it too late":       {shared: true, down: [2]int{11, 90}, falls: 10, was: 28, late: 1, missed: 1},
		"another goes on":               {shared: true, down: [2]int{5, 90}, falls: 10, was: 14},
		"another does not go on for it": {shared: true, down: [2]int{5, 90}, falls: 10, was: 16, late: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := proof.InTime(c.shared, [2]time.Time{at(c.down[0]), at(c.down[1])}, at(c.falls), at(c.was))
			if len(got.Late) != c.late || got.Missed != c.missed {
				t.Errorf("%+v", got)
			}
		})
	}
}
