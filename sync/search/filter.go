package search

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Operator is the word before the colon of a filter.
type Operator string

// The operators. Tag is written # in front of its value, or as a word like the others.
const (
	none Operator = ""

	Tag      Operator = "tag"
	Severity Operator = "sev"
	Status   Operator = "is"
	Kind     Operator = "kind"
	Author   Operator = "by"
	Within   Operator = "in"
	After    Operator = "after"
	Before   Operator = "before"
)

// Operators returns all operators in the order in which they are offered.
func Operators() []Operator {
	return []Operator{Severity, Status, Tag, Author, After, Before, Within, Kind}
}

// Burning is the value of Status for all incidents about which something has to be done now.
const Burning = "burning"

// Private is the value of Status for incidents that not everybody may see. It narrows whatever else is asked for.
const Private = "private"

// Me is the value of Author for oneself.
const Me = "me"

// operatorAt returns the operator that the signs begin with, and how many signs it takes with its colon.
func operatorAt(signs []rune) (Operator, int) {
	for _, o := range Operators() {
		n := len(o)
		if len(signs) > n && (signs[n] == ':' || signs[n] == '：') && strings.EqualFold(string(signs[:n]), string(o)) {
			return o, n + 1
		}
	}
	return none, 0
}

// filter takes over one filter. It is false when any part of its value says nothing known; then the query is
// as before.
func (q *Query) filter(o Operator, value string, l Lexicon) bool {
	next := *q
	values := []string{value}
	if o != After && o != Before {
		values = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
	}
	if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return !next.narrow(o, v, l) }) {
		return false
	}
	*q = next
	return true
}

func (q *Query) narrow(o Operator, value string, l Lexicon) bool {
	switch o {
	case Severity:
		return q.severity(value)
	case Status:
		return q.status(value)
	case Kind:
		return q.kind(value)
	case Author:
		return q.author(value, l)
	case Within:
		return q.number(value)
	case After, Before:
		return q.time(o, value, l.Now)
	default:
		tag := normalTag(value)
		q.Tags = added(q.Tags, tag)
		return tag != ""
	}
}

// added appends to a copy, so that a filter that is given up leaves nothing behind.
func added[T any](list []T, more ...T) []T { return append(slices.Clip(list), more...) }

// severity takes over "1", "SEV1" or "sev1".
func (q *Query) severity(value string) bool {
	digits := value
	if len(value) > len(Severity) && strings.EqualFold(value[:len(Severity)], string(Severity)) {
		digits = value[len(Severity):]
	} else if len(value) > 1 {
		return false
	}
	n, err := strconv.ParseUint(digits, 10, 8)
	if err != nil || n < 1 || n > 5 || len(digits) > 1 {
		return false
	}
	q.Severities = added(q.Severities, workspace.Level(n))
	return true
}

func (q *Query) status(value string) bool {
	if strings.EqualFold(value, Burning) {
		q.Statuses = added(q.Statuses, incident.Open, incident.Mitigated)
		return true
	}
	if strings.EqualFold(value, Private) {
		q.Private = true
		return true
	}
	for s := incident.Open; s <= incident.Invalid; s++ {
		if strings.EqualFold(value, s.String()) {
			q.Statuses = added(q.Statuses, s)
			return true
		}
	}
	return false
}

// KindNames returns the kinds of incidents by the names that a filter knows them under.
func KindNames() []string { return []string{"real", "nearmiss", "drill", "info"} }

func (q *Query) kind(value string) bool {
	value = strings.ToLower(value)
	if i := slices.Index([]string{"incident", "near-miss", "gameday", "informational"}, value); i >= 0 {
		value = KindNames()[i]
	}
	i := slices.Index(KindNames(), value)
	if i < 0 {
		return false
	}
	q.Kinds = added(q.Kinds, []incident.Kind{incident.Real, incident.NearMiss, incident.GameDay, incident.Informational}[i])
	return true
}

// author takes over everybody one of whose names begins with value.
func (q *Query) author(value string, l Lexicon) bool {
	found := named(value, l)
	q.Authors = added(q.Authors, found...)
	return len(found) > 0
}

// named returns who may be meant, in the order of their ids.
func named(value string, l Lexicon) []id.Person {
	value = strings.TrimPrefix(value, "@")
	if strings.EqualFold(value, Me) && !l.Self.IsZero() {
		return []id.Person{l.Self}
	}
	term, ok := termOf(value, true)
	if !ok {
		return nil
	}
	var out []id.Person
	for _, p := range l.Setup.People {
		if len(term.find(Tokens(p.Name))) > 0 {
			out = append(out, p.ID)
		}
	}
	slices.SortFunc(out, id.Person.Compare)
	return out
}

// number takes over "INC-214", "#214" or "214".
func (q *Query) number(value string) bool {
	if strings.HasPrefix(strings.ToUpper(value), "P-") { // what a private incident is called is no INC number
		return false
	}
	value = value[strings.LastIndexAny(value, "-#")+1:]
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n == 0 {
		return false
	}
	q.Numbers = added(q.Numbers, uint32(n))
	return true
}

// time takes over a year, a month, a day, "today", "yesterday", or how many days or hours ago: "7d", "12h".
func (q *Query) time(o Operator, value string, now time.Time) bool {
	at, ok := moment(value, now)
	switch {
	case !ok:
		return false
	case o == After:
		q.After = at
	default:
		q.Before = at
	}
	return true
}

func moment(value string, now time.Time) (time.Time, bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch value = strings.ToLower(value); value {
	case "today":
		return day, true
	case "yesterday":
		return day.AddDate(0, 0, -1), true
	}
	for _, form := range []string{"2006", "2006-1", "2006-1-2"} {
		if at, err := time.ParseInLocation(form, value, now.Location()); err == nil {
			return at, true
		}
	}
	if len(value) < 2 {
		return time.Time{}, false
	}
	n, err := strconv.ParseUint(value[:len(value)-1], 10, 16)
	switch unit := value[len(value)-1]; {
	case err != nil:
		return time.Time{}, false
	case unit == 'd':
		return day.AddDate(0, 0, -int(n)), true
	case unit == 'h':
		return now.Add(-time.Duration(n) * time.Hour), true
	default:
		return time.Time{}, false
	}
}

func normalTag(value string) string { return incident.NormalTag(value) }
