package mail

import (
	"bytes"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

func FuzzToken(f *testing.F) {
	l, err := NewLinks("", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(l.token(id.Page{1}, time.Unix(1, 0)))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		page, until, err := l.read(token)
		if err == nil && l.token(page, until) != token {
			t.Errorf("%q is read, and is not ours", token)
		}
	})
}
