package twilio

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Hooks take what Twilio tells. Everything that is not signed by Twilio is refused before it is looked at.
type Hooks struct {
	Settings     Settings
	Acknowledger notify.Acknowledger
	Listener     notify.Listener
	Logger       *slog.Logger
}

// maxBody is how much of a request is read. Twilio's have some two thousand bytes.
const maxBody = 64 << 10

// Handler returns what serves /twilio/sms, /twilio/keys and /twilio/status below Settings.Public. All three are given to Twilio with
// each message, but for the first, which is set at the number: see docs/paging.md.
func (h Hooks) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST "+hookSMS, h.signed(h.sms))
	mux.Handle("POST "+hookKeys, h.signed(h.keys))
	mux.Handle("POST "+hookStatus, h.signed(h.status))
	return mux
}

// signed lets through what Twilio signed. The address that counts is the public one, whatever a proxy made of it.
func (h Hooks) signed(do func(http.ResponseWriter, *http.Request, url.Values)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		form, err := url.ParseQuery(string(body))
		address := strings.TrimRight(h.Settings.Public, "/") + r.RequestURI
		if err != nil || !genuine(h.Settings.AuthToken, address, form, r.Header.Get("X-Twilio-Signature")) {
			h.Logger.WarnContext(r.Context(), "a request to Twilio's address was not signed by Twilio; check public and auth_token in twilio.json", "path", r.URL.Path)
			http.Error(w, "not signed", http.StatusForbidden)
			return
		}
		do(w, r, form)
	})
}

// sms takes an answer by SMS, and answers politely whatever it was.
func (h Hooks) sms(w http.ResponseWriter, r *http.Request, form url.Values) {
	code, cannot, ok := parse(form.Get("Body"))
	answer := notify.Answer{Code: code, From: form.Get("From"), Through: escalation.SMS, Cannot: cannot}
	if !ok {
		answer.Code = ""
	}
	reply, err := h.answer(r, answer, ok)
	said := words.For(reply.Language).Paging.Answers
	text := reply.Verdict.Say(said, code)
	switch {
	case err != nil:
		text = said.Failed
	case !ok && reply.Verdict != notify.Stranger:
		text = said.Unreadable
	}
	if text == "" {
		h.twiml(w, r)
		return
	}
	h.twiml(w, r, texting{Text: segment(func(s string) string { return s }, text)})
}

// answer hands an answer on. What was not understood is only asked about: who it came from, for the language.
func (h Hooks) answer(r *http.Request, a notify.Answer, understood bool) (notify.Reply, error) {
	if !understood {
		a.Unclear = true
	}
	reply, err := h.Acknowledger.Answer(r.Context(), a)
	if err != nil {
		h.Logger.ErrorContext(r.Context(), "store an answer", "error", err)
	}
	return reply, err
}

// keys takes a key that was pressed in a call.
func (h Hooks) keys(w http.ResponseWriter, r *http.Request, form url.Values) {
	at, ok := place(r.URL.Query())
	if !ok {
		http.Error(w, "no page", http.StatusBadRequest)
		return
	}
	language := r.URL.Query().Get("lang")
	texts, say := words.For(language).Paging, speaker(language)
	again := gather(h.Settings.keys(at, language), say(texts.CallKeys))
	answer := notify.Answer{At: at, From: form.Get("To"), Through: escalation.Call} // we have called them
	switch form.Get("Digits") {
	case "1":
	case "2":
		answer.Cannot = true
	default:
		h.twiml(w, r, say(texts.Answers.Key), again)
		return
	}
	reply, err := h.answer(r, answer, true)
	if err != nil {
		h.twiml(w, r, say(texts.Answers.Failed), again)
		return
	}
	h.twiml(w, r, say(reply.Verdict.Say(texts.Answers, "")))
}

// status takes what became of a text or a call.
func (h Hooks) status(w http.ResponseWriter, r *http.Request, form url.Values) {
	query := r.URL.Query()
	at, ok := place(query)
	address, noAddress := id.Parse[notify.AddressID](query.Get("address"))
	channel, noChannel := strconv.ParseUint(query.Get("channel"), 10, 8)
	if !ok || noAddress != nil || noChannel != nil {
		http.Error(w, "no page", http.StatusBadRequest)
		return
	}
	p := notify.Progress{
		Attempt: notify.Attempt{Place: at, Channel: escalation.Channel(channel)}, Address: address,
		Reason: became(form), Ref: form.Get("MessageSid") + form.Get("CallSid"),
	}
	if code, err := strconv.Atoi(form.Get("ErrorCode")); err == nil {
		p.Detail = "Twilio says error " + strconv.Itoa(code)
	}
	if p.Reason != 0 {
		if err := h.Listener.Heard(r.Context(), p); err != nil {
			h.Logger.ErrorContext(r.Context(), "store what became of a message", "page", at.Page, "error", err)
			http.Error(w, "not stored", http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// place reads which page an address of ours is about.
func place(query url.Values) (at notify.Place, ok bool) {
	incident, noIncident := id.Parse[id.Incident](query.Get("incident"))
	page, noPage := id.Parse[id.Page](query.Get("page"))
	return notify.Place{Incident: incident, Page: page}, noIncident == nil && noPage == nil
}

// became returns what a status means, zero for one that says nothing new.
func became(form url.Values) notify.Reason {
	switch form.Get("MessageStatus") + form.Get("CallStatus") {
	case "delivered", "read":
		return notify.Arrived
	case "undelivered", "failed":
		return notify.NotDelivered
	case "in-progress":
		return notify.PickedUp
	case "no-answer":
		return notify.Unanswered
	case "busy":
		return notify.Busy
	default:
		return 0
	}
}

func (h Hooks) twiml(w http.ResponseWriter, r *http.Request, verbs ...verb) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	if _, err := io.WriteString(w, response(verbs...)); err != nil {
		h.Logger.DebugContext(r.Context(), "answer Twilio", "error", err)
	}
}
