package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// Outside are Firebase and Twilio, as fakes on this machine that take everything. Real servers are led to them by what any server may be
// set up with: a proxy and a file of certificates in their environment, and the files of their providers. Close it.
type Outside struct {
	dir   string
	clock clock.Clock
	front net.Listener // the proxy
	inner *handed      // the connections that it hands over
	all   sync.WaitGroup
	web   []*http.Server

	mu      sync.Mutex
	got     []Message
	watched []chan Message
	pause   time.Duration
	hangs   reach.Channels
}

// Message is what a provider was handed.
type Message struct {
	At       time.Time
	Channel  reach.Channel
	To       string // a token or a number
	Incident string // empty for a code
	ID       string // what it is known again by
	Body     string // of an SMS
}

// OpenOutside starts the fakes, which take so long to answer. What servers need to be led to them is written to dir.
func OpenOutside(ctx context.Context, dir string, c clock.Clock, pause time.Duration) (*Outside, error) {
	o := &Outside{dir: dir, clock: c, pause: pause, inner: newHanded()}
	certificate, err := o.write()
	if err != nil {
		return nil, err
	}
	if o.front, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for what servers send: %w", err)
	}
	providers := http.NewServeMux()
	providers.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 3600})
	})
	providers.HandleFunc("POST /v1/projects/tsugi/messages:send", o.push)
	providers.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", o.text)
	providers.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages.json", o.texts)
	providers.HandleFunc("POST /2010-04-01/Accounts/{account}/Calls.json", o.call)
	proxy := &http.Server{Handler: http.HandlerFunc(o.tunnel), ReadHeaderTimeout: 5 * time.Second}
	secure := &http.Server{Handler: providers, ReadHeaderTimeout: 5 * time.Second, ErrorLog: silent(), TLSConfig: certificate}
	o.web = []*http.Server{proxy, secure}
	o.all.Go(func() { _ = proxy.Serve(o.front) })             // which ends with an error always
	o.all.Go(func() { _ = secure.ServeTLS(o.inner, "", "") }) // which ends with an error always
	return o, nil
}

// Close ends the fakes.
func (o *Outside) Close() (err error) {
	for _, w := range o.web {
		err = errors.Join(err, w.Close())
	}
	o.all.Wait()
	return err
}

// Env is what the environment of a server holds that is to find the fakes.
func (o *Outside) Env() []string {
	return []string{
		"HTTPS_PROXY=http://" + o.front.Addr().String(), "NO_PROXY=", "no_proxy=",
		"SSL_CERT_FILE=" + filepath.Join(o.dir, "believed.pem"),
	}
}

// Args are what such a server is told.
func (o *Outside) Args() []string {
	return []string{"--firebase", filepath.Join(o.dir, "firebase.json"), "--twilio", filepath.Join(o.dir, "twilio.json")}
}

// All returns what was received so far.
func (o *Outside) All() []Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.got)
}

// Hang has channels take messages and not answer, until it is told otherwise.
func (o *Outside) Hang(c reach.Channels) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hangs = c
}

// next returns where the next message is told of when it is received, before it is answered.
func (o *Outside) next() <-chan Message {
	told := make(chan Message, 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.watched = append(o.watched, told)
	return told
}

// take notes a message and answers it.
func (o *Outside) take(w http.ResponseWriter, r *http.Request, m Message) {
	m.At = o.clock.Now()
	o.mu.Lock()
	o.got = append(o.got, m)
	for _, told := range o.watched {
		told <- m
	}
	o.watched = nil
	hangs := o.hangs.Has(m.Channel)
	o.mu.Unlock()
	if hangs {
		<-r.Context().Done()
		return
	}
	if wait(r.Context(), o.pause) == nil {
		reply(w, map[string]any{"name": "projects/tsugi/messages/1", "sid": "SM1"})
	}
}

func (o *Outside) push(w http.ResponseWriter, r *http.Request) {
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
	data := got.Message.Data
	if data["kind"] != "page" { // what makes no sound
		reply(w, map[string]any{"name": "projects/tsugi/messages/1"})
		return
	}
	o.take(w, r, Message{Channel: reach.Push, To: got.Message.Token, Incident: data["incident"], ID: data["page"] + " " + data["id"]})
}

func (o *Outside) text(w http.ResponseWriter, r *http.Request) {
	m := dialled(r, reach.SMS)
	_, answer, _ := strings.Cut(m.Body, "ACK ")
	m.ID += " " + answer
	o.take(w, r, m)
}

func (o *Outside) call(w http.ResponseWriter, r *http.Request) { o.take(w, r, dialled(r, reach.Call)) }

// dialled reads what Twilio is handed: of which page it is, it is told by where it is to tell what becomes of it.
func dialled(r *http.Request, c reach.Channel) Message {
	m := Message{Channel: c, To: r.FormValue("To"), Body: r.FormValue("Body")}
	if told, err := url.Parse(r.FormValue("StatusCallback")); err == nil {
		m.Incident, m.ID = told.Query().Get("incident"), told.Query().Get("page")
	}
	return m
}

// texts lists what was sent to a number.
func (o *Outside) texts(w http.ResponseWriter, r *http.Request) {
	found := []any{}
	for _, m := range slices.Backward(o.All()) {
		if m.Channel == reach.SMS && m.To == r.FormValue("To") && len(found) < 20 {
			found = append(found, map[string]any{"sid": "SM1", "body": m.Body, "status": "sent"})
		}
	}
	reply(w, map[string]any{"messages": found})
}

func reply(w http.ResponseWriter, said any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(said) // whoever asked may be gone
}

// tunnel is the proxy: whatever name is asked for, it leads to the fakes.
func (o *Outside) tunnel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	o.inner.hand(conn)
}

// handed is a listener that is handed its connections.
type handed struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newHanded() *handed { return &handed{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (h *handed) hand(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		_ = c.Close()
	}
}

// Accept returns the next connection.
func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr returns an address that says what it is.
func (*handed) Addr() net.Addr { return &net.UnixAddr{Name: "handed", Net: "tunnel"} }

// file writes one of the files that servers need.
func (o *Outside) file(name string, content []byte) error {
	return os.WriteFile(filepath.Join(o.dir, name), content, 0o600)
}

// code waits for a code that is sent to a number after the first of what was received, and returns it.
func (o *Outside) code(ctx context.Context, to string) (string, error) {
	for {
		next := o.next()
		for _, m := range slices.Backward(o.All()) {
			if _, code, found := strings.Cut(m.Body, "code is "); found && m.To == to && len(code) >= 6 {
				return code[:6], nil
			}
		}
		select {
		case <-next:
		case <-ctx.Done():
			return "", fmt.Errorf("wait for a code: %w", ctx.Err())
		}
	}
}
