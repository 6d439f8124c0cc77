package fcm_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/notify/fcm"
	"github.com/tsugi-app/tsugi/server/notify/notifytest"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// fake speaks FCM v1: it keeps what it is asked, and answers as told.
type fake struct {
	mu     sync.Mutex
	kept   []request
	answer http.HandlerFunc
	token  http.HandlerFunc // of the token endpoint
}

type request struct {
	path, authorization string
	body                []byte
}

// asked returns what it was asked so far. What answers a request may go on after whoever asked has gone away.
func (f *fake) asked() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.kept)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // also so that the server notices when the client goes away
	if r.URL.Path == "/token" {
		f.token(w, r)
		return
	}
	f.mu.Lock()
	f.kept = append(f.kept, request{r.URL.Path, r.Header.Get("Authorization"), body})
	f.mu.Unlock()
	f.answer(w, r)
}

func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// errs is an error as FCM v1 words it.
func errs(code int, status, message, detail string) string {
	text := fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q`, code, message, status)
	if detail != "" {
		text += `,"details":[` + detail + `]`
	}
	return text + `}}`
}

func fcmError(code string) string {
	return fmt.Sprintf(`{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":%q}`, code)
}

const taken = `{"name":"projects/acme/messages/0:1700000000"}`

// inBubble runs a test against a fake in a bubble, whose time begins at midnight of 1 January 2000.
func inBubble(t *testing.T, key fcm.Key, test func(t *testing.T, f *fake, p *fcm.Provider)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: says(http.StatusOK, taken)}
		if key.ProjectID == "" {
			key.ProjectID = "acme"
		}
		p, err := fcm.Open(t.Context(), key, fcm.Options{
			Clock: clock.NewSystem(), Transport: notifytest.Serve(t, f), Endpoint: "http://fcm.test/v1",
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, f, p)
	})
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func urgent() notify.Message {
	return notify.Message{
		ID: "0b7e6c1e-0000-5000-8000-000000000001", Page: id.Page{1}, Incident: id.Incident{2}, Person: id.Person{3}, Name: "INC-47",
		Severity: 1, Urgency: escalation.High, Language: "en", Title: "SEV1 INC-47", Text: "Checkout is down", Expires: start.Add(5 * time.Minute),
		Collapse: id.Page{1}.String(), Code: "4711", Link: "https://tsugi.example.org/acknowledge/secret",
	}
}

var phone = notify.Address{ID: notify.AddressID{9}, To: "token-of-the-phone"}

// golden compares JSON with a file, which TSUGI_GOLDEN=write writes anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	pretty.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("TSUGI_GOLDEN") == "write" {
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil { //nolint:gosec // everybody may read what is in the repository
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", name, diff)
	}
}

func TestRequestsAreAsWrittenDown(t *testing.T) {
	t.Parallel()
	low := urgent()
	low.Urgency, low.Severity, low.Title, low.Expires = escalation.Low, 3, "SEV3 INC-47", start.Add(time.Hour)
	private := urgent()
	private.Name, private.Title, private.Text = "", "SEV1, vertraulich", "Ein vertraulicher Vorfall. Worum es geht, steht in Tsugi."
	for name, send := range map[string]func(context.Context, *fcm.Provider) (notify.Accepted, error){
		"urgent": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) {
			return p.Send(ctx, urgent(), phone)
		},
		"low": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) { return p.Send(ctx, low, phone) },
		"private": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) {
			return p.Send(ctx, private, phone)
		},
		"note": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) {
			note := low
			note.Page, note.Incident, note.Name, note.Severity, note.Title, note.Text = id.Page{}, id.Incident{}, "", 0, "Your shifts have changed: Payments", "And one more."
			return p.Send(ctx, note, phone)
		},
		"ended": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) {
			return p.Silence(ctx, id.Page{1}, phone)
		},
		"sync": func(ctx context.Context, p *fcm.Provider) (notify.Accepted, error) { return p.Sync(ctx, phone) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fcm.Key{}, func(t *testing.T, f *fake, p *fcm.Provider) {
				got, err := send(t.Context(), p)
				if err != nil || got.Ref != "projects/acme/messages/0:1700000000" {
					t.Fatalf("%+v, %v", got, err)
				}
				if len(f.asked()) != 1 || f.asked()[0].path != "/v1/projects/acme/messages:send" {
					t.Fatalf("asked was %+v", f.asked())
				}
				if body := string(f.asked()[0].body); strings.Contains(body, "4711") || strings.Contains(body, "secret") {
					t.Errorf("what acknowledges goes out with a push: %s", body)
				}
				golden(t, name, f.asked()[0].body)
			})
		})
	}
}

func TestEveryAnswerIsUnderstood(t *testing.T) {
	t.Parallel()
	badToken := `{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.token","description":"Invalid registration token"}]}`
	badField := `{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.data[0].value","description":"Invalid value"}]}`
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		want    notify.Reason
		wait    time.Duration
		setting string
	}{
		"unregistered": {answer: says(404, errs(404, "NOT_FOUND", "Requested entity was not found.", fcmError("UNREGISTERED"))), want: notify.AddressDead},
		"bad token": {
			answer: says(400, errs(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token", fcmError("INVALID_ARGUMENT")+","+badToken)),
			want:   notify.AddressDead,
		},
		"bad token, said in words": {
			answer: says(400, errs(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token", fcmError("INVALID_ARGUMENT"))),
			want:   notify.AddressDead,
		},
		"bad field": {
			answer: says(400, errs(400, "INVALID_ARGUMENT", "Invalid value at 'message.data[0].value'", fcmError("INVALID_ARGUMENT")+","+badField)), want: notify.Refused,
		},
		"no such path":     {answer: says(404, `<html>Not Found</html>`), want: notify.InstallationWrong, setting: "Firebase key"},
		"other sender":     {answer: says(403, errs(403, "PERMISSION_DENIED", "SenderId mismatch", fcmError("SENDER_ID_MISMATCH"))), want: notify.InstallationWrong, setting: "project_id"},
		"denied":           {answer: says(403, errs(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied", "")), want: notify.InstallationWrong, setting: "may send messages"},
		"unauthenticated":  {answer: says(401, errs(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "")), want: notify.InstallationWrong, setting: "Firebase key"},
		"apple's key":      {answer: says(401, errs(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", fcmError("THIRD_PARTY_AUTH_ERROR"))), want: notify.InstallationWrong, setting: "APNs"},
		"quota":            {answer: says(429, errs(429, "RESOURCE_EXHAUSTED", "Quota exceeded", fcmError("QUOTA_EXCEEDED")), "Retry-After", "37"), want: notify.AskedToWait, wait: 37 * time.Second},
		"quota, no time":   {answer: says(429, errs(429, "RESOURCE_EXHAUSTED", "Quota exceeded", fcmError("QUOTA_EXCEEDED"))), want: notify.AskedToWait, wait: time.Minute},
		"quota for a year": {answer: says(429, errs(429, "RESOURCE_EXHAUSTED", "Quota exceeded", ""), "Retry-After", "31536000"), want: notify.AskedToWait, wait: 10 * time.Minute},
		"unavailable":      {answer: says(503, errs(503, "UNAVAILABLE", "The service is currently unavailable.", fcmError("UNAVAILABLE"))), want: notify.NotReached},
		"unavailable for": {
			answer: says(503, errs(503, "UNAVAILABLE", "Later.", fcmError("UNAVAILABLE")), "Retry-After", "Sat, 01 Jan 2000 00:00:20 GMT"), want: notify.AskedToWait, wait: 20 * time.Second,
		},
		"internal":  {answer: says(500, errs(500, "INTERNAL", "Internal error encountered.", fcmError("INTERNAL"))), want: notify.NotReached},
		"gateway":   {answer: says(502, `<html>`), want: notify.NotReached},
		"gone":      {answer: says(410, `{}`), want: notify.Refused},
		"garbage":   {answer: says(200, `<html>Welcome to the hotel's network</html>`), want: notify.NotReached},
		"no name":   {answer: says(200, `{}`), want: notify.NotReached},
		"endless":   {answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, rand.Reader) }, want: notify.NotReached},
		"cut off":   {answer: cutOff, want: notify.NotReached},
		"hanging":   {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: notify.NotReached},
		"too slow":  {answer: slow(8 * time.Second), want: notify.NotReached},
		"half said": {answer: half, want: notify.NotReached},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fcm.Key{}, func(t *testing.T, f *fake, p *fcm.Provider) {
				f.answer = c.answer
				ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
				defer cancel()
				_, err := p.Send(ctx, urgent(), phone)
				r := refusalOf(t, err)
				if r.Reason != c.want || r.Wait != c.wait || !strings.Contains(r.Setting, c.setting) || c.setting == "" && r.Setting != "" {
					t.Errorf("%+v: %v", r, err)
				}
				if strings.Contains(r.Error(), phone.To) || strings.Contains(r.Error(), "Checkout") {
					t.Errorf("admins read %q", r)
				}
				if len(f.asked()) != 1 {
					t.Errorf("it was asked %d times in one try", len(f.asked()))
				}
			})
		})
	}
}

func refusalOf(t *testing.T, err error) *notify.Refusal {
	t.Helper()
	r, ok := err.(*notify.Refusal) //nolint:errorlint // a provider answers with nothing else
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	return r
}

// cutOff ends the connection in place of an answer.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func slow(by time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(by):
			says(http.StatusOK, taken)(w, r)
		case <-r.Context().Done():
		}
	}
}

// half begins an answer and never ends it.
func half(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"name":"projects/`)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// A provider that takes its time is waited for, and one that hangs not longer than it may.
func TestNobodyWaitsLongerThanTheyMay(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]time.Duration{3 * time.Second: 3 * time.Second, time.Hour: notify.SendTime} {
		inBubble(t, fcm.Key{}, func(t *testing.T, f *fake, p *fcm.Provider) {
			f.answer = slow(after)
			ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
			defer cancel()
			_, err := p.Send(ctx, urgent(), phone)
			if took := clock.NewSystem().Now().Sub(start); took != want || (err == nil) != (after < notify.SendTime) {
				t.Errorf("after %s: %v", took, err)
			}
		})
	}
}

// What is accepted may never arrive: nothing is claimed but that it was taken.
func TestAcceptedIsNoReceipt(t *testing.T) {
	t.Parallel()
	inBubble(t, fcm.Key{}, func(t *testing.T, _ *fake, p *fcm.Provider) {
		if got, err := p.Send(t.Context(), urgent(), phone); err != nil || got.Ref == "" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestWhatHasExpiredIsNotSent(t *testing.T) {
	t.Parallel()
	inBubble(t, fcm.Key{}, func(t *testing.T, f *fake, p *fcm.Provider) {
		late := urgent()
		late.Expires = start
		if _, err := p.Send(t.Context(), late, phone); refusalOf(t, err).Reason != notify.Refused || len(f.asked()) > 0 {
			t.Errorf("%v, %d requests", err, len(f.asked()))
		}
		if _, err := p.Send(t.Context(), urgent(), notify.Address{}); refusalOf(t, err).Reason != notify.AddressDead || len(f.asked()) > 0 {
			t.Errorf("%v, %d requests", err, len(f.asked()))
		}
	})
}

// newKey returns a key as the console hands it out, but that its tokens come from a fake.
func newKey(t *testing.T) fcm.Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return fcm.Key{
		Type: "service_account", ProjectID: "acme", PrivateKeyID: "1", ClientEmail: "tsugi@acme.iam.gserviceaccount.com",
		PrivateKey: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), TokenURI: "http://fcm.test/token",
	}
}

func TestEveryRequestIsSigned(t *testing.T) {
	t.Parallel()
	inBubble(t, newKey(t), func(t *testing.T, f *fake, p *fcm.Provider) {
		fetched := 0
		f.token = func(w http.ResponseWriter, r *http.Request) {
			fetched++
			says(http.StatusOK, `{"access_token":"good","token_type":"Bearer","expires_in":3600}`)(w, r)
		}
		for range 2 {
			if _, err := p.Send(t.Context(), urgent(), phone); err != nil {
				t.Fatal(err)
			}
		}
		if fetched != 1 || len(f.asked()) != 2 || f.asked()[0].authorization != "Bearer good" {
			t.Errorf("%d tokens were fetched for %+v", fetched, f.asked())
		}
	})
}

func TestAKeyThatIsNotTakenIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   notify.Reason
	}{
		"revoked":  {says(400, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`), notify.InstallationWrong},
		"disabled": {says(401, `{"error":"invalid_client"}`), notify.InstallationWrong},
		"busy":     {says(500, `{}`), notify.NotReached},
		"garbage":  {says(200, `<html>`), notify.NotReached},
		"hanging":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, notify.NotReached},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newKey(t), func(t *testing.T, f *fake, p *fcm.Provider) {
				f.token = c.answer
				ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
				defer cancel()
				if _, err := p.Send(ctx, urgent(), phone); refusalOf(t, err).Reason != c.want || len(f.asked()) > 0 {
					t.Errorf("%v, and %d requests without a token", err, len(f.asked()))
				}
				if took := clock.NewSystem().Now().Sub(start); took > notify.SendTime {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// Whatever the words are: the message stays below Firebase's 4,096 bytes, also on iOS, which gets texts and data in one.
func TestNoMessageIsTooLarge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := urgent()
		m.Title = rapid.StringN(0, 400, -1).Draw(t, "title")
		m.Text = rapid.OneOf(rapid.StringN(0, 900, -1), rapid.StringOfN(rapid.SampledFrom([]rune("<&\u2028😀é")), 500, 2000, -1)).Draw(t, "text")
		size, text := fcm.SizeOf(m, phone.To)
		if size > 4000 || m.Text != "" && text == "" && strings.TrimSpace(m.Text) != "" {
			t.Fatalf("%d bytes, of %q is left %q", size, m.Text, text)
		}
	})
}

func TestFaultyKeysAreTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "firebase.json")
	for text, want := range map[string]string{
		"":                           "The file " + file + " is not written as it should be.",
		"{}{}":                       "something follows",
		`{"type":1}`:                 "The file " + file + " is not written as it should be.",
		`{"type":"authorized_user"}`: "type is not service_account",
		`{"type":"service_account","project_id":"acme","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}`: "private_key is no private key",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := fcm.LoadKey(file)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "docs/paging.md") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := fcm.LoadKey(file + "x"); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
	whole, err := json.Marshal(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := fcm.LoadKey(file); err != nil || k.ProjectID != "acme" {
		t.Error(err)
	}
}
