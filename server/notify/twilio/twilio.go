// Package twilio sends SMS and makes calls through an account of the company's own at Twilio, and takes what comes back: answers by SMS,
// keys pressed in a call, and what became of either. It speaks to the few addresses that it needs by itself; Twilio's own library has
// some hundred.
//
// Twilio knows no request again: one that seemed to fail may have got through. A text is looked for before it is sent once more; a call, which
// cannot be told from others, is made again. Twice is better than never.
package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// Options says what the providers work with.
type Options struct {
	Clock clock.Clock
	// Transport carries the requests. It is nil for the ordinary one.
	Transport http.RoundTripper
}

// Account is an account at Twilio. Make it with Open, and of it the providers SMS and Call.
type Account struct {
	settings Settings
	clock    clock.Clock
	client   *http.Client
}

// Open returns an account. It asks nobody: whether the settings are good is seen with the first message.
func Open(s Settings, o Options) *Account {
	if s.API == "" {
		s.API = "https://api.twilio.com"
	}
	return &Account{settings: s, clock: o.Clock, client: &http.Client{
		Transport: o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a message is not handed to whoever an answer points at
		},
	}}
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// post makes one request, for "Messages" or "Calls", and returns what Twilio calls the thing that it made.
func (a *Account) post(ctx context.Context, what string, form url.Values) (notify.Accepted, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.address(what), strings.NewReader(form.Encode()))
	if err != nil {
		return notify.Accepted{}, notify.Misconfigured("api in twilio.json", "it is no address", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := a.ask(r)
	if err != nil {
		return notify.Accepted{}, unreached(ctx, err)
	}
	var said answered
	unread := json.Unmarshal(got.body, &said)
	if got.status/100 != 2 {
		return notify.Accepted{}, said.refused(got, a.clock.Now())
	}
	if unread != nil || said.SID == "" {
		return notify.Accepted{}, notify.Transient("the answer cannot be read", unread)
	}
	return notify.Accepted{Ref: said.SID}, nil
}

func (a *Account) address(what string) string {
	return a.settings.API + "/2010-04-01/Accounts/" + url.PathEscape(a.settings.Account) + "/" + what + ".json"
}

// answer is what Twilio answered.
type answer struct {
	status int
	retry  string // Retry-After
	body   []byte
}

// ask makes a request in the account's name.
func (a *Account) ask(r *http.Request) (answer, error) {
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(a.settings.Account, a.settings.AuthToken)
	got, err := a.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = got.Body.Close() }() // it was read as far as it is wanted
	body, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer))
	return answer{status: got.StatusCode, retry: got.Header.Get("Retry-After"), body: body}, err
}

func unreached(ctx context.Context, err error) *notify.Refusal {
	if ctx.Err() != nil {
		return notify.Transient("no answer in time", err)
	}
	return notify.Transient("Twilio was not reached", err)
}

// left returns how long a message still means something, in whole seconds, and whether it does at all.
func (a *Account) left(m notify.Message) (seconds int, ok bool) {
	seconds = int(m.Expires.Sub(a.clock.Now()) / time.Second)
	return seconds, seconds > 0
}

// The addresses of what Twilio tells us, below Settings.Public.
const (
	hookSMS    = "/twilio/sms"
	hookKeys   = "/twilio/keys"
	hookStatus = "/twilio/status"
)

// status is where Twilio tells what became of a message. It is empty where Twilio does not reach us, or nobody wants to
// know.
func (a *Account) status(m notify.Message, c escalation.Channel, to notify.Address) string {
	if a.settings.Public == "" || m.Page.IsZero() {
		return ""
	}
	query := url.Values{"incident": {m.Incident.String()}, "page": {m.Page.String()}, "channel": {fmt.Sprint(uint8(c))}, "address": {to.ID.String()}}
	return a.settings.Public + hookStatus + "?" + query.Encode()
}
