package session

import (
	"context"
	"fmt"
	"sync"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// news remembers up to where whoever looks was told.
type news struct {
	mu   sync.Mutex
	mark replica.Mark
}

// newsAtOnce is how many events are read at a time.
const newsAtOnce = 500

// News returns what has happened since it was last called that whoever looks should hear of without
// looking, one piece for each incident.
func (s *Session) News(ctx context.Context) ([]present.News, error) {
	s.news.mu.Lock()
	defer s.news.mu.Unlock()
	var all []present.News
	for {
		fresh, next, err := s.replica.Fresh(ctx, s.news.mark, newsAtOnce)
		if err != nil {
			return nil, fmt.Errorf("read what is new: %w", err)
		}
		for _, e := range fresh {
			told, err := s.tell(ctx, e)
			if err != nil {
				return nil, fmt.Errorf("read what is new: %w", err)
			}
			all = append(all, told...)
		}
		s.news.mark = next
		if len(fresh) < newsAtOnce {
			return present.MergeNews(all), nil
		}
	}
}

// tell returns the news in one event, at most one piece.
func (s *Session) tell(ctx context.Context, e stream.Recorded) ([]present.News, error) {
	event, ok := e.Event.(incident.Event)
	if !ok || !present.Newsworthy(event) {
		return nil, nil
	}
	about, err := s.replica.Incident(ctx, id.Incident(e.Stream))
	if err != nil {
		return nil, err
	}
	reader, err := s.replica.Reader(ctx)
	if err != nil {
		return nil, err
	}
	n, tell := present.NewsFrom(present.Occurrence{
		Record: present.Record{Event: event, At: e.Envelope}, Incident: about,
		Subscribed: reader.Hears(about.ID, about.Severity, about.Tags),
	}, s.Clock.Now(), s.View())
	if !tell {
		return nil, nil
	}
	return []present.News{n}, nil
}

// Find returns the incident that a link names. It is false where this device knows none.
func (s *Session) Find(ctx context.Context, r present.Reference) (id.Incident, bool, error) {
	if r.Incident.IsZero() {
		return s.replica.Numbered(ctx, r.Number)
	}
	known, err := s.replica.Incident(ctx, r.Incident)
	if err != nil {
		return id.Incident{}, false, fmt.Errorf("find an incident: %w", err)
	}
	return r.Incident, known.Exists(), nil
}
