package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// tell reads what the hits are of. Incidents that a pending change has moved out of what is asked for are left out.
func (g *gathering) tell(ctx context.Context) ([]Found, error) {
	states, err := g.states(ctx)
	if err != nil {
		return nil, err
	}
	events, err := g.events(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Found, 0, len(g.order))
	for _, have := range g.order {
		state := states[have.stream]
		if !state.Exists() || !g.q.Admits(state) {
			continue
		}
		f := Found{Incident: state, Title: g.q.Marks(state.Title), Lines: have.own, More: have.more}
		for _, h := range have.hits {
			e, here := events[timeline.Place{Stream: h.stream, StreamSeq: uint64(h.seq)}]
			if !here {
				return nil, fault.New(fault.Corrupt, fmt.Sprintf("The index names event %d of %s, which is not here.", h.seq, h.stream))
			}
			line, said, err := g.line(ctx, e, state)
			if err != nil {
				return nil, err
			}
			if said {
				f.Lines = append(f.Lines, line)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// states returns the incidents of all groups as they are shown.
func (g *gathering) states(ctx context.Context) (map[id.Stream]incident.Incident, error) {
	streams := make([]id.Stream, len(g.order))
	for i, have := range g.order {
		streams[i] = have.stream
	}
	return g.v.incidents(ctx, streams)
}

// incidents returns many incidents as they are shown. Those that never were are the zero incident.
func (v *view) incidents(ctx context.Context, streams []id.Stream) (map[id.Stream]incident.Incident, error) {
	heads, err := timeline.LoadHeads(ctx, v.tx, streams)
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	known := map[id.Stream]stream.Head{}
	for _, h := range heads {
		known[h.Stream] = h
	}
	out := map[id.Stream]incident.Incident{}
	for _, s := range streams {
		h, here := known[s]
		if !here {
			h = stream.Head{Stream: s, Kind: id.KindIncident} // pending only
		}
		canonical, err := wire.DecodeState(h)
		if err != nil {
			return nil, fmt.Errorf("read head of %s: %w", s, err)
		}
		shown, _, err := v.On(ctx, s, canonical)
		if err != nil {
			return nil, err
		}
		out[s], _ = shown.(incident.Incident)
	}
	return out, nil
}

// events reads the events of all hits.
func (g *gathering) events(ctx context.Context) (map[timeline.Place]stream.Stored, error) {
	var places []timeline.Place
	for _, have := range g.order {
		for _, h := range have.hits {
			places = append(places, timeline.Place{Stream: h.stream, StreamSeq: uint64(h.seq)})
		}
	}
	events, err := timeline.Pick(ctx, g.v.tx, places)
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	out := make(map[timeline.Place]stream.Stored, len(events))
	for _, e := range events {
		out[timeline.Place{Stream: e.Stream, StreamSeq: e.StreamSeq}] = e
	}
	if err := g.v.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM revised)`).Scan(&g.revised); err != nil {
		return nil, fmt.Errorf("read entries' later words: %w", sqlite.Fault(err))
	}
	return out, nil
}

// line returns what is shown of an event. It is false for one that only says the title once more, and for one whose
// words were erased.
func (g *gathering) line(ctx context.Context, e stream.Stored, state incident.Incident) (FoundLine, bool, error) {
	event, err := wire.DecodeEvent(e.Kind, e.Payload)
	if err != nil {
		return FoundLine{}, false, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
	}
	text, entry := wordsOf(event)
	if entry.IsZero() && text == state.Title {
		return FoundLine{}, false, nil
	}
	if g.revised && !entry.IsZero() {
		if text, err = g.v.wordsNow(ctx, e.Stream, entry, text); err != nil {
			return FoundLine{}, false, err
		}
	}
	if text == "" { // it was erased
		return FoundLine{}, false, nil
	}
	return FoundLine{
		Entry: entry, Seq: e.StreamSeq, Author: e.Actor.Person, Occurred: e.Occurred, Event: event, Excerpt: g.q.Excerpt(text, g.o.Width),
	}, true, nil
}

// wordsNow returns an entry's words as they were last given; written is what the event that wrote it says.
func (v *view) wordsNow(ctx context.Context, target id.Stream, entry id.Entry, written string) (string, error) {
	var text sql.NullString
	err := v.tx.QueryRowContext(ctx, `SELECT text FROM revised WHERE stream = (SELECT key FROM stream WHERE id = ?) AND entry = ?`,
		target[:], entry[:]).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return written, nil
	case err != nil:
		return "", fmt.Errorf("read the words of entry %s: %w", entry, sqlite.Fault(err))
	}
	if !text.Valid {
		return written, nil
	}
	return text.String, nil
}
