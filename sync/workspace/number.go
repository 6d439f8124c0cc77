package workspace

import (
	"strings"
	"unicode"
)

// Limits of a telephone number, in digits, as ITU-T E.164 has them. No country has shorter ones that are called from abroad.
const (
	minDigits = 7
	maxDigits = 15
)

// NormalNumber returns a telephone number as it is stored and dialled, in the form of E.164: +491701234567. It takes what people
// write: spaces, hyphens, dots, slashes and brackets, 00 for the plus, and the (0) that is dialled within a country alone. problem
// says what is wrong with any other, without repeating it: a number is a secret.
func NormalNumber(typed string) (number, problem string) {
	typed = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(typed, "(0)", ""), "( 0 )", ""))
	digits := strings.Map(dialled, typed)
	if rest, abroad := strings.CutPrefix(digits, "00"); abroad {
		digits = "+" + rest
	}
	plain, abroad := strings.CutPrefix(digits, "+")
	switch {
	case typed == "":
		return "", "is empty"
	case strings.Trim(plain, "0123456789") != "":
		return "", "has signs that no telephone has"
	case !abroad:
		return "", "begins with the code of its country, like +49 or +1"
	case strings.HasPrefix(plain, "0"):
		return "", "has a code of a country that begins with 0; none does"
	case len(plain) < minDigits:
		return "", "is too short"
	case len(plain) > maxDigits:
		return "", "is too long; a number has at most 15 digits"
	}
	return "+" + plain, ""
}

// dialled returns the digit that was meant, or -1 for what only separates.
func dialled(r rune) rune {
	switch {
	case r >= '０' && r <= '９': // as East Asian keyboards write them
		return r - '０' + '0'
	case r == '＋':
		return '+'
	case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r), strings.ContainsRune(".·/()", r), r == '\u2212':
		return -1
	default:
		return r
	}
}
