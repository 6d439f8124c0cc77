package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Token is a word of a text, as it is compared, and where it stands.
type Token struct {
	Word       string // small letters without accents
	Start, End int    // in runes, half open
	bare       bool   // the last sign of a script without spaces, alone
}

// Tokens returns the words of a text in order.
//
// Chinese, Japanese and Korean are written without spaces, or with endings that hide a word: there
// every two neighbouring signs are a word, and so is the last sign of a run alone. "東京都" is 東京, 京都
// and 都. Any part of two signs or more is then found as consecutive words, and a single sign as the
// beginning of a pair or as the last one.
func Tokens(text string) []Token {
	s := scan{at: -1}
	for _, r := range text {
		switch {
		case unspaced(r):
			s.endWord()
			s.sign(r)
		case inWord(r):
			s.endRun()
			s.letter(r)
		default:
			s.endWord()
			s.endRun()
		}
		s.pos++
	}
	s.endWord()
	s.endRun()
	return s.out
}

// scan is how far a text has been cut into words.
type scan struct {
	out  []Token
	pos  int             // in runes
	at   int             // where the present word began; -1 outside of words
	word strings.Builder // so far, folded
	last rune            // the sign before, within a run; 0 outside of runs
}

func (s *scan) letter(r rune) {
	if s.at < 0 {
		s.at = s.pos
	}
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		s.word.WriteByte(byte(r))
		return
	}
	var raw [utf8.UTFMax]byte
	for _, part := range string(norm.NFKD.Bytes(raw[:utf8.EncodeRune(raw[:], r)])) {
		if inWord(part) && !accent(part) {
			s.word.WriteRune(unicode.ToLower(part))
		}
	}
}

func (s *scan) endWord() {
	if s.at >= 0 && s.word.Len() > 0 {
		s.out = append(s.out, Token{Word: s.word.String(), Start: s.at, End: s.pos})
	}
	s.word.Reset()
	s.at = -1
}

func (s *scan) sign(r rune) {
	if s.last != 0 {
		s.out = append(s.out, Token{Word: string([]rune{s.last, r}), Start: s.pos - 1, End: s.pos + 1})
	}
	s.last = r
}

func (s *scan) endRun() {
	if s.last != 0 {
		s.out = append(s.out, Token{Word: string(s.last), Start: s.pos - 1, End: s.pos, bare: true})
	}
	s.last = 0
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.Co, unicode.Mn, unicode.Mc)
}

// accent reports a mark that people leave out when they search.
func accent(r rune) bool { return 0x300 <= r && r <= 0x36f }

// unspaced reports a sign of a script in which spaces do not part words.
func unspaced(r rune) bool {
	return r >= 0x1100 && r != 0xff9e && r != 0xff9f &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) || r == 'ー'
}

// Indexed returns a text as the index is given it: its words, parted by spaces. Plain ASCII is left as it
// is, because every index cuts that in the same way.
func Indexed(text string) string {
	if ascii(text) {
		return text
	}
	var out strings.Builder
	for _, t := range Tokens(text) {
		out.WriteString(t.Word)
		out.WriteByte(' ')
	}
	return out.String()
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// termOf returns the words of what was typed, to be found one behind the other. It is false when there
// are none. A single sign of a script without spaces may always go on.
func termOf(text string, prefix bool) (Term, bool) {
	var t Term
	tokens := Tokens(text)
	for i, token := range tokens {
		if token.bare && i > 0 && i == len(tokens)-1 && tokens[i-1].End == token.End {
			break // the pair before it has it, and the run may go on
		}
		t.Words = append(t.Words, token.Word)
		t.Prefix = prefix || token.bare
	}
	return t, len(t.Words) > 0
}
