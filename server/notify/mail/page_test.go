package mail_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/notify"
	letters "github.com/tsugi-app/tsugi/server/notify/mail"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// stood is a clock that stands.
type stood time.Time

func (s stood) Now() time.Time       { return time.Time(s) }
func (s stood) Moment() clock.Moment { return clock.Moment{Wall: s.Now()} }

var here = notify.Place{Incident: id.Incident{2}, Page: id.Page{1}}

// office knows one page, and takes answers.
type office struct {
	standing notify.Standing
	answers  []notify.Answer
	err      error
}

func (o *office) Standing(_ context.Context, at notify.Place) (notify.Standing, error) {
	if at != here {
		return notify.Standing{}, fault.New(fault.NotFound, "There is no such page.")
	}
	return o.standing, nil
}

func (o *office) Answer(_ context.Context, a notify.Answer) (notify.Reply, error) {
	if o.err != nil {
		return notify.Reply{}, o.err
	}
	o.answers = append(o.answers, a)
	if o.standing.State == notify.Answered {
		return notify.Reply{Verdict: notify.Again}, nil
	}
	o.standing.State = notify.Answered
	return notify.Reply{Verdict: notify.Taken}, nil
}

func (o *office) ask(t *testing.T, method, target, language string) *httptest.ResponseRecorder {
	t.Helper()
	page := letters.Page{Links: links(t), Acknowledger: o, Pages: o, Clock: stood(start), Logger: slog.New(slog.DiscardHandler)}
	h, err := page.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func links(t *testing.T) letters.Links {
	t.Helper()
	l, err := letters.NewLinks("https://tsugi.example.org", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func running() notify.Standing {
	return notify.Standing{Brief: notify.Brief{Number: 47, Severity: "SEV1", Title: "Kasse <script>"}}
}

// Who looks into mails for other people opens every link: that acknowledges nothing. The button does, once.
func TestOnlyTheButtonAcknowledges(t *testing.T) {
	t.Parallel()
	o := &office{standing: running()}
	link := links(t).For(here, start.Add(time.Minute))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		got := o.ask(t, method, link, "de-DE,de;q=0.9,en;q=0.8")
		if got.Code != http.StatusOK || len(o.answers) > 0 {
			t.Fatalf("%s: %d, %v", method, got.Code, o.answers)
		}
	}
	page := o.ask(t, http.MethodGet, link, "de").Body.String()
	for _, want := range []string{`<html lang="de">`, "SEV1 INC-47", "Kasse &lt;script&gt;", `<form method="post"><button>Bestätigen</button></form>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s lacks %q", page, want)
		}
	}
	got := o.ask(t, http.MethodPost, link, "en")
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "Acknowledged. Everybody sees that you are on it.") || strings.Contains(got.Body.String(), "<button>") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if diff := cmp.Diff([]notify.Answer{{At: here, Through: escalation.Mail}}, o.answers); diff != "" {
		t.Error(diff)
	}
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		if got := o.ask(t, method, link, "en").Body.String(); !strings.Contains(got, "You have acknowledged this already. All is done.") || strings.Contains(got, "<button>") {
			t.Errorf("the second time: %s", got)
		}
	}
}

func TestThePageIsKeptToItself(t *testing.T) {
	t.Parallel()
	o := &office{standing: running()}
	got := o.ask(t, http.MethodGet, links(t).For(here, start.Add(time.Minute)), "")
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	} {
		if got := got.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAPrivateIncidentIsNotNamedOnThePage(t *testing.T) {
	t.Parallel()
	o := &office{standing: running()}
	o.standing.Brief.Private, o.standing.Brief.Number = true, 0
	got := o.ask(t, http.MethodGet, links(t).For(here, start.Add(time.Minute)), "en").Body.String()
	if strings.Contains(got, "Kasse") || !strings.Contains(got, "A private incident.") {
		t.Error(got)
	}
}

func TestLinksThatAreNotGood(t *testing.T) {
	t.Parallel()
	good := links(t).For(here, start.Add(time.Minute))
	other, err := letters.NewLinks("https://tsugi.example.org", bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		link   string
		status int
		says   string
	}{
		"cut":        {good[:len(good)-1], http.StatusNotFound, "This link is not whole."},
		"longer":     {good + "A", http.StatusNotFound, "This link is not whole."},
		"changed":    {flip(good), http.StatusNotFound, "This link is not whole."},
		"another's":  {other.For(here, start.Add(time.Minute)), http.StatusNotFound, "This link is not whole."},
		"over":       {links(t).For(here, start), http.StatusGone, "its time has passed"},
		"no token":   {"https://tsugi.example.org/acknowledge/x", http.StatusNotFound, "This link is not whole."},
		"other page": {links(t).For(notify.Place{Incident: here.Incident, Page: id.Page{2}}, start.Add(time.Minute)), http.StatusOK, "<button>"}, // of which nobody is told that there is none
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			o := &office{standing: running()}
			if name == "other page" && method == http.MethodPost {
				continue
			}
			got := o.ask(t, method, c.link, "en")
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.says) || len(o.answers) > 0 {
				t.Errorf("%s %s: %d, %v, %s", method, name, got.Code, o.answers, got.Body)
			}
		}
	}
	if _, err := letters.NewLinks("", make([]byte, 31)); err == nil {
		t.Error("a short key is taken")
	}
}

// flip changes the first character of the token, which belongs to the page.
func flip(link string) string {
	at := strings.LastIndexByte(link, '/') + 1
	return link[:at] + "Q" + link[at+1:]
}

func TestWhatCannotBeStoredIsNotClaimed(t *testing.T) {
	t.Parallel()
	o := &office{standing: running(), err: errors.New("the disk is full")}
	got := o.ask(t, http.MethodPost, links(t).For(here, start.Add(time.Minute)), "en")
	if got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "could not be stored") || !strings.Contains(got.Body.String(), "<button>") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestAnEndedPageHasNoButton(t *testing.T) {
	t.Parallel()
	o := &office{standing: running()}
	o.standing.State = notify.Ended
	got := o.ask(t, http.MethodGet, links(t).For(here, start.Add(time.Minute)), "en").Body.String()
	if strings.Contains(got, "<button>") || !strings.Contains(got, "This page is over.") {
		t.Error(got)
	}
}
