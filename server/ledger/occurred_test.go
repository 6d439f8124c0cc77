package ledger_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// A client's clocks tell how long ago something was done; they never decide more than that.
func TestWhenItWasDoneIsToldByTheBestClock(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	wall := func(at time.Time) clock.Moment { return clock.Moment{Wall: at} }
	boot := func(at time.Time, since time.Duration, name string) clock.Moment {
		return clock.Moment{Wall: at, Boot: since, BootID: name}
	}
	// The incident was declared at noon; the server receives two hours later.
	received := noon.Add(2 * time.Hour)
	for name, c := range map[string]struct {
		written, now clock.Moment
		want         time.Time
		uncertain    bool
	}{
		"sent at once": {wall(received), wall(received), received, false},
		"same boot":    {boot(received, time.Hour, "x"), boot(received, 2*time.Hour, "x"), received.Add(-time.Hour), false},
		"same boot, wall clock wrong by a year": {
			boot(received.Add(-year), time.Hour, "x"), boot(received.Add(year), 2*time.Hour, "x"), received.Add(-time.Hour), false,
		},
		"other boot": {boot(received.Add(-time.Hour), 5*time.Minute, "x"), boot(received, time.Minute, "y"), received.Add(-time.Hour), false},
		"boot that went backwards": {
			boot(received.Add(-time.Hour), 5*time.Minute, "x"), boot(received, time.Minute, "x"), received.Add(-time.Hour), false,
		},
		"no boot, clock right":                {wall(received.Add(-time.Hour)), wall(received), received.Add(-time.Hour), false},
		"clock a minute ahead":                {wall(received.Add(-time.Hour + time.Minute)), wall(received.Add(time.Minute)), received.Add(-time.Hour), false},
		"clock two minutes behind":            {wall(received.Add(-time.Hour - 2*time.Minute)), wall(received.Add(-2 * time.Minute)), received.Add(-time.Hour), false},
		"clock three minutes behind":          {wall(received.Add(-time.Hour - 3*time.Minute)), wall(received.Add(-3 * time.Minute)), received.Add(-time.Hour), true},
		"clock a year ahead":                  {wall(received.Add(year - time.Hour)), wall(received.Add(year)), received.Add(-time.Hour), true},
		"clock a year behind":                 {wall(received.Add(-year - time.Hour)), wall(received.Add(-year)), received.Add(-time.Hour), true},
		"clock put right by a year meanwhile": {wall(received.Add(-year)), wall(received), noon, true},
		"clock put back by a year meanwhile":  {wall(received.Add(year)), wall(received), received, true},
		"before the incident was declared":    {wall(noon.Add(-time.Minute)), wall(received), noon, false},
		"long before it was declared":         {wall(noon.Add(-time.Hour)), wall(received), noon, true},
		"in the future":                       {boot(received, 3*time.Hour, "x"), boot(received.Add(-time.Minute), 2*time.Hour, "x"), received, false},
		"no clock at all":                     {clock.Moment{}, clock.Moment{}, received, true},
		"no time of writing":                  {clock.Moment{}, wall(received), received, true},
		"no time of sending":                  {wall(received.Add(-time.Hour)), clock.Moment{}, received, true},
		"times beyond all calendars":          {wall(time.UnixMicro(-1 << 63)), wall(time.UnixMicro(1<<63 - 1)), noon, true},
		"times beyond all calendars, swapped": {wall(time.UnixMicro(1<<63 - 1)), wall(time.UnixMicro(-1 << 63)), received, true},
		"boot times beyond all":               {boot(received, 0, "x"), boot(received, 1<<63-1, "x"), noon, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			in := b.declared(t)
			b.clock.set(received)
			o := newOutbox(b.ann)
			p := o.of(say(in, "a"))
			p.Now, p.Submissions[0].Written = c.now, c.written
			b.push(t, p)
			events, err := timeline.Since(b.ctx, b.db.Reader(), in, 2)
			if err != nil || len(events) != 1 {
				t.Fatalf("%+v, %v", events, err)
			}
			e := events[0]
			if !e.Occurred.Equal(c.want) || e.Uncertain != c.uncertain {
				t.Errorf("it was done at %s, uncertain %v; want %s, %v", e.Occurred, e.Uncertain, c.want, c.uncertain)
			}
			if !e.Received.Equal(received) {
				t.Errorf("it was received at %s", e.Received)
			}
		})
	}
}

// A declaration has nothing before it, so that its time may lie far back, but never in a time that
// nobody lived in.
func TestADeclarationMayLieFarBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		written, now clock.Moment
		want         time.Time
	}{
		{clock.Moment{Wall: noon.Add(-72 * time.Hour)}, clock.Moment{Wall: noon}, noon.Add(-72 * time.Hour)},
		{clock.Moment{}, clock.Moment{}, noon},
	} {
		p := newOutbox(b.ann).of(declare("Mail is down"))
		p.Now, p.Submissions[0].Written = c.now, c.written
		b.push(t, p)
		events, err := timeline.Since(b.ctx, b.db.Reader(), p.Submissions[0].Target, 0)
		if err != nil || !events[0].Occurred.Equal(c.want) {
			t.Errorf("it was done at %s, want %s, %v", events[0].Occurred, c.want, err)
		}
	}
}

// What was imported has its own time, though the server received it today.
func TestAnImportedHistoryKeepsItsTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	target := id.New[id.Stream]()
	past := noon.Add(-1000 * time.Hour)
	b.do(t, target, incident.Import{
		Source: "statuspage", Key: "x", Title: "Mail", Declared: past,
		Updates: []incident.ImportedUpdate{{Key: "u", At: past.Add(time.Hour), Body: "back"}},
	})
	events, err := timeline.Since(b.ctx, b.db.Reader(), target, 0)
	if err != nil || len(events) != 2 || !events[0].Occurred.Equal(past) || !events[1].Occurred.Equal(past.Add(time.Hour)) || events[0].Uncertain {
		t.Errorf("%+v, %v", events, err)
	}
}
