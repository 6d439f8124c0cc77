package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
)

// path is below what links are, in front of their token.
const path = "/acknowledge/"

// Links makes the links that acknowledge, and reads them. A token is the incident and the page, when it expires, and a proof that we have made it: it needs no
// table, and none of its bytes tells what the page is about.
type Links struct {
	public string
	key    []byte
}

// NewLinks returns links below an address, proven with a key of at least 32 bytes, which must stay the same while links are to be good.
func NewLinks(public string, key []byte) (Links, error) {
	if len(key) < 32 {
		return Links{}, fmt.Errorf("a key for links has 32 bytes, not %d", len(key))
	}
	return Links{public, key}, nil
}

// For returns the link that acknowledges a page until it expires, as notify.Options.Link does.
func (l Links) For(at notify.Place, until time.Time) string {
	return l.public + path + l.token(at, until)
}

var errBroken = errors.New("the link is not whole")

const proofSize = 16

func (l Links) token(at notify.Place, until time.Time) string {
	said := append(at.Incident.Bytes(), at.Page[:]...)
	said = binary.BigEndian.AppendUint64(said, uint64(until.Unix())) //nolint:gosec // bits are bits
	return base64.RawURLEncoding.EncodeToString(append(said, l.proof(said)...))
}

func (l Links) proof(said []byte) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte("tsugi acknowledge\x00"))
	mac.Write(said)
	return mac.Sum(nil)[:proofSize]
}

// read returns what a token says. It fails with errBroken for one that we have not made.
func (l Links) read(token string) (at notify.Place, until time.Time, err error) {
	const ids = len(at.Incident) + len(at.Page)
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != ids+8+proofSize {
		return at, until, errBroken
	}
	said := raw[:len(raw)-proofSize]
	if !hmac.Equal(l.proof(said), raw[len(said):]) {
		return at, until, errBroken
	}
	copy(at.Incident[:], said)
	copy(at.Page[:], said[len(at.Incident):])
	return at, time.Unix(int64(binary.BigEndian.Uint64(said[ids:])), 0), nil //nolint:gosec // bits are bits
}
