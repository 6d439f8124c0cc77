package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Range is a part of a text in runes, half open.
type Range struct{ Start, End int }

// find returns where the term stands in the tokens of a text.
func (t Term) find(tokens []Token) []Range {
	var out []Range
	n := len(t.Words)
	for i := 0; n > 0 && i < len(tokens); i++ {
		if end, ok := t.ends(tokens[i:]); ok {
			out = append(out, Range{Start: tokens[i].Start, End: end})
		}
	}
	return out
}

// ends reports whether the tokens begin with the term, and where it ends then.
func (t Term) ends(tokens []Token) (end int, ok bool) {
	if len(tokens) < len(t.Words) {
		return 0, false
	}
	last := len(t.Words) - 1
	for i, word := range t.Words {
		begun := i == last && t.Prefix && strings.HasPrefix(tokens[i].Word, word)
		if tokens[i].Word != word && !begun {
			return 0, false
		}
	}
	found := tokens[last]
	if sign, size := utf8.DecodeRuneInString(t.Words[last]); size == len(t.Words[last]) && unspaced(sign) {
		return found.Start + 1, true // of a pair only the sign that was asked for
	}
	return found.End, true
}

// Marks returns where the query's words stand in a text, in order and not overlapping.
func (q Query) Marks(text string) []Range {
	if len(q.Words) == 0 {
		return nil
	}
	tokens := Tokens(text)
	var all []Range
	for _, t := range q.Words {
		all = append(all, t.find(tokens)...)
	}
	slices.SortFunc(all, func(a, b Range) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	var out []Range
	for _, r := range all {
		if n := len(out); n > 0 && r.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, r.End)
			continue
		}
		out = append(out, r)
	}
	return out
}

// Excerpt is a part of a text on one line, and where the words stand in it.
type Excerpt struct {
	Text  string
	Marks []Range // in runes of Text
}

// lead is how many runes are shown before the first word that is marked.
const lead = 40

// Excerpt returns about width runes of a text around the query's first word, with white space folded. What is
// left out is shown as "…".
func (q Query) Excerpt(text string, width int) Excerpt {
	line := []rune(strings.Join(strings.Fields(text), " "))
	marks := q.Marks(string(line))
	if len(line) <= width {
		return Excerpt{Text: string(line), Marks: marks}
	}
	from := 0
	if len(marks) > 0 {
		from = wordStart(line, min(max(marks[0].Start-lead, 0), len(line)-width))
	}
	to := min(from+width, len(line))
	out := Excerpt{Text: string(line[from:to])}
	shift := -from
	if from > 0 {
		out.Text, shift = "…"+out.Text, shift+1
	}
	if to < len(line) {
		out.Text += "…"
	}
	for _, m := range marks {
		if m.Start >= from && m.Start < to {
			out.Marks = append(out.Marks, Range{Start: m.Start + shift, End: min(m.End, to) + shift})
		}
	}
	return out
}

// wordStart moves a cut to the beginning of a word, where one is near.
func wordStart(line []rune, at int) int {
	for i := at; i > 0 && i > at-lead/2; i-- {
		if line[i-1] == ' ' {
			return i
		}
	}
	return at
}

func runes(text string) int { return utf8.RuneCountInString(text) }
