// Package history asks whether what clients saw of a server is what they would have seen of one that does one thing after the
// other. It collects what was sent, answered and read, each with the time at which it began and ended, and lets porcupine look
// for an order of all of it, incident by incident, in which every answer and every read is right by a model of the ledger.
//
// The model is written anew here and shares nothing with the rules in sync/incident but the words: a mistake in the one is not
// repeated in the other. It knows the effects of each command, on which base a change of status, severity or role may rest, that
// a command has its effects once and together, that those of one client keep their order, that events are numbered without
// a hole, and who may see an incident: others can do nothing in it, and are shown nothing that happens while they do not see it.
package history

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// never is when what nobody heard the end of ended. It may happen at any time, or not at all.
const never = time.Duration(math.MaxInt64)

// Command is a command as its client gave it.
type Command struct {
	ID     id.Command
	Client int // whose commands keep their order
	By     id.Person
	Target id.Stream
	Wish   incident.Command
	// Refusable says that the server may refuse it for reasons that the model does not know.
	Refusable bool
}

// Head is what a reader saw of an incident.
type Head struct {
	Reader string    // whose reads never go back
	Person id.Person // who reads, where an incident that not everybody sees may be shown to them; zero for one who sees all
	State  incident.Incident
	// From and Until say when it was read. A read of which From is negative is one of a copy: it may be as old as what it shows.
	From, Until time.Duration
}

// Sight is an event that a reader saw.
type Sight struct {
	Reader string
	Person id.Person // as in Head
	Event  stream.Recorded
	At     time.Duration
}

// History is what clients saw. Many may write it at once. Make it with New.
type History struct {
	mu       sync.Mutex
	commands map[id.Command]*given
	order    []*given
	sights   map[sightKey]*sighted
	heads    []Head
	numbers  map[place]id.Command // which command stands where, by what anybody saw
	wrong    []Refusal            // what needs no search
}

// given is a command with what became of it.
type given struct {
	Command
	blanked  bool // it was sent once more, without its words
	loose    bool // its client has given it up
	sent     bool
	call     time.Duration
	answered time.Duration
	answer   stream.Outcome // zero while nothing final was heard
}

type sightKey struct {
	reader  string
	stream  id.Stream
	command id.Command
}

// sighted is what a reader saw of a command.
type sighted struct {
	person id.Person
	first  time.Duration
	events map[uint64]incident.Event
}

type place struct {
	stream id.Stream
	seq    uint64
}

// New returns a history of nothing.
func New() *History {
	return &History{commands: map[id.Command]*given{}, sights: map[sightKey]*sighted{}, numbers: map[place]id.Command{}}
}

// Give notes a command. Those of one client are given in order. One that is known is not noted again, unless its words have
// been taken out since: then nobody knows which of the two will be carried out.
func (h *History) Give(c Command) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.commands[c.ID]; known != nil {
		known.blanked = known.blanked || empty(c.Wish) && !empty(known.Wish)
		return
	}
	g := &given{Command: c, answered: never}
	h.commands[c.ID] = g
	h.order = append(h.order, g)
}

// Send notes that a command went on its way. Only the first time counts: from then on it may happen.
func (h *History) Send(c id.Command, at time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.commands[c]; g != nil && (!g.sent || at < g.call) {
		g.sent, g.call = true, at
	}
}

// GiveUp notes that its client has given a command up: it may still be carried out where it was sent, and keeps no order.
func (h *History) GiveUp(c id.Command) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.commands[c]; g != nil {
		g.loose = true
	}
}

// Answer notes an answer that has come. The first final one counts; another than the first is a refusal of the history.
func (h *History) Answer(c id.Command, at time.Duration, o stream.Outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.commands[c]
	if g == nil || !o.Kind.Final() {
		return
	}
	if g.answer.Kind != 0 && (g.answer.Kind != o.Kind || g.answer.Seq != o.Seq) {
		h.refuse(g.Target, "command %s was answered %s and then %s", c.Short(), told(g.answer), told(o))
	}
	if at < g.answered {
		g.answer, g.answered = o, at
	}
}

// See notes an event of an incident that a reader saw.
func (h *History) See(s Sight) {
	e, ok := s.Event.Event.(incident.Event)
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := sightKey{s.Reader, s.Event.Stream, s.Event.Command}
	have := h.sights[key]
	if have == nil {
		have = &sighted{person: s.Person, first: s.At, events: map[uint64]incident.Event{}}
		h.sights[key] = have
	}
	have.first = min(have.first, s.At)
	if before, again := have.events[s.Event.StreamSeq]; again && !matches(before, e) && !matches(e, before) {
		h.refuse(s.Event.Stream, "%s saw event %d as %s and then as %s", s.Reader, s.Event.StreamSeq, show(before), show(e))
	}
	have.events[s.Event.StreamSeq] = e
	h.numbers[place{s.Event.Stream, s.Event.StreamSeq}] = s.Event.Command
}

// Read notes what a reader saw of an incident.
func (h *History) Read(r Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heads = append(h.heads, r)
}

func (h *History) refuse(s id.Stream, format string, args ...any) {
	h.wrong = append(h.wrong, Refusal{Incident: id.Incident(s), Why: fmt.Sprintf(format, args...)})
}

// Report says what was looked at, and what cannot be.
type Report struct {
	Incidents int // each with a history of its own
	Commands  int // that were sent
	Unheard   int // of these, of which no client heard the end
	Reads     int // events and states that somebody saw
	Refused   []Refusal
}

// Refusal is an incident of which no order of all that was seen is right.
type Refusal struct {
	Incident id.Incident
	Why      string
}

// String says which incident it is and why.
func (r Refusal) String() string { return fmt.Sprintf("incident %s: %s", r.Incident, r.Why) }

// Good reports whether the whole history could be.
func (r Report) Good() bool { return len(r.Refused) == 0 }

// Check looks for an order of all that was seen. An incident for which none was found within patience, by the clock of this
// machine, is refused: nothing is known of it.
func (h *History) Check(patience time.Duration) Report {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := Report{}
	for _, g := range h.order {
		if g.sent {
			r.Commands++
		}
		if g.sent && g.answer.Kind == 0 {
			r.Unheard++
		}
	}
	told := len(h.wrong)
	parts := h.parts()
	r.Refused, h.wrong = slices.Clone(h.wrong), h.wrong[:told]
	for _, p := range parts {
		r.Incidents++
		r.Reads += p.reads
		if why := p.judge(patience); why != "" {
			r.Refused = append(r.Refused, Refusal{Incident: id.Incident(p.stream), Why: why})
		}
	}
	return r
}
