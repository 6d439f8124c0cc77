package workspace

import (
	"strings"
	"unicode"
)

// Channel is a way to reach somebody. The numbers are stored: they are only ever added to.
type Channel uint8

// The channels.
const (
	Push Channel = 1 // the device says itself that it has shown it
	SMS  Channel = 2
	Call Channel = 3
	Mail Channel = 4
)

// AllChannels returns every channel, in the order in which the usual rules try them.
func AllChannels() []Channel { return []Channel{Push, SMS, Call, Mail} }

// Tells reports whether whoever is reached through the channel sends a receipt by themselves.
func (c Channel) Tells() bool { return c == Push }

// Wakes reports whether the channel can be set up to wake somebody who sleeps.
func (c Channel) Wakes() bool { return c != Mail }

// Dials reports whether the channel goes to a telephone number.
func (c Channel) Dials() bool { return c == SMS || c == Call }

// Channels is a set of channels.
type Channels uint8

// ChannelsOf returns the set of some channels.
func ChannelsOf(channels ...Channel) Channels {
	var all Channels
	for _, c := range channels {
		all |= 1 << c
	}
	return all
}

// Has reports whether c is in the set.
func (s Channels) Has(c Channel) bool { return c < 8 && s>>c&1 == 1 }

// Without returns the set without c.
func (s Channels) Without(c Channel) Channels { return s &^ ChannelsOf(c) }

// List returns the channels of the set, in the order of AllChannels.
func (s Channels) List() []Channel {
	var out []Channel
	for _, c := range AllChannels() {
		if s.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

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
