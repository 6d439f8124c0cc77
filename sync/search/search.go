// Package search is the language in which people look for something, and the rules of what a word
// is. It is pure: it reads what was typed, says which incidents and entries are meant, finds the
// words in a text again to mark them, and offers how to go on typing. The index itself is the
// replica's.
//
//	db timeout "no space left" -test #checkout sev:1,2 is:burning kind:drill by:ann in:INC-214 after:2026-01-01 before:2026-07
//
// Words must all be in one text, in any order; the last one may be unfinished. Several values of one
// filter widen it, several filters narrow each other.
package search

import (
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Lexicon is what has to be known to understand what was typed: who there is, which severities, and
// when it is.
type Lexicon struct {
	Setup workspace.Setup
	Self  id.Person // who is meant by "me"
	Now   time.Time // in the zone whose days are meant
	Tags  []string  // known ones, to complete with
}

// Query is what somebody looks for. The zero query matches everything.
type Query struct {
	Words   []Term // every one must be there
	Without []Term // none may be there

	Tags       []string // the incident has all of them
	TagBegins  string   // and one that begins with this
	WithoutTag []string // and none of these
	Severities []workspace.Level
	Statuses   []incident.Status
	Private    bool // only those that not everybody may see
	Kinds      []incident.Kind
	Authors    []id.Person
	Numbers    []uint32  // of incidents
	After      time.Time // at or after
	Before     time.Time // before, not at

	// Hints are the filters that are left aside because they are unfinished or say nothing known.
	Hints []Hint
}

// Term is consecutive words, folded.
type Term struct {
	Words  []string
	Prefix bool // the last of them may go on
}

// Hint says which filter was left aside, and why.
type Hint struct {
	Operator  Operator
	Value     string // as typed; empty when it has none yet
	Excluding bool   // a filter cannot be ruled out
}

// Empty reports whether the query asks for nothing.
func (q Query) Empty() bool { return !q.Worded() && !q.Narrowed() && len(q.Authors) == 0 }

// Worded reports whether the query asks for, or rules out, any words.
func (q Query) Worded() bool { return len(q.Words)+len(q.Without) > 0 }

// Narrowed reports whether the query asks for certain incidents or a certain time.
func (q Query) Narrowed() bool {
	return len(q.Tags)+len(q.TagBegins)+len(q.WithoutTag)+len(q.Severities)+len(q.Statuses)+len(q.Kinds)+len(q.Numbers) > 0 ||
		q.Private || !q.After.IsZero() || !q.Before.IsZero()
}

// Admits reports whether an incident is among those that are asked for, by its facts. Words, authors
// and times are of its texts.
func (q Query) Admits(i incident.Incident) bool {
	has := func(tag string) bool { return slices.Contains(i.Tags, tag) }
	return among(q.Severities, i.Severity) && among(q.Statuses, i.Status) && among(q.Kinds, i.Kind) && among(q.Numbers, i.Number) && (i.Private || !q.Private) &&
		!slices.ContainsFunc(q.Tags, func(tag string) bool { return !has(tag) }) && !slices.ContainsFunc(q.WithoutTag, has) &&
		(q.TagBegins == "" || slices.ContainsFunc(i.Tags, func(tag string) bool { return strings.HasPrefix(tag, q.TagBegins) }))
}

// Wants reports whether a text is asked for, by its author, its time and its words.
func (q Query) Wants(author id.Person, at time.Time, text string) bool {
	if !among(q.Authors, author) || !q.After.IsZero() && at.Before(q.After) || !q.Before.IsZero() && !at.Before(q.Before) {
		return false
	}
	tokens := Tokens(text)
	for _, t := range q.Words {
		if len(t.find(tokens)) == 0 {
			return false
		}
	}
	for _, t := range q.Without {
		if len(t.find(tokens)) > 0 {
			return false
		}
	}
	return true
}

// among reports whether x is one of those asked for; nothing asked for is everything.
func among[T comparable](asked []T, x T) bool { return len(asked) == 0 || slices.Contains(asked, x) }
