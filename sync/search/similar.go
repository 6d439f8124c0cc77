package search

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Likeness says how much of one title other titles share. Rare words count more than common ones.
type Likeness struct {
	Terms  []Term
	Weight []float64 // of each term
	Least  float64   // how much of the whole weight has to be shared, 0 to 1
}

// likeLeast is how much of a title has to be shared to be called similar: one rare word of two or three.
const likeLeast = 0.34

// termsMost is how many words of a title are compared.
const termsMost = 12

// wordless are the words of English, and of saying that something is wrong, that make no two incidents alike.
const wordless = " the and for with not are was has have had its from this that into but all any can our out you your they them there " +
	"some something wrong down broken fails failing failed fail error errors issue issues problem problems incident outage slow does work working since again "

// TitleTerms returns the words of a title by which others are compared, each once. Words of one or two letters are none, nor
// are those that every incident is described with. The last one may be unfinished.
func TitleTerms(title string) []Term {
	var out []Term
	tokens := Tokens(title)
	for i, token := range tokens {
		short := utf8.RuneCountInString(token.Word) < 3 && len(token.Word) < 6
		if token.bare || short || strings.Contains(wordless, " "+token.Word+" ") || len(out) == termsMost {
			continue
		}
		t := Term{Words: []string{token.Word}, Prefix: i == len(tokens)-1}
		if !slices.ContainsFunc(out, func(have Term) bool { return have.Words[0] == token.Word }) {
			out = append(out, t)
		}
	}
	return out
}

// Weigh returns the likeness to a title with these terms, when of all titles there are so many, and counts of them have
// each term. A word that no title has counts like a rare one: what it says is said nowhere.
func Weigh(terms []Term, all int, counts []int) Likeness {
	l := Likeness{Terms: terms, Least: likeLeast}
	for _, n := range counts {
		l.Weight = append(l.Weight, math.Log(1+float64(all+1)/float64(max(n, 1))))
	}
	return l
}

// Share returns how much of the weight the other title has, and whether that makes it similar.
func (l Likeness) Share(title string) (share float64, similar bool) {
	tokens := Tokens(title)
	var got, whole float64
	for i, t := range l.Terms {
		whole += l.Weight[i]
		if len(t.find(tokens)) > 0 {
			got += l.Weight[i]
		}
	}
	if whole == 0 {
		return 0, false
	}
	return got / whole, got/whole >= l.Least
}
