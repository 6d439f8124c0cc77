package mail

import (
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

//go:embed page.html
var pageFile embed.FS

// Page serves what the links lead to. Opening it does nothing, however often: those who look into mails for other people open every link. Only
// its one button acknowledges.
type Page struct {
	Links        Links
	Acknowledger notify.Acknowledger
	// Pages tells what a link is about. It may be nil: then it is not told.
	Pages  notify.Pages
	Clock  clock.Clock
	Logger *slog.Logger
}

// shown is what page.html shows.
type shown struct {
	Language, Title, Head, Text, Hint, Button string
}

// Handler returns what serves /acknowledge/ below the address of the links.
func (p Page) Handler() (http.Handler, error) {
	page, err := template.ParseFS(pageFile, "page.html")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	answer := func(do func(*http.Request, words.Catalog) (int, shown)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			language := spoken(r.Header.Get("Accept-Language"))
			status, s := do(r, words.For(language))
			s.Language = tag(language)
			head(w.Header())
			w.WriteHeader(status)
			if err := page.Execute(w, s); err != nil {
				p.Logger.DebugContext(r.Context(), "show the page behind a link", "error", err)
			}
		}
	}
	mux.Handle("GET "+path+"{token}", answer(p.look))
	mux.Handle("POST "+path+"{token}", answer(p.press))
	return mux, nil
}

// head keeps the page out of caches, frames and search, and its address, which is a secret, out of what other sites hear.
func head(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
}

// look shows what a link is about, and the button.
func (p Page) look(r *http.Request, w words.Catalog) (int, shown) {
	at, status, s := p.open(r, w)
	if status != http.StatusOK {
		return status, s
	}
	s = shown{Title: w.Paging.LinkTitle, Hint: w.Paging.LinkHint, Button: w.Paging.LinkButton}
	if p.Pages == nil {
		return status, s
	}
	standing, err := p.Pages.Standing(r.Context(), at)
	if err != nil { // the button works all the same, or tells what is wrong
		return status, s
	}
	switch standing.State {
	case notify.Ringing:
		s.Head, s.Text = notify.Headline(w, standing.Brief)
		return status, s
	case notify.Answered:
		return status, shown{Title: w.Paging.LinkTitle, Text: w.Paging.Answers.Again}
	default:
		return status, shown{Title: w.Paging.LinkTitle, Text: w.Paging.Answers.Over}
	}
}

// press acknowledges.
func (p Page) press(r *http.Request, w words.Catalog) (int, shown) {
	at, status, s := p.open(r, w)
	if status != http.StatusOK {
		return status, s
	}
	reply, err := p.Acknowledger.Answer(r.Context(), notify.Answer{At: at, Through: escalation.Mail})
	if err != nil {
		p.Logger.ErrorContext(r.Context(), "store an answer", "page", at.Page, "error", err)
		return http.StatusServiceUnavailable, shown{Title: w.Paging.LinkTitle, Text: w.Paging.Answers.Failed, Button: w.Paging.LinkButton}
	}
	return http.StatusOK, shown{Title: w.Paging.LinkTitle, Text: reply.Verdict.Say(w.Paging.Answers, "")}
}

// open reads the link, and says what is wrong with it where it is not good any more.
func (p Page) open(r *http.Request, w words.Catalog) (at notify.Place, status int, s shown) {
	at, until, err := p.Links.read(r.PathValue("token"))
	switch {
	case err != nil:
		return at, http.StatusNotFound, shown{Title: w.Paging.LinkTitle, Text: w.Paging.LinkBroken, Hint: w.Paging.LinkBrokenDo}
	case !p.Clock.Now().Before(until):
		return at, http.StatusGone, shown{Title: w.Paging.LinkTitle, Text: w.Paging.LinkTooLate}
	}
	return at, http.StatusOK, s
}

// spoken returns the languages that a browser asks for as words.For takes them, in the order in which they stand there.
func spoken(accept string) string {
	var wishes []string
	for wish := range strings.SplitSeq(accept, ",") {
		wish, _, _ = strings.Cut(strings.TrimSpace(wish), ";")
		wishes = append(wishes, wish)
	}
	return strings.Join(wishes, ":")
}

// tag returns what the page is written in.
func tag(language string) string {
	declare := words.For(language).Common.Declare
	for _, tag := range words.Languages() {
		if words.For(tag).Common.Declare == declare {
			return tag
		}
	}
	return words.Languages()[0]
}
