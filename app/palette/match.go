package palette

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/tsugi-app/tsugi/app/present"
)

// What a word that was typed is worth, by how it lies in the words of a command.
const (
	wholeWord  = 100 // begins one of its words
	withinWord = 60  // lies within one
	scattered  = 20  // its letters follow each other, with others between them
)

// Match says how well words answer what was typed, and which of their runes did. Every word that was
// typed must be found; it is false otherwise. Nothing typed matches everything.
func Match(typed, words string) (score int, marked []bool, ok bool) {
	signs := []rune(strings.ToLower(words))
	marked = make([]bool, len([]rune(words)))
	if len(signs) != len(marked) { // a script whose small letters are counted otherwise
		signs = []rune(words)
	}
	for term := range strings.FieldsSeq(strings.ToLower(typed)) {
		worth, at := find([]rune(term), signs)
		if at == nil {
			return 0, nil, false
		}
		score += worth
		for _, i := range at {
			marked[i] = true
		}
	}
	return score, marked, true
}

// find returns what a term is worth in signs and which of them it took, or nil.
func find(term, signs []rune) (worth int, at []int) {
	for i := 0; i+len(term) <= len(signs); i++ {
		if !slices.Equal(signs[i:i+len(term)], term) {
			continue
		}
		if begins(signs, i) {
			return wholeWord - min(i, wholeWord-withinWord-1), spread(i, len(term))
		}
		if worth == 0 {
			worth, at = withinWord-min(i, withinWord-scattered-1), spread(i, len(term))
		}
	}
	if worth > 0 {
		return worth, at
	}
	return follow(term, signs)
}

// follow takes the letters of term one after the other; the first begins a word.
func follow(term, signs []rune) (worth int, at []int) {
	for start := range signs {
		if signs[start] != term[0] || !begins(signs, start) {
			continue
		}
		at = at[:0]
		for i := start; i < len(signs) && len(at) < len(term); i++ {
			if signs[i] == term[len(at)] {
				at = append(at, i)
			}
		}
		if len(at) == len(term) {
			return max(scattered-(at[len(at)-1]-start-len(term)), 1), at
		}
	}
	return 0, nil
}

func begins(signs []rune, i int) bool {
	return i == 0 || !unicode.IsLetter(signs[i-1]) && !unicode.IsDigit(signs[i-1])
}

func spread(from, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = from + i
	}
	return out
}

// Names reports whether every word that was typed begins one of words: whoever typed them means that, and no guess is needed.
func Names(typed, words string) bool {
	signs := []rune(strings.ToLower(words))
	for term := range strings.FieldsSeq(strings.ToLower(typed)) {
		_, at := find([]rune(term), signs)
		if at == nil || !begins(signs, at[0]) || at[len(at)-1]-at[0] != len(at)-1 {
			return false
		}
	}
	return true
}

// hit is a command that answers what was typed.
type hit struct {
	Command
	pieces []present.Piece
	score  int
	named  bool // by the beginnings of its words
}

// rank returns the commands that answer what was typed, the best first; equals keep their order. A grave one answers only
// to the beginnings of its words.
func rank(typed string, commands []Command) []hit {
	var out []hit
	for _, c := range commands {
		score, marked, ok := Match(typed, c.Words+" "+c.Also)
		named := Names(typed, c.Words+" "+c.Also)
		if ok && (named || !c.Grave) {
			out = append(out, hit{c, pieces(c.Words, marked[:len([]rune(c.Words))]), score, named})
		}
	}
	slices.SortStableFunc(out, func(a, b hit) int { return cmp.Or(order(b.named)-order(a.named), b.score-a.score) })
	return out
}

func order(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// pieces cuts words where marks begin and end.
func pieces(words string, marked []bool) []present.Piece {
	var out []present.Piece
	for i, r := range []rune(words) {
		if n := len(out); n == 0 || out[n-1].Marked != marked[i] {
			out = append(out, present.Piece{Marked: marked[i]})
		}
		out[len(out)-1].Text += string(r)
	}
	return out
}
