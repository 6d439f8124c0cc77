package oncall

import (
	"slices"
	"sort"

	"github.com/tsugi-app/tsugi/sync/id"
)

// walk is one passage over a roster. Wherever it stands it knows how far around the same people serve, so that an instant costs
// one look and a year as many as it has handoffs. It is for one goroutine.
type walk struct {
	roster  Roster
	version version
	layers  []pace
	spell   spell
	crew    []member
	serving []served
	// watched are the only shifts that matter, where that is not nil: layers that cannot change them are passed over, or the end
	// of a long shift would be looked for through every hour of others.
	watched []run
}

// pace is one layer on a passage.
type pace struct {
	*layer
	clock
	piece
}

// piece is a stretch in which nothing changes in a layer.
type piece struct {
	from, until moment
	on          bool
	place       int
	handoff     moment // when the turn began
}

// spell is a stretch in which the same overrides hold.
type spell struct {
	from, until moment
	holding     []*override
}

// member is somebody on call in a layer, or besides all of them.
type member struct {
	served
	besides  bool
	priority int
}

// served is somebody on call.
type served struct {
	person  id.Person
	why     Reason
	handoff moment
}

// stretch is a span in which the same people serve.
type stretch struct {
	from, until moment
	serving     []served // until the walk goes on
}

func (r Roster) walk() *walk { return &walk{roster: r} }

// at returns who serves at t, and how far around it the same people do so. It is the one place that knows who is on call.
func (w *walk) at(t moment) stretch {
	w.enter(t)
	s := stretch{from: w.version.from, until: w.version.until}
	w.crew = w.crew[:0]
	for i := range w.layers {
		p := &w.layers[i]
		p.turnTo(t)
		s.narrow(p.piece.from, p.piece.until)
		if p.on {
			for _, person := range p.places[p.place] {
				w.crew = append(w.crew, member{served{person, Reason{Layer: p.id}, p.handoff}, false, p.priority})
			}
		}
	}
	w.hold(t)
	s.narrow(w.spell.from, w.spell.until)
	for _, o := range w.spell.holding {
		w.crew = o.act(w.crew, t)
	}
	s.serving = w.shown()
	return s
}

func (s *stretch) narrow(from, until moment) {
	s.from, s.until = max(s.from, from), min(s.until, until)
}

// enter turns to the version in force at t.
func (w *walk) enter(t moment) {
	if w.version.from <= t && t < w.version.until {
		return
	}
	all := w.roster.versions
	next := sort.Search(len(all), func(i int) bool { return all[i].from > t })
	if next == 0 {
		w.version = version{from: dawn, until: dusk}
		if len(all) > 0 {
			w.version.until = all[0].from
		}
	} else {
		w.version = all[next-1]
	}
	w.layers = w.layers[:0]
	for i := range w.version.layers {
		if l := &w.version.layers[i]; w.matters(i) {
			w.layers = append(w.layers, pace{layer: l, clock: clock{zone: l.zone}})
		}
	}
}

// watch has the walk look at some shifts alone, or at all for nil.
func (w *walk) watch(runs []run) { w.watched, w.version = runs, version{} }

// matters reports whether the layer i of the version can change what is watched.
func (w *walk) matters(i int) bool {
	return w.watched == nil || slices.ContainsFunc(w.watched, func(r run) bool { return w.changes(i, r) })
}

// changes reports whether the layer i of the version can change a shift: it is the shift's own, or it can hide that, or it could
// bring the same person first, or hide a layer that could.
func (w *walk) changes(i int, r run) bool {
	layers := w.version.layers
	own := slices.IndexFunc(layers, func(l layer) bool { return l.id == r.why.Layer })
	if own >= 0 {
		l, other := layers[own], layers[i]
		return i == own || other.priority > l.priority || other.priority == l.priority && i < own && w.brings(other, r.person)
	}
	return slices.ContainsFunc(layers, func(l layer) bool { return w.brings(l, r.person) && layers[i].priority >= l.priority })
}

// brings reports whether a person could be on call in a layer.
func (w *walk) brings(l layer, p id.Person) bool {
	return slices.ContainsFunc(l.places, func(place Place) bool { return slices.Contains(place, p) }) ||
		slices.ContainsFunc(w.roster.overrides, func(o override) bool { return o.Deed == Replace && o.In == p })
}

// turnTo turns to the piece of the layer that holds t.
func (p *pace) turnTo(t moment) {
	switch l := p.layer; {
	case p.piece.from <= t && t < p.piece.until:
	case t < l.from:
		p.piece = piece{from: dawn, until: l.from}
	case t >= l.until:
		p.piece = piece{from: l.until, until: dusk}
	default:
		come := p.reached(floorDiv(t, second))
		turn := l.grid.last(come)
		begun, over := l.grid.wall(turn), l.grid.wall(turn+1)
		from, until, on := l.around(come, begun, over)
		p.piece = piece{
			from:    max(p.moment(from), l.from),
			until:   min(p.moment(until), l.until),
			on:      on,
			place:   int(floorMod(turn+int64(l.turn), int64(len(l.places)))),
			handoff: p.moment(begun),
		}
	}
}

func (p *pace) moment(w Wall) moment { return p.first(w) * second }

// around returns whether the layer is on when clocks have come to w, and between which wall times of the turn that w is in that
// is so.
func (l *layer) around(w, begun, over Wall) (from, until Wall, on bool) {
	if len(l.hours) == 0 {
		return begun, over, true
	}
	today := w.midnight()
	from, until = max(begun, today), min(over, today+day)
	for _, h := range l.hours {
		for _, begins := range [...]Wall{today - day, today} {
			if !h.Days.Has(begins.Weekday()) {
				continue
			}
			open, shut := h.on(begins)
			on = on || open <= w && w < shut
			for _, edge := range [...]Wall{open, shut} {
				if edge <= w {
					from = max(from, edge)
				} else {
					until = min(until, edge)
				}
			}
		}
	}
	return from, until, on
}

// on returns when the window that begins on a day opens and shuts.
func (h Window) on(midnight Wall) (open, shut Wall) {
	open, shut = midnight+Wall(h.From)*minute, midnight+Wall(h.Until)*minute
	if h.Until <= h.From {
		shut += day
	}
	return open, shut
}

// hold gathers the overrides that hold at t.
func (w *walk) hold(t moment) {
	if w.spell.from <= t && t < w.spell.until {
		return
	}
	w.spell = spell{dawn, dusk, w.spell.holding[:0]}
	for i := range w.roster.overrides {
		o := &w.roster.overrides[i]
		if o.from >= o.until {
			continue
		}
		w.spell.edges(t, o.from, o.until)
		if t < o.from || o.until <= t {
			continue
		}
		w.spell.holding = append(w.spell.holding, o)
		for _, p := range o.shifts {
			w.spell.edges(t, p.from, p.until)
		}
	}
}

func (s *spell) edges(t moment, edges ...moment) {
	for _, edge := range edges {
		if edge <= t {
			s.from = max(s.from, edge)
		} else {
			s.until = min(s.until, edge)
		}
	}
}

// act returns what the override makes of a crew.
func (o *override) act(crew []member, t moment) []member {
	switch o.Deed {
	case Add:
		return append(crew, member{served{o.In, Reason{Override: o.ID}, o.from}, true, 0})
	case Remove:
		return slices.DeleteFunc(crew, func(m member) bool { return m.person == o.Out })
	case Replace:
		for i, m := range crew {
			if m.person == o.Out {
				crew[i].person, crew[i].why = o.In, Reason{Layer: m.why.Layer, Override: o.ID, For: o.Out}
			}
		}
		return crew
	case Instead:
		crew = crew[:0]
		for _, p := range o.shifts {
			if t < p.from || p.until <= t {
				continue
			}
			for _, person := range p.place {
				crew = append(crew, member{served{person, Reason{Override: o.ID}, p.from}, true, 0})
			}
		}
	}
	return crew
}

// shown returns those of the crew who are on call, each once: all of the highest priority, and all besides.
func (w *walk) shown() []served {
	w.serving = w.serving[:0]
	highest := 0
	for i, m := range w.crew {
		if !m.besides && (i == 0 || m.priority > highest) {
			highest = m.priority
		}
	}
	for _, m := range w.crew {
		twice := slices.ContainsFunc(w.serving, func(s served) bool { return s.person == m.person })
		if !twice && (m.besides || m.priority == highest) {
			w.serving = append(w.serving, m.served)
		}
	}
	return w.serving
}

// begun returns the shifts that somebody is in at t.
func (w *walk) begun(t moment) []run {
	var whole, begun []run
	s := w.at(t)
	for _, now := range s.serving {
		begun = append(begun, run{served: now, from: s.from})
	}
	defer func() {
		if w.watched != nil {
			w.watch(nil)
		}
	}()
	for from := s.from; ; from = s.from {
		begun = slices.DeleteFunc(begun, func(r run) bool {
			if r.handoff == r.from || r.from > from || from <= dawn {
				whole = append(whole, r)
				return true
			}
			return false
		})
		if len(begun) == 0 {
			return whole
		}
		if len(begun) < len(w.watched) || w.watched == nil {
			w.watch(slices.Clone(begun))
		}
		s = w.at(from - 1)
		for i, r := range begun {
			before := slices.IndexFunc(s.serving, r.is)
			if before >= 0 {
				begun[i].served, begun[i].from = s.serving[before], s.from
			}
		}
	}
}
