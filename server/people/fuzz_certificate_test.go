package people_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// FuzzCertificate shows a server what no server has signed: whatever it is, it is either foreign or refused, and never one's
// own, unless it is the one certificate that was given out.
func FuzzCertificate(f *testing.F) {
	const claims = "eyJpc3MiOiJ0c3VnaSIsInR5cCI6ImNlcnRpZmljYXRlIn0"
	for _, seed := range []string{
		"", "..", "eyJhbGciOiJub25lIn0." + claims + ".", "eyJhbGciOiJFZERTQSIsImtpZCI6IngifQ." + claims + ".AA",
		"eyJhbGciOiJIUzI1NiJ9." + claims + ".AAAA", strings.Repeat("A", 5000),
	} {
		f.Add(seed)
	}
	h := fuzzHouse(f)
	f.Fuzz(func(t *testing.T, text string) {
		c, ours, err := h.ReadCertificate(text)
		if ours || err != nil && !fault.Is(err, fault.Denied) {
			t.Fatalf("%q was met with %+v, %v, %v", text, c, ours, err)
		}
		if !c.Actor.Person.IsZero() || len(c.Key) > ed25519.PublicKeySize {
			t.Fatalf("%q was not taken and says %+v", text, c)
		}
	})
}
