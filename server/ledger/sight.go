package ledger

import (
	"context"
	"database/sql"
	"iter"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// sight is who may see the private scopes. It does not change: when somebody gains or loses one, another takes its place.
type sight struct {
	scopes map[id.Person][]id.Scope // in the order of their ids
	people map[id.Scope][]id.Person
}

// with returns the sight in which a private scope is seen by these people; one that is not private is seen by everybody,
// and is not in it.
func (s *sight) with(scope id.Scope, private bool, people []id.Person) *sight {
	next := &sight{scopes: maps.Clone(s.scopes), people: maps.Clone(s.people)}
	if next.scopes == nil {
		next.scopes, next.people = map[id.Person][]id.Scope{}, map[id.Scope][]id.Person{}
	}
	for _, p := range s.people[scope] {
		if rest := slices.DeleteFunc(slices.Clone(next.scopes[p]), func(o id.Scope) bool { return o == scope }); len(rest) > 0 {
			next.scopes[p] = rest
		} else {
			delete(next.scopes, p)
		}
	}
	delete(next.people, scope)
	if !private {
		return next
	}
	next.people[scope] = slices.Clone(people)
	for _, p := range people {
		own := append(slices.Clone(next.scopes[p]), scope)
		slices.SortFunc(own, id.Scope.Compare)
		next.scopes[p] = own
	}
	return next
}

// turned returns the sight in which a stream that stands at a state is seen by whom that says, and those who see another
// scope now than before. It is s itself where nobody does.
func (s *sight) turned(target id.Stream, at stream.State) (*sight, []id.Person) {
	if _, ok := at.(incident.Incident); !ok {
		return s, nil
	}
	scope := id.Scope(target)
	people, private := stream.Admitted(at)
	was, known := s.people[scope]
	if private == known && slices.Equal(people, was) {
		return s, nil
	}
	var changed []id.Person
	for _, p := range people {
		if !slices.Contains(was, p) {
			changed = append(changed, p)
		}
	}
	for _, p := range was {
		if !slices.Contains(people, p) {
			changed = append(changed, p)
		}
	}
	return s.with(scope, private, people), changed
}

// sees reports whether p may see a scope.
func (s *sight) sees(p id.Person, scope id.Scope) bool {
	return plain(p, scope) || slices.Contains(s.people[scope], p)
}

// shows reports whether p may see what was read of a stream where it lay then. What lay in everybody's scope may have been
// concealed since.
func (s *sight) shows(p id.Person, scope id.Scope, target id.Stream) bool {
	if scope == id.Everyone() {
		_, hidden := s.people[id.Scope(target)]
		return !hidden
	}
	return s.sees(p, scope)
}

// plain reports whether a scope is one that p sees whatever happens: everybody's, or p's own.
func plain(p id.Person, scope id.Scope) bool { return scope == id.Everyone() || scope == id.Own(p) }

// Scopes returns what a person may see: everybody's scope, their own, and then the private ones that they were added to. Outside
// of a ruling visibility is decided here and nowhere else; inside of one, where a command may have changed it, by the
// states of the streams themselves.
func (d *Decider) Scopes(p id.Person) []id.Scope {
	return append([]id.Scope{id.Everyone(), id.Own(p)}, d.PrivateScopes(p)...)
}

// PrivateScopes returns the private scopes that a person may see, in the order of their ids. They must not be changed.
func (d *Decider) PrivateScopes(p id.Person) []id.Scope { return d.sight.Load().scopes[p] }

// Sees reports whether a person may see a scope.
func (d *Decider) Sees(p id.Person, scope id.Scope) bool { return d.sight.Load().sees(p, scope) }

// Listed returns the private scopes that somebody is told to see, who is sent what happens in those of follows: all others they give up.
// It fails with a Resume fault where they may see others by now: they may have missed where what is not among them went.
func (d *Decider) Listed(p id.Person, follows map[id.Scope]uint64) ([]id.Scope, error) {
	now, private := d.PrivateScopes(p), 0
	for scope := range follows {
		if !plain(p, scope) {
			private++
		}
	}
	for _, scope := range now {
		if _, known := follows[scope]; !known {
			return nil, sentBack()
		}
	}
	if private != len(now) {
		return nil, sentBack()
	}
	return now, nil
}

// look takes over who may see the private ones of some streams, and returns whoever sees another scope now.
func (d *Decider) look(streams iter.Seq2[id.Stream, stream.State]) (changed []id.Person) {
	have := d.sight.Load()
	next := have
	for s, state := range streams {
		var people []id.Person
		next, people = next.turned(s, state)
		changed = append(changed, people...)
	}
	if next != have {
		d.sight.Store(next)
	}
	return changed
}

// readSight reads who may see the private incidents.
func (l *Ledger) readSight(ctx context.Context, tx *sql.Tx) error {
	hidden, err := timeline.Elsewhere(ctx, tx, id.KindIncident, id.Everyone())
	if err != nil {
		return err
	}
	_, err = l.lookAt(ctx, book{l: l, tx: tx}, hidden)
	return err
}

// lookAt takes over who may see some incidents as they are stored.
func (d *Decider) lookAt(ctx context.Context, read Reader, streams []id.Stream) (changed []id.Person, err error) {
	states := map[id.Stream]stream.State{}
	for _, s := range streams {
		e, err := read.Folded(ctx, s, id.KindIncident)
		if fault.Is(err, fault.Storage) || fault.Is(err, fault.Unavailable) {
			return nil, err
		}
		if err != nil {
			d.logger.ErrorContext(ctx, "read who may see an incident: now nobody does", "stream", s, "error", err)
			states[s] = incident.Incident{ID: id.Incident(s), Private: true}
			continue
		}
		states[s] = e.state
	}
	return d.look(maps.All(states)), nil
}

// sees reports whether somebody may see a stream as it stands inside of a ruling. The server itself may see everything.
func (e *Folded) sees(p id.Person) bool {
	if people, private := stream.Admitted(e.state); private {
		return p.IsZero() || slices.Contains(people, p)
	}
	return p.IsZero() || plain(p, e.scope)
}

// settle waits until everything that is committed is known here too: who may see what, above all. Whoever has read something that
// not everybody may see settles, and then asks whether it may be sent: so nobody is sent what was committed behind the
// commit that shut them out.
func (l *Ledger) settle(ctx context.Context) error {
	return l.submit(ctx, &work{look: true, answer: make(chan error, 1)})
}

// May reports whether p may see a scope, after all that is committed. One that does not exist takes as long.
func (l *Ledger) May(ctx context.Context, p id.Person, scope id.Scope) (bool, error) {
	if plain(p, scope) {
		return true, nil
	}
	if err := l.settle(ctx); err != nil {
		return false, err
	}
	return l.Sees(p, scope), nil
}

// shown returns p's part of what was read, after all that is committed: it is asked of everything that is sent.
func (l *Ledger) shown(ctx context.Context, p id.Person, part Part) (Part, error) {
	if slices.ContainsFunc(part.Events, func(e stream.Stored) bool { return !plain(p, e.Scope) }) ||
		slices.ContainsFunc(part.Heads, func(h stream.Head) bool { return !plain(p, h.Scope) }) ||
		slices.ContainsFunc(part.Cursors, func(c stream.Cursor) bool { return !plain(p, c.Scope) }) {
		if err := l.settle(ctx); err != nil {
			return Part{}, err
		}
	}
	return l.Shown(p, part), nil
}

// Shown returns p's part of what was read.
func (d *Decider) Shown(p id.Person, part Part) Part {
	now := d.sight.Load()
	part.Events = slices.DeleteFunc(part.Events, func(e stream.Stored) bool { return !now.shows(p, e.Scope, e.Stream) })
	part.Heads = slices.DeleteFunc(part.Heads, func(h stream.Head) bool { return !now.shows(p, h.Scope, h.Stream) })
	part.Cursors = slices.DeleteFunc(part.Cursors, func(c stream.Cursor) bool { return !now.sees(p, c.Scope) })
	return part
}

// turns reports whether an event changes who sees its stream, and whether it moves that to another scope.
func turns(e stream.Event) (turns, moves bool) {
	switch e := e.(type) {
	case incident.Declared:
		return e.Private, false
	case incident.Admitted, incident.Excluded:
		return true, false
	case incident.Concealed, incident.Revealed:
		return true, true
	default:
		return false, false
	}
}
