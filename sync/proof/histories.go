package proof

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof/history"
)

// orderPatience is how long an order of what was seen of one incident is looked for. None has taken a hundredth of it.
const orderPatience = 30 * time.Second

// HistoryResult is what was found of the histories of a run's incidents.
type HistoryResult struct {
	Incidents int      `json:"incidents"`
	Commands  int      `json:"commands"` // that were sent
	Unheard   int      `json:"unheard"`  // of these, of which no client heard the end
	Reads     int      `json:"reads"`
	Refused   []string `json:"refused,omitempty"` // of which no order is right
	Seconds   float64  `json:"seconds"`           // that the looking took
}

// add adds up what runs found.
func (r *HistoryResult) add(o HistoryResult) {
	r.Incidents += o.Incidents
	r.Commands += o.Commands
	r.Unheard += o.Unheard
	r.Reads += o.Reads
	r.Refused = append(r.Refused, o.Refused...)
	r.Seconds += o.Seconds
}

// witness lets somebody beside the clients read from the server until the returned function is called.
func (s *scene) witness(ctx context.Context) (end func(), err error) {
	invitation, err := InviteFrom(ctx, s.server, "Witness", false)
	if err != nil {
		return nil, err
	}
	c, err := Call(ctx, invitation, s.Clock)
	if err != nil {
		return nil, fmt.Errorf("enrol a witness: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.watches(ctx, s.seen, 100*time.Millisecond)
	}()
	return func() {
		cancel()
		<-ended
		c.web.CloseIdleConnections()
	}, nil
}

// histories lets porcupine look for an order of all that the clients sent, heard and saw.
func (s *scene) histories(worlds []world, desks []*Desk) error {
	for i, d := range desks {
		device, _ := d.Replica().Device()
		calls, err := readJournalLines[Exchange](callsPath(s.desk(i)))
		if err != nil {
			return err
		}
		if err := recount(s.seen, i, device.Actor.Person, calls); err != nil {
			return fmt.Errorf("read what client %d sent: %w", i, err)
		}
		glances, err := readJournalLines[Glance](glancesPath(s.desk(i)))
		if err != nil {
			return err
		}
		if err := saw(s.seen, "client "+strconv.Itoa(i), glances); err != nil {
			return fmt.Errorf("read what client %d saw: %w", i, err)
		}
		worlds[i].seenBy(s.seen, "client "+strconv.Itoa(i), s.Clock.Moment().Boot)
	}
	s.result.History = judgeHistory(s.seen, s.Clock.Now)
	return nil
}

// seenBy notes all that a client holds as seen, when the server holds nothing more and nobody writes any more.
func (w world) seenBy(h *history.History, reader string, at time.Duration) {
	for _, room := range w {
		pending := false
		for _, l := range room.Lines {
			if pending = pending || l.Pending; !l.Pending {
				h.See(history.Sight{Reader: reader, At: at, Event: l.Recorded})
			}
		}
		if !pending {
			h.Read(history.Head{Reader: reader, State: room.Incident, From: at, Until: at})
		}
	}
}

// judgeHistory looks for an order of a history and takes the time.
func judgeHistory(h *history.History, now func() time.Time) HistoryResult {
	began := now()
	r := h.Check(orderPatience)
	out := HistoryResult{Incidents: r.Incidents, Commands: r.Commands, Unheard: r.Unheard, Reads: r.Reads, Seconds: now().Sub(began).Seconds()}
	for _, refused := range r.Refused {
		out.Refused = append(out.Refused, refused.String())
	}
	return out
}
