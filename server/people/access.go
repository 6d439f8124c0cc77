package people

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// AccessLife is how long an access token is good.
const AccessLife = 10 * time.Minute

const (
	issuer   = "tsugi"
	audience = "tsugi-client"
	// accessType tells an access token from anything else that the same key may sign one day.
	accessType = "access"
	// maxAccess is the longest text that is looked at; ours have some 400 bytes.
	maxAccess = 2048
	// leeway is how far apart the clocks of two servers on one database may be: what one has just issued is good at the other.
	leeway = 5 * time.Second
	// maxVerified is how many tokens at least are remembered as good.
	maxVerified = 8192
)

// Access is what a good access token stands for.
type Access struct {
	Actor   id.Actor
	Expires time.Time
}

// claims is what an access token says.
type claims struct {
	jwt.RegisteredClaims
	Type   string `json:"typ"`
	Device string `json:"device"`
}

// Validate checks what the library does not; it calls this for every token.
func (c *claims) Validate() error {
	switch {
	case c.Type != accessType:
		return fmt.Errorf("the token is of type %q", c.Type)
	case c.IssuedAt == nil:
		return errors.New("the token does not say when it was issued")
	case c.ID == "":
		return errors.New("the token has no id")
	}
	return nil
}

func (c *claims) access() (Access, error) {
	person, err := id.Parse[id.Person](c.Subject)
	if err != nil {
		return Access{}, fmt.Errorf("read subject: %w", err)
	}
	device, err := id.Parse[id.Device](c.Device)
	if err != nil {
		return Access{}, fmt.Errorf("read device: %w", err)
	}
	return Access{Actor: id.Actor{Person: person, Device: device}, Expires: c.ExpiresAt.UTC()}, nil
}

// sign returns a new access token for a.
func (k keyring) sign(a id.Actor, now time.Time) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, &claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: a.Person.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessLife)),
			ID: id.New[id.Command]().String(),
		},
		Type: accessType, Device: a.Device.String(),
	})
	token.Header["kid"] = k.kid
	text, err := token.SignedString(k.Signing)
	if err != nil {
		return "", fmt.Errorf("sign access token: %w", err)
	}
	return text, nil
}

// Verify returns whose access token this is. It fails with an Unauthenticated fault on one that is
// wrong in any way, has run out, or belongs to a device that is shut out. A good token is verified
// once and remembered until it runs out.
func (s *Store) Verify(token string, now time.Time) (Access, error) {
	if len(token) > maxAccess {
		return Access{}, badAccess(errors.New("the token is too long"))
	}
	key := sha256.Sum256([]byte(token))
	s.mu.RLock()
	got, known := s.verified.get(key)
	s.mu.RUnlock()
	if !known {
		var err error
		if got, err = s.keys.verify(token, now); err != nil {
			return Access{}, badAccess(err)
		}
		s.mu.Lock()
		s.verified.put(key, got)
		s.mu.Unlock()
	}
	if !now.Before(got.Expires) {
		return Access{}, badAccess(jwt.ErrTokenExpired)
	}
	if s.IsOut(got.Actor.Device) {
		return Access{}, shutOut(nil)
	}
	return got, nil
}

func (k keyring) verify(token string, now time.Time) (Access, error) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), // whoever calls this looks at the expiry himself
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	var c claims
	if _, err := parser.ParseWithClaims(token, &c, k.publicKey); err != nil {
		return Access{}, err
	}
	return c.access()
}

// publicKey returns the key that a token says it was signed with.
func (k keyring) publicKey(t *jwt.Token) (any, error) {
	kid, _ := t.Header["kid"].(string)
	key, ok := k.public[kid]
	if !ok {
		return nil, fmt.Errorf("no key %q", kid)
	}
	return key, nil
}

func badAccess(cause error) error {
	message := "This access token is not valid."
	if errors.Is(cause, jwt.ErrTokenExpired) {
		message = "This access token has run out."
	}
	return fault.Wrap(fault.Unauthenticated, message, cause).
		WithAdvice("Your changes are kept on this device.", "Refresh the token; if that is refused, enrol this device again.")
}

func shutOut(cause error) error {
	return fault.Wrap(fault.Unauthenticated, "This device has been shut out.", cause).
		WithAdvice("Your changes are kept on this device.", "Ask for a new code and enrol it again.")
}
