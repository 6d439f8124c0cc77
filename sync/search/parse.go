package search

import (
	"slices"
	"strings"
	"unicode"
)

// part is one thing that somebody typed between spaces, with its place in runes.
type part struct {
	start, end int
	not        bool
	operator   Operator // none for words and tags
	tag        bool
	quoted     bool   // the value stands in quotation marks
	open       bool   // which have not been closed yet
	value      string // without operator, sign and quotation marks
}

// Parse reads what somebody typed. It is total: everything is a query, and what cannot be read as a
// filter is looked for as words, or left aside with a hint. typing says that the last word may be
// unfinished.
func Parse(text string, l Lexicon, typing bool) Query {
	var q Query
	parts := split(text)
	for i, p := range parts {
		last := typing && i == len(parts)-1 && p.end == runes(text)
		switch {
		case p.tag:
			q.tag(p, last)
		case p.operator != none:
			if !p.not && q.filter(p.operator, p.value, l) {
				continue
			}
			q.Hints = append(q.Hints, Hint{Operator: p.operator, Value: p.value, Excluding: p.not})
		case !p.not && !p.quoted && len(p.value) == len("SEV1") && q.severity(p.value):
		default:
			q.word(p, last && (!p.quoted || p.open))
		}
	}
	return q
}

func (q *Query) tag(p part, unfinished bool) {
	tag := normalTag(p.value)
	switch {
	case tag == "":
		q.Hints = append(q.Hints, Hint{Operator: Tag})
	case p.not:
		q.WithoutTag = append(q.WithoutTag, tag)
	case unfinished:
		q.TagBegins = tag
	default:
		q.Tags = append(q.Tags, tag)
	}
}

func (q *Query) word(p part, prefix bool) {
	term, ok := termOf(p.value, prefix)
	switch {
	case !ok:
	case p.not:
		q.Without = append(q.Without, term)
	default:
		q.Words = append(q.Words, term)
	}
}

// split cuts what was typed at white space, but not within quotation marks.
func split(text string) []part {
	var out []part
	signs := []rune(text)
	for i := 0; i < len(signs); {
		if unicode.IsSpace(signs[i]) {
			i++
			continue
		}
		p := one(signs, i)
		out = append(out, p)
		i = p.end
	}
	return out
}

// one reads the part that begins at start.
func one(signs []rune, start int) part {
	p := part{start: start}
	i := start
	if signs[i] == '-' && i+1 < len(signs) && !unicode.IsSpace(signs[i+1]) {
		p.not = true
		i++
	}
	switch operator, size := operatorAt(signs[i:]); {
	case operator != none:
		p.operator = operator
		i += size
	case signs[i] == '#' || signs[i] == '＃':
		p.tag = true
		i++
	}
	if i < len(signs) && quote(signs[i]) {
		p.quoted = true
		return p.until(signs, i+1, quote)
	}
	return p.until(signs, i, unicode.IsSpace)
}

// until takes the signs from i up to the first that ends the part.
func (p part) until(signs []rune, i int, ends func(rune) bool) part {
	rest := slices.IndexFunc(signs[i:], ends)
	p.end = len(signs)
	p.open = p.quoted && rest < 0
	if rest >= 0 {
		p.end = i + rest
	}
	p.value = string(signs[i:p.end])
	if p.quoted && !p.open {
		p.end++
	}
	return p
}

func quote(r rune) bool { return strings.ContainsRune(`"“”„«»「」`, r) }
