package task_test

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// thing is a task as the model sees it: what one would write on paper.
type thing struct {
	task.Task
	order  int // in which they were stored
	state  task.State
	tries  int
	taking int // how often it was taken or freed; a holder knows the number of its own taking
	due    time.Time
}

func (x *thing) over(at time.Time) bool { return !x.End.IsZero() && !x.End.After(at) }

// grip is a taking that somebody believes to have. It may be long over.
type grip struct {
	task.Taken
	of     *thing
	taking int
	until  time.Time // the end of the lease
}

// paper is the model, and the real thing beside it.
type paper struct {
	*bundle
	*rapid.T
	test   *testing.T
	now    time.Time
	things []*thing
	grips  []*grip
	done   map[task.ID]int // how often its end was recorded as done
}

// Whatever is stored, taken, recorded, cancelled and run again, in whatever order, by whoever was overtaken, restarted or is late: the
// database does what one would on paper, and the promises hold.
func TestTasksGoAsOnPaper(t *testing.T) {
	t.Parallel()
	b := setup(t)
	rapid.Check(t, func(r *rapid.T) {
		b.exec(r, "DELETE FROM task")
		b.set(r, noon)
		p := &paper{bundle: b, T: r, test: t, now: noon, done: map[task.ID]int{}}
		r.Repeat(map[string]func(*rapid.T){
			"": p.compare, "store": p.store, "cancel": p.revoke, "take": p.grab, "record": p.report, "finish": p.conclude,
			"wait": p.wait, "tidy": p.tidy, "again": p.revive, "all again": p.reviveAll, "restart": p.restart,
		})
	})
}

// abouts are what tasks are about.
var abouts = []id.Stream{{1}, {2}}

func (p *paper) store(r *rapid.T) {
	t := of(fmt.Sprint("task ", rapid.IntRange(1, 8).Draw(r, "name")))
	t.About = rapid.SampledFrom(abouts).Draw(r, "about")
	t.Rank = rapid.SampledFrom([]task.Rank{task.Urgent, task.Normal}).Draw(r, "rank")
	t.Due = p.now.Add(time.Duration(rapid.IntRange(-3, 12).Draw(r, "due")) * time.Second)
	if n := rapid.IntRange(-5, 40).Draw(r, "end"); n < 30 {
		t.End = p.now.Add(time.Duration(n) * time.Second)
	}
	p.enqueue(r, t)
	if !slices.ContainsFunc(p.things, func(x *thing) bool { return x.ID == t.ID }) {
		p.things = append(p.things, &thing{Task: t, order: len(p.things), due: t.Due})
	}
}

func (p *paper) revoke(r *rapid.T) {
	about := rapid.SampledFrom(abouts).Draw(r, "about")
	p.cancel(r, about)
	for _, x := range p.things {
		switch {
		case x.About != about:
		case x.state == task.Waiting:
			x.state = task.Cancelled
		case x.state == task.Running && !x.over(p.now):
			x.End = p.now
		}
	}
}

// grab takes some, and holds the promises against what came: nothing early, nothing too late, nothing that somebody else has.
func (p *paper) grab(r *rapid.T) {
	n := rapid.IntRange(1, 4).Draw(r, "room")
	var ready []*thing
	for _, x := range p.things {
		if x.state <= task.Running && !x.due.After(p.now) && !x.over(p.now) {
			ready = append(ready, x)
		}
	}
	slices.SortFunc(ready, func(a, b *thing) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), a.due.Compare(b.due), cmp.Compare(a.order, b.order))
	})
	var want []*thing
	for _, x := range ready[:min(n, len(ready))] {
		if x.tries == policy.MaxTries {
			x.state = task.Dead
			continue
		}
		want = append(want, x)
	}
	got := p.take(r, n)
	if len(got) != len(want) {
		r.Fatalf("%d were taken, want %d", len(got), len(want))
	}
	for i, one := range got {
		x := want[i]
		if one.ID != x.ID || one.Try != x.tries+1 || one.About != x.About || string(one.Body) != string(x.Body) {
			r.Fatalf("taken was %+v, want %+v", one, x)
		}
		for _, g := range p.grips {
			if g.of == x && g.taking == x.taking && g.until.After(p.now) && x.state == task.Running {
				r.Fatalf("two are at %s", one.Body)
			}
		}
		x.state, x.due = task.Running, p.now.Add(policy.Lease)
		x.tries++
		x.taking++
		p.grips = append(p.grips, &grip{Taken: one, of: x, taking: x.taking, until: x.due})
	}
}

func (p *paper) grip(r *rapid.T) *grip {
	if len(p.grips) == 0 {
		r.Skip("nothing was ever taken")
	}
	return p.grips[rapid.IntRange(0, len(p.grips)-1).Draw(r, "which")]
}

// has reports whether the holder was not overtaken.
func (g *grip) has() bool { return g.of.state == task.Running && g.of.taking == g.taking }

// report records how a try ended; perhaps of one that was overtaken, or for the second time.
func (p *paper) report(r *rapid.T) {
	g := p.grip(r)
	kind := rapid.SampledFrom([]string{"done", "done", "busy", "hopeless", "asked to wait"}).Draw(r, "why")
	why := map[string]error{"busy": errBusy, "hopeless": task.Permanent(errBusy), "asked to wait": task.RetryAfter(errBusy, 7*time.Second)}[kind]
	has := g.has()
	if took := p.record(r, g.Taken, why); took != has {
		r.Fatalf("a record of %s was taken: %v, want %v", g.Body, took, has)
	}
	if !has {
		return
	}
	x := g.of
	wait := []time.Duration{0, time.Second, 2 * time.Second}[x.tries%policy.MaxTries]
	switch {
	case kind == "done":
		x.state = task.Done
		p.done[x.ID]++
	case x.over(p.now):
		x.state = task.Lapsed
	case kind == "hopeless" || x.tries == policy.MaxTries:
		x.state = task.Dead
	default:
		if kind == "asked to wait" {
			wait = 7 * time.Second
		}
		x.state, x.due = task.Waiting, p.now.Add(wait)
		if x.over(x.due) {
			x.state = task.Lapsed
		}
	}
}

// conclude records with an event that a task is done.
func (p *paper) conclude(r *rapid.T) {
	g := p.grip(r)
	err := p.db.InTx(p.ctx, func(tx *sql.Tx) error { return p.Finish(p.ctx, tx, g.Taken) })
	if g.has() != (err == nil) || err != nil && !errors.Is(err, task.ErrOvertaken) {
		r.Fatalf("finishing %s: %v, and it has it: %v", g.Body, err, g.has())
	}
	if err == nil {
		g.of.state = task.Done
		p.done[g.of.ID]++
	}
}

func (p *paper) wait(r *rapid.T) {
	p.now = p.now.Add(rapid.SampledFrom([]time.Duration{time.Microsecond, time.Second, 3 * time.Second, policy.Lease}).Draw(r, "for"))
	p.set(r, p.now)
}

func (p *paper) tidy(r *rapid.T) {
	if err := p.Tidy(p.ctx); err != nil {
		r.Fatal(err)
	}
	for _, x := range p.things {
		if x.over(p.now) && (x.state == task.Waiting || x.state == task.Running && !x.due.After(p.now)) {
			x.state = task.Lapsed
			x.taking++
		}
	}
}

func (x *thing) revive(now time.Time) {
	x.state, x.due, x.tries = task.Waiting, now, 0
	x.taking++
}

func (p *paper) revive(r *rapid.T) {
	letters, _, err := p.Dead(p.ctx, 100)
	if err != nil {
		r.Fatal(err)
	}
	if len(letters) == 0 {
		r.Skip("nothing is dead")
	}
	l := rapid.SampledFrom(letters).Draw(r, "which")
	x := p.things[slices.IndexFunc(p.things, func(x *thing) bool { return x.ID == l.ID })]
	may := x.state == task.Dead && !x.over(p.now)
	if err := p.Again(p.ctx, l.Number); (err == nil) != may || err != nil && !fault.Is(err, fault.Gone) {
		r.Fatalf("%+v in state %d is run again: %v", l, x.state, err)
	} else if err == nil {
		x.revive(p.now)
	}
}

func (p *paper) reviveAll(r *rapid.T) {
	want, wantLeft := 0, 0
	for _, x := range p.things {
		if x.state == task.Dead && x.over(p.now) {
			wantLeft++
		} else if x.state == task.Dead {
			want++
			x.revive(p.now)
		}
	}
	if anew, left, err := p.AgainAll(p.ctx, ""); err != nil || anew != want || left != wantLeft {
		r.Fatalf("%d anew, %d left, %v; want %d and %d", anew, left, err, want, wantLeft)
	}
}

// restart is a kill: nobody is told. What was held is free at once where the file has one server only.
func (p *paper) restart(*rapid.T) {
	p.close(p.test)
	p.open(p.test)
	if databasetest.OnPostgres() {
		return
	}
	for _, x := range p.things {
		if x.state == task.Running && x.due.After(p.now) {
			x.due = p.now
		}
	}
	for _, g := range p.grips {
		g.until = p.now
	}
}

// compare holds the database against the paper.
func (p *paper) compare(r *rapid.T) {
	all, err := p.All(p.ctx)
	if err != nil || len(all) != len(p.things) {
		r.Fatalf("there are %d tasks, want %d, %v", len(all), len(p.things), err)
	}
	for _, x := range p.things {
		got := all[x.ID]
		if got.State != x.state || got.Tries != x.tries || x.state <= task.Running && !got.Due.Equal(x.due) {
			r.Fatalf("%s is %+v, want %+v", x.Body, got, x)
		}
		if kept := x.state <= task.Running || x.state == task.Dead; kept != (got.Body == string(x.Body)) {
			r.Fatalf("of %s in state %d it is known: %q", x.Body, x.state, got.Body)
		}
		if p.done[x.ID] > 1 {
			r.Fatalf("%s was recorded as done %d times", x.Body, p.done[x.ID])
		}
	}
}
