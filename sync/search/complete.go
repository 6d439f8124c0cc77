package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Completion is one way to go on typing: Text takes the place of the runes from Start to End.
type Completion struct {
	Start, End int
	Text       string
	Operator   Operator // whose value is offered, or which is offered itself when Whole is false
	Whole      bool     // the filter is finished with it
}

// completionsMost is how many ways to go on are offered.
const completionsMost = 8

// Complete returns how the part of the text that ends at the cursor, in runes, may go on: operators by their
// first letters, and the values of an operator. Nothing is offered within words that no operator begins
// with.
func Complete(text string, cursor int, l Lexicon) []Completion {
	signs := []rune(text)
	cursor = min(max(cursor, 0), len(signs))
	parts := split(string(signs[:cursor]))
	if len(parts) == 0 || parts[len(parts)-1].end < cursor {
		return nil
	}
	p := parts[len(parts)-1]
	sign := strings.Repeat("-", count(p.not))
	var out []Completion
	offer := func(o Operator, text string, whole bool) {
		if len(out) < completionsMost && text != string(signs[p.start:cursor]) {
			out = append(out, Completion{Start: p.start, End: cursor, Text: text, Operator: o, Whole: whole})
		}
	}
	switch {
	case p.tag:
		for _, v := range begun(l.Tags, normalTag(p.value)) {
			offer(Tag, sign+"#"+v, true)
		}
	case p.operator != none:
		done, value := lastOf(p.value)
		for _, v := range values(p.operator, value, l) {
			offer(p.operator, sign+string(p.operator)+":"+quoted(done+v), true)
		}
	case !p.quoted && p.value != "":
		for _, o := range Operators() {
			if strings.HasPrefix(string(o), strings.ToLower(p.value)) {
				offer(o, sign+string(o)+":", false)
			}
		}
	}
	return out
}

// TagBegun returns the tag that is being typed at the cursor, so that the known ones that begin with it can be looked up. It
// is false when none is.
func TagBegun(text string, cursor int) (begun string, typing bool) {
	signs := []rune(text)
	cursor = min(max(cursor, 0), len(signs))
	parts := split(string(signs[:cursor]))
	if len(parts) == 0 {
		return "", false
	}
	p := parts[len(parts)-1]
	_, last := lastOf(p.value)
	return last, p.end == cursor && (p.tag || p.operator == Tag)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lastOf returns the values of a list that are finished, with their last comma, and the one that is not.
func lastOf(value string) (done, last string) {
	i := strings.LastIndexByte(value, ',') + 1
	return value[:i], value[i:]
}

// quoted puts a value with spaces into quotation marks.
func quoted(value string) string {
	if strings.ContainsAny(value, " \t") {
		return `"` + strings.ReplaceAll(value, `"`, "") + `"`
	}
	return value
}

// values returns what an operator's value may become.
func values(o Operator, typed string, l Lexicon) []string {
	switch o {
	case Severity:
		return begun(severities(l.Setup), strings.TrimPrefix(strings.ToLower(typed), string(Severity)))
	case Status:
		all := []string{Burning}
		for s := incident.Open; s <= incident.Invalid; s++ {
			all = append(all, s.String())
		}
		return begun(append(all, Private), strings.ToLower(typed))
	case Kind:
		return begun(KindNames(), strings.ToLower(typed))
	case Author:
		return people(typed, l)
	case Tag:
		return begun(l.Tags, normalTag(typed))
	case After, Before:
		return begun([]string{"today", "yesterday", "7d", "30d", l.Now.Format("2006-01"), l.Now.Format("2006")}, strings.ToLower(typed))
	default:
		return nil
	}
}

func severities(w workspace.Setup) []string {
	var out []string
	for _, s := range w.Severities {
		out = append(out, fmt.Sprint(s.Level))
	}
	return out
}

func people(typed string, l Lexicon) []string {
	var out []string
	if strings.HasPrefix(Me, strings.ToLower(typed)) && !l.Self.IsZero() {
		out = append(out, Me)
	}
	var names []string
	term, some := termOf(strings.TrimPrefix(typed, "@"), true)
	for _, p := range l.Setup.People {
		if p.ID != l.Self && (!some || len(term.find(Tokens(p.Name))) > 0) {
			names = append(names, p.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return append(out, slices.Compact(names)...)
}

// begun returns those of the list that begin with what was typed and go on.
func begun(list []string, typed string) []string {
	var out []string
	for _, v := range list {
		if strings.HasPrefix(v, typed) && v != typed {
			out = append(out, v)
		}
	}
	return out
}
