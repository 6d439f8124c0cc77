package history

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// sees reports whether somebody sees the room: then their commands mean something, and they are shown what happens. Nobody is the
// server.
func (r *room) sees(p id.Person) bool {
	return !r.private || p.IsZero() || slices.Contains(r.admitted, p)
}

// holds reports whether somebody has a role.
func (r *room) holds(p id.Person) bool {
	for _, f := range r.roles {
		if f.value == p {
			return true
		}
	}
	return false
}

// audience returns people, each once, behind those who are there already.
func audience(there []id.Person, more ...id.Person) []id.Person {
	out := slices.Clone(there)
	for _, p := range more {
		if !p.IsZero() && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// conceal hides the room from all but whoever wishes it, those they name and those who hold a role.
func (r *room) conceal(c Command, w incident.Conceal) ([]incident.Event, stream.OutcomeKind) {
	all := audience(audience(nil, c.By), w.Admit...)
	for _, role := range slices.Sorted(maps.Keys(r.roles)) {
		holder, _ := r.roles[role].value.(id.Person)
		all = audience(all, holder)
	}
	switch {
	case r.private:
		return nil, stream.Accepted
	case !r.into.IsZero() || len(r.absorbed) > 0 || len(all) == 0:
		return nil, stream.Rejected
	default:
		return []incident.Event{incident.Concealed{Admitted: all}}, stream.Accepted
	}
}

// show does what a wish about one person's sight of a private room, or about everybody's, wants.
func (r *room) show(w incident.Command) ([]incident.Event, stream.OutcomeKind) {
	switch w := w.(type) {
	case incident.Reveal:
		if !r.private {
			return nil, stream.Accepted
		}
		return []incident.Event{incident.Revealed{}}, stream.Accepted
	case incident.Admit:
		switch {
		case !r.private || w.Person.IsZero():
			return nil, stream.Rejected
		case slices.Contains(r.admitted, w.Person):
			return nil, stream.Accepted
		}
		return []incident.Event{incident.Admitted{Person: w.Person}}, stream.Accepted
	case incident.Exclude:
		switch {
		case !r.private:
			return nil, stream.Rejected
		case !slices.Contains(r.admitted, w.Person):
			return nil, stream.Accepted
		case len(r.admitted) == 1 || r.holds(w.Person):
			return nil, stream.Rejected
		}
		return []incident.Event{incident.Excluded{Person: w.Person}}, stream.Accepted
	default:
		return nil, stream.Rejected
	}
}

func (r *room) foldSight(e incident.Event) {
	switch e := e.(type) {
	case incident.Concealed:
		r.private, r.admitted = true, e.Admitted
	case incident.Revealed:
		r.private, r.admitted = false, nil
	case incident.Admitted:
		r.admitted = with(r.admitted, e.Person)
	case incident.Excluded:
		r.admitted = toggled(r.admitted, e.Person, true)
	}
}

// glimpse is that somebody was shown something that stands at an event: since then there was a moment at which they saw the room.
type glimpse struct {
	person id.Person
	seq    uint64
}

// glimpsed reports whether now is such a moment.
func (r *room) glimpsed(g glimpse) bool { return r.seq >= g.seq && r.sees(g.person) }

// shown is a glimpse with the time until which it was had.
type shown struct {
	glimpse
	in id.Stream
	at time.Duration
}

// addGlimpses adds what people were shown of incidents that not everybody always saw. One that is as old as a former one, and later,
// says nothing more.
func (h *History) addGlimpses(of func(id.Stream) *part) {
	hidden := map[id.Stream]bool{}
	for _, g := range h.order {
		d, declares := g.Wish.(incident.Declare)
		if _, sights := g.Wish.(incident.SightCommand); sights || declares && d.Private {
			hidden[g.Target] = true
		}
	}
	far := map[id.Stream]map[id.Person]uint64{}
	for _, s := range h.glimpses(hidden) {
		if far[s.in] == nil {
			far[s.in] = map[id.Person]uint64{}
		}
		if s.seq <= far[s.in][s.person] {
			continue
		}
		far[s.in][s.person] = s.seq
		call := time.Duration(0)
		if g := h.commands[h.numbers[place{s.in, s.seq}]]; g != nil {
			call = min(g.call, s.at)
		}
		of(s.in).add(operation{glimpse: &s.glimpse}, "", call, s.at)
	}
}

// glimpses returns what people were shown of some incidents, in the order of the times, and of one time the latest first.
func (h *History) glimpses(hidden map[id.Stream]bool) []shown {
	var out []shown
	add := func(p id.Person, in id.Stream, seq uint64, at time.Duration) {
		if hidden[in] && !p.IsZero() {
			out = append(out, shown{glimpse{p, seq}, in, at})
		}
	}
	for _, r := range h.heads {
		add(r.Person, id.Stream(r.State.ID), r.State.Seq, r.Until)
	}
	for key, s := range h.sights {
		for seq := range s.events {
			add(s.person, key.stream, seq, s.first)
		}
	}
	slices.SortFunc(out, func(a, b shown) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.seq, a.seq), a.in.Compare(b.in), a.person.Compare(b.person))
	})
	return out
}
