package protocol

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// place lets incidents that are here lie where what a tail or a bootstrap brings of them lies, which is the latest there is, unlike
// a fill, which may have been under way for long. The events are in the order in which they happened or, of several scopes, were read.
func place(ctx context.Context, tx Tx, heads []stream.Head, events []stream.Stored) error {
	p := placing{tx: tx, done: map[id.Stream]id.Scope{}}
	told, err := p.withdrawals(events)
	if err != nil {
		return err
	}
	for _, e := range events {
		if gone, yes := told[e.Command]; yes && e.Kind == id.KindWorkspace {
			err = p.withdraw(ctx, gone, e.ScopePos)
		} else if e.Kind == id.KindIncident {
			err = p.at(ctx, e.Stream, e.Scope)
		}
		if err != nil {
			return err
		}
	}
	for _, h := range heads {
		if h.Kind != id.KindIncident {
			continue
		}
		if err := p.at(ctx, h.Stream, h.Scope); err != nil {
			return err
		}
	}
	return nil
}

// placing remembers where it has let incidents lie.
type placing struct {
	tx   Tx
	done map[id.Stream]id.Scope
}

// withdrawals returns the incidents that events take out of everybody's scope, by their commands.
func (p placing) withdrawals(events []stream.Stored) (map[id.Command]id.Incident, error) {
	var out map[id.Command]id.Incident
	for _, e := range events {
		if e.Kind != id.KindWorkspace {
			continue
		}
		event, err := p.tx.Decode(e)
		if err != nil {
			return nil, err
		}
		gone, yes := event.(workspace.IncidentWithdrawn)
		if !yes {
			continue
		}
		if out == nil {
			out = map[id.Command]id.Incident{}
		}
		out[e.Command] = gone.Incident
	}
	return out, nil
}

func (p placing) withdraw(ctx context.Context, gone id.Incident, pos uint64) error {
	delete(p.done, id.Stream(gone))
	return p.tx.Withdraw(ctx, id.Stream(gone), pos)
}

// at lets an incident lie in a scope, where it is here.
func (p placing) at(ctx context.Context, s id.Stream, scope id.Scope) error {
	if p.done[s] == scope {
		return nil
	}
	p.done[s] = scope
	have, err := p.tx.Place(ctx, s)
	switch {
	case err != nil || have.Scope.IsZero():
		return err
	case have.Scope != scope, have.Withdrawn:
		return p.tx.Move(ctx, s, scope)
	default:
		return nil
	}
}

// heard notes what earlier events take out of everybody's scope, where nothing of it is here: a copy that was fetched anew never had
// it, and the outbox may still have something that was done there.
func heard(ctx context.Context, tx Tx, events []stream.Stored) error {
	p := placing{tx: tx, done: map[id.Stream]id.Scope{}}
	told, err := p.withdrawals(events)
	if err != nil {
		return err
	}
	for _, e := range events {
		gone, yes := told[e.Command]
		if !yes || e.Kind != id.KindWorkspace {
			continue
		}
		at, err := tx.Place(ctx, id.Stream(gone))
		if err == nil && at.Scope.IsZero() {
			err = p.withdraw(ctx, gone, e.ScopePos)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lying returns those of some events that belong to what lies here and, where that is to be, to what begins here with them.
func lying(ctx context.Context, tx Tx, events []stream.Stored, begins bool) ([]stream.Stored, error) {
	places := map[id.Stream]Place{}
	out := make([]stream.Stored, 0, len(events))
	for _, e := range events {
		if e.Kind != id.KindIncident {
			out = append(out, e)
			continue
		}
		at, known := places[e.Stream]
		if !known {
			var err error
			if at, err = tx.Place(ctx, e.Stream); err != nil {
				return nil, err
			}
			places[e.Stream] = at
		}
		fits := at.Scope == e.Scope && (e.Scope != id.Everyone() || e.ScopePos > at.Behind)
		if fits || begins && at.Scope.IsZero() {
			out = append(out, e)
		}
	}
	return out, nil
}
