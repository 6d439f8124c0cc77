package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// SearchOptions says how much of what is found is wanted, and in which order.
type SearchOptions struct {
	Limit       int  // how many incidents
	Lines       int  // how many entries of each
	Width       int  // of an excerpt, in runes
	ByRelevance bool // best first among the newest 2,000 hits, in place of newest first
	TitlesFirst bool // hits among titles, tags and numbers come before all others, each newest first
}

// Found is one incident with the lines in which the words were found.
type Found struct {
	Incident incident.Incident // as it is shown
	Title    []search.Range    // where the words stand in its title
	Lines    []FoundLine
	More     int // further lines that were met
}

// FoundLine is one entry, or the reason of one change, with words that were asked for.
type FoundLine struct {
	Entry    id.Entry // zero for a change
	Seq      uint64   // stream_seq
	Author   id.Person
	Occurred time.Time
	Excerpt  search.Excerpt
	Pending  bool // given on this device and not confirmed yet
	Event    stream.Event
}

// SearchResult is what is here of what was asked for.
type SearchResult struct {
	Found []Found
	More  bool // there is more than was wanted or looked through
	// Complete says whether everything that was ever written is here and in the index. Where it is not, everything
	// that reached the server since Since is; a zero Since promises nothing.
	Complete bool
	Since    time.Time
}

const (
	hitsMost = 2_000  // that are looked at one by one
	scanMost = 50_000 // that are looked through for those of the right incidents and authors

	admittedMost = 100 // incidents that only a pending change has made what is asked for
)

// Search finds what is asked for in titles, tags and everything written, in what is on this device: confirmed
// and pending. It needs no server. An empty query finds nothing.
func (r *Replica) Search(ctx context.Context, q search.Query, o SearchOptions) (out SearchResult, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return out, err
	}
	defer v.close()
	if out.Complete, out.Since, err = v.coverage(ctx); err != nil || q.Empty() {
		return out, err
	}
	g := &gathering{v: v, q: q, o: o, groups: map[id.Stream]*group{}}
	if err := g.pending(ctx); err != nil {
		return out, err
	}
	if err := g.confirmed(ctx); err != nil {
		return out, fmt.Errorf("search: %w", err)
	}
	out.More = g.more
	out.Found, err = g.tell(ctx)
	return out, err
}

// coverage says whether everything is here and in the index, and else from when on it is.
func (v *view) coverage(ctx context.Context) (complete bool, since time.Time, err error) {
	var position, private, streams int64
	if err := v.tx.QueryRowContext(ctx, `SELECT position, private, stream FROM unindexed`).Scan(&position, &private, &streams); err != nil {
		return false, since, fmt.Errorf("read what is missing: %w", sqlite.Fault(err))
	}
	missing, err := v.missing(ctx)
	if err != nil {
		return false, since, err
	}
	missing[id.Everyone()] = max(missing[id.Everyone()], position)
	if len(missing) == 1 && missing[id.Everyone()] == 0 && private == 0 && streams == 0 {
		return true, since, nil
	}
	if private > 0 {
		return false, since, nil
	}
	for scope, below := range missing {
		from, some, err := v.from(ctx, scope, below)
		if err != nil || !some {
			return false, time.Time{}, err
		}
		if from.After(since) {
			since = from
		}
	}
	return false, since, nil
}

// missing returns the scopes in which events are missing, and below which position.
func (v *view) missing(ctx context.Context) (map[id.Scope]int64, error) {
	own := id.Own(v.Actor.Person) // in which there are no words
	rows, err := v.tx.QueryContext(ctx, `SELECT scope, max(high) FROM gap WHERE scope <> ? GROUP BY scope`, own[:])
	if err != nil {
		return nil, fmt.Errorf("read what is missing: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[id.Scope]int64{}
	for rows.Next() {
		var (
			raw   []byte
			high  int64
			scope id.Scope
		)
		if err := rows.Scan(&raw, &high); err != nil {
			return nil, fmt.Errorf("read what is missing: %w", err)
		}
		copy(scope[:], raw)
		out[scope] = high
	}
	return out, sqlite.Fault(rows.Err())
}

// from returns when the first event of a scope above a position was received. It is false where there is none.
func (v *view) from(ctx context.Context, scope id.Scope, above int64) (time.Time, bool, error) {
	var received int64
	err := v.tx.QueryRowContext(ctx, `SELECT received FROM event WHERE scope = (SELECT key FROM scope WHERE id = ?) AND scope_pos =
	  (SELECT min(scope_pos) FROM event WHERE scope = (SELECT key FROM scope WHERE id = ?) AND scope_pos > ?)`,
		scope[:], scope[:], above).Scan(&received)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, false, nil
	case err != nil:
		return time.Time{}, false, fmt.Errorf("read what is missing: %w", sqlite.Fault(err))
	}
	return time.UnixMicro(received).UTC(), true, nil
}

// hit is one document or one incident that the index names.
type hit struct {
	key    int64
	stream id.Stream
	seq    int64 // 0 for the incident itself
	score  float64
}

// group is what was found of one incident.
type group struct {
	stream id.Stream
	hits   []hit
	own    []FoundLine // pending
	latest time.Time   // of these
	more   int
}

// gathering puts hits together by incident, in the order in which they come.
type gathering struct {
	v      *view
	q      search.Query
	o      SearchOptions
	order  []*group
	groups map[id.Stream]*group
	more   bool

	revised  bool        // some entries have other words than they were written with
	admitted []id.Stream // that have pending changes, and are among what is asked for
}

// of returns the group of an incident, or none when there are enough of them.
func (g *gathering) of(s id.Stream) *group {
	if have := g.groups[s]; have != nil {
		return have
	}
	if len(g.order) >= g.o.Limit {
		g.more = true
		return nil
	}
	fresh := &group{stream: s}
	g.groups[s] = fresh
	g.order = append(g.order, fresh)
	return fresh
}

// add takes over a hit. It is false when there are enough.
func (g *gathering) add(h hit) bool {
	have := g.of(h.stream)
	switch {
	case have == nil:
		return false
	case h.seq == 0:
	case len(have.hits)+len(have.own) < g.o.Lines:
		have.hits = append(have.hits, h)
	default:
		have.more++
	}
	return true
}

// pending looks through what was given on this device and is not confirmed yet: that is the newest there is.
func (g *gathering) pending(ctx context.Context) error {
	for target, list := range g.v.Targets {
		if list[0].Command.Stream() != id.KindIncident {
			continue
		}
		if err := g.pendingOf(ctx, target); err != nil {
			return err
		}
	}
	slices.SortFunc(g.order, func(a, b *group) int { return b.latest.Compare(a.latest) })
	return nil
}

func (g *gathering) pendingOf(ctx context.Context, target id.Stream) error {
	canonical, shown, err := g.v.Fold(ctx, target, id.KindIncident)
	if err != nil {
		return err
	}
	state, ok := shown.(incident.Incident)
	if !ok || !state.Exists() || state.Kind == incident.TestPage || !g.q.Admits(state) {
		return nil
	}
	if len(g.admitted) < admittedMost {
		g.admitted = append(g.admitted, target)
	}
	_, events, err := g.v.On(ctx, target, canonical)
	if err != nil {
		return err
	}
	lines := g.said(events, state.Title)
	about := state.Title + tagList(state.Tags)
	if len(lines) == 0 && (len(events) == 0 || !g.q.Wants(state.DeclaredBy, state.DeclaredAt, about)) {
		return nil
	}
	if have := g.of(target); have != nil {
		have.own, have.more = lines[:min(len(lines), g.o.Lines)], max(len(lines)-g.o.Lines, 0)
		have.latest = events[len(events)-1].Occurred
	}
	return nil
}

// said returns the pending lines with the words that are asked for, newest first. Where no words and no authors are
// asked for, the incident itself is what is found.
func (g *gathering) said(events []stream.Recorded, title string) []FoundLine {
	var out []FoundLine
	for _, e := range slices.Backward(events) {
		text, entry := wordsOf(e.Event)
		if !g.q.Worded() && len(g.q.Authors) == 0 || text == "" || text == title || !g.q.Wants(e.Actor.Person, e.Occurred, text) {
			continue
		}
		out = append(out, FoundLine{
			Entry: entry, Seq: e.StreamSeq, Author: e.Actor.Person, Occurred: e.Occurred, Pending: true,
			Event: e.Event, Excerpt: g.q.Excerpt(text, g.o.Width),
		})
	}
	return out
}
