package twilio

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// What one segment of an SMS holds: 160 characters of GSM 03.38, or 70 units of UTF-16 as soon as one character is not among them.
const (
	maxGSM     = 160
	maxUnicode = 70
)

// basic is the alphabet of GSM 03.38, and extended what takes two places in it.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
		"¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "\f^{}\\[~]|€"
)

// segment returns what whole makes of text, with so much cut off text's end that it fits one segment. Whole's own words must fit.
func segment(whole func(string) string, text string) string {
	runes := []rune(simple(text))
	out := simple(whole(string(runes)))
	for n := len(runes); n > 0 && !fits(out); {
		n = max(n-1, 0)
		out = simple(whole(strings.TrimSpace(string(runes[:n])) + "..."))
	}
	return out
}

// fits reports whether a text is sent as one segment.
func fits(text string) bool {
	places, units := 0, 0
	for _, r := range text {
		units += max(utf16.RuneLen(r), 1)
		switch {
		case strings.ContainsRune(basic, r):
			places++
		case strings.ContainsRune(extended, r):
			places += 2
		default:
			places = maxGSM + 1 + units // never again
		}
	}
	return places <= maxGSM || units <= maxUnicode
}

// simple returns text with what GSM 03.38 lacks replaced by what it has, where the eye hardly sees it: quotes, dashes, accents. Little
// pictures are left out: one would cost more than half of the text. Other alphabets stay as they are.
func simple(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		if known(r) {
			out.WriteRune(r)
			continue
		}
		out.WriteString(near(r))
	}
	return strings.TrimSpace(out.String())
}

func known(r rune) bool { return strings.ContainsRune(basic, r) || strings.ContainsRune(extended, r) }

// near returns what stands for a character that GSM 03.38 lacks.
func near(r rune) string {
	switch r {
	case '‘', '’', '‚', '‹', '›', '`', '´':
		return "'"
	case '“', '”', '„', '«', '»':
		return `"`
	case '–', '—', '‐', '‑', '−':
		return "-"
	case '…':
		return "..."
	case '·', '•':
		return "."
	case '→':
		return "->"
	case 'ł':
		return "l"
	case 'Ł':
		return "L"
	}
	switch {
	case unicode.IsSpace(r):
		return " "
	case unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Variation_Selector), unicode.IsControl(r), r == unicode.ReplacementChar:
		return ""
	}
	if base := []rune(norm.NFD.String(string(r)))[0]; known(base) {
		return string(base)
	}
	return string(r)
}
