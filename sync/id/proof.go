package id

// RefreshMessage returns what a device's key signs when it trades token, a refresh token, for a new
// pair: the token behind a word of its own, so that the signature is good for nothing else.
func RefreshMessage(token string) []byte { return []byte("tsugi-refresh\x00" + token) }

// FormerMessage returns what a device's former key signs when it is enrolled again with another: the new public key and
// the certificate of the former one. So it proves the holder's wish for this one enrolment, and nothing else.
func FormerMessage(public []byte, certificate string) []byte {
	return append(append([]byte("tsugi-former\x00"), public...), certificate...)
}
