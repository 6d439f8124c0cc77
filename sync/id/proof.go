package id

// RefreshMessage returns what a device's key signs when it trades token, a refresh token, for a new
// pair: the token behind a word of its own, so that the signature is good for nothing else.
func RefreshMessage(token string) []byte { return []byte("tsugi-refresh\x00" + token) }
