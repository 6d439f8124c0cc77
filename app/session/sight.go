package session

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// undeclared returns the incidents whose declaration waits to be sent.
func (s *Session) undeclared() map[id.Incident]bool {
	out := map[id.Incident]bool{}
	for _, p := range s.replica.Pending() {
		if _, declares := p.Command.(incident.Declare); declares && p.Outcome == nil {
			out[id.Incident(p.Target)] = true
		}
	}
	return out
}

// fetching reports whether everything has still to be fetched, as on a new device and after a damage.
func (s *Session) fetching(ctx context.Context) (bool, error) {
	cursors, err := s.replica.Cursors(ctx)
	if err != nil {
		return false, fmt.Errorf("read how far this device is: %w", err)
	}
	return len(cursors) == 0, nil
}
