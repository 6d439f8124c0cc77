package proof

import (
	"context"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof/history"
)

// Watches is watches, for tests of several servers.
func (c *Caller) Watches(ctx context.Context, h *history.History, pause time.Duration) {
	c.watches(ctx, h, pause)
}

// HistoryOf judges what desks sent and heard, each over the line of its folder, and what they hold in the end, together with
// what was seen already.
func HistoryOf(ctx context.Context, seen *history.History, desks []*Desk, dirs []string) (HistoryResult, error) {
	for i, d := range desks {
		calls, err := readJournalLines[Exchange](callsPath(dirs[i]))
		if err != nil {
			return HistoryResult{}, err
		}
		device, _ := d.Replica().Device()
		if err := recount(seen, i, device.Actor.Person, calls); err != nil {
			return HistoryResult{}, err
		}
		w, err := d.world(ctx)
		if err != nil {
			return HistoryResult{}, err
		}
		w.seenBy(seen, dirs[i], d.Clock.Moment().Boot)
	}
	return judgeHistory(seen, desks[0].Clock.Now), nil
}

// RepeatsOf judges messages of one page, between which servers were killed.
func RepeatsOf(kills []time.Time, all ...Message) PageResult {
	s := &shift{}
	for _, at := range kills {
		s.outages = append(s.outages, outage{from: at, to: at.Add(time.Second)})
	}
	s.repeats(map[string][]Message{"page": all})
	return s.result
}

// InTime judges what was due and happened at two instants, where servers were down from an instant to another.
func InTime(shared bool, down [2]time.Time, falls, was time.Time) PageResult {
	s := &shift{PageRun: PageRun{Shared: shared}, outages: []outage{{from: down[0], to: down[1]}}}
	s.intime("page", falls, was)
	return s.result
}
