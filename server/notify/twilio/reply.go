package twilio

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxCode is how many digits a code has at most. Ours have four.
const maxCode = 8

// parse reads what somebody answered: "ACK 4711", "ack4711", just the code, or only "ok". A refusal is "NO 4711". It is false for what cannot
// be understood for certain, such as a whole message quoted back, in which both words stand: nobody is to acknowledge by mistake.
func parse(body string) (code string, cannot, ok bool) {
	var yes, no bool
	var codes []string
	for _, word := range wordsOf(body) {
		switch {
		case unicode.IsDigit(rune(word[0])):
			codes = append(codes, word)
		case slices.Contains([]string{"ack", "acknowledge", "acknowledged", "ok", "okay", "yes", "ja", "bestätigt"}, word):
			yes = true
		case slices.Contains([]string{"no", "not", "nein", "nicht", "cannot", "cant", "nack", "kann"}, word):
			no = true
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if yes && no || len(codes) > 1 || len(codes) == 0 && !yes && !no {
		return "", false, false
	}
	if len(codes) == 1 {
		code = codes[0]
	}
	return code, no, len(code) <= maxCode
}

// wordsOf returns the runs of letters and the runs of digits in a text, in small letters. Apostrophes are nothing: can't is cant.
func wordsOf(body string) []string {
	const most = 1600 // Twilio hands on no more
	if len(body) > most {
		body = strings.ToValidUTF8(body[:most], "")
	}
	body = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(norm.NFKC.String(body)))
	var out []string
	var kind int
	for _, r := range body {
		now := 0
		switch {
		case '0' <= r && r <= '9':
			now = 1
		case unicode.IsLetter(r):
			now = 2
		}
		if now != 0 && now == kind {
			out[len(out)-1] += string(r)
		} else if now != 0 {
			out = append(out, string(r))
		}
		kind = now
	}
	return out
}
