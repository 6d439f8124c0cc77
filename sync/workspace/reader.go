package workspace

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// Reader is what is one person's alone, on all of that person's devices: how far they have read each incident, what they hear of, and
// how they want to be reached. It lives in the person's own scope.
type Reader struct {
	Seq           uint64
	Read          map[id.Incident]uint64 // stream_seq of the newest event seen
	Subscriptions []Subscription
	Rules         reach.Rules // empty lists stand for reach.DefaultRules
}

// MaxSubscriptions is how many things one person can subscribe to.
const MaxSubscriptions = 1_000

// Subscription is something that a person wants to hear of without being on call: one incident, every
// incident of a severity or worse, or every incident with a tag. Exactly one field is set.
type Subscription struct {
	Incident id.Incident
	Level    Level
	Tag      string
}

func (s Subscription) valid() bool {
	set := 0
	for _, is := range []bool{!s.Incident.IsZero(), s.Level > 0, s.Tag != ""} {
		if is {
			set++
		}
	}
	return set == 1
}

// Hears reports whether r is subscribed to an incident of that severity and with those tags.
func (r Reader) Hears(i id.Incident, l Level, tags []string) bool {
	return slices.ContainsFunc(r.Subscriptions, func(s Subscription) bool {
		return s.Incident == i && !i.IsZero() || s.Level > 0 && l > 0 && l <= s.Level || s.Tag != "" && slices.Contains(tags, s.Tag)
	})
}

// ReaderEvent is something that happened to what is one person's alone.
type ReaderEvent interface {
	Stream() id.Kind
	readerEvent()
}

// ReaderCommand is a wish about what is one person's alone.
type ReaderCommand interface {
	Stream() id.Kind
	readerCommand()
}

type (
	readerFact struct{}
	readerWish struct{}
)

// Stream says that the event belongs to a reader's stream.
func (readerFact) Stream() id.Kind { return id.KindReader }
func (readerFact) readerEvent()    {}

// Stream says that the command is about a reader's stream.
func (readerWish) Stream() id.Kind { return id.KindReader }
func (readerWish) readerCommand()  {}

// MarkRead wishes to remember that everything up to Upto was seen.
type MarkRead struct {
	readerWish
	Incident id.Incident
	Upto     uint64
}

// Subscribe wishes to hear of something, or with Off no longer.
type Subscribe struct {
	readerWish
	To  Subscription
	Off bool
}

// Subscribed says that a person hears of something, or with Off no longer.
type Subscribed struct {
	readerFact
	To  Subscription
	Off bool
}

// ChooseRules wishes to be reached otherwise. An empty list stands for the usual rules.
type ChooseRules struct {
	readerWish
	Rules reach.Rules
}

// RulesChosen says how a person wants to be reached.
type RulesChosen struct {
	readerFact
	Rules reach.Rules
}

// IncidentRead says that everything up to Upto was seen.
type IncidentRead struct {
	readerFact
	Incident id.Incident
	Upto     uint64
}

// DecideReader says what would happen if c were carried out on r. Marks only move forward.
func DecideReader(r Reader, c ReaderCommand) ([]ReaderEvent, error) {
	switch c := c.(type) {
	case MarkRead:
		if c.Upto <= r.Read[c.Incident] {
			return nil, nil
		}
		return []ReaderEvent{IncidentRead{Incident: c.Incident, Upto: c.Upto}}, nil
	case Subscribe:
		return decideSubscribe(r, c)
	case ChooseRules:
		return decideRules(r, c)
	case Remind:
		return decideRemind(c)
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
}

func decideRules(r Reader, c ChooseRules) ([]ReaderEvent, error) {
	chosen, wrong := c.Rules.Normal()
	var check fault.Check
	for _, w := range wrong {
		check.Add(w.Field, w.Says)
	}
	if err := check.Err("The rules were not changed."); err != nil || chosen.Equal(r.Rules) {
		return nil, err
	}
	return []ReaderEvent{RulesChosen{Rules: chosen}}, nil
}

func decideSubscribe(r Reader, c Subscribe) ([]ReaderEvent, error) {
	c.To.Tag = NormalTag(c.To.Tag)
	switch {
	case !c.To.valid():
		return nil, fault.New(fault.Invalid, "One subscribes to an incident, a severity or a tag.").
			WithAdvice("Nothing was changed.", "Choose one of them.")
	case slices.Contains(r.Subscriptions, c.To) != c.Off:
		return nil, nil
	case !c.Off && len(r.Subscriptions) >= MaxSubscriptions:
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("There are %d subscriptions already.", MaxSubscriptions)).
			WithAdvice("They are as they were.", "End one of them first.")
	}
	return []ReaderEvent{Subscribed{To: c.To, Off: c.Off}}, nil
}

// ApplyReader returns r after e. It is total.
func ApplyReader(r Reader, at id.Envelope, e ReaderEvent) Reader {
	r.Seq = at.StreamSeq
	switch e := e.(type) {
	case IncidentRead:
		marks := maps.Clone(r.Read)
		if marks == nil {
			marks = map[id.Incident]uint64{}
		}
		marks[e.Incident] = max(marks[e.Incident], e.Upto)
		r.Read = marks
	case Subscribed:
		r.Subscriptions = slices.DeleteFunc(slices.Clone(r.Subscriptions), func(s Subscription) bool { return s == e.To })
		if !e.Off {
			r.Subscriptions = append(r.Subscriptions, e.To)
		}
	case RulesChosen:
		r.Rules = reach.Rules{High: slices.Clone(e.Rules.High), Low: slices.Clone(e.Rules.Low)}
	}
	return r
}
