package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// path is below what links are, in front of their token.
const path = "/acknowledge/"

// Links makes the links that acknowledge, and reads them. A token is the page, when it expires, and a proof that we have made it: it needs no
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
func (l Links) For(page id.Page, until time.Time) string {
	return l.public + path + l.token(page, until)
}

var errBroken = errors.New("the link is not whole")

const proofSize = 16

func (l Links) token(page id.Page, until time.Time) string {
	said := binary.BigEndian.AppendUint64(page.Bytes(), uint64(until.Unix())) //nolint:gosec // bits are bits
	return base64.RawURLEncoding.EncodeToString(append(said, l.proof(said)...))
}

func (l Links) proof(said []byte) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte("tsugi acknowledge\x00"))
	mac.Write(said)
	return mac.Sum(nil)[:proofSize]
}

// read returns what a token says. It fails with errBroken for one that we have not made.
func (l Links) read(token string) (page id.Page, until time.Time, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != len(page)+8+proofSize {
		return page, until, errBroken
	}
	said := raw[:len(raw)-proofSize]
	if !hmac.Equal(l.proof(said), raw[len(said):]) {
		return page, until, errBroken
	}
	copy(page[:], said)
	return page, time.Unix(int64(binary.BigEndian.Uint64(said[len(page):])), 0), nil //nolint:gosec // bits are bits
}
