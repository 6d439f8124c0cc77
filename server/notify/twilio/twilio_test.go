package twilio_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/notify/notifytest"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// fake speaks the two addresses of Twilio's that are used: it keeps what it is asked, and answers as told.
type fake struct {
	mu     sync.Mutex
	kept   []asked
	answer http.HandlerFunc
}

type asked struct {
	method, path, user, password string
	form                         url.Values
}

// asked returns what it was asked so far. What answers a request may go on after whoever asked has gone away.
func (f *fake) asked() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.kept)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	user, password, _ := r.BasicAuth()
	f.mu.Lock()
	f.kept = append(f.kept, asked{r.Method, r.URL.Path, user, password, r.Form})
	f.mu.Unlock()
	f.answer(w, r)
}

func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func fails(status, code int, headers ...string) http.HandlerFunc {
	return says(status, fmt.Sprintf(`{"code":%d,"message":"The 'To' number +491701234567 is wrong.","more_info":"https://www.twilio.com/docs/errors/%d","status":%d}`, code, code, status), headers...)
}

const token = "0123456789abcdef0123456789abcdef"

func settings() twilio.Settings {
	return twilio.Settings{
		Account: "AC0123456789abcdef0123456789abcdef", AuthToken: token, From: "+15005550006", Public: "https://tsugi.example.org",
	}
}

// inBubble runs a test against a fake in a bubble, whose time begins at midnight of 1 January 2000.
func inBubble(t *testing.T, s twilio.Settings, test func(t *testing.T, f *fake, a *twilio.Account)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: says(http.StatusCreated, `{"sid":"SM1","status":"queued"}`)}
		s.API = "http://api.test"
		test(t, f, twilio.Open(s, twilio.Options{Clock: clock.NewSystem(), Transport: notifytest.Serve(t, f)}))
	})
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func message(language, text string) notify.Message {
	return notify.Message{
		ID: "1", Page: id.Page{1}, Incident: id.Incident{2}, Person: id.Person{3}, Name: "INC-47", Severity: 1, Urgency: escalation.High,
		Language: language, Title: "SEV1 INC-47", Text: text, Spoken: "This is Tsugi. " + text, Expires: start.Add(5*time.Minute + time.Millisecond), Code: "4711",
	}
}

var phone = notify.Address{ID: notify.AddressID{9}, To: "+491701234567"}

const sent = "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/"

func TestATextIsSent(t *testing.T) {
	t.Parallel()
	inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
		got, err := twilio.SMS{Account: a}.Send(t.Context(), message("en", "Checkout is down"), phone)
		if err != nil || got.Ref != "SM1" {
			t.Fatalf("%+v, %v", got, err)
		}
		want := []asked{{http.MethodPost, sent + "Messages.json", settings().Account, token, url.Values{
			"To": {"+491701234567"}, "From": {"+15005550006"}, "Body": {"SEV1 INC-47: Checkout is down\nReply ACK 4711 or NO 4711"}, "ValidityPeriod": {"300"},
			"StatusCallback": {"https://tsugi.example.org/twilio/status?address=09000000-0000-0000-0000-000000000000&channel=2&incident=02000000-0000-0000-0000-000000000000&page=01000000-0000-0000-0000-000000000000"},
		}}}
		if diff := cmp.Diff(want, f.asked(), cmp.AllowUnexported(asked{})); diff != "" {
			t.Error(diff)
		}
	})
}

// A text that a former try has handed over, although it seemed to fail, is not sent again.
func TestATextIsLookedForBeforeItIsSentAgain(t *testing.T) {
	t.Parallel()
	const found = `{"messages":[{"sid":"SM9","body":"SEV1 INC-47: Checkout is down (one more)\nReply ACK 4711 or NO 4711","status":"%s"}]}`
	for name, c := range map[string]struct {
		list http.HandlerFunc
		sent bool
	}{
		"delivered":  {says(200, fmt.Sprintf(found, "delivered")), false},
		"queued":     {says(200, fmt.Sprintf(found, "queued")), false},
		"failed":     {says(200, fmt.Sprintf(found, "failed")), true},
		"other code": {says(200, strings.ReplaceAll(fmt.Sprintf(found, "sent"), "4711", "4712")), true},
		"none":       {says(200, `{"messages":[]}`), true},
		"refused":    {fails(401, 20003), true},
		"garbage":    {says(200, `<html>`), true},
		"hanging":    {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
				f.answer = func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodGet {
						c.list(w, r)
						return
					}
					says(http.StatusCreated, `{"sid":"SM1"}`)(w, r)
				}
				ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
				defer cancel()
				m := message("en", "Checkout is down")
				m.Repeat = true
				got, err := twilio.SMS{Account: a}.Send(ctx, m, phone)
				want := map[bool]string{true: "SM1", false: "SM9"}[c.sent]
				if err != nil || got.Ref != want || f.asked()[0].method != http.MethodGet || f.asked()[0].form.Get("To") != phone.To {
					t.Errorf("%+v, %v, %+v", got, err, f.asked())
				}
			})
		})
	}
}

// Where Twilio does not reach the server nobody is asked for an answer that would not arrive.
func TestWithoutAPublicAddressNobodyIsAskedToAnswer(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Public, s.Service = "", "MG0123456789abcdef0123456789abcdef"
	inBubble(t, s, func(t *testing.T, f *fake, a *twilio.Account) {
		if _, err := (twilio.SMS{Account: a}).Send(t.Context(), message("de", "Die Kasse steht"), phone); err != nil {
			t.Fatal(err)
		}
		if _, err := (twilio.Call{Account: a}).Send(t.Context(), message("de", "Die Kasse steht"), phone); err != nil {
			t.Fatal(err)
		}
		text, call := f.asked()[0].form, f.asked()[1].form
		if text.Get("Body") != "SEV1 INC-47: Die Kasse steht" || text.Get("MessagingServiceSid") != s.Service || text.Has("From") || text.Has("StatusCallback") {
			t.Errorf("sent was %v", text)
		}
		if said := call.Get("Twiml"); strings.Contains(said, "Gather") || !strings.Contains(said, "Bitte in Tsugi bestätigen") || call.Has("StatusCallback") {
			t.Errorf("said was %s", said)
		}
	})
}

func TestACallReadsOut(t *testing.T) {
	t.Parallel()
	inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
		got, err := twilio.Call{Account: a}.Send(t.Context(), message("de", `Kasse & <Lager>`), phone)
		if err != nil || got.Ref != "SM1" {
			t.Fatalf("%+v, %v", got, err)
		}
		const say = `<Say language="de-DE">This is Tsugi. Kasse &amp; &lt;Lager&gt; Mit der 1 bestätigen. Mit der 2 ablehnen.</Say>`
		const gather = `<Gather numDigits="1" timeout="6" method="POST" action="https://tsugi.example.org/twilio/keys?incident=02000000-0000-0000-0000-000000000000&amp;lang=de&amp;page=01000000-0000-0000-0000-000000000000">`
		want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response>" + gather + say + "</Gather>" +
			gather + strings.Replace(say, "This", "Noch einmal. This", 1) + "</Gather>" +
			`<Say language="de-DE">Es wurde keine Taste gedrückt. Auf Wiederhören.</Say></Response>`
		form := f.asked()[0].form
		if diff := cmp.Diff(want, form.Get("Twiml")); diff != "" {
			t.Error(diff)
		}
		form.Del("Twiml")
		wantForm := url.Values{
			"To": {"+491701234567"}, "From": {"+15005550006"}, "Timeout": {"45"}, "StatusCallbackEvent": {"answered", "completed"},
			"StatusCallback": {"https://tsugi.example.org/twilio/status?address=09000000-0000-0000-0000-000000000000&channel=3&incident=02000000-0000-0000-0000-000000000000&page=01000000-0000-0000-0000-000000000000"},
		}
		if diff := cmp.Diff(wantForm, form); diff != "" || f.asked()[0].path != sent+"Calls.json" {
			t.Error(f.asked()[0].path, diff)
		}
	})
}

// What is about no page asks for no acknowledgement.
func TestWhatIsNoPageAsksForNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
		m := notify.Message{ID: "1", Language: "en", Title: "Tsugi", Text: "Your code is 123456.", Spoken: "Your code is: 1, 2.", Expires: start.Add(time.Hour)}
		for _, p := range []notify.Provider{twilio.SMS{Account: a}, twilio.Call{Account: a}} {
			if _, err := p.Send(t.Context(), m, phone); err != nil {
				t.Fatal(err)
			}
		}
		const say = `<Response><Say language="en-US">Your code is: 1, 2.</Say><Say language="en-US">Once more. Your code is: 1, 2.</Say></Response>`
		if text, call := f.asked()[0].form, f.asked()[1].form; text.Get("Body") != "Tsugi: Your code is 123456." || !strings.HasSuffix(call.Get("Twiml"), say) ||
			text.Has("StatusCallback") || call.Has("StatusCallback") {
			t.Errorf("%v, %v", text, call)
		}
	})
}

func TestEveryAnswerIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		want    notify.Reason
		wait    time.Duration
		setting string
	}{
		"no such number":  {answer: fails(400, 21211), want: notify.AddressDead},
		"opted out":       {answer: fails(400, 21610), want: notify.AddressDead},
		"landline":        {answer: fails(400, 21614), want: notify.AddressDead},
		"credentials":     {answer: fails(401, 20003), want: notify.InstallationWrong, setting: "auth_token in twilio.json"},
		"no account":      {answer: fails(404, 20404), want: notify.InstallationWrong, setting: "auth_token in twilio.json"},
		"not our number":  {answer: fails(400, 21606), want: notify.InstallationWrong, setting: "from and messaging_service"},
		"country":         {answer: fails(400, 21408), want: notify.InstallationWrong, setting: "Geo permissions"},
		"trial":           {answer: fails(400, 21608), want: notify.InstallationWrong, setting: "verified"},
		"too many":        {answer: fails(429, 20429, "Retry-After", "12"), want: notify.AskedToWait, wait: 12 * time.Second},
		"too many, bare":  {answer: says(429, ""), want: notify.AskedToWait, wait: 30 * time.Second},
		"body too long":   {answer: fails(400, 21617), want: notify.Refused},
		"broken":          {answer: fails(500, 20500), want: notify.NotReached},
		"down":            {answer: says(503, "<html>"), want: notify.NotReached},
		"down for":        {answer: says(503, "", "Retry-After", "20"), want: notify.AskedToWait, wait: 20 * time.Second},
		"garbage":         {answer: says(201, "<html>"), want: notify.NotReached},
		"no sid":          {answer: says(201, "{}"), want: notify.NotReached},
		"points away":     {answer: says(307, "", "Location", "http://elsewhere.test/"), want: notify.NotReached},
		"endless":         {answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, rand.Reader) }, want: notify.NotReached},
		"cut off":         {answer: cutOff, want: notify.NotReached},
		"hanging":         {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: notify.NotReached},
		"slow, then late": {answer: slow, want: notify.NotReached},
	} {
		for _, provider := range []func(*twilio.Account) notify.Provider{
			func(a *twilio.Account) notify.Provider { return twilio.SMS{Account: a} },
			func(a *twilio.Account) notify.Provider { return twilio.Call{Account: a} },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
					f.answer = c.answer
					ctx, cancel := context.WithTimeout(t.Context(), notify.SendTime)
					defer cancel()
					_, err := provider(a).Send(ctx, message("en", "Checkout is down"), phone)
					r, ok := err.(*notify.Refusal) //nolint:errorlint // a provider answers with nothing else
					if !ok || r.Reason != c.want || r.Wait != c.wait || !strings.Contains(r.Setting, c.setting) || c.setting == "" && r.Setting != "" {
						t.Errorf("%+v: %v", r, err)
					}
					if strings.Contains(err.Error(), phone.To) || strings.Contains(err.Error(), token) || len(f.asked()) != 1 {
						t.Errorf("%d requests; admins read %q", len(f.asked()), err)
					}
				})
			})
		}
	}
}

// cutOff ends the connection in place of an answer.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(8 * time.Second):
		says(http.StatusCreated, `{"sid":"SM1"}`)(w, r)
	case <-r.Context().Done():
	}
}

func TestWhatHasExpiredIsNotSent(t *testing.T) {
	t.Parallel()
	inBubble(t, settings(), func(t *testing.T, f *fake, a *twilio.Account) {
		late := message("en", "")
		late.Expires = start.Add(500 * time.Millisecond)
		for _, p := range []notify.Provider{twilio.SMS{Account: a}, twilio.Call{Account: a}} {
			if _, err := p.Send(t.Context(), late, phone); err == nil || len(f.asked()) > 0 {
				t.Errorf("%v, %d requests", err, len(f.asked()))
			}
		}
	})
}

func TestFaultySettingsAreTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "twilio.json")
	good := `{"account":"AC0123456789abcdef0123456789abcdef","auth_token":"` + token + `","from":"+15005550006","public":"https://tsugi.example.org/"}`
	for text, want := range map[string][]string{
		good: nil,
		strings.Replace(good, "public", "pubic", 1): {"is not written as it should be", `unknown field "pubic"`},
		`{"account":"me","from":"0170","public":"http://tsugi","api":"x","messaging_service":"y"}`: {
			"account is not AC", "auth_token is missing", "from is no number", "public is no address", "api is no address", "messaging_service is not MG", file,
		},
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := twilio.LoadSettings(file)
		if want == nil && (err != nil || s.Public != "https://tsugi.example.org") || want != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v lacks %q", text, err, part)
			}
		}
	}
}
