package link_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/link"
)

// FuzzAddress types something where a server's address belongs. What is taken names a host by http or https, and is the same
// when it is typed again.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"", "localhost:7310", "tsugi.example.org/", "https://a.example:443/x", "ftp://a", "http://", "://", "[::1]:80", "a b", "http://a\nb", "javascript:alert(1)",
		"HTTPS://A", "a:b@c", "http://a?x#y", "火.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := link.Address(typed)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || got != "" {
				t.Fatalf("%q was met with %q, %v", typed, got, err)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(got, "\n\r\x00") {
			t.Fatalf("%q is taken as %q: %+v, %v", typed, got, u, err)
		}
		if again, err := link.Address(got); err != nil || again != got {
			t.Fatalf("%q is taken as %q, and that as %q, %v", typed, got, again, err)
		}
	})
}
