package server_test

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // as Twilio does
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/tsugi-app/tsugi/server/notify/notifytest"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// token is the secret that Twilio signs with.
const token = "0123456789abcdef0123456789abcdef"

// key returns the public key of a device.
func key() ed25519.PublicKey {
	public, _, _ := ed25519.GenerateKey(rand.Reader) // it cannot fail
	return public
}

// message is what a provider was handed.
type message struct {
	at      time.Time
	channel reach.Channel
	to      string // who
	id      string // what it is known again by
	body    string
}

// outside are all providers. They take everything.
type outside struct {
	hand *hand
	web  http.RoundTripper
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu   sync.Mutex
	sent []message
	// answer, where it is there, says what becomes of a request to Firebase or Twilio that was noted: what it returns is told, zero
	// for success. The request's context ends when whoever asked is gone.
	answer func(ctx context.Context, m message) (status int)
	gone   bool // whoever asks was killed: nothing of theirs arrives any more
}

// cut says whether whoever asks was killed.
func (o *outside) cut(gone bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gone = gone
}

func newOutside(t *testing.T, h *hand) *outside {
	t.Helper()
	o := &outside{hand: h}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/projects/tsugi/messages:send", o.push)
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", o.sms)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages.json", o.texts)
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Calls.json", o.call)
	o.web = notifytest.Serve(t, mux)
	o.serveMail(t)
	return o
}

func (o *outside) serveMail(t *testing.T) {
	t.Helper()
	listener, dial := notifytest.Listen()
	o.dial = dial
	server := smtp.NewServer(o)
	server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // which ends with an error always
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
}

// note notes a message, and returns what is to be answered.
func (o *outside) note(ctx context.Context, m message) int {
	o.mu.Lock()
	m.at = o.hand.Now()
	if o.gone {
		o.mu.Unlock()
		return http.StatusInternalServerError
	}
	o.sent = append(o.sent, m)
	answer := o.answer
	o.mu.Unlock()
	if answer != nil {
		if status := answer(ctx, m); status != 0 {
			return status
		}
	}
	return http.StatusOK
}

// do says what becomes of requests from now on.
func (o *outside) do(answer func(ctx context.Context, m message) int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer = answer
}

func (o *outside) all() []message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.sent)
}

// String returns what was sent, as "30s SMS ann", counted from three: in the order of the time, and what was sent at once in that of the
// channels.
func (o *outside) String() string {
	var out []string
	all := o.all()
	slices.SortStableFunc(all, func(a, b message) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.channel, b.channel)) })
	for _, m := range all {
		out = append(out, fmt.Sprintf("%s %s %s", m.at.Sub(three), names(m.channel), m.to))
	}
	return strings.Join(out, ", ")
}

func names(c reach.Channel) string { return []string{"", "push", "SMS", "call", "mail"}[c] }

// last returns the newest message by a channel to somebody.
func (o *outside) last(t *testing.T, c reach.Channel, to string) message {
	t.Helper()
	for _, m := range slices.Backward(o.all()) {
		if m.channel == c && m.to == to {
			return m
		}
	}
	t.Fatalf("no %s went to %s: %s", names(c), to, o)
	return message{}
}

func (o *outside) push(w http.ResponseWriter, r *http.Request) {
	var got struct {
		Message struct {
			Token string
			Data  map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	status := o.note(r.Context(), message{
		channel: reach.Push, to: nameAt(got.Message.Token), id: got.Message.Data["id"], body: got.Message.Data["title"] + ": " + got.Message.Data["text"],
	})
	if status != http.StatusNotFound {
		reply(w, status, map[string]any{"name": "projects/tsugi/messages/1"})
		return
	}
	reply(w, status, map[string]any{"error": map[string]any{"code": status, "status": "NOT_FOUND", "message": "gone", "details": []any{
		map[string]any{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"},
	}}})
}

var digits = regexp.MustCompile(`ACK (\d{4})`)

func (o *outside) sms(w http.ResponseWriter, r *http.Request) {
	body := r.FormValue("Body")
	id := body
	if found := digits.FindStringSubmatch(body); found != nil {
		id = found[1]
	}
	status := o.note(r.Context(), message{channel: reach.SMS, to: nameAt(r.FormValue("To")), id: id, body: body})
	if status == http.StatusGone {
		reply(w, http.StatusBadRequest, map[string]any{"code": 21610, "message": "Attempt to send to unsubscribed recipient"})
		return
	}
	reply(w, status, map[string]any{"sid": "SM1"})
}

// texts lists what was sent to a number.
func (o *outside) texts(w http.ResponseWriter, r *http.Request) {
	var found []any
	for _, m := range o.all() {
		if m.channel == reach.SMS && m.to == nameAt(r.FormValue("To")) {
			found = append(found, map[string]any{"sid": "SM1", "body": m.body, "status": "sent"})
		}
	}
	reply(w, http.StatusOK, map[string]any{"messages": found})
}

var asked = regexp.MustCompile(`/twilio/keys\?[^"]*`)

func (o *outside) call(w http.ResponseWriter, r *http.Request) {
	twiml := r.FormValue("Twiml")
	where := strings.ReplaceAll(asked.FindString(twiml), "&amp;", "&")
	reply(w, o.note(r.Context(), message{channel: reach.Call, to: nameAt(r.FormValue("To")), id: where, body: where}), map[string]any{"sid": "CA1"})
}

func reply(w http.ResponseWriter, status int, said any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(said) // whoever asked may be gone
}

// NewSession takes a mail.
func (o *outside) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{outside: o}, nil }

type letter struct {
	*outside
	to string
}

func (*letter) Reset()                               {}
func (*letter) Logout() error                        { return nil }
func (*letter) Mail(string, *smtp.MailOptions) error { return nil }

func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error {
	l.to = to
	return nil
}

var (
	messageID = regexp.MustCompile(`Message-ID: <([^>]*)>`)
	link      = regexp.MustCompile(`/acknowledge/[\w-]+`)
)

func (l *letter) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(raw))
	l.note(context.Background(), message{channel: reach.Mail, to: nameAt(l.to), id: messageID.FindString(text), body: link.FindString(text)})
	return nil
}

// tell has Twilio tell something, below the public address, and returns what it is answered.
func (n *night) tell(target string, form url.Values) (status int, said string) {
	n.Helper()
	text := public + target
	for _, name := range slices.Sorted(maps.Keys(form)) {
		text += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))
	return n.ask(http.MethodPost, target, form, http.Header{"X-Twilio-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}})
}

// ask asks the server for something as anybody may.
func (n *night) ask(method, target string, form url.Values, header http.Header) (status int, said string) {
	n.Helper()
	req, err := http.NewRequestWithContext(n.ctx, method, n.Bound()+target, strings.NewReader(form.Encode()))
	n.must(err)
	req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	maps.Copy(req.Header, header)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	got, err := client.Do(req)
	n.must(err)
	body, err := io.ReadAll(got.Body)
	n.must(err)
	n.must(got.Body.Close())
	return got.StatusCode, string(body)
}
