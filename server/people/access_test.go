package people_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestAccessLastsTenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	if p.tokens.ExpiresIn != 10*time.Minute {
		t.Errorf("it says that it lasts %s", p.tokens.ExpiresIn)
	}
	for range 2 { // the second time from memory
		got, err := h.Verify(p.tokens.Access, noon)
		if err != nil {
			t.Fatal(err)
		}
		if got.Actor != p.actor {
			t.Errorf("it is the token of %v, want %v", got.Actor, p.actor)
		}
		if want := noon.Add(people.AccessLife).Truncate(time.Second); !got.Expires.Equal(want) {
			t.Errorf("it expires at %s, want %s", got.Expires, want)
		}
	}
	if _, err := h.Verify(p.tokens.Access, noon.Add(people.AccessLife-time.Second)); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	for range 2 {
		_, err := h.Verify(p.tokens.Access, noon.Add(people.AccessLife))
		wantKind(t, err, fault.Unauthenticated)
	}
	_, err := openHouse(t, h.path).Verify(p.tokens.Access, noon.Add(people.AccessLife)) // not from memory
	wantKind(t, err, fault.Unauthenticated)
}

// forger makes tokens that are right but for one thing.
type forger struct {
	house *house
	kid   string
	actor id.Actor
}

func newForger(t *testing.T, h *house) forger {
	t.Helper()
	p := h.enrol(t, noon)
	token, _, err := jwt.NewParser().ParseUnverified(p.tokens.Access, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	kid, _ := token.Header["kid"].(string)
	return forger{house: h, kid: kid, actor: p.actor}
}

func (f forger) claims() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": "tsugi", "aud": "tsugi-client", "typ": "access", "sub": f.actor.Person.String(),
		"device": f.actor.Device.String(), "jti": "1", "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
	}
}

func (f forger) sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims, kid any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = kid
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryDefectOfATokenIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := newForger(t, h)
	ours := h.Keys().Signing
	if _, err := h.Verify(f.sign(t, jwt.SigningMethodEdDSA, ours, f.claims(), f.kid), noon); err != nil {
		t.Fatalf("the forger's good token, without which nothing below proves anything: %v", err)
	}
	for name, change := range map[string]struct {
		claim string
		value any // nil leaves the claim out
	}{
		"another issuer": {"iss", "else"}, "no issuer": {"iss", nil}, "issuer of another type": {"iss", 7},
		"another audience": {"aud", "tsugi-server"}, "no audience": {"aud", nil}, "audiences without ours": {"aud", []string{"a", "b"}},
		"another type": {"typ", "refresh"}, "no type": {"typ", nil},
		"no expiry": {"exp", nil}, "expired": {"exp", noon.Add(-time.Second).Unix()}, "expires now": {"exp", noon.Unix()},
		"expiry as text": {"exp", "tomorrow"}, "issued in the future": {"iat", noon.Add(10 * time.Second).Unix()},
		"no time of issue": {"iat", nil}, "not good yet": {"nbf", noon.Add(time.Minute).Unix()}, "no id": {"jti", nil},
		"no person": {"sub", nil}, "a person's name": {"sub", "Mika"}, "no device": {"device", nil}, "no UUID": {"device", "x"},
	} {
		claims := f.claims()
		claims[change.claim] = change.value
		if change.value == nil {
			delete(claims, change.claim)
		}
		_, err := h.Verify(f.sign(t, jwt.SigningMethodEdDSA, ours, claims, f.kid), noon)
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEverySignatureButOursIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := newForger(t, h)
	ours := h.Keys().Signing
	public := []byte(ours.Public().(ed25519.PublicKey))
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	good := f.sign(t, jwt.SigningMethodEdDSA, ours, f.claims(), f.kid)
	parts := strings.Split(good, ".")
	elevated := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"root"}`))
	for name, token := range map[string]string{
		"algorithm none":            f.sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, f.claims(), f.kid),
		"HS256 with our public key": f.sign(t, jwt.SigningMethodHS256, public, f.claims(), f.kid),
		"another key":               f.sign(t, jwt.SigningMethodEdDSA, other, f.claims(), f.kid),
		"another key's name":        f.sign(t, jwt.SigningMethodEdDSA, ours, f.claims(), "0123456789abcdef"),
		"no key's name":             f.sign(t, jwt.SigningMethodEdDSA, ours, f.claims(), nil),
		"a number for a name":       f.sign(t, jwt.SigningMethodEdDSA, ours, f.claims(), 7),
		"another server":            newHouse(t).enrol(t, noon).tokens.Access,
		"no signature":              parts[0] + "." + parts[1] + ".",
		"half a signature":          good[:len(good)-43],
		"other claims":              parts[0] + "." + elevated + "." + parts[2],
		"two parts":                 parts[0] + "." + parts[1],
		"four parts":                good + ".x",
		"empty":                     "",
		"blanks":                    "  ",
		"not base64":                "%.%.%",
		"not JSON":                  "eA.eA.eA",
		"huge":                      good + strings.Repeat("A", 1<<20),
		"a refresh token":           h.enrol(t, noon).tokens.Refresh,
	} {
		if _, err := h.Verify(token, noon); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, seed := range []string{"", "..", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJFZERTQSIsImtpZCI6bnVsbH0.bnVsbA.AA"} {
		f.Add(seed)
	}
	h := fuzzHouse(f)
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := h.Verify(token, noon); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q was met with %v", token, err)
		}
	})
}
