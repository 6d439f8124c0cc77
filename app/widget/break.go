package widget

import (
	"slices"
	"strings"
	"unicode/utf8"
)

type piece struct {
	Span
	x float32
}

type line struct {
	pieces []piece
	width  float32
	size   float32 // of its largest words
	hard   bool    // ended by whoever wrote it, not for lack of room
}

func (l line) tall(leading float32) float32 { return max(leading, ceil((ascent+descent)*l.size)) }

// breakLines lays spans out in lines no wider than width. A word that is wider than a line is broken
// where it has to be: people paste addresses and hashes.
func breakLines(spans []Span, width float32) []line {
	b := breaker{limit: max(width, 1)}
	for _, s := range spans {
		b.cur.size = max(b.cur.size, s.Style.Size)
		for i, part := range strings.Split(s.Words, "\n") {
			if i > 0 {
				b.cur.hard = true
				b.newLine(s.Style.Size)
			}
			b.words(part, Span{Style: s.Style, Link: s.Link})
		}
	}
	b.newLine(0)
	return b.done
}

type breaker struct {
	limit float32
	cur   line
	done  []line
}

func (b *breaker) newLine(size float32) {
	b.cur.width += b.behind()
	b.done = append(b.done, b.cur)
	b.cur = line{size: size}
}

// mostGlued is how many bytes of a word without spaces are measured at once: the time that measuring
// takes would otherwise grow with the square.
const mostGlued = 512

func (b *breaker) words(text string, like Span) {
	for text != "" {
		end := strings.IndexByte(text, ' ')
		if end < 0 {
			end = len(text)
		}
		for end < len(text) && text[end] == ' ' {
			end++
		}
		word, glued := text[:end], false
		for len(word) > mostGlued {
			cut := mostGlued
			for cut > 1 && !utf8.RuneStart(word[cut]) {
				cut--
			}
			b.word(word[:cut], like, glued)
			word, glued = word[cut:], true
		}
		b.word(word, like, glued)
		text = text[end:]
	}
}

// word appends one word. Glued is what goes on with the word before it, which fills its line.
func (b *breaker) word(word string, like Span, glued bool) {
	style := like.Style
	bare := style.measure(strings.TrimRight(word, " ")) // spaces may reach beyond the line
	if !glued && b.cur.width > 0 && b.cur.width+bare+b.pads(like) > b.limit {
		held := b.hold()
		b.newLine(style.Size)
		for _, h := range held {
			b.put(h.Words, h)
		}
	}
	for b.cur.width+bare+b.pads(like) > b.limit && utf8.RuneCountInString(word) > 1 {
		head := fitting(word, b.limit-b.cur.width-b.pads(like), style)
		b.put(head, like)
		b.newLine(style.Size)
		word = word[len(head):]
		bare = style.measure(strings.TrimRight(word, " "))
	}
	b.put(word, like)
}

// hold takes back what stands at the end of the line without a space behind it, because it belongs to
// the word that comes: an opening quotation mark, or the beginning of a word in other styles.
func (b *breaker) hold() []Span {
	var held []Span
	width, cut, at := float32(0), len(b.cur.pieces), 0
	for ; cut > 0 && at == 0; cut-- {
		last := b.cur.pieces[cut-1]
		if at = strings.LastIndexByte(last.Words, ' ') + 1; at == len(last.Words) {
			at = 0
			break
		}
		held = append(held, Span{Words: last.Words[at:], Style: last.Style, Link: last.Link})
		width += last.Style.measure(last.Words[at:])
	}
	if len(held) == 0 || cut == 0 && at == 0 || width > b.limit/2 {
		return nil
	}
	if first := &b.cur.pieces[cut]; at > 0 {
		b.cur.width = first.x + first.Style.measure(first.Words[:at])
		first.Words = first.Words[:at]
		cut++
	} else {
		b.cur.width = first.x - first.Style.pad()
	}
	b.cur.pieces = b.cur.pieces[:cut]
	slices.Reverse(held)
	return held
}

// put appends to the line, joining what has the same style into one drawn text.
func (b *breaker) put(word string, like Span) {
	width := like.Style.measureWord(word)
	if b.joins(like) {
		b.cur.pieces[len(b.cur.pieces)-1].Words += word
	} else {
		x := b.cur.width + b.behind() + like.Style.pad()
		b.cur.pieces = append(b.cur.pieces, piece{Span: Span{Words: word, Style: like.Style, Link: like.Link}, x: x})
		b.cur.width = x
	}
	b.cur.width += width
	b.cur.size = max(b.cur.size, like.Style.Size)
}

// joins reports whether what comes goes on in the style of what is there.
func (b *breaker) joins(like Span) bool {
	n := len(b.cur.pieces)
	return n > 0 && b.cur.pieces[n-1].Style == like.Style && b.cur.pieces[n-1].Link == like.Link
}

// pads is the room that the grounds of the line's end and of what comes take beside their words.
func (b *breaker) pads(like Span) float32 {
	if b.joins(like) {
		return like.Style.pad()
	}
	return b.behind() + 2*like.Style.pad()
}

// behind is the room that the ground at the line's end takes behind its words.
func (b *breaker) behind() float32 {
	if n := len(b.cur.pieces); n > 0 {
		return b.cur.pieces[n-1].Style.pad()
	}
	return 0
}

// fitting returns the longest beginning of word, one rune at least, that is no wider than limit.
func fitting(word string, limit float32, style Style) string {
	_, end := utf8.DecodeRuneInString(word)
	width := style.measure(word[:end])
	for end < len(word) {
		_, n := utf8.DecodeRuneInString(word[end:])
		if width += style.measure(word[end : end+n]); width > limit {
			break
		}
		end += n
	}
	if next, _ := utf8.DecodeRuneInString(word[end:]); strings.ContainsRune(closing, next) {
		if _, n := utf8.DecodeLastRuneInString(word[:end]); n < end {
			end -= n // a line does not begin with what closes a sentence
		}
	}
	return word[:end]
}

// closing is what never begins a line in Chinese and Japanese, where sentences have no spaces.
const closing = "。，、．：；！？」』）】》〉”’…"
