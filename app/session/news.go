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
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// news remembers up to where whoever looks was told.
type news struct {
	mu   sync.Mutex
	mark replica.Mark
}

// newsAtOnce is how many events are read at a time.
const newsAtOnce = 500

// News returns what has happened since it was last called that whoever looks should hear of without
// looking, one piece for each incident and for each device that was added as them.
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
	if enrolled, ok := e.Event.(workspace.DeviceEnrolled); ok {
		if n, tell := present.DeviceNews(enrolled, e.Envelope, s.Clock.Now(), s.View()); tell {
			return []present.News{n}, nil
		}
		return nil, nil
	}
	if told, ok := e.Event.(workspace.ReachableThrough); ok {
		if n, tell := present.GoneNews(told, e.Envelope, s.Clock.Now(), s.View()); tell {
			return []present.News{n}, nil
		}
		return nil, nil
	}
	event, ok := e.Event.(incident.Event)
	record := present.Record{Event: event, At: e.Envelope}
	if !ok || !present.Newsworthy(record, s.Clock.Now(), s.View()) {
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
	before, err := s.before(ctx, e)
	if err != nil {
		return nil, err
	}
	n, tell := present.NewsFrom(present.Occurrence{
		Record: record, Incident: about,
		Subscribed: reader.Hears(about.ID, about.Severity, about.Tags), Before: before,
	}, s.Clock.Now(), s.View())
	if !tell {
		return nil, nil
	}
	return []present.News{n}, nil
}

// everything is how much is read of an incident of which all is asked for.
const everything = 1 << 20

// before returns what happened in an incident before it was made visible to everybody, or nothing for any other event: whoever
// saw it before was told of it then.
func (s *Session) before(ctx context.Context, e stream.Recorded) (out []incident.Event, err error) {
	if _, revealed := e.Event.(incident.Revealed); !revealed {
		return nil, nil
	}
	line, err := s.replica.Timeline(ctx, id.Incident(e.Stream), everything)
	if err != nil {
		return nil, err
	}
	for _, l := range line.Lines {
		if event, ok := l.Event.(incident.Event); ok && !l.Pending && l.StreamSeq < e.StreamSeq {
			out = append(out, event)
		}
	}
	return out, nil
}

// Find returns the incident that a link names. It is false where this device knows none.
func (s *Session) Find(ctx context.Context, r present.Reference) (id.Incident, bool, error) {
	switch {
	case r.Private > 0:
		return s.replica.PrivatelyNumbered(ctx, r.Private)
	case r.Incident.IsZero():
		return s.replica.Numbered(ctx, r.Number)
	}
	known, err := s.replica.Incident(ctx, r.Incident)
	if err != nil {
		return id.Incident{}, false, fmt.Errorf("find an incident: %w", err)
	}
	return r.Incident, known.Exists(), nil
}
