package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Results are what was found, in the order in which it is shown.
type Results struct {
	Items       []Result
	Searched    bool   // something was asked for; else all incidents are shown, and how to ask
	More        bool   // there is more than is shown
	Missing     string // what is not on this device yet, in words; empty when all is here
	Hints       []string
	Completions []Completion
}

// Result is one incident, and the best few lines in which the words were found.
type Result struct {
	ID        id.Incident
	Title     []Piece
	Number    string
	Level     uint8
	Severity  string
	Status    incident.Status
	State     string // the word for Status
	Kind      string // empty for a real incident
	Pending   bool   // the server does not know it yet
	Private   bool   // only those who were added see it
	Seers     int    // how many these are
	When      string // it was declared, as people say it
	Exact     string
	Lines     []ResultLine
	MoreLines string // how many further lines there are, in words; empty for none
}

// ResultLine is one entry, or the reason of one change, around the words that were found.
type ResultLine struct {
	Entry   id.Entry // zero for a change
	Seq     uint64   // stream_seq, to open the room at
	Pieces  []Piece
	Author  Person
	When    string
	Exact   string
	Pending bool
}

// Piece is a run of text that is marked, or not.
type Piece struct {
	Text   string
	Marked bool
}

// Completion is one way to go on typing: Text takes the place of the runes from Start to End.
type Completion struct {
	Start, End int
	Text       string
	Detail     string // what the filter is for
	Whole      bool   // it is finished with that; else its value comes next
}

// Similar is an incident that may be the one that somebody is about to declare.
type Similar struct {
	ID       id.Incident
	Title    string
	Number   string
	Level    uint8
	Severity string
	Status   incident.Status
	State    string
	Burning  bool
	When     string // it was declared, as people say it
	Exact    string
	People   int // who respond to it
	Private  bool
	Seers    int // of a private one
}

// FoundIncident is one incident as a session hands it over.
type FoundIncident struct {
	Incident incident.Incident
	Title    []search.Range
	Lines    []FoundWords
	More     int
}

// FoundWords is one line as a session hands it over.
type FoundWords struct {
	Entry    id.Entry
	Seq      uint64
	Author   id.Person
	Occurred time.Time
	Excerpt  search.Excerpt
	Pending  bool
	Event    stream.Event
}

// ResultFrom builds one result.
func ResultFrom(f FoundIncident, now time.Time, v View) Result {
	s, severity := f.Incident, v.Severity(f.Incident.Severity)
	r := Result{
		ID: s.ID, Title: Pieces(s.Title, f.Title), Number: NumberOf(s, v.Words), Level: severity.Level, Severity: severity.Name,
		Status: s.Status, State: StatusWord(s.Status, v.Words), Kind: kindMark(s.Kind, v), Pending: unnumbered(s),
		Private: s.Private, Seers: len(s.Admitted),
		When: v.Ago(s.DeclaredAt, now), Exact: v.Exact(s.DeclaredAt),
	}
	for _, l := range f.Lines {
		line := ResultLine{
			Entry: l.Entry, Seq: l.Seq, Pieces: Pieces(l.Excerpt.Text, l.Excerpt.Marks), Author: v.Person(l.Author),
			When: v.Ago(l.Occurred, now), Exact: v.Exact(l.Occurred), Pending: l.Pending,
		}
		switch l.Event.(type) {
		case incident.Imported, incident.UpdateImported:
			line.Author = v.importer()
		}
		r.Lines = append(r.Lines, line)
	}
	if f.More > 0 {
		r.MoreLines = Count(f.More, v.Words.Search.MoreLinesOne, v.Words.Search.MoreLines)
	}
	return r
}

// TitlesFirst puts those whose title has the words and that burn first, then the others whose title has them, then those
// in whose entries alone they stand. Within each the order stays.
func TitlesFirst(list []Result) []Result {
	rank := func(r Result) int {
		switch {
		case !slices.ContainsFunc(r.Title, func(p Piece) bool { return p.Marked }):
			return 2
		case !r.Status.Burning():
			return 1
		default:
			return 0
		}
	}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Result) int { return rank(a) - rank(b) })
	return out
}

// Pieces cuts a text where marks, in runes, in order and not overlapping, begin and end.
func Pieces(text string, marks []search.Range) []Piece {
	signs := []rune(text)
	var out []Piece
	cut := func(from, to int, marked bool) {
		from, to = min(max(from, 0), len(signs)), min(to, len(signs))
		if from < to {
			out = append(out, Piece{Text: string(signs[from:to]), Marked: marked})
		}
	}
	at := 0
	for _, m := range marks {
		cut(at, m.Start, false)
		cut(max(m.Start, at), m.End, true)
		at = max(at, m.End)
	}
	cut(at, len(signs), false)
	return out
}

// SimilarFrom builds what the form for declaring shows of a similar incident.
func SimilarFrom(s incident.Incident, now time.Time, v View) Similar {
	severity := v.Severity(s.Severity)
	return Similar{
		ID: s.ID, Title: s.Title, Number: NumberOf(s, v.Words), Level: severity.Level, Severity: severity.Name,
		Private: s.Private, Seers: len(s.Admitted),
		Status: s.Status, State: StatusWord(s.Status, v.Words), Burning: s.Status.Burning(),
		When: v.Ago(s.DeclaredAt, now), Exact: v.Exact(s.DeclaredAt), People: len(s.Responders),
	}
}

// MissingWords says what is not on this device yet.
func (v View) MissingWords(complete bool, since, now time.Time) string {
	switch {
	case complete:
		return ""
	case since.IsZero():
		return v.Words.Search.Missing
	default:
		return fmt.Sprintf(v.Words.Search.MissingSince, v.Time(since, now))
	}
}

// HintsFrom says which filters were left aside, and how to finish them.
func (v View) HintsFrom(q search.Query) []string {
	out := make([]string, 0, len(q.Hints))
	for _, h := range q.Hints {
		_, values := v.filterWords(h.Operator)
		if h.Operator == search.Author {
			values += v.someNames()
		}
		filter := string(h.Operator) + ":" + h.Value
		switch {
		case h.Excluding:
			out = append(out, fmt.Sprintf(v.Words.Search.NotExcluded, "-"+filter))
		case h.Value == "":
			out = append(out, fmt.Sprintf(v.Words.Search.Unfinished, filter, values))
		default:
			out = append(out, fmt.Sprintf(v.Words.Search.Unknown, filter, values))
		}
	}
	return out
}

// namesMost is how many people are named to show how names are written.
const namesMost = 3

// someNames returns who may be meant, in brackets.
func (v View) someNames() string {
	var names []string
	for _, p := range v.Everybody() {
		if len(names) == namesMost {
			names = append(names, "…")
			break
		}
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// CompletionsFrom says what each way to go on is for.
func (v View) CompletionsFrom(list []search.Completion) []Completion {
	out := make([]Completion, 0, len(list))
	for _, c := range list {
		what, _ := v.filterWords(c.Operator)
		out = append(out, Completion{Start: c.Start, End: c.End, Text: c.Text, Detail: what, Whole: c.Whole})
	}
	return out
}

// filterWords returns what a filter is for, and what may follow it.
func (v View) filterWords(o search.Operator) (what, values string) {
	w := v.Words.Search
	switch o {
	case search.Severity:
		return w.Severity, w.SeverityValues
	case search.Status:
		return w.Status, w.StatusValues
	case search.Kind:
		return w.Kind, w.KindValues
	case search.Author:
		return w.Author, w.AuthorValues
	case search.Within:
		return w.Within, w.WithinValues
	case search.After:
		return w.After, w.TimeValues
	case search.Before:
		return w.Before, w.TimeValues
	default:
		return w.Tag, w.TagValues
	}
}
