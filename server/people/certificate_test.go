package people_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// A certificate is known again by a server that has nothing left but its keys, whatever its clock says.
func TestACertificateOutlivesTheDevicesThatAServerKnows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	next, _, err := h.refresh(p.tokens.Refresh, p.key, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	h.tx(t, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(context.Background(), "DELETE FROM family; DELETE FROM device_key")
		return err
	})
	again := openHouse(t, h.path)
	for name, certificate := range map[string]string{"at the enrolment": p.tokens.Certificate, "with new tokens": next.Certificate} {
		got, ours, err := again.ReadCertificate(certificate)
		if err != nil || !ours || got.Actor != p.actor || !got.Key.Equal(p.key.Public()) {
			t.Errorf("the one that came %s: %+v, %v, %v", name, got, ours, err)
		}
	}
}

func TestACertificateIsNotForged(t *testing.T) {
	t.Parallel()
	h, elsewhere := newHouse(t), newHouse(t)
	p := h.enrol(t, noon)
	good := strings.Split(p.tokens.Certificate, ".")
	other := strings.Split(h.enrol(t, noon).tokens.Certificate, ".")
	f := newForger(t, h)
	claims := jwt.MapClaims{"iss": "tsugi", "sub": p.actor.Person.String(), "typ": "certificate", "device": p.actor.Device.String(), "key": make([]byte, 32)}
	if _, ours, err := h.ReadCertificate(f.sign(t, jwt.SigningMethodEdDSA, h.Keys().Signing, claims, f.kid)); err != nil || !ours {
		t.Fatalf("the forger's good one, without which nothing below proves anything: %v", err)
	}
	_, thief, _ := ed25519.GenerateKey(nil)
	without := func(claim string) string {
		c := jwt.MapClaims{}
		for k, v := range claims {
			if k != claim {
				c[k] = v
			}
		}
		return f.sign(t, jwt.SigningMethodEdDSA, h.Keys().Signing, c, f.kid)
	}
	for name, text := range map[string]string{
		"empty": "", "garbage": "garbage", "an access token": p.tokens.Access, "a refresh token": p.tokens.Refresh,
		"another's claims": good[0] + "." + other[1] + "." + good[2], "no signature": good[0] + "." + good[1] + ".",
		"huge":                   p.tokens.Certificate + strings.Repeat("A", 1<<20),
		"signed by somebody":     f.sign(t, jwt.SigningMethodEdDSA, thief, claims, f.kid),
		"signed with a password": f.sign(t, jwt.SigningMethodHS256, []byte(h.Keys().Signing.Public().(ed25519.PublicKey)), claims, f.kid),
		"of nobody":              without("sub"), "of no device": without("device"), "without a key": without("key"), "of no type": without("typ"), "by nobody": without("iss"),
	} {
		if got, ours, err := h.ReadCertificate(text); ours || !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %+v, %v, %v", name, got, ours, err)
		}
	}
	if _, ours, err := elsewhere.ReadCertificate(p.tokens.Certificate); ours || err != nil {
		t.Errorf("another server takes it for its own, %v: %v", ours, err)
	}
	if _, err := h.Verify(p.tokens.Certificate, noon); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("it lets in by itself: %v", err)
	}
}

func TestCodesFollowWhoSomebodyTurnedOutToBe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	invited, is, other := id.New[id.Person](), id.New[id.Person](), id.New[id.Person]()
	code, others := h.invite(t, invited, id.Person{}, noon), h.invite(t, other, id.Person{}, noon)
	h.tx(t, func(tx *sql.Tx) error { return h.Reassign(context.Background(), tx, invited, is) })
	if got, err := h.redeem(code, "here", noon); err != nil || got.Person != is {
		t.Errorf("the code is for %s, want %s: %v", got.Person, is, err)
	}
	if got, err := h.redeem(others, "here", noon); err != nil || got.Person != other {
		t.Errorf("another's code is for %s: %v", got.Person, err)
	}
}
