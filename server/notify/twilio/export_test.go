package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as Twilio does
	"encoding/base64"
	"net/url"
)

// Sign signs as Twilio does.
func Sign(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(addresses(address, form)[0]))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
