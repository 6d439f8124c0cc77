// Package calendar serves who is on call to people's calendars, as iCalendar (RFC 5545), under secret addresses. What a calendar shows is
// what sync/oncall answers, as everywhere. It shows shifts, and no gaps: hours in which a rotation is meant to have nobody are no news, and
// of those in which it is not, the page of the rotation warns.
package calendar

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// How far a calendar reaches, counted from the midnight (UTC) before now, so that it stays the same for a day unless something changes.
const (
	daysBack  = 7
	daysAhead = 366
)

// Path is where calendars lie below the server's address. It ends with a slash.
const Path = "/calendar/"

const ending = ".ics"

// atOnce is how many calendars are put together at a time: the largest have tens of thousands of shifts.
const atOnce = 2

// Address returns where the calendar of a secret lies on a server.
func Address(server string, secret people.Secret) string {
	return strings.TrimRight(server, "/") + Path + string(secret) + ending
}

// Feeds keeps the addresses.
type Feeds interface {
	Feed(ctx context.Context, secret people.Secret) (people.Feed, bool, error)
	FeedRead(ctx context.Context, f people.Feed, now time.Time) error
}

// Duty tells of rotations. Rotation fails with a NotFound fault where there is none.
type Duty interface {
	Rotations(ctx context.Context) ([]ledger.Rotation, error)
	Rotation(ctx context.Context, r id.Rotation) (ledger.Rotation, error)
	Setup() workspace.Setup
}

// Server serves calendars. Make it with New.
type Server struct {
	feeds  Feeds
	duty   Duty
	clock  clock.Clock
	logger *slog.Logger
	turns  chan struct{}
}

// New returns what serves calendars.
func New(f Feeds, d Duty, c clock.Clock, l *slog.Logger) *Server {
	return &Server{feeds: f, duty: d, clock: c, logger: l, turns: make(chan struct{}, atOnce)}
}

// Handler returns what serves the calendars below Path.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{name}", s.serve)
	return mux
}

// serve answers one calendar. The path is a secret: it is in no log and no answer. To whoever has none that is good, every address is the
// same, whether it never was one or is one no longer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	head(w.Header())
	secret, _ := strings.CutSuffix(r.PathValue("name"), ending)
	feed, good, err := s.feeds.Feed(r.Context(), people.Secret(secret))
	if err == nil && good {
		_, good = s.duty.Setup().People[feed.Person]
	}
	if err == nil && !good {
		http.Error(w, "There is no such calendar.", http.StatusNotFound)
		return
	}
	var body []byte
	if err == nil {
		body, err = s.put(r.Context(), feed)
	}
	if err != nil {
		s.failed(r.Context(), w, err)
		return
	}
	if err := s.feeds.FeedRead(r.Context(), feed, s.clock.Now()); err != nil {
		s.logger.WarnContext(r.Context(), "note that a calendar was read", "feed", feed.ID, "error", err)
	}
	sum := sha256.Sum256(body)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="tsugi.ics"`)
	w.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// failed tells a calendar to come again, and the log why.
func (s *Server) failed(ctx context.Context, w http.ResponseWriter, err error) {
	if ctx.Err() != nil {
		return // nobody waits for the answer
	}
	s.logger.ErrorContext(ctx, "put a calendar together", "error", err)
	w.Header().Set("Retry-After", "300")
	http.Error(w, "The calendar cannot be read just now.", http.StatusServiceUnavailable)
}

// head keeps a calendar out of others' caches and out of search, and its address out of what other sites hear.
func head(h http.Header) {
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
}

// put puts a calendar together, in its turn.
func (s *Server) put(ctx context.Context, f people.Feed) ([]byte, error) {
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	rotations, err := s.rotations(ctx, f)
	if err != nil {
		return nil, err
	}
	page := newPage(f, s.duty.Setup())
	from, until := Window(s.clock.Now())
	for _, r := range rotations {
		for _, shift := range oncall.NewRoster(r.Rotation).Shifts(from, until) {
			if f.Kind != oncall.OwnShifts || shift.Person == f.Person {
				page.add(r, shift, oncall.Span{From: from, Until: until})
			}
		}
	}
	page.name(rotations)
	return page.bytes()
}

// rotations returns what a calendar is of, in an order that does not change.
func (s *Server) rotations(ctx context.Context, f people.Feed) ([]ledger.Rotation, error) {
	if f.Kind == oncall.OneRotation {
		one, err := s.duty.Rotation(ctx, f.Rotation)
		if fault.Is(err, fault.NotFound) { // a log that was put back to its past
			return nil, nil
		}
		return []ledger.Rotation{one}, err
	}
	all, err := s.duty.Rotations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the rotations: %w", err)
	}
	slices.SortFunc(all, func(a, b ledger.Rotation) int { return cmp.Or(strings.Compare(a.Name, b.Name), a.ID.Compare(b.ID)) })
	return all, nil
}

// Window returns the span of which a calendar shows the shifts at a time.
func Window(now time.Time) (from, until time.Time) {
	day := now.UTC().Truncate(24 * time.Hour)
	return day.AddDate(0, 0, -daysBack), day.AddDate(0, 0, daysAhead)
}
