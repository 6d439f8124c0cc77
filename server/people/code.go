package people

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"unicode"
)

// crockford is Crockford's alphabet: no I, L, O or U, so that a code survives being read aloud.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is 8 letters of 5 bits: 40 bits, which five tries in ten minutes cannot guess.
const codeLength = 8

// newCode returns a fresh code as people read it: 7KQM-2XWD.
func newCode() string {
	letters := base32.NewEncoding(crockford).WithPadding(base32.NoPadding).EncodeToString(random(codeLength * 5 / 8))
	return letters[:codeLength/2] + "-" + letters[codeLength/2:]
}

// hashCode returns the hash under which a code is stored. It is false for what can be no code. Case,
// white space and hyphens of all sorts do not matter; O reads as 0, I and L read as 1.
func hashCode(typed string) ([]byte, bool) {
	if len(typed) > 16*codeLength {
		return nil, false
	}
	letters := strings.Map(plain, typed)
	if len(letters) != codeLength || strings.Trim(letters, crockford) != "" {
		return nil, false
	}
	sum := sha256.Sum256([]byte(letters))
	return sum[:], true
}

// plain returns the letter of the alphabet that was meant, or -1 for what only separates.
func plain(r rune) rune {
	switch r = unicode.ToUpper(r); {
	case r == 'O':
		return '0'
	case r == 'I', r == 'L':
		return '1'
	case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), r == '\u00AD', r == '\u2212':
		return -1
	default:
		return r
	}
}
