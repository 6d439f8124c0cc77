package people

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// certificateType tells a certificate from an access token, which the same key signs.
const certificateType = "certificate"

// Certificate says that this server let a device with this key in, as a person's. The device keeps it, so that a server
// that was restored to a time before it can know it nevertheless. It lets nobody in: the device may have been shut out
// since.
type Certificate struct {
	Actor id.Actor
	Key   ed25519.PublicKey
}

// deed is what a certificate says.
type deed struct {
	jwt.RegisteredClaims
	Type   string `json:"typ"`
	Device string `json:"device"`
	Key    []byte `json:"key"`
}

// Validate checks what the library does not; it calls this for every token.
func (d *deed) Validate() error {
	switch {
	case d.Type != certificateType:
		return fmt.Errorf("the token is of type %q", d.Type)
	case len(d.Key) != ed25519.PublicKeySize:
		return fmt.Errorf("the key has %d bytes", len(d.Key))
	}
	return nil
}

// certify returns c signed. No time of running out is in it: nobody knows when a server will be restored.
func (k keyring) certify(c Certificate, now time.Time) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, &deed{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: c.Actor.Person.String(), IssuedAt: jwt.NewNumericDate(now),
		},
		Type: certificateType, Device: c.Actor.Device.String(), Key: c.Key,
	})
	token.Header["kid"] = k.kid
	text, err := token.SignedString(k.Signing)
	if err != nil {
		return "", fmt.Errorf("sign certificate: %w", err)
	}
	return text, nil
}

// ReadCertificate returns what a certificate says. It is false for one of another server, and a Denied fault for one
// that is not as a server has made it. Whoever shows one must also show that they hold its key.
func (s *Store) ReadCertificate(text string) (c Certificate, ours bool, err error) {
	if len(text) > maxAccess {
		return c, false, BadCertificate(errors.New("it is too long"))
	}
	// When it was issued is not looked at: a restored server's clock may be behind.
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(), jwt.WithIssuer(issuer))
	var d deed
	if _, err := parser.ParseWithClaims(text, &d, s.keys.publicKey); errors.Is(err, jwt.ErrTokenUnverifiable) {
		return c, false, nil
	} else if err != nil {
		return c, false, BadCertificate(err)
	}
	c.Key = d.Key
	if c.Actor.Person, err = id.Parse[id.Person](d.Subject); err != nil {
		return c, false, BadCertificate(err)
	}
	if c.Actor.Device, err = id.Parse[id.Device](d.Device); err != nil {
		return c, false, BadCertificate(err)
	}
	return c, true, nil
}

// BadCertificate is the Denied fault of a certificate that is not as a server has made it, or that is another device's.
func BadCertificate(cause error) error {
	return fault.Wrap(fault.Denied, "This device cannot show who it belonged to before.", cause).
		WithAdvice("Nothing was changed, and what is on this device is kept.", "Take another data folder, and keep this one.")
}
