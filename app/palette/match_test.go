package palette_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/palette"
)

func TestCommandsAreFoundByPartsOfTheirWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, words string
		want         bool
	}{
		{"", "Declare an incident", true},
		{"dec", "Declare an incident", true},
		{"INCI dec", "Declare an incident", true},
		{"cla", "Declare an incident", true},
		{"gtb", "Go to the board", true},
		{"ärz", "Ärzte rufen", true},
		{"board go", "Go to the board", true},
		{"ob", "Text larger", false},
		{"dec x", "Declare an incident", false},
		{"oto", "Go to the board", false}, // letters out of a word's middle are chance
		{"\xff", "Go to the board", false},
	} {
		if _, _, ok := palette.Match(c.typed, c.words); ok != c.want {
			t.Errorf("%q in %q was %v, want %v", c.typed, c.words, ok, c.want)
		}
	}
}

func TestTheBeginningOfAWordIsWorthMoreThanItsMiddleAndThatMoreThanScatteredLetters(t *testing.T) {
	t.Parallel()
	former := 1 << 20
	for _, words := range []string{"Text larger", "Show the text", "Context", "To each exit"} {
		score, _, ok := palette.Match("te", words)
		if !ok || score >= former {
			t.Errorf("%q has the score %d, %v; want less than %d", words, score, ok, former)
		}
		former = score
	}
}

func TestTheFoundLettersAreMarked(t *testing.T) {
	t.Parallel()
	_, marked, _ := palette.Match("gtb", "Go to board")
	got := ""
	for i, r := range []rune("Go to board") {
		if marked[i] {
			got += string(r)
		}
	}
	if got != "Gtb" {
		t.Errorf("marked was %q, want %q", got, "Gtb")
	}
}

func FuzzMatchTakesAnything(f *testing.F) {
	f.Add("dec", "Declare")
	f.Add("İ", "İstanbul")
	f.Fuzz(func(t *testing.T, typed, words string) {
		if _, marked, ok := palette.Match(typed, words); ok && len(marked) != len([]rune(words)) {
			t.Errorf("%d marks for %d runes", len(marked), len([]rune(words)))
		}
	})
}
