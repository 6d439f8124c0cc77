package people

import (
	"log/slog"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Secret is text that only its owner and whoever sends something there may read: a telephone number, a mail address, a push token, a
// code. Printed or logged it is three dots; string(s) is what it says.
type Secret string

// String returns no more than that there is something.
func (Secret) String() string { return "…" }

// GoString is String for %#v.
func (Secret) GoString() string { return "…" }

// LogValue is String for logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String for whatever writes text of it, such as JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// maxMail is the longest mail address that there is (RFC 5321, 4.5.3.1.3, without its brackets).
const maxMail = 254

// NormalAddress returns an address of a kind as it is stored: a number in the form of E.164, or a mail address whose domain is in lower
// case. problem says what is wrong with any other, without repeating it.
func NormalAddress(kind reach.Channel, typed string) (address Secret, problem string) {
	switch {
	case kind.Dials():
		number, problem := workspace.NormalNumber(typed)
		return Secret(number), problem
	case kind == reach.Mail:
		return normalMail(strings.TrimSpace(typed))
	default:
		return "", "is of a kind that has no addresses"
	}
}

// normalMail takes the address alone, as it stands in an envelope: no name before it, and no comment.
func normalMail(typed string) (address Secret, problem string) {
	at := strings.LastIndexByte(typed, '@')
	switch {
	case typed == "":
		return "", "is empty"
	case at < 0:
		return "", "has no @"
	case len(typed) > maxMail:
		return "", "is too long; a mail address has at most 254 characters"
	case !utf8.ValidString(typed) || strings.ContainsAny(typed, " \t\r\n\v\f\x00,;<>\"()"):
		return "", "has signs that no mail address has"
	case !strings.Contains(strings.Trim(typed[at+1:], "."), ".") && typed[at+1:] != "localhost":
		return "", "has no whole domain behind the @, like example.com"
	}
	parsed, err := mail.ParseAddress(typed)
	if err != nil || parsed.Address != typed || parsed.Name != "" {
		return "", "is not written like a mail address"
	}
	return Secret(typed[:at+1] + strings.ToLower(typed[at+1:])), ""
}
