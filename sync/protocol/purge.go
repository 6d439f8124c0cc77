package protocol

import (
	"context"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Fate is what becomes of an incident of which something may be here though not everybody may see it, once the server has said which
// private ones this device's person may see.
type Fate uint8

// The fates.
const (
	Stays  Fate = iota // the person sees it
	Public             // everybody sees it again
	Goes               // it is to be purged
	Waits              // nobody knows yet
)

// FateOf returns the fate of an incident that lies here at a place and is listed by the server or not. noted is the life of the log in
// which not everybody saw it, and life the one that is copied here. A server that went back to its past may have forgotten an
// incident: whoever declared it gives it back, and what was done there from here must not be lost until then.
func FateOf(at Place, listed bool, noted, life id.Epoch) Fate {
	switch {
	case listed:
		return Stays
	case at.Scope == id.Everyone() && !at.Withdrawn:
		return Public
	case at.Scope.IsZero() && !noted.IsZero() && !life.IsZero() && noted != life:
		return Waits
	default:
		return Goes
	}
}

// Overdue returns the incidents that not everybody may see, as private reports them or an own declaration says, in which own commands were
// carried out in the life of the log that is copied here, and of which nothing is here. A tail that begins behind this call brings each
// of them before it says which may be seen, or never: whoever declared one, or had it given back, may have been taken out before they
// heard of it.
func (o *Outbox) Overdue(ctx context.Context, private func(id.Incident) bool) ([]id.Incident, error) {
	life, err := o.copy.Life(ctx)
	if err != nil || life.IsZero() {
		return nil, err
	}
	var out []id.Incident
	for _, p := range o.Pending {
		in := id.Incident(p.Target)
		d, declares := p.Command.(incident.Declare)
		hidden := p.Command.Stream() == id.KindIncident && (private(in) || declares && d.Private)
		if !hidden || !p.Accepted() || p.Outcome.Epoch != life {
			continue
		}
		confirmed, err := o.copy.Confirmed(ctx, p)
		if err != nil {
			return nil, err
		}
		if confirmed == 0 && !slices.Contains(out, in) {
			out = append(out, in)
		}
	}
	return out, nil
}
