package twilio_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

var here = notify.Place{Incident: id.Incident{2}, Page: id.Page{1}}

// office takes answers and progress.
type office struct {
	answers  []notify.Answer
	progress []notify.Progress
	reply    notify.Reply
	err      error
}

func (o *office) Answer(_ context.Context, a notify.Answer) (notify.Reply, error) {
	o.answers = append(o.answers, a)
	return o.reply, o.err
}

func (o *office) Heard(_ context.Context, p notify.Progress) error {
	o.progress = append(o.progress, p)
	return o.err
}

func (o *office) hooks() http.Handler {
	return twilio.Hooks{Settings: settings(), Acknowledger: o, Listener: o, Logger: slog.New(slog.DiscardHandler)}.Handler()
}

// post has Twilio tell something.
func (o *office) post(target string, form url.Values) *httptest.ResponseRecorder {
	return o.signed(target, form, twilio.Sign(token, "https://tsugi.example.org"+target, form))
}

func (o *office) signed(target string, form url.Values, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("X-Twilio-Signature", signature)
	w := httptest.NewRecorder()
	o.hooks().ServeHTTP(w, r)
	return w
}

func said(body string) string {
	body = strings.ReplaceAll(body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "")
	return strings.TrimSuffix(strings.TrimPrefix(body, "<Response>"), "</Response>")
}

func TestAnswersBySMS(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		reply notify.Reply
		want  notify.Answer
		says  string
	}{
		"ACK 4711":  {notify.Reply{Verdict: notify.Taken}, notify.Answer{Code: "4711"}, "<Message>Acknowledged. Everybody sees that you are on it.</Message>"},
		" ack4711 ": {notify.Reply{Verdict: notify.Again, Language: "de"}, notify.Answer{Code: "4711"}, "<Message>Das ist schon bestätigt. Alles erledigt.</Message>"},
		"4711":      {notify.Reply{Verdict: notify.Over}, notify.Answer{Code: "4711"}, "<Message>This page is over. What goes on now stands in Tsugi.</Message>"},
		"ok":        {notify.Reply{Verdict: notify.Several}, notify.Answer{}, "<Message>Several pages are waiting. Reply ACK and the digits in the message.</Message>"},
		"NO 4711":   {notify.Reply{Verdict: notify.Declined}, notify.Answer{Code: "4711", Cannot: true}, "<Message>It is noted that you cannot.</Message>"},
		"ACK 1":     {notify.Reply{Verdict: notify.WrongCode}, notify.Answer{Code: "1"}, "<Message>No page of yours has the code 1. Reply ACK and the digits in the message.</Message>"},
		"yes":       {notify.Reply{Verdict: notify.Nothing}, notify.Answer{}, "<Message>No page is waiting for you.</Message>"},
		"what?": {
			notify.Reply{Language: "de"},
			notify.Answer{Unclear: true},
			"<Message>Bitte ACK und die Ziffern aus der Nachricht antworten, oder NO und die Ziffern, wenn es nicht geht.</Message>",
		},
		"hello":    {notify.Reply{Verdict: notify.Stranger}, notify.Answer{Unclear: true}, ""},
		"ack 9999": {notify.Reply{Verdict: notify.Stranger}, notify.Answer{Code: "9999"}, ""},
	} {
		o := &office{reply: c.reply}
		got := o.post("/twilio/sms", url.Values{"Body": {body}, "From": {phone.To}, "MessageSid": {"SM2"}})
		if got.Code != http.StatusOK || said(got.Body.String()) != c.says || got.Header().Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%q: %d %s", body, got.Code, got.Body)
		}
		c.want.From, c.want.Through = phone.To, escalation.SMS
		if diff := cmp.Diff([]notify.Answer{c.want}, o.answers); diff != "" {
			t.Errorf("%q: %s", body, diff)
		}
	}
	broken := &office{err: errors.New("the disk is full")}
	if got := broken.post("/twilio/sms", url.Values{"Body": {"ACK 4711"}, "From": {phone.To}}); !strings.Contains(got.Body.String(), "could not be stored") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestKeysInACall(t *testing.T) {
	t.Parallel()
	const target = "/twilio/keys?incident=02000000-0000-0000-0000-000000000000&lang=en&page=01000000-0000-0000-0000-000000000000"
	for digits, c := range map[string]struct {
		verdict notify.Verdict
		err     error
		want    []notify.Answer
		says    string
	}{
		"1":  {notify.Taken, nil, []notify.Answer{{At: here, Through: escalation.Call}}, "Acknowledged."},
		"2":  {notify.Declined, nil, []notify.Answer{{At: here, Through: escalation.Call, Cannot: true}}, "It is noted that you cannot."},
		"3":  {0, nil, nil, "This key does nothing.</Say><Gather"},
		"":   {0, nil, nil, "This key does nothing.</Say><Gather"},
		"1 ": {0, nil, nil, "This key does nothing."},
	} {
		o := &office{reply: notify.Reply{Verdict: c.verdict}, err: c.err}
		got := o.post(target, url.Values{"Digits": {digits}, "CallSid": {"CA1"}})
		if diff := cmp.Diff(c.want, o.answers); diff != "" || got.Code != http.StatusOK || !strings.Contains(got.Body.String(), c.says) {
			t.Errorf("%q: %d %s %s", digits, got.Code, got.Body, diff)
		}
	}
	broken := &office{err: errors.New("the disk is full")}
	if got := broken.post(target, url.Values{"Digits": {"1"}}).Body.String(); !strings.Contains(got, "could not be stored") || !strings.Contains(got, "<Gather") {
		t.Error(got)
	}
	o := &office{}
	if got := o.post("/twilio/keys?page=1", url.Values{"Digits": {"1"}}); got.Code != http.StatusBadRequest || len(o.answers) > 0 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestWhatBecameOfMessages(t *testing.T) {
	t.Parallel()
	const text = "/twilio/status?address=09000000-0000-0000-0000-000000000000&channel=2&incident=02000000-0000-0000-0000-000000000000&page=01000000-0000-0000-0000-000000000000"
	call := strings.Replace(text, "channel=2", "channel=3", 1)
	attempt := func(c escalation.Channel) notify.Attempt { return notify.Attempt{Place: here, Channel: c} }
	for name, c := range map[string]struct {
		target string
		form   url.Values
		want   []notify.Progress
	}{
		"queued":      {text, url.Values{"MessageStatus": {"queued"}, "MessageSid": {"SM1"}}, nil},
		"sent":        {text, url.Values{"MessageStatus": {"sent"}, "MessageSid": {"SM1"}}, nil},
		"delivered":   {text, url.Values{"MessageStatus": {"delivered"}, "MessageSid": {"SM1"}}, []notify.Progress{{Attempt: attempt(2), Reason: notify.Arrived, Ref: "SM1"}}},
		"undelivered": {text, url.Values{"MessageStatus": {"undelivered"}, "MessageSid": {"SM1"}, "ErrorCode": {"30003"}}, []notify.Progress{{Attempt: attempt(2), Reason: notify.NotDelivered, Ref: "SM1", Detail: "Twilio says error 30003"}}},
		"failed":      {text, url.Values{"MessageStatus": {"failed"}, "MessageSid": {"SM1"}, "ErrorCode": {"<b>"}}, []notify.Progress{{Attempt: attempt(2), Reason: notify.NotDelivered, Ref: "SM1"}}},
		"answered":    {call, url.Values{"CallStatus": {"in-progress"}, "CallSid": {"CA1"}}, []notify.Progress{{Attempt: attempt(3), Reason: notify.PickedUp, Ref: "CA1"}}},
		"completed":   {call, url.Values{"CallStatus": {"completed"}, "CallSid": {"CA1"}}, nil},
		"no answer":   {call, url.Values{"CallStatus": {"no-answer"}, "CallSid": {"CA1"}}, []notify.Progress{{Attempt: attempt(3), Reason: notify.Unanswered, Ref: "CA1"}}},
		"busy":        {call, url.Values{"CallStatus": {"busy"}, "CallSid": {"CA1"}}, []notify.Progress{{Attempt: attempt(3), Reason: notify.Busy, Ref: "CA1"}}},
	} {
		o := &office{}
		got := o.post(c.target, c.form)
		for i := range c.want {
			c.want[i].Address = notify.AddressID{9}
		}
		if diff := cmp.Diff(c.want, o.progress); diff != "" || got.Code != http.StatusNoContent {
			t.Errorf("%s: %d %s", name, got.Code, diff)
		}
	}
	broken := &office{err: errors.New("the disk is full")}
	if got := broken.post(text, url.Values{"MessageStatus": {"delivered"}}); got.Code != http.StatusInternalServerError {
		t.Errorf("%d", got.Code)
	}
	for _, target := range []string{"/twilio/status", strings.Replace(text, "channel=2", "channel=300", 1), strings.Replace(text, "page=0", "page=x", 1), strings.Replace(text, "incident=0", "incident=", 1)} {
		if got := (&office{}).post(target, url.Values{"MessageStatus": {"delivered"}}); got.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", target, got.Code)
		}
	}
}

// What Twilio has not signed is not looked at.
func TestOnlyTwilioIsHeard(t *testing.T) {
	t.Parallel()
	form := url.Values{"Body": {"ACK 4711"}, "From": {phone.To}}
	good := twilio.Sign(token, "https://tsugi.example.org/twilio/sms", form)
	other := url.Values{"Body": {"ACK 4712"}, "From": {phone.To}}
	for name, send := range map[string]func(o *office) *httptest.ResponseRecorder{
		"no signature":  func(o *office) *httptest.ResponseRecorder { return o.signed("/twilio/sms", form, "") },
		"other words":   func(o *office) *httptest.ResponseRecorder { return o.signed("/twilio/sms", other, good) },
		"other address": func(o *office) *httptest.ResponseRecorder { return o.signed("/twilio/sms?page=1", form, good) },
		"other hook":    func(o *office) *httptest.ResponseRecorder { return o.signed("/twilio/keys", form, good) },
		"other token": func(o *office) *httptest.ResponseRecorder {
			return o.signed("/twilio/sms", form, twilio.Sign("another", "https://tsugi.example.org/twilio/sms", form))
		},
		"too large": func(o *office) *httptest.ResponseRecorder {
			return o.post("/twilio/sms", url.Values{"Body": {strings.Repeat("x", 70<<10)}})
		},
	} {
		o := &office{}
		if got := send(o); got.Code != http.StatusForbidden && got.Code != http.StatusRequestEntityTooLarge || len(o.answers) > 0 {
			t.Errorf("%s: %d, heard was %+v", name, got.Code, o.answers)
		}
	}
	w := httptest.NewRecorder()
	(&office{}).hooks().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/twilio/sms", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}
