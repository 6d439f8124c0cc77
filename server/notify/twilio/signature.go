package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as Twilio does
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
)

// genuine reports whether Twilio signed a request to an address with these values in its body, by the rules of
// https://www.twilio.com/docs/usage/security: HMAC-SHA1 by the auth token, over the address and all names and values in order. Twilio is not
// of one mind about whether the port belongs to the address, so both are taken.
func genuine(token, address string, form url.Values, signature string) bool {
	good := 0
	for _, form := range addresses(address, form) {
		mac := hmac.New(sha1.New, []byte(token))
		mac.Write([]byte(form))
		want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		good |= subtle.ConstantTimeCompare([]byte(want), []byte(signature))
	}
	return good == 1 && token != ""
}

// addresses returns what may have been signed.
func addresses(address string, form url.Values) []string {
	var said strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			said.WriteString(name + value)
		}
	}
	tail := said.String()
	out := []string{address + tail}
	u, err := url.Parse(address)
	if err != nil {
		return out
	}
	port := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if u.Port() == "" && port != "" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
	} else {
		u.Host = u.Hostname()
	}
	return append(out, u.String()+tail)
}
