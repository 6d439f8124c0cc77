package task

import "time"

// round is what one transaction of a runner decides on. The tasks are those that it is about, by number.
type round struct {
	now      time.Time
	tasks    map[int64]row
	policies map[Queue]Policy
	chance   func() float64 // between 0 and 1
}

// decided is what a round came to.
type decided struct {
	moved  map[int64]row // how they are to be stored
	taken  []row         // of them what is to be carried out now, in the order in which it was wanted
	dead   []row         // of them what an admin is to look at
	missed []result      // what may not be recorded: the task was overtaken, or has its record already
}

// step decides a round: first what came back is recorded, then what is wanted is taken. It changes nothing outside of the round.
func (r round) step(back []result, wanted []int64) decided {
	out := decided{moved: map[int64]row{}}
	keep := func(t row) {
		r.tasks[t.number], out.moved[t.number] = t, t
		if t.state == Dead {
			out.dead = append(out.dead, t)
		}
	}
	for _, got := range back {
		t, there := r.tasks[got.number]
		next, may := t.settled(r.now, got, r.policies[t.Queue], r.chance())
		if !there || !may {
			out.missed = append(out.missed, got)
			continue
		}
		keep(next)
	}
	for _, number := range wanted {
		t, there := r.tasks[number]
		if !there {
			continue
		}
		next, run := t.taken(r.now, r.policies[t.Queue])
		if run {
			out.taken = append(out.taken, next)
		}
		if run || next.state != t.state {
			keep(next)
		}
	}
	return out
}
