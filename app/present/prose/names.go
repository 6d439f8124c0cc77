package prose

import (
	"strings"
	"unicode"
)

// Names is who can be mentioned, by the name as Key writes it.
type Names map[string]Who

// mostWords is how many words of a name are looked up after an @.
const mostWords = 4

// Key returns the one form in which a name is looked up: "Ada Sample", "ada.sample" and "AdaSample"
// are the same.
func Key(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// mention returns how many bytes of text, which stands behind an @, are a known name, and whose. Of
// several the longest is meant: @Ada Sample, not @Ada.
func (n Names) mention(text string) (int, Who) {
	if len(n) == 0 {
		return 0, Who{}
	}
	best, who, at := 0, Who{}, 0
	for range mostWords {
		end := at + wordEnd(text[at:])
		if end == at {
			break
		}
		name := strings.TrimRight(text[:end], ".-_")
		if w, known := n[Key(name)]; known {
			best, who = len(name), w
		}
		if end == len(text) || text[end] != ' ' {
			break
		}
		at = end + 1
	}
	return best, who
}

// maxWord bounds what is looked at: no name, tag or number is longer.
const maxWord = 128

// wordEnd returns where the word at the beginning of text ends: letters, digits and what joins them.
func wordEnd(text string) int {
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(".-_", r) || i > maxWord {
			return i
		}
	}
	return len(text)
}
