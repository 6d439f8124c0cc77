package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/search"
)

// How much of what is found is shown.
const (
	foundMost    = 30  // incidents
	linesMost    = 3   // of each
	excerptWidth = 140 // runes
	similarMost  = 4
	allMost      = 500 // incidents, where nothing is asked for
)

// Search finds what is typed in everything on this device, newest first or, on request, the best first. It is meant to be
// called after every key: the last word may be unfinished. With the cursor at the end it also offers how to go on. It
// needs no server. Nothing typed finds all incidents, newest first.
func (s *Session) Search(ctx context.Context, text string, byRelevance bool) (present.Results, error) {
	end := utf8.RuneCountInString(text)
	lexicon, err := s.lexicon(ctx, text, end)
	if err != nil {
		return present.Results{}, err
	}
	q, v := search.Parse(text, lexicon, true), s.View()
	if q.Empty() && len(q.Hints) == 0 && strings.TrimSpace(text) == "" {
		return s.all(ctx, lexicon.Now)
	}
	found, err := s.replica.Search(ctx, q, replica.SearchOptions{
		Limit: foundMost, Lines: linesMost, Width: excerptWidth, ByRelevance: byRelevance, TitlesFirst: !byRelevance,
	})
	if err != nil {
		return present.Results{}, err
	}
	out := present.Results{
		Searched: !q.Empty(), More: found.More, Missing: v.MissingWords(found.Complete, found.Since, lexicon.Now),
		Hints: v.HintsFrom(q), Completions: v.CompletionsFrom(search.Complete(text, end, lexicon)),
	}
	for _, f := range found.Found {
		out.Items = append(out.Items, present.ResultFrom(handed(f), lexicon.Now, v))
	}
	return out, nil
}

// all returns the incidents that are on this device, newest first.
func (s *Session) all(ctx context.Context, now time.Time) (present.Results, error) {
	burning, others, err := s.replica.Board(ctx, allMost)
	if err != nil {
		return present.Results{}, fmt.Errorf("list incidents: %w", err)
	}
	list := append(burning, others...)
	slices.SortStableFunc(list, func(a, b incident.Incident) int { return b.DeclaredAt.Compare(a.DeclaredAt) })
	_, _, complete, err := s.replica.Census(ctx)
	if err != nil {
		return present.Results{}, fmt.Errorf("count what is here: %w", err)
	}
	out := present.Results{More: len(others) >= allMost, Missing: s.View().MissingWords(complete, time.Time{}, now)}
	for _, i := range list {
		out.Items = append(out.Items, present.ResultFrom(present.FoundIncident{Incident: i}, now, s.View()))
	}
	return out, nil
}

// Completions returns how what is typed may go on at the cursor, in runes.
func (s *Session) Completions(ctx context.Context, text string, cursor int) ([]present.Completion, error) {
	lexicon, err := s.lexicon(ctx, text, cursor)
	if err != nil {
		return nil, err
	}
	return s.View().CompletionsFrom(search.Complete(text, cursor, lexicon)), nil
}

// lexicon returns what has to be known to understand what is typed.
func (s *Session) lexicon(ctx context.Context, text string, cursor int) (search.Lexicon, error) {
	v := s.View()
	l := search.Lexicon{Setup: v.Setup, Self: v.Self.Person, Now: s.Clock.Now().In(s.Zone)}
	begun, typing := search.TagBegun(text, cursor)
	if !typing {
		return l, nil
	}
	var err error
	if l.Tags, err = s.replica.Tags(ctx, begun, tagsAtOnce); err != nil {
		return l, fmt.Errorf("read tags: %w", err)
	}
	return l, nil
}

func handed(f replica.Found) present.FoundIncident {
	out := present.FoundIncident{Incident: f.Incident, Title: f.Title, More: f.More}
	for _, l := range f.Lines {
		out.Lines = append(out.Lines, present.FoundWords(l))
	}
	return out
}

// Similar returns the incidents that may be the one whose title is being typed: those that burn first, then the newest. It
// needs no server.
func (s *Session) Similar(ctx context.Context, title string) ([]present.Similar, error) {
	if strings.TrimSpace(title) == "" {
		return nil, nil
	}
	found, err := s.replica.Similar(ctx, title, similarMost)
	if err != nil {
		return nil, fmt.Errorf("look for similar incidents: %w", err)
	}
	out := make([]present.Similar, 0, len(found))
	for _, i := range found {
		out = append(out, present.SimilarFrom(i, s.Clock.Now(), s.View()))
	}
	return out, nil
}
