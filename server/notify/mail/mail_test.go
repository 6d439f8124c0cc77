package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	letters "github.com/tsugi-app/tsugi/server/notify/mail"
	"github.com/tsugi-app/tsugi/server/notify/notifytest"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// fake is a mail server that does as told.
type fake struct {
	login, mail, rcpt, data error
	hang                    bool
	hangs                   chan struct{} // of the bubble; closed when what hangs may end
	slow                    time.Duration
	offersLogin             bool

	got      []string
	from, to string
	logins   int
}

func (f *fake) NewSession(*smtp.Conn) (smtp.Session, error) { return session{f}, nil }

type session struct{ *fake }

func (session) Reset()        {}
func (session) Logout() error { return nil }

func (s session) AuthMechanisms() []string {
	if !s.offersLogin {
		return nil
	}
	return []string{sasl.Plain}
}

func (s session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		s.logins++
		if s.login != nil {
			return s.login
		}
		if username != "tsugi" || password != "secret" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no"}
		}
		return nil
	}), nil
}

func (s session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.mail
}

func (s session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.rcpt
}

func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.hang {
		<-s.hangs
	}
	if s.slow > 0 {
		<-time.After(s.slow)
	}
	if s.data != nil {
		return s.data
	}
	s.got = append(s.got, string(text))
	return nil
}

func code(n int, enhanced ...int) error {
	e := &smtp.SMTPError{Code: n, EnhancedCode: smtp.NoEnhancedCode, Message: "ann@example.org is not here"}
	if len(enhanced) == 3 {
		e.EnhancedCode = smtp.EnhancedCode{enhanced[0], enhanced[1], enhanced[2]}
	}
	return e
}

func settings() letters.Settings {
	return letters.Settings{
		Host: "smtp.example.org", Port: 587, Security: "starttls", Username: "tsugi", Password: "secret", From: "Tsugi <tsugi@example.org>",
		Public: "https://tsugi.example.org",
	}
}

// certificate returns one for the fake, and who believes it.
func certificate(t *testing.T, name string) (ours tls.Certificate, theirs *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: start.Add(-time.Hour), NotAfter: start.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	theirs = x509.NewCertPool()
	theirs.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, theirs
}

// server is how the fake is reached.
type server struct {
	settings letters.Settings
	named    string // in its certificate
	noTLS    bool
	raw      func(net.Conn) // in place of the fake
}

// inBubble runs a test against a fake in a bubble, whose time begins at midnight of 1 January 2000.
func inBubble(t *testing.T, s server, f *fake, test func(t *testing.T, p *letters.Provider)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if s.named == "" {
			s.named = s.settings.Host
		}
		ours, theirs := certificate(t, s.named)
		f.hangs = make(chan struct{})
		listener, dial := notifytest.Listen()
		var served sync.WaitGroup
		stop := listener.Close
		if s.raw != nil {
			served.Go(func() {
				if conn, err := listener.Accept(); err == nil {
					s.raw(conn)
					_ = conn.Close()
				}
			})
		} else {
			smtpd := smtp.NewServer(f)
			smtpd.Domain, smtpd.ErrorLog = s.settings.Host, log.New(io.Discard, "", 0)
			if !s.noTLS {
				smtpd.TLSConfig = &tls.Config{Certificates: []tls.Certificate{ours}, MinVersion: tls.VersionTLS12}
			}
			wrapped := listener
			if s.settings.Security == "tls" {
				wrapped = tls.NewListener(listener, smtpd.TLSConfig)
			}
			served.Go(func() { _ = smtpd.Serve(wrapped) }) // which ends with an error always
			stop = smtpd.Close
		}
		p, err := letters.Open(s.settings, letters.Options{Clock: clock.NewSystem(), Dial: dial, TLS: &tls.Config{RootCAs: theirs, MinVersion: tls.VersionTLS12}})
		if err != nil {
			t.Fatal(err)
		}
		test(t, p)
		close(f.hangs)
		_, _ = stop(), listener.Close() // of what may be closed
		served.Wait()
		<-time.After(time.Minute) // until what is slow has ended too
	})
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func message(language string) notify.Message {
	return notify.Message{
		ID: "0b7e6c1e-0000-5000-8000-000000000001", Page: id.Page{1}, Incident: id.Incident{2}, Person: id.Person{3}, Name: "INC-47", Severity: 1,
		Urgency: escalation.High, Language: language, Title: "SEV1 INC-47", Text: "Größere Störung: Kasse", Expires: start.Add(5 * time.Minute),
		Link: "https://tsugi.example.org/acknowledge/AQAAAAAAAAAAAAAAAAAAAAAAAAA4bUTsZ9r0nFvKf6kL1m2n3g",
	}
}

var ann = notify.Address{ID: notify.AddressID{12: 9}, To: "ann@example.org"}

// A mail is plain text, has the same name whenever it is sent, and hangs together with others about its incident.
func TestAMailIsSent(t *testing.T) {
	t.Parallel()
	for _, how := range []letters.Settings{settings(), overTLS(), onThisMachine()} {
		f := &fake{offersLogin: true}
		inBubble(t, server{settings: how}, f, func(t *testing.T, p *letters.Provider) {
			for range 2 {
				if got, err := p.Send(t.Context(), message("de"), ann); err != nil || got.Ref == "" {
					t.Fatalf("%s: %+v, %v", how.Security, got, err)
				}
			}
		})
		if len(f.got) != 2 || f.from != "tsugi@example.org" || f.to != "ann@example.org" || (f.logins > 0) != (how.Username != "") {
			t.Fatalf("%s: %+v", how.Security, f)
		}
		if diff := cmp.Diff(undated(f.got[0]), undated(f.got[1])); diff != "" {
			t.Errorf("the second is another mail: %s", diff)
		}
		got, err := mail.ReadMessage(strings.NewReader(f.got[0]))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Message-ID":   "<0b7e6c1e-0000-5000-8000-000000000001.09000000@example.org>",
			"References":   "<incident.02000000-0000-0000-0000-000000000000@example.org>",
			"In-Reply-To":  "<incident.02000000-0000-0000-0000-000000000000@example.org>",
			"Content-Type": "text/plain; charset=UTF-8", "Auto-Submitted": "auto-generated", "From": `"Tsugi" <tsugi@example.org>`, "To": "<ann@example.org>",
			"Date": "Sat, 01 Jan 2000 00:00:00 +0000", "Importance": "high",
		} {
			if got := got.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		golden(t, f.got[0])
	}
}

// undated returns a mail without the line that says when it was sent.
func undated(text string) string {
	before, rest, _ := strings.Cut(text, "Date: ")
	_, after, _ := strings.Cut(rest, "\r\n")
	return before + after
}

func overTLS() letters.Settings {
	s := settings()
	s.Security, s.Port = "tls", 465
	return s
}

func onThisMachine() letters.Settings {
	return letters.Settings{Host: "localhost", Port: 25, Security: "none", From: "Tsugi <tsugi@example.org>", Public: "https://tsugi.example.org"}
}

func golden(t *testing.T, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\r\n", "\n")
	file := filepath.Join("testdata", "urgent_de.eml")
	if os.Getenv("TSUGI_GOLDEN") == "write" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // everybody may read what is in the repository
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// What is about no page asks for no acknowledgement.
func TestWhatIsNoPageAsksForNothing(t *testing.T) {
	t.Parallel()
	f := &fake{offersLogin: true}
	inBubble(t, server{settings: settings()}, f, func(t *testing.T, p *letters.Provider) {
		m := notify.Message{ID: "1", Language: "en", Urgency: escalation.Low, Title: "Tsugi", Text: "Your code is 123456."}
		if _, err := p.Send(t.Context(), m, ann); err != nil {
			t.Fatal(err)
		}
	})
	got, err := mail.ReadMessage(strings.NewReader(f.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	if want := "Your code is 123456.\r\n\r\nNobody reads replies to this mail.\r\n"; err != nil || string(body) != want || got.Header.Get("References") != "" || got.Header.Get("Importance") != "" {
		t.Errorf("%q, %v, %v", body, got.Header, err)
	}
}

// says returns a server that says one thing, whatever it hears, until whoever is connected goes away.
func says(text string) func(net.Conn) {
	return func(c net.Conn) {
		gone := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, c)
			close(gone)
		}()
		_, _ = io.WriteString(c, text)
		<-gone
	}
}

func TestEveryAnswerIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fake    fake
		server  server
		want    notify.Reason
		wait    time.Duration
		setting string
	}{
		"no such mailbox":    {fake: fake{rcpt: code(550, 5, 1, 1)}, want: notify.AddressDead},
		"mailbox disabled":   {fake: fake{rcpt: code(550, 5, 2, 1)}, want: notify.AddressDead},
		"no mail there":      {fake: fake{rcpt: code(556, 5, 1, 10)}, want: notify.AddressDead},
		"a bare refusal":     {fake: fake{rcpt: code(550)}, want: notify.Refused},
		"no relaying":        {fake: fake{rcpt: code(554, 5, 7, 1)}, want: notify.InstallationWrong, setting: "from in mail.json"},
		"not as this":        {fake: fake{mail: code(550, 5, 1, 1)}, want: notify.InstallationWrong, setting: "from in mail.json"},
		"asked to log in":    {fake: fake{mail: code(530, 5, 7, 0)}, want: notify.InstallationWrong, setting: "username and password"},
		"come again":         {fake: fake{rcpt: code(450, 4, 2, 0)}, want: notify.AskedToWait, wait: 30 * time.Second},
		"greylisted":         {fake: fake{rcpt: code(451, 4, 7, 1)}, want: notify.AskedToWait, wait: 30 * time.Second},
		"mailbox full":       {fake: fake{rcpt: code(452, 4, 2, 2)}, want: notify.AskedToWait, wait: 30 * time.Second},
		"busy at the end":    {fake: fake{data: code(421, 4, 3, 2)}, want: notify.AskedToWait, wait: 30 * time.Second},
		"spam, it says":      {fake: fake{data: code(554, 5, 7, 1)}, want: notify.InstallationWrong, setting: "from in mail.json"},
		"too large":          {fake: fake{data: code(552, 5, 3, 4)}, want: notify.Refused},
		"wrong password":     {fake: fake{login: code(535, 5, 7, 8)}, want: notify.InstallationWrong, setting: "username and password"},
		"login fails now":    {fake: fake{login: code(454, 4, 7, 0)}, want: notify.AskedToWait, wait: 30 * time.Second},
		"slow":               {fake: fake{slow: 8 * time.Second}, want: notify.NotReached},
		"hangs":              {fake: fake{hang: true}, want: notify.NotReached},
		"no TLS":             {server: server{noTLS: true}, want: notify.InstallationWrong, setting: "security, host and port"},
		"another's":          {server: server{named: "evil.example.org"}, want: notify.InstallationWrong, setting: "certificate"},
		"another's, at once": {server: server{named: "evil.example.org", settings: overTLS()}, want: notify.InstallationWrong, setting: "certificate"},
		"plain where TLS":    {server: server{settings: overTLS(), raw: says("220 hello\r\n")}, want: notify.InstallationWrong, setting: "security"},
		"greets with 421":    {server: server{raw: says("421 too many\r\n")}, want: notify.AskedToWait, wait: 30 * time.Second},
		"greets with 554":    {server: server{raw: says("554 go away\r\n")}, want: notify.InstallationWrong, setting: "host and port"},
		"garbage":            {server: server{raw: says("HTTP/1.1 400 Bad Request\r\n")}, want: notify.NotReached},
		"says nothing":       {server: server{raw: says("")}, want: notify.NotReached},
		"hangs up":           {server: server{raw: func(net.Conn) {}}, want: notify.NotReached},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.fake.offersLogin = true
			if c.server.settings.Host == "" {
				c.server.settings = settings()
			}
			inBubble(t, c.server, &c.fake, func(t *testing.T, p *letters.Provider) {
				ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
				defer cancel()
				_, err := p.Send(ctx, message("en"), ann)
				r, ok := err.(*notify.Refusal) //nolint:errorlint // a provider answers with nothing else
				if !ok || r.Reason != c.want || r.Wait != c.wait || !strings.Contains(r.Setting, c.setting) || c.setting == "" && r.Setting != "" {
					t.Errorf("%+v: %v", r, err)
				}
				if strings.Contains(err.Error(), ann.To) || strings.Contains(err.Error(), "secret") {
					t.Errorf("admins read %q", err)
				}
				if took := clock.NewSystem().Now().Sub(start); took > notify.SendTime {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// Who logs in nowhere, and is told so, learns which setting is wrong.
func TestALoginThatIsNotOfferedIsTold(t *testing.T) {
	t.Parallel()
	inBubble(t, server{settings: settings()}, &fake{}, func(t *testing.T, p *letters.Provider) {
		_, err := p.Send(t.Context(), message("en"), ann)
		if r, ok := errors.AsType[*notify.Refusal](err); !ok || r.Reason != notify.InstallationWrong || !strings.Contains(r.Setting, "username") {
			t.Errorf("%v", err)
		}
	})
}

// A page that is acknowledged meanwhile is broken off at once.
func TestASendIsBrokenOff(t *testing.T) {
	t.Parallel()
	inBubble(t, server{settings: settings()}, &fake{offersLogin: true, hang: true}, func(t *testing.T, p *letters.Provider) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := p.Send(ctx, message("en"), ann); err == nil || clock.NewSystem().Now().Sub(start) != time.Second {
			t.Errorf("after %s: %v", clock.NewSystem().Now().Sub(start), err)
		}
	})
}

func TestAMailboxThatCannotBeIsDead(t *testing.T) {
	t.Parallel()
	inBubble(t, server{settings: settings()}, &fake{}, func(t *testing.T, p *letters.Provider) {
		_, err := p.Send(t.Context(), message("en"), notify.Address{To: "ann\r\nBcc: everybody@example.org"})
		if r, ok := errors.AsType[*notify.Refusal](err); !ok || r.Reason != notify.AddressDead {
			t.Errorf("%v", err)
		}
	})
}

func TestFaultySettingsAreTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mail.json")
	for text, want := range map[string][]string{
		`{"host":"smtp.example.org","port":587,"security":"starttls","username":"u","password":"p","from":"Tsugi <tsugi@example.org>","public":"https://tsugi.example.org/"}`: nil,
		`{"host":"localhost","port":25,"security":"none","from":"tsugi@example.org"}`:                                                                                         nil,
		`{"host":"smtp.example.org:25","security":"ssl","username":"u","from":"me","public":"tsugi"}`: {
			"host is no name", "port is no port", "security is none of", "password must be there", "from is no mailbox", "public is no address", file,
		},
		`{"host":"smtp.example.org","port":25,"security":"none","from":"tsugi@example.org"}`: {"security is none, which is only for a server on the same machine"},
		`{"hots":"smtp.example.org"}`: {`unknown field "hots"`},
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := letters.LoadSettings(file)
		if want == nil && (err != nil || strings.HasSuffix(s.Public, "/")) || want != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v lacks %q", text, err, part)
			}
		}
	}
}
