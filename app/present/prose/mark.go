package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// incidentMark is what the number of an incident begins with.
const incidentMark = "INC-"

// marked splits words as they were written into mentions, tags, incidents and what lies between.
func marked(words string, like Span, names Names) []Span {
	var out []Span
	from := 0
	for at := 0; at < len(words); {
		n, s := markAt(words, at, names)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(words[at:])
			at += n
			continue
		}
		out = plainly(out, words[from:at], like)
		s.Words, s.Bold, s.Italic, s.Strike = words[at:at+n], like.Bold, like.Italic, like.Strike
		out = append(out, s)
		at += n
		from = at
	}
	return plainly(out, words[from:], like)
}

// plainly appends words without their escapes.
func plainly(out []Span, words string, like Span) []Span {
	if words == "" {
		return out
	}
	if strings.IndexByte(words, '\\') >= 0 {
		words = string(util.UnescapePunctuations([]byte(words)))
	}
	like.Words = words
	return append(out, like)
}

// markAt returns how many bytes at a place are a mention, a tag or an incident, and which.
func markAt(words string, at int, names Names) (int, Span) {
	switch c := words[at]; {
	case c != '@' && c != '#' && c != 'I', !opens(words[:at]):
		return 0, Span{}
	case c == '@':
		if n, who := names.mention(words[at+1:]); n > 0 {
			return n + 1, Span{Kind: Mention, Who: who}
		}
	case c == '#':
		if tag := tagOf(words[at+1:]); tag != "" {
			return len(tag) + 1, Span{Kind: Tag, Target: tag}
		}
	default:
		if number := numberOf(words[at:]); number != "" {
			return len(incidentMark) + len(number), Span{Kind: Incident, Target: number}
		}
	}
	return 0, Span{}
}

// opens reports whether a mark may begin behind before: after a space or an opening sign, never within
// a word, an address or after a backslash.
func opens(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || unicode.IsSpace(r) || strings.ContainsRune("([{\"'“‘„«,;:!?。、（「—–/", r)
}

// tagOf returns the tag at the beginning of text; a number alone is none.
func tagOf(text string) string {
	tag := strings.TrimRight(text[:wordEnd(text)], ".-_")
	if strings.IndexFunc(tag, unicode.IsLetter) < 0 || len(tag) > maxWord {
		return ""
	}
	return tag
}

// numberOf returns the number of the incident that text begins with, or nothing.
func numberOf(text string) string {
	rest, is := strings.CutPrefix(text, incidentMark)
	if !is {
		return ""
	}
	number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if next, _ := utf8.DecodeRuneInString(rest[len(number):]); unicode.IsLetter(next) || next == '_' {
		return ""
	}
	if number == "" || number[0] == '0' || len(number) > 9 {
		return ""
	}
	return number
}
