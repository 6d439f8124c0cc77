package session

import (
	"context"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// unread remembers counts that are still right, because what they were counted from is the same.
type unread struct {
	mu    sync.Mutex
	known map[id.Incident]counted
}

// counted is how many of the newest behind events of a stream others made, whose last is numbered seq
// and came at updated.
type counted struct {
	seq, behind uint64
	updated     time.Time
	others      int
}

// countedMost is how many events are looked at one by one; whoever is further behind than that is
// not helped by an exact number.
const countedMost = 100

// countUnread returns how many events of each incident whoever looks has not seen on any device. Own
// events are not counted: whoever wrote them knows them. Nor is whom the incident reaches.
func (s *Session) countUnread(ctx context.Context, list []incident.Incident) (map[id.Incident]int, error) {
	behind, err := s.replica.Unread(ctx, list)
	if err != nil {
		return nil, err
	}
	s.unread.mu.Lock()
	former := s.unread.known
	s.unread.mu.Unlock()
	out, known := map[id.Incident]int{}, map[id.Incident]counted{}
	for _, i := range list {
		c := former[i.ID]
		if c.seq != i.Seq || c.behind != behind[i.ID] || !c.updated.Equal(i.Updated) {
			c = counted{seq: i.Seq, behind: behind[i.ID], updated: i.Updated}
			if c.others, err = s.byOthers(ctx, i.ID, c.behind); err != nil {
				return nil, err
			}
		}
		known[i.ID], out[i.ID] = c, c.others
	}
	s.unread.mu.Lock()
	s.unread.known = known
	s.unread.mu.Unlock()
	return out, nil
}

// byOthers counts the newest n events of an incident that somebody else made. Of more than
// countedMost, and of those that are not on this device yet, it takes others to be the authors.
func (s *Session) byOthers(ctx context.Context, in id.Incident, n uint64) (int, error) {
	if n == 0 {
		return 0, nil
	}
	line, err := s.replica.Timeline(ctx, in, int(min(n, countedMost)))
	if err != nil {
		return 0, err
	}
	d, _ := s.replica.Device()
	others := int(n)
	for _, l := range line.Lines[max(len(line.Lines)-int(min(n, countedMost)), 0):] {
		if _, paged := l.Event.(incident.Paged); paged || l.Actor.Person == d.Actor.Person { // whom it reaches is shown beside the count
			others--
		}
	}
	return others, nil
}

// MarkRead remembers, for all devices of whoever looks, that an incident was seen up to a stream_seq.
// Where that is known already nothing is written. A mark that the server refused is given up: there is
// nothing about it that a person could decide.
func (s *Session) MarkRead(ctx context.Context, in id.Incident, upto uint64) error {
	d, ok := s.replica.Device()
	if !ok {
		return fault.New(fault.Unauthenticated, "This device is not enrolled yet.").
			WithAdvice("Nothing was lost.", "Enrol it with the server's address and a code.")
	}
	for _, p := range s.replica.Pending() {
		if p.Target == id.Reader(d.Actor.Person) && p.Refused() {
			if err := s.replica.Discard(ctx, p.ID); err != nil {
				return err
			}
		}
	}
	news, err := s.replica.Unread(ctx, []incident.Incident{{ID: in, Seq: upto}})
	if err != nil || news[in] == 0 {
		return err
	}
	return s.submit(ctx, id.Reader(d.Actor.Person), workspace.MarkRead{Incident: in, Upto: upto})
}
