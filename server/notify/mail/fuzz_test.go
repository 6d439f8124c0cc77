package mail

import (
	"bytes"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/id"
)

func FuzzToken(f *testing.F) {
	l, err := NewLinks("", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(l.token(notify.Place{Incident: id.Incident{1}, Page: id.Page{1}}, time.Unix(1, 0)))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		at, until, err := l.read(token)
		if err == nil && l.token(at, until) != token {
			t.Errorf("%q is read, and is not ours", token)
		}
	})
}
