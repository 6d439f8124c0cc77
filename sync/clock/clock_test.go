package clock_test

import (
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/clock"
)

func TestAgeIsToldWithinOneBootOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		now, earlier clock.Moment
		want         time.Duration
		ok           bool
	}{
		"later in the same boot": {clock.Moment{Boot: 9 * time.Hour, BootID: "a"}, clock.Moment{Boot: time.Hour, BootID: "a"}, 8 * time.Hour, true},
		"the same moment":        {clock.Moment{Boot: time.Hour, BootID: "a"}, clock.Moment{Boot: time.Hour, BootID: "a"}, 0, true},
		"before it":              {clock.Moment{Boot: time.Hour, BootID: "a"}, clock.Moment{Boot: 2 * time.Hour, BootID: "a"}, 0, false},
		"another boot":           {clock.Moment{Boot: 9 * time.Hour, BootID: "b"}, clock.Moment{Boot: time.Hour, BootID: "a"}, 0, false},
		"boots without names":    {clock.Moment{Boot: 9 * time.Hour}, clock.Moment{Boot: time.Hour}, 0, false},
		"one boot without name":  {clock.Moment{Boot: 9 * time.Hour, BootID: "a"}, clock.Moment{Boot: time.Hour}, 0, false},
	} {
		if have, ok := test.now.Age(test.earlier); have != test.want || ok != test.ok {
			t.Errorf("%s: %v, %v; want %v, %v", name, have, ok, test.want, test.ok)
		}
	}
}

func TestAgeNeverLooksAtTheWallClock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wall := func(label string) time.Time { return time.Unix(rapid.Int64Range(0, 1<<35).Draw(t, label), 0) }
		boot := time.Duration(rapid.Int64Range(0, 1<<60).Draw(t, "boot"))
		age := time.Duration(rapid.Int64Range(0, 1<<60).Draw(t, "age"))
		earlier := clock.Moment{Wall: wall("then"), Boot: boot, BootID: "a"}
		if have, ok := (clock.Moment{Wall: wall("now"), Boot: boot + age, BootID: "a"}).Age(earlier); !ok || have != age {
			t.Fatalf("age %v, %v; want %v", have, ok, age)
		}
	})
}

func TestTheMachineTellsTheTime(t *testing.T) {
	t.Parallel()
	var system clock.Clock = clock.NewSystem()
	before := system.Now()
	first := system.Moment()
	second := system.Moment()
	if first.Wall.Before(before) || before.IsZero() {
		t.Errorf("the moment %v lies before %v", first.Wall, before)
	}
	age, ok := second.Age(first)
	if runtime.GOOS == "linux" && (!ok || first.Boot <= 0) {
		t.Errorf("Linux tells no age: %+v", first)
	}
	if age < 0 || age > time.Minute {
		t.Errorf("two moments are %v apart", age)
	}
}
